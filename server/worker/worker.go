// Package worker is the clock: it claims due tasks, hands each to the domain and backs off when one fails.
//
// It knows nothing of what tasks do. A task that keeps failing is set aside with its reason, so that it holds up neither its lane
// nor the others. Start reading at Run.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Performer does one task; chat.Service is one. It may be given a task again that it has done already.
type Performer interface {
	Perform(ctx context.Context, t chat.Task) error
}

// Options of a Worker. All but Store and Performer have defaults.
type Options struct {
	Store     chat.Tasks
	Performer Performer
	Log       *slog.Logger
	Now       func() time.Time

	Lanes    int           // tasks done at the same time; 8
	Lease    time.Duration // how long a claim holds; a minute
	Idle     time.Duration // how long to sleep when nothing is known to be due; 5 s, for tasks that other nodes wrote
	Attempts int           // tries before a task is set aside; 8
}

// Worker does due tasks until its context ends.
type Worker struct {
	o    Options
	wake chan struct{}
}

// New makes a Worker; Run starts it.
func New(o Options) *Worker {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lanes == 0 {
		o.Lanes = 8
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Idle == 0 {
		o.Idle = 5 * time.Second
	}
	if o.Attempts == 0 {
		o.Attempts = 8
	}
	return &Worker{o: o, wake: make(chan struct{}, 1)}
}

// Wake tells the worker that something may be due now. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run does due tasks until ctx ends, and returns when the last one is done.
func (w *Worker) Run(ctx context.Context) error {
	for {
		n, err := w.round(ctx)
		if err != nil && ctx.Err() == nil {
			w.o.Log.Error("claim tasks", "error", err)
		}
		if n == w.o.Lanes {
			continue // there may be more
		}
		t := time.NewTimer(w.sleep(ctx, n))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-w.wake:
			t.Stop()
		case <-t.C:
		}
	}
}

// sleep gives the time until the next task is due; a round that did something looks again at once, since it may have freed lanes.
func (w *Worker) sleep(ctx context.Context, done int) time.Duration {
	if done > 0 {
		return 0
	}
	next, err := w.o.Store.NextTask(ctx)
	if err != nil || next == 0 {
		return w.o.Idle
	}
	return min(max(next.Time().Sub(w.o.Now()), 10*time.Millisecond), w.o.Idle)
}

// round claims what is due and does it, each lane beside the others.
func (w *Worker) round(ctx context.Context) (int, error) {
	tasks, err := w.o.Store.ClaimTasks(ctx, chat.At(w.o.Now()), w.o.Lease, w.o.Lanes)
	if err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	for _, t := range tasks {
		wg.Go(func() { w.do(ctx, t) })
	}
	wg.Wait()
	return len(tasks), nil
}

func (w *Worker) do(ctx context.Context, t chat.Task) {
	log := w.o.Log.With("task", t.ID, "kind", t.Kind, "shop", t.Shop, "attempt", t.Attempt)
	doing, cancel := context.WithTimeout(ctx, w.o.Lease-w.o.Lease/10)
	err := w.perform(doing, t)
	cancel()
	if ctx.Err() != nil {
		return // shutting down: the claim falls back by itself
	}
	switch {
	case err == nil:
		err = w.o.Store.FinishTask(ctx, t)
	case t.Attempt >= w.o.Attempts:
		log.Error("task set aside", "error", err)
		err = w.o.Store.BuryTask(ctx, t, err.Error())
	default:
		log.Warn("task will be tried again", "error", err)
		err = w.o.Store.RetryTask(ctx, t, chat.At(w.o.Now().Add(Backoff(t.Attempt))), err.Error())
	}
	if err != nil && !errors.Is(err, chat.ErrConflict) { // a lost claim is somebody else's task by now
		log.Error("settle task", "error", err)
	}
}

// perform keeps a panic to the task that caused it.
func (w *Worker) perform(ctx context.Context, t chat.Task) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("task panicked: %v", r)
		}
	}()
	return w.o.Performer.Perform(ctx, t)
}

// Backoff gives the wait after the n-th failed attempt: 2 s doubling to at most an hour, with jitter so that failures part.
func Backoff(attempt int) time.Duration {
	d := time.Second << min(max(attempt, 1), 12)
	d = min(d, time.Hour)
	return d/2 + rand.N(d/2)
}
