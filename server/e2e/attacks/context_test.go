package attacks_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func orderEvent(id string, edit func(order map[string]any)) map[string]any {
	order := map[string]any{
		"external_id": id, "number": "#" + id, "currency": "EUR",
		"totals": map[string]any{"total": map[string]any{"amount": 1099, "currency": "EUR"}},
		"lines":  []any{map[string]any{"title": "Cup", "quantity": 1}},
	}
	if edit != nil {
		edit(order)
	}
	now := time.Now()
	return map[string]any{
		"id": fmt.Sprintf("evt-%s-%d", id, now.UnixNano()), "type": "order.upserted", "occurred_at": now.UTC().Format("2006-01-02T15:04:05.000000Z"),
		"version": now.UnixMilli(), "mode": "snapshot", "order": order,
	}
}

type pushed struct {
	Results []struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
		Error   *struct {
			Code   string `json:"code"`
			Fields []struct{ Path string }
		} `json:"error"`
	} `json:"results"`
}

// 58: values that are no money, no time, no currency. Each is answered alone, with its path; the good one beside it is applied.
func TestBadValuesInABatch(t *testing.T) {
	w := play(t)
	money := func(amount any, currency string) func(map[string]any) {
		return func(o map[string]any) {
			o["totals"] = map[string]any{"total": map[string]any{"amount": amount, "currency": currency}}
		}
	}
	for _, c := range []struct {
		name string
		edit func(map[string]any)
		path string
	}{
		{"a negative amount", money(-1, "EUR"), "totals.total.amount"},
		{"20 digits", money(json.Number("12345678901234567890"), "EUR"), ""},
		{"an amount in exponents", money(json.Number("1e400"), "EUR"), ""},
		{"an amount in words", money("NaN", "EUR"), ""},
		{"a currency of four letters", money(1, "EURO"), "totals.total.currency"},
		{"the year 9999", func(o map[string]any) { o["placed_at"] = 253370764800000 }, "placed_at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := orderEvent("good-"+strings.ReplaceAll(c.name, " ", "-"), nil)
			bad := orderEvent("bad", c.edit)
			a := attack{
				method: http.MethodPost, path: "/v1/shops/" + w.Shop + "/events", header: with(w.plugin(), "Idempotency-Key", "k-"+c.name),
				body: map[string]any{"events": []any{good, bad}},
			}
			resp, body, err := a.send(w)
			if err != nil {
				t.Fatal(err)
			}
			if (resp.StatusCode == http.StatusUnprocessableEntity || resp.StatusCode == http.StatusBadRequest) && c.path == "" { // what is no number of ours makes the request none of ours
				return
			}
			var p pushed
			if err := json.Unmarshal(body, &p); err != nil || resp.StatusCode != http.StatusOK || len(p.Results) != 2 {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			if p.Results[0].Outcome != "applied" || p.Results[1].Outcome != "invalid" || p.Results[1].Error == nil {
				t.Fatalf("results are %s", body)
			}
			if f := p.Results[1].Error.Fields; c.path != "" && (len(f) == 0 || !strings.HasSuffix(f[0].Path, c.path)) {
				t.Fatalf("fields are %+v", f)
			}
		})
	}
	if status := w.Plugin(http.MethodGet, "/v1/shops/"+w.Shop+"/orders/bad", nil, nil); status != http.StatusNotFound {
		t.Fatalf("a bad order was stored: %d", status)
	}
}

func TestBatchLimits(t *testing.T) {
	w := play(t)
	many := make([]any, 101)
	for i := range many {
		many[i] = orderEvent(fmt.Sprint("many", i), nil)
	}
	events := "/v1/shops/" + w.Shop + "/events"
	run(t, w, []attack{
		{name: "61 101 events", method: http.MethodPost, path: events, header: w.plugin(), body: map[string]any{"events": many}, status: 422, code: "invalid"},
		{name: "61 no events", method: http.MethodPost, path: events, header: w.plugin(), body: map[string]any{"events": []any{}}, status: 422, code: "invalid"},
		{name: "61 10,000 orders", method: http.MethodPost, path: events, header: w.plugin(), body: `{"events":[` + strings.Repeat(`{"id":"x"},`, 99_999) + `{"id":"x"}]}`, status: 413, code: "too_large"},
	})
	if status := w.Plugin(http.MethodGet, "/v1/shops/"+w.Shop+"/orders/many0", nil, nil); status != http.StatusNotFound {
		t.Fatalf("a refused batch was stored in part: %d", status)
	}
}

// 56: one effect however often a request comes.
func TestIdempotencyKeys(t *testing.T) {
	w := play(t)
	path := "/v1/shops/" + w.Shop + "/events"
	push := func(key string, ev map[string]any) (int, string) {
		resp, body, err := attack{method: http.MethodPost, path: path, header: with(w.plugin(), "Idempotency-Key", key), body: map[string]any{"events": []any{ev}}}.send(w)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	ev := orderEvent("idem", nil)
	_, first := push("key-1", ev)
	if status, again := push("key-1", ev); status != 200 || again != first {
		t.Fatalf("a replay answers %d %s, the first %s", status, again, first)
	}
	if status, body := push("key-1", orderEvent("idem2", nil)); status != 422 || !strings.Contains(body, "idempotency_mismatch") {
		t.Fatalf("another body answers %d %s", status, body)
	}
	same := orderEvent("idem3", nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range 50 {
		wg.Go(func() {
			status, body := push("key-2", same)
			if status == 409 {
				return
			}
			mu.Lock()
			answers[fmt.Sprint(status, body)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(answers) != 1 {
		t.Fatalf("50 at a time gave different answers: %v", answers)
	}
	for a := range answers {
		if !strings.HasPrefix(a, "200") || !strings.Contains(a, "applied") {
			t.Fatalf("the answer is %s", a)
		}
	}
}

func TestScopesOfAKey(t *testing.T) {
	w := play(t)
	var key struct{ ID, Secret string }
	if status := w.agent.Call(http.MethodPost, "/v1/shops/"+w.Shop+"/plugin-keys", map[string]any{"name": "read only", "scopes": []string{"context:read"}}, &key); status != 201 {
		t.Fatalf("make a key: %d", status)
	}
	reader := map[string]string{"Authorization": "Bearer " + key.Secret}
	run(t, w, []attack{
		{name: "54 a reader does not write", method: http.MethodPost, path: "/v1/shops/" + w.Shop + "/events", header: reader, body: map[string]any{"events": []any{orderEvent("ro", nil)}}, status: 403, code: "insufficient_scope"},
		{name: "54 nor read conversations", path: "/v1/shops/" + w.Shop + "/conversations", header: reader, status: 403, code: "insufficient_scope"},
		{name: "it reads orders", path: "/v1/shops/" + w.Shop + "/orders", header: reader, status: 200},
	})
	if status := w.agent.Call(http.MethodDelete, "/v1/shops/"+w.Shop+"/plugin-keys/"+key.ID, nil, nil); status != 204 {
		t.Fatalf("revoke the key: %d", status)
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		resp, _, err := attack{path: "/v1/shops/" + w.Shop + "/orders", header: reader}.send(w)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusUnauthorized {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a revoked key still works after 5 s: %d", resp.StatusCode)
		}
		<-time.After(100 * time.Millisecond)
	}
}
