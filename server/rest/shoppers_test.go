package rest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func (w *world) identity(ten *tenant, kid, secret, subject string) string {
	w.t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": ten.shop.Key, "sub": subject, "exp": w.clock.now().Add(time.Hour).Unix(), "name": "Mara Marl", "email": "mara@marl.example",
	})
	token.Header["kid"] = kid
	return must[string](w.t)(token.SignedString([]byte(secret)))
}

func TestAShopperStartsASession(t *testing.T) {
	w := newWorld(t)
	s := into[openapi.Session](w.do(req{call: "POST /v1/shops/{key}/sessions", body: `{"language":"de"}`}).want(201))
	if !strings.HasPrefix(s.Token, "tgs_") || s.ExpiresAt != w.clock.now().Add(chat.SessionFor).UnixMilli() {
		t.Errorf("the session is %+v", s)
	}
	ten := *w.a
	ten.token = s.Token
	w.do(req{ten: &ten, as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}).want(200, `"unread":0`)
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}).want(200, `"unread":0`)
	w.do(req{as: "agent", call: "POST " + entriesPath, body: message("m", "Hello")}).want(201)
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}).want(200, `"unread":1`)
	unknown := *w.a
	unknown.shop.Key = "pk_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	w.do(req{of: &unknown, call: "POST /v1/shops/{key}/sessions", body: `{}`}).refused(404, "not_found")
	if strings.Contains(w.logs.String(), "tgs_") {
		t.Error("a token is in the log")
	}
}

func TestTheShopSaysWhoAShopperIs(t *testing.T) {
	w := newWorld(t)
	identify := func(token string) *answer {
		return w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/identity", body: fmt.Sprintf(`{"jwt":%q}`, token)})
	}
	for name, token := range map[string]string{
		"no token":                   "hello",
		"another merchant's secret":  w.identity(w.a, w.b.kid, w.b.secret, "c1"),
		"another merchant's shop":    w.identity(w.b, w.a.kid, w.a.secret, "c1"),
		"a secret that was made up":  w.identity(w.a, w.a.kid, "tgi_guess", "c1"),
		"more than eight kilobytes":  w.identity(w.a, w.a.kid, w.a.secret, strings.Repeat("c", 9000)),
		"nobody":                     w.identity(w.a, w.a.kid, w.a.secret, ""),
		"one that somebody rotated":  w.identity(w.a, "kid_aaaaaaaaaaaaaaaaaaaaaaaaaa", w.a.secret, "c1"),
		"a name in place of a token": w.a.kid + "." + w.a.kid + "." + w.a.kid,
	} {
		a := identify(token)
		if a.status != 403 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		a.refused(403, "identity_unverified")
	}
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}"}).want(200, `"identified":false`).lacks("Mara")
	identify(w.identity(w.a, w.a.kid, w.a.secret, "c1")).want(200, `"identified":true`, "Mara Marl")
	identify(w.identity(w.a, w.a.kid, w.a.secret, "c1")).want(200, `"identified":true`)
	identify(w.identity(w.a, w.a.kid, w.a.secret, "c2")).refused(403, "identity_unverified") // never another subject in a session
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}"}).want(200, `"customer":"c1"`, "mara@marl.example")

	// The same person on another device is the same shopper, and finds their conversation.
	other := *w.a
	_, other.token = w.newShopper(w.a)
	q := req{ten: &other, as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}
	w.do(q).refused(404, "not_found")
	w.do(req{ten: &other, as: "shopper", call: "POST /v1/shops/{key}/shopper/identity", body: fmt.Sprintf(`{"jwt":%q}`, w.identity(w.a, w.a.kid, w.a.secret, "c1"))}).
		want(200, string(w.a.shopper))
	w.do(q).want(200, "secret of marl")
}

func TestAgentsSeeAShoppersContext(t *testing.T) {
	w := newWorld(t)
	now := chat.At(w.clock.now())
	order := strings.Replace(orderEvent("o", "5001", now), `"external_id":"5001"`, `"external_id":"5001","shopper":"`+string(w.a.shopper)+`"`, 1)
	w.do(push(order)).want(200, "applied")
	by, _, err := w.auth.ShopperByToken(t.Context(), w.a.shop.Key, w.a.token)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.chat.See(t.Context(), by, chat.Page{URL: "https://marl.example/mug?token=hidden", Title: "Mug"}); err != nil {
		t.Fatal(err)
	}
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/context"}).want(200, `"5001"`, `"Mug"`).lacks("hidden", `"1001"`)
	w.do(req{as: "owner", call: "DELETE /v1/shops/{shop}/shoppers/{shopper}"}).want(202)
}
