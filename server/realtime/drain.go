package realtime

import (
	"context"
	"time"
)

// drainRetry is how long a client waits at least before it comes back, to another node or to the next process.
const drainRetry = 2 * time.Second

// Drain takes no more connections and closes those that are there one by one, spread over the given time, each after what it has
// sent is done and acknowledged. It returns when all have gone, or when ctx ends.
func (d *Door) Drain(ctx context.Context, spread time.Duration) error {
	conns := d.startDraining()
	t := time.NewTimer(0)
	defer t.Stop()
	for i, c := range conns {
		t.Reset(spread / time.Duration(len(conns)))
		if i == 0 {
			t.Reset(0)
		}
		select {
		case <-t.C:
			c.drain()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case <-d.left:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Door) startDraining() []*conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.draining = true
	if len(d.conns) == 0 {
		d.closeLeft()
	}
	conns := make([]*conn, 0, len(d.conns))
	for c := range d.conns {
		conns = append(conns, c)
	}
	return conns
}

func (d *Door) closeLeft() {
	select {
	case <-d.left:
	default:
		close(d.left)
	}
}

// drain closes the connection behind what it has still to do. What it sends after that is not taken: the client sends it again.
func (c *conn) drain() {
	c.do(func(context.Context) {
		c.bye(closeDraining, "draining", drainRetry+time.Duration(randomN(int64(3*time.Second))))
	})
}

// Close closes every connection that is left and waits for the door's goroutines.
func (d *Door) Close() {
	for _, c := range d.startDraining() {
		c.bye(closeGoingAway, "draining", drainRetry)
	}
	<-d.left
	d.cancel()
	close(d.crew.quit)
	d.work.Wait()
}
