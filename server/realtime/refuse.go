package realtime

import (
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// How long a client waits before it tries again, where nothing better is known.
const (
	tryAgainAfter = time.Second
	rateRetry     = 10 * time.Second
)

// transient tells whether the same request may succeed later, and gives the error with a time to wait.
func transient(err error) (*chat.Error, bool) {
	e := wire.Cause(err)
	switch e.Kind {
	case chat.KindUnavailable, chat.KindStoreFull, chat.KindRateLimited, chat.KindInternal:
		if e.RetryAfter <= 0 {
			e = e.After(tryAgainAfter)
		}
		return e, true
	}
	return e, false
}

// refuse tells the client that what it asked for is not done. Errors of ours are logged here, where they stop.
func (c *conn) refuse(err error, clientID string, id chat.ConversationID) {
	e, _ := transient(err)
	if e.Kind == chat.KindInternal {
		c.door.o.Log.Error("a frame failed", "conversation", string(id), "error", err)
	}
	c.send(encode(refused(e, clientID, id)))
}

func refused(e *chat.Error, clientID string, id chat.ConversationID) openapi.ServerFrame {
	return wire.Refused(e, clientID, string(id))
}
