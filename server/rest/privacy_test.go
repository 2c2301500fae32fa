package rest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestARequestAboutPeopleIsOneByItsReference(t *testing.T) {
	w := newWorld(t)
	const redact = "POST /v1/shops/{shop}/privacy/redact"
	body := `{"reference":"r1","customer":{"external_id":"cust-77","email":"lia@marl.example"},"orders":["1001"]}`
	first := into[openapi.PrivacyRequest](w.do(req{as: "plugin", call: redact, body: body}).want(202).lacks("lia@"))
	if first.State != openapi.PrivacyStatePending || first.Kind != openapi.PrivacyKindRedact || first.DueAt-first.CreatedAt != 30*24*3600*1000 {
		t.Errorf("asked %+v", first)
	}
	again := into[openapi.PrivacyRequest](w.do(req{as: "owner", call: redact, body: body}).want(202))
	if again.ID != first.ID {
		t.Error("the same reference made another request")
	}
	export := into[openapi.PrivacyRequest](w.do(req{
		as: "owner", call: "POST /v1/shops/{shop}/privacy/export", body: `{"reference":"r1","customer":{"email":"lia@marl.example"}}`,
	}).want(202))
	if export.ID == first.ID || export.Kind != openapi.PrivacyKindExport || export.URL != "" {
		t.Errorf("export %+v", export)
	}
	list := into[openapi.PrivacyRequestList](w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/privacy"}).want(200).lacks("lia@"))
	if len(list.Items) != 3 { // one is the tenant's
		t.Errorf("%d requests", len(list.Items))
	}
	w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/privacy/" + first.ID}).want(200, first.ID)
	w.do(req{ten: w.b, as: "owner", call: "GET /v1/shops/{shop}/privacy/" + first.ID}).refused(404, "not_found")
	w.do(req{ten: w.b, as: "owner", call: redact, body: body}).want(202).lacks(first.ID) // another shop's reference is another
}

// perform does what is due now, as the worker does.
func (w *world) perform() {
	w.t.Helper()
	for {
		tasks, err := w.store.ClaimTasks(w.t.Context(), chat.At(w.clock.now()), time.Minute, 50)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(tasks) == 0 {
			return
		}
		for _, task := range tasks {
			if err := w.chat.Perform(w.t.Context(), task); err != nil {
				w.t.Fatalf("%s: %v", task.Kind, err)
			}
			if err := w.store.FinishTask(w.t.Context(), task); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func TestAnExportIsFetchedByItsLinkForADay(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "4711", "lia@marl.example", "cust-77", "")
	asked := into[openapi.PrivacyRequest](w.do(req{
		as: "owner", call: "POST /v1/shops/{shop}/privacy/export", body: `{"customer":{"email":"LIA@marl.example"}}`,
	}).want(202))
	w.perform()
	read := req{as: "owner", call: "GET /v1/shops/{shop}/privacy/" + asked.ID}
	done := into[openapi.PrivacyRequest](w.do(read).want(200))
	if done.State != openapi.PrivacyStateDone || done.Counts.Orders != 1 || done.Counts.Shipments != 1 || done.URL == "" {
		t.Fatalf("exported %+v", done)
	}
	fetch := func(link string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		w.door.Files().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, strings.TrimPrefix(link, filesURL), nil))
		return rec
	}
	got := fetch(done.URL)
	if got.Code != 200 || !strings.Contains(got.Body.String(), "lia@marl.example") || got.Header().Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("fetched %d %v %s", got.Code, got.Header(), got.Body)
	}
	if altered := fetch(strings.Replace(done.URL, "sig=", "sig=A", 1)); altered.Code != 403 {
		t.Errorf("an altered link: %d", altered.Code)
	}
	w.clock.add(24*time.Hour + time.Second)
	w.a.ownerCookie = w.signInAs(w.a.owner)
	if late := fetch(done.URL); late.Code != 403 {
		t.Errorf("a day later: %d", late.Code)
	}
	if after := into[openapi.PrivacyRequest](w.do(read).want(200)); after.URL != "" {
		t.Errorf("a day later there is the link %s", after.URL)
	}
}

func (w *world) signInAs(agent chat.AgentID) string {
	w.t.Helper()
	return w.signIn(must[chat.Agent](w.t)(w.store.Agent(w.t.Context(), w.a.merchant, agent)))
}

func TestARedactedOrderIsShownToNobody(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "4711", "lia@marl.example", "cust-77", string(w.a.shopper))
	w.do(lookUp("4711", "lia@marl.example")).want(200)
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/privacy/redact", body: `{"customer":{"email":"lia@marl.example"},"orders":["o-4711"]}`}).want(202)
	w.perform()
	w.do(lookUp("4711", "lia@marl.example")).refused(404, "not_found")
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/orders"}).want(200, `"items":[]`)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/context"}).want(200).lacks("lia@marl.example", "+4915112345678", "04109", "Please wrap")
	w.clock.add(time.Minute)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/orders"}).want(200).lacks("lia@marl.example", "04109")
}

func TestRequestsAboutPeopleAreRefused(t *testing.T) {
	w := newWorld(t)
	long := `["` + strings.Repeat(`1","`, 1000) + `1"]`
	for name, c := range map[string]struct{ call, body, code string }{
		"about nobody":         {"redact", `{}`, "invalid"},
		"an export of all":     {"export", `{"customer":{}}`, "invalid"},
		"1,001 orders":         {"redact", `{"orders":` + long + `}`, "invalid"},
		"an order without id":  {"redact", `{"orders":[""]}`, "invalid"},
		"a long e-mail":        {"redact", `{"customer":{"email":"` + strings.Repeat("a", 300) + `"}}`, "invalid"},
		"a long reference":     {"redact", `{"everything":true,"reference":"` + strings.Repeat("a", 300) + `"}`, "invalid"},
		"everything of export": {"export", `{"customer":{"email":"a@b.example"},"everything":true}`, "unknown_field"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			status := map[string]int{"invalid": 422, "unknown_field": 400}[c.code]
			w.do(req{as: "owner", call: "POST /v1/shops/{shop}/privacy/" + c.call, body: c.body}).refused(status, c.code)
		})
	}
}

func TestProductsAreFoundByTheBeginningsOfWords(t *testing.T) {
	w := newWorld(t)
	now := w.clock.now().UnixMilli()
	var events []string
	for i, p := range []struct{ title, status, sku string }{
		{"Speckled mug", "active", "MUG-S"}, {"Mug, blue", "draft", "MUG-B"}, {"Bowl", "", "BWL"}, {"Mugwort tea", "active", "TEA"},
	} {
		events = append(events, `{"id":"p`+strconv.Itoa(i)+`","type":"product.upserted","occurred_at":"2026-03-01T11:00:00Z","version":`+strconv.FormatInt(now+int64(i), 10)+
			`,"product":{"external_id":"`+strconv.Itoa(i)+`","title":"`+p.title+`","status":"`+p.status+`","variants":[{"external_id":"v`+strconv.Itoa(i)+`","sku":"`+p.sku+`"}]}}`)
	}
	events = append(
		events, `{"id":"c1","type":"coupon.upserted","occurred_at":"2026-03-01T11:00:00Z","version":1,"coupon":{"external_id":"c1","code":"TEN","kind":"percent","percent":"10"}}`,
		`{"id":"c2","type":"coupon.upserted","occurred_at":"2026-03-01T11:00:00Z","version":1,"coupon":{"external_id":"c2","code":"HERS","bound_email":"lia@marl.example"}}`,
		`{"id":"c3","type":"coupon.upserted","occurred_at":"2026-03-01T11:00:00Z","version":1,"coupon":{"external_id":"c3","code":"OVER","ends_at":1}}`,
	)
	w.do(req{as: "plugin", call: "POST /v1/shops/{shop}/events", body: `{"events":[` + strings.Join(events, ",") + `]}`}).want(200).lacks("invalid")
	titles := func(query string) string {
		var all []string
		for _, p := range into[openapi.ProductList](w.do(req{as: "agent", call: "GET /v1/shops/{shop}/products", query: query}).want(200)).Items {
			all = append(all, p.Title)
		}
		return strings.Join(all, ", ")
	}
	for query, want := range map[string]string{
		"q=mug": "Mugwort tea, Speckled mug", "q=MUG+speck": "Speckled mug", "q=mug-s": "Speckled mug", "q=owl": "", "": "Mugwort tea, Bowl, Speckled mug",
		"limit=1": "Mugwort tea", "q=%25": "Mugwort tea, Bowl, Speckled mug",
	} {
		if got := titles(query); got != want {
			t.Errorf("%q found %q, want %q", query, got, want)
		}
	}
	w.do(req{as: "plugin", call: "GET /v1/shops/{shop}/products/0"}).want(200, "Speckled mug")
	w.do(req{ten: w.b, as: "owner", call: "GET /v1/shops/{shop}/products"}).want(200, `"items":[]`)
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/products", query: "q=" + strings.Repeat("a", 101)}).refused(400, "bad_query")
	w.do(req{as: "agent", call: "GET /v1/shops/{shop}/coupons"}).want(200, "TEN").lacks("HERS", "OVER")
}

func TestRequestsAboutPeopleAreLimited(t *testing.T) {
	w := newWorld(t)
	ask := req{as: "plugin", call: "POST /v1/shops/{shop}/privacy/redact", body: `{"orders":["none"]}`}
	for range 60 {
		w.do(ask).want(202)
	}
	w.do(ask).refused(429, "rate_limited")
	w.clock.add(time.Second)
	w.do(ask).want(202)
}
