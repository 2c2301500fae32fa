package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	_ "modernc.org/sqlite" // the floor uses the server's driver
)

// The floors. A relay numbers a room's messages and writes them to its members: no store, no accounts, no JSON but a number. It runs
// as a process of its own, so that its CPU and memory can be read.

// floorProcess is a running floor.
type floorProcess struct {
	cmd  *exec.Cmd
	addr string
}

func startFloor(kind string) (*floorProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "floor", kind)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, err
	}
	return &floorProcess{cmd, strings.TrimSpace(line)}, nil
}

func (f *floorProcess) pid() int { return f.cmd.Process.Pid }

func (f *floorProcess) stop() {
	_ = f.cmd.Process.Kill()
	_ = f.cmd.Wait()
}

// dial joins a room.
func (f *floorProcess) dial(ctx context.Context, room int) (*websocket.Conn, error) {
	c, _, err := websocket.Dial(ctx, fmt.Sprintf("http://%s/ws?room=%d", f.addr, room), nil) //nolint:bodyclose // an upgrade has none
	return c, err
}

// floor runs a floor until it is killed.
func floor(args []string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(ln.Addr())
	var h http.Handler = &relay{rooms: map[string]*relayRoom{}, lean: args[0] == "lean"}
	if args[0] == "hooks" {
		h = http.HandlerFunc(hookFloor)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	panic(server.Serve(ln))
}

type relay struct {
	lean  bool
	mu    sync.Mutex
	rooms map[string]*relayRoom
}

type relayRoom struct {
	mu      sync.Mutex
	seq     int
	members []*websocket.Conn
}

func (r *relay) room(id string) *relayRoom {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rooms[id] == nil {
		r.rooms[id] = &relayRoom{}
	}
	return r.rooms[id]
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.lean {
		w = &smallBuffers{w}
	}
	room := r.room(req.URL.Query().Get("room"))
	c, err := room.enter(w, req)
	if err != nil {
		return
	}
	if r.lean { // the handler's stack and request go away; a fresh goroutine reads
		go room.serve(c)
		return
	}
	room.serve(c)
}

// enter answers the handshake under the room's lock: who has the answer is a member.
func (r *relayRoom) enter(w http.ResponseWriter, req *http.Request) (*websocket.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := websocket.Accept(w, req, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err == nil {
		r.members = append(r.members, c)
	}
	return c, err
}

var readBuffers = sync.Pool{New: func() any { b := make([]byte, 4096); return &b }}

func (r *relayRoom) serve(c *websocket.Conn) {
	ctx := context.Background()
	for {
		_, in, err := c.Reader(ctx)
		if err != nil {
			return
		}
		b := readBuffers.Get().(*[]byte)
		n, err := io.ReadFull(in, *b)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return
		}
		r.post(ctx, (*b)[:n])
		readBuffers.Put(b)
	}
}

func (r *relayRoom) post(ctx context.Context, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	out := append(strconv.AppendInt(nil, int64(r.seq), 10), ' ')
	out = append(out, body...)
	for _, m := range r.members {
		_ = m.Write(ctx, websocket.MessageText, out)
	}
}

// smallBuffers replaces the buffers of net/http, which the socket would keep for its life.
type smallBuffers struct{ http.ResponseWriter }

func (w *smallBuffers) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return c, bufio.NewReadWriter(bufio.NewReaderSize(c, 512), bufio.NewWriterSize(c, 256)), nil
}

// relayRate is the closed loop on the relay: a room's next message goes when both have the one before.
func relayRate(ctx context.Context, s settings) (rate, cost float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.duration+patience)
	defer cancel()
	f, err := startFloor("lean")
	if err != nil {
		return 0, 0, err
	}
	defer f.stop()
	pairs, err := relayPairs(ctx, f, s.rooms)
	if err != nil {
		return 0, 0, err
	}
	before, start := cpu(f.pid()), time.Now()
	stop := start.Add(s.duration)
	errs, sent := make([]error, len(pairs)), make([]int, len(pairs))
	var wg sync.WaitGroup
	for i, p := range pairs {
		wg.Go(func() {
			for time.Now().Before(stop) && errs[i] == nil {
				sent[i]++
				errs[i] = exchange(ctx, p, message("cnv_00000000000000000000000000", sent[i]))
			}
		})
	}
	wg.Wait()
	took, total := time.Since(start), 0
	for _, n := range sent {
		total += n
	}
	return float64(total) / took.Seconds(), (cpu(f.pid()) - before) / float64(total) * 1e6, errors.Join(errs...)
}

// exchange sends a message and waits until both have it.
func exchange(ctx context.Context, p [2]*websocket.Conn, body []byte) error {
	if err := p[0].Write(ctx, websocket.MessageText, body); err != nil {
		return err
	}
	for _, c := range p {
		if _, _, err := c.Read(ctx); err != nil {
			return err
		}
	}
	return nil
}

func relayPairs(ctx context.Context, f *floorProcess, n int) ([][2]*websocket.Conn, error) {
	pairs := make([][2]*websocket.Conn, n)
	for i := range pairs {
		for k := range pairs[i] {
			c, err := f.dial(ctx, i)
			if err != nil {
				return nil, err
			}
			pairs[i][k] = c
		}
	}
	return pairs, nil
}

// relayTimes is the open loop on the relay; the body carries the time of sending.
func relayTimes(ctx context.Context, s settings) ([]time.Duration, error) {
	f, err := startFloor("lean")
	if err != nil {
		return nil, err
	}
	defer f.stop()
	pairs, err := relayPairs(ctx, f, s.rooms)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.duration+patience)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var listeners, senders sync.WaitGroup
	gap := time.Duration(float64(time.Second) * float64(len(pairs)) / float64(s.rate))
	start := time.Now()
	for i, p := range pairs {
		listeners.Go(func() {
			for {
				if _, _, err := p[0].Read(ctx); err != nil {
					return
				}
			}
		})
		listeners.Go(func() {
			for {
				_, b, err := p[1].Read(ctx)
				if err != nil {
					return
				}
				now := time.Now()
				f := strings.Fields(string(b))
				at, err := strconv.ParseInt(f[1], 10, 64)
				if err != nil {
					panic(err)
				}
				mu.Lock()
				all = append(all, now.Sub(time.Unix(0, at)))
				mu.Unlock()
			}
		})
		senders.Go(func() {
			next := start.Add(gap * time.Duration(i) / time.Duration(len(pairs)))
			for next.Sub(start) < s.duration {
				<-time.After(time.Until(next))
				body := fmt.Appendf(nil, "%d %s", time.Now().UnixNano(), text)
				if p[0].Write(ctx, websocket.MessageText, body) != nil {
					return
				}
				next = next.Add(gap)
			}
		})
	}
	senders.Wait()
	<-time.After(300 * time.Millisecond)
	cancel()
	listeners.Wait()
	return all, nil
}

const (
	writers = 200 // callers in the closed loop of the bare writer
	group   = 256
)

// sqliteRate is the bare grouped writer: one goroutine, one table, up to 256 rows a commit, synchronous FULL; each caller waits for
// its commit before it writes again.
func sqliteRate(s settings) (rate, cost float64, err error) {
	t := &run{}
	defer t.end()
	db, err := sql.Open("sqlite", t.TempDir()+"/floor.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE messages (conversation INTEGER, seq INTEGER, at INTEGER, body TEXT, PRIMARY KEY (conversation, seq)) WITHOUT ROWID"); err != nil {
		return 0, 0, err
	}
	type row struct {
		conversation, seq int
		done              chan struct{}
	}
	queue := make(chan row, group)
	failed := make(chan error, 1)
	go func() {
		for r := range queue {
			rows := []row{r}
			for len(rows) < group && len(queue) > 0 {
				rows = append(rows, <-queue)
			}
			tx, err := db.Begin()
			if err == nil {
				for _, r := range rows {
					_, err = tx.Exec("INSERT INTO messages VALUES ($1, $2, $3, $4)", r.conversation, r.seq, time.Now().UnixMilli(), text)
					if err != nil {
						break
					}
				}
			}
			if err == nil {
				err = tx.Commit()
			}
			if err != nil {
				failed <- err
				return
			}
			for _, r := range rows {
				close(r.done)
			}
		}
	}()
	before, start := cpu(os.Getpid()), time.Now()
	stop := start.Add(s.duration)
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for w := range writers {
		wg.Go(func() {
			n := 0
			for time.Now().Before(stop) {
				r := row{w, n, make(chan struct{})}
				queue <- r
				<-r.done
				n++
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	wg.Wait()
	took := time.Since(start)
	close(queue)
	select {
	case err := <-failed:
		return 0, 0, err
	default:
	}
	return float64(total) / took.Seconds(), (cpu(os.Getpid()) - before) / float64(total) * 1e6, nil
}
