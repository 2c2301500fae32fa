package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const sweepEvery = time.Hour

// sweep asks for the removal of uploads that no message has named, every hour. The task's key makes it one an hour, however many
// nodes ask.
func (p *parts) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		now := time.Now()
		err := p.store.AddTasks(ctx, chat.Task{
			ID: chat.NewID[chat.TaskID](chat.PrefixTask, rand.Reader), Kind: chat.TaskSweep, DueAt: chat.At(now),
			Dedupe: "sweep:" + now.UTC().Format("2006-01-02T15"),
		})
		if err != nil && ctx.Err() == nil {
			p.log.Warn("sweep was not asked for", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
