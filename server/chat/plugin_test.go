package chat_test

import (
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// push is what a plugin tells, now. An order, cart or customer without a shopper belongs to the visitor.
func (d *depot) push(v visitor, kind chat.RecordKind, noun any) {
	d.t.Helper()
	var external string
	switch n := noun.(type) {
	case chat.Order:
		external, n.Shopper = n.ExternalID, v.Shopper
		noun = n
	case chat.Cart:
		external, n.Shopper = n.ExternalID, v.Shopper
		noun = n
	case chat.Shipment:
		external = n.ExternalID
	case chat.Product:
		external = n.ExternalID
	case chat.Coupon:
		external = n.ExternalID
	case chat.Customer:
		external = n.ExternalID
	}
	d.pushes++
	body, err := json.Marshal(noun)
	must(d.t, err)
	done, err := d.Push(d.t.Context(), d.plugin(), d.shop.ID, nil, []chat.ContextEvent{{
		ID: fmt.Sprintf("test:%d", d.pushes), Kind: kind, ExternalID: external, Version: d.now.UnixMilli() + int64(d.pushes),
		OccurredAt: d.now.UnixMicro(), Body: body,
	}})
	must(d.t, err)
	if got := done.Results[0]; got.Outcome != chat.OutcomeApplied {
		d.t.Fatalf("%s %s is %s: %v", kind, external, got.Outcome, got.Error)
	}
}

func (d *depot) plugin() chat.Caller {
	return chat.Caller{Kind: chat.AuthorPlugin, Merchant: d.shop.Merchant, Shop: d.shop.ID, Plugin: "plk_1", Scopes: chat.Scopes()}
}

// orderEvents gives what a conversation's log tells of orders and carts.
func (d *depot) orderEvents(v visitor) (all []string) {
	d.t.Helper()
	es, err := d.store.Entries(d.t.Context(), chat.EntryQuery{Shop: d.shop.ID, Conversation: v.c, Audience: chat.ForAgents, Limit: 100})
	must(d.t, err)
	for _, e := range es {
		switch {
		case e.Event == nil:
		case e.Event.Order != nil:
			all = append(all, string(e.Event.Order.Change)+" "+e.Event.Order.ExternalID+e.Event.Order.Shipment)
		case e.Event.Cart != nil:
			all = append(all, fmt.Sprintf("%s %s %d", e.Event.Name, e.Event.Cart.ExternalID, e.Event.Cart.Items))
		}
	}
	return all
}
