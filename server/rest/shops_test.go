package rest

import (
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestAShopIsMadeAndChanged(t *testing.T) {
	w := newWorld(t)
	create := func(body string) *answer { return w.do(req{as: "owner", call: "POST /v1/shops", body: body}) }
	made := into[openapi.Shop](create(`{"name":"Second","origins":["HTTPS://Shop.Example:443/"],"settings":{"color":"#112233","greeting":{"de":"Hallo"}}}`).
		want(201, `"https://shop.example"`, `"currency":"EUR"`, `"time_zone":"UTC"`, `"de":"Hallo"`))
	if !strings.HasPrefix(made.Key, "pk_") || made.ID == string(w.a.shop.ID) {
		t.Errorf("made %+v", made)
	}
	w.do(req{as: "agent", call: "GET /v1/shops"}).want(200, "Second", "marl").lacks("other")
	for _, body := range []string{
		`{"name":"","origins":[]}`, `{"name":"x","origins":["*"]}`, `{"name":"x","origins":["null"]}`, `{"name":"x","origins":["https://*.x.example"]}`,
		`{"name":"x","origins":["https://x.example/path"]}`, `{"name":"x","origins":["x.example"]}`, `{"name":"x","origins":["javascript:alert(1)"]}`,
		`{"name":"x","origins":[],"currency":"EURO"}`, `{"name":"x","origins":[],"time_zone":"Mars/Olympus"}`,
		`{"name":"x","origins":[],"settings":{"color":"red;}"}}`, `{"name":"x","origins":[],"settings":{"launcher_side":"top"}}`,
	} {
		create(body).refused(422, "invalid")
	}
	patch := func(body string) *answer { return w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}", body: body}) }
	patch(`{"name":"Marl","settings":{"launcher_side":"start"}}`).want(200, `"name":"Marl"`, `"launcher_side":"start"`, `"#a8482a"`, "https://marl.example")
	patch(`{"key":"pk_mine"}`).refused(400, "unknown_field")
	patch(`{"origins":["ftp://x.example"]}`).refused(422, "invalid").want(422, "origins[0]")
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}"}).want(200, `"name":"Marl"`)
}

func TestSecretsAreShownOnce(t *testing.T) {
	w := newWorld(t)
	key := into[openapi.PluginKey](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"Woo","scopes":["context:write"]}`}).want(201))
	if !strings.HasPrefix(key.Secret, "tgk_") || key.Last4 != key.Secret[len(key.Secret)-4:] {
		t.Errorf("made %+v", key)
	}
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/plugin-keys"}).want(200, key.Last4, key.ID).lacks(key.Secret, "tgk_")
	w.do(req{as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"Woo","scopes":[]}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"Woo","scopes":["all"]}`}).refused(422, "invalid")

	second := into[openapi.IdentitySecret](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/identity-secrets"}).want(201))
	w.do(req{as: "owner", call: "POST /v1/shops/{shop}/identity-secrets"}).refused(409, "limit_reached")
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/identity-secrets"}).want(200, second.Kid, w.a.kid).lacks(second.Secret, w.a.secret)
	w.do(req{as: "owner", call: "DELETE /v1/shops/{shop}/identity-secrets/{kid}"}).want(204)
	w.do(req{as: "owner", call: "DELETE /v1/shops/{shop}/identity-secrets/{kid}"}).refused(404, "not_found")
	if log := w.logs.String(); strings.Contains(log, "tgk_") || strings.Contains(log, second.Secret) {
		t.Error("a secret is in the log")
	}
}
