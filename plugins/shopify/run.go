package shopify

import (
	"context"
	"sync"
	"time"
)

// Run works off webhooks, reconciles and tidies up until ctx ends, and then until what is in hand is done.
func (a *App) Run(ctx context.Context) error {
	var rounds sync.WaitGroup
	rounds.Go(func() {
		every(ctx, a.catchUp, func(context.Context) time.Duration { return lookEvery }, func(ctx context.Context) {
			a.report(ctx, "purge", a.store.Purge(ctx, a.now()))
			// A round with a long past in it must not delay the next one.
			rounds.Go(func() { a.report(ctx, "reconciliation", a.Reconcile(ctx)) })
		})
	})
	every(ctx, a.wake, a.untilDue, func(ctx context.Context) {
		_, err := a.Work(ctx)
		a.report(ctx, "queue", err)
	})
	rounds.Wait()
	return nil
}

func (a *App) report(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		a.log.Error("a round failed", "what", what, "error", err)
	}
}

// every does something now, and again when it is woken or the pause after it is over.
func every(ctx context.Context, wake <-chan struct{}, pause func(context.Context) time.Duration, do func(context.Context)) {
	for {
		do(ctx)
		timer := time.NewTimer(pause(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-wake:
			timer.Stop()
		}
	}
}

// untilDue is how long nothing in the queue is due.
func (a *App) untilDue(ctx context.Context) time.Duration {
	if due, some, err := a.store.NextDue(ctx); err == nil && some {
		return min(max(due.Sub(a.now()), time.Second), idle)
	}
	return idle
}
