package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	maxQueue = 1000      // objects waiting; every one holds its newest snapshot only
	maxBatch = 100       // events in a request, by the contract
	maxBytes = 200 << 10 // of a request, below the contract's 256 KiB

	cartPause = 800 * time.Millisecond // a cart that is being filled is sent once

	firstBackoff = 500 * time.Millisecond
	lastBackoff  = 30 * time.Second
)

// plugin pushes order context to Tagalong. It holds an outbox of snapshots, the
// newest of each object, and sends them in order: a request that may work later
// is repeated with the same Idempotency-Key, and nothing else goes out before it.
type plugin struct {
	url, key string
	client   *http.Client
	now      func() time.Time
	newID    func(prefix string) string
	jitter   func() float64
	log      *slog.Logger

	mu    sync.Mutex
	queue []queued
	state pluginState
	wake  chan struct{}
}

type queued struct {
	event event
	due   time.Time
}

// pluginState is what the backstage page shows.
type pluginState struct {
	Sent, Waiting, Dropped int
	LastError              string
	LastSent               time.Time
}

// push queues an event. A snapshot of the same object that still waits is
// replaced and keeps its place and its time, so that a stream of changes is
// neither sent one by one nor put off for ever.
func (p *plugin) push(e event, after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.queue {
		if p.queue[i].event.key() == e.key() {
			p.queue[i].event = e
			return
		}
	}
	if len(p.queue) == maxQueue {
		p.queue = p.queue[1:]
		p.state.Dropped++
	}
	p.queue = append(p.queue, queued{e, p.now().Add(after)})
	select {
	case p.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (p *plugin) report() pluginState {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := p.state
	state.Waiting += len(p.queue)
	return state
}

// run sends until ctx ends.
func (p *plugin) run(ctx context.Context) error {
	for {
		batch, wait := p.take()
		if len(batch) > 0 {
			if err := p.deliver(ctx, batch); err != nil {
				return err
			}
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-p.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// take removes what is due from the queue, else says how long nothing will be.
func (p *plugin) take() (batch []json.RawMessage, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait = time.Hour
	now, size, kept := p.now(), 0, p.queue[:0:0]
	for _, q := range p.queue {
		if due := q.due.Sub(now); due > 0 {
			wait = min(wait, due)
			kept = append(kept, q)
			continue
		}
		raw, err := json.Marshal(q.event)
		if err != nil { // cannot happen: events are plain structs
			p.log.Error("plugin: event", "error", err)
			continue
		}
		if len(batch) == maxBatch || len(batch) > 0 && size+len(raw) > maxBytes {
			kept = append(kept, q)
			continue
		}
		batch, size = append(batch, raw), size+len(raw)
	}
	p.queue, p.state.Waiting = kept, len(batch)
	return batch, wait
}

// deliver sends one batch until it is taken or refused for good. It returns an
// error only when ctx ends.
func (p *plugin) deliver(ctx context.Context, batch []json.RawMessage) error {
	body, err := json.Marshal(map[string]any{"events": batch})
	if err != nil {
		return fmt.Errorf("plugin: batch: %w", err)
	}
	idempotencyKey := p.newID("demo-")
	for attempt := 0; ; attempt++ {
		err := p.post(ctx, idempotencyKey, body)
		p.note(len(batch), err)
		var later *laterError
		if !errors.As(err, &later) {
			return ctx.Err()
		}
		pause := max(p.backoff(attempt), later.after)
		p.log.Debug("plugin: again later", "pause", pause, "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// backoff doubles, with full jitter so that many shops do not return at once.
func (p *plugin) backoff(attempt int) time.Duration {
	ceiling := min(firstBackoff<<min(attempt, 10), lastBackoff)
	return time.Duration(p.jitter() * float64(ceiling))
}

func (p *plugin) note(events int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var later *laterError
	switch {
	case errors.As(err, &later):
		p.state.LastError = err.Error()
		return
	case err != nil:
		p.state.LastError = err.Error()
		p.state.Dropped += events
		p.log.Error("plugin: refused", "events", events, "error", err)
	default:
		p.state.LastError = ""
		p.state.Sent += events
		p.state.LastSent = p.now()
	}
	p.state.Waiting = 0
}

// laterError is a failure that may pass.
type laterError struct {
	cause error
	after time.Duration // what the server asked for
}

func (e *laterError) Error() string { return e.cause.Error() }
func (e *laterError) Unwrap() error { return e.cause }

func (p *plugin) post(ctx context.Context, idempotencyKey string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("plugin: request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+p.key)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", idempotencyKey)
	request.Header.Set("User-Agent", "marl-demo-shop/"+pluginVersion)
	response, err := p.client.Do(request)
	if err != nil {
		return &laterError{cause: fmt.Errorf("plugin: %w", err)}
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return &laterError{cause: fmt.Errorf("plugin: answer: %w", err)}
	}
	if response.StatusCode == http.StatusOK {
		p.logInvalid(answer)
		return nil
	}
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(answer, &problem) // a proxy's error page has no code
	err = fmt.Errorf("plugin: status %d %s", response.StatusCode, problem.Code)
	if passes(response.StatusCode, problem.Code) {
		return &laterError{cause: err, after: retryAfter(response.Header)}
	}
	return err
}

// passes tells failures that a repeat can cure from those that it cannot.
func passes(status int, code string) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		return code == "idempotency_in_progress"
	}
	return status >= 500
}

func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, 2*lastBackoff)
}

// logInvalid reports events that the server refused one by one; sending them
// again would not help.
func (p *plugin) logInvalid(answer []byte) {
	var got struct {
		Results []struct {
			ID      string `json:"id"`
			Outcome string `json:"outcome"`
			Error   struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		p.log.Error("plugin: answer", "error", err)
		return
	}
	for _, r := range got.Results {
		if r.Outcome == "invalid" {
			p.log.Error("plugin: invalid event", "event", r.ID, "code", r.Error.Code, "message", r.Error.Message)
		}
	}
}
