package rest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestAWebhookLivesAndItsSecretIsShownTwiceInItsLife(t *testing.T) {
	w := newWorld(t)
	const hooks = "/v1/shops/{shop}/webhooks"
	made := into[openapi.Webhook](w.do(req{
		as: "plugin", call: "POST " + hooks, body: `{"url":"https://erp.marl.example/in","description":" Stock ","events":["order.changed","message.created","order.changed"]}`,
	}).want(201))
	if !strings.HasPrefix(made.Secret, "whsec_") || !strings.HasSuffix(made.Secret, made.SecretLast4) || !made.Enabled ||
		made.State != openapi.WebhookStateActive || len(made.Events) != 2 || made.Description != "Stock" {
		t.Fatalf("made %+v", made)
	}
	one := hooks + "/" + made.ID
	w.do(req{as: "owner", call: "GET " + one}).want(200, made.SecretLast4).lacks(made.Secret, `"secret":`)
	w.do(req{as: "owner", call: "GET " + hooks}).want(200, made.ID).lacks(made.Secret, `"secret":`)

	off := into[openapi.Webhook](w.do(req{as: "owner", call: "PATCH " + one, body: `{"enabled":false}`}).want(200))
	if off.State != openapi.WebhookStatePaused || off.URL != made.URL || off.Secret != "" {
		t.Errorf("switched off %+v", off)
	}
	w.do(req{as: "owner", call: "POST " + one + "/ping"}).refused(409, "conflict")
	w.do(req{as: "owner", call: "PATCH " + one, body: `{"enabled":true,"url":"https://erp2.marl.example/in"}`}).want(200, "erp2")

	turned := into[openapi.Webhook](w.do(req{as: "owner", call: "POST " + one + "/rotate"}).want(200))
	if turned.Secret == made.Secret || !strings.HasPrefix(turned.Secret, "whsec_") {
		t.Errorf("rotated to %q", turned.Secret)
	}
	ping := into[openapi.WebhookDelivery](w.do(req{as: "owner", call: "POST " + one + "/ping"}).want(202))
	if ping.State != openapi.WebhookDeliveryStatePending || ping.Type != openapi.WebhookTypePing || ping.Webhook != made.ID {
		t.Errorf("ping %+v", ping)
	}
	read := into[openapi.WebhookDelivery](w.do(req{as: "owner", call: "GET " + one + "/deliveries/" + ping.ID}).want(200))
	if !strings.Contains(read.Body, `"type":"ping"`) || !strings.Contains(read.Body, ping.Event) {
		t.Errorf("body %q", read.Body)
	}
	w.do(req{as: "owner", call: "POST " + one + "/deliveries/" + ping.ID + "/replay"}).refused(409, "conflict") // still on its way
	w.do(req{as: "owner", call: "DELETE " + one}).want(204)
	w.do(req{as: "owner", call: "GET " + one}).refused(404, "not_found")
	w.do(req{as: "owner", call: "GET " + one + "/deliveries"}).refused(404, "not_found")
}

func TestWebhooksAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		body, code string
		status     int
	}{
		"an inner address":       {`{"url":"https://169.254.169.254/x","events":["order.changed"]}`, "url_not_allowed", 422},
		"http":                   {`{"url":"http://erp.marl.example/x","events":["order.changed"]}`, "url_not_allowed", 422},
		"no events":              {`{"url":"https://erp.marl.example/x","events":[]}`, "invalid", 422},
		"an event of nobody":     {`{"url":"https://erp.marl.example/x","events":["order.exploded"]}`, "invalid", 422},
		"a secret of one's own":  {`{"url":"https://erp.marl.example/x","events":["order.changed"],"secret":"whsec_x"}`, "unknown_field", 400},
		"a long description":     {`{"url":"https://erp.marl.example/x","events":["order.changed"],"description":"` + strings.Repeat("x", 300) + `"}`, "invalid", 422},
		"a state by one's own":   {`{"url":"https://erp.marl.example/x","events":["order.changed"],"state":"active"}`, "unknown_field", 400},
		"enabled that is a text": {`{"url":"https://erp.marl.example/x","events":["order.changed"],"enabled":"yes"}`, "invalid", 422},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.do(req{as: "owner", call: "POST /v1/shops/{shop}/webhooks", body: c.body}).refused(c.status, c.code).lacks("169.254")
		})
	}
	w.t = t
	w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}/webhooks/{webhook}", body: `{"url":"http://erp.marl.example"}`}).refused(422, "url_not_allowed")
	for _, query := range []string{"state=done", "limit=1000000000", "sort=id"} {
		w.do(req{as: "owner", call: "GET /v1/shops/{shop}/webhooks/{webhook}/deliveries", query: query}).refused(400, "bad_query")
	}
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/webhooks/{webhook}/deliveries", query: "cursor=AAAA"}).refused(400, "bad_cursor")
}

func TestAShopHasTwentyWebhooksAtMost(t *testing.T) {
	w := newWorld(t)
	for i := 1; i < 20; i++ { // one is there
		w.do(req{as: "owner", call: "POST /v1/shops/{shop}/webhooks", body: `{"url":"https://erp.marl.example/` + strconv.Itoa(i) + `","events":["order.changed"]}`}).want(201)
	}
	w.do(req{as: "owner", call: "POST /v1/shops/{shop}/webhooks", body: `{"url":"https://erp.marl.example/20","events":["order.changed"]}`}).refused(409, "limit_reached")
	w.do(req{ten: w.b, as: "owner", call: "POST /v1/shops/{shop}/webhooks", body: `{"url":"https://erp.other.example/20","events":["order.changed"]}`}).want(201)
}

func TestDeliveriesComeInPagesNewestFirst(t *testing.T) {
	w := newWorld(t)
	const list = "GET /v1/shops/{shop}/webhooks/{webhook}/deliveries"
	want := []string{string(w.a.told)}
	for range 4 {
		w.clock.add(time.Second)
		want = append([]string{into[openapi.WebhookDelivery](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/webhooks/{webhook}/ping"}).want(202)).ID}, want...)
	}
	var got []string
	for cursor := ""; ; {
		query := "limit=2&state=pending"
		if cursor != "" {
			query += "&cursor=" + cursor
		}
		page := into[openapi.WebhookDeliveryList](w.do(req{as: "plugin", call: list, query: query}).want(200).lacks(`"body"`))
		for _, d := range page.Items {
			got = append(got, d.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		w.do(req{as: "plugin", call: list, query: "limit=2&state=dead&cursor=" + cursor}).refused(400, "bad_cursor")
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
	if dead := into[openapi.WebhookDeliveryList](w.do(req{as: "owner", call: list, query: "state=dead"}).want(200)); len(dead.Items) != 0 {
		t.Errorf("dead %+v", dead.Items)
	}
}

func TestPingsAreLimited(t *testing.T) {
	w := newWorld(t)
	ping := req{as: "owner", call: "POST /v1/shops/{shop}/webhooks/{webhook}/ping"}
	for range 20 {
		w.do(ping).want(202)
	}
	w.do(ping).refused(429, "rate_limited")
	w.clock.add(3 * time.Second)
	w.do(ping).want(202)
}

// TestAPluginIsToldOnlyWhatItMayRead tries a key that may have webhooks and read nothing.
func TestAPluginIsToldOnlyWhatItMayRead(t *testing.T) {
	w := newWorld(t)
	key := func(scopes string) map[string]string {
		made := into[openapi.PluginKey](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"k","scopes":[` + scopes + `]}`}).want(201))
		return map[string]string{"Authorization": "Bearer " + made.Secret}
	}
	blind, orders := key(`"webhooks:write"`), key(`"webhooks:write","context:read"`)
	hook := func(event string) string { return `{"url":"https://evil.example/in","events":["` + event + `"]}` }
	for _, event := range []string{"message.created", "conversation.started", "order.changed", "cart.abandoned", "shopper.identified", "handoff.changed"} {
		w.do(req{call: "POST /v1/shops/{shop}/webhooks", header: blind, body: hook(event)}).refused(403, "insufficient_scope")
	}
	w.do(req{call: "POST /v1/shops/{shop}/webhooks", header: orders, body: hook("order.changed")}).want(201)
	w.do(req{call: "POST /v1/shops/{shop}/webhooks", header: orders, body: hook("message.created")}).refused(403, "insufficient_scope")
	w.do(req{call: "PATCH /v1/shops/{shop}/webhooks/{webhook}", header: blind, body: `{"url":"https://evil.example/in"}`}).refused(403, "insufficient_scope")
	w.do(req{call: "POST /v1/shops/{shop}/webhooks/{webhook}/rotate", header: blind}).refused(403, "insufficient_scope")
	w.do(req{as: "owner", call: "GET /v1/shops/{shop}/webhooks/{webhook}"}).want(200, "https://erp.marl.example/hook")
}
