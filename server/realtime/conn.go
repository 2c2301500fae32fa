package realtime

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// conn is one live connection, a socket or a stream. Three kinds of goroutines meet in it: its reader, which hands frames over and
// never waits; its worker, which takes them one after another and exists only while there are some; and whoever publishes an
// event, which queues frames and never waits either. What belongs to the worker alone has no lock.
type conn struct {
	door  *Door
	queue queue
	ip    netip.Addr

	// How the caller proved themselves, to ask again: a shopper by key and token, an agent by their cookie.
	kind   chat.AuthorKind
	key    string
	token  string
	cookie *http.Request

	frames   bucket      // of any kind; the reader's
	flooding bool        // the reader's: the client sends faster than it may; nothing more is taken
	hello    *time.Timer // runs until the first frame
	beats    beatState   // the clock's

	mu      sync.Mutex
	caller  chat.Caller
	session [32]byte
	greeted bool
	closing bool // nothing more is taken or sent
	gone    bool // the peer is not there any more
	working bool
	jobs    []func(context.Context)
	logs    []*log
	feeds   []*feed

	// The worker's.
	guest    *guest
	self     seat // what concerns the caller in person
	agents   seat // shoppers: are there agents?
	attended []func()
	stopped  *stop
	strikes  bucket
	typed    []typedAt
	bad      int
	desk     *desk // an agent's
}

// desk is what an agent's connection has besides.
type desk struct {
	shops    []chat.Shop
	shopsAt  time.Time // when they were read
	viewing  chat.ConversationID
	viewedIn chat.ShopID
}

var errFlood = errors.New("too many bytes without a message")

// newConn makes a connection whose frames go to s.
func (d *Door) newConn(kind chat.AuthorKind, ip netip.Addr) *conn {
	c := &conn{door: d, kind: kind, ip: ip}
	if kind == chat.AuthorAgent {
		c.desk = new(desk)
	}
	c.queue.limits, c.queue.run = &d.o.Limits, d.crew.run
	return c
}

// send queues a frame; who has too many waiting is closed.
func (c *conn) send(f frame) {
	if !c.queue.add(f) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.tooSlow()
	}
}

// sendLocked is send for those who hold the connection's lock.
func (c *conn) sendLocked(f frame) {
	if !c.queue.add(f) {
		c.tooSlow()
	}
}

func (c *conn) tooSlow() {
	if c.closing {
		return
	}
	c.closing, c.jobs = true, nil
	c.door.Metrics.Slow.Add(1)
	c.queue.close(closeFrame(closeSlow, "slow_consumer"), true)
	c.queue.sink.hurry()
}

// close ends the connection with a code, after what is queued. A reason of ours that the client should know more of goes before it
// as a bye.
func (c *conn) close(code int, reason string) { c.bye(code, reason, 0) }

// bye says why, and when to come back, and closes.
func (c *conn) bye(code int, reason string, after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.closing, c.jobs = true, nil
	c.queue.add(c.door.codec.bye(reason, after))
	c.queue.close(closeFrame(code, reason), false)
}

// do gives the worker something to do, behind what it has. Frames of the client are bounded by the reader; what the door adds by
// itself is one job per log, feed and purpose.
func (c *conn) do(job func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doLocked(job)
}

func (c *conn) doLocked(job func(context.Context)) {
	if c.closing && !c.gone {
		return
	}
	c.jobs = append(c.jobs, job)
	if !c.working {
		c.working = true
		c.door.crew.run(c.work)
	}
}

// backlog tells how many jobs wait.
func (c *conn) backlog() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.jobs)
}

func (c *conn) work() {
	for {
		job := c.next()
		if job == nil {
			return
		}
		c.perform(job)
	}
}

func (c *conn) next() func(context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.jobs) == 0 {
		c.working, c.jobs = false, nil
		return nil
	}
	job := c.jobs[0]
	c.jobs[0] = nil
	c.jobs = c.jobs[1:]
	return job
}

// perform runs one job within the time that a frame may take. A panic costs this connection, not the process.
func (c *conn) perform(job func(context.Context)) {
	defer func() {
		if p := recover(); p != nil {
			c.door.panicked(p)
			c.close(closeInternal, "internal")
		}
	}()
	job(c.door.spell.context(c.door))
}

// end is called once, when nothing more can be read from the peer: what they sent is still done, then the connection's places are
// given back.
func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.welcomed()
	c.closing, c.gone = true, true
	c.doLocked(c.finish)
}

// welcomed ends the wait for a hello; called with the lock held.
func (c *conn) welcomed() {
	if c.hello != nil {
		c.hello.Stop()
		c.hello = nil
	}
}

// finish gives back what the connection holds.
func (c *conn) finish(context.Context) {
	d := c.door
	d.clock.remove(c)
	d.hub.leave(&c.self)
	d.hub.leave(&c.agents)
	c.mu.Lock()
	logs, feeds := c.logs, c.feeds
	c.logs, c.feeds = nil, nil
	c.mu.Unlock()
	for _, l := range logs {
		l.leave()
	}
	for _, f := range feeds {
		d.pumps.leave(f)
	}
	if c.desk != nil && c.desk.viewing != "" {
		d.o.Service.View(c.who(), c.desk.viewedIn, "")
	}
	for _, leave := range c.attended {
		leave()
	}
	if c.guest != nil {
		d.guests.leave(c.session)
	}
	d.guests.depart(c.ip)
	d.forget(c)
}

// mayFrame takes one frame, or ping, from the connection's allowance; the reader's alone.
func (c *conn) mayFrame() bool {
	l := &c.door.o.Limits
	return c.frames.take(l.Frames, l.FrameBurst, time.Now()) == 0
}

// who gives the caller.
func (c *conn) who() chat.Caller {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.caller
}

// audience does not change with the caller.
func (c *conn) audience() chat.Audience {
	if c.kind == chat.AuthorShopper {
		return chat.ForShopper
	}
	return chat.ForAgents
}

func (c *conn) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}
