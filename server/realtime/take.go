package realtime

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// take accepts a message from the reader. It never waits: the reader must go on to see pongs and the end.
func (c *conn) take(bp *[]byte) {
	switch {
	case c.closed():
		giveBack(bp)
	case c.flooding:
		giveBack(bp)
	case !c.mayFrame(), c.backlog() >= c.door.o.Limits.WorkFrames:
		giveBack(bp)
		c.door.Metrics.Limited.Add(1)
		c.flooding = true
		c.do(func(context.Context) { c.bye(closeRate, "rate_limited", rateRetry) }) // after what came before is answered
	default:
		c.door.Metrics.FramesIn.Add(1)
		c.do(func(ctx context.Context) {
			defer giveBack(bp)
			c.handle(ctx, *bp)
		})
	}
}

const keptBuffer = 8 << 10 // a rare large message must not make the pool hold large buffers

func giveBack(bp *[]byte) {
	if cap(*bp) <= keptBuffer {
		messageBuffers.Put(bp)
	}
}

// handle does what one message asks for.
func (c *conn) handle(ctx context.Context, data []byte) {
	if c.closed() && !c.peerGone() {
		return
	}
	if !utf8.Valid(data) { // the library does not look
		c.close(closeInvalidUTF8, "bad_frame")
		return
	}
	f, err := wire.ParseFrame(data, c.kind)
	if err != nil {
		c.badFrame(err, f)
		return
	}
	if (f.Type == openapi.ClientFrameTypeHello) == c.hasGreeted() { // first of all, and once
		c.badFrame(wire.ErrBadFrame, f)
		return
	}
	c.dispatch(ctx, f)
}

func (c *conn) dispatch(ctx context.Context, f openapi.ClientFrame) {
	switch f.Type {
	case openapi.ClientFrameTypeHello:
		c.greet(ctx, f)
	case openapi.ClientFrameTypeJoin:
		c.join(ctx, f)
	case openapi.ClientFrameTypeLeave:
		c.depart(f)
	case openapi.ClientFrameTypeSend, openapi.ClientFrameTypeAmend:
		c.write(ctx, f)
	case openapi.ClientFrameTypeTyping:
		c.typing(ctx, f)
	case openapi.ClientFrameTypeRead:
		c.read(ctx, f)
	case openapi.ClientFrameTypePage:
		c.page(ctx, f)
	case openapi.ClientFrameTypeFeed:
		c.follow(ctx, f)
	case openapi.ClientFrameTypeViewing:
		c.view(ctx, f)
	case openapi.ClientFrameTypePing:
		c.send(pongFrame)
	}
}

func (c *conn) hasGreeted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.greeted
}

func (c *conn) peerGone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone
}

// badFrame refuses a frame; a client that goes on like this is broken or worse.
func (c *conn) badFrame(err error, f openapi.ClientFrame) {
	c.bad++
	c.send(encode(wire.Refused(err, f.ClientID, f.Conversation)))
	if c.bad >= c.door.o.Limits.BadFrames {
		c.bye(closeRate, "bad_frame", rateRetry)
	}
}

// struck counts a message that came too fast, and tells whether it was one too many: a client that has been told and goes on.
func (c *conn) struck() bool {
	return c.strikes.take(strikesPerSecond, strikeBurst, time.Now()) != 0
}

// A client that pipelines has up to 32 messages under way when it is told to slow down.
const (
	strikesPerSecond = 2
	strikeBurst      = 64
)
