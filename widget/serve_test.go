package widget

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// builtFiles are small stand-ins for what npm builds, so that these tests need no Node.
func builtFiles() fstest.MapFS {
	return fstest.MapFS{
		"loader.js": {Data: []byte("start(TAGALONG_CONFIG)")},
		"panel.html": {Data: []byte(`<html lang="{{LANG}}" dir="{{DIR}}"><title>{{TITLE}}</title><style>a{}</style>` +
			`<script type="application/json" id="messages">{{MESSAGES}}</script>` +
			`<script type="application/json" id="site">{{SITE}}</script><script>run()</script></html>`)},
		"hashes.json": {Data: []byte(`{"script":"sha256-SCRIPT","style":"sha256-STYLE","more":{` +
			`"en":{"handoff":"en.H1.js","orders":"en.O1.js"},"ar":{"handoff":"ar.H1.js","orders":"ar.O1.js"}}}`)},
		"more/en.H1.js":       {Data: []byte("more()")},
		"more/ar.H1.js":       {Data: []byte("المزيد()")},
		"more/en.O1.js":       {Data: []byte("orders()")},
		"more/ar.O1.js":       {Data: []byte("الطلبات()")},
		"locales/loader.json": {Data: []byte(`{"en":{"open":"Open"},"ar":{"open":"افتح"}}`)},
		"locales/en.json":     {Data: []byte(`{"0":"Hello </script><script>alert(1)</script>"}`)},
		"locales/ar.json":     {Data: []byte(`{"0":"أهلا"}`)},
	}
}

const evil = `</script><script>alert("x")</script><img src=x onerror=alert(1)>{{MESSAGES}}` + "\u2028"

func testSite() Site {
	return Site{
		Key: "pk_one", Name: evil, Language: "en", Languages: []string{"ar", "xx"}, Color: "#A8482A", Side: "start",
		Origins:       []string{"https://shop.example", "https://shop.example; script-src *", "http://shop.localhost:8080", "*"},
		EditorOrigins: []string{"https://admin.editor.example"},
		Greeting:      map[string]string{"en": evil, "ar": "مرحبا"},
		OfflineText:   map[string]string{"en": "Back tomorrow"},
	}
}

func newHandler(t *testing.T, files fs.FS) *Handler {
	t.Helper()
	h, err := New(Options{
		PublicURL: "http://chat.localhost:8443", FilesURL: "http://files.localhost:8443",
		Lookup: func(_ context.Context, key string) (Site, error) {
			switch key {
			case "pk_one":
				return testSite(), nil
			case "pk_down":
				return Site{}, errors.New("the store is away")
			}
			return Site{}, ErrUnknown
		},
		Log:   slog.New(slog.DiscardHandler),
		files: files,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://evil.example"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheLoaderCarriesTheShopsConfiguration(t *testing.T) {
	r := get(t, newHandler(t, builtFiles()), "/w/pk_one.js")
	body := r.Body.String()
	if r.Code != http.StatusOK || r.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Fatalf("got %d %q", r.Code, r.Header().Get("Content-Type"))
	}
	if got := r.Header().Get("Cache-Control"); got != "public, max-age=300, stale-while-revalidate=86400" {
		t.Errorf("Cache-Control: %q", got)
	}
	for _, h := range []string{"Access-Control-Allow-Origin", "Set-Cookie"} {
		if r.Header().Get(h) != "" {
			t.Errorf("%s must not be there", h)
		}
	}
	raw := strings.TrimSuffix(strings.TrimPrefix(body, "start("), ")")
	var got struct {
		Key, Name, URL, Side string
		Languages            []string
		Paint                [2]string
		Strings              map[string]map[string]string
	}
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatalf("the configuration is not JSON: %v\n%s", err, raw)
	}
	if got.Name != evil || got.URL != "http://chat.localhost:8443" || got.Side != "start" {
		t.Errorf("got %+v", got)
	}
	if strings.Join(got.Languages, " ") != "en ar" {
		t.Errorf("languages: %v: those that we have, the default one first", got.Languages)
	}
	if got.Strings["ar"]["open"] == "" || got.Paint[0] != "#a8482a" || got.Paint[1] != "#ffffff" {
		t.Errorf("strings %v, paint %v", got.Strings, got.Paint)
	}
}

func TestWhatAShopWritesStaysText(t *testing.T) {
	h := newHandler(t, builtFiles())
	for _, path := range []string{"/w/pk_one.js", "/panel/pk_one", "/panel/pk_one?lang=ar", "/c/pk_one"} {
		body := get(t, h, path).Body.String()
		for _, bad := range []string{"<img", "</script><script>alert"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		// In a script a line separator would end the line; in a title it is a character.
		if strings.HasPrefix(path, "/w/") && strings.Contains(body, "\u2028") {
			t.Errorf("%s holds a line separator", path)
		}
		if strings.Count(body, "<script>") > 1 {
			t.Errorf("%s has a second script", path)
		}
	}
}

func TestTheRequestsHostIsNeverRepeated(t *testing.T) {
	h := newHandler(t, builtFiles())
	for _, path := range []string{"/w/pk_one.js", "/panel/pk_one", "/c/pk_one", "/w/pk_none.js"} {
		r := get(t, h, path, "X-Forwarded-Host", "evil.example")
		if body := r.Body.String(); strings.Contains(body, "evil.example") {
			t.Errorf("%s repeats the Host in its body", path)
		}
		for name, values := range r.Header() {
			if strings.Contains(strings.Join(values, " "), "evil.example") {
				t.Errorf("%s repeats the Host in %s", path, name)
			}
		}
	}
}

func TestThePanelsPolicyIsClosed(t *testing.T) {
	h := newHandler(t, builtFiles())
	r := get(t, h, "/panel/pk_one?lang=ar")
	want := []string{
		"default-src 'none'",
		"script-src 'sha256-SCRIPT' http://chat.localhost:8443/panel/ar.H1.js http://chat.localhost:8443/panel/ar.O1.js",
		"style-src 'sha256-STYLE'",
		"connect-src 'self' ws://chat.localhost:8443",
		"img-src 'self' https: blob: data: http://files.localhost:8443 http://shop.localhost:8080",
		"media-src 'self' blob:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors https://shop.example http://shop.localhost:8080 https://admin.editor.example",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}
	if got := r.Header().Get("Content-Security-Policy"); got != strings.Join(want, "; ") {
		t.Errorf("policy:\n%s\nwant\n%s", got, strings.Join(want, "; "))
	}
	body := r.Body.String()
	if !strings.Contains(body, `lang="ar" dir="rtl"`) || !strings.Contains(body, "مرحبا") {
		t.Errorf("the Arabic document: %s", body)
	}
	hosted := get(t, h, "/c/pk_one").Header().Get("Content-Security-Policy")
	if !strings.Contains(hosted, "frame-ancestors 'none'") {
		t.Errorf("the hosted page may be framed: %s", hosted)
	}
}

func TestThePanelsLaterPartsAreServedUnderTheirHashes(t *testing.T) {
	h := newHandler(t, builtFiles())
	for name, want := range map[string]string{"en.H1.js": "more()", "ar.O1.js": "الطلبات()"} {
		r := get(t, h, "/panel/"+name)
		if r.Code != http.StatusOK || r.Body.String() != want || r.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: got %d %q %q", name, r.Code, r.Header().Get("Content-Type"), r.Body.String())
		}
		if got := r.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control: %q", name, got)
		}
	}
	for _, name := range []string{"en.H0.js", "pk_one.js", ".js"} {
		if r := get(t, h, "/panel/"+name); r.Code != http.StatusNotFound {
			t.Errorf("%s: got %d: another build's part does not fit", name, r.Code)
		}
	}
	if r := get(t, newHandler(t, fstest.MapFS{".keep": {}}), "/panel/en.H1.js"); r.Code != http.StatusNotFound {
		t.Errorf("without bundles: got %d", r.Code)
	}
}

func TestThePanelLearnsHowConversationsGoAlong(t *testing.T) {
	site := testSite()
	site.Handoff = Handoff{
		OfferOnLeave: true, Version: "2026-11", Wording: map[string]string{"en": "Write to me" + evil, "ar": "راسلوني"},
		Channels: []HandoffChannel{
			{Channel: "whatsapp", Link: true, Ask: true, Label: map[string]string{"en": evil}},
			{Channel: "email", Ask: true, Label: map[string]string{"en": "By e-mail", "ar": "بالبريد"}},
		},
	}
	h, err := New(Options{
		PublicURL: "http://chat.localhost:8443", files: builtFiles(),
		Lookup: func(context.Context, string) (Site, error) { return site, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	type config struct {
		More    map[string]string
		Orders  bool
		Handoff *handoffConfig
	}
	configOf := func(path string) (c config) {
		t.Helper()
		body := get(t, h, path).Body.String()
		_, rest, _ := strings.Cut(body, `id="site">`)
		raw, _, _ := strings.Cut(rest, "</script>")
		if err := json.Unmarshal([]byte(raw), &c); err != nil {
			t.Fatalf("%s: %v: %s", path, err, raw)
		}
		return c
	}
	got := configOf("/panel/pk_one?lang=ar")
	parts := map[string]string{"handoff": "/panel/ar.H1.js", "orders": "/panel/ar.O1.js"}
	if !reflect.DeepEqual(got.More, parts) || !got.Orders || got.Handoff == nil {
		t.Fatalf("got %+v", got)
	}
	want := handoffConfig{OfferOnLeave: true, Version: "2026-11", Wording: "راسلوني", Channels: []channelConfig{
		{Channel: "whatsapp", Label: evil, Link: true, Ask: true}, {Channel: "email", Label: "بالبريد", Ask: true},
	}}
	if !reflect.DeepEqual(*got.Handoff, want) {
		t.Errorf("got %+v\nwant %+v", *got.Handoff, want)
	}
	site.Handoff.Channels, site.HideOrders = nil, true
	if got := configOf("/c/pk_one"); got.Handoff != nil || got.Orders {
		t.Errorf("a shop without channels that hides its orders offers %+v", got)
	}
}

func TestALanguageThatTheShopDoesNotOfferIsItsDefault(t *testing.T) {
	h := newHandler(t, builtFiles())
	for _, lang := range []string{"", "xx", "de", "<script>"} {
		if body := get(t, h, "/panel/pk_one?lang="+strings.ReplaceAll(lang, "<", "%3C")).Body.String(); !strings.Contains(body, `lang="en" dir="ltr"`) {
			t.Errorf("lang=%q: %s", lang, body[:60])
		}
	}
}

func TestAnUnknownKeyIsNotFound(t *testing.T) {
	h := newHandler(t, builtFiles())
	for _, path := range []string{"/w/pk_none.js", "/w/pk_one", "/panel/pk_none", "/c/pk_none", "/w/"} {
		if r := get(t, h, path); r.Code != http.StatusNotFound {
			t.Errorf("%s: got %d", path, r.Code)
		}
	}
}

func TestAStoreThatIsAwayIsSaidSoAndNotCached(t *testing.T) {
	r := get(t, newHandler(t, builtFiles()), "/w/pk_down.js")
	if r.Code != http.StatusServiceUnavailable || r.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %q", r.Code, r.Header().Get("Cache-Control"))
	}
	if body := r.Body.String(); strings.Contains(body, "the store is away") {
		t.Errorf("the reason is for the log: %s", body)
	}
}

func TestADocumentIsSentOncePerVersion(t *testing.T) {
	h := newHandler(t, builtFiles())
	for _, encoding := range []string{"", "gzip, br", "gzip;q=0"} {
		first := get(t, h, "/panel/pk_one", "Accept-Encoding", encoding)
		etag := first.Header().Get("ETag")
		again := get(t, h, "/panel/pk_one", "Accept-Encoding", encoding, "If-None-Match", `"other", W/`+etag)
		if again.Code != http.StatusNotModified || again.Body.String() != "" {
			t.Errorf("%q: got %d for its own ETag %s", encoding, again.Code, etag)
		}
		if again.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%q: an answer from the cache must renew the policy", encoding)
		}
	}
	if n := len(h.ready); n != 1 {
		t.Errorf("%d documents were made for one configuration", n)
	}
	head := httptest.NewRecorder()
	h.ServeHTTP(head, httptest.NewRequest(http.MethodHead, "/w/pk_one.js", nil))
	if head.Code != http.StatusOK || head.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", head.Code, head.Body.Len())
	}
}

func TestGzipHoldsTheSameDocument(t *testing.T) {
	h := newHandler(t, builtFiles())
	plain := get(t, h, "/w/pk_one.js")
	small := get(t, h, "/w/pk_one.js", "Accept-Encoding", "br, gzip")
	if small.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("ETag") == small.Header().Get("ETag") {
		t.Fatalf("encoding %q, tags %s %s", small.Header().Get("Content-Encoding"), plain.Header().Get("ETag"), small.Header().Get("ETag"))
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || string(got) != plain.Body.String() {
		t.Errorf("the gzip body differs: %v", err)
	}
}

func TestDocumentsKeptReadyAreBounded(t *testing.T) {
	h := newHandler(t, builtFiles())
	for i := range maxReady + 10 {
		if _, err := h.fill("x", []byte{byte(i), byte(i >> 8)}, func() string { return "body" }); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.ready) > maxReady {
		t.Errorf("%d documents are kept", len(h.ready))
	}
}

func TestABuildWithoutBundlesSaysSo(t *testing.T) {
	h := newHandler(t, fstest.MapFS{".keep": {}})
	if h.Built() {
		t.Fatal("Built is true without bundles")
	}
	r := get(t, h, "/w/pk_one.js")
	if body := r.Body.String(); r.Code != http.StatusServiceUnavailable || !strings.Contains(body, "make web") {
		t.Errorf("got %d %q", r.Code, body)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	lookup := func(context.Context, string) (Site, error) { return Site{}, ErrUnknown }
	for name, o := range map[string]Options{
		"no public URL":      {Lookup: lookup},
		"a path only":        {Lookup: lookup, PublicURL: "/chat"},
		"another scheme":     {Lookup: lookup, PublicURL: "ftp://chat.example"},
		"no lookup":          {PublicURL: "https://chat.example"},
		"a loader unlike us": {Lookup: lookup, PublicURL: "https://chat.example", files: fstest.MapFS{"loader.js": {Data: []byte("x")}, "panel.html": {}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestTheBuiltBundleIsWhole looks at what npm made, where it has been run: the policy's hashes must be those of the
// document, or the browser would refuse both.
func TestTheBuiltBundleIsWhole(t *testing.T) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	b, err := readBundle(sub)
	if errors.Is(err, ErrNotBuilt) {
		t.Skip("the web bundles are not built here")
	}
	if err != nil {
		t.Fatal(err)
	}
	script := b.panel[strings.LastIndex(b.panel, "<script>")+len("<script>") : strings.LastIndex(b.panel, "</script>")]
	style := b.panel[strings.Index(b.panel, "<style>")+len("<style>") : strings.Index(b.panel, "</style>")]
	for name, pair := range map[string][2]string{"script": {script, b.script}, "style": {style, b.style}} {
		sum := sha256.Sum256([]byte(pair[0]))
		if want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); pair[1] != want {
			t.Errorf("%s: hash %s, want %s", name, pair[1], want)
		}
	}
	for _, mark := range []string{"{{LANG}}", "{{DIR}}", "{{TITLE}}", "{{MESSAGES}}", "{{SITE}}"} {
		if strings.Count(b.panel, mark) != 1 {
			t.Errorf("the document holds %s %d times", mark, strings.Count(b.panel, mark))
		}
		if strings.Contains(script, mark) || strings.Contains(style, mark) {
			t.Errorf("%s stands where its hash is fixed", mark)
		}
	}
}
