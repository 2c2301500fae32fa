package shopify_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const order = "820982911946154508"

// placedBy is what the widget leaves in the cart.
func placedBy(shopper string) []any {
	return []any{map[string]any{"name": "_tagalong_shopper", "value": shopper}}
}

func TestAnOrderReachesTheConversationOfWhoPlacedIt(t *testing.T) {
	s := start(t)
	p, conversation := s.shopper()
	agent := s.watch(conversation)
	s.deliver(shopifytest.Webhook{Topic: "orders/create", ID: "w1", Body: payload(t, "orders_paid", map[string]any{
		"note_attributes": placedBy(p.ID), "financial_status": "pending",
	})})
	s.news(agent, order, "placed")
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w2", Body: payload(t, "orders_paid", map[string]any{"note_attributes": placedBy(p.ID)})})
	s.news(agent, order, "paid")
	s.deliver(shopifytest.Webhook{Topic: "fulfillments/create", ID: "w3", Body: payload(t, "fulfillments_create", map[string]any{"status": "success"})})
	s.news(agent, order, "shipped")
	s.deliver(shopifytest.Webhook{Topic: "fulfillment_events/create", ID: "w4", Body: payload(t, "fulfillment_events_delivered", nil)})
	s.news(agent, order, "delivered")

	o, err := s.chat().Order(t.Context(), order)
	if err != nil || o.Number != "#9999" || o.Shopper != p.ID || o.Totals.Total.Amount != 41495 || len(o.Lines) != 5 ||
		len(o.Shipments) != 1 || o.Shipments[0].Status != api.ShipmentStatusDelivered || o.Shipments[0].Tracking[0].Number != "1z827wk74630" {
		t.Errorf("%+v, %v", o, err)
	}
}

// The same event fifty times, and orders whose deliveries come several times in any order: each is answered, each counts once.
func TestRepeatedAndReorderedDeliveriesCountOnce(t *testing.T) {
	s := start(t)
	p, conversation := s.shopper()
	first := shopifytest.Webhook{Topic: "orders/paid", ID: "same", Triggered: time.Now(), Body: payload(t, "orders_paid", map[string]any{"note_attributes": placedBy(p.ID)})}
	for range 50 {
		s.send(first)
	}
	s.work()
	const orders = 20
	var queue []shopifytest.Webhook
	began := time.Now().Add(-time.Hour)
	for n := 1; n <= orders; n++ {
		for step, status := range []string{"pending", "authorized", "paid", "partially_refunded"} {
			at := began.Add(time.Duration(step) * time.Minute)
			body := payload(t, "orders_paid", map[string]any{
				"id": n, "name": fmt.Sprint("#", n), "financial_status": status, "updated_at": at.Format(time.RFC3339), "note_attributes": placedBy(p.ID),
			})
			for range 1 + rand.IntN(9) {
				queue = append(queue, shopifytest.Webhook{Topic: "orders/updated", ID: fmt.Sprintf("w%d-%d", n, step), Triggered: at, Body: body})
			}
		}
	}
	rand.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	for n, w := range queue {
		if s.send(w); n%30 == 0 {
			s.work()
		}
	}
	s.work()
	client := s.chat()
	for n := 1; n <= orders; n++ {
		o, err := client.Order(t.Context(), fmt.Sprint(n))
		if err != nil || o.FinancialStatus != api.FinancialStatusPartiallyRefunded {
			t.Errorf("order %d is %s, %v", n, o.FinancialStatus, err)
		}
	}
	agent := s.watch(conversation)
	s.deliver(shopifytest.Webhook{Topic: "orders/create", ID: "last", Body: payload(t, "orders_paid", map[string]any{"id": 99, "note_attributes": placedBy(p.ID)})})
	s.news(agent, "99", "placed") // tasks are done in order of their time: what follows this has been told
	reader, err := tagalong.New(s.server.URL("chat", ""), s.server.Shop, s.server.PluginKey, tagalong.WithHTTPClient(harness.NewClient()))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for e, err := range reader.Entries(t.Context(), conversation, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Event != nil && e.Event.Order != nil {
			told[fmt.Sprint(e.Event.Order.ExternalID, " ", e.Event.Order.Change)]++
		}
	}
	if len(told) < orders+2 {
		t.Errorf("of %d orders only this was told: %v", orders+2, told)
	}
	for what, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", what, n)
		}
	}
}
