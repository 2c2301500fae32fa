package rest

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func push(events ...string) req {
	return req{as: "plugin", call: "POST /v1/shops/{shop}/events", body: `{"events":[` + strings.Join(events, ",") + `]}`}
}

func outcomes(a *answer) string {
	var all []string
	for _, r := range into[openapi.EventResults](a).Results {
		all = append(all, fmt.Sprintf("%s:%s", r.ID, r.Outcome))
	}
	return strings.Join(all, " ")
}

func TestABadEventDoesNotHoldUpTheOthers(t *testing.T) {
	w := newWorld(t)
	now := chat.At(w.clock.now())
	good := orderEvent("ok", "2001", now)
	bad := func(id, what string) string {
		return strings.Replace(orderEvent(id, "2002", now), `"amount":4200`, what, 1)
	}
	a := w.do(push(
		good, bad("negative", `"amount":-1`), bad("huge", `"amount":1e400`), bad("digits", `"amount":99999999999999999999`), bad("nan", `"amount":"NaN"`),
		bad("null", `"amount":null`), bad("field", `"amount":1,"sum":2`), strings.ReplaceAll(bad("currency", `"amount":1`), `"EUR"`, `"EURO"`), `7`, `{"id":"bare"}`,
		orderEvent("future", "2003", now.Add(time.Hour)), orderEvent("last", "2004", now),
	))
	if strings.Contains(a.body, `"status":4`) {
		t.Fatalf("the batch was refused: %s", a.body)
	}
	a.want(200, `"path":"order.totals.total.amount"`)
	want := "ok:applied negative:invalid huge:invalid digits:invalid nan:invalid null:invalid field:invalid currency:invalid :invalid bare:invalid future:invalid last:applied"
	if got := outcomes(a); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/orders"}).want(200, "2001", "2004").lacks("2002", "2003")
}

func TestBatchesHaveALimit(t *testing.T) {
	w := newWorld(t)
	w.do(push(strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 101), ","))).refused(422, "invalid")
	w.do(push()).refused(422, "invalid")
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/events", body: `{"events":[],"more":1}`}).refused(400, "unknown_field")
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/events", body: `{"events":"all"}`}).refused(422, "invalid")
	w.do(push(strings.Repeat(orderEvent("x", "1", 1)+",", 2000)+"{}")).refused(413, "too_large")
}

func TestAnIdempotencyKeyHoldsTheFirstAnswer(t *testing.T) {
	w := newWorld(t)
	now := chat.At(w.clock.now())
	q := push(orderEvent("a", "3001", now), `{"id":"bad"}`)
	q.header = map[string]string{"Idempotency-Key": "k1"}
	first := w.do(q).want(200)
	if again := w.do(q).want(200); again.body != first.body || outcomes(first) != "a:applied bad:invalid" {
		t.Errorf("first %s, then %s", first.body, again.body)
	}
	other := push(orderEvent("b", "3002", now))
	other.header = q.header
	w.do(other).refused(422, "idempotency_mismatch")
	other.header = map[string]string{"Idempotency-Key": "k2"}
	w.do(other).want(200)
	q.header = nil
	if got := outcomes(w.do(q).want(200)); got != "a:duplicate bad:invalid" {
		t.Errorf("without the key: %s", got)
	}
	for _, key := range []string{strings.Repeat("k", 201), "ä", "a\tb"} {
		q.header = map[string]string{"Idempotency-Key": key}
		w.do(q).refused(400, "bad_query")
	}
}

func TestFiftyAtOnceHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	now := chat.At(w.clock.now())
	before := must[int64](t)(w.store.FeedPosition(t.Context(), w.a.shop.ID))
	var all sync.WaitGroup
	answers := make(chan string, 50)
	for range 50 {
		q := push(orderEvent("once", "4001", now))
		q.header = map[string]string{"Idempotency-Key": "k"}
		r := w.build(q)
		all.Go(func() {
			rec := httptest.NewRecorder()
			w.door.ServeHTTP(rec, r)
			answers <- fmt.Sprint(rec.Code, " ", rec.Body)
		})
	}
	all.Wait()
	close(answers)
	for a := range answers {
		if !strings.HasPrefix(a, "200 ") || !strings.Contains(a, `"applied"`) {
			t.Errorf("one of fifty got %s", a)
		}
	}
	if after := must[int64](t)(w.store.FeedPosition(t.Context(), w.a.shop.ID)); after != before+1 {
		t.Errorf("the feed went from %d to %d", before, after)
	}
}

func TestOrdersAreReadBack(t *testing.T) {
	w := newWorld(t)
	now := chat.At(w.clock.now())
	w.do(push(orderEvent("a", "gid://shop/Order/7?x=1", now), fmt.Sprintf(
		`{"id":"s","type":"shipment.upserted","occurred_at":%q,"version":%d,"shipment":{"external_id":"s1","order_external_id":"gid://shop/Order/7?x=1","status":"shipped","carrier":"DHL"}}`,
		now.Time().Format(time.RFC3339), now))).want(200)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/orders/gid:%2F%2Fshop%2FOrder%2F7%3Fx=1"}).want(200, `"amount":4200`, `"carrier":"DHL"`)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/orders/nothing"}).refused(404, "not_found")
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/orders/" + strings.Repeat("a", 300)}).refused(404, "not_found")
	page := into[openapi.OrderList](w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/orders", query: "limit=1"}).want(200))
	if len(page.Items) != 1 || page.Items[0].ExternalID != "gid://shop/Order/7?x=1" || page.Next == "" {
		t.Errorf("the first page is %+v", page)
	}
	page = into[openapi.OrderList](w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/orders", query: "limit=1&cursor=" + page.Next}).want(200))
	if len(page.Items) != 1 || page.Items[0].ExternalID != w.a.order || page.Next != "" {
		t.Errorf("the second page is %+v", page)
	}
}
