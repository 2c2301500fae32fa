package rest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestSecretsAndTokensNeverComeOut(t *testing.T) {
	w := newWorld(t)
	all := ""
	for _, q := range []req{
		{as: "owner", call: "GET /v1/provider-apps"},
		{as: "owner", call: "PATCH /v1/provider-apps/{provider_app}", body: `{"name":"Renamed"}`},
		{as: "owner", call: "GET /v1/accounts"},
		{as: "owner", call: "GET /v1/accounts/{account}"},
		{as: "owner", call: "PATCH /v1/accounts/{account}", body: `{"name":"Renamed"}`},
		{as: "agent", call: "GET /v1/shops/{shop}/conversations/{conversation}/reach"},
		{as: "plugin", call: "GET /v1/shops/{shop}/conversations/{conversation}/reach"},
		{as: "plugin", call: "GET /v1/shops/{shop}/templates"},
		{as: "agent", call: "GET /v1/shops/{shop}"},
		{as: "agent", call: "GET /v1/agent/me"},
	} {
		a := w.do(q).want(200).lacks(appSecret, accountToken)
		all += a.body
	}
	for _, end := range []string{`"last4":"9c1e"`, `"token_last4":"Zx7Q"`} {
		if !strings.Contains(all, end) {
			t.Errorf("nowhere %s", end)
		}
	}
	kept := must[chat.ProviderApp](t)(w.store.ProviderApp(t.Context(), w.a.merchant, w.a.app))
	account := must[chat.Account](t)(w.store.Account(t.Context(), w.a.merchant, w.a.account))
	if len(kept.Secrets) != 1 || kept.Secrets[0] != appSecret || account.Token != accountToken {
		t.Error("a patch without secrets has lost them")
	}
}

func TestAProviderAppIsAddedRotatedAndRemoved(t *testing.T) {
	w := newWorld(t)
	body := `{"provider":"meta","name":"Second","app_id":"77","secrets":["first secret 0001"]}`
	made := into[openapi.ProviderApp](w.do(req{as: "owner", call: "POST /v1/provider-apps", body: body}).want(201))
	if made.WebhookURL != publicURL+"/hooks/meta/"+made.ID || made.VerifyToken == "" || made.Secrets[0].Last4 != "0001" {
		t.Errorf("%+v", made)
	}
	at := "/v1/provider-apps/" + made.ID
	w.do(req{as: "owner", call: "PATCH " + at, body: `{"secrets":["first secret 0001","second secret 0002"]}`}).want(200, `"last4":"0002"`)
	for body, code := range map[string]string{
		`{"secrets":[]}`:        "invalid",
		`{"secrets":["short"]}`: "invalid",
		`{"secrets":["aaaaaaaa1","b2bbbbbbb","c3ccccccc","d4ddddddd"]}`: "invalid",
		`{"app_id":"not a number"}`:                                     "invalid",
	} {
		w.do(req{as: "owner", call: "PATCH " + at, body: body}).refused(422, code)
	}
	w.do(req{as: "owner", call: "POST /v1/provider-apps", body: `{"provider":"smtp","name":"x","app_id":"1","secrets":["aaaaaaaaa"]}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "POST /v1/provider-apps", body: `{"provider":"viber","name":"x","app_id":"1","secrets":["aaaaaaaaa"]}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "POST /v1/provider-apps", body: `{"provider":"meta","name":"x","app_id":"1","secrets":["aaaaaaaaa"],"verify_token":"mine"}`}).refused(400, "unknown_field")
	w.do(req{as: "owner", call: "GET /v1/provider-apps", query: "limit=1"}).want(200, `"next"`)
	w.do(req{as: "owner", call: "DELETE " + at}).want(204)
	w.do(req{as: "owner", call: "DELETE " + at}).refused(404, "not_found")
	w.do(req{as: "owner", call: "DELETE /v1/provider-apps/{provider_app}"}).refused(409, "conflict") // an account uses it
}

func TestAnAccountIsConnectedChangedAndDisconnected(t *testing.T) {
	w := newWorld(t)
	account := func(app, shop, externalID string) string {
		return fmt.Sprintf(`{"channel":"whatsapp","provider_app":%q,"name":"Second","external_id":%q,"handle":"+49 151 2345678",
			"shops":[%q],"token":"a token 4444","prices":{"utility":{"amount":5,"currency":"EUR"}}}`, app, externalID, shop)
	}
	made := into[openapi.Account](w.do(req{
		as: "owner", call: "POST /v1/accounts", body: account(string(w.a.app), string(w.a.shop.ID), "201"),
	}).want(201).lacks("a token"))
	if made.DefaultShop != string(w.a.shop.ID) || made.TokenLast4 != "4444" || made.Handle != "491512345678" || made.Prices.Utility.Amount != 5 {
		t.Errorf("%+v", made)
	}
	w.do(req{as: "owner", call: "POST /v1/accounts", body: account(string(w.a.app), string(w.a.shop.ID), "201")}).refused(409, "already_exists")
	for _, body := range map[string]string{
		"another merchant's app":  account(string(w.b.app), string(w.a.shop.ID), "202"),
		"another merchant's shop": account(string(w.a.app), string(w.b.shop.ID), "202"),
		"a channel that is none":  strings.Replace(account(string(w.a.app), string(w.a.shop.ID), "202"), "whatsapp", "sms", 1),
		"the web":                 strings.Replace(account(string(w.a.app), string(w.a.shop.ID), "202"), "whatsapp", "web", 1),
	} {
		w.do(req{as: "owner", call: "POST /v1/accounts", body: body}).refused(422, "invalid").lacks(string(w.b.app), string(w.b.shop.ID))
	}
	at := "/v1/accounts/" + made.ID
	w.do(req{as: "owner", call: "PATCH " + at, body: `{"shops":["` + string(w.b.shop.ID) + `"]}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "PATCH " + at, body: `{"state":"attention"}`}).refused(422, "invalid")
	w.do(req{as: "owner", call: "PATCH " + at, body: `{"state":"off","token":"another token 5555"}`}).want(200, `"state":"off"`, `"token_last4":"5555"`)
	w.do(req{as: "owner", call: "POST " + at + "/check"}).want(200, `"not_subscribed"`)
	w.do(req{as: "owner", call: "POST " + at + "/subscribe"}).refused(409, "provider_refused").want(409, "Session has expired.")
	w.do(req{as: "owner", call: "POST " + at + "/templates/sync"}).want(200, `"answer_waiting"`)
	w.do(req{as: "agent", call: "GET /v1/channels"}).want(200, `"window_ms":86400000`)
	w.do(req{as: "owner", call: "DELETE " + at}).want(204)
	if kept, err := w.store.Account(t.Context(), w.a.merchant, chat.AccountID(made.ID)); err == nil && kept.Token != "" {
		t.Error("the token of a disconnected account is kept")
	}
}

func TestADeadWebhookIsTriedAgainOrThrownAway(t *testing.T) {
	w := newWorld(t)
	w.do(req{as: "owner", call: "GET /v1/webhooks/dead"}).want(200, `"body":"secret of marl"`, `"attempts":5`).lacks("other")
	w.do(req{as: "owner", call: "POST /v1/webhooks/dead/{raw}/retry"}).want(202)
	w.do(req{as: "owner", call: "GET /v1/webhooks/dead"}).want(200).lacks("secret of marl")
	w.do(req{ten: w.b, as: "owner", call: "DELETE /v1/webhooks/dead/{raw}"}).want(204)
	w.do(req{ten: w.b, as: "owner", call: "GET /v1/webhooks/dead"}).want(200).lacks("secret")
	w.do(req{ten: w.b, as: "owner", call: "DELETE /v1/webhooks/dead/{raw}"}).refused(404, "not_found")
}

// TestIdsInBodiesAreTheCallersOwn names what another merchant, or another shopper, has where a path does not.
func TestIdsInBodiesAreTheCallersOwn(t *testing.T) {
	w := newWorld(t)
	before := w.rows(w.a)
	text := func(more string) string {
		return `{"client_id":"x","kind":"message","message":{"text":"hi"` + more + `}`
	}
	for name, x := range map[string]struct {
		q      req
		status int
	}{
		"a handoff to accept":       {req{as: "owner", call: "POST /v1/shops/{shop}/conversations/{conversation}/accept-hint", body: `{"handoff":"` + string(w.a.handoff) + `"}`}, 404},
		"an address to route to":    {req{as: "owner", call: "PUT /v1/shops/{shop}/conversations/{conversation}/route", body: `{"address":"` + string(w.a.address) + `"}`}, 404},
		"an address to write to":    {req{as: "owner", call: "POST /v1/shops/{shop}/conversations/{conversation}/entries", body: text("") + `,"to":"` + string(w.a.address) + `"}`}, 409},
		"a template to write with":  {req{as: "plugin", call: "POST /v1/shops/{shop}/conversations/{conversation}/entries", body: text(`,"template":{"id":"`+string(w.a.template)+`"}`) + `}`}, 422},
		"a shopper to merge":        {req{as: "owner", call: "POST /v1/shops/{shop}/shoppers/{shopper}/merge", body: `{"from":"` + string(w.a.shopper) + `"}`}, 404},
		"an account to offer":       {req{as: "owner", call: "PATCH /v1/shops/{shop}", body: `{"settings":{"handoff":{"channels":[{"channel":"whatsapp","account":"` + string(w.a.account) + `"}]}}}`}, 422},
		"an account of a new shop":  {req{as: "owner", call: "POST /v1/shops", body: `{"name":"x","origins":[],"settings":{"handoff":{"channels":[{"channel":"whatsapp","account":"` + string(w.b.account) + `"}]}}}`}, 422},
		"a conversation to go on":   {req{as: "shopper", call: "POST /v1/shops/{key}/shopper/handoffs", body: `{"channel":"whatsapp","conversation":"` + string(w.a.conversation) + `"}`}, 404},
		"a conversation of consent": {req{as: "shopper", call: "POST /v1/shops/{key}/shopper/consents", body: strings.TrimSuffix(sample["POST /v1/shops/{key}/shopper/consents"], "}") + `,"conversation":"` + string(w.a.conversation) + `"}`}, 404},
	} {
		x.q.ten = w.b
		a := w.do(x.q)
		if a.status != x.status {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		a.lacks("marl", string(w.a.account), string(w.a.address))
	}
	if w.rows(w.a) != before {
		t.Error("something of the first merchant changed")
	}
}

func TestHandoffSettingsAreTakenWholeAndChecked(t *testing.T) {
	w := newWorld(t)
	set := func(handoff string) *answer {
		return w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}", body: `{"settings":{"handoff":` + handoff + `}}`})
	}
	channel := `{"channel":"whatsapp","account":"` + string(w.a.account) + `","link":true,"label":{"en":"Go on"}}`
	set(`{"channels":[`+channel+`],"cap":{"amount":500,"currency":"EUR"},"leave_after":30}`).want(200, `"leave_after":30`, `"Go on"`, `"amount":500`)
	set(`{"channels":[]}`).want(200, `"handoff":{"channels":[]}`)
	set(`{}`).refused(422, "invalid")
	set(`{"channels":null}`).refused(422, "invalid")
	set(`{"channels":[],"token":"x"}`).refused(400, "unknown_field")
	set(`{"channels":[{"channel":"fax","account":"`+string(w.a.account)+`"}]}`).refused(422, "invalid")
	set(`{"channels":[{"channel":"messenger","account":"`+string(w.a.account)+`"}]}`).refused(422, "invalid")
	w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}", body: `{"name":"Marl"}`}).want(200, `"handoff":{"channels":[]}`)
}

func TestQuestionsToAProviderAreLimited(t *testing.T) {
	w := newWorld(t)
	for i := range 21 {
		a := w.do(req{as: "owner", call: "POST /v1/accounts/{account}/check"})
		if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[i < 20]; a.status != want {
			t.Fatalf("call %d: %d", i, a.status)
		}
	}
	w.clock.add(time.Minute)
	w.do(req{as: "owner", call: "POST /v1/accounts/{account}/check"}).want(200)
}
