package phones

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Proxies and servers cut what says nothing; a page that takes nothing is let go.
const (
	streamBeat    = 20 * time.Second
	streamPatient = 10 * time.Second
	maxReading    = 8
)

// stream tells a page of changes. Its first event names the page as a reader;
// what it looks at (setReading) is looked at no longer than the stream lasts.
func (p *Page) stream(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	events := p.network.Events(ctx)
	reader := p.readers.add()
	defer p.readers.remove(reader)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	out := streamWriter{w, http.NewResponseController(w)}
	_ = out.SetReadDeadline(time.Time{}) // the server's is for requests that end; not every writer has one
	err := out.send("reader", map[string]string{"reader": reader})
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for err == nil {
		select {
		case <-p.over:
			return
		case <-ctx.Done():
			return
		case <-beat.C:
			err = out.write(": \n\n")
		case event, open := <-events:
			if !open {
				return
			}
			err = out.send("change", event)
		}
	}
}

type streamWriter struct {
	io.Writer
	*http.ResponseController
}

func (s streamWriter) send(name string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, raw))
}

func (s streamWriter) write(text string) error {
	if err := s.SetWriteDeadline(time.Now().Add(streamPatient)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.WriteString(s.Writer, text); err != nil {
		return err
	}
	return s.Flush()
}

// setReading says which threads a page shows right now, all of them.
func (p *Page) setReading(r *http.Request) (any, error) {
	var body struct {
		Person  string   `json:"person"`
		Threads []string `json:"threads"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if len(body.Threads) > maxReading {
		return nil, errInvalid
	}
	looks := map[look]bool{}
	for _, thread := range body.Threads {
		looks[look{body.Person, thread}] = true
	}
	return none, p.readers.set(r.PathValue("reader"), looks)
}

// look is a person looking at a thread.
type look struct{ person, thread string }

// readers are the open pages. A thread is being read while any page shows it.
type readers struct {
	network Network
	log     *slog.Logger

	mu    sync.Mutex // held while the network is told, so that it is told in order
	looks map[string]map[look]bool
	count map[look]int
}

func newReaders(network Network, log *slog.Logger) *readers {
	return &readers{network: network, log: log, looks: map[string]map[look]bool{}, count: map[look]int{}}
}

func (s *readers) add() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	reader := rand.Text()
	s.looks[reader] = nil
	return reader
}

func (s *readers) remove(reader string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.turn(reader, nil); err != nil {
		s.log.Error("phones: the network cannot be told that nobody looks", "error", err)
	}
	delete(s.looks, reader)
}

func (s *readers) set(reader string, looks map[look]bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.looks[reader]; !open {
		return ErrUnknown
	}
	return s.turn(reader, looks)
}

// turn lets a reader look elsewhere. A thread that the network refuses is not
// looked at.
func (s *readers) turn(reader string, looks map[look]bool) (err error) {
	before := s.looks[reader]
	after := map[look]bool{}
	for l := range before {
		if !looks[l] {
			if s.count[l]--; s.count[l] == 0 {
				delete(s.count, l)
				err = errors.Join(err, s.network.SetReading(l.person, l.thread, false))
			}
		}
	}
	for l := range looks {
		if !before[l] && s.count[l] == 0 {
			if refused := s.network.SetReading(l.person, l.thread, true); refused != nil {
				err = errors.Join(err, refused)
				continue
			}
		}
		if !before[l] {
			s.count[l]++
		}
		after[l] = true
	}
	s.looks[reader] = after
	return err
}
