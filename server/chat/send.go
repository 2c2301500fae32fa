package chat

import (
	"context"
	"slices"
)

// SendRequest is what a caller wants to post. Attachments and the entry replied to are named, and resolved here.
type SendRequest struct {
	Shop         ShopID         // of an agent's or plugin's request; a shopper's is their own
	Conversation ConversationID // where to; or
	Start        string         // the client id of the message that starts the conversation
	ClientID     string
	Kind         EntryKind // message when empty
	Message      Message
	Attachments  []AttachmentID
	ReplyTo      int64 // in the caller's numbering; 0: none

	To         AddressID    // where to, of an agent's; empty: the planner chooses
	Template   *TemplateUse // of an agent's or plugin's: only its id and places are read
	ReturnLink bool         // of an agent's
}

// Sent answers a send: the entry as it is stored, now or at the first time.
type Sent struct {
	Committed
	Entry Entry
}

// Send posts a message or note and returns when it is durable. Sending again with the same client id gives the same answer.
func (s *Service) Send(ctx context.Context, by Caller, r SendRequest) (Sent, error) {
	if by.Kind == AuthorShopper {
		r.Shop = by.Shop
		if by.IdentityRequired && !by.Identified {
			return Sent{}, ErrIdentity
		}
	}
	if r.Kind == "" {
		r.Kind = EntryMessage
	}
	d := Draft{Kind: r.Kind, Author: by.Author(), Channel: ChannelWeb, ClientID: r.ClientID, Message: r.Message}
	if err := s.resolve(ctx, by, r, &d.Message); err != nil {
		return Sent{}, err
	}
	out, err := s.outgoing(ctx, by, r, &d)
	if err != nil {
		return Sent{}, err
	}
	if err := d.Validate(); err != nil {
		return Sent{}, err
	}
	w := Write{
		Shop: r.Shop, Conversation: r.Conversation, May: by.may,
		Key:    &SendKey{Author: d.Author, ClientID: d.ClientID, Hash: d.Hash()},
		Beside: Beside{Address: out.to}, DecideWith: func(c Conversation, seen Seen) (Change, error) { return c.send(d, out, seen, s.now()) },
	}
	if r.Conversation == "" {
		if w.Start, err = s.start(ctx, by, r); err != nil {
			return Sent{}, err
		}
	}
	done, err := s.change(ctx, w)
	if err != nil {
		return Sent{}, err
	}
	if len(done.Deliveries) > 0 && !done.Repeat {
		s.wake()
	}
	return Sent{Committed: done, Entry: done.entry(d)}, nil
}

func (c Committed) entry(d Draft) Entry {
	i := slices.IndexFunc(c.Entries, func(e Entry) bool { return e.ClientID == d.ClientID && e.Author.Key() == d.Author.Key() })
	return c.Entries[i] // the store gives back what it has written under this key
}

// start prepares the conversation that a shopper's first message creates.
func (s *Service) start(ctx context.Context, by Caller, r SendRequest) (*Start, error) {
	if by.Kind != AuthorShopper {
		return nil, ErrInvalid.With(Field{"conversation", "is needed"})
	}
	if err := ValidClientID(r.Start); err != nil {
		return nil, ErrInvalid.With(Field{"start", "must be the client_id of the first message"})
	}
	shop, err := s.store.Shop(ctx, by.Merchant, by.Shop)
	if err != nil {
		return nil, err
	}
	shopper, err := s.store.Shopper(ctx, by.Shop, by.Shopper)
	if err != nil {
		return nil, err
	}
	c := NewConversation(NewID[ConversationID](PrefixConversation, s.random), shop, shopper, s.now())
	if c.Order, err = s.latestOrder(ctx, shopper); err != nil {
		return nil, err
	}
	elsewhere, err := s.store.AddressesOf(ctx, by.Shop, shopper.ID)
	if err != nil {
		return nil, err
	}
	c.Away = len(elsewhere) > 0
	return &Start{ClientID: r.Start, New: c}, nil
}

// latestOrder gives the order that the shopper placed last, if any.
func (s *Service) latestOrder(ctx context.Context, p Shopper) (*OrderBrief, error) {
	rs, err := s.store.RecordsOf(ctx, p.Shop, p.ID, p.CustomerID, contextLimit)
	if err != nil {
		return nil, err
	}
	var latest *OrderBrief
	var at Millis
	for _, r := range rs {
		if o, err := r.Order(); err == nil && (latest == nil || o.PlacedAt > at) {
			b := o.Brief("", o.PlacedAt)
			latest, at = &b, o.PlacedAt
		}
	}
	return latest, nil
}

// resolveOrder makes the card of the order that a message is about: how it stands now. A shopper may name their own orders alone.
func (s *Service) resolveOrder(ctx context.Context, by Caller, shop ShopID, m *Message) error {
	if m.Order == "" {
		return nil
	}
	if by.Kind == AuthorPlugin && !by.Has(ScopeContextRead) && !by.Has(ScopeContextWrite) {
		return ErrInsufficientScope // the card would tell it what it may not read
	}
	unknown := ErrInvalid.With(Field{"message.order", "is no order of this shop"})
	r, err := s.store.Record(ctx, shop, RecordOrder, m.Order)
	if isNotFound(err) || err == nil && (r.Deleted || r.Redacted) {
		return unknown
	}
	if err != nil {
		return err
	}
	if by.Kind == AuthorShopper {
		own, err := s.OrdersOfShopper(ctx, by)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(own, func(x Record) bool { return x.Kind == RecordOrder && x.ExternalID == r.ExternalID }) {
			return unknown
		}
	}
	o, err := r.Order()
	if err != nil {
		return err
	}
	parcels, err := s.store.ShipmentsOf(ctx, shop, m.Order, contextLimit)
	if err != nil {
		return err
	}
	m.OrderCard = o.Card(shipmentsIn(parcels))
	return nil
}

func shipmentsIn(rs []Record) (all []Shipment) {
	for _, r := range rs {
		if p, err := r.Shipment(); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// resolve turns the names in a request into what they name: uploads that are the caller's to send, and the entry replied to.
func (s *Service) resolve(ctx context.Context, by Caller, r SendRequest, m *Message) error {
	m.Attachments, m.ReplyTo, m.OrderCard = nil, nil, nil
	if err := s.resolveOrder(ctx, by, r.Shop, m); err != nil {
		return err
	}
	if len(r.Attachments) > MaxAttachments {
		return ErrInvalid.With(Field{"message.attachment_ids", "at most 10"})
	}
	for _, id := range r.Attachments {
		u, err := s.store.Upload(ctx, r.Shop, id)
		if isNotFound(err) || err == nil && !u.sendable(by, r.Conversation) {
			return ErrBadAttachment
		}
		if err != nil {
			return err
		}
		m.Attachments = append(m.Attachments, u.Attachment)
	}
	if r.ReplyTo != 0 {
		if r.Conversation == "" {
			return ErrInvalid.With(Field{"message.reply_to", "names no entry of this conversation"})
		}
		target, err := s.entry(ctx, by, r.Shop, r.Conversation, r.ReplyTo)
		if err != nil {
			return err
		}
		m.ReplyTo = &Ref{target.Seq, target.ShopperSeq}
	}
	return nil
}

// sendable tells whether the caller may put the upload into the conversation: an agent any of their merchant's, others only what
// they uploaded themselves; and a bound one only where it is bound.
func (u Upload) sendable(by Caller, to ConversationID) bool {
	if u.Merchant != by.Merchant || u.Conversation != "" && u.Conversation != to {
		return false
	}
	if by.Kind == AuthorAgent {
		return u.By.Kind == AuthorAgent || u.Conversation == to
	}
	return u.By.Kind == by.Kind && u.By.ID == by.Author().ID
}

// entry reads one entry by its number in the caller's view.
func (s *Service) entry(ctx context.Context, by Caller, shop ShopID, id ConversationID, n int64) (Entry, error) {
	if n < 1 {
		return Entry{}, ErrNotFound
	}
	if _, err := s.Conversation(ctx, by, shop, id); err != nil {
		return Entry{}, err
	}
	es, err := s.store.Entries(ctx, EntryQuery{Shop: shop, Conversation: id, Audience: by.Audience(), After: n - 1, Limit: 1})
	if err != nil {
		return Entry{}, err
	}
	if len(es) == 0 || es[0].Number(by.Audience()) != n {
		return Entry{}, ErrNotFound
	}
	return es[0], nil
}

// AmendRequest is an edit, a revocation or a reaction that a caller wants. Target is in the caller's numbering.
type AmendRequest struct {
	Shop         ShopID
	Conversation ConversationID
	ClientID     string
	Target       int64
	Action       AmendAction
	Text         string
	Emoji        string
}

// Amend appends an amend and returns when it is durable.
func (s *Service) Amend(ctx context.Context, by Caller, r AmendRequest) (Sent, error) {
	if by.Kind == AuthorShopper {
		r.Shop = by.Shop
	}
	target, err := s.entry(ctx, by, r.Shop, r.Conversation, r.Target)
	if err != nil {
		return Sent{}, err
	}
	a := Amend{Target: Ref{target.Seq, target.ShopperSeq}, Action: r.Action, Text: r.Text, Emoji: r.Emoji}
	d := Draft{Kind: EntryAmend, Author: by.Author(), ClientID: r.ClientID, Message: Message{
		Text: r.Text, Choice: string(r.Action) + " " + r.Emoji, ReplyTo: &a.Target, // what makes the repeat the same
	}}
	done, err := s.change(ctx, Write{
		Shop: r.Shop, Conversation: r.Conversation, May: by.may,
		Key:    &SendKey{Author: d.Author, ClientID: r.ClientID, Hash: d.Hash()},
		Decide: func(c Conversation) (Change, error) { return c.Amend(a, target, by.Author(), r.ClientID, s.now()) },
	})
	if err != nil {
		return Sent{}, err
	}
	return Sent{Committed: done, Entry: done.entry(d)}, nil
}

// Receive takes a receipt: the caller has received, or read, everything up to n in their numbering.
func (s *Service) Receive(ctx context.Context, by Caller, shop ShopID, id ConversationID, n int64, read bool) error {
	if by.Kind == AuthorShopper {
		shop = by.Shop
	}
	c, err := s.Conversation(ctx, by, shop, id)
	if err != nil {
		return err
	}
	upto := Ref{c.Head, c.ShopperHead}
	if n < upto.Number(by.Audience()) {
		if upto, err = s.store.Locate(ctx, shop, id, by.Audience(), n); err != nil {
			return err
		}
	}
	if w := c.Watermark(by.Author()); upto.Seq <= w.Delivered.Seq && (!read || upto.Seq <= w.Read.Seq) {
		return nil // nothing rises: spare the commit
	}
	_, err = s.change(ctx, Write{
		Shop: shop, Conversation: id, May: by.may,
		Decide: func(c Conversation) (Change, error) {
			return c.Receive(Receipt{By: by.Author(), Upto: upto, Read: read}, s.now())
		},
	})
	return err
}
