package realtime

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// stream is the sink of a server-sent event stream: the same frames, downstream only.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	linger  time.Duration
	done    chan struct{} // closed when the stream is over

	mu   sync.Mutex
	over bool // the handler has returned, or nothing more may be written
}

func (s *stream) put(buf []byte, f frame) []byte {
	p := f.payload()
	if p == nil {
		return buf // pings and closes are a socket's
	}
	return append(append(append(buf, "data: "...), p...), "\n\n"...)
}

func (s *stream) write(buf []byte, _ bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return http.ErrHandlerTimeout
	}
	if len(buf) == 0 {
		return nil
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	if _, err := s.w.Write(buf); err != nil {
		return err
	}
	if err := s.control.Flush(); err != nil {
		return err
	}
	return s.control.SetWriteDeadline(time.Time{}) // over HTTP/2 it would end the stream although nothing is being written
}

func (s *stream) hurry() { _ = s.control.SetWriteDeadline(time.Now().Add(s.linger)) } // else the first deadline ends the write

func (s *stream) end(error) { close(s.done) }

// stop waits for a write that is under way; after it the response is left alone.
func (s *stream) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// ShopperStream is GET /v1/shops/{key}/stream.
func (d *Door) ShopperStream(w http.ResponseWriter, r *http.Request) {
	p, err := d.shopperOf(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.stream(w, r, p)
}

// AgentStream is GET /v1/agent/stream.
func (d *Door) AgentStream(w http.ResponseWriter, r *http.Request) {
	err := d.checkStreamOrigin(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	caller, session, err := d.o.Auth.AgentByRequest(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.stream(w, r, proof{caller: caller, session: session, cookie: credentials(r)})
}

// proof is a caller whom a request's headers have proven.
type proof struct {
	caller     chat.Caller
	session    [32]byte
	key, token string
	cookie     *http.Request
}

// shopperOf proves the shopper of a request by the token in its header.
func (d *Door) shopperOf(r *http.Request) (proof, error) {
	shop, err := d.shop(r)
	if err != nil {
		return proof{}, err
	}
	if err := d.checkOrigin(r, shop, false); err != nil {
		return proof{}, err
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return proof{}, chat.ErrUnauthenticated
	}
	caller, session, err := d.o.Auth.ShopperByToken(r.Context(), shop.Key, token)
	return proof{caller: caller, session: session, key: shop.Key, token: token}, err
}

// stream opens a stream for a proven caller and holds it until either side ends it.
func (d *Door) stream(w http.ResponseWriter, r *http.Request, p proof) {
	joins, feeds, err := subscriptions(r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	if busy, err := d.admit(); err != nil || busy > 0 {
		if err == nil {
			err = errBusy.After(busy)
		}
		d.refuse(w, r, err)
		return
	}
	ip := d.o.ClientIP(r)
	if err := d.guests.arrive(ip); err != nil {
		d.refuse(w, r, err)
		return
	}
	c := d.newConn(p.caller.Kind, ip)
	c.caller, c.session, c.key, c.token, c.cookie = p.caller, p.session, p.key, p.token, p.cookie
	if err := c.sit(); err != nil {
		d.guests.depart(ip)
		d.refuse(w, r, err)
		return
	}
	s := &stream{
		w: w, control: http.NewResponseController(w), timeout: d.o.Limits.Write, linger: d.o.Limits.Linger, done: make(chan struct{}),
	}
	c.queue.sink = s
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold frames back
	w.WriteHeader(http.StatusOK)
	_ = s.control.SetReadDeadline(time.Time{}) // the server's deadline was for the request
	d.begin(c)
	d.Metrics.Streams.Add(1)
	defer d.Metrics.Streams.Add(-1)
	c.do(func(ctx context.Context) { c.open(ctx, joins, feeds) })
	select {
	case <-s.done:
	case <-r.Context().Done():
	}
	s.stop()
	c.end()
}

// open greets the caller of a stream, and joins and follows what its query names.
func (c *conn) open(ctx context.Context, joins []openapi.ClientFrame, feeds openapi.ClientFrame) {
	if err := c.settle(ctx); err != nil {
		c.dismiss(err)
		return
	}
	for _, f := range joins {
		c.do(func(ctx context.Context) { c.join(ctx, f) })
	}
	if c.kind == chat.AuthorAgent && len(feeds.Feeds) > 0 {
		c.do(func(ctx context.Context) { c.follow(ctx, feeds) })
	}
}

// subscriptions reads what a stream's query asks for: join=conversation.generation.after and feed=shop.after, each repeated.
func subscriptions(r *http.Request) (joins []openapi.ClientFrame, feeds openapi.ClientFrame, err error) {
	q := r.URL.Query()
	if len(q["join"]) > maxSubscriptions || len(q["feed"]) > maxSubscriptions {
		return nil, feeds, chat.ErrBadQuery
	}
	for _, s := range q["join"] {
		f := openapi.ClientFrame{Type: openapi.ClientFrameTypeJoin}
		id, rest, _ := strings.Cut(s, ".")
		generation, after, ok := strings.Cut(rest, ".")
		if !ok || !chat.ValidID(chat.PrefixConversation, id) {
			return nil, feeds, chat.ErrBadQuery
		}
		f.Conversation = id
		if f.Generation, err = number(generation); err != nil {
			return nil, feeds, err
		}
		if f.After, err = number(after); err != nil {
			return nil, feeds, err
		}
		joins = append(joins, f)
	}
	for _, s := range q["feed"] {
		shop, after, ok := strings.Cut(s, ".")
		if !chat.ValidID(chat.PrefixShop, shop) {
			return nil, feeds, chat.ErrBadQuery
		}
		cursor := openapi.FeedCursor{Shop: shop}
		if ok {
			n, err := number(after)
			if err != nil {
				return nil, feeds, err
			}
			cursor.After = &n
		}
		feeds.Feeds = append(feeds.Feeds, cursor)
	}
	return joins, feeds, nil
}

const maxSubscriptions = 100

func number(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, chat.ErrBadCursor
	}
	return int64(n), nil
}
