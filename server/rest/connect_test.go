package rest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// The pair of RFC 7636, appendix B.
const (
	verifier       = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	returnURL      = "https://marl.example/admin?page=chat"
	connectRequest = `{"name":"My plugin","platform":"own","return_url":"` + returnURL + `","state":"s1",` +
		`"code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","code_challenge_method":"S256",` +
		`"scopes":["context:write","context:read"],"identity":true}`
)

// granted lets the owner agree, and gives the code.
func (w *world) granted(body string) string {
	w.t.Helper()
	to := into[openapi.ConnectRedirect](w.do(req{as: "owner", call: "POST /v1/connect/grants", body: body}).want(201)).RedirectURL
	u, err := url.Parse(to)
	if err != nil || u.Scheme+"://"+u.Host+u.Path != "https://marl.example/admin" || u.Query().Get("page") != "chat" || u.Query().Get("state") != "s1" {
		w.t.Fatalf("redirected to %q", to)
	}
	return u.Query().Get("code")
}

func exchange(code, verifier, returnURL string) req {
	return req{call: "POST /v1/connect/token", body: `{"code":` + strconv.Quote(code) + `,"code_verifier":` + strconv.Quote(verifier) +
		`,"return_url":` + strconv.Quote(returnURL) + `}`}
}

func (w *world) withKey(call, key string) *answer {
	w.t.Helper()
	return w.do(req{call: call, header: map[string]string{"Authorization": "Bearer " + key}})
}

func TestAPluginIsConnectedAndDisconnected(t *testing.T) {
	w := newWorld(t)
	w.do(req{as: "owner", call: "DELETE /v1/shops/{shop}/identity-secrets/{kid}"}).want(204) // room for both of this test
	look := into[openapi.ConnectLook](w.do(req{as: "agent", call: "POST /v1/connect/check", body: connectRequest}).want(200))
	if look.ReturnOrigin != "https://marl.example" || len(look.Shops) != 1 || look.Shops[0] != string(w.a.shop.ID) {
		t.Errorf("look %+v", look)
	}
	code := w.granted(`{"request":` + connectRequest + `,"shop":"` + string(w.a.shop.ID) + `"}`)
	got := into[openapi.Connection](w.do(exchange(code, verifier, returnURL)).want(201))
	if got.Shop.Key != w.a.shop.Key || got.APIURL != publicURL || got.InboxURL != inboxURL || got.LoaderURL != publicURL+"/w/"+w.a.shop.Key+".js" {
		t.Errorf("connection %+v", got)
	}
	if !strings.HasPrefix(got.PluginKey.Key, "tgk_") || got.IdentitySecret == nil || len(got.PluginKey.Scopes) != 2 {
		t.Fatalf("key %+v, secret %+v", got.PluginKey, got.IdentitySecret)
	}
	self := into[openapi.OwnPluginKey](w.withKey("GET /v1/plugin-key", got.PluginKey.Key).want(200))
	if self.ID != got.PluginKey.ID || self.Name != "My plugin" || self.Shop.ID != got.Shop.ID || self.Shop.Currency != "EUR" {
		t.Errorf("self %+v", self)
	}
	w.withKey("GET /v1/shops/{shop}/orders", got.PluginKey.Key).want(200)
	w.withKey("GET /v1/shops/{shop}/conversations", got.PluginKey.Key).refused(403, "insufficient_scope")
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/plugin-keys"}).want(200, got.PluginKey.ID, `"return_origin":"https://marl.example"`).lacks(got.PluginKey.Key)

	w.withKey("DELETE /v1/plugin-key", got.PluginKey.Key).want(204)
	w.withKey("GET /v1/plugin-key", got.PluginKey.Key).refused(401, "unauthenticated")
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/identity-secrets"}).want(200).lacks(got.IdentitySecret.Kid)
	w.do(req{as: "plugin", call: "GET /v1/plugin-key"}).want(200) // another key of the shop goes on
}

func TestACodeIsForItsVerifierAndReturnURLOnceAndNotForLong(t *testing.T) {
	w := newWorld(t)
	grant := `{"request":` + connectRequest + `,"shop":"` + string(w.a.shop.ID) + `"}`
	code := w.granted(grant)
	for name, q := range map[string]req{
		"another verifier":   exchange(code, strings.Repeat("a", 43), returnURL),
		"the challenge":      exchange(code, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", returnURL),
		"no verifier":        exchange(code, "", returnURL),
		"another return URL": exchange(code, verifier, returnURL+"&x=1"),
		"no code":            exchange("", verifier, returnURL),
		"another code":       exchange("tgc_"+strings.Repeat("A", 43), verifier, returnURL),
		"a code of 9 KB":     exchange(strings.Repeat("A", 9000), verifier, returnURL),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.do(q).refused(400, "bad_grant")
		})
	}
	w.t = t
	got := into[openapi.Connection](w.do(exchange(code, verifier, returnURL)).want(201)) // the tries before left it as it was
	w.withKey("GET /v1/plugin-key", got.PluginKey.Key).want(200)
	w.do(exchange(code, verifier, returnURL)).refused(410, "gone")
	w.withKey("GET /v1/plugin-key", got.PluginKey.Key).refused(401, "unauthenticated")

	late := w.granted(grant)
	w.clock.add(10*time.Minute + time.Second)
	w.do(exchange(late, verifier, returnURL)).refused(400, "bad_grant")
}

func TestACodeIsExchangedOnceByAnyNumberAtATime(t *testing.T) {
	w := newWorld(t)
	code := w.granted(`{"request":` + connectRequest + `,"shop":"` + string(w.a.shop.ID) + `"}`)
	const many = 10
	statuses := make(chan int, many)
	for range many {
		r := w.build(exchange(code, verifier, returnURL))
		go func() {
			rec := httptest.NewRecorder()
			w.door.ServeHTTP(rec, r)
			statuses <- rec.Code
		}()
	}
	made := 0
	for range many {
		switch s := <-statuses; s {
		case http.StatusCreated:
			made++
		case http.StatusGone:
		default:
			t.Errorf("status %d", s)
		}
	}
	if made != 1 {
		t.Errorf("%d keys were given for one code", made)
	}
}

func TestGrantsAreForManagersAndTheirOwnShops(t *testing.T) {
	w := newWorld(t)
	own, foreign := `"shop":"`+string(w.a.shop.ID)+`"`, `"shop":"`+string(w.b.shop.ID)+`"`
	body := func(rest string) string { return `{"request":` + connectRequest + `,` + rest + `}` }
	w.do(req{as: "agent", call: "POST /v1/connect/grants", body: body(own)}).refused(403, "forbidden")
	w.do(req{as: "owner", call: "POST /v1/connect/grants", body: body(foreign)}).refused(404, "not_found")
	w.do(req{as: "owner", call: "POST /v1/connect/grants", body: body(own + `,"new_shop":{"name":"x","origins":[]}`)}).refused(422, "invalid")
	w.do(req{as: "owner", call: "POST /v1/connect/grants", body: `{"request":` + connectRequest + `}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "POST /v1/connect/grants", body: body(own), header: map[string]string{"Sec-Fetch-Site": "cross-site"}}).refused(403, "cross_origin")
	w.do(req{call: "POST /v1/connect/grants", body: body(own)}).refused(401, "unauthenticated")
}

func TestAPluginOfATestShopGetsATestKey(t *testing.T) {
	w := newWorld(t)
	code := w.granted(`{"request":` + connectRequest + `,"new_shop":{"name":"Trial","origins":["https://trial.example"],"test":true}}`)
	got := into[openapi.Connection](w.do(exchange(code, verifier, returnURL)).want(201))
	if !got.Shop.Test || got.Shop.Name != "Trial" || !strings.HasPrefix(got.PluginKey.Key, "tgk_test_") {
		t.Errorf("connection %+v", got)
	}
	w.withKey("GET /v1/plugin-key", got.PluginKey.Key).want(200, `"test":true`)
	w.withKey("GET /v1/shops/"+got.Shop.ID+"/orders", got.PluginKey.Key).want(200)
	w.withKey("GET /v1/shops/{shop}/orders", got.PluginKey.Key).refused(404, "not_found")
	made := w.do(req{as: "owner", call: "POST /v1/shops/" + got.Shop.ID + "/plugin-keys", body: `{"name":"by hand","scopes":["context:read"]}`})
	made.want(201, `"secret":"tgk_test_`)
}

func TestABadRequestToConnectMakesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.rows(w.a)
	for name, change := range map[string][2]string{
		"http":                    {returnURL, "http://marl.example/admin"},
		"a script":                {returnURL, "javascript:alert(1)"},
		"a user in the URL":       {returnURL, "https://marl.example@evil.example/"},
		"a fragment":              {returnURL, "https://marl.example/#x"},
		"a code of its own":       {returnURL, "https://marl.example/?code=1"},
		"a plain challenge":       {`"S256"`, `"plain"`},
		"a challenge that is off": {"E9Melhoa2Owv", "E9Melhoa2O!v"},
		"a long state":            {`"s1"`, `"` + strings.Repeat("s", 201) + `"`},
		"no state":                {`"s1"`, `""`},
		"no scopes":               {`["context:write","context:read"]`, `[]`},
		"a nameless plugin":       {`"My plugin"`, `" "`},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			bad := strings.Replace(connectRequest, change[0], change[1], 1)
			w.do(req{as: "owner", call: "POST /v1/connect/check", body: bad}).refused(400, "bad_connect").want(400, `"fields"`).lacks("evil")
			w.do(req{as: "owner", call: "POST /v1/connect/grants", body: `{"request":` + bad + `,"new_shop":{"name":"x","origins":[]}}`}).
				refused(400, "bad_connect").want(400, `"path":"request.`)
		})
	}
	w.t = t
	if w.rows(w.a) != before {
		t.Error("something was made")
	}
}

func TestRegisteringIsClosedUnlessItWasOpened(t *testing.T) {
	w := newWorld(t)
	w.do(req{call: "GET /v1/registrations"}).want(200, `"open":false`)
	w.do(req{as: "inbox", call: "POST /v1/registrations", body: sample["POST /v1/registrations"]}).refused(404, "not_found")
}

// registering makes a door where anybody may register.
func registering(o *Options) {
	open, err := auth.New(auth.Options{
		Store: o.Store.(auth.Store), InboxURL: inboxURL, FilesURL: filesURL, LinkKey: bytes.Repeat([]byte("k"), 32), Now: o.Now, Registration: true,
	})
	if err != nil {
		panic(err)
	}
	o.Auth = open
}

func registration(email string) string {
	return `{"merchant":"Tarn","name":"Tove","email":"` + email + `","password":"correct horse battery","language":"da",` +
		`"shop":{"name":"Tarn ceramics","origins":["https://Tarn.example/"],"currency":"DKK"}}`
}

func TestAnybodyRegistersWhereItIsOpen(t *testing.T) {
	w := newWorld(t, registering)
	w.do(req{call: "GET /v1/registrations"}).want(200, `"open":true`)
	a := w.do(req{as: "inbox", call: "POST /v1/registrations", body: registration(" Tove@tarn.example")}).want(201)
	me := into[openapi.Me](a)
	if me.Agent.Role != openapi.RoleOwner || me.Agent.Email != "tove@tarn.example" || me.Merchant.Name != "Tarn" || len(me.Shops) != 1 {
		t.Fatalf("registered %+v", me)
	}
	if s := me.Shops[0]; s.Origins[0] != "https://tarn.example" || s.Currency != "DKK" || s.TimeZone != "UTC" || s.Test {
		t.Errorf("shop %+v", s)
	}
	cookie := a.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, auth.CookieName+"=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "Secure") {
		t.Fatalf("cookie %q", cookie)
	}
	value, _, _ := strings.Cut(strings.TrimPrefix(cookie, auth.CookieName+"="), ";")
	tove := &tenant{ownerCookie: value, shop: chat.Shop{ID: chat.ShopID(me.Shops[0].ID)}}
	w.do(req{ten: tove, as: "owner", call: "GET /v1/shops/{shop}"}).want(200, "Tarn ceramics")
	w.do(req{ten: tove, of: w.a, as: "owner", call: "GET /v1/shops/{shop}"}).refused(404, "not_found")
}

func TestRegistrationsAreRefused(t *testing.T) {
	w := newWorld(t, registering)
	good := registration("tove@tarn.example")
	for name, c := range map[string]struct {
		req
		status int
		code   string
	}{
		"on the public host":     {req{as: "inbox", call: "POST /v1/registrations", body: good, host: "chat.example"}, 421, "misdirected"},
		"from another site":      {req{as: "inbox", call: "POST /v1/registrations", body: good, header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403, "cross_origin"},
		"a short password":       {req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, "correct horse battery", "short", 1)}, 422, "invalid"},
		"a megabyte of password": {req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, "correct horse battery", strings.Repeat("a", 2000), 1)}, 400, "too_long"},
		"no merchant":            {req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, `"Tarn"`, `" "`, 1)}, 422, "invalid"},
		"a site that is none":    {req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, "https://Tarn.example/", "tarn", 1)}, 422, "invalid"},
		"a role":                 {req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, `"name":"Tove"`, `"name":"Tove","role":"owner"`, 1)}, 400, "unknown_field"},
		"an address that is in":  {req{as: "inbox", call: "POST /v1/registrations", body: registration("owner@marl.example")}, 409, "conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.do(c.req).refused(c.status, c.code)
		})
	}
	w.t = t
	w.do(req{as: "inbox", call: "POST /v1/registrations", body: strings.Replace(good, "https://Tarn.example/", "tarn", 1)}).want(422, `"path":"shop.origins[0]"`)
}

func TestOneAddressRegistersFiveAnHour(t *testing.T) {
	w := newWorld(t, registering)
	for i := range 5 {
		w.do(req{as: "inbox", call: "POST /v1/registrations", body: registration("t" + strconv.Itoa(i) + "@tarn.example")}).want(201)
	}
	next := req{as: "inbox", call: "POST /v1/registrations", body: registration("t6@tarn.example")}
	w.do(next).refused(429, "rate_limited")
	next.from = "198.51.100.7:9"
	w.do(next).want(201)
	w.clock.add(time.Hour)
	w.do(req{as: "inbox", call: "POST /v1/registrations", body: registration("t7@tarn.example")}).want(201)
}

func TestTheConnectPageLeadsToTheInboxAlone(t *testing.T) {
	h := ToInbox(inboxURL, "/inbox/connect")
	for query, want := range map[string]string{
		"":                          inboxURL + "/inbox/connect",
		"name=A%20B&state=s%0d%0aX": inboxURL + "/inbox/connect?name=A+B&state=s%0D%0AX",
		"return_url=https%3A%2F%2Fevil.example%2F&x=//evil": inboxURL + "/inbox/connect?return_url=https%3A%2F%2Fevil.example%2F&x=%2F%2Fevil",
	} {
		r := httptest.NewRequest(http.MethodGet, "/connect", nil)
		r.URL.RawQuery, r.Host = query, "evil.example"
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != 302 || rec.Header().Get("Location") != want || rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d %v", query, rec.Code, rec.Header())
		}
	}
	long := httptest.NewRequest(http.MethodGet, "/connect?state="+strings.Repeat("a", 9<<10), nil)
	for r, status := range map[*http.Request]int{long: 414, httptest.NewRequest(http.MethodPost, "/connect", nil): 405} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != status || rec.Header().Get("Location") != "" {
			t.Errorf("%s: %d %v", r.Method, rec.Code, rec.Header())
		}
	}
}
