package graph

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

// errand is something that the world does at its time: a message arrives at a
// phone, a webhook is tried.
type errand struct {
	at   time.Time
	n    int // keeps errands of one instant in the order they were made
	slow bool
	do   func(context.Context)
}

type agenda []*errand

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].n < a[j].n
	}
	return a[i].at.Before(a[j].at)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is for container/heap.
func (a *agenda) Push(x any) { *a = append(*a, x.(*errand)) }

// Pop is for container/heap.
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*a = old[:len(old)-1]
	return last
}

// maxErrands bounds the memory of a world that nobody runs. What is beyond it
// does not happen, and the journal says so.
const maxErrands = 200_000

// later has do called after d. The caller holds w.mu; do is called without it.
// A slow errand talks to the network: Run lets several of them go on at once.
func (w *World) later(d time.Duration, slow bool, do func(context.Context)) {
	if len(w.agenda) >= maxErrands {
		w.note(Entry{Kind: EntryOverflow})
		return
	}
	w.errands++
	heap.Push(&w.agenda, &errand{at: w.now().Add(max(d, 0)), n: w.errands, slow: slow, do: do})
	select {
	case w.wake <- struct{}{}:
	default: // awake already
	}
}

// due takes the next errand that is to be done by t.
func (w *World) due(t time.Time) *errand {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.agenda) == 0 || w.agenda[0].at.After(t) {
		return nil
	}
	return heap.Pop(&w.agenda).(*errand)
}

// pause is how long nothing is due.
func (w *World) pause() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.agenda) == 0 {
		return time.Hour
	}
	return max(w.agenda[0].at.Sub(w.now()), 0)
}

// maxAtOnce bounds the webhooks under way. Meta delivers concurrently too.
const maxAtOnce = 8

// Run does the errands of a world on the real clock until ctx ends, and returns
// when the last one is done. A server that hangs holds up its webhooks alone.
func (w *World) Run(ctx context.Context) error {
	if w.options.Clock != nil {
		return errors.New("graph: a world with a clock of its own goes on by Advance")
	}
	var under sync.WaitGroup
	defer under.Wait()
	work := make(chan *errand)
	defer close(work)
	for range maxAtOnce {
		under.Go(func() {
			for e := range work {
				e.do(ctx)
			}
		})
	}
	var slow []*errand // due, and waiting for one of the above
	for {
		for e := w.due(w.now()); e != nil; e = w.due(w.now()) {
			if e.slow {
				slow = append(slow, e)
			} else {
				e.do(ctx)
			}
		}
		var free chan<- *errand // nil, and so never ready, while nothing waits
		var next *errand
		if len(slow) > 0 {
			free, next = work, slow[0]
		}
		timer := time.NewTimer(w.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case free <- next:
			slow = slow[1:]
		case <-w.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Advance moves the world's own clock by d and does on the way what becomes due,
// one errand after the other.
func (w *World) Advance(ctx context.Context, d time.Duration) {
	end := w.now().Add(d)
	for ctx.Err() == nil {
		e := w.due(end)
		if e == nil {
			break
		}
		w.options.Clock.set(e.at)
		e.do(ctx)
	}
	w.options.Clock.set(end)
}

// Idle tells whether nothing waits to be done.
func (w *World) Idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.agenda) == 0
}
