package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/server/simulator/identity"
)

func contract(t *testing.T) openapi3.Schemas {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas
}

func follows(t *testing.T, schemas openapi3.Schemas, name string, value any) {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		t.Fatal(err)
	}
	if err := schemas[name].Value.VisitJSON(plain, openapi3.VisitAsRequest(), openapi3.MultiErrors()); err != nil {
		t.Errorf("%s: %v\n%s", name, err, raw)
	}
}

func TestTheSeedIsVariedAndBelievable(t *testing.T) {
	languages, currencies, open := map[string]bool{}, map[string]bool{}, 0
	for i, c := range Seed() {
		languages[c.Language] = true
		if c.State == "" {
			open++
		}
		for _, o := range c.Orders {
			currencies[o.Currency] = true
			if c.Customer == nil {
				t.Errorf("conversation %d has an order but no customer", i+1)
			}
		}
		if len(c.Lines) == 0 || c.Lines[0].By != "shopper" {
			t.Errorf("conversation %d does not begin with the shopper", i+1)
		}
		for _, l := range c.Lines {
			if !slices.Contains([]string{"shopper", "studio", "note"}, l.By) || strings.TrimSpace(l.Text) == "" {
				t.Errorf("conversation %d: line %+v", i+1, l)
			}
		}
	}
	if len(Seed()) < 12 || len(languages) < 6 || len(currencies) < 4 || open < 6 {
		t.Errorf("%d conversations, %d open, languages %v, currencies %v", len(Seed()), open, languages, currencies)
	}
	for _, lang := range []string{"ar", "de", "ja"} {
		if !languages[lang] {
			t.Errorf("nobody speaks %s", lang)
		}
	}
}

// studio is a server that takes what the contract allows and remembers it.
type studio struct {
	t        *testing.T
	schemas  openapi3.Schemas
	mu       sync.Mutex
	calls    []string
	failures int // requests to refuse with 503 first
}

func (s *studio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures > 0 {
		s.failures--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		s.t.Error(err)
	}
	shopper, plugin := "Bearer tgs_1", "Bearer tgk_1"
	type route struct {
		schema, credential string
		answer             object
	}
	routes := map[string]route{
		"POST /v1/shops/pk_1/sessions":                      {"NewSession", "", object{"token": "tgs_1", "shopper": object{"id": "shp_aaaaaaaaaaaaaaaaaaaaaaaaaa"}}},
		"POST /v1/shops/pk_1/shopper/identity":              {"IdentityProof", shopper, object{"shopper": object{"id": "shp_bbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
		"POST /v1/shops/shop_1/events":                      {"EventBatch", plugin, object{"results": []object{}}},
		"POST /v1/shops/pk_1/frames":                        {"ClientFrame", shopper, object{"type": "ack", "conversation": "cnv_1"}},
		"POST /v1/shops/shop_1/conversations/cnv_1/entries": {"NewEntry", plugin, object{"seq": 2}},
		"PATCH /v1/shops/shop_1/conversations/cnv_1":        {"ConversationPatch", plugin, object{}},
	}
	call := r.Method + " " + r.URL.Path
	got, ok := routes[call]
	if !ok || r.Header.Get("Authorization") != got.credential {
		s.t.Errorf("%s with %q", call, r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusNotFound)
		return
	}
	follows(s.t, s.schemas, got.schema, body)
	s.calls = append(s.calls, call)
	_ = json.NewEncoder(w).Encode(got.answer) // the player reads it or fails by itself
}

func TestPlayFollowsTheContractFromTheFirstSessionToTheLastTag(t *testing.T) {
	s := &studio{t: t, schemas: contract(t), failures: 1}
	server := httptest.NewServer(s)
	defer server.Close()
	options := PlayOptions{
		PublicURL: server.URL, ShopID: "shop_1", ShopKey: "pk_1", PluginKey: "tgk_1",
		Identity: identity.Secret{KID: "k", Secret: "s"}, ShopURL: "http://shop.localhost:1",
	}
	if err := Play(t.Context(), options, Seed()); err != nil {
		t.Fatal(err)
	}
	lines, people := 0, 0
	for _, c := range Seed() {
		lines += len(c.Lines)
		if c.Customer != nil {
			people++
		}
	}
	counts := map[string]int{}
	for _, call := range s.calls {
		counts[call]++
	}
	if got := counts["POST /v1/shops/pk_1/frames"] + counts["POST /v1/shops/shop_1/conversations/cnv_1/entries"]; got != lines {
		t.Errorf("%d lines were said, the seed has %d", got, lines)
	}
	if counts["POST /v1/shops/pk_1/sessions"] != len(Seed()) || counts["POST /v1/shops/pk_1/shopper/identity"] != people {
		t.Errorf("calls %v", counts)
	}
}

func TestPlayReportsWhatIsRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"code":"not_found"}`))
	}))
	defer server.Close()
	err := Play(t.Context(), PlayOptions{PublicURL: server.URL, ShopKey: "pk_1"}, Seed())
	if err == nil || !strings.Contains(err.Error(), "not_found") {
		t.Errorf("error %v", err)
	}
}

func TestPlayingTwiceAtOneTimePushesTheSameEvents(t *testing.T) {
	now := time.UnixMilli(1_795_289_656_123)
	for _, c := range Seed() {
		a, _ := json.Marshal(seedEvents{"", "shp_1", now}.of(c))
		b, _ := json.Marshal(seedEvents{"", "shp_1", now}.of(c))
		if string(a) != string(b) {
			t.Errorf("%s differs from %s", a, b)
		}
	}
}
