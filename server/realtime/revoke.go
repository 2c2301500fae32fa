package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// hear takes what concerns the caller in person, and, for a shopper, which agents are here.
func (c *conn) hear(ev *event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	switch ev.Kind {
	case chat.LiveRevoked, chat.LiveShopper:
		if ev.Session == ([32]byte{}) || ev.Session == c.session {
			c.doLocked(c.recheck)
		}
	case chat.LivePresence:
		if c.kind == chat.AuthorShopper && ev.Who.Kind == chat.AuthorAgent {
			if ev.presence == nil {
				ev.presence = c.door.codec.attendance(ev.Shop, ev.Who, ev.Presence, "", chat.ForShopper)
			}
			c.sendLocked(ev.presence)
		}
	case chat.LiveCommitted:
		c.elsewhere(ev)
	}
}

// elsewhere tells a shopper's other tabs and devices of entries in a conversation that they have not joined; they join it then.
func (c *conn) elsewhere(ev *event) {
	if c.kind != chat.AuthorShopper || !c.greeted || c.logLocked(ev.Conversation) != nil {
		return
	}
	if ev.Committed.Conversation.Shopper.ID != c.caller.Shopper {
		return
	}
	for _, e := range ev.log(chat.ForShopper).entries {
		c.sendLocked(e.frame)
	}
}

// recheck asks again whether the caller's credential holds, and closes the connection when it does not. Who is another shopper
// now, because they were identified, comes back and finds the other's conversations.
func (c *conn) recheck(ctx context.Context) {
	if !c.hasGreeted() || c.closed() {
		return
	}
	caller, err := c.proveAgain(ctx)
	if err != nil {
		if _, again := transient(err); !again {
			c.close(closeForbidden, "revoked")
		}
		return // the store is away: the next look will tell
	}
	c.mu.Lock()
	moved := caller.Shopper != c.caller.Shopper
	if !moved {
		c.caller = caller
	}
	c.mu.Unlock()
	if moved {
		c.close(closeGoingAway, "try_again")
	}
}

func (c *conn) proveAgain(ctx context.Context) (chat.Caller, error) {
	if c.kind == chat.AuthorShopper {
		caller, _, err := c.door.o.Auth.ShopperByToken(ctx, c.key, c.token)
		return caller, err
	}
	caller, _, err := c.door.o.Auth.AgentByRequest(c.cookie.WithContext(ctx))
	return caller, err
}

// recheckAgents looks after the agents' sessions, in case the word of a revocation was lost on its way here. There are few agents
// and they see everything; shoppers see their own conversations and are looked after once in a while.
func (d *Door) recheckAgents() {
	d.mu.Lock()
	var agents []*conn
	for c := range d.agents {
		agents = append(agents, c)
	}
	d.mu.Unlock()
	for _, c := range agents {
		c.do(c.recheck)
	}
}

// shopperBeats is how many beats go by between looks at a shopper's session.
const shopperBeats = 5

func (c *conn) shopperRecheckDue() bool {
	return c.kind == chat.AuthorShopper && c.beats.beats%shopperBeats == 0
}
