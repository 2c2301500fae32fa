package sdks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile("../../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// situation is one call, what the server answers to it, and what must come of it in every language.
type situation struct {
	name    string
	call    map[string]any
	answers []answer
	value   string // JSON
	fails   *failure
	tries   int
	check   func(t *testing.T, all []seen)
}

// many gives events that differ.
func many(n int) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = map[string]any{
			"id": fmt.Sprint("e", i), "type": "order.upserted", "occurred_at": "2026-11-21T19:34:16.123456Z", "version": 1795289656123,
			"source": map[string]any{"platform": "own"},
			"order":  map[string]any{"external_id": fmt.Sprint(i), "note": "Grüße, 日本, 😀", "totals": map[string]any{"total": map[string]any{"amount": 9007199254740991, "currency": "EUR"}}},
		}
	}
	return all
}

// results answers events from..to-1.
func results(from, to int) answer {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf(`{"id":"e%d","outcome":"applied"}`, i))
	}
	return answer{status: 200, body: `{"results":[` + strings.Join(list, ",") + `]}`}
}

// sameKey tells whether all tries carried one idempotency key and one body.
func sameKey(t *testing.T, all []seen) {
	t.Helper()
	first := all[0].header.Get("Idempotency-Key")
	for _, s := range all {
		if first == "" || s.header.Get("Idempotency-Key") != first || !bytes.Equal(s.body, all[0].body) {
			t.Errorf("a try differs: key %q and %q", first, s.header.Get("Idempotency-Key"))
		}
	}
}

var (
	push    = map[string]any{"call": "push", "events": many(2)}
	order   = map[string]any{"call": "order", "id": "1001"}
	post    = map[string]any{"call": "post", "conversation": "cnv_mugmugmugmugmugmugmugmugmu", "text": "Hello"}
	connect = map[string]any{
		"call": "connect", "code": "tgc_x", "verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "return_url": "https://shop.example/back",
	}
	referenced = map[string]any{"call": "redact", "reference": "r1", "orders": []string{"1001"}}
	nameless   = map[string]any{"call": "redact", "reference": "", "orders": []string{"1001"}}
)

var situations = []situation{
	{name: "events", call: push, answers: []answer{results(0, 2)}, value: `["e0 applied","e1 applied"]`, tries: 1, check: func(t *testing.T, all []seen) {
		var body struct{ Events []json.RawMessage }
		if err := json.Unmarshal(all[0].body, &body); err != nil || len(body.Events) != 2 || !strings.Contains(string(body.Events[0]), "9007199254740991") {
			t.Errorf("an amount is not exact: %s", all[0].body)
		}
	}},
	{name: "events after a refusal for now", call: push, answers: []answer{problem(503, "try_again"), results(0, 2)}, value: `["e0 applied","e1 applied"]`, tries: 2, check: sameKey},
	{name: "events after a cut connection", call: push, answers: []answer{{drop: true}, results(0, 2)}, value: `["e0 applied","e1 applied"]`, tries: 2, check: sameKey},
	{name: "events whose first try still runs", call: push, answers: []answer{problem(409, "idempotency_in_progress"), results(0, 2)}, value: `["e0 applied","e1 applied"]`, tries: 2, check: sameKey},
	{name: "events with a key that lacks the scope", call: push, answers: []answer{problem(403, "insufficient_scope")}, fails: &failure{Status: 403, Code: "insufficient_scope", RequestID: "req_1"}, tries: 1},
	{name: "250 events", call: map[string]any{"call": "push", "events": many(250)}, answers: []answer{results(0, 100), results(100, 200), results(200, 250)}, tries: 3, check: func(t *testing.T, all []seen) {
		keys := map[string]bool{}
		for _, s := range all {
			keys[s.header.Get("Idempotency-Key")] = true
		}
		if len(keys) != 3 {
			t.Errorf("three requests with %d keys", len(keys))
		}
	}},
	{name: "an answer that forgets an event", call: push, answers: []answer{results(0, 1)}, fails: &failure{Status: 200, Code: "bad_answer"}, tries: 1},
	{name: "an answer in another order", call: push, answers: []answer{{status: 200, body: `{"results":[{"id":"e1","outcome":"applied"},{"id":"e0","outcome":"applied"}]}`}}, fails: &failure{Status: 200, Code: "bad_answer"}, tries: 1},
	{name: "an order", call: order, answers: []answer{golden("getOrder.response")}, value: `"#1001"`, tries: 1},
	{name: "an order with an odd id", call: map[string]any{"call": "order", "id": "a/b #1?ä%2F"}, answers: []answer{golden("getOrder.response")}, value: `"#1001"`, tries: 1, check: func(t *testing.T, all []seen) {
		if id, err := url.PathUnescape(strings.TrimPrefix(all[0].path, "/v1/shops/"+shop+"/orders/")); err != nil || id != "a/b #1?ä%2F" {
			t.Errorf("the path is %s", all[0].path)
		}
	}},
	{name: "an order that is not there", call: order, answers: []answer{problem(404, "not_found")}, fails: &failure{Status: 404, Code: "not_found", RequestID: "req_1"}, tries: 1},
	{name: "values that are wrong", call: order, answers: []answer{problem(422, "invalid", "a.b", "c[0]")}, fails: &failure{Status: 422, Code: "invalid", RequestID: "req_1", Fields: []string{"a.b", "c[0]"}}, tries: 1},
	{name: "a rate", call: order, answers: []answer{problem(429, "rate_limited").after("1"), golden("getOrder.response")}, value: `"#1001"`, tries: 2},
	{name: "a wait beyond the deadline", call: order, answers: []answer{problem(429, "rate_limited").after("3600")}, fails: &failure{Status: 429, Code: "rate_limited", RequestID: "req_1"}, tries: 1},
	{name: "a proxy's page, then the order", call: order, answers: []answer{{status: 502, body: "<h1>Bad gateway</h1>"}, golden("getOrder.response")}, value: `"#1001"`, tries: 2},
	{name: "a proxy's refusal", call: order, answers: []answer{{status: 403, body: "<h1>No</h1>"}}, fails: &failure{Status: 403, Code: "http_403"}, tries: 1},
	{name: "an answer that is no JSON", call: order, answers: []answer{{status: 200, body: "<h1>Welcome</h1>"}}, fails: &failure{Status: 200, Code: "bad_answer"}, tries: 1},
	{
		name: "pages", call: map[string]any{"call": "orders"}, value: `["1","2","3"]`, tries: 2,
		answers: []answer{{status: 200, body: `{"items":[{"external_id":"1"},{"external_id":"2"}],"next":"a+b/c="}`}, {status: 200, body: `{"items":[{"external_id":"3"}]}`}},
		check: func(t *testing.T, all []seen) {
			if all[0].query.Has("cursor") || all[1].query.Get("cursor") != "a+b/c=" {
				t.Errorf("queries %v, %v", all[0].query, all[1].query)
			}
		},
	},
	{name: "a message after a fault", call: post, answers: []answer{problem(500, "internal"), golden("postEntry.response").as(201)}, value: `4`, tries: 2, check: func(t *testing.T, all []seen) {
		if !bytes.Equal(all[0].body, all[1].body) {
			t.Errorf("the second try is another message: %s, %s", all[0].body, all[1].body)
		}
	}},
	{name: "a message to a closed conversation", call: post, answers: []answer{problem(409, "conversation_closed")}, fails: &failure{Status: 409, Code: "conversation_closed", RequestID: "req_1"}, tries: 1},
	{name: "a code", call: connect, answers: []answer{golden("exchangeConnectCode.response").as(201)}, value: `"tgk_example-only-not-a-key-k7qd"`, tries: 1},
	{name: "a code whose answer is lost", call: connect, answers: []answer{{drop: true}}, fails: &failure{Code: "no_answer"}, tries: 1},
	{name: "a code and a fault", call: connect, answers: []answer{problem(500, "internal")}, fails: &failure{Status: 500, Code: "internal", RequestID: "req_1"}, tries: 1},
	{name: "a code that is over", call: connect, answers: []answer{problem(400, "bad_grant")}, fails: &failure{Status: 400, Code: "bad_grant", RequestID: "req_1"}, tries: 1},
	{name: "the own key", call: map[string]any{"call": "self"}, answers: []answer{golden("getOwnPluginKey.response")}, value: `"Marl stoneware"`, tries: 1},
	{name: "leaving", call: map[string]any{"call": "disconnect"}, answers: []answer{problem(503, "try_again"), {status: 204}}, value: `"done"`, tries: 2},
	{name: "a redaction with a reference", call: referenced, answers: []answer{problem(503, "try_again"), golden("redactPersonalData.response").as(202)}, value: `"pending"`, tries: 2},
	{name: "a redaction without", call: nameless, answers: []answer{problem(503, "try_again")}, fails: &failure{Status: 503, Code: "try_again", RequestID: "req_1"}, tries: 1},
}

func TestEverySDKDoesTheSame(t *testing.T) {
	doc := contract(t)
	all := drivers(t)
	for _, s := range situations {
		t.Run(s.name, func(t *testing.T) {
			for _, d := range all {
				t.Run(d.name, func(t *testing.T) {
					t.Parallel()
					server := script(t, doc, s.answers)
					hold(t, s, d.run(t, server.url, s.call), server)
				})
			}
		})
	}
}

func hold(t *testing.T, s situation, got outcome, server *scripted) {
	t.Helper()
	for _, bad := range server.bad {
		t.Errorf("against the contract: %s", bad)
	}
	if len(server.seen) != s.tries {
		t.Fatalf("%d requests, want %d; outcome %s %+v", len(server.seen), s.tries, got.Value, got.Error)
	}
	for _, r := range server.seen {
		if agent := r.header.Get("User-Agent"); !strings.HasPrefix(agent, "driver/1 tagalong-") {
			t.Errorf("User-Agent %q", agent)
		}
	}
	switch {
	case s.fails != nil && (got.Error == nil || fmt.Sprintf("%+v", *got.Error) != fmt.Sprintf("%+v", *s.fails)):
		t.Errorf("outcome %s %+v, want the error %+v", got.Value, got.Error, *s.fails)
	case s.fails == nil && got.Error != nil:
		t.Errorf("failed: %+v", got.Error)
	case s.value != "" && string(got.Value) != s.value:
		t.Errorf("value %s, want %s", got.Value, s.value)
	}
	if s.check != nil {
		s.check(t, server.seen)
	}
}
