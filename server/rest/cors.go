package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/rs/cors"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	maxCORSHandlers  = 1_000
	maxRequestHeader = 512 // bytes of Access-Control-Request-Headers that a preflight of ours could need
)

// crossOrigin answers preflights and sets the headers with which a shop's own page may call its shop's paths. Each shop has its own
// exact set of origins and so its own handler; they are made when first needed and made anew when the set changes.
type crossOrigin struct {
	shopByKey func(ctx context.Context, key string) (chat.Shop, error)
	public    string // our own origin: the panel's

	mu       sync.Mutex
	handlers map[string]*shopCORS
}

type shopCORS struct {
	origins []string
	cors    *cors.Cors
}

// CORS lets the pages of a shop call next, which serves paths below /v1/shops/{key}/ only; requests from other pages are refused.
// Requests without an Origin come from no page and pass. Other paths get no header that lets another origin in.
func (d *Door) CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, ok := shopKey(r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Origin")
		origins := r.Header.Values("Origin")
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if len(origins) == 0 && !preflight {
			next.ServeHTTP(w, r)
			return
		}
		shop, err := d.cors.shopByKey(r.Context(), key)
		if err != nil {
			d.refuse(w, r, err)
			return
		}
		h := d.cors.handler(shop)
		if len(origins) != 1 || !slices.Contains(h.origins, origins[0]) || headersTooMany(r) {
			d.refuse(w, r, auth.ErrOrigin)
			return
		}
		w.Header().Del("Vary") // the library says it again, with more
		h.cors.ServeHTTP(w, r, next.ServeHTTP)
	})
}

// headersTooMany guards the parser of the wanted headers, which takes time for each comma: CVE-2025-47908.
func headersTooMany(r *http.Request) bool {
	n := 0
	for _, v := range r.Header.Values("Access-Control-Request-Headers") {
		n += len(v)
	}
	return n > maxRequestHeader
}

// shopKey finds the public shop key in a path.
func shopKey(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, "/v1/shops/"+chat.PrefixShopKey)
	if !ok {
		return "", false
	}
	key, _, _ := strings.Cut(rest, "/")
	return chat.PrefixShopKey + key, true
}

// handler gives the shop's handler.
func (c *crossOrigin) handler(shop chat.Shop) *shopCORS {
	origins := append(slices.Clone(shop.Origins), c.public)
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.handlers[shop.Key]; ok && slices.Equal(h.origins, origins) {
		return h
	}
	if len(c.handlers) >= maxCORSHandlers {
		clear(c.handlers) // rarer and simpler than telling which is the oldest: each is made anew in microseconds
	}
	h := &shopCORS{origins: origins, cors: cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type"},
		ExposedHeaders: []string{"Retry-After", "X-Request-Id"},
		MaxAge:         600,
		// No credentials: a shopper is proven by a token that the page itself must hold.
	})}
	c.handlers[shop.Key] = h
	return h
}
