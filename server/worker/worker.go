// Package worker is the clock: it claims due tasks, hands each to the domain and backs off when one fails.
//
// It knows nothing of what tasks do. A task that keeps failing is set aside with its reason, so that it holds up neither its lane
// nor the others; one that takes long holds up its lane alone. Start reading at Run.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Performer does one task; chat.Service is one. It may be given a task again that it has done already. A *chat.Postponed is no
// failure: the task comes again at that time, and the try does not count.
type Performer interface {
	Perform(ctx context.Context, t chat.Task) error
}

// Burier is a Performer that wants to know which tasks are set aside, so that what they were about does not wait for ever.
type Burier interface {
	Buried(ctx context.Context, t chat.Task, reason string) error
}

// Options of a Worker. All but Store and Performer have defaults.
type Options struct {
	Store     chat.Tasks
	Performer Performer
	Log       *slog.Logger
	Now       func() time.Time

	AtOnce     int                   // tasks done at the same time; 32
	Share      int                   // and of these, of one kind: who hangs fills no more than that; 24
	Lease      time.Duration         // how long a claim holds, and a little less how long a task may take; 90 s
	Idle       time.Duration         // how long to sleep when nothing is known to be due; 5 s, for tasks that other nodes wrote
	Grace      time.Duration         // how long tasks may go on once the worker is to stop; 10 s
	Attempts   int                   // tries before a task is set aside; 8
	AttemptsOf map[chat.TaskKind]int // where it is another number; inbound: 5
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
	orElse(&o.AtOnce, 32)
	orElse(&o.Share, max(1, o.AtOnce*3/4))
	orElse(&o.Lease, 90*time.Second)
	orElse(&o.Idle, 5*time.Second)
	orElse(&o.Grace, 10*time.Second)
	orElse(&o.Attempts, 8)
	if o.AttemptsOf == nil {
		o.AttemptsOf = map[chat.TaskKind]int{chat.TaskInbound: 5}
	}
	return &Worker{o: o, wake: make(chan struct{}, 1)}
}

func orElse[T comparable](v *T, usual T) {
	var zero T
	if *v == zero {
		*v = usual
	}
}

// Wake tells the worker that something may be due now. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

const soon = time.Second // to look again when it can't be said when something will be due

// Run does due tasks until ctx ends, and returns when the last one is done or, after a grace, interrupted.
func (w *Worker) Run(ctx context.Context) error {
	work, interrupt := context.WithCancel(context.WithoutCancel(ctx))
	defer interrupt()
	p := newPool(w.o.AtOnce, w.o.Share)
	for ctx.Err() == nil {
		t := time.NewTimer(w.claim(ctx, work, p))
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-t.C:
		case k := <-p.done:
			p.leave(k)
		}
		t.Stop()
	}
	patience := time.AfterFunc(w.o.Grace, interrupt)
	defer patience.Stop()
	p.empty()
	return nil
}

// claim starts what is due, as far as there is room, and gives the time after which to look again.
func (w *Worker) claim(ctx, work context.Context, p *pool) time.Duration {
	for {
		room, full := p.room()
		if room == 0 {
			return w.o.Idle // one that is done frees some
		}
		tasks, err := w.o.Store.ClaimTasks(ctx, chat.At(w.o.Now()), w.o.Lease, room, full...)
		if err != nil {
			if ctx.Err() == nil {
				w.o.Log.Error("claim tasks", "error", err)
			}
			return soon
		}
		for _, t := range tasks {
			p.enter(t.Kind, func() { w.do(work, t) })
		}
		switch {
		case len(tasks) == room: // there may be more
		case len(full) > 0:
			return soon // the next due one may be of a kind that has to wait
		default:
			return w.next(ctx)
		}
	}
}

// next gives the time until the next task is due.
func (w *Worker) next(ctx context.Context) time.Duration {
	next, err := w.o.Store.NextTask(ctx)
	if err != nil || next == 0 {
		return w.o.Idle
	}
	return min(max(next.Time().Sub(w.o.Now()), 10*time.Millisecond), w.o.Idle)
}
