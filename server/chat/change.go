package chat

import "time"

// Change is what a decision hands to the store: the conversation's new head and what is written with it, in one transaction. The
// zero Change writes nothing.
type Change struct {
	Conversation Conversation // the head after the change
	Entries      []Entry      // numbered, in order
	Receipts     []Watermark  // marks that rose
	Bind         []AttachmentID
	Tasks        []Task
	Deliveries   []Delivery // new ones and changed ones, whole
	Handoffs     []Handoff  // the same
	Addresses    []Address  // the same; LastInboundAt never goes back
	Consents     []Consent  // new lines of the ledger
	Inbound      *Natural   // what the change is the effect of: written with it, and kept for ever

	now Millis
}

// Empty tells that there is nothing to write.
func (ch Change) Empty() bool { return ch.Conversation.ID == "" }

// begin starts a change of c. Slices of c are shared with other readers of the head and must be cloned before they are changed.
func (c Conversation) begin(now time.Time) Change {
	c.Version++
	return Change{Conversation: c, now: At(now)}
}

// append numbers an entry and adds it. Visibility is decided here, once, and is fixed from then on.
func (ch *Change) append(e Entry) Entry {
	c := &ch.Conversation
	if c.Head < c.FirstSeq-1 {
		c.Head = c.FirstSeq - 1
	}
	c.Head++
	e.Conversation, e.Seq, e.At = c.ID, c.Head, max(ch.now, c.UpdatedAt) // a clock that goes back must not unorder a log's times
	if e.visible() {
		c.ShopperHead++
		e.ShopperSeq = c.ShopperHead
	}
	c.UpdatedAt = e.At
	ch.Entries = append(ch.Entries, e)
	return e
}

func (e Entry) visible() bool {
	switch e.Kind {
	case EntryMessage:
		return true
	case EntryAmend:
		return e.Amend.Target.ShopperSeq != 0
	case EntryEvent:
		return e.Event.Name.Visible() || e.Event.Handoff != nil && e.Event.Handoff.visible()
	}
	return false
}

func (ch *Change) event(ev Event, by Author) {
	ch.append(Entry{Kind: EntryEvent, Author: by, Channel: ch.Conversation.Channel, Event: &ev})
}

// Write asks the store to change one conversation.
type Write struct {
	Shop         ShopID
	Conversation ConversationID // which one; or
	Start        *Start         // the one that this start names, created if it is not there yet
	Key          *SendKey       // takes out repeats before anything is decided
	Natural      *Natural       // takes out what a provider tells twice, whichever conversation it went to the first time
	Beside       Beside         // what Decide is to see beside the head
	// May is asked first, with the head as it is (or Start.New): its error, if any, is the answer, and nothing is told of repeats.
	May func(Conversation) error
	// Decide runs inside the committer, against the head in memory. It must be pure and quick. Its error goes to this write's
	// caller alone.
	Decide func(Conversation) (Change, error)
	// DecideWith stands in for Decide where Beside names something: it gets it as it is inside the committer.
	DecideWith func(Conversation, Seen) (Change, error)
	// Then is called once for a change that was written: after the commit, before Change returns, and in the order of the shop's
	// feed positions, so that what is published comes in order. It is not called for a repeat or an empty change.
	Then func(Committed)
}

// Beside names what a decision is to see beside the head.
type Beside struct {
	Delivery DeliveryID
	Handoff  HandoffID
	Address  AddressID
	Spent    string // a currency: what the shop has spent in it since SpentAt
	SpentAt  Millis
}

// Seen is what Beside has named, as it is inside the committer. ErrNotFound: one of them is not of this shop.
type Seen struct {
	Delivery Delivery
	Handoff  Handoff
	Address  Address
	Spent    int64
}

// Natural is a provider's own name for something it tells: unique per account, for ever.
type Natural struct {
	Account AccountID
	ID      string
}

// Start names a conversation by the client id of the message that starts it, unique per shopper. Of several writes with the same
// start one creates New, the others find it.
type Start struct {
	ClientID string
	New      Conversation
}

// SendKey takes out repeats: unique per (conversation, author, client id), kept as long as the entry. The same key with another
// hash is ErrIDConflict.
type SendKey struct {
	Author   Author
	ClientID string
	Hash     [32]byte
}

// Committed is what the store has written; it is durable.
type Committed struct {
	Conversation Conversation
	Entries      []Entry
	Receipts     []Watermark
	Deliveries   []Delivery
	Created      bool  // the conversation is new
	Repeat       bool  // the key or the natural key was seen before: Entries holds the entry of then, if there is one; nothing was written
	Prev         int64 // the shop's feed position before this change; Conversation.Position is the one after
}

// Changed tells that something was written.
func (c Committed) Changed() bool { return !c.Repeat && c.Conversation.Position > c.Prev }
