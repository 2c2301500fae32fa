package rest

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Store is what this door reads and writes without a use case of chat: the directory's plain rows, what files there are, and
// what connects a merchant to channels.
type Store interface {
	chat.Directory
	chat.Uploads
	chat.Accounts
}

// Options of a Door. Now, Random and Log have the usual defaults.
type Options struct {
	Chat      *chat.Service
	Auth      *auth.Service
	Store     Store
	Blobs     chat.Blobs
	Intake    chat.Intake // of uploads
	PublicURL string      // our own origin in a shop's page: the panel's
	// Channels gives the rules of the channels that are built in. Nil: there is none but the web.
	Channels func() []chat.ChannelRules
	// ClientIP gives the address of the client behind trusted proxies.
	ClientIP func(*http.Request) netip.Addr
	// SessionsPerMinute bounds how many shopper sessions one address may start; 60 when zero.
	SessionsPerMinute int
	Log               *slog.Logger
	Now               func() time.Time
	Random            io.Reader
}

// Door serves the API: every path of the contract but the live ones.
type Door struct {
	chat     *chat.Service
	auth     *auth.Service
	store    Store
	blobs    chat.Blobs
	intake   chat.Intake
	public   string
	channels func() []chat.ChannelRules
	clientIP func(*http.Request) netip.Addr
	log      *slog.Logger
	now      func() time.Time
	random   io.Reader
	cors     *crossOrigin
	rates    map[rate]*auth.Limiter
	routes   *http.ServeMux

	bodyWithin time.Duration // how long a body may keep the door waiting
	handler    http.Handler
}

// New makes a Door.
func New(o Options) (*Door, error) {
	public, ok := chat.Origin(o.PublicURL)
	if !ok {
		return nil, errors.New("the public URL must be scheme://host[:port]")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Channels == nil {
		o.Channels = func() []chat.ChannelRules { return nil }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.SessionsPerMinute == 0 {
		o.SessionsPerMinute = 60
	}
	d := &Door{
		chat: o.Chat, auth: o.Auth, store: o.Store, blobs: o.Blobs, intake: o.Intake, public: public, channels: o.Channels, clientIP: o.ClientIP, log: o.Log, now: o.Now, random: o.Random,
		cors:   &crossOrigin{shopByKey: o.Auth.ShopByKey, public: public, handlers: map[string]*shopCORS{}},
		rates:  limiters(o.SessionsPerMinute, o.Now),
		routes: http.NewServeMux(), bodyWithin: bodyWithin,
	}
	refused := func(kind error) func(http.ResponseWriter, *http.Request, error) {
		return func(w http.ResponseWriter, r *http.Request, _ error) { d.refuse(w, r, kind) }
	}
	strict := openapi.NewStrictHandlerWithOptions(&api{d}, nil, openapi.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: refused(errBadJSON), ResponseErrorHandlerFunc: d.refuse,
	})
	openapi.HandlerWithOptions(strict, openapi.StdHTTPServerOptions{BaseRouter: guarded{d}, ErrorHandlerFunc: refused(chat.ErrBadQuery)})
	d.handler = d.Around(d.CORS(http.HandlerFunc(d.route)))
	return d, nil
}

// ServeHTTP answers a request to the API.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// route finds the operation. Paths that are not clean and methods that are not there are problems too, not redirects and plain text.
func (d *Door) route(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.EscapedPath(); p != path.Clean(p) {
		d.refuse(w, r, chat.ErrNotFound)
		return
	}
	_, pattern := d.routes.Handler(r)
	if pattern != "" {
		d.routes.ServeHTTP(w, r)
		return
	}
	probe := &statusOnly{header: http.Header{}}
	d.routes.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header()["Allow"] = probe.header["Allow"]
		d.refuse(w, r, errMethod)
		return
	}
	d.refuse(w, r, chat.ErrNotFound)
}

// statusOnly takes what the mux says of a path that it does not serve.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// api implements the contract; its methods are in the files of their nouns.
type api struct{ *Door }

var _ openapi.StrictServerInterface = (*api)(nil)

// view is how the caller sees conversations.
func (d *Door) view(by chat.Caller) wire.View {
	return wire.View{Audience: by.Audience(), FileURL: d.auth.FileURL}
}
