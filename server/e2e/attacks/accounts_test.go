package attacks_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// H: agents' accounts.
func TestCrossSiteRequests(t *testing.T) {
	w := play(t)
	me := "/v1/agent/me"
	patch := `{"name":"Mallory"}`
	cookie := map[string]string{"Cookie": w.agent.Cookie}
	run(t, w, []attack{
		{name: "82 a change from another site", method: http.MethodPatch, host: "inbox", path: me, header: with(cookie, "Origin", "https://evil.example"), body: patch, status: 403, code: "cross_origin"},
		{name: "82 a change from the shop", method: http.MethodPatch, host: "inbox", path: me, header: with(cookie, "Origin", harness.ShopOrigin), body: patch, status: 403, code: "cross_origin"},
		{name: "82 a change that the browser calls cross-site", method: http.MethodPatch, host: "inbox", path: me, header: with(cookie, "Sec-Fetch-Site", "cross-site"), body: patch, status: 403, code: "cross_origin"},
		{name: "82 signing in from another site", method: http.MethodPost, host: "inbox", path: "/v1/agent/login", header: map[string]string{"Origin": "https://evil.example"}, body: `{"email":"a@b.c","password":"x"}`, status: 403, code: "cross_origin"},
		{name: "82 a change by GET", host: "inbox", path: "/v1/agent/logout", header: cookie, status: 405},
	})
}

func login(t *testing.T, w *stage, email, password string, header ...string) (int, string, time.Duration) {
	t.Helper()
	start := time.Now()
	resp, body, err := attack{
		method: http.MethodPost, host: "inbox", path: "/v1/agent/login", header: with(map[string]string{"Origin": w.URL("inbox", "")}, header...),
		body: map[string]string{"email": email, "password": password},
	}.send(w)
	if err != nil {
		t.Fatal(err)
	}
	s, _, _ := strings.Cut(string(body), `"request_id"`)
	return resp.StatusCode, s, time.Since(start)
}

func TestPasswordsOfAllKinds(t *testing.T) {
	w := play(t)
	if status, body, _ := login(t, w, harness.OwnerEmail, strings.Repeat("x", 2000)); status != 400 && status != 422 || !strings.Contains(body, "too_long") {
		t.Errorf("84 2,000 bytes: %d %s", status, body)
	}
	if status, body, _ := login(t, w, harness.OwnerEmail, strings.Repeat("x", 1<<20)); status != 413 || !strings.Contains(body, "too_large") {
		t.Errorf("84 1 MiB: %d %s", status, body)
	}
	s1, known, _ := login(t, w, harness.OwnerEmail, "wrong-password")
	s2, unknown, _ := login(t, w, "nobody@shop.example", "wrong-password")
	if s1 != 401 || s1 != s2 || known != unknown {
		t.Errorf("83 known and unknown differ: %d %s, %d %s", s1, known, s2, unknown)
	}
}

// A server of its own: what is throttled here must not throttle the others.
func TestGuessingIsThrottled(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{})}
	throttled := false
	for i := range 14 {
		status, _, _ := login(t, w, harness.OwnerEmail, "guess", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
		throttled = throttled || status == 429
	}
	if !throttled {
		t.Fatal("83 14 guesses with rotating X-Forwarded-For were all answered")
	}
}

func TestManyLoginsAtATime(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{})}
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	grown := peak(t, w, func() {
		for i := range 200 {
			wg.Go(func() {
				status, _, _ := login(t, w, fmt.Sprintf("someone%d@shop.example", i), "guess")
				mu.Lock()
				seen[status]++
				mu.Unlock()
			})
		}
		wg.Wait()
	})
	if grown > 128<<20 { // each takes 19 MiB while it is hashed
		t.Errorf("84 200 logins at a time took %d MiB", grown>>20)
	}
	for status := range seen {
		if status != 401 && status != 429 && status != 503 {
			t.Errorf("84 200 logins at a time gave %v", seen)
		}
	}
	resp, err := client.Get(w.URL("chat", "/readyz"))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the server does not answer any more: %v %v", resp, err)
	}
	_ = resp.Body.Close()
}

// 85, 30: a password change and a deactivation end the other sessions, and their sockets.
func TestSessionsEndWithThePassword(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{})}
	old, mine := w.Agent(), w.Agent()
	k, err := old.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	body := map[string]string{"current_password": harness.OwnerPassword, "new_password": "another-test-password"}
	if status := mine.Call(http.MethodPatch, "/v1/agent/me", body, nil); status != http.StatusOK {
		t.Fatalf("change the password: %d", status)
	}
	start := time.Now()
	if code, _ := closeOf(t.Context(), k.Conn); code != 4003 || time.Since(start) > 6*time.Second {
		t.Errorf("the other session's socket closed with %d after %v", code, time.Since(start))
	}
	if status := old.Call(http.MethodGet, "/v1/agent/me", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the other session still works: %d", status)
	}
	if status := mine.Call(http.MethodGet, "/v1/agent/me", nil, nil); status != http.StatusOK {
		t.Errorf("the session that changed it is gone: %d", status)
	}
}

// member invites a person and lets them in.
func (w *stage) member(t *testing.T, email, role string) (*harness.Agent, string) {
	t.Helper()
	var inv struct{ ID, URL string }
	if status := w.agent.Call(http.MethodPost, "/v1/invitations", map[string]string{"email": email, "role": role}, &inv); status != http.StatusCreated {
		t.Fatalf("invite: %d", status)
	}
	_, token, _ := strings.Cut(inv.URL, "#/invite/")
	resp, body, err := attack{
		method: http.MethodPost, host: "inbox", path: "/v1/invitations/accept", header: map[string]string{"Origin": w.URL("inbox", "")},
		body: map[string]string{"token": token, "name": "Member", "password": "test-password-member"},
	}.send(w)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("accept: %v %s", err, body)
	}
	var me struct{ Agent struct{ ID string } }
	if err := json.Unmarshal(body, &me); err != nil {
		t.Fatal(err)
	}
	return w.SignIn(email, "test-password-member"), me.Agent.ID
}

// 30, 85: who is deactivated is out, with their sockets and streams, and does not come in again.
func TestADeactivatedAgentIsOut(t *testing.T) {
	w := play(t)
	out, id := w.member(t, "out@shop.example", "agent")
	k, err := out.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if status := w.agent.Call(http.MethodPatch, "/v1/agents/"+id, map[string]any{"active": false}, nil); status != http.StatusOK {
		t.Fatalf("deactivate: %d", status)
	}
	start := time.Now()
	if code, _ := closeOf(t.Context(), k.Conn); code != 4003 || time.Since(start) > 6*time.Second {
		t.Errorf("the socket closed with %d after %v", code, time.Since(start))
	}
	if status := out.Call(http.MethodGet, "/v1/agent/me", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the session still works: %d", status)
	}
	if _, err := out.Dial(t.Context()); err == nil {
		t.Error("the cookie still opens a socket")
	}
	if status, body, _ := login(t, w, "out@shop.example", "test-password-member"); status != http.StatusUnauthorized {
		t.Errorf("they sign in again: %d %s", status, body)
	}
}

// 85: a session that was there before the login is not the one after it.
func TestALoginMakesItsOwnSession(t *testing.T) {
	w := play(t)
	const planted = "__Host-tagalong=planted-by-somebody-else"
	resp, body, err := attack{
		method: http.MethodPost, host: "inbox", path: "/v1/agent/login", header: map[string]string{"Origin": w.URL("inbox", ""), "Cookie": planted},
		body: map[string]string{"email": harness.OwnerEmail, "password": harness.OwnerPassword},
	}.send(w)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %v %s", err, body)
	}
	c := resp.Header.Get("Set-Cookie")
	if strings.Contains(c, "planted") || !strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Fatalf("the cookie is %q", c)
	}
	if status := (&harness.Agent{Client: w.agent.Client, Cookie: planted}).With(w.Server).Call(http.MethodGet, "/v1/agent/me", nil, nil); status != http.StatusUnauthorized {
		t.Fatalf("the planted session works: %d", status)
	}
}

// 91: what is shown once is not shown again.
func TestSecretsAreNotReadBack(t *testing.T) {
	w := play(t)
	var key, secret, inv struct{ Secret, URL string }
	for path, out := range map[string]any{
		"/v1/shops/" + w.otherShop.ID + "/plugin-keys": &key, "/v1/shops/" + w.otherShop.ID + "/identity-secrets": &secret, "/v1/invitations": &inv,
	} {
		body := map[string]any{
			"/v1/shops/" + w.otherShop.ID + "/plugin-keys": map[string]any{"name": "x", "scopes": []string{"context:read"}},
			"/v1/invitations": map[string]any{"email": "once@shop.example", "role": "agent"},
		}[path]
		if status := w.agent.Call(http.MethodPost, path, body, out); status != http.StatusCreated {
			t.Fatalf("POST %s: %d", path, status)
		}
		_, got, err := attack{host: "inbox", path: path, header: w.cookie()}.send(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{key.Secret, secret.Secret, inv.URL, w.PluginKey} {
			if s != "" && strings.Contains(string(got), s) {
				t.Errorf("GET %s shows a secret again: %s", path, got)
			}
		}
		if strings.HasSuffix(path, "plugin-keys") && !strings.Contains(string(got), `"last4":"`+key.Secret[len(key.Secret)-4:]+`"`) {
			t.Errorf("a key's last 4 are not there: %s", got)
		}
	}
	if key.Secret == "" || secret.Secret == "" || inv.URL == "" {
		t.Errorf("what is to be shown once was not shown at all: %v %v %v", key, secret, inv)
	}
}

// 88: what an agent without a role for it sees and may do; and links that work once.
func TestALowRoleAndLinksThatWorkOnce(t *testing.T) {
	w := play(t)
	var inv struct{ ID, URL string }
	if status := w.agent.Call(http.MethodPost, "/v1/invitations", map[string]string{"email": "low@shop.example", "role": "agent"}, &inv); status != http.StatusCreated {
		t.Fatalf("invite: %d", status)
	}
	_, token, _ := strings.Cut(inv.URL, "#/invite/") // by hand, to use it twice
	accept := func() int {
		resp, _, err := attack{
			method: http.MethodPost, host: "inbox", path: "/v1/invitations/accept", header: map[string]string{"Origin": w.URL("inbox", "")},
			body: map[string]string{"token": token, "name": "Low", "password": "test-password-low"},
		}.send(w)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if status := accept(); status != http.StatusOK {
		t.Fatalf("accept: %d", status)
	}
	if status := accept(); status != http.StatusGone {
		t.Errorf("87 the same link works again: %d", status)
	}
	low := w.SignIn("low@shop.example", "test-password-low")
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/v1/shops", map[string]any{"name": "x", "origins": []string{}, "language": "en", "currency": "EUR", "time_zone": "UTC"}},
		{http.MethodPatch, "/v1/shops/" + w.Shop, map[string]any{"origins": []string{"https://evil.example"}}},
		{http.MethodPost, "/v1/invitations", map[string]string{"email": "more@shop.example", "role": "owner"}},
		{http.MethodGet, "/v1/shops/" + w.Shop + "/plugin-keys", nil},
		{http.MethodPost, "/v1/shops/" + w.Shop + "/plugin-keys", map[string]any{"name": "x", "scopes": []string{"context:read"}}},
		{http.MethodPost, "/v1/shops/" + w.Shop + "/identity-secrets", map[string]any{}},
		{http.MethodDelete, "/v1/shops/" + w.Shop + "/shoppers/" + w.eve.ID, nil},
	} {
		if status := low.Call(c.method, c.path, c.body, nil); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("88 %s %s as an agent: %d", c.method, c.path, status)
		}
	}
}

// A 10: where a shop wants to know who writes, a stranger writes nothing, on a socket or by a post, whatever they say of themselves.
func TestAShopThatWantsIdentities(t *testing.T) {
	w := &stage{Server: harness.Start(t, harness.Options{})}
	w.agent = w.Agent()
	if status := w.agent.Call(http.MethodPatch, "/v1/shops/"+w.Shop, map[string]any{"identity_required": true}, nil); status != http.StatusOK {
		t.Fatalf("require identities: %d", status)
	}
	p := w.NewShopper()
	k := w.dial(t, p)
	if err := k.Send(t.Context(), "", "anonymous", "hello"); err != nil {
		t.Fatal(err)
	}
	f, err := k.Await(t.Context(), func(f harness.Frame) bool { return f.Type == "refused" || f.Type == "ack" })
	if err != nil || f.Code != "identity_unverified" {
		t.Errorf("a stranger's message: %s %s, %v", f.Type, f.Code, err)
	}
	st, err := p.Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	frame := map[string]any{"type": "send", "client_id": "posted", "start": "posted", "message": map[string]string{"text": "hello"}}
	if f, err := st.Post(t.Context(), frame); err != nil || f.Code != "identity_unverified" {
		t.Errorf("a stranger's posted message: %s %s, %v", f.Type, f.Code, err)
	}
	_, body, err := attack{path: "/v1/shops/" + w.Shop + "/conversations?state=all", header: w.plugin()}.send(w)
	if err != nil || !strings.Contains(string(body), `"items":[]`) {
		t.Errorf("something was stored: %s %v", body, err)
	}
}

// A 7, 8, 10, 12: identities.
func TestIdentities(t *testing.T) {
	w := play(t)
	var secret struct{ KID, Secret string }
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+w.Shop+"/identity-secrets", nil, &secret); status != http.StatusCreated {
		t.Fatalf("make a secret: %d", status)
	}
	var other struct{ KID, Secret string }
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+w.otherShop.ID+"/identity-secrets", nil, &other); status != http.StatusCreated {
		t.Fatalf("make another shop's secret: %d", status)
	}
	var old struct{ KID, Secret string }
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+w.Shop+"/identity-secrets", nil, &old); status != http.StatusCreated {
		t.Fatalf("make a second secret: %d", status)
	}
	if status := w.agent.Call(http.MethodDelete, "/v1/shops/"+w.Shop+"/identity-secrets/"+old.KID, nil, nil); status != http.StatusNoContent {
		t.Fatalf("end it: %d", status)
	}
	fetched := make(chan string, 16)
	trap := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fetched <- r.URL.Path }))
	defer trap.Close()
	defer func() {
		select {
		case path := <-fetched:
			t.Errorf("7 a key was fetched from where the token says: %s", path)
		default:
		}
	}()
	now := time.Now()
	good := func() map[string]any {
		return map[string]any{"sub": "cust-1", "aud": w.ShopKey, "exp": now.Add(10 * time.Minute).Unix(), "name": "Mara"}
	}
	claims := func(edit func(map[string]any)) map[string]any {
		c := good()
		edit(c)
		return c
	}
	hs := func(kid string) map[string]any { return map[string]any{"alg": "HS256", "typ": "JWT", "kid": kid} }
	p := w.NewShopper()
	for _, c := range []struct {
		name   string
		token  string
		status int
	}{
		{"7 alg none", jwt(map[string]any{"alg": "none", "kid": secret.KID}, good(), "", false), 403},
		{"7 another algorithm", jwt(map[string]any{"alg": "HS512", "kid": secret.KID}, good(), secret.Secret, true), 403},
		{"7 a kid that is a path", jwt(hs("../../dev/null"), good(), "", true), 403},
		{"7 no kid", jwt(map[string]any{"alg": "HS256"}, good(), secret.Secret, true), 403},
		{"12 another shop's secret", jwt(hs(other.KID), good(), other.Secret, true), 403},
		{"7 another secret under our kid", jwt(hs(secret.KID), good(), other.Secret, true), 403},
		{"7 a key from a URL", jwt(map[string]any{"alg": "HS256", "kid": secret.KID, "jku": trap.URL + "/jku", "x5u": trap.URL + "/x5u"}, good(), other.Secret, true), 403},
		{"12 a secret that was ended", jwt(hs(old.KID), good(), old.Secret, true), 403},
		{"8 no exp", jwt(hs(secret.KID), claims(func(c map[string]any) { delete(c, "exp") }), secret.Secret, true), 403},
		{"8 exp in 25 h", jwt(hs(secret.KID), claims(func(c map[string]any) { c["exp"] = now.Add(25 * time.Hour).Unix() }), secret.Secret, true), 403},
		{"8 expired", jwt(hs(secret.KID), claims(func(c map[string]any) { c["exp"] = now.Add(-2 * time.Minute).Unix() }), secret.Secret, true), 403},
		{"8 nbf in 10 min", jwt(hs(secret.KID), claims(func(c map[string]any) { c["nbf"] = now.Add(10 * time.Minute).Unix() }), secret.Secret, true), 403},
		{"8 no aud", jwt(hs(secret.KID), claims(func(c map[string]any) { delete(c, "aud") }), secret.Secret, true), 403},
		{"8 another shop's aud", jwt(hs(secret.KID), claims(func(c map[string]any) { c["aud"] = w.otherShop.Key }), secret.Secret, true), 403},
		{"8 no sub", jwt(hs(secret.KID), claims(func(c map[string]any) { delete(c, "sub") }), secret.Secret, true), 403},
		{"10 no proof at all", "cust-1", 403},
		{"a valid one", jwt(hs(secret.KID), good(), secret.Secret, true), 200},
		{"another person in the same session", jwt(hs(secret.KID), claims(func(c map[string]any) { c["sub"] = "cust-2" }), secret.Secret, true), 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body, err := attack{method: http.MethodPost, path: "/v1/shops/" + w.ShopKey + "/shopper/identity", header: w.shopper(p), body: map[string]string{"jwt": c.token}}.send(w)
			if err != nil || resp.StatusCode != c.status {
				t.Fatalf("%v %v %s, want %d", resp.StatusCode, err, body, c.status)
			}
			if c.status == 403 && !strings.Contains(string(body), "identity_unverified") && !strings.Contains(string(body), "invalid_token") {
				t.Fatalf("body is %s", body)
			}
		})
	}
}
