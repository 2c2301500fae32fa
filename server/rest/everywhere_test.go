package rest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

// somebody who may call the operation.
func somebody(op operation) string {
	switch {
	case op.inbox:
		return "inbox"
	case op.agent, op.manager:
		return "owner"
	case op.scope != "", op.plugin:
		return "plugin"
	case op.shopper:
		return "shopper"
	}
	return ""
}

// TestNoOperationTakesABodyOrAQueryThatIsNotItsOwn goes through the whole table, so that a new operation is held to it too.
func TestNoOperationTakesABodyOrAQueryThatIsNotItsOwn(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.SessionsPerMinute = 1_000_000 })
	before := w.rows(w.a)
	do := func(q req) *answer {
		w.clock.add(3 * time.Minute) // so that no rate is the reason
		return w.do(q)
	}
	for pattern, op := range operations {
		as := somebody(op)
		q := request(pattern, as)
		q.query = "sort=id%3Bdrop"
		do(q).refused(400, "bad_query")
		q.query = "limit=1&limit=2"
		do(q).refused(400, "bad_query")
		if op.body == nil {
			continue
		}
		q = request(pattern, as)
		q.header = map[string]string{"Content-Encoding": "gzip"}
		do(q).refused(415, "unsupported_encoding")
		for name, c := range map[string]struct {
			body, code string
			status     int
		}{
			"a megabyte":       {`{"x":"` + strings.Repeat("a", 1<<20) + `"}`, "too_large", 413},
			"an unknown field": {`{"merchant_id":"` + string(w.b.merchant) + `"}`, "unknown_field", 400},
			"two values":       {`{}{}`, "bad_json", 400},
			"5,000 levels":     {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "bad_json", 400},
		} {
			q.header, q.body = nil, c.body
			if a := do(q); a.status != c.status || !strings.Contains(a.body, `"`+c.code+`"`) {
				t.Errorf("%s with %s: %d %s", pattern, name, a.status, a.body)
			}
		}
		q = request(pattern, as)
		q.header = map[string]string{"Content-Type": "multipart/form-data; boundary=x"}
		do(q).refused(415, "unsupported_media_type")
	}
	if w.rows(w.a) != before {
		t.Error("something changed")
	}
}

// TestSecretsAreShownOnceAndKeptOutOfTheLog looks through all that can be read for what was shown when it was made.
func TestSecretsAreShownOnceAndKeptOutOfTheLog(t *testing.T) {
	w := newWorld(t)
	made := into[openapi.Webhook](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/webhooks", body: sample["POST /v1/shops/{shop}/webhooks"]}).want(201))
	key := into[openapi.PluginKey](w.do(req{as: "owner", call: "POST /v1/shops/{shop}/plugin-keys", body: `{"name":"k","scopes":["webhooks:write"]}`}).want(201))
	code := w.granted(`{"request":` + connectRequest + `,"shop":"` + string(w.a.shop.ID) + `"}`)
	got := into[openapi.Connection](w.do(exchange(code, verifier, returnURL)).want(201))
	secrets := []string{made.Secret, key.Secret, code, got.PluginKey.Key, verifier}
	if got.IdentitySecret != nil {
		secrets = append(secrets, got.IdentitySecret.Secret)
	}
	w.do(exchange(code, verifier, returnURL)).refused(410, "gone").lacks(secrets...)
	for pattern, op := range operations {
		if strings.HasPrefix(pattern, http.MethodGet) {
			w.do(request(pattern, somebody(op))).lacks(secrets...)
		}
	}
	for _, s := range secrets {
		if strings.Contains(w.logs.String(), s) {
			t.Error("a secret is in the log")
		}
	}
}

func TestCouponsThatCannotBeAreRefusedOneByOne(t *testing.T) {
	w := newWorld(t)
	event := func(coupon string) string {
		return `{"events":[{"id":"` + strings.Trim(coupon, `":-{}, `)[:3] + strconv.Itoa(len(coupon)) + `","type":"coupon.upserted","occurred_at":"2026-03-01T11:00:00Z","version":1,"coupon":{"external_id":"1",` + coupon + `}}]}`
	}
	for name, coupon := range map[string]string{
		"101 percent":         `"percent":"101"`,
		"a percent of words":  `"percent":"ten"`,
		"an exponent":         `"percent":"1e1"`,
		"a negative percent":  `"percent":"-1"`,
		"NaN":                 `"percent":"NaN"`,
		"a negative amount":   `"amount":{"amount":-1,"currency":"EUR"}`,
		"an amount of 20":     `"amount":{"amount":10000000000000000000,"currency":"EUR"}`,
		"an amount as text":   `"amount":{"amount":"5","currency":"EUR"}`,
		"a fraction":          `"amount":{"amount":0.5,"currency":"EUR"}`,
		"a currency of four":  `"amount":{"amount":1,"currency":"EURO"}`,
		"a kind of nobody":    `"kind":"lottery"`,
		"used below nothing":  `"used":-1`,
		"an end in year 9999": `"ends_at":253402300800000`,
	} {
		if a := w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/events", body: event(coupon)}); !strings.Contains(a.body, `"outcome":"invalid"`) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/coupons"}).want(200, `"items":[]`)
}
