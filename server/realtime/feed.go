package realtime

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// feed is a shop that an agent's connection follows: like a log, subscribed first, read then, merged last. Here a number is a
// position, and each frame names the one before.
type feed struct {
	c    *conn
	shop chat.ShopID

	// Guarded by the connection.
	told    int64 // position of the last frame queued
	reading bool
	over    bool
	missed  bool
	held    []change
}

type change struct {
	prev, position int64
	frame          frame
}

// follow replaces the feeds that the client follows.
func (c *conn) follow(ctx context.Context, f openapi.ClientFrame) {
	c.unfollow()
	shops, err := c.door.o.Shops.Shops(ctx, c.who().Merchant) // there may be a new one
	if err != nil {
		c.refuse(err, "", "")
		return
	}
	c.desk.shops, c.desk.shopsAt = shops, time.Now()
	for _, cursor := range f.Feeds {
		shop := chat.ShopID(cursor.Shop)
		if !slices.ContainsFunc(shops, func(s chat.Shop) bool { return s.ID == shop }) {
			c.refuse(chat.ErrNotFound, "", "")
			continue
		}
		if err := c.followShop(ctx, shop, cursor.After); err != nil {
			c.refuse(err, "", "")
		}
	}
}

func (c *conn) followShop(ctx context.Context, shop chat.ShopID, after *openapi.Seq) error {
	f := &feed{c: c, shop: shop, reading: true}
	c.mu.Lock()
	if c.closing || slices.ContainsFunc(c.feeds, func(x *feed) bool { return x.shop == shop }) {
		c.mu.Unlock()
		return nil
	}
	c.feeds = append(c.feeds, f)
	c.mu.Unlock()
	c.door.pumps.enter(f)
	if err := f.start(ctx, after); err != nil {
		c.dropFeed(f)
		return err
	}
	f.colleagues(ctx)
	return nil
}

// start reads from the cursor; without one, from now on.
func (f *feed) start(ctx context.Context, after *openapi.Seq) error {
	if after != nil {
		return f.read(ctx, *after)
	}
	position, err := f.c.door.o.Shops.FeedPosition(ctx, f.shop)
	if err != nil {
		return err
	}
	if f.merge(position) {
		return nil
	}
	return f.read(ctx, position)
}

// read asks for what changed after a position, and merges, again until nothing is missing.
func (f *feed) read(ctx context.Context, after int64) error {
	c := f.c
	for {
		page, err := c.door.o.Service.Feed(ctx, c.who(), f.shop, after)
		if err != nil {
			return err
		}
		if err := c.queue.wait(ctx); err != nil {
			return chat.ErrTryAgain
		}
		if page.More || after > page.Position {
			c.send(encode(wire.FeedSnapshot(f.shop, page.Position)))
		} else if err := f.replay(ctx, page, after); err != nil {
			return err
		}
		if f.merge(page.Position) {
			return nil
		}
		c.mu.Lock()
		after = f.told
		c.mu.Unlock()
	}
}

// replay queues what a page holds, in the order of positions, each once.
func (f *feed) replay(ctx context.Context, page chat.FeedPage, prev int64) error {
	c := f.c
	var changes []*event
	for _, conv := range page.Conversations {
		changes = append(changes, &event{Live: chat.Live{Committed: &chat.Committed{Conversation: conv}, Position: conv.Position}})
	}
	for _, r := range page.Records {
		changes = append(changes, &event{Live: chat.Live{Record: &r, Position: r.Position}})
	}
	slices.SortFunc(changes, func(a, b *event) int { return cmp.Compare(a.Position, b.Position) })
	for i, ev := range changes {
		if i%replayChunk == 0 {
			if err := c.queue.wait(ctx); err != nil {
				return chat.ErrTryAgain
			}
		}
		n := 0
		if ev.Committed != nil {
			n, _ = c.door.o.Service.Unread(ctx, c.who(), ev.Committed.Conversation) // the list, read over REST, has the number
		}
		c.send(feedFrame(ev, prev, n))
		prev = ev.Position
	}
	if prev < page.Position { // the last changes were of something that is gone, or not shown: only the position moves
		c.send(feedFrame(&event{Live: chat.Live{Record: &chat.Record{Shop: f.shop, Position: page.Position, Deleted: true}}}, prev, 0))
	}
	return nil
}

// push takes a change from the pump.
func (f *feed) push(prev, position int64, made frame) {
	c := f.c
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := change{prev, position, made}
	switch {
	case f.over || c.closing:
	case f.reading && len(f.held) < maxHeld:
		f.held = append(f.held, ch)
	case f.reading:
		f.missed = true
	case !f.apply(ch):
		f.again()
	}
}

func (f *feed) apply(ch change) bool {
	switch {
	case ch.position <= f.told:
	case ch.prev > f.told:
		return false
	default:
		f.c.sendLocked(ch.frame)
		f.told = ch.position
	}
	return true
}

// mislaid tells that something was lost on its way here.
func (f *feed) mislaid() {
	c := f.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case f.over || c.closing:
	case f.reading:
		f.missed = true
	default:
		f.again()
	}
}

func (f *feed) again() {
	f.reading = true
	f.c.door.Metrics.Reread.Add(1)
	f.c.doLocked(func(ctx context.Context) {
		f.c.mu.Lock()
		over, after := f.over || f.c.closing, f.told
		f.c.mu.Unlock()
		if over {
			return
		}
		if err := f.read(ctx, after); err != nil {
			f.c.refuse(err, "", "")
			f.c.dropFeed(f)
		}
	})
}

// merge ends a read that came up to a position. It tells false when there must be another.
func (f *feed) merge(position int64) bool {
	c := f.c
	c.mu.Lock()
	defer c.mu.Unlock()
	f.told = position
	held, missed := f.held, f.missed
	f.held, f.missed = nil, false
	for _, ch := range held {
		if !f.apply(ch) {
			return false
		}
	}
	if missed {
		return false
	}
	f.reading = false
	return true
}

// colleagues tells which other agents are here.
func (f *feed) colleagues(ctx context.Context) {
	d := f.c.door
	for _, who := range d.o.Fanout.Attending(ctx, f.shop, chat.AuthorAgent) {
		viewing := d.pumps.viewed(f.shop, chat.AgentID(who.ID))
		f.c.send(d.codec.attendance(f.shop, who, chat.Here, viewing, chat.ForAgents))
	}
}

// colleague tells of an agent who comes, goes or looks at a conversation.
func (f *feed) colleague(ev *event) {
	c := f.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.over || c.closing || ev.Who.Kind != chat.AuthorAgent {
		return
	}
	if ev.presence == nil {
		state := ev.Presence
		if ev.Kind == chat.LiveViewing {
			state = chat.Here
		}
		ev.presence = c.door.codec.attendance(ev.Shop, ev.Who, state, ev.Conversation, chat.ForAgents)
	}
	c.sendLocked(ev.presence)
}

func (c *conn) unfollow() {
	c.mu.Lock()
	feeds := c.feeds
	c.mu.Unlock()
	for _, f := range feeds {
		c.dropFeed(f)
	}
}

func (c *conn) dropFeed(f *feed) {
	c.mu.Lock()
	f.over, f.held = true, nil
	c.feeds = slices.DeleteFunc(slices.Clone(c.feeds), func(x *feed) bool { return x == f })
	c.mu.Unlock()
	c.door.pumps.leave(f)
}
