package realtime

import (
	"context"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// typingEvery is how often others are told that somebody types; they forget it after six seconds.
const typingEvery = 3 * time.Second

type typedAt struct {
	id chat.ConversationID
	at time.Time
}

// typing tells the others in a joined conversation. More often than it helps is dropped, without a word.
func (c *conn) typing(_ context.Context, f openapi.ClientFrame) {
	id := chat.ConversationID(f.Conversation)
	l := c.log(id)
	if l == nil || !c.mayType(id, time.Now()) {
		return // before the first message there is nobody to tell
	}
	by := c.who()
	if err := c.door.o.Service.Type(by, l.brief(by), f.Note); err != nil {
		c.refuse(err, "", id)
		return
	}
	if !f.Note && l.isElsewhere() {
		c.door.nudges.typing(by, l.shop, id)
	}
}

// brief gives the conversation as far as telling others of typing needs it. The caller has joined it, so they may see it.
func (l *log) brief(by chat.Caller) chat.Conversation {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	conv := chat.Conversation{ID: l.id, Merchant: by.Merchant, Shop: l.shop}
	if conv.Shopper.ID = by.Shopper; l.shopper != nil {
		conv.Shopper.ID = l.shopper.id
	}
	return conv
}

func (c *conn) mayType(id chat.ConversationID, now time.Time) bool {
	fresh := c.typed[:0]
	for _, t := range c.typed {
		if now.Sub(t.at) < typingEvery {
			if t.id == id {
				return false
			}
			fresh = append(fresh, t)
		}
	}
	c.typed = append(fresh, typedAt{id, now})
	return true
}
