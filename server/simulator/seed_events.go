package simulator

import (
	"strings"
	"time"
)

// object is JSON that is written once and read by nobody here.
type object = map[string]any

// seedEvents are the order-context events of one conversation. Ids and versions
// come from the seed and the time, so that playing it twice changes nothing.
type seedEvents struct {
	shopURL string
	shopper string
	now     time.Time
}

func (s seedEvents) of(c Conversation) []object {
	var events []object
	if c.Customer != nil {
		events = append(events, s.event("customer", c.Customer.ID, s.customer(c)))
	}
	for _, o := range c.Orders {
		events = append(events, s.event("order", o.Number, s.order(o, c.Customer)))
		if o.Shipment != nil {
			events = append(events, s.event("shipment", o.Number, s.shipment(o)))
		}
	}
	if c.Cart != nil {
		events = append(events, s.event("cart", s.shopper, s.cart(*c.Cart, c.Customer)))
	}
	return events
}

func (s seedEvents) event(noun, id string, value object) object {
	return object{
		"id": "seed:" + noun + ":" + id, "type": noun + ".upserted", "mode": "snapshot",
		"occurred_at": s.now.UTC().Format("2006-01-02T15:04:05.000000Z07:00"), "version": s.now.UnixMilli(),
		// What happened before the demo began is history: it starts nothing.
		"backfill": true,
		"source":   object{"platform": "demo-shop", "plugin": "1.0.0"},
		noun:       value,
	}
}

func (s seedEvents) customer(c Conversation) object {
	first, last, _ := strings.Cut(c.Customer.Name, " ")
	return given(object{
		"external_id": c.Customer.ID, "email": c.Customer.Email, "email_verified": true, "phone": c.Customer.Phone,
		"first_name": first, "last_name": last, "locale": c.Language, "orders_count": len(c.Orders), "shopper": s.shopper,
	})
}

func (s seedEvents) order(o SeedOrder, buyer *SeedCustomer) object {
	placed := s.now.AddDate(0, 0, -o.DaysAgo).Add(-3 * time.Hour).UnixMilli()
	subtotal := subtotal(o.Lines)
	total := subtotal + o.Shipping
	money := moneyIn(o.Currency)
	totals := object{"subtotal": money(subtotal), "shipping": money(o.Shipping), "total": money(total)}
	if o.Refunded > 0 {
		totals["refunded"] = money(o.Refunded)
	}
	if o.Financial == "pending" {
		totals["outstanding"] = money(total)
	}
	value := object{
		"external_id": "seed-" + o.Number, "number": o.Number, "placed_at": placed, "updated_at": placed, "currency": o.Currency,
		"totals": totals, "financial_status": o.Financial, "fulfillment_status": o.Fulfillment,
		"customer": given(object{"external_id": buyer.ID, "email": buyer.Email, "phone": buyer.Phone}),
		"lines":    s.lines(o.Lines, money), "shopper": s.shopper,
		"shipping_address": object{"name": buyer.Name, "city": o.City, "postcode": o.Postcode, "country": o.Country},
	}
	if o.Cancelled {
		value["cancelled_at"] = placed
	}
	return value
}

func (s seedEvents) shipment(o SeedOrder) object {
	shipped := s.now.AddDate(0, 0, -o.DaysAgo).UnixMilli()
	value := object{
		"external_id": "seed-shipment-" + o.Number, "order_external_id": "seed-" + o.Number, "status": o.Shipment.Status,
		"carrier": o.Shipment.Carrier, "tracking": []object{{"number": o.Shipment.Tracking}}, "shipped_at": shipped,
	}
	if o.Shipment.Status == "delivered" {
		value["delivered_at"] = shipped
	}
	return value
}

func (s seedEvents) cart(c SeedCart, buyer *SeedCustomer) object {
	money := moneyIn(c.Currency)
	total := subtotal(c.Lines)
	value := object{
		"external_id": "seed-cart-" + s.shopper, "stage": "cart", "lines": s.lines(c.Lines, money),
		"totals": object{"subtotal": money(total), "total": money(total)}, "last_activity_at": s.now.UnixMilli(), "shopper": s.shopper,
	}
	if buyer != nil {
		value["email"] = buyer.Email
	}
	return value
}

func (s seedEvents) lines(items []SeedItem, money func(int64) object) []object {
	out := make([]object, 0, len(items))
	for _, i := range items {
		l := object{
			"external_id": i.Product + "-" + i.Glaze, "product_external_id": i.Product, "variant_external_id": i.Product + "-" + i.Glaze,
			"title": i.Title, "variant_title": i.Variant, "quantity": i.Quantity, "unit_price": money(i.Price), "total": money(i.Price * i.Quantity),
		}
		if s.shopURL != "" {
			l["image_url"] = s.shopURL + "/pictures/" + i.Piece + "-" + i.Glaze + ".svg"
			l["url"] = s.shopURL + "/products/" + i.Product + "?glaze=" + i.Glaze
		}
		out = append(out, l)
	}
	return out
}

func subtotal(items []SeedItem) int64 {
	var sum int64
	for _, i := range items {
		sum += i.Price * i.Quantity
	}
	return sum
}

func moneyIn(currency string) func(int64) object {
	return func(amount int64) object { return object{"amount": amount, "currency": currency} }
}

// given leaves out what is not known.
func given(o object) object {
	for key, value := range o {
		if value == "" {
			delete(o, key)
		}
	}
	return o
}
