package realtime

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// floodBytes is how much a peer may send without finishing a message, so that endless empty fragments end. A message of 32 KiB in
// single bytes is seven times as long on the line.
const floodBytes = 256 << 10

// socket is the sink of a WebSocket connection.
type socket struct {
	conn   *lean
	ws     *websocket.Conn
	linger time.Duration

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// upgrade answers the handshake and lets c run on the new socket. When it fails, the client has been answered.
func (d *Door) upgrade(w http.ResponseWriter, r *http.Request, c *conn) error {
	lw := &leanWriter{ResponseWriter: w, timeout: d.o.Limits.Write, most: floodBytes}
	ws, err := websocket.Accept(lw, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the origin has been checked, to the letter
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     func(context.Context, []byte) bool { return c.pinged() },
		OnPongReceived:     func(context.Context, []byte) { c.ponged() },
	})
	if err != nil {
		return err
	}
	ws.SetReadLimit(int64(d.o.Limits.Frame))
	s := &socket{conn: lw.conn, ws: ws, linger: d.o.Limits.Linger}
	c.queue.sink = s
	d.begin(c)
	d.Metrics.Sockets.Add(1)
	d.own(func() { // the handler returns, and net/http lets go of request, response and stack
		defer d.Metrics.Sockets.Add(-1)
		defer c.end()
		defer s.cut()
		s.read(c)
	})
	return nil
}

// messageBuffers hold a message only while it is read and worked on, so that an idle connection has none.
var messageBuffers = sync.Pool{New: func() any {
	b := make([]byte, 0, 4<<10)
	return &b
}}

// read hands the client's messages to c until the connection ends.
func (s *socket) read(c *conn) {
	for {
		typ, r, err := s.ws.Reader(context.Background())
		if err != nil {
			return
		}
		bp := messageBuffers.Get().(*[]byte)
		if *bp, err = readAll((*bp)[:0], r); err != nil {
			return
		}
		s.conn.unread = 0
		if typ != websocket.MessageText {
			c.close(closeUnsupported, "bad_frame")
		}
		c.take(bp)
	}
}

func readAll(b []byte, r io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

func (s *socket) put(buf []byte, f frame) []byte { return append(buf, f...) }

func (s *socket) write(buf []byte, last bool) error { return s.conn.write(buf, last) }

// hurry gives a write that is under way no more time than a Close gets.
func (s *socket) hurry() { _ = s.conn.SetWriteDeadline(time.Now().Add(s.linger)) } // a closed connection needs none

// end leaves the peer a moment to see the Close and to answer it, which ends the reader.
func (s *socket) end(err error) {
	if err != nil {
		s.cut()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.timer = time.AfterFunc(s.linger, s.cut)
	}
}

// cut closes the connection underneath; the reader ends.
func (s *socket) cut() {
	s.mu.Lock()
	s.over = true
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	_ = s.ws.CloseNow() // it may be closed already
}

// ShopperSocket is GET /v1/shops/{key}/socket.
func (d *Door) ShopperSocket(w http.ResponseWriter, r *http.Request) {
	shop, err := d.shop(r)
	if err == nil {
		err = d.checkOrigin(r, shop, true)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.open(w, r, func(c *conn) { c.key = shop.Key }, chat.AuthorShopper)
}

// AgentSocket is GET /v1/agent/socket.
func (d *Door) AgentSocket(w http.ResponseWriter, r *http.Request) {
	if err := d.o.Auth.ExactOrigin(r); err != nil {
		d.refuse(w, r, err)
		return
	}
	caller, session, err := d.o.Auth.AgentByRequest(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.open(w, r, func(c *conn) {
		c.caller, c.session, c.cookie = caller, session, credentials(r)
	}, chat.AuthorAgent)
}

// open takes a place for the client's address and upgrades.
func (d *Door) open(w http.ResponseWriter, r *http.Request, with func(*conn), kind chat.AuthorKind) {
	busy, err := d.admit()
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	ip := d.o.ClientIP(r)
	if err := d.guests.arrive(ip); err != nil {
		d.refuse(w, r, err)
		return
	}
	c := d.newConn(kind, ip)
	with(c)
	if err := d.upgrade(w, r, c); err != nil {
		d.guests.depart(ip)
		d.Metrics.Refused.Add(1)
		return
	}
	if busy > 0 {
		c.bye(closeTryAgain, "try_again", busy)
	}
}

// credentials keeps of a request what proves an agent, to ask again while the socket is open.
func credentials(r *http.Request) *http.Request {
	kept := (&http.Request{Method: http.MethodGet, Host: r.Host, URL: r.URL, TLS: r.TLS, RemoteAddr: r.RemoteAddr, Header: http.Header{}})
	kept.Header["Cookie"] = r.Header["Cookie"]
	return kept
}
