package rest

import (
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tagalong-chat/tagalong/server/blob/blobtest"
)

// sample is a request that each operation would take from its own merchant's people. The wall must stop it before anything else.
var sample = map[string]string{
	"POST /v1/agent/login":                                           `{"email":"agent@marl.example","password":"wrong password"}`,
	"PATCH /v1/agent/me":                                             `{"name":"Eve"}`,
	"POST /v1/invitations/look":                                      `{"token":"x"}`,
	"POST /v1/invitations/accept":                                    `{"token":"x","name":"Eve","password":"correct horse battery"}`,
	"POST /v1/password-resets/complete":                              `{"token":"x","password":"correct horse battery"}`,
	"PATCH /v1/agents/{agent}":                                       `{"role":"admin","active":false}`,
	"POST /v1/invitations":                                           `{"email":"eve@evil.example","role":"owner"}`,
	"POST /v1/shops":                                                 `{"name":"Eve","origins":[]}`,
	"PATCH /v1/shops/{shop}":                                         `{"name":"Eve","origins":["https://evil.example"]}`,
	"POST /v1/shops/{shop}/plugin-keys":                              `{"name":"Eve","scopes":["context:read"]}`,
	"PATCH /v1/shops/{shop}/conversations/{conversation}":            `{"state":"closed","tags":["eve"]}`,
	"POST /v1/shops/{shop}/conversations/{conversation}/entries":     `{"client_id":"eve","kind":"message","message":{"text":"eve"}}`,
	"POST /v1/shops/{shop}/conversations/{conversation}/read":        `{"seq":1}`,
	"POST /v1/shops/{shop}/events":                                   `{"events":[{"id":"x","type":"order.deleted","occurred_at":"2026-03-01T12:00:00Z","version":1,"external_id":"1001"}]}`,
	"POST /v1/provider-apps":                                         `{"provider":"meta","name":"Eve","app_id":"1","secrets":["a secret of Eve"]}`,
	"PATCH /v1/provider-apps/{provider_app}":                         `{"name":"Eve","secrets":["a secret of Eve"]}`,
	"POST /v1/accounts":                                              `{"channel":"email","name":"Eve","external_id":"eve@evil.example","shops":[]}`,
	"PATCH /v1/accounts/{account}":                                   `{"name":"Eve","token":"a token of Eve","state":"off"}`,
	"PUT /v1/shops/{shop}/conversations/{conversation}/route":        `{"address":null}`,
	"POST /v1/shops/{shop}/conversations/{conversation}/accept-hint": `{"handoff":"hnd_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`,
	"POST /v1/shops/{shop}/shoppers/{shopper}/merge":                 `{"from":"shp_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`,
	"POST /v1/shops/{key}/shopper/handoffs":                          `{"channel":"whatsapp"}`,
	"POST /v1/shops/{key}/shopper/handoffs/{handoff}/confirm":        `{"mine":true}`,
	"POST /v1/shops/{key}/shopper/consents":                          `{"channel":"whatsapp","value":"+34600000009","purposes":["conversation"],"granted":true,"wording":"Yes","version":"1","language":"en"}`,
	"POST /v1/shops/{key}/resume":                                    `{"token":"x"}`,
	"POST /v1/registrations":                                         `{"merchant":"Eve","name":"Eve","email":"eve@evil.example","password":"correct horse battery","shop":{"name":"Eve","origins":[]}}`,
	"POST /v1/connect/check":                                         connectRequest,
	"POST /v1/connect/grants":                                        `{"request":` + connectRequest + `,"shop":"shop_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`,
	"POST /v1/connect/token":                                         `{"code":"x","code_verifier":"` + verifier + `","return_url":"https://evil.example"}`,
	"POST /v1/shops/{shop}/webhooks":                                 `{"url":"https://evil.example/hook","events":["message.created"]}`,
	"PATCH /v1/shops/{shop}/webhooks/{webhook}":                      `{"url":"https://evil.example/hook","enabled":false}`,
	"POST /v1/shops/{shop}/privacy/redact":                           `{"everything":true,"transcripts":true}`,
	"POST /v1/shops/{shop}/privacy/export":                           `{"customer":{"email":"lia@marl.example"}}`,
	"POST /v1/shops/{key}/shopper/orders/look-up":                    `{"number":"#1001","email":"lia@marl.example"}`,
	"POST /v1/shops/{key}/sessions":                                  `{}`,
	"POST /v1/shops/{key}/shopper/identity":                          `{"jwt":"a.b.c"}`,
}

func request(pattern, as string) req {
	op := operations[pattern]
	q := req{as: as, call: pattern, body: sample[pattern]}
	if slices.Contains(op.query, "name") {
		q.query = "name=a.txt"
	}
	if op.upload {
		q.body, q.header = "hello", map[string]string{"Content-Type": "application/octet-stream"}
	}
	return q
}

// open are operations for anybody with the shop's page.
var open = []string{"POST /v1/shops/{key}/sessions", "POST /v1/shops/{key}/resume"}

// TestNoCredentialReachesAnotherMerchant calls every operation with the ids of one merchant and each credential of another.
func TestNoCredentialReachesAnotherMerchant(t *testing.T) {
	w := newWorld(t)
	before := w.rows(w.a)
	for pattern := range operations {
		if !strings.Contains(pattern, "{") || slices.Contains(open, pattern) {
			continue
		}
		for _, as := range []string{"owner", "agent", "plugin", "shopper", ""} {
			q := request(pattern, as)
			q.ten, q.of = w.b, w.a
			a := w.do(q)
			if !slices.Contains([]int{401, 403, 404}, a.status) {
				t.Errorf("%s as another merchant's %q: %d %s", pattern, as, a.status, a.body)
			}
			a.lacks("secret of marl", "marl", "1001", string(w.a.merchant))
		}
	}
	if after := w.rows(w.a); after != before {
		t.Errorf("something of the first merchant changed:\n%s\n%s", before, after)
	}
}

// TestForeignAndUnknownAreTheSame compares, below an own shop, what another merchant has with what nobody has.
func TestForeignAndUnknownAreTheSame(t *testing.T) {
	w := newWorld(t)
	unknown := func(id string) string { return id[:len(id)-4] + "aaaa" }
	for pattern := range operations {
		path := pattern
		if !slices.ContainsFunc([]string{"{shop}/", "{agent}", "{invitation}", "{provider_app}", "{account}", "{raw}"}, func(part string) bool {
			return strings.Contains(path, part)
		}) {
			continue
		}
		_, below, _ := strings.Cut(path, "{shop}/")
		if !strings.Contains(below, "{") && strings.Contains(path, "{shop}") {
			continue
		}
		for _, as := range []string{"owner", "plugin"} {
			bodies := map[string]string{}
			for name, of := range map[string]*tenant{"foreign": w.a, "unknown": {
				agent: w.a.agent[:26] + "aaaa", conversation: w.a.conversation[:26] + "aaaa", shopper: w.a.shopper[:26] + "aaaa",
				invitation: w.a.invitation[:26] + "aaaa", plugin: w.a.plugin[:26] + "aaaa", kid: unknown(w.a.kid), order: "nobody's",
				app: w.a.app[:26] + "aaaa", account: w.a.account[:26] + "aaaa", raw: w.a.raw[:26] + "aaaa", delivery: w.a.delivery[:26] + "aaaa",
				webhook: w.a.webhook[:26] + "aaaa", told: w.a.told[:26] + "aaaa", privacy: w.a.privacy[:26] + "aaaa",
			}} {
				mixed := *of
				mixed.shop = w.b.shop
				if name == "foreign" {
					mixed.order = "2002"
				}
				q := request(pattern, as)
				q.ten, q.of = w.b, &mixed
				a := w.do(q)
				if a.status == 200 || a.status == 201 || a.status == 202 || a.status == 204 {
					t.Errorf("%s of %s ids as %q: %d", pattern, name, as, a.status)
				}
				_, rest, _ := strings.Cut(a.body, `"request_id"`)
				bodies[name] = strings.TrimSuffix(a.body, rest)
			}
			if bodies["foreign"] != bodies["unknown"] {
				t.Errorf("%s as %q tells them apart: %s %s", pattern, as, bodies["foreign"], bodies["unknown"])
			}
		}
	}
}

// TestAShopperReachesOnlyTheirOwn sets two shoppers of one shop against each other.
func TestAShopperReachesOnlyTheirOwn(t *testing.T) {
	w := newWorld(t)
	other := *w.a
	other.shopper, other.token = w.newShopper(w.a)
	q := req{ten: &other, as: "shopper", call: "GET /v1/shops/{key}/shopper/conversations/{conversation}/entries"}
	w.do(q).refused(404, "not_found").lacks("secret")
	q.ten = w.a
	w.do(q).want(200, "secret of marl")
	q.ten, q.of = w.a, w.b
	w.do(q).refused(401, "token_wrong_shop")
}

func TestAPluginKeyDoesOnlyWhatItsScopesSay(t *testing.T) {
	w := newWorld(t)
	for pattern, op := range operations {
		if op.scope == "" {
			continue
		}
		for _, scope := range []string{"context:write", "context:read", "conversations:read", "conversations:write", "webhooks:write"} {
			scopes := `"` + scope + `"`
			if scope == string(op.scope) && op.scope == hooks { // nobody is told what they may not read
				scopes += `,"context:read","conversations:read"`
			}
			made := into[struct{ Secret string }](w.do(req{
				as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"k","scopes":[` + scopes + `]}`,
			}).want(201))
			q := request(pattern, "")
			q.header = map[string]string{"Authorization": "Bearer " + made.Secret}
			if op.upload {
				q.header["Content-Type"] = "application/octet-stream"
			}
			a := w.do(q)
			if got, want := a.status != 403, scope == string(op.scope); got != want {
				t.Errorf("%s with %s: %d %s", pattern, scope, a.status, a.body)
			}
			if a.status == 403 {
				a.refused(403, "insufficient_scope")
			}
		}
	}
}

func TestAManagersOperationsAreNotForAgents(t *testing.T) {
	w := newWorld(t)
	before := w.rows(w.a)
	for pattern, op := range operations {
		if op.manager {
			w.do(request(pattern, "agent")).refused(403, "forbidden")
		}
	}
	if w.rows(w.a) != before {
		t.Error("an agent changed something")
	}
}

// TestTheWallHoldsForAnyMixOfIDs draws requests with any credential of one merchant, whose ids come from both merchants and from
// nobody, one of them at least not the caller's own.
func TestTheWallHoldsForAnyMixOfIDs(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.SessionsPerMinute = 1_000_000 })
	patterns := slices.Sorted(maps.Keys(operations))
	before := w.rows(w.a)
	rapid.Check(t, func(r *rapid.T) {
		nobody := tenant{
			shop: w.b.shop, agent: "agt_aaaaaaaaaaaaaaaaaaaaaaaaaa", conversation: "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa", order: "nobody's",
			shopper: "shp_aaaaaaaaaaaaaaaaaaaaaaaaaa", invitation: "inv_aaaaaaaaaaaaaaaaaaaaaaaaaa", plugin: "plk_aaaaaaaaaaaaaaaaaaaaaaaaaa", kid: "kid_aaaaaaaaaaaaaaaaaaaaaaaaaa",
			app: "app_aaaaaaaaaaaaaaaaaaaaaaaaaa", account: "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa", raw: "raw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
			delivery: "dlv_aaaaaaaaaaaaaaaaaaaaaaaaaa", handoff: "hnd_aaaaaaaaaaaaaaaaaaaaaaaaaa",
			webhook: "whk_aaaaaaaaaaaaaaaaaaaaaaaaaa", told: "evd_aaaaaaaaaaaaaaaaaaaaaaaaaa", privacy: "prv_aaaaaaaaaaaaaaaaaaaaaaaaaa",
		}
		of := func(what string) *tenant {
			return rapid.SampledFrom([]*tenant{w.a, w.b, &nobody}).Draw(r, what)
		}
		pattern := rapid.SampledFrom(patterns).Draw(r, "operation")
		q := request(pattern, rapid.SampledFrom([]string{"owner", "agent", "plugin", "shopper", "inbox", ""}).Draw(r, "as"))
		q.ten = w.b
		q.of = &tenant{
			shop: of("shop").shop, agent: of("agent").agent, conversation: of("conversation").conversation, shopper: of("shopper").shopper,
			invitation: of("invitation").invitation, plugin: of("plugin").plugin, kid: of("kid").kid, order: "nobody's",
			app: of("app").app, account: of("account").account, raw: of("raw").raw, delivery: of("delivery").delivery, handoff: of("handoff").handoff,
			webhook: of("webhook").webhook, told: of("told").told, privacy: of("privacy request").privacy,
		}
		if own := q.of.fill(pattern) == w.b.fill(pattern); own || slices.Contains(open, pattern) {
			return // its own affairs, or open to anybody
		}
		a := w.do(q)
		if !slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, a.status) {
			r.Fatalf("%s as %q: %d %s", q.of.fill(pattern), q.as, a.status, a.body)
		}
		a.lacks("secret of marl", "marl.example", string(w.a.merchant))
	})
	w.do(req{ten: w.b, as: "owner", call: "GET /v1/agent/me"}).want(http.StatusOK) // its own credentials held to the end
	w.do(req{ten: w.b, as: "plugin", call: "GET /v1/shops/{shop}/orders"}).want(http.StatusOK)
	w.do(req{ten: w.b, as: "shopper", call: "GET /v1/shops/{key}/shopper/unread"}).want(http.StatusOK)
	if after := w.rows(w.a); after != before {
		t.Errorf("something of the first merchant changed:\n%s\n%s", before, after)
	}
}

func TestBombsAreRefusedInLittleMemory(t *testing.T) {
	w := newWorld(t)
	var before, after runtime.MemStats
	for name, data := range map[string][]byte{
		"JPEG": blobtest.JPEGHeader(65_535, 65_535, false), "PNG": blobtest.PNGHeader(65_000, 65_000, 8, 0), "GIF": blobtest.GIFFrames(10_000, 60_000, 60_000),
		"WebP": blobtest.WebP(t, 16_383, 16_383),
	} {
		q := uploadOf("agent", "bomb", data)
		runtime.ReadMemStats(&before)
		w.do(q).refused(422, "image_too_large")
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
			t.Errorf("the %s took %d bytes", name, took)
		}
	}
}
