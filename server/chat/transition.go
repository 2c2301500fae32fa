package chat

import (
	"encoding/json"
	"time"
)

// OrderNews is the payload of a TaskOrderNews: an order's transition that the agents are to be told of.
type OrderNews struct {
	Order  string      `json:"order"` // external id
	Change OrderChange `json:"change"`
}

// transitions finds what happened to an order between two versions of its record, or of its shipment's. Each is a task with a
// dedupe key, so it is told once however often its event comes.
func transitions(cur *Record, next Record, now time.Time) []Task {
	var order string
	var changes []OrderChange
	switch next.Kind {
	case RecordOrder:
		order, changes = next.ExternalID, orderChanges(cur, next)
	case RecordShipment:
		order, changes = next.Parent, shipmentChanges(cur, next)
	}
	tasks := make([]Task, 0, len(changes))
	for _, c := range changes {
		payload, err := json.Marshal(OrderNews{Order: order, Change: c})
		if err != nil {
			panic("chat: order news cannot be encoded: " + err.Error()) // two strings
		}
		tasks = append(tasks, Task{
			Kind: TaskOrderNews, Shop: next.Shop, DueAt: At(now), Lane: "order:" + string(next.Shop) + ":" + order,
			Dedupe: "order:" + string(next.Shop) + ":" + order + ":" + string(c), Payload: payload,
		})
	}
	return tasks
}

func orderChanges(cur *Record, next Record) (changes []OrderChange) {
	o, err := next.Order()
	if err != nil {
		return nil
	}
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
	return changes
}

func shipmentChanges(cur *Record, next Record) (changes []OrderChange) {
	s, err := next.Shipment()
	if err != nil {
		return nil
	}
	var old Shipment
	if cur != nil {
		old, _ = cur.Shipment()
	}
	if s.underWay() && !old.underWay() {
		changes = append(changes, OrderShipped)
	}
	if s.Status == "delivered" && old.Status != "delivered" {
		changes = append(changes, OrderDelivered)
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
