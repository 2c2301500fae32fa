package attacks_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

func noCORS(t *testing.T, resp *http.Response, _ []byte) {
	t.Helper()
	if v := resp.Header.Get("Access-Control-Allow-Origin"); v != "" {
		t.Errorf("Access-Control-Allow-Origin is %q", v)
	}
	if v := strings.Join(resp.Header.Values("Vary"), ","); !strings.Contains(v, "Origin") {
		t.Errorf("Vary is %q", v)
	}
}

// B: loader, CORS, the HTTP layer.
func TestOriginsAndHosts(t *testing.T) {
	w := play(t)
	sessions := "/v1/shops/" + w.ShopKey + "/sessions"
	preflight := func(origin string, more ...string) map[string]string {
		return with(map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}, more...)
	}
	run(t, w, []attack{
		{name: "31 a foreign page's preflight", method: http.MethodOptions, path: sessions, header: preflight("https://evil.example"), status: 403, code: "origin_not_allowed", check: noCORS},
		{name: "31 a page without origin", method: http.MethodPost, path: sessions, header: map[string]string{"Origin": "null"}, body: "{}", status: 403, code: "origin_not_allowed", check: noCORS},
		{name: "31 the shop's name as a suffix", method: http.MethodOptions, path: sessions, header: preflight("http://evilshop.localhost:3000"), status: 403, check: noCORS},
		{name: "31 the shop under another scheme", method: http.MethodOptions, path: sessions, header: preflight("https://shop.localhost:3000"), status: 403, check: noCORS},
		{name: "31 the shop on another port", method: http.MethodOptions, path: sessions, header: preflight("http://shop.localhost:3001"), status: 403, check: noCORS},
		{
			name: "31 the shop's own page is let in, without credentials", method: http.MethodOptions, path: sessions, header: preflight(harness.ShopOrigin), status: 204,
			check: func(t *testing.T, resp *http.Response, _ []byte) {
				if resp.Header.Get("Access-Control-Allow-Origin") != harness.ShopOrigin || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("headers are %v", resp.Header)
				}
			},
		},
		{
			name: "31 agents' paths let no page in", path: "/v1/agent/me", host: "inbox", header: map[string]string{"Origin": "https://evil.example", "Cookie": w.agent.Cookie}, status: 403, code: "cross_origin",
			check: func(t *testing.T, resp *http.Response, _ []byte) {
				if v := resp.Header.Get("Access-Control-Allow-Origin"); v != "" {
					t.Errorf("Access-Control-Allow-Origin is %q", v)
				}
			},
		},
		{
			name: "32 a preflight of 100,000 commas", method: http.MethodOptions, path: sessions, status: 431,
			header: preflight(harness.ShopOrigin, "Access-Control-Request-Headers", strings.Repeat(",", 100_000)),
		},
		{name: "32 a preflight of 20,000 commas", method: http.MethodOptions, path: sessions, status: 403, header: preflight(harness.ShopOrigin, "Access-Control-Request-Headers", strings.Repeat(",", 20_000))},
		{name: "33 another host name", path: "/w/" + w.ShopKey + ".js", header: map[string]string{"Host": "evil.example"}, status: 421, code: "misdirected"},
		{
			name: "33 a forwarded host name", path: "/w/" + w.ShopKey + ".js", header: map[string]string{"X-Forwarded-Host": "evil.example"}, status: 200,
			check: func(t *testing.T, _ *http.Response, body []byte) {
				if strings.Contains(string(body), "evil.example") {
					t.Error("the loader names the forwarded host")
				}
			},
		},
		{name: "36 a header of 2 MB", path: "/v1/agent/me", header: map[string]string{"X-Junk": strings.Repeat("x", 2<<20)}, status: 431},
		{name: "36 cookies without end", path: "/v1/agent/me", host: "inbox", header: map[string]string{"Cookie": strings.Repeat("a=b; ", 100_000)}, status: 431},
		{name: "36 a form instead of JSON", method: http.MethodPost, path: sessions, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: "a=b", status: 415, code: "unsupported_media_type"},
		{name: "36 a body over its limit", method: http.MethodPost, path: sessions, body: `{"language":"` + strings.Repeat("x", 300<<10) + `"}`, status: 413, code: "too_large"},
		{name: "37 a way out of the static files", host: "inbox", path: "/inbox/..%2f..%2fgo.mod", status: 404},
		{name: "37 dots that are encoded", host: "inbox", path: "/inbox/%2e%2e/%2e%2e/etc/passwd", status: 404},
		{name: "37 a backslash", host: "inbox", path: `/inbox/..\..\go.mod`, status: 404},
		{name: "37 a NUL", host: "inbox", path: "/inbox/index.html%00.js", status: 404},
		{name: "37 a way out of the uploaded files", host: "files", path: "/files/..%2f..%2flink.key?exp=1&sig=x", status: 404},
		{name: "405 a method that is not there", method: http.MethodPut, path: "/v1/shops", host: "inbox", header: w.cookie(), body: "{}", status: 405, code: "method_not_allowed"},
		{name: "404 a path that is not there", path: "/v1/nothing", status: 404, code: "not_found"},
		{name: "404 the widget of an unknown shop", path: "/w/pk_aaaaaaaaaaaaaaaaaaaaaaaaaa.js", status: 404},
		{name: "metrics under a public name", path: "/metrics", status: 200}, // this test's peer is loopback; a foreign one is tested in app
	})
}

func TestThePanelMayBeFramedByTheShopAlone(t *testing.T) {
	w := play(t)
	run(t, w, []attack{
		{
			name: "38 the panel names the shop's pages", path: "/panel/" + w.ShopKey, status: 200,
			check: func(t *testing.T, resp *http.Response, _ []byte) {
				csp := resp.Header.Get("Content-Security-Policy")
				for _, want := range []string{"default-src 'none'", "frame-ancestors " + harness.ShopOrigin, "require-trusted-types-for 'script'", "base-uri 'none'"} {
					if !strings.Contains(csp, want) {
						t.Errorf("the policy lacks %q: %s", want, csp)
					}
				}
				if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "unsafe-eval") {
					t.Errorf("the policy is loose: %s", csp)
				}
			},
		},
		{
			name: "38 nobody frames the inbox", host: "inbox", path: "/inbox/", status: 200,
			check: func(t *testing.T, resp *http.Response, _ []byte) {
				if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
					t.Errorf("policy: %s", csp)
				}
			},
		},
	})
}

func TestSlowClientsAreLetGo(t *testing.T) {
	w := play(t)
	for name, begun := range map[string]string{
		"35 headers that never end": "GET /v1/agent/me HTTP/1.1\r\nHost: " + w.Host("chat") + "\r\nX-Slow: ",
		"35 a body that never comes": "POST /v1/shops/" + w.ShopKey + "/sessions HTTP/1.1\r\nHost: " + w.Host("chat") +
			"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"35 an upload that stops": "POST /v1/shops/" + w.ShopKey + "/shopper/attachments?name=a.txt HTTP/1.1\r\nHost: " + w.Host("chat") +
			"\r\nAuthorization: Bearer " + w.mara.Token + "\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nhello",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rawConn(t, w)
			defer func() { _ = c.Close() }()
			if _, err := c.Write([]byte(begun)); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_ = c.SetReadDeadline(start.Add(30 * time.Second))
			answer, err := io.ReadAll(c)
			if took := time.Since(start); took > 20*time.Second || os.IsTimeout(err) {
				t.Fatalf("the connection was held for %v: %s", took, answer)
			}
			if bytes.HasPrefix(answer, []byte("HTTP/1.1 2")) {
				t.Fatalf("it was answered: %s", answer)
			}
		})
	}
}

// 35: connections that do nothing are no burden to those that do.
func TestIdleConnections(t *testing.T) {
	w := play(t)
	for range 1000 {
		c := rawConn(t, w)
		t.Cleanup(func() { _ = c.Close() })
		if _, err := c.Write([]byte("GET /healthz HTTP/1.1\r\nHost: " + w.Host("chat") + "\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		start := time.Now()
		resp, _, err := attack{path: "/v1/shops/" + w.Shop + "/conversations", header: w.plugin()}.send(w)
		if err != nil || resp.StatusCode != http.StatusOK || time.Since(start) > 2*time.Second {
			t.Fatalf("beside 1,000 idle connections a request took %v: %v", time.Since(start), err)
		}
	}
}

// 32: a preflight that is long to look through costs nothing.
func TestALongPreflightIsCheap(t *testing.T) {
	w := play(t)
	a := attack{method: http.MethodOptions, path: "/v1/shops/" + w.ShopKey + "/sessions", header: map[string]string{
		"Origin": harness.ShopOrigin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": strings.Repeat(",", 30_000),
	}}
	start := time.Now()
	for range 100 {
		if _, _, err := a.send(w); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Fatalf("100 of them took %v", took)
	}
}

// E: strict JSON.
func TestStrictJSON(t *testing.T) {
	w := play(t)
	to := "/v1/shops/" + w.Shop + "/conversations/" + w.conversation + "/entries"
	post := func(name, body string, status int, code string) attack {
		return attack{name: name, method: http.MethodPost, path: to, header: w.plugin(), body: body, status: status, code: code}
	}
	run(t, w, []attack{
		post("no JSON", "hello", 400, "bad_json"),
		post("two values", `{"client_id":"x","kind":"message","message":{"text":"a"}}{}`, 400, "bad_json"),
		post("a key twice", `{"client_id":"x","client_id":"y","kind":"message","message":{"text":"a"}}`, 400, "bad_json"),
		post("a key in another case", `{"Client_ID":"x","kind":"message","message":{"text":"a"}}`, 400, "unknown_field"),
		post("an unknown field", `{"client_id":"x","kind":"message","message":{"text":"a"},"seq":1}`, 400, "unknown_field"),
		post("an unknown field inside", `{"client_id":"x","kind":"message","message":{"text":"a","html":"<b>"}}`, 400, "unknown_field"),
		post("invalid UTF-8", "{\"client_id\":\"x\",\"message\":{\"text\":\"a\xff\"}}", 400, "bad_json"),
		post("depth 9,999", strings.Repeat("[", 9999), 400, "bad_json"),
		post("a number for a text", `{"client_id":"x","kind":"message","message":{"text":7}}`, 422, "invalid"),
		post("45 an empty text", `{"client_id":"x","kind":"message","message":{"text":"  \n "}}`, 422, "bad_text"),
		post("45 8,001 characters", `{"client_id":"x","kind":"message","message":{"text":"`+strings.Repeat("x", 8001)+`"}}`, 422, "too_long"),
		post("45 10,000 emoji", `{"client_id":"x","kind":"message","message":{"text":"`+strings.Repeat("🦊", 10000)+`"}}`, 422, "too_long"),
		post("41 a script as a card's link", `{"client_id":"x","kind":"message","message":{"cards":[{"title":"a","url":"javascript:alert(1)"}]}}`, 422, "invalid"),
		{name: "57 a body that is packed", method: http.MethodPost, path: to, header: with(w.plugin(), "Content-Encoding", "gzip"), body: "\x1f\x8b", status: 415, code: "unsupported_encoding"},
	})
}

// E: credentials and queries.
func TestCredentialsAndQueries(t *testing.T) {
	w := play(t)
	list := "/v1/shops/" + w.Shop + "/conversations"
	run(t, w, []attack{
		{name: "no credential", path: list, status: 401, code: "unauthenticated"},
		{name: "54 a key in the query", path: list + "?key=" + w.PluginKey, status: 401},
		{name: "54 an unknown key", path: list, header: map[string]string{"Authorization": "Bearer tgk_" + strings.Repeat("a", 52)}, status: 401},
		{name: "54 a key on another shop", path: "/v1/shops/" + w.otherShop.ID + "/conversations", header: w.plugin(), status: 404, code: "not_found"},
		{name: "54 a key on no shop", path: "/v1/shops/shop_aaaaaaaaaaaaaaaaaaaaaaaaaa/conversations", header: w.plugin(), status: 404, code: "not_found"},
		{name: "a key on agents' paths", path: "/v1/agents", header: w.plugin(), status: 401},
		{name: "a shopper's token on agents' paths", path: list, header: w.shopper(w.mara), status: 401},
		{name: "an agent's cookie on the public host", path: "/v1/agent/me", header: map[string]string{"Cookie": w.agent.Cookie}, status: 401},
		{name: "59 a sort that is SQL", path: list + "?sort=id%3Bdrop", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a limit of 10^9", path: list + "?limit=1000000000", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a cursor of one's own", path: list + "?cursor=eyJhIjoxfQ", header: w.plugin(), status: 400, code: "bad_cursor"},
		{name: "59 a state that is not there", path: list + "?state=burning", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a limit that is no number", path: list + "?limit=ten", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a limit below zero", path: list + "?limit=-1", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a limit twice", path: list + "?limit=1&limit=2", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a parameter that is not there", path: list + "?filter%5Bid%5D=1", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 half an escape", path: list + "?cursor=%zz", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a cursor below zero", path: list + "/" + w.conversation + "/entries?after=-1", header: w.plugin(), status: 400, code: "bad_cursor"},
		{name: "59 a cursor that is a text", path: list + "/" + w.conversation + "/entries?before=x", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "59 a cursor of 2^63", path: list + "/" + w.conversation + "/entries?after=9223372036854775808", header: w.plugin(), status: 400, code: "bad_query"},
		{name: "62 a multipart body", method: http.MethodPost, path: list + "/" + w.conversation + "/entries", header: with(w.plugin(), "Content-Type", "multipart/form-data; boundary=x"), body: "--x\r\nContent-Disposition: form-data; name=client_id\r\n\r\n{\r\n--x--", status: 415, code: "unsupported_media_type"},
		{name: "62 an id that is a path", path: list + "/..%2f..%2fagents", header: w.plugin(), status: 404, code: "not_found"},
		{name: "62 an id with a NUL", path: list + "/cnv_%00", header: w.plugin(), status: 404, code: "not_found"},
		{name: "62 an order's id without end", path: "/v1/shops/" + w.Shop + "/orders/" + strings.Repeat("9", 5000), header: w.plugin(), status: 404, code: "not_found"},
		{name: "9 an authorization of 1 MiB of dots", path: list, header: map[string]string{"Authorization": "Bearer " + strings.Repeat(".", 1<<20)}, status: 431},
		{name: "9 an authorization of 16 KiB of dots", path: list, header: map[string]string{"Authorization": "Bearer " + strings.Repeat(".", 16<<10)}, status: 401},
		{name: "13 another shopper's conversation", path: "/v1/shops/" + w.ShopKey + "/shopper/conversations/" + w.conversation + "/entries", header: w.shopper(w.eve), status: 404, code: "not_found"},
		{name: "13 a conversation that is not there", path: "/v1/shops/" + w.ShopKey + "/shopper/conversations/cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa/entries", header: w.shopper(w.eve), status: 404, code: "not_found"},
		{name: "6 a token on another shop", path: "/v1/shops/" + w.otherShop.Key + "/shopper/unread", header: w.shopper(w.mara), status: 401, code: "token_wrong_shop"},
	})
}

func TestUnknownAndForeignLookTheSame(t *testing.T) {
	w := play(t)
	body := func(path string) string {
		_, b, err := attack{path: path, header: w.plugin()}.send(w)
		if err != nil {
			t.Fatal(err)
		}
		s, _, _ := strings.Cut(string(b), `"request_id"`)
		return s
	}
	foreign := body("/v1/shops/" + w.otherShop.ID + "/conversations")
	unknown := body("/v1/shops/shop_aaaaaaaaaaaaaaaaaaaaaaaaaa/conversations")
	if foreign != unknown {
		t.Fatalf("they differ:\n%s\n%s", foreign, unknown)
	}
}

// The last test of the package by name order is not guaranteed, so each door's tests end by asking whether the server lives.
func TestZServerIsAlive(t *testing.T) {
	w := play(t)
	resp, err := client.Get(w.URL("chat", "/readyz"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if log := w.Log(); strings.Contains(log, "panic") {
		t.Fatalf("something panicked:\n%s", log)
	}
}
