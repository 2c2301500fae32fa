package app

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// health answers the two questions of a load balancer: does the process live, and should it get requests.
type health struct {
	draining atomic.Bool
	ready    func(context.Context) error // commits something

	mu    sync.Mutex
	asked time.Time
	last  error
}

// askEvery bounds how often the store is asked: anybody may ask us, and each answer of the store is a commit.
const askEvery = time.Second

func (h *health) live(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, "ok\n")
}

func (h *health) readiness(w http.ResponseWriter, r *http.Request) {
	if h.draining.Load() {
		answer(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	switch err := h.probe(r.Context()); {
	case errors.Is(err, chat.ErrStoreFull): // sends are refused, but all else goes on: better here than nowhere
		answer(w, http.StatusOK, "read-only: no room left\n")
	case err != nil:
		answer(w, http.StatusServiceUnavailable, "store cannot commit\n")
	default:
		answer(w, http.StatusOK, "ready\n")
	}
}

func (h *health) probe(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < askEvery {
		return h.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second) // whoever asks next must not get this one's hurry
	defer cancel()
	h.last = h.ready(ctx)
	h.asked = time.Now()
	return h.last
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
