package realtime

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
	"github.com/tagalong-chat/tagalong/server/fanout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	publicURL = "http://chat.localhost"
	inboxURL  = "http://inbox.localhost"
	shopURL   = "https://marl.example"
)

// world is a whole server around the door, reached through pipes in memory.
type world struct {
	t      testing.TB
	db     chat.Store
	svc    *chat.Service
	fanout *fanout.Local
	auth   *auth.Service
	door   *Door
	http   *http.Client
	dial   func() (net.Conn, error)
	shop   chat.Shop
	agent  chat.Agent
	stop   func()
}

func newID[T ~string](prefix string) T { return chat.NewID[T](prefix, rand.Reader) }

func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func clientID() string { return newID[string]("") }

// newWorld starts a server with one shop and one agent.
func newWorld(t testing.TB, limits Limits) *world {
	t.Helper()
	w := &world{t: t}
	ctx := context.Background()
	w.db = chattest.NewMemory()
	var err error
	w.fanout = fanout.NewLocal(fanout.Options{Grace: time.Second, Settle: -1})
	w.svc = chat.NewService(chat.Deps{Store: w.db, Fanout: w.fanout})
	w.auth, err = auth.New(auth.Options{
		Store: w.db, InboxURL: inboxURL, FilesURL: "http://files.localhost", LinkKey: make([]byte, 32), Publish: w.fanout.Publish,
	})
	w.must(err)
	w.door = New(Options{
		Service: w.svc, Fanout: w.fanout, Auth: w.auth, Shops: w.db, OwnOrigins: []string{publicURL}, FileURL: w.auth.FileURL, Limits: limits,
	})
	w.fill(ctx)
	w.serve()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fill(ctx context.Context) {
	now := chat.At(time.Now())
	m := chat.Merchant{ID: newID[chat.MerchantID](chat.PrefixMerchant), Name: "Marl", CreatedAt: now}
	w.shop = chat.Shop{
		ID: newID[chat.ShopID](chat.PrefixShop), Merchant: m.ID, Key: newID[string](chat.PrefixShopKey), Name: "Marl",
		Origins: []string{shopURL}, CreatedAt: now,
	}
	w.agent = chat.Agent{
		ID: newID[chat.AgentID](chat.PrefixAgent), Merchant: m.ID, Email: "ada@marl.example", Name: "Ada", Role: chat.RoleOwner, Active: true,
		CreatedAt: now,
	}
	w.must(w.db.CreateMerchant(ctx, m, w.shop, w.agent, "hash"))
}

// serve runs the door behind net/http on pipes, and stops all of it at the end of the test.
func (w *world) serve() {
	mux := http.NewServeMux()
	w.door.Handlers(func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, h) })
	l := newPipes()
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = srv.Serve(l) })
	wg.Go(func() { _ = w.door.Run(ctx) })
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial() }, DisableKeepAlives: true}
	w.http, w.dial = &http.Client{Transport: transport}, l.dial
	w.stop = sync.OnceFunc(func() {
		w.door.Close()
		cancel()
		w.must(srv.Close())
		transport.CloseIdleConnections()
		wg.Wait()
		w.fanout.Close()
	})
	w.t.Cleanup(w.stop)
}

// pipes is a listener in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial() (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// person is a shopper with a token.
type person struct {
	chat.Shopper
	token string
	by    chat.Caller
}

func (w *world) person() person {
	w.t.Helper()
	token := "tgs_" + secret()
	p, _, err := w.svc.NewSession(context.Background(), w.shop, token, "de")
	w.must(err)
	return person{p, token, chat.Caller{Kind: chat.AuthorShopper, Merchant: w.shop.Merchant, Shop: w.shop.ID, Shopper: p.ID}}
}

// signIn gives an agent's cookie.
func (w *world) signIn(a chat.Agent) string {
	w.t.Helper()
	s, now := secret(), chat.At(time.Now())
	w.must(w.db.CreateAgentSession(context.Background(), chat.AgentSession{
		Hash: sha256.Sum256([]byte(s)), Agent: a.ID, Merchant: a.Merchant, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(24 * time.Hour),
	}))
	return auth.CookieName + "=" + s
}

func (w *world) agentCaller() chat.Caller {
	return chat.Caller{Kind: chat.AuthorAgent, Merchant: w.agent.Merchant, Agent: w.agent.ID, Name: w.agent.Name, Role: w.agent.Role}
}

// client is one live connection in a test. Frames are read as they come, into a log that the test looks at.
type client struct {
	w      *world
	ws     *websocket.Conn
	frames chan openapi.ServerFrame
	closed chan error
}

// open dials; it fails the test unless the server upgrades.
func (w *world) open(path string, header http.Header, host string) *client {
	w.t.Helper()
	ws, resp, err := w.upgrade(path, header, host) //nolint:bodyclose // Dial replaces it
	if err != nil {
		w.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return w.listen(ws)
}

func (w *world) upgrade(path string, header http.Header, host string) (*websocket.Conn, *http.Response, error) {
	ws, resp, err := websocket.Dial(context.Background(), "ws://"+host+path, &websocket.DialOptions{HTTPClient: w.http, HTTPHeader: header})
	if ws != nil {
		ws.SetReadLimit(8 << 20)
	}
	return ws, resp, err
}

func (w *world) listen(ws *websocket.Conn) *client {
	c := &client{w: w, ws: ws, frames: make(chan openapi.ServerFrame, 4096), closed: make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(c.frames)
		for {
			_, data, err := ws.Read(context.Background())
			if err != nil {
				c.closed <- err
				return
			}
			var f openapi.ServerFrame
			if err := json.Unmarshal(data, &f); err != nil {
				c.closed <- err
				return
			}
			c.frames <- f
		}
	}()
	w.t.Cleanup(func() {
		_ = ws.CloseNow()
		<-done
	})
	return c
}

func (w *world) socketPath() string { return "/v1/shops/" + w.shop.Key + "/socket" }

// raw opens a shopper's socket without a hello.
func (w *world) raw() *client {
	w.t.Helper()
	return w.open(w.socketPath(), http.Header{"Origin": {publicURL}}, "chat.localhost")
}

// shopper opens a shopper's socket and waits for the welcome.
func (w *world) shopper(v person) *client {
	w.t.Helper()
	c := w.raw()
	c.send(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: v.token})
	c.next("welcome")
	return c
}

func (w *world) agentHeader(cookie string) http.Header {
	return http.Header{"Origin": {inboxURL}, "Cookie": {cookie}}
}

// inbox opens the agent's socket and waits for the welcome.
func (w *world) inbox(cookie string) *client {
	w.t.Helper()
	c := w.open("/v1/agent/socket", w.agentHeader(cookie), "inbox.localhost")
	c.send(openapi.ClientFrame{Type: "hello", Protocol: 1})
	c.next("welcome")
	return c
}

// explicit sends the fields that encoding/json would leave out of a ClientFrame although its type must have them.
func explicit(f openapi.ClientFrame) []byte {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	if f.Type != "join" {
		return b
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err)
	}
	m["generation"], m["after"] = f.Generation, f.After
	if b, err = json.Marshal(m); err != nil {
		panic(err)
	}
	return b
}

func (c *client) send(f openapi.ClientFrame) {
	c.w.t.Helper()
	c.text(string(explicit(f)))
}

func (c *client) text(s string) {
	c.w.t.Helper()
	if err := c.ws.Write(context.Background(), websocket.MessageText, []byte(s)); err != nil {
		c.w.t.Fatalf("write: %v", err)
	}
}

const patience = 40 * time.Second

// next gives the next frame of a type; others on the way are passed over.
func (c *client) next(typ openapi.ServerFrameType) openapi.ServerFrame {
	c.w.t.Helper()
	late := time.After(patience)
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				c.w.t.Fatalf("closed (%v) before a %s came", <-c.closed, typ)
			}
			if f.Type == typ {
				return f
			}
			if f.Type == "refused" {
				c.w.t.Fatalf("refused with %s while waiting for a %s", f.Code, typ)
			}
		case <-late:
			c.w.t.Fatalf("no %s came", typ)
		}
	}
}

// drain gives the frames up to one of a type, with it.
func (c *client) until(typ openapi.ServerFrameType) (list []openapi.ServerFrame) {
	c.w.t.Helper()
	late := time.After(patience)
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				c.w.t.Fatalf("closed (%v) before a %s came", <-c.closed, typ)
			}
			list = append(list, f)
			if f.Type == typ {
				return list
			}
		case <-late:
			c.w.t.Fatalf("no %s came, but %v", typ, list)
		}
	}
}

// code waits for the end and gives the close code; -1 when there was none.
func (c *client) code() int {
	c.w.t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, ok := <-c.frames:
			if !ok {
				return int(websocket.CloseStatus(<-c.closed))
			}
		case <-late:
			c.w.t.Fatal("the connection was not closed")
		}
	}
}

// refusal waits for a refused frame and gives it.
func (c *client) refusal() openapi.ServerFrame {
	c.w.t.Helper()
	list := c.until("refused")
	return list[len(list)-1]
}

// sync makes sure that everything sent before has been done.
func (c *client) sync() {
	c.w.t.Helper()
	c.send(openapi.ClientFrame{Type: "ping"})
	c.until("pong")
}

func say(conversation openapi.ConversationID, id, text string) openapi.ClientFrame {
	f := openapi.ClientFrame{Type: "send", ClientID: id, Conversation: conversation, Message: &openapi.Draft{Text: text}}
	if conversation == "" {
		f.Start = id
	}
	return f
}

// begin starts a conversation with one message and gives its id.
func (c *client) begin(text string) openapi.ConversationID {
	c.w.t.Helper()
	c.send(say("", clientID(), text))
	return c.next("ack").Conversation
}

func (c *client) join(id openapi.ConversationID, generation, after int64) openapi.ServerFrame {
	c.w.t.Helper()
	c.send(openapi.ClientFrame{Type: "join", Conversation: id, Generation: generation, After: after})
	return c.next("joined")
}

// status dials and gives the status and code of the refusal.
func (w *world) refusedUpgrade(path string, header http.Header, host string) (int, string) {
	w.t.Helper()
	ws, resp, err := w.upgrade(path, header, host) //nolint:bodyclose // Dial replaces it
	if err == nil {
		_ = ws.CloseNow()
		return http.StatusSwitchingProtocols, ""
	}
	if resp == nil {
		w.t.Fatal(err)
	}
	var p openapi.Problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil && !errors.Is(err, context.Canceled) {
		return resp.StatusCode, strings.TrimSpace(resp.Status)
	}
	return resp.StatusCode, string(p.Code)
}
