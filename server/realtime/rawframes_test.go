package realtime

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

// line is a WebSocket connection whose frames a test makes by hand.
type line struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func (w *world) line() *line {
	w.t.Helper()
	c, err := w.dial()
	w.must(err)
	w.t.Cleanup(func() { _ = c.Close() })
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: chat.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: %s\r\n\r\n", w.socketPath(), publicURL)
	w.must(err)
	l := &line{t: w.t, Conn: c, r: bufio.NewReader(c)}
	resp, err := http.ReadResponse(l.r, nil) //nolint:bodyclose // a 101 has none
	w.must(err)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		w.t.Fatal(resp.Status)
	}
	return l
}

// masked makes a masked frame with an arbitrary first byte.
func masked(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	return append(append(b, 0, 0, 0, 0), payload...) // a mask of zeros
}

// end reads until a Close frame and gives its code; 0 when the connection ended without one.
func (l *line) end() int { return l.endWithin(patience) }

func (l *line) endWithin(d time.Duration) int {
	l.t.Helper()
	if err := l.SetReadDeadline(time.Now().Add(d)); err != nil {
		return l.over(err)
	}
	for {
		var h [2]byte
		if _, err := io.ReadFull(l.r, h[:]); err != nil {
			return l.over(err)
		}
		n := int(h[1])
		if n == 126 {
			var b [2]byte
			if _, err := io.ReadFull(l.r, b[:]); err != nil {
				return l.over(err)
			}
			n = int(binary.BigEndian.Uint16(b[:]))
		}
		p := make([]byte, n)
		if _, err := io.ReadFull(l.r, p); err != nil {
			return l.over(err)
		}
		if h[0] == finClose && n >= 2 {
			return int(binary.BigEndian.Uint16(p))
		}
	}
}

func (l *line) over(err error) int {
	l.t.Helper()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		l.t.Fatal("the connection was not closed")
	}
	return 0
}

func TestBrokenFramesEndTheConnectionAndNotTheServer(t *testing.T) {
	w := newWorld(t, Limits{PerIP: 1000})
	for _, c := range []struct {
		name  string
		raw   []byte
		codes []int // 0: a bare end
	}{
		{"unmasked", []byte{finText, 2, '{', '}'}, []int{0, 1002}},
		{"a reserved bit", masked(finText|0x40, "{}"), []int{0, 1002}},
		{"a reserved opcode", masked(0x83, "{}"), []int{0, 1002}},
		{"a ping of 200 bytes", masked(finPing, string(make([]byte, 200))), []int{0, 1002}},
		{"a ping in fragments", masked(0x09, "x"), []int{0, 1002}},
		{"a continuation of nothing", masked(0x80, "x"), []int{0, 1002}},
		{"a Close of one byte", masked(finClose, "x"), []int{0, 1002}},
		{"a Close with a code that is none", masked(finClose, "\x03\xed"), []int{0, 1002}},
		{"a length below zero", []byte{finText, 0x80 | 127, 0xff, 0, 0, 0, 0, 0, 0, 0}, []int{0, 1002, 1009}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := w.line()
			go func() { _, _ = l.Write(c.raw) }() // the server may close while we write
			if got := l.end(); !slices.Contains(c.codes, got) {
				t.Fatalf("closed with %d", got)
			}
		})
	}
	w.shopper(w.person()).sync()
}

func TestAHugeLengthAllocatesNothing(t *testing.T) {
	w := newWorld(t, Limits{})
	l := w.line()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		_, _ = l.Write([]byte{finText, 0x80 | 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}) // 2^40 bytes to come
		junk := make([]byte, 4<<10)
		for range 10 {
			if _, err := l.Write(junk); err != nil {
				return
			}
		}
	}()
	if code := l.end(); code != closeTooBig {
		t.Fatalf("closed with %d", code)
	}
	runtime.ReadMemStats(&after)
	if d := after.TotalAlloc - before.TotalAlloc; d > 256<<10 {
		t.Fatalf("%d bytes allocated", d)
	}
}

func TestFragmentsCountTogether(t *testing.T) {
	for name, fragment := range map[string][]byte{"of one byte": masked(0x00, " "), "of nothing": masked(0x00, "")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Limits{})
			l := w.line()
			go func() {
				if _, err := l.Write(masked(0x01, "{")); err != nil {
					return
				}
				var many []byte
				for range 100 {
					many = append(many, fragment...)
				}
				for range 1_000 {
					if _, err := l.Write(many); err != nil {
						return
					}
				}
			}()
			if code := l.end(); code != closeTooBig && code != 0 {
				t.Fatalf("closed with %d", code)
			}
		})
	}
}

func TestNothingFollowsAClose(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	l := w.line()
	_, err := l.Write(masked(finText, string(explicit(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: v.token}))))
	w.must(err)
	go func() { _, _ = l.Write(masked(finClose, "\x03\xe8")) }()
	if code := l.end(); code != closeNormal {
		t.Fatalf("closed with %d", code)
	}
	if rest, _ := io.ReadAll(l.r); len(rest) != 0 {
		t.Fatalf("%d bytes came after the Close", len(rest))
	}
}
