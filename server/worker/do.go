package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const settleWithin = 5 * time.Second

// do performs a task and writes down what became of it, even when the worker is being interrupted.
func (w *Worker) do(ctx context.Context, t chat.Task) {
	log := w.o.Log.With("task", t.ID, "kind", t.Kind, "shop", t.Shop, "attempt", t.Attempt)
	doing, cancel := context.WithTimeout(ctx, w.o.Lease-w.o.Lease/10)
	err := w.perform(doing, t, log)
	cancel()
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	err = w.settle(settling, t, err, ctx.Err() != nil, log)
	if err != nil && !errors.Is(err, chat.ErrConflict) { // a lost claim is somebody else's task by now
		log.Error("settle task", "error", err)
	}
}

// settle finishes, puts off, tries again or buries a task, by the error that it ended with.
func (w *Worker) settle(ctx context.Context, t chat.Task, failed error, interrupted bool, log *slog.Logger) error {
	now := w.o.Now()
	postponed, later := errors.AsType[*chat.Postponed](failed)
	switch {
	case failed == nil:
		return w.o.Store.FinishTask(ctx, t)
	case later:
		return w.o.Store.PostponeTask(ctx, t, max(postponed.Until, chat.At(now).Add(shortest)), postponed.Reason)
	case interrupted:
		return w.o.Store.PostponeTask(ctx, t, chat.At(now), "the server stopped")
	case t.Attempt >= w.attempts(t.Kind):
		log.Error("task set aside", "error", failed)
		return w.bury(ctx, t, failed.Error())
	}
	log.Warn("task will be tried again", "error", failed)
	return w.o.Store.RetryTask(ctx, t, chat.At(now.Add(Backoff(t.Attempt))), failed.Error())
}

// shortest time that a task is put off for, so that one which is always due does not keep the worker busy.
const shortest = 50 * time.Millisecond

func (w *Worker) attempts(k chat.TaskKind) int {
	if n, ok := w.o.AttemptsOf[k]; ok {
		return n
	}
	return w.o.Attempts
}

// bury sets the task aside, and then tells the performer, so that nothing comes after it.
func (w *Worker) bury(ctx context.Context, t chat.Task, reason string) error {
	if err := w.o.Store.BuryTask(ctx, t, reason); err != nil {
		return err
	}
	if b, ok := w.o.Performer.(Burier); ok {
		return w.contained(func() error { return b.Buried(ctx, t, reason) })
	}
	return nil
}

// perform keeps a panic to the task that caused it.
func (w *Worker) perform(ctx context.Context, t chat.Task, log *slog.Logger) error {
	err := w.contained(func() error { return w.o.Performer.Perform(ctx, t) })
	if p, ok := errors.AsType[*panicked](err); ok {
		log.Error("task panicked", "error", err, "stack", string(p.stack))
	}
	return err
}

type panicked struct {
	cause any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("task panicked: %v", p.cause) }

func (w *Worker) contained(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r, debug.Stack()}
		}
	}()
	return f()
}

// Backoff gives the wait after the n-th failed attempt: 2 s doubling to at most an hour, with jitter so that failures part.
func Backoff(attempt int) time.Duration {
	d := time.Second << min(max(attempt, 1), 12)
	d = min(d, time.Hour)
	return d/2 + rand.N(d/2)
}
