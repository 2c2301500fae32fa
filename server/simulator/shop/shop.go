package shop

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/loopback"
)

// Options connect the shop with an installation of Tagalong. Without PluginKey
// nothing is pushed, without IdentitySecret nobody is identified, and without
// ShopKey the pages carry no chat.
type Options struct {
	PublicURL string // where the chat lives, for instance http://chat.localhost:8080
	ShopID    string // shop_…, for the plugin
	ShopKey   string // pk_…, for the snippet
	PluginKey string // tgk_…

	IdentityKID    string
	IdentitySecret string

	BaseURL string // the shop's own origin, for instance http://shop.localhost:8081

	Now    func() time.Time // nil: time.Now
	Rand   io.Reader        // nil: crypto/rand
	Log    *slog.Logger     // nil: silent
	Client *http.Client     // nil: one that finds *.localhost
}

// Shop is the running demo shop.
type Shop struct {
	options Options
	chat    string // the origin of the chat, for the policy
	locales map[string]*locale
	pages   *template.Template
	mapper  mapper
	plugin  *plugin

	mu         sync.Mutex
	sessions   map[string]*session
	orders     []order // as placed
	nextNumber int
}

// New opens the shop. Handler serves it, Run pushes its orders. Its pages and
// words are part of the binary: should they not parse, the build is broken and
// New panics.
func New(options Options) *Shop {
	options = options.withDefaults()
	locales, err := loadLocales()
	if err != nil {
		panic("shop: " + err.Error())
	}
	s := &Shop{
		options: options, chat: origin(options.PublicURL), locales: locales,
		pages:    template.Must(template.ParseFS(templateFiles, "templates/*.html")),
		mapper:   mapper{options.BaseURL, locales[languages[0]]},
		sessions: map[string]*session{},
		// A number of its own for each start: the chat keeps the orders of
		// earlier ones, this process does not.
		nextNumber: 10_000 + int(options.Now().Unix()/30%80_000),
	}
	s.plugin = &plugin{
		url: options.PublicURL + "/v1/shops/" + options.ShopID + "/events", key: options.PluginKey,
		client: options.Client, now: options.Now, newID: s.newID, jitter: s.fraction,
		log: options.Log, wake: make(chan struct{}, 1),
	}
	return s
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = loopback.Client()
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	return o
}

// origin is what a policy names: scheme, host and port.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Run pushes order context until ctx ends: the collection first, then every
// change.
func (s *Shop) Run(ctx context.Context) error {
	if s.options.PluginKey == "" {
		<-ctx.Done()
		return ctx.Err()
	}
	for _, p := range catalogue {
		s.plugin.push(s.mapper.product(s.newID("evt_"), p, s.options.Now()), 0)
	}
	for code, percent := range coupons {
		s.plugin.push(s.mapper.coupon(s.newID("evt_"), code, percent, s.options.Now()), 0)
	}
	return s.plugin.run(ctx)
}

// Handler serves the shop.
func (s *Shop) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", staticFiles())
	mux.HandleFunc("GET /pictures/{file}", servePicture)
	for pattern, handle := range map[string]func(*visit) answer{
		"GET /{$}":                      (*visit).home,
		"GET /products/{handle}":        (*visit).product,
		"GET /cart":                     (*visit).cart,
		"POST /cart/add":                (*visit).addToCart,
		"POST /cart/set":                (*visit).setQuantity,
		"POST /cart/coupon":             (*visit).useCoupon,
		"GET /checkout":                 (*visit).checkout,
		"POST /checkout":                (*visit).buy,
		"GET /thanks/{number}":          (*visit).thanks,
		"GET /orders/{number}":          (*visit).order,
		"GET /orders/{number}/state":    (*visit).orderState,
		"GET /sign-in":                  (*visit).signInPage,
		"POST /sign-in":                 (*visit).signIn,
		"POST /sign-out":                (*visit).signOut,
		"GET /identity":                 (*visit).identity,
		"POST /link":                    (*visit).link,
		"GET /backstage":                (*visit).backstage,
		"POST /backstage/{number}/{do}": (*visit).warehouse,
		"/":                             (*visit).missing,
	} {
		mux.Handle(pattern, s.serve(handle))
	}
	return s.secured(http.NewCrossOriginProtection().Handler(mux))
}

// secured sets the policy of every page. It is as strict as a careful shop's:
// the chat gets its script, its frame and its requests, and nothing more.
func (s *Shop) secured(next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' " + s.chat,
		"style-src 'self'",
		"img-src 'self' data:",
		"connect-src 'self' " + s.chat,
		"frame-src " + s.chat,
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}

// newID is a random name of 128 bits.
func (s *Shop) newID(prefix string) string {
	return prefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.random(16)))
}

func (s *Shop) random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.options.Rand, b); err != nil {
		panic("shop: no randomness: " + err.Error()) // crypto/rand never fails; a test's source is too short
	}
	return b
}

// fraction is a random number in [0, 1).
func (s *Shop) fraction() float64 {
	return float64(binary.BigEndian.Uint64(s.random(8))>>11) / (1 << 53)
}

func (s *Shop) newNumber() string {
	s.nextNumber++
	return "M-" + strconv.Itoa(s.nextNumber)
}

// version grows with every change of an object, also within a millisecond.
func version(last int64, now time.Time) int64 { return max(now.UnixMilli(), last+1) }
