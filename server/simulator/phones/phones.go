package phones

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
)

// Options connect the page with the world.
type Options struct {
	Network Network
	BaseURL string       // the page's own origin, for instance http://phone.localhost:8080
	Log     *slog.Logger // nil: silent
}

// Page serves the phones.
type Page struct {
	network Network
	baseURL string
	log     *slog.Logger
	handler http.Handler
	readers *readers
	over    chan struct{} // closed when the streams should end
}

// New lays the phones on the table. Page and words are part of the binary: should
// they not parse, the build is broken and New panics.
func New(options Options) *Page {
	p := &Page{
		network: options.Network, baseURL: strings.TrimSuffix(options.BaseURL, "/"), log: options.Log, over: make(chan struct{}),
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.readers = newReaders(p.network, p.log)
	p.handler = p.secured(http.NewCrossOriginProtection().Handler(p.routes()))
	return p
}

// Run waits until ctx ends and then lets the streams go, so that a server that is
// shut down need not wait for open pages. It is called once at most; without it
// the streams end with their requests.
func (p *Page) Run(ctx context.Context) error {
	<-ctx.Done()
	close(p.over)
	return ctx.Err()
}

// ServeHTTP answers the page's host.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func (p *Page) routes() http.Handler {
	const thread = "/api/people/{person}/threads/{thread}"
	mux := http.NewServeMux()
	page := servePage(p.baseURL)
	// Opening a link changes nothing yet, since previews and scanners fetch links
	// too: the page itself opens it, as the person who is being played.
	for _, path := range []string{"/{$}", "/wa.me/{to}", "/m.me/{to}", "/ig.me/m/{to}"} {
		mux.HandleFunc("GET "+path, page)
	}
	mux.Handle("GET /static/", staticFiles())
	mux.HandleFunc("GET /media/{person}/{id}", p.media)
	mux.HandleFunc("GET /api/events", p.stream)
	for pattern, handle := range map[string]func(*http.Request) (any, error){
		"GET /api/people":                           p.people,
		"GET /api/people/{person}/threads":          p.threads,
		"GET " + thread + "/messages":               p.messages,
		"POST " + thread + "/messages":              p.sendText,
		"POST " + thread + "/photos":                p.sendPhoto,
		"POST " + thread + "/get-started":           p.getStarted,
		"POST /api/people/{person}/links":           p.openLink,
		"PUT /api/people/{person}/online":           p.setOnline,
		"PUT /api/readers/{reader}":                 p.setReading,
		"PATCH " + thread + "/messages/{id}":        p.edit,
		"DELETE " + thread + "/messages/{id}":       p.remove,
		"POST " + thread + "/messages/{id}/taps":    p.tap,
		"PUT " + thread + "/messages/{id}/reaction": p.react,
	} {
		mux.Handle(pattern, p.answer(handle))
	}
	return mux
}

// secured sets the policy of every answer: nothing inline, nothing from elsewhere.
func (p *Page) secured(next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"media-src 'self'",
		"connect-src 'self'",
		"form-action 'none'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer") // a link's ref stays here
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
