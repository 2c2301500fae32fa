package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Client is a scripted client that lives through everything: it keeps an outbox until each message is acknowledged, comes back with
// its cursor when the connection ends, and writes down what it was shown and told. It believes the protocol and notes each breach.
type Client struct {
	Name string
	// Open opens a connection. A stream is opened with its cursor; joins tells that it was.
	Open func(ctx context.Context, at Cursor) (l Live, joins bool, err error)
	// Window is how many messages may be under way on a socket. With posts it is one: nothing holds those behind a refused one back.
	Window int
	// Padding makes the messages longer by so many bytes.
	Padding int
	// OnAck hears of each message that is acknowledged.
	OnAck func()
	// OnRefused hears the code of each refusal that is only for now.
	OnRefused func(code string)

	mu       sync.Mutex
	live     Live
	quiet    bool // write no more messages
	cursor   Cursor
	start    string // client id of the first message, until the conversation is known
	outbox   []string
	written  int
	underway int // of the outbox
	seen     []Entry
	earlier  [][]Entry // what was seen before a snapshot
	acked    map[string]int64
	highest  int64 // seq that was acknowledged
	acks     int
	epoch    string
	faults   []error
	news     chan struct{} // a token after each change

	Connects, Snapshots, Repeats int
	Restored                     int            // how often the server came back with an older database
	Ends                         map[int]int    // connections by close code; -1: without one
	Byes                         map[string]int // by code
}

// NewScript makes a client of a conversation; the zero Cursor begins one.
func NewScript(name string, at Cursor, open func(ctx context.Context, at Cursor) (Live, bool, error)) *Client {
	return &Client{
		Name: name, Open: open, Window: 4, OnAck: func() {}, OnRefused: func(string) {}, cursor: at, acked: map[string]int64{}, news: make(chan struct{}, 1), Ends: map[int]int{}, Byes: map[string]int{},
	}
}

// BySocket opens a shopper's sockets.
func (p *Shopper) BySocket(ctx context.Context, _ Cursor) (Live, bool, error) {
	k, err := p.Dial(ctx)
	return k, false, err
}

// BySocket opens an agent's sockets.
func (a *Agent) BySocket(ctx context.Context, _ Cursor) (Live, bool, error) {
	k, err := a.Dial(ctx)
	return k, false, err
}

// ByStream opens a shopper's streams.
func (p *Shopper) ByStream(ctx context.Context, at Cursor) (Live, bool, error) {
	return stream(ctx, p.request, at)
}

// ByStream opens an agent's streams.
func (a *Agent) ByStream(ctx context.Context, at Cursor) (Live, bool, error) {
	return stream(ctx, a.request, at)
}

func stream(ctx context.Context, who caller, at Cursor) (Live, bool, error) {
	if at.Conversation == "" {
		st, err := open(ctx, who, nil)
		return st, false, err
	}
	st, err := open(ctx, who, []Cursor{at})
	return st, true, err
}

// Run lives until ctx ends.
func (c *Client) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait, err := c.connect(ctx)
		if err != nil && wait == 0 {
			wait = 20*time.Millisecond + rand.N(80*time.Millisecond)
		}
		select {
		case <-time.After(wait): // before coming back, as the protocol asks
		case <-ctx.Done():
		}
	}
}

// connect lives for one connection. It tells how long to wait before the next one.
func (c *Client) connect(ctx context.Context) (time.Duration, error) {
	c.mu.Lock()
	at := c.cursor
	c.mu.Unlock()
	l, joins, err := c.Open(ctx, at)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	c.live, c.underway = l, 0
	c.Connects++
	c.mu.Unlock()
	defer c.Kick()
	s := &session{c: c, l: l, asked: joins}
	err = s.run(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Ends[int(websocket.CloseStatus(err))]++
	return s.wait, err
}

// Kick cuts the connection, if there is one, at whatever byte it has reached.
func (c *Client) Kick() {
	c.mu.Lock()
	l := c.live
	c.live = nil
	c.mu.Unlock()
	if l != nil {
		l.Close()
	}
}

// Quieten lets the client write no more messages; those that it has written it still sends.
func (c *Client) Quieten() {
	c.mu.Lock()
	c.quiet = true
	c.mu.Unlock()
}

// Settled waits until all that was written is acknowledged and the log has been seen up to head (0: any).
func (c *Client) Settled(ctx context.Context, head int64) error {
	for {
		c.mu.Lock()
		left, after, fault := len(c.outbox), c.cursor.After, errors.Join(c.faults...)
		c.mu.Unlock()
		if fault != nil || left == 0 && after >= head {
			return fault
		}
		select {
		case <-c.news:
		case <-ctx.Done():
			return fmt.Errorf("%s is stuck: %d messages are not acknowledged, seen up to %d of %d", c.Name, left, after, head)
		}
	}
}

// Heard waits until n messages in all were acknowledged.
func (c *Client) Heard(ctx context.Context, n int) error {
	for c.AckedCount() < n {
		select {
		case <-c.news:
		case <-ctx.Done():
			return fmt.Errorf("%s is stuck: %d messages were acknowledged, %d expected", c.Name, c.AckedCount(), n)
		}
	}
	return nil
}

// Acked gives what was acknowledged since the database was last brought back: client id to seq.
func (c *Client) Acked() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]int64, len(c.acked))
	maps.Copy(out, c.acked)
	return out
}

// AckedCount tells how many messages were ever acknowledged.
func (c *Client) AckedCount() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acks
}

// Conversation gives the conversation, when it is known.
func (c *Client) Conversation() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor.Conversation
}

// Check holds the client's notes against the stored log: no breach of the protocol, and I1 to I4.
func (c *Client) Check(stored []Entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := errors.Join(c.faults...)
	if err == nil {
		err = CheckLog(stored, c.acked)
	}
	for _, seen := range append(c.earlier, c.seen) {
		if err == nil {
			err = CheckSeen(stored, seen)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	return nil
}

func (c *Client) changed() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// session is one connection of a client.
type session struct {
	c      *Client
	l      Live
	asked  bool // to join
	joined bool
	wait   time.Duration // before the next connection
}

func (s *session) run(ctx context.Context) error {
	if k, ok := s.l.(*Socket); ok { // it was welcomed when it was opened
		if err := s.take(ctx, k.Welcome); err != nil {
			return err
		}
	}
	for {
		if err := s.flush(ctx); err != nil {
			return errors.Join(err, s.hearOut(ctx))
		}
		f, err := s.l.Read(ctx)
		if err != nil {
			return err
		}
		if err := s.take(ctx, f); err != nil {
			return err
		}
		s.c.changed()
	}
}

// hearOut takes what the server has said before a write failed: perhaps why.
func (s *session) hearOut(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for {
		f, err := s.l.Read(ctx)
		if err == nil {
			err = s.take(ctx, f)
		}
		if err != nil {
			return err
		}
	}
}

// flush writes new messages and sends those that are not under way, once the conversation is joined or there is none yet.
func (s *session) flush(ctx context.Context) error {
	for _, f := range s.due() {
		if err := s.l.Write(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) due() []any {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cursor.Conversation != "" && !s.joined {
		return nil
	}
	for !c.quiet && len(c.outbox) < c.Window {
		c.written++
		id := fmt.Sprintf("%s-%d", c.Name, c.written)
		c.outbox = append(c.outbox, id)
		if c.cursor.Conversation == "" && c.start == "" {
			c.start = id
		}
	}
	window := c.Window
	if _, posts := s.l.(*Stream); posts {
		window = 1
	}
	var frames []any
	for ; c.underway < min(len(c.outbox), window); c.underway++ {
		id := c.outbox[c.underway]
		f := map[string]any{"type": "send", "client_id": id, "message": map[string]string{"text": "text of " + id + "." + strings.Repeat("x", c.Padding)}}
		if c.cursor.Conversation == "" {
			f["start"] = c.start
		} else {
			f["conversation"] = c.cursor.Conversation
		}
		frames = append(frames, f)
	}
	return frames
}

func (s *session) take(ctx context.Context, f Frame) error {
	switch f.Type {
	case "welcome":
		return s.welcome(ctx, f)
	case "joined", "snapshot":
		s.joined = true
		s.c.enter(f)
	case "entry":
		return s.c.show(f, s.joined)
	case "ack":
		if err := s.c.acknowledge(f); err != nil {
			return err
		}
		return s.join(ctx)
	case "refused":
		return s.refused(f)
	case "bye":
		s.c.mu.Lock()
		s.c.Byes[string(f.Code)]++
		s.c.mu.Unlock()
		s.wait = time.Duration(f.RetryAfterMs) * time.Millisecond
	}
	return nil
}

// welcome finds the conversation again that was begun before the connection broke.
func (s *session) welcome(ctx context.Context, f Frame) error {
	c := s.c
	c.mu.Lock()
	if again := c.epoch != "" && c.epoch != f.Epoch; again {
		c.restart(f.Epoch)
		if s.asked { // a stream, opened with the old cursor
			c.mu.Unlock()
			return errors.New("the stream follows another history")
		}
	}
	c.epoch = f.Epoch
	if c.cursor.Conversation == "" && len(f.Conversations) > 0 {
		c.cursor.Conversation, c.cursor.Generation = f.Conversations[0].ID, f.Conversations[0].Generation
	}
	c.mu.Unlock()
	return s.join(ctx)
}

// restart forgets what an earlier history of the database has shown and acknowledged: a backup was brought back. A cursor of nothing
// asks for the log as it is now.
func (c *Client) restart(epoch string) {
	c.Restored++
	c.epoch, c.earlier, c.seen, c.acked, c.highest = epoch, nil, nil, map[string]int64{}, 0
	c.cursor.Generation, c.cursor.After = 0, 0
}

// join follows the conversation, once per connection. A stream that was opened without one is opened again.
func (s *session) join(ctx context.Context) error {
	s.c.mu.Lock()
	at := s.c.cursor
	s.c.mu.Unlock()
	if s.asked || at.Conversation == "" {
		return nil
	}
	if _, ok := s.l.(*Stream); ok {
		return errors.New("the stream does not follow the new conversation")
	}
	s.asked = true
	return s.l.Write(ctx, map[string]any{"type": "join", "conversation": at.Conversation, "generation": at.Generation, "after": at.After})
}

// refused waits when the refusal is for now, and notes it as a fault when it is for ever.
func (s *session) refused(f Frame) error {
	if f.RetryAfterMs == 0 {
		return s.c.fault(fmt.Errorf("refused: %s %s %s", f.ClientID, f.Code, f.Message))
	}
	s.wait = time.Duration(f.RetryAfterMs) * time.Millisecond
	s.c.OnRefused(string(f.Code))
	return fmt.Errorf("refused for now: %s", f.Code)
}

func (c *Client) fault(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, err)
	c.changed()
	return err
}

// enter takes joined or a snapshot.
func (c *Client) enter(f Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cursor.Generation = f.Generation
	if f.Type == "joined" {
		return
	}
	c.Snapshots++
	c.earlier, c.seen = append(c.earlier, c.seen), nil
	for i := range f.Entries {
		c.seen = append(c.seen, plain(f.Entries[i]))
		c.cursor.After = f.Entries[i].Seq
	}
}

// show takes an entry. Before the join it is only a hint that there is a conversation.
func (c *Client) show(f Frame, joined bool) error {
	if !joined {
		return nil
	}
	c.mu.Lock()
	e, last := plain(f.Entry), c.cursor.After
	switch {
	case f.Conversation != c.cursor.Conversation:
	case e.Seq <= last:
		c.Repeats++
	case e.Seq == last+1:
		c.seen = append(c.seen, e)
		c.cursor.After = e.Seq
	default:
		c.mu.Unlock()
		return c.fault(fmt.Errorf("entry %d came after %d: there is a gap", e.Seq, last))
	}
	c.mu.Unlock()
	return nil
}

// acknowledge takes an ack: it is for the oldest message under way, and a repeat is told the same number.
func (c *Client) acknowledge(f Frame) error {
	c.mu.Lock()
	if len(c.outbox) == 0 || c.outbox[0] != f.ClientID {
		c.mu.Unlock()
		return c.fault(fmt.Errorf("%w: %s", errOutOfOrder, f.ClientID))
	}
	c.outbox, c.underway = c.outbox[1:], c.underway-1
	c.acked[f.ClientID] = f.Seq
	c.acks++
	early := f.Seq <= c.highest
	c.highest = f.Seq
	other := c.cursor.Conversation != "" && c.cursor.Conversation != f.Conversation
	if c.cursor.Conversation == "" {
		c.cursor.Conversation, c.cursor.Generation = f.Conversation, f.Generation
	}
	c.mu.Unlock()
	c.OnAck()
	if early {
		return c.fault(fmt.Errorf("%w: %s is number %d, the one before it came later", errOutOfOrder, f.ClientID, f.Seq))
	}
	if other {
		return c.fault(fmt.Errorf("%s was stored in another conversation: %s", f.ClientID, f.Conversation))
	}
	return nil
}

// plain brings a frame's entry into the form of REST.
func plain(v any) (e Entry) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &e)
	}
	if err != nil {
		panic(err) // both are ours
	}
	return e
}
