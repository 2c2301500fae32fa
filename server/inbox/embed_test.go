package inbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tagalong-chat/tagalong/server/inbox"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		".keep":                   {},
		"index.html":              {Data: []byte("<!doctype html><title>Tagalong</title>")},
		"index.html.br":           {Data: []byte("index in brotli")},
		"index.html.gz":           {Data: []byte("index in gzip")},
		"favicon.svg":             {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		"assets/app-1a2b3c.js":    {Data: []byte("export{}")},
		"assets/app-1a2b3c.css":   {Data: []byte("body{}")},
		"assets/app-1a2b3c.js.br": {Data: []byte("app in brotli")},
	}
}

func handler(t *testing.T, dist fstest.MapFS) http.Handler {
	t.Helper()
	h, err := inbox.New(inbox.Options{
		InboxURL: "https://inbox.example",
		FilesURL: "https://files.example/files",
		Dist:     dist,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryRouteOfTheAppIsAnsweredWithTheApp(t *testing.T) {
	h := handler(t, built())
	for _, target := range []string{
		"/inbox/", "/inbox/mine", "/inbox/open/shop_a1/cnv_b2", "/inbox/settings/shops/shop_a1",
		"/inbox/settings/shops/shop_a1/webhooks/whk_b2", "/inbox/connect?name=Woo&return_url=https%3A%2F%2Fmarl.example%2F", "/inbox/register",
	} {
		response := get(t, h, target)
		if response.Code != http.StatusOK || !strings.Contains(response.Body.String(), "<title>Tagalong") {
			t.Errorf("%s: status %d, not the app", target, response.Code)
		}
		if got := response.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q: a new release would not be seen", target, got)
		}
	}
}

func TestHashedAssetsAreKeptForEver(t *testing.T) {
	response := get(t, handler(t, built()), "/inbox/assets/app-1a2b3c.css")
	if got := response.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := response.Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestTheEncodingIsTheBestThatTheClientTakes(t *testing.T) {
	h := handler(t, built())
	for _, c := range []struct{ accept, encoding, body string }{
		{"gzip, deflate, br", "br", "index in brotli"},
		{"gzip", "gzip", "index in gzip"},
		{"br;q=0, gzip;q=0.5", "gzip", "index in gzip"},
		{"*", "br", "index in brotli"},
		{"*, br;q=0", "gzip", "index in gzip"},
		{"identity", "", "<!doctype html><title>Tagalong</title>"},
		{"", "", "<!doctype html><title>Tagalong</title>"},
	} {
		response := get(t, h, "/inbox/", "Accept-Encoding", c.accept)
		if got := response.Header().Get("Content-Encoding"); got != c.encoding {
			t.Errorf("%q: Content-Encoding %q, want %q", c.accept, got, c.encoding)
		}
		if got := response.Body.String(); got != c.body {
			t.Errorf("%q: body %q, want %q", c.accept, got, c.body)
		}
		if response.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: no Vary", c.accept)
		}
	}
}

func TestAnUnchangedFileIsNotSentAgain(t *testing.T) {
	h := handler(t, built())
	for _, accept := range []string{"br", "gzip", "identity"} {
		first := get(t, h, "/inbox/", "Accept-Encoding", accept)
		again := get(t, h, "/inbox/", "Accept-Encoding", accept, "If-None-Match", first.Header().Get("ETag"))
		if again.Code != http.StatusNotModified {
			t.Errorf("%s: status %d, want 304", accept, again.Code)
		}
	}
	if get(t, h, "/inbox/", "Accept-Encoding", "br").Header().Get("ETag") ==
		get(t, h, "/inbox/", "Accept-Encoding", "gzip").Header().Get("ETag") {
		t.Error("two encodings share one strong ETag")
	}
}

func TestNothingOutsideTheBundleCanBeNamed(t *testing.T) {
	h := handler(t, built())
	for _, target := range []string{
		"/inbox/..%2fetc/passwd",
		"/inbox/%2e%2e/embed.go",
		"/inbox/%2e%2e%2fembed.go",
		"/inbox/../embed.go",
		"/inbox/..%5cembed.go",
		"/inbox/index.html%00.js",
		"/inbox/assets/..%2findex.html",
		"/inbox/assets/../index.html",
		"/inbox/assets%2fapp-1a2b3c.js",
		"/inbox/assets/",
		"/inbox/assets/gone-000000.js",
		"/inbox/.keep",
		"/inbox/embed.go",
		"/inbox/index.html.br",
		"/inbox/package.json",
		"/elsewhere",
	} {
		response := get(t, h, target)
		if response.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", target, response.Code)
		}
	}
}

func TestThePolicyForbidsWhatTheAppDoesNotDo(t *testing.T) {
	header := get(t, handler(t, built()), "/inbox/").Header()
	policy := header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'",
		"img-src 'self' blob: data: https://files.example;",
		"connect-src 'self' wss://inbox.example;",
		"frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is unsafe: %s", policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheAppLearnsTheNeighboursAddresses(t *testing.T) {
	h, err := inbox.New(inbox.Options{PublicURL: "https://chat.example", FilesURL: "https://files.example", Dist: built()})
	if err != nil {
		t.Fatal(err)
	}
	response := get(t, h, "/inbox/config.json")
	if got := response.Body.String(); got != `{"public_url":"https://chat.example","files_url":"https://files.example"}` {
		t.Errorf("config.json: %s", got)
	}
	if got := response.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestABinaryWithoutTheBundleSaysSo(t *testing.T) {
	response := get(t, handler(t, fstest.MapFS{".keep": {}}), "/inbox/")
	if response.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", response.Code)
	}
	if body := response.Body.String(); !strings.Contains(body, "built without the inbox") {
		t.Errorf("the answer does not say what is missing: %q", body)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/inbox/", nil)
	handler(t, built()).ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d, want 405", w.Code)
	}
}

func TestABadAddressIsRefusedAtTheStart(t *testing.T) {
	for _, o := range []inbox.Options{{FilesURL: "files.example"}, {InboxURL: "ftp://inbox.example"}} {
		if _, err := inbox.New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
