package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// room is a conversation with two connections of its shopper: one sends, both get every message.
type room struct {
	id           int
	conversation string
	from, to     *harness.Socket
	sent         int
	done         atomic.Int64 // messages acknowledged
	seen         atomic.Int64 // messages that the other connection got
	mu           sync.Mutex
	started      map[string]time.Time // of messages under way, when times are taken
	times        []time.Duration
}

// openRooms signs shoppers in and starts their conversations.
func openRooms(ctx context.Context, s *harness.Server, n int) ([]*room, error) {
	rooms := make([]*room, n)
	errs := make(chan error, n)
	gate := make(chan struct{}, 16)
	for i := range rooms {
		gate <- struct{}{}
		go func() {
			defer func() { <-gate }()
			r, err := openRoom(ctx, s, i)
			rooms[i] = r
			errs <- err
		}()
	}
	for range rooms {
		if err := <-errs; err != nil {
			return nil, err
		}
	}
	return rooms, nil
}

func openRoom(ctx context.Context, s *harness.Server, i int) (*room, error) {
	p := s.NewShopper()
	r := &room{id: i, started: map[string]time.Time{}}
	var err error
	if r.from, err = p.Dial(ctx); err != nil {
		return nil, err
	}
	if err := r.from.Send(ctx, "", "start", "hello"); err != nil {
		return nil, err
	}
	f, err := r.from.Await(ctx, func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		return nil, err
	}
	r.conversation = f.Conversation
	if r.to, err = p.Dial(ctx); err != nil {
		return nil, err
	}
	for _, k := range []*harness.Socket{r.from, r.to} {
		join := map[string]any{"type": "join", "conversation": r.conversation, "generation": 1, "after": 1}
		if err := k.Write(ctx, join); err != nil {
			return nil, err
		}
		if _, err := k.Await(ctx, func(f harness.Frame) bool { return f.Type == "joined" }); err != nil {
			return nil, err
		}
	}
	return r, nil
}

const text = "Do you ship to Portugal, and how long does it take? I need it before the twelfth."

func (r *room) send(ctx context.Context, timed bool) error {
	r.sent++
	id := "m" + strconv.Itoa(r.sent)
	if timed {
		r.mu.Lock()
		r.started[id] = time.Now()
		r.mu.Unlock()
	}
	return r.from.Send(ctx, r.conversation, id, text)
}

// listen counts what the second connection gets, and takes times of what was noted.
func (r *room) listen(ctx context.Context) {
	for {
		f, err := r.to.Read(ctx)
		if err != nil {
			return
		}
		if f.Type != "entry" || f.Entry == nil {
			continue
		}
		now := time.Now()
		r.seen.Add(1)
		r.mu.Lock()
		if at, ok := r.started[f.Entry.ClientID]; ok {
			r.times = append(r.times, now.Sub(at))
			delete(r.started, f.Entry.ClientID)
		}
		r.mu.Unlock()
	}
}

func (r *room) close() {
	r.from.Close()
	r.to.Close()
}

// cpu gives the time that a process has used, in seconds.
func cpu(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100
}

// rss gives a process's resident memory in KiB.
func rss(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb
}
