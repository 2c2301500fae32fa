package realtime

import (
	"context"
	"sync"
	"time"
)

// spell is the context of all frames that are handled about now. One for each frame, with a timer of its own, would cost more than
// reading the frame. So a frame has at least the time that it may take, and at most half as much again.
type spell struct {
	mu    sync.Mutex
	ctx   context.Context //nolint:containedctx // it is no caller's: it is what frames are handled within
	until time.Time       // when the next one begins
}

func (s *spell) context(d *Door) context.Context {
	now, handle := time.Now(), d.o.Limits.Handle
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || !now.Before(s.until) {
		ctx, cancel := context.WithTimeout(d.ctx, handle+handle/2)
		context.AfterFunc(ctx, cancel) // it ends by itself
		s.ctx, s.until = ctx, now.Add(handle/2)
	}
	return s.ctx
}
