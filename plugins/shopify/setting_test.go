package shopify_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// setting is the app between a Shopify and a Tagalong.
type setting struct {
	t       testing.TB
	app     *shopify.App
	server  *httptest.Server
	shopify *shopifytest.Shopify
	chat    *fakeTagalong
	store   *store.DB
	path    string
	log     *lockedBuffer
	clock   *clock
	browser *http.Client
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var started = time.Date(2026, 11, 21, 19, 34, 16, 0, time.UTC)

func start(t *testing.T, change ...func(*shopify.Options)) *setting {
	t.Helper()
	return startOn(t, filepath.Join(t.TempDir(), "app.db"), change...)
}

// inMemory is for tests of what is done, many times over, not of what is kept.
const inMemory = ":memory:"

func startOn(t testing.TB, path string, change ...func(*shopify.Options)) *setting {
	t.Helper()
	s := &setting{
		t: t, shopify: shopifytest.New(t), chat: startTagalong(t), clock: &clock{now: started}, log: &lockedBuffer{},
		path: path,
	}
	s.shopify.Now = s.clock.Now
	var front http.Handler
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { front.ServeHTTP(w, r) }))
	t.Cleanup(s.server.Close)
	s.app, s.store = s.another(change...)
	front = s.app
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

// another is an app on the same file, as another process would be.
func (s *setting) another(change ...func(*shopify.Options)) (*shopify.App, *store.DB) {
	s.t.Helper()
	seal, err := store.NewSealer(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, store.KeySize)))
	if err != nil {
		s.t.Fatal(err)
	}
	db, err := store.Open(s.t.Context(), s.path, seal)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = db.Close() })
	o := shopify.Options{
		URL: s.server.URL, ClientID: shopifytest.ClientID, Secrets: sign.Secrets{shopifytest.Secret, "the-old-secret"}, Chat: s.chat.URL, Store: db,
		Base: s.shopify.Base, Now: s.clock.Now, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	app, err := shopify.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return app, db
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (s *setting) get(path string) answer {
	s.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.server.URL + path
	}
	resp, err := s.browser.Get(path)
	return s.read(resp, err)
}

func (s *setting) post(path string, form url.Values) answer {
	s.t.Helper()
	resp, err := s.browser.PostForm(s.server.URL+path, form)
	return s.read(resp, err)
}

func (s *setting) read(resp *http.Response, err error) answer {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, string(raw)}
}

func (a answer) is(t testing.TB, what string, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s: %d %s", what, a.StatusCode, a.body)
	}
	return a
}

// open opens the app in the admin.
func (s *setting) open() answer {
	s.t.Helper()
	return s.get("/?" + shopifytest.OpenQuery(shopifytest.Shop, s.clock.Now()).Encode())
}

var connectLink = regexp.MustCompile(`href="([^"]*/connect/start[^"]*)"`)

// leave follows the page's button and gives the address at Tagalong.
func (s *setting) leave() *url.URL {
	s.t.Helper()
	link := connectLink.FindStringSubmatch(s.open().is(s.t, "open", http.StatusOK).body)
	if link == nil {
		s.t.Fatal("the page has no way to connect")
	}
	to, err := s.get(strings.ReplaceAll(link[1], "&amp;", "&")).is(s.t, "leave", http.StatusFound).Location()
	if err != nil {
		s.t.Fatal(err)
	}
	return to
}

// connect goes the whole way.
func (s *setting) connect() {
	s.t.Helper()
	to := s.leave()
	s.chat.do(func(f *fakeTagalong) { f.codes["tgc_1"] = to.Query().Get("code_challenge") })
	back := url.Values{"code": {"tgc_1"}, "state": {to.Query().Get("state")}}
	s.get("/connect/callback?"+back.Encode()).is(s.t, "come back", http.StatusFound)
}

// deliver sends a webhook until it is taken, and works the queue off.
func (s *setting) deliver(w shopifytest.Webhook) {
	s.t.Helper()
	s.send(w)
	s.work()
}

func (s *setting) send(w shopifytest.Webhook) {
	s.t.Helper()
	if w.Triggered.IsZero() {
		w.Triggered = s.clock.Now()
	}
	if status, _, err := w.Deliver(http.DefaultClient, s.server.URL+"/webhooks"); status != http.StatusOK || err != nil {
		s.t.Fatalf("%s: %d, %v", w.Topic, status, err)
	}
}

func (s *setting) work() int {
	s.t.Helper()
	n, err := s.app.Work(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *setting) installation() store.Installation {
	s.t.Helper()
	i, err := s.store.Installation(s.t.Context(), shopifytest.Shop)
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}

// pushed is the events so far.
func (s *setting) pushed() int {
	s.chat.mu.Lock()
	defer s.chat.mu.Unlock()
	return len(s.chat.events)
}
