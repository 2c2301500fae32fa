package realtime

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// loopback serves the world's door over TCP, with a client address per request so that none is one too many.
func (w *world) loopback(b testing.TB) string {
	mux := http.NewServeMux()
	w.door.Handlers(func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, h) })
	w.door.o.ClientIP = func(r *http.Request) netip.Addr { return peerIP(r) }
	srv := httptest.NewServer(mux)
	b.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// idle opens a shopper's socket by hand, greeted and joined, and reads nothing after that: what remains is the server's side and a
// bare connection.
func (w *world) idle(b testing.TB, addr string, v person, id openapi.ConversationID) net.Conn {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: chat.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: %s\r\n\r\n", w.socketPath(), publicURL)
	w.must(err)
	r := bufio.NewReaderSize(c, 512)
	resp, err := http.ReadResponse(r, nil) //nolint:bodyclose // a 101 has none
	w.must(err)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		b.Fatal(resp.Status)
	}
	for _, f := range []openapi.ClientFrame{
		{Type: "hello", Protocol: 1, Token: v.token}, {Type: "join", Conversation: id, Generation: 1, After: 1}, {Type: "ping"},
	} {
		_, err := c.Write(masked(finText, string(explicit(f))))
		w.must(err)
	}
	for seen := 0; seen < len(`{"type":"pong"}`); { // the pong is the last frame that comes
		x, err := r.ReadByte()
		w.must(err)
		if x == `{"type":"pong"}`[seen] {
			seen++
		} else {
			seen = 0
		}
	}
	return c
}

// BenchmarkIdleConnection tells what an idle, greeted and joined connection holds: heap and stacks, after a collection.
func BenchmarkIdleConnection(b *testing.B) {
	const n = 4_000
	w := newWorld(b, Limits{PerIP: 1 << 30, PerSession: 1 << 30, Beat: time.Hour})
	addr := w.loopback(b)
	people := make([]person, n)
	ids := make([]openapi.ConversationID, n)
	for i := range people {
		people[i] = w.person()
		sent, err := w.svc.Send(context.Background(), people[i].by, chat.SendRequest{Start: string(people[i].ID), ClientID: string(people[i].ID), Message: chat.Message{Text: "x"}})
		w.must(err)
		ids[i] = string(sent.Conversation.ID)
	}
	conns := make([]net.Conn, n)
	before := inUse()
	start := time.Now()
	for i := range conns {
		conns[i] = w.idle(b, addr, people[i], ids[i])
	}
	took, held := time.Since(start), inUse()-before
	for b.Loop() { // what is measured is above
	}
	b.ReportMetric(float64(took.Microseconds())/n, "µs/connect")
	b.ReportMetric(float64(held)/n, "B/connection")
	for _, c := range conns {
		_ = c.Close()
	}
}

func inUse() uint64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkEcho is the hot path: a message in, committed, acknowledged and delivered to two.
func BenchmarkEcho(b *testing.B) {
	w := newWorld(b, Limits{Messages: 1e9, MessageBurst: 1 << 30, Frames: 1e9, FrameBurst: 1 << 30})
	v := w.person()
	c := w.shopper(v)
	id := c.begin("x")
	c.join(id, 1, 0)
	a := w.inbox(w.signIn(w.agent))
	a.join(id, 1, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.send(say(id, fmt.Sprint("b", i), "hello"))
		c.next("ack")
		a.next("entry")
	}
}
