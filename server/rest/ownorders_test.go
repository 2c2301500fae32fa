package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// private are words of the golden order that its buyer has no business to read here, or that open something.
var private = []string{
	"url_admin", "wp-admin", "url_status", "view-order", "Please wrap", "shipping_address", "Leipzig 04109", "04109", "lia@marl.example", "+4915112345678",
	"attributes", "utm_source", "cart_token", "c-5f2a", "WELCOME10", "cust-77", "status_raw", "tags",
}

// wholeOrder pushes an order with everything in it, and its shipment.
func (w *world) wholeOrder(ten *tenant, number, email, customer, shopper string) {
	w.t.Helper()
	now := chat.At(w.clock.now())
	at := now.Time().Format(time.RFC3339Nano)
	order := map[string]any{
		"external_id": "o-" + number, "number": "#" + number, "placed_at": now, "updated_at": now, "currency": "EUR",
		"url_admin": "https://marl.example/wp-admin/?post=1", "url_status": "https://marl.example/view-order/1?key=k",
		"financial_status": "paid", "fulfillment_status": "partial", "status_raw": "processing", "note": "Please wrap it",
		"totals":           map[string]any{"total": map[string]any{"amount": 5470, "currency": "EUR"}},
		"customer":         map[string]any{"external_id": customer, "email": email, "phone": "+4915112345678"},
		"shipping_address": map[string]any{"name": "Lia", "city": "Leipzig", "postcode": "04109", "country": "DE"},
		"lines": []any{map[string]any{
			"title": "Mug", "quantity": 2, "quantity_current": 1, "image_url": "https://marl.example/mug.jpg", "sku": "MUG",
			"total": map[string]any{"amount": 4980, "currency": "EUR"},
		}},
		"attributes": map[string]any{"gift": "yes"}, "coupons": []string{"WELCOME10"}, "cart_token": "c-5f2a", "tags": []string{"gift"},
		"source": map[string]any{"utm_source": "newsletter"},
	}
	if shopper != "" {
		order["shopper"] = shopper
	}
	parcel := map[string]any{
		"external_id": "f-" + number, "order_external_id": "o-" + number, "status": "in_transit", "status_raw": "IN_TRANSIT", "carrier": "DHL",
		"tracking": []any{map[string]any{"number": "0034", "url": "https://track.example/0034"}},
		"events":   []any{map[string]any{"id": "e1", "status": "in_transit", "message": "Left the depot", "at": now}},
	}
	b, err := json.Marshal(map[string]any{"events": []any{
		map[string]any{"id": "o" + number, "type": "order.upserted", "occurred_at": at, "version": now, "order": order},
		map[string]any{"id": "f" + number, "type": "shipment.upserted", "occurred_at": at, "version": now, "shipment": parcel},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.do(req{ten: ten, as: "plugin", call: "POST /v1/shops/{shop}/events", body: string(b)}).want(200).lacks("invalid")
}

func lookUp(number, email string) req {
	return req{as: "shopper", call: "POST /v1/shops/{key}/shopper/orders/look-up", body: fmt.Sprintf(`{"number":%q,"email":%q}`, number, email)}
}

func TestALookUpShowsTheOrderAndNothingOfItsBuyer(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "4711", "lia@marl.example", "cust-77", "")
	for _, number := range []string{"#4711", "4711", " 4711 "} {
		a := w.do(lookUp(number, "LIA@marl.example")).want(200, `"number":"#4711"`, "https://track.example/0034", "Left the depot").lacks(private...)
		if o := into[openapi.PublicOrder](a); o.Lines[0].Quantity != 1 || len(o.Shipments) != 1 || len(o.Shipments[0].Tracking) != 1 {
			t.Errorf("order %+v", o)
		}
	}
	w.do(req{as: "shopper", call: "GET /v1/shops/{key}/shopper/orders"}).want(200, `"items":[]`) // it links nothing
	beside := into[openapi.ShopperContext](w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/context"}).want(200))
	if len(beside.Orders) != 0 || beside.Claimed != nil {
		t.Errorf("the look-up left %+v", beside)
	}
}

func TestMissesOfALookUpAreAlike(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "4711", "lia@marl.example", "cust-77", "")
	w.wholeOrder(w.b, "815", "lia@marl.example", "cust-77", "")
	bodies := map[string]bool{}
	for name, q := range map[string]req{
		"a wrong number":         lookUp("4712", "lia@marl.example"),
		"a wrong e-mail":         lookUp("4711", "mia@marl.example"),
		"nothing right":          lookUp("1", "x@y.example"),
		"another merchant's":     lookUp("815", "lia@marl.example"),
		"an e-mail that is none": lookUp("4711", "lia"),
		"a number that is none":  lookUp("###", "lia@marl.example"),
		"a very long number":     lookUp(strings.Repeat("9", 5000), "lia@marl.example"),
		"a pattern":              lookUp("%", "%"),
	} {
		q.ten = &tenant{shop: w.a.shop}
		q.ten.shopper, q.ten.token = w.newShopper(w.a)
		a := w.do(q)
		if a.status != 404 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		before, _, _ := strings.Cut(a.body, `"request_id"`)
		bodies[before] = true
		w.clock.add(10 * time.Minute) // so that the address's rate is no reason
	}
	if len(bodies) != 1 {
		t.Errorf("misses tell themselves apart: %v", bodies)
	}
}

func TestLookUpsAreLimitedBySessionAddressAndNumber(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.do(lookUp("1", "a@b.example")).refused(404, "not_found")
	}
	if after := w.do(lookUp("2", "a@b.example")).refused(429, "rate_limited").header.Get("Retry-After"); after != "120" {
		t.Errorf("Retry-After is %q", after)
	}
	fresh := func(from, number string) req {
		q := lookUp(number, "a@b.example")
		q.ten, q.from = &tenant{shop: w.a.shop}, from
		q.ten.shopper, q.ten.token = w.newShopper(w.a)
		return q
	}
	for i := range 15 { // sessions are free; the address has 20 an hour
		w.do(fresh("192.0.2.1:1", fmt.Sprint("n", i))).refused(404, "not_found")
	}
	w.do(fresh("192.0.2.1:1", "n99")).refused(429, "rate_limited")
	for i := range 20 { // nor do many addresses help against one number
		w.do(fresh(fmt.Sprintf("198.51.100.%d:1", i), " #4711")).refused(404, "not_found")
	}
	w.do(fresh("198.51.100.99:1", "4711")).refused(429, "rate_limited")
	w.do(fresh("198.51.100.99:1", "4712")).refused(404, "not_found")
}

func TestAShopperSeesOnlyOrdersThatAreProved(t *testing.T) {
	w := newWorld(t)
	const own = "GET /v1/shops/{key}/shopper/orders"
	w.wholeOrder(w.a, "1", "lia@marl.example", "cust-77", string(w.a.shopper)) // names the shopper
	w.clock.add(time.Second)
	w.wholeOrder(w.a, "2", "lia@marl.example", "cust-77", "")
	w.wholeOrder(w.a, "3", "mara@marl.example", "cust-80", "")
	w.do(req{as: "shopper", call: own}).want(200, `"#1"`, "Left the depot").lacks(`"#2"`, `"#3"`).lacks(private...)

	// A token that names an address proves the customer, not the address.
	jwt := w.identity(w.a, w.a.kid, w.a.secret, "cust-77")
	w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/identity", body: `{"jwt":"` + jwt + `"}`}).want(200)
	w.do(req{as: "shopper", call: own}).want(200, `"#1"`, `"#2"`).lacks(`"#3"`).lacks(private...)
	stranger := *w.a
	stranger.shopper, stranger.token = w.newShopper(w.a)
	w.do(req{ten: &stranger, as: "shopper", call: own}).want(200, `"items":[]`)
	w.do(req{ten: w.a, of: w.b, as: "shopper", call: own}).refused(401, "token_wrong_shop")

	context := into[openapi.ShopperContext](w.do(req{as: "agent", call: "GET /v1/shops/{shop}/shoppers/{shopper}/context"}).want(200))
	if len(context.Orders) != 2 || context.Claimed == nil || len(context.Claimed.Orders) != 1 || context.Claimed.Orders[0].ExternalID != "o-3" {
		t.Errorf("agents see %d orders and the claim %+v", len(context.Orders), context.Claimed)
	}
}

func TestAShopThatOffersNoLookUpAnswersAsAMissDoes(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "4711", "lia@marl.example", "cust-77", "")
	w.do(lookUp("4711", "lia@marl.example")).want(200)
	w.do(req{as: "owner", call: "PATCH /v1/shops/{shop}", body: `{"settings":{"order_lookup":false}}`}).want(200, `"order_lookup":false`)
	w.do(lookUp("4711", "lia@marl.example")).refused(404, "not_found")
}

func TestWhatIsClaimedIsForAgentsAlone(t *testing.T) {
	w := newWorld(t)
	w.wholeOrder(w.a, "1", "mara@marl.example", "cust-80", "")
	jwt := w.identity(w.a, w.a.kid, w.a.secret, "cust-77")
	w.do(req{as: "shopper", call: "POST /v1/shops/{key}/shopper/identity", body: `{"jwt":"` + jwt + `"}`}).want(200)
	const context = "GET /v1/shops/{shop}/shoppers/{shopper}/context"
	w.do(req{as: "agent", call: context}).want(200, `"claimed":`, `"o-1"`)
	w.do(req{as: "plugin", call: context}).want(200).lacks(`"claimed"`, `"o-1"`)
}
