package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// room is a conversation with two connections of its shopper: one sends, both get every message.
type room struct {
	conversation string
	from, to     *harness.Socket
	sent         int

	mu      sync.Mutex
	started map[string]time.Time // of messages under way, when times are taken
	times   []time.Duration
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
			r, err := openRoom(ctx, s)
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

func openRoom(ctx context.Context, s *harness.Server) (*room, error) {
	p := s.NewShopper()
	r := &room{started: map[string]time.Time{}}
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

// send sends the room's next message. The client must cost as little as a floor's, so it writes its frames by hand.
func (r *room) send(ctx context.Context) error {
	r.sent++
	return r.from.Conn.Write(ctx, websocket.MessageText, message(r.conversation, r.sent))
}

func message(conversation string, n int) []byte {
	return fmt.Appendf(nil, `{"type":"send","conversation":"%s","client_id":"m%d","message":{"text":"%s"}}`, conversation, n, text)
}

// kind of a server's frame, as far as the clients here care.
type kind int

const (
	isOther kind = iota
	isAck
	isEntry
)

// next reads a frame and tells its kind without decoding it. A refusal is an error: it would falsify what is measured.
func next(ctx context.Context, k *harness.Socket) (kind, []byte, error) {
	_, b, err := k.Conn.Read(ctx)
	switch {
	case err != nil:
		return isOther, nil, err
	case bytes.Contains(b, []byte(`"type":"ack"`)):
		return isAck, b, nil
	case bytes.Contains(b, []byte(`"type":"entry"`)):
		return isEntry, b, nil
	case bytes.Contains(b, []byte(`"type":"refused"`)):
		return isOther, b, fmt.Errorf("refused: %s", b)
	}
	return isOther, b, nil
}

// member gives the value of a string member of a frame, which needs no escapes here.
func member(frame []byte, name string) string {
	_, rest, _ := bytes.Cut(frame, []byte(`"`+name+`":"`))
	value, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(value)
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

// rss gives a process's resident memory in KiB, now and at its peak.
func rss(pid int) (now, peak float64) { return status(pid, "VmRSS:"), status(pid, "VmHWM:") }

func status(pid int, field string) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), field)
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb
}
