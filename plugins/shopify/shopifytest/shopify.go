package shopifytest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin/schema"
)

// What the app is known by here.
const (
	ClientID = "tagalong-test-client"
	Secret   = "hush-hush"
	Shop     = "lia.myshopify.com"
)

// Shopify is the other side. Its fields are set before it is used, or with [Shopify.Do].
type Shopify struct {
	// Now is its clock.
	Now func() time.Time
	// Version is what it answers as.
	Version string
	// Orders, Products and Customers are the shop's, in the form of the Admin API's answers, by their number.
	Orders    map[string]map[string]any
	Products  []map[string]any
	Customers map[string]map[string]any
	// Throttled makes so many of the next queries fail for want of budget.
	Throttled int
	// Down makes it answer 503.
	Down bool
	// Denied leaves out e-mail addresses, as for an app without approval for protected customer data.
	Denied bool
	// OldTokens makes it give tokens without an end, as it did for apps of old.
	OldTokens bool

	mu      sync.Mutex
	server  *httptest.Server
	schema  *ast.Schema
	tb      testing.TB
	access  map[string]time.Time // token → its end; zero: none
	refresh map[string]string    // refresh token → the access token that it came with
	used    map[string]bool
	count   int
	// Calls are the names of the operations and grants that it was asked for.
	Calls []string
	// Codes are the discount codes that were made; AppData what was written for the theme.
	Codes   []map[string]any
	AppData map[string]any
}

// New starts a Shopify for the time of the test.
func New(tb testing.TB) *Shopify {
	tb.Helper()
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: schema.SDL})
	if err != nil {
		tb.Fatal(err)
	}
	s := &Shopify{
		Now: time.Now, Version: "2026-07", schema: parsed, tb: tb, Orders: map[string]map[string]any{}, Customers: map[string]map[string]any{},
		access: map[string]time.Time{}, refresh: map[string]string{}, used: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{shop}/admin/oauth/access_token", s.token)
	mux.HandleFunc("POST /{shop}/admin/api/{version}/graphql.json", s.graphql)
	s.server = httptest.NewServer(mux)
	tb.Cleanup(s.server.Close)
	return s
}

// Base is the app's option: where a shop is.
func (s *Shopify) Base(shop string) string { return s.server.URL + "/" + shop }

// Do changes it while it is in use.
func (s *Shopify) Do(change func(*Shopify)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Count tells how often an operation or grant was asked for.
func (s *Shopify) Count(name string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.Calls {
		if c == name {
			n++
		}
	}
	return n
}

// Revoke ends all access tokens, as when the app is removed; refresh tokens too when all.
func (s *Shopify) Revoke(all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = map[string]time.Time{}
	if all {
		s.refresh = map[string]string{}
	}
}

func (s *Shopify) next(prefix string) string {
	s.count++
	return prefix + strconv.Itoa(s.count)
}
