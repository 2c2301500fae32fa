package chat

import (
	"encoding/json"
	"time"
)

// OrderNews is the payload of a TaskOrderNews: an order's transition that is to be told.
type OrderNews struct {
	Order    string      `json:"order"` // external id
	Change   OrderChange `json:"change"`
	Shipment string      `json:"shipment,omitempty"` // external id, where the change is a shipment's
	At       Millis      `json:"at,omitempty"`
}

// what names the transition among all of its order's.
func (n OrderNews) what() string {
	if n.Shipment == "" {
		return string(n.Change)
	}
	return string(n.Change) + "-" + shortHash(n.Shipment)
}

// shippedGrace is how long it is waited for a parcel before an order that is merely marked as shipped is told of: the parcel says
// more, and one of the two is enough.
const shippedGrace = 2 * time.Minute

// transitions finds what happened to an order, a shipment or a cart between two versions of its record. Each is a task with a dedupe
// key, so it is told once however often its event comes.
func transitions(cur *Record, next Record, n noun, now time.Time) []Task {
	switch n := n.(type) {
	case *Order:
		return orderNews(next.Shop, next.ExternalID, "", orderChanges(cur, next, *n), now)
	case *Shipment:
		if next.Parent == "" {
			return nil // its order is not known yet
		}
		return orderNews(next.Shop, next.Parent, next.ExternalID, shipmentChanges(cur, *n), now)
	case *Cart:
		return idleTask(cur, next, *n, now)
	}
	return nil
}

func orderNews(shop ShopID, order, shipment string, changes []OrderChange, now time.Time) []Task {
	tasks := make([]Task, 0, len(changes))
	for _, c := range changes {
		n := OrderNews{Order: order, Change: c, Shipment: shipment, At: At(now)}
		name := "order:" + string(shop) + ":" + order
		t := Task{Kind: TaskOrderNews, Shop: shop, DueAt: At(now), Lane: name, Dedupe: name + ":" + n.what(), Payload: encode(n)}
		if c == OrderShipped && shipment == "" {
			t.DueAt, t.Lane = At(now.Add(shippedGrace)), "" // it must not hold up what is told meanwhile
		}
		tasks = append(tasks, t)
	}
	return tasks
}

// encode gives the JSON of a payload of ours, which always has one.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("chat: payload cannot be encoded: " + err.Error())
	}
	return b
}

func orderChanges(cur *Record, next Record, o Order) (changes []OrderChange) {
	var old Order
	if cur == nil {
		changes = append(changes, OrderPlaced)
	} else {
		old, _ = cur.Order() // a tombstone reads as an order without states
	}
	paid := func(o Order) bool { return o.FinancialStatus == "paid" }
	shipped := func(o Order) bool { return o.FulfillmentStatus == "fulfilled" || o.FulfillmentStatus == "partial" }
	refunded := func(o Order) bool {
		return o.FinancialStatus == "refunded" || o.FinancialStatus == "partially_refunded"
	}
	cancelled := func(o Order) bool { return o.CancelledAt != 0 }
	for _, c := range []struct {
		is   func(Order) bool
		what OrderChange
	}{{paid, OrderPaid}, {shipped, OrderShipped}, {refunded, OrderRefunded}, {cancelled, OrderCancelled}} {
		if c.is(o) && !c.is(old) {
			changes = append(changes, c.what)
		}
	}
	if next.Shopper != "" && (cur == nil || cur.Shopper == "") {
		changes = append(changes, OrderLinked)
	}
	return changes
}

func shipmentChanges(cur *Record, s Shipment) (changes []OrderChange) {
	var old Shipment
	if cur != nil && cur.Parent != "" { // else nothing of it was told
		old, _ = cur.Shipment()
	}
	if s.underWay() && !old.underWay() {
		changes = append(changes, OrderShipped)
	}
	for status, change := range map[ShipmentStatus]OrderChange{"out_for_delivery": OrderOutForDelivery, "delivered": OrderDelivered} {
		if s.Status == status && old.Status != status {
			changes = append(changes, change)
		}
	}
	return changes
}

// underWay tells whether the parcel has left the shop.
func (s Shipment) underWay() bool {
	switch s.Status {
	case "shipped", "in_transit", "out_for_delivery", "attempted", "ready_for_pickup", "picked_up", "delivered", "delayed":
		return true
	}
	return s.ShippedAt != 0
}
