package realtime

import (
	"context"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// stop keeps the order of a client's messages when one of them could not be taken for now: those behind it, which are under way
// already, are refused too, until it comes again. It does not last: the writer may have thrown the message away.
type stop struct {
	clientID string
	lane     chat.ConversationID
	cause    *chat.Error
	until    time.Time
}

// stopAtLeast is longer than frames are under way.
const stopAtLeast = time.Second

// held tells why a message must wait for the one before it.
func (c *conn) held(clientID string, lane chat.ConversationID, now time.Time) *chat.Error {
	s := c.stopped
	if s == nil || s.lane != lane {
		return nil
	}
	if s.clientID == clientID || !now.Before(s.until) {
		c.stopped = nil
		return nil
	}
	return s.cause.After(max(s.until.Sub(now), time.Millisecond))
}

func (c *conn) hold(clientID string, lane chat.ConversationID, cause *chat.Error, now time.Time) {
	c.stopped = &stop{clientID, lane, cause, now.Add(max(cause.RetryAfter, stopAtLeast))}
}

// write takes a send or an amend. The worker takes them one after another, so that they are acknowledged in order.
func (c *conn) write(ctx context.Context, f openapi.ClientFrame) {
	lane := chat.ConversationID(f.Conversation)
	if c.kind == chat.AuthorShopper {
		lane = "" // a start and the conversation that it became are one
	}
	now := time.Now()
	if e := c.held(f.ClientID, lane, now); e != nil {
		c.limited(f, e)
		return
	}
	if wait := c.guest.allow(); wait > 0 {
		e := chat.ErrRateLimited.After(wait)
		c.hold(f.ClientID, lane, e, now)
		c.limited(f, e)
		return
	}
	by := c.who()
	if by.Kind == chat.AuthorShopper {
		if shop, err := c.door.shopOfKey(ctx, c.key); err == nil {
			by.IdentityRequired = shop.IdentityRequired // it may have changed since the hello
		}
	}
	sent, err := c.door.commit(ctx, by, c.shopOf, f)
	if err != nil {
		if e, ok := transient(err); ok {
			c.hold(f.ClientID, lane, e, now)
		}
		c.refuse(err, f.ClientID, chat.ConversationID(f.Conversation))
		return
	}
	c.door.Metrics.Sent.Add(1)
	c.send(c.door.codec.ack(sent.Entry, sent.Conversation.Generation, c.audience()))
}

// limited refuses a message that came too early; a client that does not listen is closed.
func (c *conn) limited(f openapi.ClientFrame, e *chat.Error) {
	c.door.Metrics.Limited.Add(1)
	c.send(encode(refused(e, f.ClientID, chat.ConversationID(f.Conversation))))
	if c.struck() {
		c.bye(closeRate, "rate_limited", rateRetry)
	}
}

// commit does what a send or an amend asks for. shopOf finds the shop of a conversation.
func (d *Door) commit(ctx context.Context, by chat.Caller, shopOf func(context.Context, chat.ConversationID) (chat.ShopID, error), f openapi.ClientFrame) (chat.Sent, error) {
	id := chat.ConversationID(f.Conversation)
	shop := by.Shop
	if id != "" {
		var err error
		if shop, err = shopOf(ctx, id); err != nil {
			return chat.Sent{}, err
		}
	}
	if f.Type == openapi.ClientFrameTypeAmend {
		return d.o.Service.Amend(ctx, by, chat.AmendRequest{
			Shop: shop, Conversation: id, ClientID: f.ClientID, Target: f.Target,
			Action: chat.AmendAction(f.Action), Text: f.Text, Emoji: f.Emoji,
		})
	}
	draft, err := wire.NewDraft(*f.Message, by.Kind)
	if err != nil {
		return chat.Sent{}, err
	}
	return d.o.Service.Send(ctx, by, chat.SendRequest{
		Shop: shop, Conversation: id, Start: f.Start, ClientID: f.ClientID, Kind: chat.EntryKind(f.Kind),
		Message: draft.Message, Attachments: draft.Attachments, ReplyTo: draft.ReplyTo,
		To: chat.AddressID(f.To), Template: draft.Template, ReturnLink: draft.ReturnLink,
	})
}
