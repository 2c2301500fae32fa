package realtime

import (
	"context"
	"slices"
	"sync"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// pump brings a shop's changes to the agents who follow its feed. A summary says how much each agent has not read, which may need
// a question to the store; that must not hold up whoever publishes, so a pump works on its own goroutine, while there is something
// to do. What gathers meanwhile is told once per object, by its newest state.
type pump struct {
	door *Door

	mu      sync.Mutex
	pending []*event
	running bool
	lost    bool // a position was skipped, or too much gathered: everybody reads again

	// The goroutine's, and while it does not run the next one's.
	told int64 // position of the last frame
	tail int64 // guarded by mu: position of the last event taken
}

// maxPending is how many changes may gather; beyond it the feeds are read again.
const maxPending = 1024

// take accepts a change; it never waits.
func (p *pump) take(ev *event, seats func() []*feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.tail == 0:
		p.told = ev.Prev
	case ev.Position <= p.tail:
		return // a second telling
	case ev.Prev > p.tail, len(p.pending) >= maxPending:
		p.lost = true
	}
	p.tail = ev.Position
	p.pending = append(p.pending, ev)
	if !p.running {
		p.running = true
		p.door.crew.run(func() { p.run(seats) })
	}
}

func (p *pump) run(seats func() []*feed) {
	for {
		p.mu.Lock()
		batch, lost := p.pending, p.lost
		p.pending, p.lost = nil, false
		p.running = len(batch) > 0
		p.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		listeners := seats()
		if lost {
			p.told = batch[len(batch)-1].Position
			for _, f := range listeners {
				f.mislaid()
			}
			continue
		}
		for _, ev := range newest(batch) {
			p.tell(ev, listeners)
		}
	}
}

// newest keeps the last event of each object, in the order of positions.
func newest(batch []*event) []*event {
	type object struct {
		conversation chat.ConversationID
		kind         chat.RecordKind
		record       string
	}
	seen := make(map[object]bool, len(batch))
	var out []*event
	for _, ev := range slices.Backward(batch) {
		o := object{conversation: ev.Conversation}
		if ev.Record != nil {
			o = object{kind: ev.Record.Kind, record: ev.Record.ExternalID}
		}
		if !seen[o] {
			seen[o] = true
			out = append(out, ev)
		}
	}
	slices.Reverse(out)
	return out
}

// tell gives a change to all who follow, encoded once for each number of unread messages.
func (p *pump) tell(ev *event, listeners []*feed) {
	ctx, cancel := context.WithTimeout(p.door.ctx, p.door.o.Limits.Handle)
	defer cancel()
	prev := p.told
	p.told = ev.Position
	frames := make(map[int]frame, 1)
	unread := unreadOf{door: p.door, byMark: make(map[int64]int, 1)}
	for _, f := range listeners {
		n := 0
		if ev.Committed != nil {
			n = unread.count(ctx, f.c.who(), ev.Committed.Conversation)
		}
		made, ok := frames[n]
		if !ok {
			made = feedFrame(ev, prev, n)
			frames[n] = made
		}
		f.push(prev, ev.Position, made)
	}
}

// feedFrame makes the frame of a change. A record that does not encode is a fault of whoever stored it; the position moves on.
func feedFrame(ev *event, prev int64, unread int) frame {
	if ev.Committed != nil {
		return encode(wire.FeedConversation(ev.Committed.Conversation, prev, unread))
	}
	f, err := wire.FeedRecord(*ev.Record, prev)
	if err != nil {
		f, _ = wire.FeedRecord(chat.Record{Shop: ev.Record.Shop, Kind: ev.Record.Kind, Position: ev.Record.Position, Deleted: true}, prev)
	}
	return encode(f)
}

// unreadOf counts what agents have not read of one conversation. Whoever has written has read up to there, so that the number
// depends on the read mark alone, and agents with the same mark share one question.
type unreadOf struct {
	door   *Door
	byMark map[int64]int
}

func (u *unreadOf) count(ctx context.Context, by chat.Caller, c chat.Conversation) int {
	mark := c.Watermark(by.Author()).Read.Seq
	n, ok := u.byMark[mark]
	if !ok {
		var err error
		if n, err = u.door.o.Service.Unread(ctx, by, c); err != nil {
			n = 0 // the list, read over REST, has the number
		}
		u.byMark[mark] = n
	}
	return n
}

// pumps holds a pump per shop that is followed here.
type pumps struct {
	door *Door

	mu     sync.Mutex
	byShop map[chat.ShopID]*pumpRoom
}

// pumpRoom listens to a shop for all who follow its feed.
type pumpRoom struct {
	pump pump
	seat seat

	mu      sync.Mutex
	feeds   []*feed
	viewing map[chat.AgentID]chat.ConversationID // what colleagues look at, for those who come later
}

// hear takes what happens in the shop: changes go through the pump, the rest is told at once.
func (r *pumpRoom) hear(ev *event) {
	switch ev.Kind {
	case chat.LiveCommitted, chat.LiveRecord:
		r.pump.take(ev, r.listeners)
	case chat.LivePresence, chat.LiveViewing:
		r.look(ev)
		for _, f := range r.listeners() {
			f.colleague(ev)
		}
	}
}

// look notes what an agent looks at; who is gone looks at nothing.
func (r *pumpRoom) look(ev *event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := chat.AgentID(ev.Who.ID)
	switch {
	case ev.Who.Kind != chat.AuthorAgent:
	case ev.Kind == chat.LiveViewing && ev.Conversation != "":
		if r.viewing == nil {
			r.viewing = make(map[chat.AgentID]chat.ConversationID)
		}
		r.viewing[id] = ev.Conversation
	case ev.Kind == chat.LiveViewing, ev.Presence == chat.Gone:
		delete(r.viewing, id)
	}
}

// viewed tells what an agent looks at, as far as it was heard here.
func (p *pumps) viewed(shop chat.ShopID, id chat.AgentID) chat.ConversationID {
	p.mu.Lock()
	r := p.byShop[shop]
	p.mu.Unlock()
	if r == nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.viewing[id]
}

func (r *pumpRoom) listeners() []*feed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.feeds)
}

// enter adds a follower; the first one opens the shop's room.
func (p *pumps) enter(f *feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.byShop[f.shop]
	if r == nil {
		r = &pumpRoom{pump: pump{door: p.door}}
		if p.byShop == nil {
			p.byShop = make(map[chat.ShopID]*pumpRoom)
		}
		p.byShop[f.shop] = r
		p.door.hub.take(chat.TopicShop(f.shop), &r.seat, r)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.feeds = append(r.feeds, f)
}

// leave takes a follower out; the last one closes the room.
func (p *pumps) leave(f *feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.byShop[f.shop]
	if r == nil {
		return
	}
	r.mu.Lock()
	r.feeds = slices.DeleteFunc(r.feeds, func(x *feed) bool { return x == f })
	empty := len(r.feeds) == 0
	r.mu.Unlock()
	if empty {
		delete(p.byShop, f.shop)
		p.door.hub.leave(&r.seat)
	}
}
