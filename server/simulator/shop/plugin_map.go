package shop

import (
	"strconv"
	"time"
)

// mapper turns the shop's nouns into the plugin's events. It is pure: the same
// cart gives the same event but for its id.
type mapper struct {
	base  string  // URL of the shop
	words *locale // titles go out in the shop's first language
}

func euros(amount cents) eventMoney { return eventMoney{int64(amount), currency} }

func some(amount cents) *eventMoney {
	if amount == 0 {
		return nil
	}
	m := euros(amount)
	return &m
}

func (m mapper) envelope(id, kind string, version int64, at time.Time) event {
	return event{
		ID: id, Type: kind, Mode: "snapshot", Version: version,
		OccurredAt: at.UTC().Format("2006-01-02T15:04:05.000000Z07:00"),
		Source:     eventSource{"demo-shop", pluginVersion},
	}
}

func (m mapper) lines(lines []line) []eventLine {
	out := make([]eventLine, 0, len(lines))
	for _, l := range lines {
		variant := l.product.variant(l.glaze)
		out = append(out, eventLine{
			ExternalID:        variant,
			ProductExternalID: l.product.Handle,
			VariantExternalID: variant,
			SKU:               l.product.sku(l.glaze),
			Title:             m.words.text("product." + l.product.Handle + ".title"),
			VariantTitle:      m.words.text("glaze." + l.glaze),
			Quantity:          l.quantity,
			UnitPrice:         euros(l.product.Price),
			Total:             euros(l.total()),
			ImageURL:          m.base + l.product.picture(l.glaze),
			URL:               m.base + l.product.Path() + "?glaze=" + l.glaze,
		})
	}
	return out
}

func (m mapper) totals(t totals) eventTotals {
	return eventTotals{
		Subtotal: euros(t.Subtotal), Discount: some(t.Discount), Shipping: euros(t.Shipping),
		Tax: euros(t.Tax), Refunded: some(t.Refunded), Total: euros(t.Total),
	}
}

func (m mapper) cart(id string, c cart, owner session, stage string) event {
	e := m.envelope(id, "cart.upserted", c.version, c.at)
	e.Cart = &eventCart{
		ExternalID: c.id, Stage: stage,
		Lines: m.lines(c.lines), Totals: m.totals(c.totals()),
		LastActivityAt: milliseconds(c.at), Shopper: owner.shopper,
	}
	if buyer, ok := customerWith(owner.customer); ok {
		e.Cart.Customer = &eventBuyer{buyer.ID, buyer.Email, buyer.Phone}
		e.Cart.Email = buyer.Email
	}
	return e
}

// completed is the last state of a cart: it became an order.
func (m mapper) completed(id string, c cart, owner session, o order) event {
	e := m.cart(id, c, owner, "checkout")
	e.Cart.Email = o.email
	e.Cart.CompletedAt, e.Cart.OrderExternalID = milliseconds(o.placed), o.id
	return e
}

func (m mapper) order(id string, o order) event {
	e := m.envelope(id, "order.upserted", o.version, o.updated)
	t := m.totals(o.totals)
	if o.paid.IsZero() && o.cancelled.IsZero() {
		t.Outstanding = some(o.totals.Total)
	}
	e.Order = &eventOrder{
		ExternalID: o.id, Number: o.number,
		URLAdmin: m.base + "/backstage#" + o.number, URLStatus: m.base + o.path(),
		PlacedAt: milliseconds(o.placed), UpdatedAt: milliseconds(o.updated), CancelledAt: milliseconds(o.cancelled),
		Currency: currency, Totals: t,
		FinancialStatus: o.financialStatus(), FulfillmentStatus: o.fulfilmentStatus(), StatusRaw: o.step(),
		Customer: eventBuyer{o.customer, o.email, o.phone}, Guest: o.customer == "",
		Lines: m.lines(o.lines), ShippingAddress: m.address(o.address), Note: o.note,
		Shopper: o.shopper, CartToken: o.cart,
	}
	if o.coupon != "" {
		e.Order.Coupons = []string{o.coupon}
	}
	if !o.refunded.IsZero() {
		e.Order.Refunds = []eventRefund{{o.id + "-refund", euros(o.totals.Refunded), milliseconds(o.refunded)}}
	}
	return e
}

func (m mapper) address(a address) eventAddress {
	return eventAddress{Name: a.Name, City: a.City, Postcode: a.Postcode, Country: a.Country}
}

const deliveryTime = 3 * 24 * time.Hour

func (m mapper) shipment(id string, o order) event {
	e := m.envelope(id, "shipment.upserted", o.version, o.updated)
	e.Shipment = &eventShipment{
		ExternalID: o.shipmentID, OrderExternalID: o.id,
		Status: o.shipmentStatus(), Carrier: "DHL",
		Tracking:  []eventTracking{{o.tracking, m.base + o.trackingPath()}},
		ShippedAt: milliseconds(o.shipped), EstimatedAt: milliseconds(o.shipped.Add(deliveryTime)),
		DeliveredAt: milliseconds(o.delivered),
		Events:      []eventScan{{o.shipmentID + "-1", "in_transit", "Handed to the carrier in Porto", milliseconds(o.shipped)}},
	}
	if !o.out.IsZero() {
		e.Shipment.Events = append(e.Shipment.Events, eventScan{o.shipmentID + "-out", "out_for_delivery", "With the driver", milliseconds(o.out)})
	}
	if !o.delivered.IsZero() {
		e.Shipment.Events = append(e.Shipment.Events,
			eventScan{o.shipmentID + "-2", "delivered", "Delivered in " + o.address.City, milliseconds(o.delivered)})
	}
	return e
}

func (m mapper) customer(id string, c customer, orders []order, shopper string, now time.Time) event {
	e := m.envelope(id, "customer.upserted", now.UnixMilli(), now)
	e.Customer = &eventCustomer{
		ExternalID: c.ID, Email: c.Email, EmailVerified: true, Phone: c.Phone,
		FirstName: c.First, LastName: c.Last, Locale: c.Lang,
		TotalSpent: euros(0), Address: m.address(c.Address), Shopper: shopper, UpdatedAt: now.UnixMilli(),
	}
	var spent cents
	for _, o := range orders {
		if o.customer == c.ID {
			e.Customer.OrdersCount++
			spent += o.totals.Total - o.totals.Refunded
		}
	}
	e.Customer.TotalSpent = euros(spent)
	return e
}

// inStock is what the studio always has of a piece: the demo never runs out.
const inStock = 24

func (m mapper) product(id string, p product, now time.Time) event {
	e := m.envelope(id, "product.upserted", now.UnixMilli(), now)
	e.Product = &eventProduct{
		ExternalID: p.Handle, Title: m.words.text("product." + p.Handle + ".title"), Handle: p.Handle,
		URL: m.base + p.Path(), ImageURL: m.base + p.picture(p.Glazes[0]), Status: "active",
		PriceMin: euros(p.Price), PriceMax: euros(p.Price), UpdatedAt: now.UnixMilli(),
	}
	for _, glaze := range p.Glazes {
		e.Product.Variants = append(e.Product.Variants, eventVariant{
			ExternalID: p.variant(glaze), Title: m.words.text("glaze." + glaze), SKU: p.sku(glaze),
			Price: euros(p.Price), Available: inStock,
		})
	}
	return e
}

func (m mapper) coupon(id, code string, percent int, now time.Time) event {
	e := m.envelope(id, "coupon.upserted", now.UnixMilli(), now)
	e.Coupon = &eventCoupon{ExternalID: code, Code: code, Kind: "percent", Percent: strconv.Itoa(percent), UpdatedAt: now.UnixMilli()}
	return e
}
