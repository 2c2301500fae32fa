package rest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
)

func login(email, password string) req {
	return req{as: "inbox", call: "POST /v1/agent/login", body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)}
}

// cookieOf reads the session that an answer sets.
func cookieOf(t *testing.T, a *answer) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: a.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%s set %d cookies", a.call, len(cookies))
	}
	return cookies[0]
}

func TestLoginOpensASession(t *testing.T) {
	w := newWorld(t)
	a := w.do(login(" Owner@MARL.example ", password)).want(200, `"email":"owner@marl.example"`, `"name":"marl"`, string(w.a.shop.ID)).lacks("argon2", "other")
	c := cookieOf(t, a)
	if c.Name != auth.CookieName || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %v", c)
	}
	ten := *w.a
	ten.ownerCookie = c.Value
	w.do(req{ten: &ten, as: "owner", call: "GET /v1/agent/me"}).want(200)
	if again := cookieOf(t, w.do(login("owner@marl.example", password))); again.Value == c.Value {
		t.Error("two logins share a session")
	}
	ten.ownerCookie = c.Value[:42] + "!"
	w.do(req{ten: &ten, as: "owner", call: "GET /v1/agent/me"}).refused(401, "unauthenticated")
	r := w.build(req{as: "owner", call: "GET /v1/agent/me"})
	r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: w.b.ownerCookie})
	w.send(r, "two cookies").refused(401, "unauthenticated")
}

func TestAnUnknownAgentLooksLikeAWrongPassword(t *testing.T) {
	w := newWorld(t)
	w.do(req{as: "owner", call: "PATCH /v1/agents/{agent}", body: `{"active":false}`}).want(200)
	same := func(a *answer) string { return a.body[:strings.Index(a.body, "req_")] }
	wrong := same(w.do(login("owner@marl.example", "wrong password")).refused(401, "bad_credentials"))
	for _, email := range []string{"nobody@marl.example", "agent@marl.example", "' OR 1=1 --", strings.Repeat("a", 10_000)} {
		if got := same(w.do(login(email, password)).refused(401, "bad_credentials")); got != wrong {
			t.Errorf("%.20s is told apart: %s", email, got)
		}
	}
}

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	w := newWorld(t)
	bad := login("owner@marl.example", "wrong password")
	for i := range 10 {
		bad.header = map[string]string{"X-Forwarded-For": fmt.Sprintf("198.51.100.%d", i)}
		w.do(bad).refused(401, "bad_credentials")
	}
	a := w.do(bad).refused(429, "rate_limited")
	if a.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	w.do(login("owner@marl.example", password)).refused(429, "rate_limited") // even the right one, from there
	right := login("owner@marl.example", password)
	right.from = "198.51.100.9:1" // the agent themselves, from elsewhere
	w.do(right).want(200)
	w.clock.add(2 * time.Minute)
	w.do(login("owner@marl.example", password)).want(200)
	w.do(login("owner@marl.example", strings.Repeat("a", 1025))).refused(400, "too_long")
	w.do(login("owner@marl.example", strings.Repeat("a", 1<<20))).refused(413, "too_large")
}

func TestAPersonIsInvitedAndComesIn(t *testing.T) {
	w := newWorld(t)
	invite := req{as: "owner", call: "POST /v1/invitations", body: `{"email":"Nina@Marl.example","role":"admin"}`}
	first := into[openapi.Invitation](w.do(invite).want(201, `"email":"nina@marl.example"`))
	made := into[openapi.Invitation](w.do(invite).want(201)) // replaces the first
	w.do(req{as: "owner", call: "GET /v1/invitations"}).want(200, made.ID).lacks(first.ID, "/inbox/")
	token := func(i openapi.Invitation) string {
		prefix := inboxURL + "/inbox/#/invite/"
		if !strings.HasPrefix(i.URL, prefix) {
			t.Fatalf("the link is %q", i.URL)
		}
		return i.URL[len(prefix):]
	}
	look := func(tok string) *answer {
		return w.do(req{as: "inbox", call: "POST /v1/invitations/look", body: fmt.Sprintf(`{"token":%q}`, tok)})
	}
	look(token(first)).refused(410, "link_used")
	look("nonsense").refused(410, "link_used")
	look(token(made)).want(200, `"role":"admin"`, `"name":"marl"`)
	accept := func(tok, pass string) *answer {
		return w.do(req{as: "inbox", call: "POST /v1/invitations/accept", body: fmt.Sprintf(`{"token":%q,"name":" Nina ","password":%q,"language":"de"}`, tok, pass)})
	}
	accept(token(made), "short").refused(422, "invalid")
	a := accept(token(made), password).want(200, `"name":"Nina"`, `"role":"admin"`, `"language":"de"`)
	accept(token(made), password).refused(410, "link_used")
	w.do(invite).refused(409, "already_exists")
	ten := *w.a
	ten.ownerCookie = cookieOf(t, a).Value
	w.do(req{ten: &ten, as: "owner", call: "GET /v1/agents"}).want(200, "Nina", "Olga", "Anna")
	w.do(req{ten: &ten, as: "owner", call: "POST /v1/invitations", body: `{"email":"x@marl.example","role":"owner"}`}).refused(403, "forbidden")
	w.do(req{as: "owner", call: "POST /v1/invitations", body: `{"email":"no address","role":"agent"}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "DELETE /v1/invitations/{invitation}"}).want(204)
	w.do(req{as: "owner", call: "DELETE /v1/invitations/{invitation}"}).refused(404, "not_found")
	w.clock.add(8 * 24 * time.Hour)
	late := into[openapi.Invitation](w.do(req{as: "owner", call: "POST /v1/invitations", body: `{"email":"late@marl.example","role":"agent"}`}).want(201))
	w.clock.add(7*24*time.Hour + time.Second)
	look(token(late)).refused(410, "link_used")
}

func TestAnAddressOfAnotherMerchantsAgentIsNotTold(t *testing.T) {
	w := newWorld(t)
	made := into[openapi.Invitation](w.do(req{as: "owner", call: "POST /v1/invitations", body: `{"email":"owner@other.example","role":"agent"}`}).want(201))
	w.do(req{as: "inbox", call: "POST /v1/invitations/accept", body: fmt.Sprintf(
		`{"token":%q,"name":"Olga","password":%q}`, made.URL[strings.LastIndex(made.URL, "/")+1:], password)}).refused(409, "already_exists")
}

func TestAPasswordIsResetByLink(t *testing.T) {
	w := newWorld(t)
	offer := req{as: "owner", call: "POST /v1/agents/{agent}/password-reset"}
	link := func() string {
		made := into[openapi.PasswordReset](w.do(offer).want(200))
		return made.URL[strings.LastIndex(made.URL, "/")+1:]
	}
	complete := func(token, pass string) *answer {
		return w.do(req{as: "inbox", call: "POST /v1/password-resets/complete", body: fmt.Sprintf(`{"token":%q,"password":%q}`, token, pass)})
	}
	second := link()
	complete(second, "short").refused(422, "invalid")
	complete(second, "another password").want(204)
	complete(second, "another password").refused(410, "link_used")
	w.do(req{as: "agent", call: "GET /v1/agent/me"}).refused(401, "unauthenticated") // all old sessions are over
	w.do(login("agent@marl.example", password)).refused(401, "bad_credentials")
	w.do(login("agent@marl.example", "another password")).want(200)

	_, admin := w.newAgent(w.a, "admin@marl.example", "admin")
	ten := *w.a
	ten.ownerCookie, ten.agent = admin, w.a.owner
	w.do(req{ten: &ten, as: "owner", call: "POST /v1/agents/{agent}/password-reset"}).refused(403, "forbidden") // would make them the owner
	late := link()
	w.clock.add(24*time.Hour + time.Second)
	complete(late, "another password").refused(410, "link_used")
}

func TestRolesRiseOnlyByWhoMayGiveThem(t *testing.T) {
	w := newWorld(t)
	id, admin := w.newAgent(w.a, "admin@marl.example", "admin")
	ten := *w.a
	ten.ownerCookie = admin
	patch := func(ten *tenant, body string) *answer {
		return w.do(req{ten: ten, as: "owner", call: "PATCH /v1/agents/{agent}", body: body})
	}
	patch(&ten, `{"role":"admin"}`).want(200, `"role":"admin"`)
	patch(&ten, `{"role":"owner"}`).refused(403, "forbidden")
	ten.agent = w.a.owner
	patch(&ten, `{"active":false}`).refused(403, "forbidden")
	patch(&ten, `{"role":"agent"}`).refused(403, "forbidden")
	ten.ownerCookie = w.a.ownerCookie
	patch(&ten, `{"role":"agent"}`).refused(409, "last_owner")
	patch(&ten, `{"active":false}`).refused(409, "last_owner")
	ten.agent = id
	patch(&ten, `{"role":"owner"}`).want(200, `"role":"owner"`)
	ten.agent = w.a.owner
	patch(&ten, `{"role":"agent"}`).want(200)
}

func TestAnAgentChangesThemselves(t *testing.T) {
	w := newWorld(t)
	other := w.signInAgain(w.a)
	patch := func(body string) *answer { return w.do(req{as: "agent", call: "PATCH /v1/agent/me", body: body}) }
	patch(`{"name":"Annabel","language":"ar"}`).want(200, `"name":"Annabel"`, `"language":"ar"`)
	patch(`{"name":" "}`).refused(422, "invalid")
	patch(`{"language":"<b>"}`).refused(422, "invalid")
	patch(`{"role":"owner"}`).refused(400, "unknown_field")
	patch(`{"new_password":"another password"}`).refused(422, "wrong_password")
	patch(`{"new_password":"another password","current_password":"wrong password"}`).refused(422, "wrong_password")
	patch(`{"new_password":"short","current_password":"`+password+`"}`).refused(422, "invalid").want(422, "new_password")
	patch(`{"new_password":"another password","current_password":"` + password + `"}`).want(200)
	w.do(req{as: "agent", call: "GET /v1/agent/me"}).want(200, "Annabel") // this session stays
	ten := *w.a
	ten.agentCookie = other
	w.do(req{ten: &ten, as: "agent", call: "GET /v1/agent/me"}).refused(401, "unauthenticated")
	for range 10 {
		patch(`{"new_password":"another password","current_password":"wrong password"}`)
	}
	patch(`{"new_password":"one more password","current_password":"another password"}`).refused(429, "rate_limited")
}

func TestListsComeInPages(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.newAgent(w.a, fmt.Sprintf("a%d@marl.example", i), "agent")
	}
	seen, cursor := map[string]bool{}, ""
	for range 3 {
		q := req{as: "agent", call: "GET /v1/agents", query: "limit=2" + cursor}
		page := into[openapi.AgentList](w.do(q).want(200))
		for _, x := range page.Items {
			seen[x.ID] = true
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			cursor = ""
			break
		}
	}
	if len(seen) != 6 || cursor != "" {
		t.Errorf("%d of 6 agents were listed, cursor %q", len(seen), cursor)
	}
	page := into[openapi.AgentList](w.do(req{as: "agent", call: "GET /v1/agents", query: "limit=1"}).want(200))
	edited := []byte(page.Next)
	edited[len(edited)/2] ^= 1
	w.do(req{as: "agent", call: "GET /v1/agents", query: "cursor=" + string(edited)}).refused(400, "bad_cursor")
	w.do(req{as: "agent", call: "GET /v1/shops", query: "cursor=" + page.Next}).refused(400, "bad_cursor") // of another list
}
