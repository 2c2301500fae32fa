package attacks_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

type outgoing struct {
	ID, Secret, State, SecretLast4 string
	Enabled                        bool
}

type outgoingDelivery struct {
	ID, State string
	Attempts  []struct {
		Status        int
		Error, Answer string
		DurationMS    int64 `json:"duration_ms"`
	}
}

func (w *stage) hooksPath() string { return "/v1/shops/" + w.Shop + "/webhooks" }

// 77, 81: addresses inside, and what is no https address of the public internet at all, are refused when a webhook is saved, and
// when it is changed.
func TestWebhooksToForbiddenAddresses(t *testing.T) {
	w := play(t)
	var hook outgoing
	good := object{"url": "https://erp.example/hook", "events": []string{"message.created"}}
	if status := w.agent.Call(http.MethodPost, w.hooksPath(), good, &hook); status != http.StatusCreated || !strings.HasPrefix(hook.Secret, "whsec_") {
		t.Fatalf("a good one is %d %+v", status, hook)
	}
	for _, bad := range []string{
		"https://0.0.0.0/", "https://0/", "https://10.0.0.1/", "https://100.64.0.1/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/",
		"https://0x7f.1/", "https://0177.0.0.1/", "https://169.254.169.254/", "https://172.16.0.1/", "https://192.0.0.1/", "https://192.0.2.1/",
		"https://192.168.1.1/", "https://198.18.0.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://224.0.0.1/", "https://240.0.0.1/",
		"https://255.255.255.255/", "https://[::]/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/",
		"https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/", "https://[100::1]/", "https://[2001::1]/", "https://[2001:db8::1]/",
		"https://[2002:7f00:1::]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fe80::1%25lo]/", "https://[ff02::1]/",
		"https://localhost/", "https://localhost./", "https://a.localhost/", "https://metadata.google.internal/", "https://db/",
		"http://erp.example/", "file:///etc/passwd", "gopher://erp.example/", "https://user@erp.example/", "https://user:pass@erp.example/",
		"https://erp.example:22/", "https://erp.example/\r\nX-Evil: 1", "https://\u0435rp.example/", "//erp.example/", "https://", "",
	} {
		for _, c := range []struct{ method, path string }{{http.MethodPost, w.hooksPath()}, {http.MethodPatch, w.hooksPath() + "/" + hook.ID}} {
			var p problem
			status := w.agentProblem(c.method, c.path, object{"url": bad, "events": []string{"message.created"}}, &p)
			if status != http.StatusUnprocessableEntity || p.Code != "url_not_allowed" && p.Code != "invalid" {
				t.Errorf("%s %q: %d %s", c.method, bad, status, p.Code)
			}
			if bad != "" && strings.Contains(p.Message, bad) {
				t.Errorf("%q is echoed: %s", bad, p.Message)
			}
		}
	}
	var now outgoing
	if status := w.agent.Call(http.MethodGet, w.hooksPath()+"/"+hook.ID, nil, &now); status != http.StatusOK || now.Secret != "" {
		t.Errorf("reading it back: %d, secret %q", status, now.Secret)
	}
}

type problem struct{ Code, Message string }

// ask makes one request and gives what came back.
func (w *stage) ask(a attack) (status int, body []byte) {
	resp, body, err := a.send(w)
	if err != nil {
		panic(err)
	}
	return resp.StatusCode, body
}

// agentProblem is an agent's request of which the error matters.
func (w *stage) agentProblem(method, path string, in any, p *problem) int {
	status, body := w.ask(attack{method: method, host: "inbox", path: path, header: w.cookie(), body: in})
	_ = json.Unmarshal(body, p) // what is no problem has no code
	return status
}

// exchange posts a plugin's code.
func (w *stage) exchange(in any, out any) int {
	status, body := w.ask(attack{method: http.MethodPost, path: "/v1/connect/token", body: in})
	if out != nil {
		_ = json.Unmarshal(body, out)
	}
	return status
}

// withKey makes a request with a plugin key.
func (w *stage) withKey(key, method, path string) int {
	status, _ := w.ask(attack{method: method, path: path, header: map[string]string{"Authorization": "Bearer " + key}})
	return status
}

// 79, 80: a receiver leads nowhere else, and its answer is read up to a limit.
func TestReceiversThatMisbehave(t *testing.T) {
	s := harness.Start(t, harness.Options{Flags: []string{"-webhook-insecure", "-webhook-haste", "100000"}})
	w := &stage{Server: s, agent: s.Agent()}
	trap := record(t, func(http.ResponseWriter, *http.Request) {})
	var written atomic.Int64
	var tries atomic.Int64
	answers := map[string]http.HandlerFunc{
		"/redirect": func(rw http.ResponseWriter, q *http.Request) {
			http.Redirect(rw, q, trap.URL+"/inside", http.StatusFound)
		},
		"/endless": func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusInternalServerError)
			for written.Load() < 1<<30 {
				n, err := rw.Write([]byte(strings.Repeat("x", 64<<10)))
				written.Add(int64(n))
				if err != nil {
					return
				}
			}
		},
		"/bomb": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Encoding", "gzip")
			rw.WriteHeader(http.StatusInternalServerError)
			z := gzip.NewWriter(rw)
			_, _ = io.CopyN(z, zeros{}, 64<<20)
			_ = z.Close()
		},
		"/header": func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Long", strings.Repeat("x", 1<<20)) },
		"/shy": func(rw http.ResponseWriter, _ *http.Request) {
			if tries.Add(1) < 3 {
				rw.WriteHeader(http.StatusServiceUnavailable)
			}
		},
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		answers[q.URL.Path](rw, q)
	}))
	t.Cleanup(receiver.Close)
	for path, want := range map[string]struct{ state, error string }{
		"/redirect": {"dead", "redirect"}, "/endless": {"dead", "status"}, "/bomb": {"dead", "status"}, "/header": {"dead", "refused"}, "/shy": {"delivered", ""},
	} {
		var hook outgoing
		if status := w.agent.Call(http.MethodPost, w.hooksPath(), object{"url": receiver.URL + path, "events": []string{"message.created"}}, &hook); status != http.StatusCreated {
			t.Fatalf("%s: %d", path, status)
		}
		if status := w.agent.Call(http.MethodPost, w.hooksPath()+"/"+hook.ID+"/ping", object{}, nil); status != http.StatusAccepted {
			t.Fatalf("ping %s: %d", path, status)
		}
		var d outgoingDelivery
		eventually(t, func() error {
			var page struct{ Items []outgoingDelivery }
			if status := w.agent.Call(http.MethodGet, w.hooksPath()+"/"+hook.ID+"/deliveries", nil, &page); status != http.StatusOK || len(page.Items) != 1 {
				return fmt.Errorf("%d, %d deliveries", status, len(page.Items))
			}
			if d = page.Items[0]; d.State != want.state {
				return fmt.Errorf("%s is %s after %d tries", path, d.State, len(d.Attempts))
			}
			return nil
		})
		last := d.Attempts[len(d.Attempts)-1]
		if last.Error != want.error || len(last.Answer) > 1024 || want.state == "dead" && len(d.Attempts) != 8 {
			t.Errorf("%s: %d tries, the last %s %d with %d bytes", path, len(d.Attempts), last.Error, last.Status, len(last.Answer))
		}
	}
	if asked := trap.heard(""); len(asked) > 0 {
		t.Errorf("a redirect was followed: %q", asked)
	}
	if n := written.Load(); n > 512<<20 {
		t.Errorf("%d bytes of an endless answer went out", n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// 87: a plugin's code is bound to who asked for it, works once, and a second use takes back what the first gave.
func TestConnectCodes(t *testing.T) {
	w := play(t)
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	sum := sha256.Sum256([]byte(verifier))
	ask := func(edit func(object)) object {
		r := object{
			"name": "Shop plugin", "platform": "test", "return_url": "https://erp.example/back?x=1", "state": "opaque-1",
			"code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256", "scopes": []string{"context:write"},
		}
		if edit != nil {
			edit(r)
		}
		return object{"request": r, "shop": w.Shop}
	}
	for name, edit := range map[string]func(object){
		"no state": func(r object) { r["state"] = "" }, "no challenge": func(r object) { r["code_challenge"] = "" }, "plain challenge": func(r object) { r["code_challenge_method"] = "plain" },
		"http": func(r object) { r["return_url"] = "http://erp.example/" }, "script": func(r object) { r["return_url"] = "javascript:alert(1)//" },
		"user": func(r object) { r["return_url"] = "https://a@erp.example/" }, "an unknown scope": func(r object) { r["scopes"] = []string{"everything"} },
	} {
		var p problem
		if status := w.agentProblem(http.MethodPost, "/v1/connect/grants", ask(edit), &p); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, status, p.Code)
		}
	}
	grant := func() string {
		var out struct {
			RedirectURL string `json:"redirect_url"`
		}
		if status := w.agent.Call(http.MethodPost, "/v1/connect/grants", ask(nil), &out); status != http.StatusCreated {
			t.Fatalf("grant: %d", status)
		}
		u, err := url.Parse(out.RedirectURL)
		if err != nil || u.Host != "erp.example" || u.Query().Get("state") != "opaque-1" || u.Query().Get("x") != "1" {
			t.Fatalf("back to %s, %v", out.RedirectURL, err)
		}
		return u.Query().Get("code")
	}
	code := grant()
	for name, in := range map[string]object{
		"another verifier": {"code": code, "code_verifier": strings.Repeat("a", 43), "return_url": "https://erp.example/back?x=1"},
		"no verifier":      {"code": code, "code_verifier": "", "return_url": "https://erp.example/back?x=1"},
		"another address":  {"code": code, "code_verifier": verifier, "return_url": "https://evil.example/"},
		"a guess":          {"code": "tgc_guess", "code_verifier": verifier, "return_url": "https://erp.example/back?x=1"},
	} {
		if status := w.exchange(in, nil); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	good := object{"code": code, "code_verifier": verifier, "return_url": "https://erp.example/back?x=1"}
	var got struct {
		PluginKey struct{ Key string } `json:"plugin_key"`
	}
	if status := w.exchange(good, &got); status != http.StatusCreated || got.PluginKey.Key == "" {
		t.Fatalf("the exchange: %d", status)
	}
	if status := w.withKey(got.PluginKey.Key, http.MethodGet, "/v1/plugin-key"); status != http.StatusOK {
		t.Fatalf("the key: %d", status)
	}
	if status := w.exchange(good, nil); status != http.StatusGone {
		t.Errorf("used twice: %d", status)
	}
	eventually(t, func() error {
		if status := w.withKey(got.PluginKey.Key, http.MethodGet, "/v1/plugin-key"); status != http.StatusUnauthorized {
			return fmt.Errorf("after the second use the key is answered %d", status)
		}
		return nil
	})
	fresh := object{"code": grant(), "code_verifier": verifier, "return_url": "https://erp.example/back?x=1"}
	if status := w.exchange(fresh, &got); status != http.StatusCreated {
		t.Fatalf("the second exchange: %d", status)
	}
	if status := w.withKey(got.PluginKey.Key, http.MethodDelete, "/v1/plugin-key"); status != http.StatusNoContent {
		t.Errorf("taking itself away: %d", status)
	}
	if status := w.withKey(got.PluginKey.Key, http.MethodGet, "/v1/plugin-key"); status != http.StatusUnauthorized {
		t.Errorf("after that: %d", status)
	}
}

// An order is found by its number and e-mail together, and guessing is slow and tells nothing.
func TestGuessingAtOrders(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	w := &stage{Server: s, agent: s.Agent()}
	event := orderEvent("8001", func(o map[string]any) {
		o["customer"] = object{"email": "Ana@Shop.example"}
		o["note"] = "private note"
	})
	if status := s.Plugin(http.MethodPost, "/v1/shops/"+s.Shop+"/events", object{"events": []any{event}}, nil); status != http.StatusOK {
		t.Fatalf("push: %d", status)
	}
	look := func(p *harness.Shopper, number, email string) (int, string) {
		status, body := w.ask(attack{
			method: http.MethodPost, path: "/v1/shops/" + s.ShopKey + "/shopper/orders/look-up", header: w.shopper(p),
			body: object{"number": number, "email": email},
		})
		return status, string(body)
	}
	p := s.NewShopper()
	status, body := look(p, "8001", "ana@shop.example")
	if status != http.StatusOK || !strings.Contains(body, `"8001"`) {
		t.Fatalf("the right answer: %d %s", status, body)
	}
	for _, private := range []string{"private note", "Ana@", "ana@", "url_admin"} {
		if strings.Contains(body, private) {
			t.Errorf("%q is told: %s", private, body)
		}
	}
	misses := map[string]bool{}
	for _, c := range [][2]string{{"8001", "bob@shop.example"}, {"8002", "ana@shop.example"}, {"9", "b@shop.example"}} {
		status, body := look(p, c[0], c[1])
		if status != http.StatusNotFound {
			t.Errorf("%v: %d", c, status)
		}
		told, _, _ := strings.Cut(body, `"request_id"`)
		misses[told] = true
	}
	if len(misses) != 1 {
		t.Errorf("misses can be told apart: %v", misses)
	}
	refused := 0
	for range 4 {
		if status, _ := look(p, "8001", "ana@shop.example"); status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 3 {
		t.Errorf("after eight look-ups of one session %d of 4 are refused", refused)
	}
	last := 0
	for range 25 { // with a new session each: the address and the number count too
		last, _ = look(s.NewShopper(), "8001", "guess@shop.example")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("guessing from new sessions is answered %d", last)
	}
}
