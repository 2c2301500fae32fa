package shopify

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// Version of the app.
const Version = mapping.Version

// Scopes are what the app asks a merchant for, each with its reason in the README. shopify.app.toml has the same.
var Scopes = []string{"read_orders", "read_fulfillments", "read_customers", "read_products", "read_returns", "write_discounts"}

// Options of an [App]. What has no comment about its absence is needed.
type Options struct {
	// URL is where this server is reached, as in shopify.app.toml.
	URL string
	// ClientID and Secrets are the app's own, from Shopify; two secrets while one is being replaced, the new one first.
	ClientID string
	Secrets  sign.Secrets
	// Chat is Tagalong's address, where merchants connect.
	Chat  string
	Store *store.DB
	// Standalone is for an app that does not live inside Shopify's admin: its tokens come by code grant.
	Standalone bool
	// KeepTranscripts leaves conversations alone when Shopify asks for a buyer's data to be erased.
	KeepTranscripts bool
	// Block names the theme extension's block, without its ending; "chat" when empty.
	Block string
	// HTTP is the way out; a client with a timeout when nil.
	HTTP *http.Client
	// Base makes a shop's address; nil for the shop's own. Tests have a Shopify of their own.
	Base func(shop string) string
	// Now is the clock; [time.Now] when nil.
	Now func() time.Time
	// Log gets shops, ids and codes, never a buyer's data; [slog.Default] when nil.
	Log *slog.Logger
}

// App is the server of the app. [App.Run] must run beside it: webhooks are only stored by the door.
type App struct {
	o        Options
	log      *slog.Logger
	now      func() time.Time
	store    *store.DB
	oauth    *oauth.Client
	returnTo string
	mux      *http.ServeMux
	pages    pages
	buyers   buyers
	wake     chan struct{} // a webhook was stored
	catchUp  chan struct{} // a shop was connected

	slots    chan struct{} // of shops that are read at once
	versions sync.Map      // of Shopify's API that were complained of

	mu      sync.Mutex
	locks   map[string]*sync.Mutex // of each shop's token
	looking map[string]bool        // shops that are being reconciled
}

// New makes the app; it refuses to work without a secret.
func New(o Options) (*App, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	all, err := loadPages()
	if err != nil {
		return nil, err
	}
	a := &App{
		o: o, log: o.Log, now: o.Now, store: o.Store, returnTo: o.URL + "/connect/callback", pages: all,
		oauth: &oauth.Client{HTTP: o.HTTP, ClientID: o.ClientID, ClientSecret: o.Secrets.Current(), Base: o.Base, Now: o.Now},
		wake:  make(chan struct{}, 1), catchUp: make(chan struct{}, 1), locks: map[string]*sync.Mutex{},
		looking: map[string]bool{}, slots: make(chan struct{}, looksAtOnce),
	}
	a.mux = a.routes()
	return a, nil
}

func (o *Options) complete() error {
	if err := o.Secrets.Check(); err != nil {
		return err
	}
	if o.ClientID == "" || o.Store == nil {
		return errors.New("a client id and a store are needed")
	}
	for _, address := range []*string{&o.URL, &o.Chat} {
		u, err := url.Parse(*address)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("%q is no address of a server", *address)
		}
		*address = strings.TrimRight(*address, "/")
	}
	if o.HTTP == nil {
		// A redirect would take a token to where it does not belong.
		stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		o.HTTP = &http.Client{Timeout: 20 * time.Second, CheckRedirect: stay}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Block == "" {
		o.Block = "chat"
	}
	return nil
}

func (a *App) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.page)
	mux.HandleFunc("GET /bounce", a.bounce)
	mux.HandleFunc("GET /auth", a.authorize)
	mux.HandleFunc("GET /auth/callback", a.authorized)
	mux.HandleFunc("GET /connect/start", a.connectStart)
	mux.HandleFunc("GET /connect/callback", a.connectCallback)
	mux.HandleFunc("POST /disconnect", a.disconnect)
	mux.HandleFunc("POST /retry", a.retry)
	mux.HandleFunc("POST /webhooks", a.webhook)
	mux.HandleFunc("POST /webhooks/compliance", a.webhook)
	mux.HandleFunc("GET /proxy/identity", a.identity)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

// ServeHTTP serves Shopify, merchants and, through Shopify's proxy, storefronts.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	a.mux.ServeHTTP(w, r)
}

// admin asks one shop's Admin API.
func (a *App) admin(shop string) *admin.Client {
	return &admin.Client{Shop: shop, Tokens: a, HTTP: a.o.HTTP, Base: a.o.Base, Log: a.log, Outdated: a.outdated}
}

// outdated says once of each version that Shopify answers as another than was asked for.
func (a *App) outdated(asked, answered string) {
	if _, said := a.versions.LoadOrStore(answered, true); !said {
		a.log.Warn("shopify answers as another version of its API: this app is to be renewed", "asked", asked, "answered", answered)
	}
}

// Admin asks one shop's Admin API: orders are looked up and discount codes made with it.
func (a *App) Admin(shop string) *admin.Client { return a.admin(shop) }
