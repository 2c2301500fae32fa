package realtime

import (
	"context"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

var errTooManyJoined = chat.ErrInvalid.With(chat.Field{Path: "conversation", Message: "too many are joined; leave some"})

// join lets the client follow a conversation from a cursor. Joining again reads again from the new cursor.
func (c *conn) join(ctx context.Context, f openapi.ClientFrame) {
	id := chat.ConversationID(f.Conversation)
	if l := c.log(id); l != nil {
		c.drop(l)
	}
	if err := c.enter(ctx, id, f.Generation, f.After); err != nil {
		c.refuse(err, "", id)
	}
}

// enter subscribes, reads and merges.
func (c *conn) enter(ctx context.Context, id chat.ConversationID, generation, after int64) error {
	shop, err := c.shopOf(ctx, id)
	if err != nil {
		return err
	}
	l := &log{c: c, id: id, shop: shop, reading: true}
	c.mu.Lock()
	full := len(c.logs) >= c.door.o.Limits.Joined
	if !full && !c.closing {
		c.logs = append(c.logs, l)
	}
	closing := c.closing
	c.mu.Unlock()
	if closing {
		return nil
	}
	if full {
		return errTooManyJoined
	}
	c.door.hub.take(chat.TopicConversation(id), &l.seat, l)
	if err := l.read(ctx, generation, after, true); err != nil {
		c.drop(l)
		return err
	}
	if c.kind == chat.AuthorAgent {
		l.watchShopper(ctx)
	} else if l.opened(after) {
		c.door.welcomeBack(ctx, c.who(), id)
	}
	return nil
}

// depart takes a leave frame.
func (c *conn) depart(f openapi.ClientFrame) {
	if l := c.log(chat.ConversationID(f.Conversation)); l != nil {
		c.drop(l)
	}
}

// drop leaves a log.
func (c *conn) drop(l *log) {
	c.mu.Lock()
	c.logs = slices.DeleteFunc(c.logs, func(x *log) bool { return x == l })
	if len(c.logs) == 0 {
		c.logs = nil
	}
	c.mu.Unlock()
	l.leave()
}

// log finds a joined conversation.
func (c *conn) log(id chat.ConversationID) *log {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.logLocked(id)
}

func (c *conn) logLocked(id chat.ConversationID) *log {
	if i := slices.IndexFunc(c.logs, func(l *log) bool { return l.id == id }); i >= 0 {
		return c.logs[i]
	}
	return nil
}

// shopOf finds the shop of a conversation: frames do not name it, an agent's merchant may have several, and everything is asked
// for by shop. An unknown conversation has none.
func (c *conn) shopOf(ctx context.Context, id chat.ConversationID) (chat.ShopID, error) {
	if !chat.ValidID(chat.PrefixConversation, string(id)) {
		return "", chat.ErrNotFound
	}
	if c.kind == chat.AuthorShopper {
		return c.who().Shop, nil
	}
	if l := c.log(id); l != nil {
		return l.shop, nil
	}
	shops, err := c.agentShops(ctx)
	if err != nil {
		return "", err
	}
	return c.door.shopAmong(ctx, c.who(), shops, id)
}

// shopAmong looks for the conversation in each of the shops.
func (d *Door) shopAmong(ctx context.Context, by chat.Caller, shops []chat.Shop, id chat.ConversationID) (chat.ShopID, error) {
	if len(shops) == 1 {
		return shops[0].ID, nil // whether it is there, the use case finds out
	}
	for _, s := range shops {
		if _, err := d.o.Service.Conversation(ctx, by, s.ID, id); err == nil {
			return s.ID, nil
		} else if e, ok := chat.AsError(err); !ok || e.Kind != chat.KindNotFound {
			return "", err
		}
	}
	return "", chat.ErrNotFound
}

// shopsFor is how long the list of a merchant's shops is good for.
const shopsFor = 30 * time.Second

// agentShops gives the shops of an agent's merchant.
func (c *conn) agentShops(ctx context.Context) ([]chat.Shop, error) {
	if len(c.desk.shops) > 0 && time.Since(c.desk.shopsAt) < shopsFor {
		return c.desk.shops, nil
	}
	shops, err := c.door.o.Shops.Shops(ctx, c.who().Merchant)
	c.desk.shops, c.desk.shopsAt = shops, time.Now()
	return shops, err
}
