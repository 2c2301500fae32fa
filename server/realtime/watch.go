package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// presenceSeat is where an agent hears of the shopper of a conversation that they have joined: are they on the site, and where?
type presenceSeat struct {
	seat
	l     *log
	id    chat.ShopperID
	state chat.Presence // guarded by the connection
	page  *chat.Page
}

// hear tells the agent of what concerns the shopper in person.
func (p *presenceSeat) hear(ev *event) {
	c := p.l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch ev.Kind {
	case chat.LivePresence:
		p.state = ev.Presence
	case chat.LivePage:
		p.page, p.state = ev.Page, chat.Here
	default:
		return
	}
	if !p.l.over && !c.closing && p.state != "" {
		c.sendLocked(encode(wire.ShopperPresence(p.l.id, p.id, p.state, p.page)))
	}
}

// watchShopper takes the place beside the conversation's shopper, and tells the agent how things are. It is done again when the
// conversation turns out to belong to somebody else now: they were identified.
func (l *log) watchShopper(ctx context.Context) {
	c, d := l.c, l.c.door
	if c.closed() || l.over {
		return
	}
	by := c.who()
	conv, err := d.o.Service.Conversation(ctx, by, l.shop, l.id)
	if err != nil {
		return // the log itself will say so
	}
	if l.shopper != nil {
		d.hub.leave(&l.shopper.seat)
	}
	p := &presenceSeat{l: l, id: conv.Shopper.ID}
	c.mu.Lock()
	l.shopper = p
	c.mu.Unlock()
	d.hub.take(chat.TopicShopper(p.id), &p.seat, p)
	s, err := d.o.Service.Shopper(ctx, by, l.shop, p.id)
	if err != nil {
		s = chat.Shopper{}
	}
	state := d.o.Fanout.Presence(ctx, l.shop, chat.Author{Kind: chat.AuthorShopper, ID: string(p.id)})
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.page == nil {
		p.page = s.Page
	}
	p.state = state
	c.sendLocked(encode(wire.ShopperPresence(l.id, p.id, state, p.page)))
}
