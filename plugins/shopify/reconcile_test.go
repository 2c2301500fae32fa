package shopify_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

// order puts one into the shop, as it is since then.
func (s *setting) order(id string, updated time.Time) {
	s.t.Helper()
	var answer struct{ Order map[string]any }
	if err := json.Unmarshal(payload(s.t, "order.admin"), &answer); err != nil {
		s.t.Fatal(err)
	}
	o := maps.Clone(answer.Order)
	o["legacyResourceId"], o["updatedAt"], o["fulfillments"] = id, updated.Format(time.RFC3339), []any{}
	s.shopify.Do(func(f *shopifytest.Shopify) { f.Orders[id] = o })
}

func (s *setting) reconcile() {
	s.t.Helper()
	if err := s.app.Reconcile(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func TestThePastIsCaughtUpWithOnce(t *testing.T) {
	s := start(t)
	var products struct {
		Products struct{ Nodes []map[string]any }
	}
	if err := json.Unmarshal(payload(t, "product.admin"), &products); err != nil {
		t.Fatal(err)
	}
	s.shopify.Products = products.Products.Nodes
	s.order("1", started.Add(-61*24*time.Hour))
	s.order("2", started.Add(-59*24*time.Hour))
	s.order("3", started.Add(-time.Hour))
	s.connect()
	s.reconcile()
	if s.pushed() != 3 {
		t.Fatalf("%d events for two orders of the last 60 days and a product", s.pushed())
	}
	for id, e := range s.chat.events {
		if !e.Backfill {
			t.Errorf("%s could start a message", id)
		}
	}
	s.reconcile()
	if s.shopify.Count("ChangedOrders") != 1 {
		t.Error("asked twice within a quarter of an hour")
	}
	s.clock.advance(16 * time.Minute)
	s.reconcile()
	if s.shopify.Count("ChangedOrders") != 2 || s.shopify.Count("OrderByID") != 2 || s.shopify.Count("Products") != 1 {
		t.Errorf("read again: %v", s.shopify.Calls)
	}
	if i := s.installation(); !i.Backfilled || !i.Reconciled.Equal(s.clock.Now()) {
		t.Errorf("%t %s", i.Backfilled, i.Reconciled)
	}
}

func TestWhatNoWebhookToldIsFound(t *testing.T) {
	s := start(t)
	s.connect()
	s.reconcile()
	s.clock.advance(time.Hour)
	heard, missed := s.clock.Now().Add(-30*time.Minute), s.clock.Now().Add(-20*time.Minute)
	body := map[string]any{"id": 5, "currency": "USD", "updated_at": heard.Format(time.RFC3339)}
	raw, _ := json.Marshal(body)
	s.deliver(shopifytest.Webhook{Topic: "orders/create", ID: "w1", Triggered: heard, Body: raw})
	s.order("5", heard)
	s.order("6", missed)
	s.reconcile()
	if s.shopify.Count("OrderByID") != 1 || s.pushed() != 2 {
		t.Errorf("%d read, %d pushed", s.shopify.Count("OrderByID"), s.pushed())
	}
	for id, e := range s.chat.events {
		if e.Backfill {
			t.Errorf("%s is taken for the past", id)
		}
	}
}

func TestWhatFailsIsFoundTheNextTime(t *testing.T) {
	s := start(t)
	s.connect()
	s.order("3", started.Add(-time.Hour))
	s.chat.down = true
	s.reconcile()
	if i := s.installation(); i.Backfilled {
		t.Error("taken for done")
	}
	s.chat.do(func(f *fakeTagalong) { f.down = false })
	s.reconcile()
	if s.pushed() != 1 {
		t.Errorf("%d pushed", s.pushed())
	}
}

func TestWithoutApprovalForBuyersDataTheOrdersComeWithoutIt(t *testing.T) {
	s := start(t)
	s.connect()
	s.order("3", started.Add(-time.Hour))
	s.shopify.Denied = true // the app is not approved for protected customer data
	s.reconcile()
	for _, e := range s.chat.events {
		if e.Order.Customer == nil || e.Order.Customer.Email != "" || e.Order.Customer.ExternalID == "" || e.Order.ShippingAddress != nil {
			t.Errorf("%+v", e.Order.Customer)
		}
	}
	if s.pushed() != 1 {
		t.Errorf("%d pushed", s.pushed())
	}
}
