package realtime

import (
	"context"
	"sync"
	"time"
)

// clock beats for all connections: one goroutine and no timer per connection. Each connection sits in one of the wheel's slots;
// each tick serves one of them, so that beats are spread.
type clock struct {
	door *Door
	tick time.Duration

	mu    sync.Mutex
	slots [wheelSlots][]*conn
	next  int // slot that the next connection comes to
}

const wheelSlots = 25

// beatState is a connection's place in the wheel, and its last ping; guarded by the clock.
type beatState struct {
	slot, index int32
	beats       int32
	on          bool
	pinged      int // tick of the ping that is not answered; 0: none
}

func newClock(d *Door) *clock { return &clock{door: d, tick: d.o.Limits.Beat / wheelSlots} }

func (k *clock) add(c *conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.beats = beatState{slot: int32(k.next), index: int32(len(k.slots[k.next])), on: true}
	k.slots[k.next] = append(k.slots[k.next], c)
	k.next = (k.next + 1) % wheelSlots
}

func (k *clock) remove(c *conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := &c.beats
	if !b.on {
		return
	}
	slot := k.slots[b.slot]
	end := len(slot) - 1
	slot[b.index] = slot[end]
	slot[b.index].beats.index = b.index
	slot[end] = nil
	k.slots[b.slot] = slot[:end]
	b.on = false
}

// run ticks until ctx ends.
func (k *clock) run(ctx context.Context) {
	t := time.NewTicker(k.tick)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-t.C:
			k.turn(n)
		case <-ctx.Done():
			return
		}
	}
}

// turn does what is due at the nth tick.
func (k *clock) turn(n int) {
	d := k.door
	defer d.contain()
	for _, c := range k.beating(n) {
		c.beat()
	}
	for _, c := range k.silent(n) {
		d.Metrics.Dead.Add(1)
		c.close(closeNoPong, "no_pong")
	}
	if every := max(1, int(d.o.Limits.Recheck/k.tick)); n%every == 0 {
		d.recheckAgents()
	}
	d.crew.shrink()
	if n%wheelSlots == 0 {
		d.guests.forget(time.Now())
	}
}

// beating gives the connections whose turn it is, and notes that they are pinged now.
func (k *clock) beating(n int) []*conn {
	k.mu.Lock()
	defer k.mu.Unlock()
	due := append([]*conn(nil), k.slots[n%wheelSlots]...)
	for _, c := range due {
		c.beats.beats++
		if c.beats.pinged == 0 {
			c.beats.pinged = n
		}
	}
	return due
}

// silent gives the connections that have not answered their ping in time.
func (k *clock) silent(n int) []*conn {
	k.mu.Lock()
	defer k.mu.Unlock()
	wait := max(1, int(k.door.o.Limits.Pong/k.tick))
	var list []*conn
	for _, c := range k.slots[(n-wait%wheelSlots+wheelSlots)%wheelSlots] {
		if p := c.beats.pinged; p != 0 && n-p >= wait && c.pongs() {
			list = append(list, c)
		}
	}
	return list
}

// answered notes a pong.
func (k *clock) answered(c *conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.beats.pinged = 0
}
