package realtime

import (
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// log is a conversation that a connection has joined: subscribe first, then read, then merge. While it is being read, what comes
// live is held; afterwards only the entry right after the last one is let through. Any other number means that something was
// missed, and the log is read again from the last one. So the client gets each entry once and in order, whatever is lost or comes
// twice on the way here.
type log struct {
	c       *conn
	id      chat.ConversationID
	shop    chat.ShopID
	seat    seat
	shopper *presenceSeat // agents: hears of the conversation's shopper

	// Guarded by the connection.
	generation int64
	last       int64 // the last entry queued, in the audience's numbering
	elsewhere  bool  // the conversation goes on on another channel
	reading    bool
	over       bool
	missed     bool // while reading, more came than is held
	held       []*event
}

// maxHeld is how many live events wait for a read; if more come, there is another read.
const maxHeld = 64

// hear takes a live event.
func (l *log) hear(ev *event) {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case l.over || c.closing:
	case l.reading && len(l.held) < maxHeld:
		l.held = append(l.held, ev)
	case l.reading:
		l.missed = true
	case !l.apply(ev):
		l.reading, l.held = true, []*event{ev}
		c.door.Metrics.Reread.Add(1)
		c.doLocked(l.reread)
	}
}

// apply queues an event's frames. It tells false, having queued nothing that is out of order, when something is missing before it.
func (l *log) apply(ev *event) bool {
	switch ev.Kind {
	case chat.LiveCommitted:
		return l.committed(ev)
	case chat.LiveTyping:
		if f := ev.typed(l.c.audience()); f != nil && !ev.by(l.c.caller) {
			l.c.sendLocked(f)
		}
	}
	return true
}

func (l *log) committed(ev *event) bool {
	c, conv := l.c, &ev.Committed.Conversation
	if c.kind == chat.AuthorShopper && conv.Shopper.ID != c.caller.Shopper {
		c.doLocked(c.recheck) // it moved to another shopper; perhaps this session did too
		return true
	}
	if conv.Generation != l.generation {
		return false
	}
	frames := ev.log(c.audience())
	for _, e := range frames.entries {
		if e.n <= l.last {
			continue
		}
		if e.n != l.last+1 {
			return false
		}
		c.sendLocked(e.frame)
		l.last = e.n
	}
	for _, f := range frames.receipts {
		c.sendLocked(f)
	}
	for _, f := range frames.deliveries {
		c.sendLocked(f)
	}
	l.elsewhere = conv.Address != ""
	if l.shopper != nil && l.shopper.id != conv.Shopper.ID {
		c.doLocked(l.watchShopper)
	}
	return true
}

// merge ends a read: it applies what was held. It tells false when there must be another read.
func (l *log) merge(generation, last int64) bool {
	c := l.c
	c.mu.Lock()
	defer c.mu.Unlock()
	l.generation, l.last = generation, last
	held, missed := l.held, l.missed
	l.held, l.missed = nil, false
	for i, ev := range held {
		if !l.apply(ev) {
			l.held = held[i:]
			return false
		}
	}
	if missed {
		return false
	}
	l.reading = false
	return true
}

// reread is what the worker does about a hole.
func (l *log) reread(ctx context.Context) {
	l.c.mu.Lock()
	over, generation, last := l.over || l.c.closing, l.generation, l.last
	l.c.mu.Unlock()
	if over {
		return
	}
	if err := l.read(ctx, generation, last, false); err != nil {
		l.c.refuse(err, "", l.id)
		l.c.drop(l)
	}
}

// read resumes from a cursor and merges, again until nothing is missing.
func (l *log) read(ctx context.Context, generation, after int64, first bool) error {
	c := l.c
	for {
		r, err := c.resume(ctx, l, generation, after)
		if err != nil {
			return err
		}
		last, err := l.replay(ctx, r, after, first)
		if err != nil {
			return err
		}
		c.mu.Lock()
		l.elsewhere = r.Conversation.Address != ""
		c.mu.Unlock()
		if l.merge(r.Conversation.Generation, last) {
			return nil
		}
		c.mu.Lock()
		generation, after = l.generation, l.last
		c.mu.Unlock()
		first = false
	}
}

// resume asks for what follows a cursor; only so many ask at a time.
func (c *conn) resume(ctx context.Context, l *log, generation, after int64) (chat.Resumed, error) {
	select {
	case c.door.resumes <- struct{}{}:
		defer func() { <-c.door.resumes }()
	case <-ctx.Done():
		return chat.Resumed{}, chat.ErrTryAgain
	}
	return c.door.o.Service.Resume(ctx, c.who(), l.shop, l.id, generation, after)
}

// replayChunk is how many entries are queued before there must be room for more.
const replayChunk = 32

// replay queues what was read and gives the number of the last entry that the client has then.
func (l *log) replay(ctx context.Context, r chat.Resumed, after int64, first bool) (last int64, err error) {
	c, k := l.c, l.c.door.codec
	view := k.view(c.audience())
	if err := c.queue.wait(ctx); err != nil {
		return 0, chat.ErrTryAgain
	}
	if r.Snapshot {
		c.send(encode(view.Snapshot(r.Conversation, r.Entries)))
		last = r.Conversation.HeadFor(c.audience())
		if n := len(r.Entries); n > 0 {
			last = r.Entries[n-1].Number(c.audience())
		}
		return last, nil
	}
	if first {
		c.send(encode(view.Joined(r.Conversation)))
	}
	last = after
	for i, e := range r.Entries {
		if i%replayChunk == 0 {
			if err := c.queue.wait(ctx); err != nil {
				return 0, chat.ErrTryAgain
			}
		}
		c.send(k.entry(e, c.audience()))
		last = e.Number(c.audience())
	}
	c.door.Metrics.Replayed.Add(int64(len(r.Entries)))
	return last, nil
}

// leave gives the log's places back; the worker's alone.
func (l *log) leave() {
	l.c.mu.Lock()
	l.over, l.held = true, nil
	l.c.mu.Unlock()
	l.c.door.hub.leave(&l.seat)
	if l.shopper != nil {
		l.c.door.hub.leave(&l.shopper.seat)
	}
}
