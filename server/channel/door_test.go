package channel_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// pigeons are a provider that signs as Meta does, over the bytes as they came.
type pigeons struct{}

const signature = "X-Pigeon-Signature"

func (pigeons) Name() chat.Provider { return "pigeons" }
func (pigeons) MaxBody() int64      { return 1 << 20 }

func (pigeons) Handshake(r *http.Request, app chat.ProviderApp) (body string, ok, isHandshake bool) {
	q := r.URL.Query()
	return q.Get("say"), q.Get("token") == app.VerifyToken, q.Has("say")
}

func (pigeons) Verify(h http.Header, body []byte, secrets []string) bool {
	given := h.Values(signature)
	if len(given) != 1 {
		return false
	}
	mac, err := hex.DecodeString(given[0])
	return err == nil && slices.ContainsFunc(secrets, func(s string) bool { return hmac.Equal(mac, sum(s, body)) })
}

func (pigeons) Parse(body []byte) ([]chat.Inbound, error) {
	switch string(body) {
	case "panic":
		panic("a pigeon fell")
	case "junk":
		return nil, errors.New("not a letter")
	}
	return []chat.Inbound{{Kind: chat.InboundMessage, Channel: "pigeon", ID: string(body)}}, nil
}

func sum(secret string, body []byte) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return m.Sum(nil)
}

func signed(secret string, body []byte) string { return hex.EncodeToString(sum(secret, body)) }

// webhooks is a small store of apps and bodies.
type webhooks struct {
	mu     sync.Mutex
	apps   map[chat.ProviderAppID]chat.ProviderApp
	asked  int
	kept   []chat.Raw
	broken error
}

func (s *webhooks) ProviderAppByID(_ context.Context, id chat.ProviderAppID) (chat.ProviderApp, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	a, ok := s.apps[id]
	if !ok {
		return a, chat.ErrNotFound
	}
	return a, nil
}

func (s *webhooks) KeepRaw(_ context.Context, r chat.Raw) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return false, s.broken
	}
	for _, k := range s.kept {
		if k.App == r.App && k.Hash == r.Hash {
			return false, nil
		}
	}
	s.kept = append(s.kept, r)
	return true, nil
}

func (s *webhooks) change(id chat.ProviderAppID, change func(*chat.ProviderApp)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[id]
	change(&a)
	s.apps[id] = a
}

const (
	ourApp     = chat.ProviderAppID("app_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	noSecret   = chat.ProviderAppID("app_bbbbbbbbbbbbbbbbbbbbbbbbbb")
	foreignApp = chat.ProviderAppID("app_cccccccccccccccccccccccccc")
	secret     = "coo"
	hook       = "/hooks/pigeons/" + string(ourApp)
)

type world struct {
	t     testing.TB
	store *webhooks
	door  *channel.Door
	woken int
	now   time.Time
}

func newWorld(t testing.TB, options ...func(*channel.DoorOptions)) *world {
	w := &world{t: t, now: time.Unix(1_790_000_000, 0), store: &webhooks{apps: map[chat.ProviderAppID]chat.ProviderApp{
		ourApp:     {ID: ourApp, Merchant: "mer_x", Provider: "pigeons", VerifyToken: "open", Secrets: []string{secret, "caw"}},
		noSecret:   {ID: noSecret, Merchant: "mer_x", Provider: "pigeons", Secrets: []string{""}},
		foreignApp: {ID: foreignApp, Merchant: "mer_x", Provider: "swallows", Secrets: []string{secret}},
	}}}
	o := channel.DoorOptions{
		Store: w.store, Providers: []channel.Provider{pigeons{}}, Problem: problem,
		Wake: func() { w.woken++ }, Now: func() time.Time { return w.now },
	}
	for _, set := range options {
		set(&o)
	}
	w.door = channel.NewDoor(o)
	return w
}

func problem(w http.ResponseWriter, _ *http.Request, err error) {
	p := wire.Problem(err, "req_x")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(int(p.Status))
	_ = json.NewEncoder(w).Encode(p)
}

// do sends a request and gives its status and, of a problem, the code.
func (w *world) do(r *http.Request) (status int, code string) {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.door.ServeHTTP(rec, r)
	var p struct{ Code string }
	if rec.Header().Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
			w.t.Fatal(err)
		}
	}
	return rec.Code, p.Code
}

func post(path, body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func TestAWebhookIsKeptAsItCameOnceHoweverOftenItComes(t *testing.T) {
	w := newWorld(t)
	body := `{"text":"\u00e4 \/ \u003C"}`
	for range 50 {
		if status, _ := w.do(post(hook, body, signature, signed(secret, []byte(body)))); status != 200 {
			t.Fatalf("answered %d", status)
		}
	}
	if len(w.store.kept) != 1 || w.woken != 1 {
		t.Fatalf("kept %d, woke the worker %d times", len(w.store.kept), w.woken)
	}
	r := w.store.kept[0]
	if string(r.Body) != body || r.Hash != sha256.Sum256([]byte(body)) || r.App != ourApp || r.Merchant != "mer_x" || r.State != chat.RawPending ||
		r.At != chat.At(w.now) || !chat.ValidID(chat.PrefixRaw, string(r.ID)) {
		t.Errorf("kept %+v", r)
	}
	m := &w.door.Metrics
	if m.Received.Load() != 50 || m.Kept.Load() != 1 || m.Repeated.Load() != 49 {
		t.Errorf("counted %d received, %d kept, %d repeated", m.Received.Load(), m.Kept.Load(), m.Repeated.Load())
	}
	if w.store.asked != 1 {
		t.Errorf("asked for the app %d times within a moment", w.store.asked)
	}
}

func TestWhatIsNotSignedIsRefusedAndLeavesNothing(t *testing.T) {
	w := newWorld(t)
	body := `{"a":"\u00e4"}`
	good := signed(secret, []byte(body))
	for name, r := range map[string]*http.Request{
		"no signature":             post(hook, body),
		"an empty one":             post(hook, body, signature, ""),
		"a wrong one":              post(hook, body, signature, signed("other", []byte(body))),
		"a truncated one":          post(hook, body, signature, good[:62]),
		"one with more behind":     post(hook, body, signature, good+"00"),
		"two signatures":           post(hook, body, signature, good, signature, good),
		"two in one":               post(hook, body, signature, good+","+good),
		"a body written anew":      post(hook, `{"a":"ä"}`, signature, good),
		"a body with a line end":   post(hook, body+"\n", signature, good),
		"an empty secret's":        post("/hooks/pigeons/"+string(noSecret), body, signature, signed("", []byte(body))),
		"an app without a secret":  post("/hooks/pigeons/"+string(noSecret), body, signature, good),
		"a signature in the query": post(hook+"?"+signature+"="+good, body),
	} {
		if status, code := w.do(r); status != 401 || code != "bad_signature" {
			t.Errorf("%s: %d %s", name, status, code)
		}
	}
	if len(w.store.kept) != 0 || w.woken != 0 {
		t.Errorf("kept %d", len(w.store.kept))
	}
	if n := w.door.Metrics.Refused.Load(); n != 12 {
		t.Errorf("counted %d refused", n)
	}
}

func TestEitherOfAnAppsSecretsSignsAndARotatedOneCountsWithinSeconds(t *testing.T) {
	w := newWorld(t)
	try := func(by, body string) int {
		status, _ := w.do(post(hook, body, signature, signed(by, []byte(body))))
		return status
	}
	if a, b := try(secret, "1"), try("caw", "2"); a != 200 || b != 200 {
		t.Errorf("answered %d and %d", a, b)
	}
	w.store.change(ourApp, func(a *chat.ProviderApp) { a.Secrets = []string{"caw", "new"} })
	w.now = w.now.Add(5 * time.Second)
	if a, b, c := try(secret, "3"), try("caw", "4"), try("new", "5"); a != 401 || b != 200 || c != 200 {
		t.Errorf("answered %d, %d and %d", a, b, c)
	}
}

func TestOnlyAppsOfTheProviderAreThere(t *testing.T) {
	w := newWorld(t)
	sig := signed(secret, []byte("x"))
	for _, path := range []string{
		"/hooks/pigeons/app_dddddddddddddddddddddddddd", "/hooks/pigeons/" + string(foreignApp), "/hooks/swallows/" + string(foreignApp),
		"/hooks/swallows/" + string(ourApp), "/hooks/pigeons/", "/hooks/pigeons", "/hooks/", "/hooks/pigeons/" + strings.Repeat("a", 9000), hook + "/x",
		"/hooks/pigeons/app_%00", hook + "%2f..%2f" + string(ourApp),
	} {
		if status, code := w.do(post(path, "x", signature, sig)); status != 404 || code != "not_found" {
			t.Errorf("%s: %d %s", path, status, code)
		}
	}
	if status, code := w.do(httptest.NewRequest(http.MethodDelete, hook, nil)); status != 405 || code != "method_not_allowed" {
		t.Errorf("DELETE: %d %s", status, code)
	}
}

func TestALimitHoldsWhateverIsAnnounced(t *testing.T) {
	w := newWorld(t)
	big := strings.Repeat("x", 1<<20+1)
	if status, code := w.do(post(hook, big, signature, signed(secret, []byte(big)))); status != 413 || code != "too_large" {
		t.Errorf("announced: %d %s", status, code)
	}
	chunked := post(hook, big, signature, signed(secret, []byte(big)))
	chunked.ContentLength = -1
	if status, code := w.do(chunked); status != 413 || code != "too_large" {
		t.Errorf("not announced: %d %s", status, code)
	}
	just := big[:1<<20]
	if status, _ := w.do(post(hook, just, signature, signed(secret, []byte(just)))); status != 200 {
		t.Errorf("at the limit: %d", status)
	}
	zipped := post(hook, "x", signature, signed(secret, []byte("x")), "Content-Encoding", "gzip")
	if status, code := w.do(zipped); status != 415 || code != "unsupported_encoding" {
		t.Errorf("compressed: %d %s", status, code)
	}
	if len(w.store.kept) != 1 {
		t.Errorf("kept %d", len(w.store.kept))
	}
}

func TestBodiesTogetherTakeNoMoreMemoryThanAllowed(t *testing.T) {
	w := newWorld(t, func(o *channel.DoorOptions) { o.Memory = 1000 })
	held, release := io.Pipe()
	first := httptest.NewRequest(http.MethodPost, hook, held)
	first.ContentLength = 900
	first.Header.Set(signature, signed(secret, []byte("x")))
	done := make(chan int)
	go func() {
		status, _ := w.do(first)
		done <- status
	}()
	if _, err := release.Write([]byte("x")); err != nil { // it is being read now
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	second := post(hook, strings.Repeat("y", 200)).WithContext(ctx)
	if status, code := w.do(second); status != 503 || code != "try_again" {
		t.Errorf("the one too many: %d %s", status, code)
	}
	if err := release.Close(); err != nil {
		t.Fatal(err)
	}
	if status := <-done; status != 200 {
		t.Errorf("the first: %d", status)
	}
}

func TestAStoreInTroubleIsAReasonToComeAgain(t *testing.T) {
	for _, broken := range []error{errors.New("disk I/O error"), chat.ErrTryAgain, chat.ErrStoreFull, context.DeadlineExceeded} {
		w := newWorld(t)
		w.store.broken = broken
		r := post(hook, "x", signature, signed(secret, []byte("x")))
		if status, code := w.do(r); status != 503 || code != "try_again" {
			t.Errorf("%v: %d %s", broken, status, code)
		}
		w.store.broken = nil
		if status, _ := w.do(post(hook, "x", signature, signed(secret, []byte("x")))); status != 200 || len(w.store.kept) != 1 {
			t.Errorf("after %v: %d, kept %d", broken, status, len(w.store.kept))
		}
	}
}

func TestTheHandshakeSaysBackWhatIsSafeToWhoeverKnowsTheToken(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		app        chat.ProviderAppID
		token, say string
		status     int
	}{
		"the token":        {ourApp, "open", "1158201444", 200},
		"another":          {ourApp, "sesame", "1158201444", 403},
		"none":             {ourApp, "", "1158201444", 403},
		"an app with none": {noSecret, "", "1158201444", 403},
		"a script":         {ourApp, "open", "<script>alert(1)</script>", 403},
		"a header":         {ourApp, "open", "1\r\nSet-Cookie: a=b", 403},
		"nothing":          {ourApp, "open", "", 403},
		"a novel":          {ourApp, "open", strings.Repeat("1", 300), 403},
	} {
		rec := httptest.NewRecorder()
		path := "/hooks/pigeons/" + string(c.app) + "?" + url.Values{"token": {c.token}, "say": {c.say}}.Encode()
		w.door.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != c.status || strings.Contains(rec.Body.String(), "script") {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		if c.status != 200 {
			continue
		}
		h := rec.Header()
		if rec.Body.String() != c.say || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: said %q with %v", name, rec.Body, h)
		}
	}
	if status, _ := w.do(httptest.NewRequest(http.MethodGet, hook, nil)); status != 404 {
		t.Errorf("a GET that asks nothing: %d", status)
	}
}

// raw speaks HTTP by hand to a real server and gives the answer's status.
func raw(t *testing.T, addr, request string) int {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	var status int
	if _, err := fmt.Fscanf(c, "HTTP/1.1 %d", &status); err != nil {
		t.Fatal(err)
	}
	return status
}

func TestABodyThatComesTooSlowlyIsNotWaitedFor(t *testing.T) {
	w := newWorld(t, func(o *channel.DoorOptions) { o.BodyWithin = 50 * time.Millisecond })
	s := httptest.NewServer(w.door)
	defer s.Close()
	head := "POST " + hook + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
	if status := raw(t, s.Listener.Addr().String(), head); status != http.StatusRequestTimeout {
		t.Errorf("answered %d", status)
	}
	if len(w.store.kept) != 0 {
		t.Error("kept half a body")
	}
}

func TestAnEarlierHTTPIsServed(t *testing.T) {
	w := newWorld(t)
	s := httptest.NewServer(w.door)
	defer s.Close()
	head := fmt.Sprintf("POST %s HTTP/1.0\r\nContent-Length: 1\r\n%s: %s\r\n\r\nx", hook, signature, signed(secret, []byte("x")))
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, head); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.0 200")) {
		t.Errorf("answered %q, %v", answer, err)
	}
}

func FuzzOnlyTheRightSignatureOpensTheDoor(f *testing.F) {
	f.Add([]byte("{}"), signed(secret, []byte("{}")), "")
	f.Add([]byte(`{"a":"\u00e4"}`), "sha256="+signed(secret, []byte("{}")), "")
	f.Add([]byte{}, signed("", nil), "x")
	f.Add([]byte("x"), "\xff\xfe", "é")
	f.Fuzz(func(t *testing.T, body []byte, first, second string) {
		r := httptest.NewRequest(http.MethodPost, hook, bytes.NewReader(body))
		r.Header[signature] = []string{first}
		if second != "" {
			r.Header[signature] = append(r.Header[signature], second)
		}
		w := newWorld(t)
		status, _ := w.do(r)
		right := second == "" && (strings.EqualFold(first, signed(secret, body)) || strings.EqualFold(first, signed("caw", body)))
		if right != (status == http.StatusOK) || !right && len(w.store.kept) != 0 {
			t.Errorf("%q with %q and %q: %d", body, first, second, status)
		}
	})
}
