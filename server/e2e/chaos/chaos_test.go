// Package chaos breaks the real server in the middle of its work and looks whether it has lied.
//
// Scripted clients (harness.Client) send all the time, over sockets and streams, and write down what they were told and shown; the
// tests take the power, the process, the connection or the disk away, and hold the notes against what is stored then. A short run
// is the default; TAGALONG_TRIALS asks for more, TAGALONG_SEED for the same again.
package chaos_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // looks into the database when the server is down

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// trials is how often each fault is tried: TAGALONG_TRIALS, or a number that suits a run before each change.
func trials(t *testing.T, short int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("TAGALONG_TRIALS")); err == nil {
		return n
	}
	return short
}

// seeded gives randomness that can be had again with TAGALONG_SEED.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("TAGALONG_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("TAGALONG_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// unlimited takes the brake off shoppers, so that there is enough to lose.
var unlimited = []string{"-message-rate", "1000000"}

// member is a client and where the stored log of its audience is.
type member struct {
	*harness.Client
	stored func() ([]harness.Entry, error)
	end    context.CancelFunc
	ended  chan struct{}
}

// crowd is a number of clients that live until the test ends, whatever happens to the server.
type crowd struct {
	t *testing.T
	s *harness.Server

	mu      sync.Mutex
	members []*member
	acked   int
	news    chan struct{} // closed and renewed at each ack
	names   int
	padding int         // of the messages of those who are added
	refused chan string // the codes of refusals, as far as somebody listens
}

func newCrowd(t *testing.T, s *harness.Server) *crowd {
	c := &crowd{t: t, s: s, news: make(chan struct{}), refused: make(chan string)}
	t.Cleanup(c.end)
	return c
}

type opening = func(ctx context.Context, at harness.Cursor) (harness.Live, bool, error)

// add lets a client live. With a Cursor it takes part in a conversation, without one it begins one.
func (c *crowd) add(kind string, at harness.Cursor, open opening, stored func(conversation string) ([]harness.Entry, error)) *member {
	c.names++
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{Client: harness.NewScript(fmt.Sprintf("%s%d", kind, c.names), at, open), end: cancel, ended: make(chan struct{})}
	m.OnAck, m.Padding = c.ack, c.padding
	m.OnRefused = func(code string) {
		select {
		case c.refused <- code:
		default:
		}
	}
	m.stored = func() ([]harness.Entry, error) { return stored(m.Conversation()) }
	c.members = append(c.members, m)
	go func() {
		defer close(m.ended)
		m.Run(ctx)
	}()
	return m
}

// shopper lets a new shopper live and begin a conversation.
func (c *crowd) shopper(kind string, open func(*harness.Shopper) opening) (*harness.Shopper, *member) {
	p := c.s.NewShopper()
	return p, c.add(kind, harness.Cursor{}, open(p), c.logOf(p))
}

func (c *crowd) logOf(p *harness.Shopper) func(string) ([]harness.Entry, error) {
	return func(conversation string) ([]harness.Entry, error) { return p.Log(context.Background(), conversation) }
}

func bySocket(p *harness.Shopper) opening { return p.BySocket }
func byStream(p *harness.Shopper) opening { return p.ByStream }

func (c *crowd) ack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acked++
	close(c.news)
	c.news = make(chan struct{})
}

// more waits for n more messages to be acknowledged.
func (c *crowd) more(n int) {
	c.t.Helper()
	late := time.After(60 * time.Second)
	c.mu.Lock()
	want := c.acked + n
	for c.acked < want {
		acked, news := c.acked, c.news
		c.mu.Unlock()
		select {
		case <-news:
		case <-late:
			c.t.Fatalf("only %d of %d messages were acknowledged within 60 s; the server says:\n%s", acked, want, c.s.Log())
		}
		c.mu.Lock()
	}
	c.mu.Unlock()
}

// each waits until everybody has had n more messages acknowledged.
func (c *crowd) each(n int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	want := make([]int, len(c.members))
	for i, m := range c.members {
		want[i] = m.AckedCount() + n
	}
	for i, m := range c.members {
		if err := m.Heard(ctx, want[i]); err != nil {
			c.t.Fatal(err)
		}
	}
}

// settle lets the clients finish: nobody writes more, all that was written is acknowledged, and everybody has seen all there is.
func (c *crowd) settle() error {
	for _, m := range c.members {
		m.Quieten()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for _, m := range c.members {
		if err := m.Settled(ctx, 0); err != nil {
			return err
		}
	}
	for _, m := range c.members {
		stored, err := m.log()
		if err != nil {
			return err
		}
		if err := m.Settled(ctx, int64(len(stored))); err != nil {
			return err
		}
	}
	return nil
}

// check holds all notes against the store.
func (c *crowd) check() error {
	var errs []error
	for _, m := range c.members {
		if m.Conversation() == "" {
			continue
		}
		stored, err := m.log()
		if err != nil {
			return err
		}
		errs = append(errs, m.Check(stored))
	}
	return errors.Join(errs...)
}

// log reads the stored log; it is empty when the conversation is not there, or the shopper's session is not.
func (m *member) log() ([]harness.Entry, error) {
	stored, err := m.stored()
	var s *harness.StatusError
	if errors.As(err, &s) && (s.Status == 404 || s.Status == 401) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: read the log: %w", m.Name, err)
	}
	return stored, nil
}

// missed counts the acknowledged messages that are not stored.
func (c *crowd) missed() (n int) {
	for _, m := range c.members {
		stored, err := m.log()
		if err != nil {
			c.t.Fatal(err)
		}
		acked := m.Acked()
		for _, e := range stored {
			delete(acked, e.ClientID)
		}
		n += len(acked)
	}
	return n
}

// count tells how many messages were acknowledged.
func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acked
}

// end lets the clients go.
func (c *crowd) end() {
	for _, m := range c.members {
		m.end()
	}
	for _, m := range c.members {
		<-m.ended
	}
}

// intact asks SQLite whether the database of a server that is down is whole (I6).
func intact(data string) error {
	db, err := sql.Open("sqlite", filepath.Join(data, "tagalong.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var word string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&word); err != nil || word != "ok" {
		return errors.Join(fmt.Errorf("integrity_check says %q", word), err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		return errors.New("foreign_key_check found a row")
	}
	return rows.Err()
}
