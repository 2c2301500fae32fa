package mapping

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
)

var update = flag.Bool("update", false, "write the golden files anew")

// topicOf is for the payloads that are not named after their topic.
var topicOf = map[string]string{
	"orders_updated_partially_shipped": "orders/updated", "orders_guest_in_yen": "orders/updated", "orders_in_dinar": "orders/updated",
	"orders_without_people": "orders/updated", "orders_partly_refunded": "orders/updated",
	"orders_cancelled_in_unknown_words": "orders/cancelled", "carts_emptied": "carts/update", "checkouts_completed": "checkouts/update",
	"fulfillment_events_delivered": "fulfillment_events/create",
}

func topic(name string) string {
	if t, ok := topicOf[name]; ok {
		return t
	}
	i := strings.LastIndexByte(name, '_')
	return name[:i] + "/" + name[i+1:]
}

// golden is what stands in a golden file: a batch, and what else the delivery asks for.
type golden struct {
	Events   []tagalong.Event `json:"events"`
	Reread   string           `json:"reread,omitempty"`
	Checkout *Checkout        `json:"checkout,omitempty"`
}

func delivery(name string, body []byte) Delivery {
	return Delivery{
		ID: "545ebdd4-b7be-4d3d-b14e-54aa78e0e0f9", Topic: topic(name), Shop: "lia.myshopify.com",
		TriggeredAt: time.Date(2022, 1, 6, 12, 0, 0, 123456000, time.UTC), Body: body,
		Currency: "USD", StoreURL: "https://lia.example", CheckoutToken: "123123123",
	}
}

func all(t *testing.T) map[string]golden {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no payloads: ", err)
	}
	got := map[string]golden{}
	for _, name := range names {
		if strings.HasSuffix(name, ".golden.json") {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		short := strings.TrimSuffix(filepath.Base(name), ".json")
		if got[short], err = one(short, body); err != nil {
			t.Fatal(name, err)
		}
	}
	return got
}

func one(name string, body []byte) (golden, error) {
	read := Read{ID: "read:1", Shop: "lia.myshopify.com", Currency: "USD", Backfill: true}
	switch name {
	case "order.admin":
		var answer admin.OrderByIDResponse
		if err := json.Unmarshal(body, &answer); err != nil {
			return golden{}, err
		}
		events, err := Order(answer.Order, read)
		return golden{Events: events}, err
	case "product.admin":
		var answer admin.ProductsResponse
		if err := json.Unmarshal(body, &answer); err != nil {
			return golden{}, err
		}
		event, err := Product(answer.Products.Nodes[0], read)
		return golden{Events: []tagalong.Event{event}}, err
	}
	m, err := Map(delivery(name, body))
	return golden(m), err
}

func TestMap(t *testing.T) {
	for name, is := range all(t) {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(is); err != nil {
				t.Fatal(err)
			}
			file := "testdata/" + name + ".golden.json"
			if *update {
				if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("became\n%s\nwant\n%s", b.Bytes(), want)
			}
		})
	}
}

// The contract is read from its source, so that a change of it shows here first.
func TestMapGivesWhatTheContractSays(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromFile("../../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schema := document.Components.Schemas["EventBatch"].Value
	example, err := os.ReadFile("../../../openapi/examples/pushEvents.request.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(schema, example); err != nil {
		t.Fatal("the contract's example: ", err)
	}
	if err := valid(schema, bytes.Replace(example, []byte(`"version"`), []byte(`"verzion"`), 1)); err == nil {
		t.Fatal("the check takes anything")
	}
	for name, is := range all(t) {
		if len(is.Events) == 0 && is.Reread == "" {
			t.Errorf("%s says nothing", name)
		}
		if len(is.Events) == 0 {
			continue
		}
		body, err := json.Marshal(map[string]any{"events": is.Events})
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(schema, body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func valid(schema *openapi3.Schema, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return schema.VisitJSON(value, openapi3.EnableFormatValidation())
}

// A repeated delivery must be known as a repeat, so nothing of the moment may get into its events.
func TestMapIsPure(t *testing.T) {
	first, err1 := json.Marshal(all(t))
	second, err2 := json.Marshal(all(t))
	if err1 != nil || err2 != nil || !bytes.Equal(first, second) {
		t.Errorf("mapped twice, the payloads differ (%v, %v)", err1, err2)
	}
}

// A webhook and the Admin API tell the same order in the same words, or a reconciliation would change what nobody changed.
func TestBothWaysTellTheSameStatuses(t *testing.T) {
	payloads := all(t)
	hook, read := payloads["orders_updated_partially_shipped"].Events, payloads["order.admin"].Events
	if hook[0].Order.FinancialStatus != read[0].Order.FinancialStatus || hook[0].Order.FulfillmentStatus != read[0].Order.FulfillmentStatus {
		t.Errorf("%s, %s and %s, %s", hook[0].Order.FinancialStatus, hook[0].Order.FulfillmentStatus,
			read[0].Order.FinancialStatus, read[0].Order.FulfillmentStatus)
	}
	if !strings.HasPrefix(read[0].Order.StatusRaw, hook[0].Order.StatusRaw) {
		t.Errorf("%s and %s", hook[0].Order.StatusRaw, read[0].Order.StatusRaw)
	}
	if len(hook) != 2 || len(read) != 2 || hook[1].Shipment.Status != read[1].Shipment.Status || hook[1].Shipment.StatusRaw != read[1].Shipment.StatusRaw {
		t.Errorf("parcels: %+v and %+v", hook[1:], read[1:])
	}
}

func TestEveryTopicIsShown(t *testing.T) {
	shown := map[string]bool{}
	for name := range all(t) {
		if !strings.HasSuffix(name, ".admin") {
			shown[topic(name)] = true
		}
	}
	// The ones that are read as another one is, word for word.
	like := map[string]string{
		"orders/cancelled": "orders/updated", "orders/partially_fulfilled": "orders/updated", "customers/update": "customers/create",
		"customers/enable": "customers/create", "customers/disable": "customers/create", "products/create": "products/update",
		"returns/approve": "returns/request", "returns/decline": "returns/request", "returns/cancel": "returns/request",
		"returns/close": "returns/request", "returns/reopen": "returns/request", "returns/update": "returns/request",
	}
	for name := range topics {
		if !shown[name] && !shown[like[name]] {
			t.Errorf("no payload for %s", name)
		}
	}
}

func TestMapRefuses(t *testing.T) {
	tests := []struct{ name, topic, body string }{
		{"an order without an id", "orders/create", `{"currency":"EUR"}`},
		{"an amount that is none", "orders/create", `{"id":1,"currency":"EUR","total_outstanding":"1,50"}`},
		{"an amount in no currency", "orders/create", `{"id":1,"total_outstanding":"1.50"}`},
		{"an amount in powers of ten", "orders/create", `{"id":1,"currency":"EUR","total_outstanding":1e2}`},
		{"a list for an order", "orders/create", `[]`},
		{"a time that is none", "orders/create", `{"id":1,"updated_at":"yesterday"}`},
		{"an id that is none", "orders/create", `{"id":{}}`},
		{"an id with a line break", "orders/create", `{"id":"1\n2"}`},
		{"a parcel of no order", "fulfillments/create", `{"id":1}`},
		{"a scan of no parcel", "fulfillment_events/create", `{"id":1,"order_id":2}`},
		{"a cart without a token", "carts/update", `{}`},
		{"a checkout without a token", "checkouts/update", `{}`},
		{"a refund of no order", "refunds/create", `{"id":1}`},
		{"a return of no order", "returns/request", `{"id":1}`},
		{"an edit of no order", "orders/edited", `{"id":1}`},
		{"a removed order without an id", "orders/delete", `{}`},
		{"consent of nobody", "customers_email_marketing_consent/update", `{}`},
		{"a product without an id", "products/update", `{}`},
		{"no JSON", "orders/create", `order`},
		{"nothing", "orders/create", ``},
	}
	for _, test := range tests {
		d := delivery("x_y", []byte(test.body))
		d.Topic = test.topic
		if got, err := Map(d); err == nil {
			t.Errorf("%s mapped to %+v", test.name, got)
		}
	}
}

func TestMapLeavesUnknownTopicsAlone(t *testing.T) {
	got, err := Map(Delivery{Topic: "themes/publish", Body: []byte("{}")})
	if err != nil || got.Events != nil || got.Reread != "" || Known("themes/publish") || !Known("orders/create") {
		t.Error(got, err)
	}
}

// The names of two topics differ, and so do what they must not touch: the consent of a customer stays when the customer changes.
func TestCustomersKeepTheirConsent(t *testing.T) {
	event := all(t)["customers_create"].Events[0]
	if event.Mode != "patch" || event.Customer.Consent != nil {
		t.Errorf("%s with %+v", event.Mode, event.Customer.Consent)
	}
	for _, name := range event.Clear {
		if strings.HasPrefix(name, "consent") {
			t.Error("the consent is emptied")
		}
	}
}

func FuzzMap(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.json")
	for _, name := range names {
		short := strings.TrimSuffix(filepath.Base(name), ".json")
		if body, err := os.ReadFile(name); err == nil && !strings.Contains(short, ".") {
			f.Add(topic(short), body)
		}
	}
	document, err := openapi3.NewLoader().LoadFromFile("../../../openapi/openapi.yaml")
	if err != nil {
		f.Fatal(err)
	}
	schema := document.Components.Schemas["EventBatch"].Value
	f.Fuzz(func(t *testing.T, topic string, body []byte) {
		d := delivery("x_y", body)
		d.Topic = topic
		m, err := Map(d)
		if err != nil || len(m.Events) == 0 || len(m.Events) > 100 {
			return
		}
		batch, err := json.Marshal(map[string]any{"events": m.Events})
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(schema, batch); err != nil {
			t.Errorf("%s %s: %v", topic, body, err)
		}
	})
}
