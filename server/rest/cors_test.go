package rest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOnlyPagesOfTheShopMayCallItsPaths(t *testing.T) {
	w := newWorld(t)
	const unread, sessions = "GET /v1/shops/{key}/shopper/unread", "POST /v1/shops/{key}/sessions"
	for origin, allowed := range map[string]bool{
		"https://marl.example":                   true,
		publicURL:                                true,
		"https://other.example":                  false, // another merchant's
		"https://evil.example":                   false,
		"null":                                   false,
		"file://":                                false,
		"*":                                      false,
		"http://marl.example":                    false,
		"https://marl.example:8443":              false,
		"https://marl.example:443":               false, // no browser writes the usual port
		"https://marl.example.":                  false,
		"https://marl.example/":                  false,
		"https://MARL.example":                   false,
		"https://evilmarl.example":               false,
		"https://marl.example.evil.example":      false,
		"https://a.marl.example":                 false,
		"https://user@marl.example":              false,
		"https://marl.example, https://evil.com": false,
		inboxURL:                                 false,
	} {
		for _, q := range []req{{as: "shopper", call: unread}, {call: sessions, body: "{}"}, {call: strings.Replace(unread, "GET", "OPTIONS", 1)}} {
			q.header = map[string]string{"Origin": origin}
			if strings.HasPrefix(q.call, "OPTIONS") {
				q.header["Access-Control-Request-Method"] = "GET"
				q.header["Access-Control-Request-Headers"] = "authorization"
			}
			a := w.do(q)
			acao := a.header.Get("Access-Control-Allow-Origin")
			if allowed && (a.status >= 300 || acao != origin) || !allowed && (a.status != 403 || acao != "") {
				t.Errorf("%s from %s: %d, allowed origin %q", q.call, origin, a.status, acao)
			}
			if a.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s from %s lets credentials in", q.call, origin)
			}
			if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s from %s: Vary is %q", q.call, origin, a.header.Values("Vary"))
			}
		}
	}
	if v := w.do(req{as: "shopper", call: unread}).want(200).header.Values("Vary"); !strings.Contains(strings.Join(v, ","), "Origin") {
		t.Errorf("without an Origin, Vary is %q", v)
	}
	twice := w.build(req{as: "shopper", call: unread})
	twice.Header["Origin"] = []string{"https://marl.example", "https://evil.example"}
	w.send(twice, unread).refused(403, "origin_not_allowed")
}

func TestAgentsPathsLetNoOtherOriginIn(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{"GET", "OPTIONS"} {
		a := w.do(req{as: "plugin", call: method + " /v1/shops/{shop}/orders", header: map[string]string{
			"Origin": "https://marl.example", "Access-Control-Request-Method": "GET",
		}})
		if h := a.header.Get("Access-Control-Allow-Origin"); h != "" {
			t.Errorf("%s: allowed origin %q", method, h)
		}
	}
}

func TestAShopsNewOriginsHoldAtOnce(t *testing.T) {
	w := newWorld(t)
	q := req{as: "shopper", call: "GET /v1/shops/{key}/shopper/unread", header: map[string]string{"Origin": "https://new.example"}}
	w.do(q).refused(403, "origin_not_allowed")
	w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}", body: `{"origins":["https://new.example"]}`}).want(200)
	w.do(q).want(200)
	q.header["Origin"] = "https://marl.example"
	w.do(q).refused(403, "origin_not_allowed")
}

func TestPreflightsThatAreMeantToHurt(t *testing.T) {
	w := newWorld(t)
	headers := map[string]string{"Origin": "https://marl.example", "Access-Control-Request-Method": "GET"}
	headers["Access-Control-Request-Headers"] = strings.Repeat(",", 100_000)
	begun := time.Now()
	a := w.do(req{call: "OPTIONS /v1/shops/{key}/shopper/unread", header: headers})
	if took := time.Since(begun); took > time.Second || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("100,000 commas took %v and gave %q", took, a.header.Get("Access-Control-Allow-Origin"))
	}
	headers["Access-Control-Request-Headers"] = "x-evil"
	if h := w.do(req{call: "OPTIONS /v1/shops/{key}/shopper/unread", header: headers}).header.Get("Access-Control-Allow-Headers"); h != "" {
		t.Errorf("a header that nobody needs is allowed: %q", h)
	}
	unknown := *w.a
	unknown.shop.Key = "pk_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	w.do(req{of: &unknown, call: "OPTIONS /v1/shops/{key}/shopper/unread", header: headers}).refused(404, "not_found")
	unknown.shop.Key = "pk_x/../../y"
	w.do(req{of: &unknown, call: "OPTIONS /v1/shops/{key}/shopper/unread", header: headers}).refused(404, "not_found")
}

func TestHandlersOfShopsAreBounded(t *testing.T) {
	c := &crossOrigin{public: publicURL, handlers: map[string]*shopCORS{}}
	w := newWorld(t)
	for i := range maxCORSHandlers + 10 {
		shop := w.a.shop
		shop.Key = fmt.Sprint(i)
		if h := c.handler(shop); h != c.handler(shop) {
			t.Fatal("a handler is made twice")
		}
	}
	if n := len(c.handlers); n > maxCORSHandlers {
		t.Errorf("%d handlers are kept", n)
	}
}

func TestCORSWrapsOtherRoomsPaths(t *testing.T) {
	w := newWorld(t)
	reached := 0
	h := w.door.Around(w.door.CORS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { reached++ })))
	for origin, want := range map[string]int{"https://marl.example": 1, "https://evil.example": 0, "": 1} {
		reached = 0
		r := w.build(req{as: "shopper", call: "POST /v1/shops/{key}/frames", body: "{}"})
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		h.ServeHTTP(nullWriter{http.Header{}}, r)
		if reached != want {
			t.Errorf("from %q the frame came through %d times, want %d", origin, reached, want)
		}
	}
}

type nullWriter struct{ h http.Header }

func (n nullWriter) Header() http.Header         { return n.h }
func (n nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (n nullWriter) WriteHeader(int)             {}
