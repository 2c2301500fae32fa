package realtime

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Auth proves callers; server/auth is one.
type Auth interface {
	// ShopperByToken finds the shopper of a token in the shop with this public key, and the hash that names the session.
	ShopperByToken(ctx context.Context, shopKey, token string) (chat.Caller, [32]byte, error)
	// AgentByRequest finds the agent whose cookie the request carries, and the hash that names the session.
	AgentByRequest(r *http.Request) (chat.Caller, [32]byte, error)
	// ExactOrigin refuses an upgrade that does not come from a page of the inbox.
	ExactOrigin(r *http.Request) error
	// SameOrigin refuses a change that another site makes an agent's browser send.
	SameOrigin(r *http.Request) error
}

// Shops is what the door must know of shops; a store is one.
type Shops interface {
	ShopByKey(ctx context.Context, key string) (chat.Shop, error)
	Shops(ctx context.Context, merchant chat.MerchantID) ([]chat.Shop, error)
	FeedPosition(ctx context.Context, shop chat.ShopID) (int64, error)
	// Epoch names the database's history; it changes when a backup is restored.
	Epoch() string
}

// Options of a Door.
type Options struct {
	Service *chat.Service
	Fanout  chat.Fanout
	Auth    Auth
	Shops   Shops
	// OwnOrigins are ours, in exact form: the panel is a document of our origin.
	OwnOrigins []string
	// FileURL makes the link to an attachment.
	FileURL func(chat.AttachmentID) string
	// ClientIP finds the client's address behind trusted proxies. Nil: the peer's.
	ClientIP func(*http.Request) netip.Addr
	// Problem answers a request with an error as problem+json. Nil: a plain one.
	Problem func(http.ResponseWriter, *http.Request, error)
	Limits  Limits
	Log     *slog.Logger
}

// Door is door 2: the live protocol. Its handlers are ShopperSocket, AgentSocket, ShopperStream, AgentStream, ShopperFrames and
// AgentFrames; Handlers registers them. Run must run while they are used.
type Door struct {
	Metrics Metrics

	o        Options
	codec    *codec
	hub      *hub
	pumps    pumps
	guests   *guests
	clock    *clock
	crew     *crew
	nudges   *nudges
	spell    spell
	accepts  *rate.Limiter
	tellings *rate.Limiter // of those who are let in to be told to come back
	resumes  chan struct{}
	keys     shopCache

	ctx    context.Context // ends when the door is closed; frames are handled within it
	cancel context.CancelFunc
	work   sync.WaitGroup // every goroutine of the door

	mu       sync.Mutex
	conns    map[*conn]struct{}
	agents   map[*conn]struct{} // of these
	draining bool
	left     chan struct{} // closed when the last connection of a draining door has gone
}

// New makes a door.
func New(o Options) *Door {
	o.Limits.defaults()
	if o.ClientIP == nil {
		o.ClientIP = peerIP
	}
	if o.Problem == nil {
		o.Problem = writeProblem
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.FileURL == nil {
		o.FileURL = func(id chat.AttachmentID) string { return "/files/" + string(id) }
	}
	d := &Door{
		o: o, codec: &codec{fileURL: o.FileURL}, conns: make(map[*conn]struct{}), agents: make(map[*conn]struct{}), left: make(chan struct{}),
		accepts:  rate.NewLimiter(rate.Limit(o.Limits.Accepts), o.Limits.AcceptBurst),
		tellings: rate.NewLimiter(rate.Limit(o.Limits.Accepts/4), max(1, o.Limits.AcceptBurst/4)),
		resumes:  make(chan struct{}, o.Limits.Resumes),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.hub = newHub(o.Fanout, d.codec)
	d.hub.contain = d.contain
	d.pumps.door = d
	d.guests = newGuests(&d.o.Limits)
	d.clock = newClock(d)
	d.crew = newCrew(d.own, d.contain)
	d.nudges = newNudges(d.nudge, d.crew.run)
	return d
}

// Handlers registers the door's handlers.
func (d *Door) Handlers(handle func(pattern string, h http.HandlerFunc)) {
	handle("GET /v1/shops/{key}/socket", d.ShopperSocket)
	handle("GET /v1/shops/{key}/stream", d.ShopperStream)
	handle("POST /v1/shops/{key}/frames", d.ShopperFrames)
	handle("GET /v1/agent/socket", d.AgentSocket)
	handle("GET /v1/agent/stream", d.AgentStream)
	handle("POST /v1/agent/frames", d.AgentFrames)
}

// Run beats until ctx ends. Drain before it does.
func (d *Door) Run(ctx context.Context) error {
	d.clock.run(ctx)
	return nil
}

func peerIP(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

// own runs f as a goroutine that Close waits for.
func (d *Door) own(f func()) {
	d.work.Go(func() {
		defer d.contain()
		f()
	})
}

// contain keeps a panic from ending the process: it is ours to mend, and no reason for others to lose their connections. It is to
// be deferred.
func (d *Door) contain() {
	if p := recover(); p != nil {
		d.panicked(p)
	}
}

func (d *Door) panicked(p any) {
	d.Metrics.Panics.Add(1)
	d.o.Log.Error("the live door panicked", "panic", p, "stack", string(debug.Stack()))
}

// begin makes the door know a connection: it beats from now on, and is closed when no hello comes.
func (d *Door) begin(c *conn) {
	d.Metrics.Accepted.Add(1)
	d.mu.Lock()
	d.conns[c] = struct{}{}
	if c.kind == chat.AuthorAgent {
		d.agents[c] = struct{}{}
	}
	draining := d.draining
	d.mu.Unlock()
	d.clock.add(c)
	if draining {
		c.bye(closeDraining, "draining", drainRetry)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hello = time.AfterFunc(d.o.Limits.Hello, func() {
		c.mu.Lock()
		late := !c.greeted
		c.mu.Unlock()
		if late {
			c.close(closeUnauthorized, "no_hello")
		}
	})
}

func (d *Door) forget(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, c)
	delete(d.agents, c)
	if d.draining && len(d.conns) == 0 {
		d.closeLeft()
	}
}

// Connections tells how many there are.
func (d *Door) Connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.conns)
}

var (
	errBusy = (&chat.Error{
		Kind: chat.KindUnavailable, Code: "try_again", Message: "Too many clients connect at once; try again.",
	}).After(5 * time.Second)
	errDraining = (&chat.Error{Kind: chat.KindUnavailable, Code: "draining", Message: "This server stops; try again."}).After(drainRetry)
)

// admit lets connections in only as fast as the node can greet them. A few more are let in to be told when to come back, since a
// browser does not show its page why an upgrade was refused; beyond that they are refused.
func (d *Door) admit() (busy time.Duration, err error) {
	d.mu.Lock()
	draining := d.draining
	d.mu.Unlock()
	if draining {
		return 0, errDraining
	}
	if d.accepts.Allow() {
		return 0, nil
	}
	if d.tellings.Allow() {
		return time.Second + time.Duration(randomN(int64(9*time.Second))), nil
	}
	return 0, errBusy
}

func randomN(n int64) int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.LittleEndian.Uint64(b[:]) >> 1 % uint64(n))
}

func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	d.Metrics.Refused.Add(1)
	d.o.Problem(w, r, err)
}
