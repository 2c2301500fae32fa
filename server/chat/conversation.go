package chat

import (
	"slices"
	"time"
)

// State of a conversation.
type State string

// States of a conversation.
const (
	StateOpen   State = "open"
	StateClosed State = "closed"
)

// ReopenWithin is how long a closed conversation still takes the shopper's next message; after it they start a new one.
const ReopenWithin = 7 * 24 * time.Hour

// MaxTags of a conversation.
const MaxTags = 20

// Conversation is the head of one ordered log: all that a decision needs to know, without its entries.
type Conversation struct {
	ID       ConversationID
	Merchant MerchantID
	Shop     ShopID
	Shopper  ShopperBrief
	State    State
	ClosedAt Millis
	Assignee *AgentBrief
	Joined   []AgentID // agents who have answered, so that each joins once
	Tags     []string
	Channel  Channel   // of the route: where the next message goes
	Address  AddressID // of the route; empty: on the web
	Account  AccountID // of the route's address
	Handoff  *Handoff  // the one under way, or the last one
	Away     bool      // the shopper has an address besides the web: a message that they do not read there may go to it

	Generation  int64 // raised by erasure and retention: cursors of an older one get a snapshot
	FirstSeq    int64 // the log is dense from here …
	Head        int64 // … to here; FirstSeq-1 when empty
	ShopperHead int64 // the same in the shopper's numbering
	Version     int64 // raised by every change; compare-and-set between nodes
	Position    int64 // the shop's feed position of the last change; given by the store

	LastMessage *LastMessage
	Order       *OrderBrief // the shopper's latest order, for lists
	Watermarks  []Watermark
	CreatedAt   Millis
	UpdatedAt   Millis // of the last entry
}

// ShopperBrief is what lists show of a shopper.
type ShopperBrief struct {
	ID         ShopperID `json:"id"`
	Name       string    `json:"name,omitempty"`
	Email      string    `json:"email,omitempty"`
	Identified bool      `json:"identified,omitempty"`
	Language   string    `json:"language,omitempty"`
}

// LastMessage is what lists show of a conversation's last message.
type LastMessage struct {
	Ref
	At          Millis `json:"at"`
	Author      Author `json:"author"`
	Text        string `json:"text,omitempty"` // at most 140 characters
	Attachments int    `json:"attachments,omitempty"`
}

// NewConversation begins an empty log. It is written together with its first entry.
func NewConversation(id ConversationID, shop Shop, shopper Shopper, now time.Time) Conversation {
	return Conversation{
		ID: id, Merchant: shop.Merchant, Shop: shop.ID, Shopper: shopper.Brief(),
		State: StateOpen, Channel: ChannelWeb, Generation: 1, FirstSeq: 1, CreatedAt: At(now), UpdatedAt: At(now),
	}
}

// Post decides what a message or note does to the conversation: it is appended; a shopper's message reopens a closed
// conversation, or is refused with ErrConversationOver after ReopenWithin; an agent's first answer lets them join. What is written
// for the shopper goes where the route leads.
func (c Conversation) Post(d Draft, now time.Time) (Change, error) {
	ch := c.begin(now)
	if err := ch.post(d, now); err != nil {
		return Change{}, err
	}
	return ch, nil
}

func (ch *Change) post(d Draft, now time.Time) error {
	if err := d.Validate(); err != nil {
		return err
	}
	if d.Author.Kind == AuthorShopper && d.Kind == EntryNote {
		return ErrInvalid.With(Field{"kind", "a shopper writes no notes"})
	}
	c := ch.Conversation
	if d.Kind == EntryMessage && c.State == StateClosed {
		if d.Author.Kind == AuthorShopper && now.Sub(c.ClosedAt.Time()) > ReopenWithin {
			return ErrConversationOver
		}
		ch.Conversation.State, ch.Conversation.ClosedAt = StateOpen, 0
		ch.event(Event{Name: EventReopened}, d.Author)
	}
	if d.Kind == EntryMessage && d.Author.Kind == AuthorAgent && d.Author.ID != "" { // by name, not through the provider's own app
		ch.join(AgentBrief{ID: AgentID(d.Author.ID), Name: d.Author.Name})
	}
	ch.aim(&d)
	m := d.Message
	if r := m.ReplyTo; r != nil && (r.Seq < c.FirstSeq || r.Seq > c.Head) {
		return ErrInvalid.With(Field{"message.reply_to", "names no entry of this conversation"})
	}
	e := ch.append(Entry{Kind: d.Kind, Author: d.Author, Channel: d.Channel, ClientID: d.ClientID, Message: &m})
	for _, a := range m.Attachments {
		ch.Bind = append(ch.Bind, a.ID)
	}
	if d.Kind == EntryMessage {
		ch.Conversation.LastMessage = &LastMessage{
			Ref: Ref{e.Seq, e.ShopperSeq}, At: e.At, Author: d.Author, Text: m.preview(), Attachments: len(m.Attachments),
		}
		ch.dispatch(e, d)
	}
	ch.seen(d.Author, Ref{e.Seq, ch.Conversation.ShopperHead})
	return nil
}

// join lets an agent join at their first answer, and take the conversation when nobody has it.
func (ch *Change) join(a AgentBrief) {
	if slices.Contains(ch.Conversation.Joined, a.ID) {
		return
	}
	by := Author{Kind: AuthorAgent, ID: string(a.ID), Name: a.Name}
	ch.Conversation.Joined = append(slices.Clip(ch.Conversation.Joined), a.ID)
	ch.event(Event{Name: EventJoined, Agent: &a}, by)
	if ch.Conversation.Assignee == nil {
		ch.Conversation.Assignee = &a
		ch.event(Event{Name: EventAssigned, Agent: &a}, by)
	}
}

// Amend decides an edit, a revocation or a reaction. Only the author edits or revokes a message; both sides may react.
func (c Conversation) Amend(a Amend, target Entry, by Author, clientID string, now time.Time) (Change, error) {
	if err := ValidClientID(clientID); err != nil {
		return Change{}, err
	}
	if target.Kind != EntryMessage && (target.Kind != EntryNote || by.Kind == AuthorShopper) {
		return Change{}, ErrNotFound
	}
	if by.Kind == AuthorShopper && target.ShopperSeq == 0 {
		return Change{}, ErrNotFound
	}
	switch a.Action {
	case AmendEdit:
		if err := ValidText(a.Text); err != nil {
			return Change{}, err
		}
		if (Message{Text: a.Text}).empty() {
			return Change{}, ErrBadText
		}
		fallthrough
	case AmendRevoke:
		if target.Author.Key() != by.Key() {
			return Change{}, ErrForbidden
		}
	case AmendReact:
		if len(a.Emoji) > 40 || ValidText(a.Emoji) != nil {
			return Change{}, ErrInvalid.With(Field{"emoji", "must be one emoji, or empty to take it back"})
		}
	default:
		return Change{}, ErrInvalid.With(Field{"action", "must be edit, revoke or react"})
	}
	a.Target = Ref{target.Seq, target.ShopperSeq}
	ch := c.begin(now)
	ch.append(Entry{Kind: EntryAmend, Author: by, Channel: ChannelWeb, ClientID: clientID, Amend: &a})
	if l := c.LastMessage; l != nil && l.Seq == target.Seq && a.Action != AmendReact {
		edited := *l
		edited.Text = Message{Text: a.Text}.preview() // empty after a revocation
		ch.Conversation.LastMessage = &edited
	}
	return ch, nil
}

// Assign decides who answers; nil gives the conversation back to all.
func (c Conversation) Assign(to *AgentBrief, by Author, now time.Time) (Change, error) {
	ch := c.begin(now)
	switch {
	case to == nil && c.Assignee == nil, to != nil && c.Assignee != nil && to.ID == c.Assignee.ID:
		return Change{}, nil
	case to == nil:
		ch.event(Event{Name: EventUnassigned, Agent: c.Assignee}, by)
	default:
		ch.event(Event{Name: EventAssigned, Agent: to}, by)
	}
	ch.Conversation.Assignee = to
	return ch, nil
}

// Close decides that the matter is settled. Closing twice does nothing.
func (c Conversation) Close(by Author, now time.Time) (Change, error) {
	if c.State == StateClosed {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.Conversation.State, ch.Conversation.ClosedAt = StateClosed, At(now)
	ch.event(Event{Name: EventClosed}, by)
	return ch, nil
}

// Reopen takes a closed conversation up again.
func (c Conversation) Reopen(by Author, now time.Time) (Change, error) {
	if c.State == StateOpen {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.Conversation.State, ch.Conversation.ClosedAt = StateOpen, 0
	ch.event(Event{Name: EventReopened}, by)
	return ch, nil
}

// Tag replaces the tags.
func (c Conversation) Tag(tags []string, by Author, now time.Time) (Change, error) {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > MaxTags {
		return Change{}, ErrInvalid.With(Field{"tags", "at most 20"})
	}
	for _, t := range tags {
		if !label(t) || len(t) > 60 {
			return Change{}, ErrInvalid.With(Field{"tags", "each must have 1 to 60 characters"})
		}
	}
	if slices.Equal(tags, c.Tags) {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.Conversation.Tags = tags
	ch.event(Event{Name: EventTagged, Tags: tags}, by)
	return ch, nil
}

// Meet decides that the conversation now belongs to a shopper who has been identified, and who may have ordered before (latest;
// nil: nothing).
func (c Conversation) Meet(known Shopper, latest *OrderBrief, now time.Time) (Change, error) {
	if c.Shopper == known.Brief() {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.Conversation.Shopper = known.Brief()
	if latest != nil && (c.Order == nil || c.Order.At < latest.At) {
		ch.Conversation.Order = latest
	}
	ch.event(Event{Name: EventIdentified}, Author{Kind: AuthorSystem})
	return ch, nil
}

// NoteOrder decides the entry that tells agents of a change of the shopper's order. The client id names the change, so that it is
// told once.
func (c Conversation) NoteOrder(o OrderBrief, clientID string, now time.Time) (Change, error) {
	ch := c.begin(now)
	ch.Conversation.Order = &o
	ch.append(Entry{
		Kind: EntryEvent, Author: Author{Kind: AuthorSystem}, Channel: ChannelWeb, ClientID: clientID,
		Event: &Event{Name: EventOrderChanged, Order: &o},
	})
	return ch, nil
}
