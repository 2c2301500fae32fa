package attacks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// readFrame reads one frame of the server's.
func readFrame(r *bufio.Reader) (opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	size := uint64(head[1] & 0x7f)
	if more := map[uint64]int{126: 2, 127: 8}[size]; more > 0 {
		var b [8]byte
		if _, err := io.ReadFull(r, b[8-more:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(b[:])
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(r, payload)
	return head[0] & 0x0f, payload, err
}

// readClose reads until the server closes and gives the code and reason.
func readClose(r *bufio.Reader) (code int, reason string, err error) {
	for {
		op, payload, err := readFrame(r)
		if err != nil {
			return 0, "", err
		}
		if op == 8 && len(payload) >= 2 {
			return int(binary.BigEndian.Uint16(payload)), string(payload[2:]), nil
		}
	}
}

// say writes a text frame to a bare connection.
func say(t *testing.T, c net.Conn, frame any) {
	t.Helper()
	b, err := json.Marshal(frame)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(rawFrame(0x81, true, b, len(b))); err != nil {
		t.Fatal(err)
	}
}

// A 17: pings without end.
func TestAFloodOfPings(t *testing.T) {
	w := play(t)
	c, r := rawUpgrade(t, w)
	say(t, c, map[string]any{"type": "hello", "protocol": 1, "token": w.NewShopper().Token})
	go func() { _, _ = c.Write(bytes.Repeat(rawFrame(0x89, true, []byte("x"), 1), 20_000)) }() // until it is cut off
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if code, reason, err := readClose(r); code != 4029 && !errors.Is(err, net.ErrClosed) && !isReset(err) {
		t.Fatalf("closed with %d %s, %v", code, reason, err)
	}
}

// isReset tells that the peer has cut the connection with our bytes unread, which takes its Close from us.
func isReset(err error) bool {
	var n *net.OpError
	return errors.As(err, &n) && !n.Timeout()
}

// A 24: a peer that is there and never answers a ping.
func TestAPeerThatNeverPongs(t *testing.T) {
	w := play(t)
	c, r := rawUpgrade(t, w)
	say(t, c, map[string]any{"type": "hello", "protocol": 1, "token": w.NewShopper().Token})
	t.Parallel()
	start := time.Now()
	_ = c.SetReadDeadline(start.Add(60 * time.Second))
	code, reason, err := readClose(r)
	if took := time.Since(start); code != 4090 || took > 45*time.Second {
		t.Fatalf("closed with %d %s, %v, after %v", code, reason, err, took)
	}
}

// A 25: a tab that stops reading is closed and the others do not notice.
func TestASlowReaderHurtsOnlyItself(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{Flags: []string{"-message-rate", "1000000"}})}
	p := w.NewShopper()
	writer := harness.NewScript("writer", harness.Cursor{}, p.BySocket)
	writer.Padding = 4000
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	ended := make(chan struct{}, 2)
	live := func(c *harness.Client) {
		go func() {
			c.Run(ctx)
			ended <- struct{}{}
		}()
	}
	live(writer)
	if err := writer.Heard(ctx, 1); err != nil {
		t.Fatal(err)
	}
	at := harness.Cursor{Conversation: writer.Conversation(), Generation: 1}
	other := harness.NewScript("other", at, p.BySocket)
	other.Quieten()
	live(other)

	c, r := rawUpgrade(t, w)
	_ = c.(*net.TCPConn).SetReadBuffer(128 << 10) // else the kernel takes megabytes in for it
	say(t, c, map[string]any{"type": "hello", "protocol": 1, "token": p.Token})
	say(t, c, map[string]any{"type": "join", "conversation": at.Conversation, "generation": 1, "after": 0})
	for n := 100; metric(t, w, "tagalong_live_slow_total") == 0; n += 100 {
		if n > 10_000 {
			t.Fatal("10,000 messages of 4 KB wait for a tab that does not read")
		}
		if err := writer.Heard(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if code, reason, err := readClose(r); code != 4008 && (err == nil || os.IsTimeout(err)) { // or it is cut, where the Close comes too late
		t.Errorf("closed with %d %s, %v", code, reason, err)
	}
	writer.Quieten()
	stored, err := settled(ctx, p, writer, other)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writer.Check(stored), other.Check(stored)); err != nil {
		t.Fatal(err)
	}
	if writer.Connects > 1 || other.Connects > 1 {
		t.Errorf("the others were disturbed: %d and %d connections", writer.Connects, other.Connects)
	}
	cancel()
	<-ended
	<-ended
}

func settled(ctx context.Context, p *harness.Shopper, clients ...*harness.Client) ([]harness.Entry, error) {
	for _, c := range clients {
		if err := c.Settled(ctx, 0); err != nil {
			return nil, err
		}
	}
	stored, err := p.Log(ctx, clients[0].Conversation())
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		if err := c.Settled(ctx, int64(len(stored))); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

// metric reads one number of /metrics.
func metric(t *testing.T, w *stage, name string) float64 {
	t.Helper()
	_, body, err := attack{path: "/metrics"}.send(w)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(body)
	if m == nil {
		t.Fatalf("there is no metric %s:\n%s", name, body)
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A 27: sockets of one address.
func TestTooManySocketsOfOneAddress(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{Flags: []string{"-sockets-per-ip", "5"}})}
	for range 5 {
		w.dial(t, w.NewShopper())
	}
	conn, err := w.Upgrade(t.Context(), "chat", "/v1/shops/"+w.ShopKey+"/socket", http.Header{"Origin": {w.URL("chat", "")}})
	if err == nil {
		_ = conn.CloseNow()
		t.Fatal("a sixth socket was opened")
	}
	var s *harness.StatusError
	if !errors.As(err, &s) || s.Status != http.StatusTooManyRequests {
		t.Fatalf("the sixth socket: %v", err)
	}
	if _, err := w.NewShopper().Stream(t.Context()); !errors.As(err, &s) || s.Status != http.StatusTooManyRequests {
		t.Fatalf("a stream in its place: %v", err)
	}
}

// peak runs f and gives by how many bytes the server's resident memory rose above what it was, at most.
func peak(t *testing.T, w *stage, f func()) int {
	t.Helper()
	proc := fmt.Sprintf("/proc/%d/", w.PID())
	if err := os.WriteFile(proc+"clear_refs", []byte("5"), 0); err != nil { // forget the peak so far: proc(5)
		t.Skipf("the memory of a process cannot be watched here: %v", err)
	}
	read := func(field string) int {
		b, err := os.ReadFile(proc + "status")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(b), field+":")
		n, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		return n << 10
	}
	before := read("VmRSS")
	f()
	return read("VmHWM") - before
}
