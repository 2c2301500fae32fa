package realtime

import "github.com/tagalong-chat/tagalong/openapi"

var pongFrame = encode(openapi.ServerFrame{Type: openapi.ServerFrameTypePong})

// pinged takes a WebSocket ping. Pings count as frames: a flood of them is no way around the limit.
func (c *conn) pinged() bool {
	if c.mayFrame() {
		return true
	}
	c.close(closeRate, "rate_limited")
	return false
}

func (c *conn) ponged() { c.door.clock.answered(c) }

// pongs tells whether pongs are to be expected: a stream has none, a dead one is found by writing.
func (c *conn) pongs() bool {
	_, ok := c.queue.sink.(*socket)
	return ok
}

// beat sends the heads of what is joined and followed, and pings. A client that sees a head beyond what it holds joins again.
func (c *conn) beat() {
	if heads, positions, greeted := c.heads(); greeted {
		c.send(c.door.codec.beat(heads, positions))
	}
	if c.pongs() {
		c.send(pingFrame)
	}
	if c.shopperRecheckDue() {
		c.do(c.recheck)
	}
}

// heads gives the heads of the logs joined and the positions of the feeds followed.
func (c *conn) heads() (heads, positions map[string]int64, greeted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	heads = make(map[string]int64, len(c.logs))
	for _, l := range c.logs {
		if !l.reading {
			heads[string(l.id)] = l.last
		}
	}
	for _, f := range c.feeds {
		if positions == nil {
			positions = make(map[string]int64, len(c.feeds))
		}
		if !f.reading {
			positions[string(f.shop)] = f.told
		}
	}
	return heads, positions, c.greeted
}
