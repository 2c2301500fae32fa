package wire

import (
	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Protocol is the version of the live protocol that this server speaks.
const Protocol = 1

// WelcomeShopper greets a shopper with what is theirs.
func WelcomeShopper(epoch string, by chat.Caller, features []string, own []chat.Own) openapi.ServerFrame {
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypeWelcome, Protocol: Protocol, Epoch: epoch, Self: self(by), Features: features,
		Conversations: convert(own, ConversationHead),
	}
}

// WelcomeAgent greets an agent with where the feeds of their shops stand.
func WelcomeAgent(epoch string, by chat.Caller, features []string, shops []openapi.FeedHead) openapi.ServerFrame {
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypeWelcome, Protocol: Protocol, Epoch: epoch, Self: self(by), Features: features, Shops: shops,
	}
}

func self(by chat.Caller) *openapi.Self {
	a := by.Author()
	return &openapi.Self{Kind: openapi.AuthorKind(a.Kind), ID: a.ID, Name: a.Name, Identified: by.Identified}
}

// Joined answers a join whose cursor is of use; the entries after it follow.
func (v View) Joined(c chat.Conversation) openapi.ServerFrame {
	return v.bounds(openapi.ServerFrameTypeJoined, c)
}

// Snapshot answers a join whose cursor is of no use: the client drops what it has.
func (v View) Snapshot(c chat.Conversation, es []chat.Entry) openapi.ServerFrame {
	f := v.bounds(openapi.ServerFrameTypeSnapshot, c)
	f.Entries = v.Entries(es)
	return f
}

func (v View) bounds(kind openapi.ServerFrameType, c chat.Conversation) openapi.ServerFrame {
	head := c.HeadFor(v.Audience)
	return openapi.ServerFrame{
		Type: kind, Conversation: string(c.ID), Generation: c.Generation, FirstSeq: v.first(c), Head: &head, Reads: v.reads(c),
	}
}

// EntryFrame carries an entry; false when the audience may not see it. AppendEntryFrame writes the same without the detour.
func (v View) EntryFrame(e chat.Entry) (openapi.ServerFrame, bool) {
	o, ok := v.Entry(e)
	if !ok {
		return openapi.ServerFrame{}, false
	}
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeEntry, Conversation: string(e.Conversation), Entry: &o}, true
}

// Ack says that what was sent is durable. AppendAck writes the same without the detour.
func (v View) Ack(e chat.Entry, generation int64) openapi.ServerFrame {
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypeAck, ClientID: e.ClientID, Conversation: string(e.Conversation), Generation: generation,
		Seq: e.Number(v.Audience), At: int64(e.At),
	}
}

// Refused says why a frame was not taken. Where RetryAfter is set, the same frame may be sent again.
func Refused(err error, clientID, conversation string) openapi.ServerFrame {
	e := Cause(err)
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypeRefused, ClientID: clientID, Conversation: conversation, Code: code(e), Message: e.Message,
		RetryAfterMs: e.RetryAfter.Milliseconds(),
	}
}

// Receipt tells how far a participant is.
func (v View) Receipt(id chat.ConversationID, w chat.Watermark) openapi.ServerFrame {
	read, delivered := w.Read.Number(v.Audience), w.Delivered.Number(v.Audience)
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypeReceipt, Conversation: string(id), Read: &read, Delivered: &delivered,
		Participant: &openapi.Author{Kind: openapi.AuthorKind(w.Kind), ID: w.ID},
	}
}

// Typing tells that somebody writes; false when the audience may not know: who writes a note does not write to the shopper.
func (v View) Typing(id chat.ConversationID, who chat.Author, note bool) (openapi.ServerFrame, bool) {
	if note && v.shopper() {
		return openapi.ServerFrame{}, false
	}
	a := v.Author(who)
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeTyping, Conversation: string(id), Author: &a, Note: note}, true
}

// ShopperPresence tells agents whether a conversation's shopper is on the site, and where.
func ShopperPresence(id chat.ConversationID, shopper chat.ShopperID, state chat.Presence, page *chat.Page) openapi.ServerFrame {
	return openapi.ServerFrame{
		Type: openapi.ServerFrameTypePresence, Conversation: string(id), State: openapi.PresenceState(state), Page: Page(page),
		Who: &openapi.Author{Kind: openapi.AuthorKindShopper, ID: string(shopper)},
	}
}

// AgentPresence tells whether an agent is here, and, to other agents, which conversation they look at.
func (v View) AgentPresence(shop chat.ShopID, who chat.Author, state chat.Presence, viewing chat.ConversationID) openapi.ServerFrame {
	a := v.Author(who)
	f := openapi.ServerFrame{
		Type: openapi.ServerFrameTypePresence, Shop: string(shop), Who: &a, State: openapi.PresenceState(state), Viewing: string(viewing),
	}
	if v.shopper() {
		f.Shop, f.Viewing = "", "" // a shopper knows their shop by its public key, and nothing of other conversations
	}
	return f
}

// FeedConversation tells agents of a changed conversation, with what this agent has not read.
func FeedConversation(c chat.Conversation, prev int64, unread int) openapi.ServerFrame {
	f := feed(c.Shop, prev, c.Position)
	summary := Conversation(c, unread)
	f.Conversation, f.Summary = string(c.ID), &summary
	return f
}

// FeedRecord tells agents of a changed order, shipment, cart or customer. Of a deleted one, of a product and of a coupon only the position
// moves.
func FeedRecord(r chat.Record, prev int64) (openapi.ServerFrame, error) {
	f := feed(r.Shop, prev, r.Position)
	if r.Deleted {
		return f, nil
	}
	var err error
	switch r.Kind {
	case chat.RecordOrder:
		f.Order, err = pointer(Order(r))
	case chat.RecordShipment:
		f.Shipment, err = pointer(Shipment(r))
	case chat.RecordCart:
		f.Cart, err = pointer(Cart(r))
	case chat.RecordCustomer:
		f.Customer, err = pointer(Customer(r))
	}
	return f, err
}

func pointer[T any](v T, err error) (*T, error) { return &v, err }

// FeedShopper tells agents of a changed shopper.
func FeedShopper(s chat.Shopper, prev, position int64) openapi.ServerFrame {
	f := feed(s.Shop, prev, position)
	o := Shopper(s)
	f.Shopper = &o
	return f
}

func feed(shop chat.ShopID, prev, position int64) openapi.ServerFrame {
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeFeed, Shop: string(shop), Prev: &prev, Position: &position}
}

// FeedSnapshot tells an agent whose cursor is of no use where the feed stands: the lists are to be loaded afresh.
func FeedSnapshot(shop chat.ShopID, position int64) openapi.ServerFrame {
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeSnapshot, Shop: string(shop), Position: &position}
}

// Beat says where the joined conversations and followed feeds stand.
func Beat(heads, positions map[string]int64) openapi.ServerFrame {
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeBeat, Heads: heads, Positions: positions}
}

// Bye says why the close follows.
func Bye(code openapi.ErrorCode, retryAfterMs int64) openapi.ServerFrame {
	return openapi.ServerFrame{Type: openapi.ServerFrameTypeBye, Code: code, RetryAfterMs: retryAfterMs}
}

// Pong answers a ping.
func Pong() openapi.ServerFrame { return openapi.ServerFrame{Type: openapi.ServerFrameTypePong} }
