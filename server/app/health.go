package app

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// health answers the two questions of a load balancer: does the process live, and should it get requests.
type health struct {
	draining atomic.Bool
	ready    func(context.Context) error
}

func (h *health) live(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, "ok\n")
}

func (h *health) readiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	switch {
	case h.draining.Load():
		answer(w, http.StatusServiceUnavailable, "draining\n")
	case h.ready(ctx) != nil:
		answer(w, http.StatusServiceUnavailable, "store cannot commit\n")
	default:
		answer(w, http.StatusOK, "ready\n")
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
