package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" // of Standard Webhooks' own example

func request(url string) chat.HookRequest {
	return chat.HookRequest{URL: url, ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", At: time.Unix(1614265330, 0), Secrets: []string{secret}, Body: []byte(`{"test": 2432232314}`)}
}

func TestAddressesInsideAreRefusedWhenSaved(t *testing.T) {
	s := New(Options{})
	for _, host := range []string{
		"0.0.0.0", "0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "169.254.169.254", "172.16.0.1",
		"192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]",
		"[2001:db8::1]", "[2002:7f00:1::]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[ff02::1]",
		"localhost", "localhost.", "shop.localhost", "db", "db.internal", "printer.local", "shop.example.",
	} {
		if err := s.CheckURL("https://" + host + "/hook"); !errors.Is(err, chat.ErrURL) {
			t.Errorf("%s is taken: %v", host, err)
		}
	}
}

func TestOddAddressesAreRefused(t *testing.T) {
	s := New(Options{})
	for _, u := range []string{
		"", "hook", "//shop.example/", "http://shop.example/", "file:///etc/passwd", "gopher://shop.example/", "javascript:alert(1)",
		"https://user@shop.example/", "https://u:p@shop.example/", "https://shop.example:22/", "https://shop.example:0/", "https://shop.example:99999/",
		"https://shop.example/#x", "https://shop.example/\r\nX: y", " https://shop.example/", "https://sh\u043ep.example/", "https://\uff11\uff12\uff17.0.0.1/",
		"https:shop.example", "https://shop_.example", "https://-a.example/", "https://" + strings.Repeat("a", 64) + ".example/",
		"https://shop.example/" + strings.Repeat("a", maxURL),
	} {
		if err := s.CheckURL(u); !errors.Is(err, chat.ErrURL) {
			t.Errorf("%q is taken: %v", u, err)
		}
	}
	for _, u := range []string{"https://shop.example/hook?a=1", "https://shop.example:8443/", "https://xn--bcher-kva.example/", "https://93.184.215.14/"} {
		if err := s.CheckURL(u); err != nil {
			t.Errorf("%q is refused: %v", u, err)
		}
	}
}

func TestANameThatLeadsInsideIsRefusedWhenDialled(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	s := New(Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.client.Do(req) // past CheckURL, as a name whose answer has changed meanwhile
	if err == nil {
		_ = answer.Body.Close()
	}
	if err == nil || reached || code(err) != "url_not_allowed" {
		t.Fatalf("reached %t, error %v", reached, err)
	}
	if r := s.Post(t.Context(), request(inside.URL)); r.Error != "url_not_allowed" || reached {
		t.Fatalf("posting gives %+v", r)
	}
}

func TestRequestsAreSignedWithEverySecret(t *testing.T) {
	var got http.Header
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()
	r := request(receiver.URL)
	r.Secrets = append(r.Secrets, "whsec_"+strings.Repeat("QUJD", 8), "whsec_", "no base64")
	if res := New(Options{Open: true, Agent: "Tagalong/test"}).Post(t.Context(), r); res.Status != 204 || res.Error != "" {
		t.Fatalf("got %+v", res)
	}
	sigs := strings.Fields(got.Get("Webhook-Signature"))
	if len(sigs) != 2 || sigs[0] != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signatures %q", sigs)
	}
	if got.Get("Webhook-Id") != string(r.ID) || got.Get("Webhook-Timestamp") != "1614265330" || string(body) != string(r.Body) {
		t.Errorf("headers %v, body %s", got, body)
	}
	if got.Get("User-Agent") != "Tagalong/test" || got.Get("Accept-Encoding") != "" {
		t.Errorf("headers %v", got)
	}
}

func TestWhatAReceiverMayAnswer(t *testing.T) {
	followed := false
	aside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer aside.Close()
	sent := make(chan int, 1)
	answers := map[string]http.HandlerFunc{
		"/200": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "thanks\x00\x1b[31m") },
		"/302": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, aside.URL, http.StatusFound) },
		"/410": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		"/429": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"/500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"/endless": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			n := 0
			for range 1 << 14 {
				m, err := w.Write(bytes.Repeat([]byte("x"), 1<<16))
				n += m
				if err != nil {
					break
				}
			}
			sent <- n
		},
		"/bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 8<<20))
			_ = z.Close()
		},
		"/header": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) },
		"/slow":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not see that the client has gone
		answers[r.URL.Path](w, r)
	}))
	defer receiver.Close()
	s := New(Options{Open: true, Within: 2 * time.Second})
	for path, want := range map[string]chat.HookResult{
		"/200": {Status: 200, Answer: "thanks[31m"}, "/302": {Status: 302, Error: "redirect"}, "/410": {Status: 410, Error: "status"},
		"/429": {Status: 429, Error: "status", RetryAfter: 90 * time.Second}, "/500": {Status: 500, Error: "status"},
		"/endless": {Status: 500, Error: "status", Answer: strings.Repeat("x", chat.HookAnswer)},
		"/header":  {Error: "refused"}, "/slow": {Error: "timeout"},
	} {
		got := s.Post(t.Context(), request(receiver.URL+path))
		got.Duration = 0
		if path == "/302" {
			got.Answer = ""
		}
		if got != want {
			t.Errorf("%s gives %+.200v", path, got)
		}
	}
	if r := s.Post(t.Context(), request(receiver.URL+"/bomb")); r.Status != 200 || len(r.Answer) > chat.HookAnswer {
		t.Errorf("a packed answer gives %d and %d bytes", r.Status, len(r.Answer))
	}
	if n := <-sent; n >= 1<<30 {
		t.Errorf("all %d bytes of an endless answer were read", n)
	}
	if followed {
		t.Error("a redirect was followed")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if r := s.Post(over, request(receiver.URL+"/200")); r.Error == "" {
		t.Errorf("a request that was called off gives %+v", r)
	}
}
