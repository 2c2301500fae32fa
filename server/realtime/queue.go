package realtime

import (
	"context"
	"sync"
	"time"
)

// sink is where a connection's frames go: a socket or a stream.
type sink interface {
	// put adds a frame to buf in the sink's own form.
	put(buf []byte, f frame) []byte
	// write sends all of buf, within the sink's own deadline; last tells that a Close is in it.
	write(buf []byte, last bool) error
	// hurry shortens a write that is under way: the peer has had its time.
	hurry()
	// end is called once, after the last write: the peer gets a moment to see it, then the connection is cut.
	end(err error)
}

// queue holds what a connection has not written yet. It never blocks who puts something in: one who reads too slowly overflows and
// is closed, and others do not notice. The goroutine that writes exists only while there is something to write, and what gathers
// meanwhile leaves in one write.
type queue struct {
	sink   sink
	limits *Limits
	run    func(func()) // runs the flusher on a goroutine that somebody waits for

	mu       sync.Mutex
	frames   []frame
	bytes    int
	flushing bool
	moved    int64         // when the flusher took something last, or was started; Unix nanoseconds
	closed   bool          // nothing more is taken
	space    chan struct{} // closed when there is room again; nil when nobody waits
}

// add queues a frame and tells whether there was room. A frame that is larger than the bound is taken by an empty queue.
func (q *queue) add(f frame) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(f) == 0 {
		return true // it goes nowhere, but nobody is slow
	}
	if q.full(len(f)) {
		return false
	}
	q.push(f)
	return true
}

// stalledAfter tells a slow reader from a burst: hundreds of small frames may come at once, before the flusher had its turn.
const stalledAfter = 250 * time.Millisecond

func (q *queue) full(more int) bool {
	if q.bytes > 0 && q.bytes+more > q.limits.QueueBytes {
		return true
	}
	return len(q.frames) >= q.limits.QueueFrames && time.Now().UnixNano()-q.moved > int64(stalledAfter)
}

func (q *queue) push(f frame) {
	q.frames = append(q.frames, f)
	q.bytes += len(f)
	if !q.flushing {
		q.flushing, q.moved = true, time.Now().UnixNano()
		q.run(q.flush)
	}
}

// wait blocks until at least half of the queue is free. It is for whoever brings many frames at once, such as a replay.
func (q *queue) wait(ctx context.Context) error {
	for {
		q.mu.Lock()
		if q.closed || q.roomy() {
			q.mu.Unlock()
			return nil
		}
		if q.space == nil {
			q.space = make(chan struct{})
		}
		space := q.space
		q.mu.Unlock()
		select {
		case <-space:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (q *queue) roomy() bool {
	return len(q.frames) <= q.limits.QueueFrames/2 && q.bytes <= q.limits.QueueBytes/2
}

// close takes a last frame behind what is queued, or in its place when now is set, and lets the sink end after it.
func (q *queue) close(last frame, now bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if now {
		q.frames, q.bytes = nil, 0
	}
	q.closed = true
	q.push(last)
	q.wake()
}

func (q *queue) wake() {
	if q.space != nil && (q.closed || q.roomy()) {
		close(q.space)
		q.space = nil
	}
}

const flushSize = 16 << 10

var flushBuffers = sync.Pool{New: func() any {
	b := make([]byte, 0, flushSize)
	return &b
}}

// flush writes until there is nothing left.
func (q *queue) flush() {
	bp := flushBuffers.Get().(*[]byte)
	buf := *bp
	for {
		var some, last bool
		if buf, some, last = q.take(buf[:0]); !some {
			break
		}
		err := q.sink.write(buf, last)
		if err != nil {
			q.abandon()
		}
		if err != nil || last {
			q.sink.end(err)
			break
		}
	}
	if cap(buf) <= 4*flushSize {
		*bp = buf
		flushBuffers.Put(bp)
	}
}

// take moves frames into buf, about flushSize at a time. With nothing left the flusher's time is over; after a close, last tells
// that these are the last ones.
func (q *queue) take(buf []byte) (_ []byte, some, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for n < len(q.frames) && (n == 0 || len(buf)+len(q.frames[n]) <= flushSize) {
		buf = q.sink.put(buf, q.frames[n])
		q.bytes -= len(q.frames[n])
		q.frames[n] = nil
		n++
	}
	q.frames, q.moved = q.frames[n:], time.Now().UnixNano()
	if len(q.frames) == 0 {
		q.frames = nil // an idle connection holds no buffer
	}
	if n == 0 {
		q.flushing = false
	}
	q.wake()
	return buf, n > 0, q.closed && len(q.frames) == 0
}

// abandon drops everything: the peer is not there any more.
func (q *queue) abandon() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.frames, q.bytes = true, nil, 0
	q.wake()
}
