package chat

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// noun is what the kinds of records have in common.
type noun interface {
	externalID() string
	problems() []Field
	link(*Record)   // whom and what the record belongs to
	keys() []string // what it is found by
}

func (k RecordKind) noun() (noun, error) {
	switch k {
	case RecordOrder:
		return &Order{}, nil
	case RecordShipment:
		return &Shipment{}, nil
	case RecordCart:
		return &Cart{}, nil
	case RecordCustomer:
		return &Customer{}, nil
	case RecordProduct:
		return &Product{}, nil
	case RecordCoupon:
		return &Coupon{}, nil
	}
	return nil, ErrInvalid.With(Field{"type", "is not known"})
}

func (o *Order) externalID() string    { return o.ExternalID }
func (s *Shipment) externalID() string { return s.ExternalID }
func (c *Cart) externalID() string     { return c.ExternalID }
func (c *Customer) externalID() string { return c.ExternalID }
func (p *Product) externalID() string  { return p.ExternalID }
func (c *Coupon) externalID() string   { return c.ExternalID }

func (o *Order) link(r *Record) {
	r.Shopper = shopperOf(o.Shopper)
	if o.Customer != nil {
		r.CustomerID = o.Customer.ExternalID
	}
}

func (s *Shipment) link(r *Record) { r.Parent = s.OrderExternalID }

func (c *Cart) link(r *Record) {
	r.Shopper = shopperOf(c.Shopper)
	if c.Customer != nil {
		r.CustomerID = c.Customer.ExternalID
	}
}

func (c *Customer) link(r *Record) { r.Shopper, r.CustomerID = shopperOf(c.Shopper), c.ExternalID }
func (p *Product) link(*Record)    {}
func (c *Coupon) link(*Record)     {}

// shopperOf drops what cannot be a shopper's id: it came through a page that anybody can edit.
func shopperOf(id ShopperID) ShopperID {
	if !ValidID(PrefixShopper, string(id)) {
		return ""
	}
	return id
}

const (
	maxLines     = 500
	maxFieldSize = 2_000
	maxList      = 100
)

// checker gathers the problems of one noun.
type checker struct {
	root string
	bad  []Field
}

func (c *checker) add(ok bool, path, message string) {
	if !ok && len(c.bad) < 20 {
		c.bad = append(c.bad, Field{c.root + "." + path, message})
	}
}

func (c *checker) texts(values map[string]string) {
	for path, v := range values {
		c.add(len(v) <= maxFieldSize, path, "is too long")
	}
}

func (c *checker) urls(values map[string]string) {
	for path, v := range values {
		c.add(v == "" || WebURL(v), path, "must be an http or https URL")
	}
}

var lastYear = At(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))

func (c *checker) times(values map[string]Millis) {
	for path, v := range values {
		c.add(v >= 0 && v < lastYear, path, "is not a plausible time in ms")
	}
}

func (c *checker) money(path string, m *Money, negative bool) {
	if m == nil {
		return
	}
	c.bad = append(c.bad, m.problems(c.root+"."+path)...)
	c.add(negative || m.Amount >= 0, path+".amount", "must not be negative")
}

func (c *checker) totals(t *Totals) {
	if t == nil {
		return
	}
	c.money("totals.subtotal", t.Subtotal, false)
	c.money("totals.discount", t.Discount, false)
	c.money("totals.shipping", t.Shipping, false)
	c.money("totals.tax", t.Tax, false)
	c.money("totals.refunded", t.Refunded, false)
	c.money("totals.total", t.Total, false)
	c.money("totals.outstanding", t.Outstanding, true) // overpaid
}

func (c *checker) lines(lines []Line) {
	c.add(len(lines) <= maxLines, "lines", "at most 500")
	for i, l := range lines[:min(len(lines), maxLines)] {
		at := fmt.Sprintf("lines[%d]", i)
		c.add(l.Quantity >= 0 && l.Quantity <= 1_000_000, at+".quantity", "must be between 0 and 1,000,000")
		c.texts(map[string]string{at + ".title": l.Title, at + ".sku": l.SKU, at + ".variant_title": l.VariantTitle})
		c.urls(map[string]string{at + ".image_url": l.ImageURL, at + ".url": l.URL})
		c.money(at+".unit_price", l.UnitPrice, false)
		c.money(at+".total", l.Total, true)
	}
}

func (c *checker) customer(r *CustomerRef) {
	if r != nil {
		c.texts(map[string]string{"customer.external_id": r.ExternalID, "customer.email": r.Email, "customer.phone": r.Phone})
	}
}

func (o *Order) problems() []Field {
	k := checker{root: "order"}
	k.add(financialStatuses[o.FinancialStatus], "financial_status", "is not known")
	k.add(fulfillmentStatuses[o.FulfillmentStatus], "fulfillment_status", "is not known")
	k.add(o.Currency == "" || validCurrency(o.Currency), "currency", "must be an ISO 4217 code")
	k.add(o.PresentmentCurrency == "" || validCurrency(o.PresentmentCurrency), "presentment_currency", "must be an ISO 4217 code")
	k.add(len(o.Refunds) <= maxList, "refunds", "at most 100")
	k.add(len(o.Tags) <= maxList, "tags", "at most 100")
	k.add(len(o.Coupons) <= maxList, "coupons", "at most 100")
	k.add(len(o.Attributes) <= maxList, "attributes", "at most 100")
	k.texts(map[string]string{"number": o.Number, "note": o.Note, "cancel_reason": o.CancelReason, "status_raw": o.StatusRaw})
	k.urls(map[string]string{"url_admin": o.URLAdmin, "url_status": o.URLStatus})
	k.times(map[string]Millis{"placed_at": o.PlacedAt, "updated_at": o.UpdatedAt, "cancelled_at": o.CancelledAt})
	k.totals(o.Totals)
	k.lines(o.Lines)
	k.customer(o.Customer)
	for i, r := range o.Refunds[:min(len(o.Refunds), maxList)] {
		k.money(fmt.Sprintf("refunds[%d].amount", i), r.Amount, false)
	}
	return k.bad
}

func (s *Shipment) problems() []Field {
	k := checker{root: "shipment"}
	k.add(printable(s.OrderExternalID, MaxExternalID), "order_external_id", "must have 1 to 200 printable characters")
	k.add(shipmentStatuses[s.Status], "status", "is not known")
	k.add(len(s.Tracking) <= maxList, "tracking", "at most 100")
	k.add(len(s.Lines) <= maxLines, "lines", "at most 500")
	k.add(len(s.Events) <= maxLines, "events", "at most 500")
	k.texts(map[string]string{"carrier": s.Carrier, "carrier_code": s.CarrierCode, "status_raw": s.StatusRaw})
	for i, t := range s.Tracking[:min(len(s.Tracking), maxList)] {
		k.urls(map[string]string{fmt.Sprintf("tracking[%d].url", i): t.URL})
	}
	k.times(map[string]Millis{
		"shipped_at": s.ShippedAt, "estimated_delivery_at": s.EstimatedDeliveryAt, "delivered_at": s.DeliveredAt,
	})
	return k.bad
}

func (c *Cart) problems() []Field {
	k := checker{root: "cart"}
	k.add(c.Stage == "" || c.Stage == "cart" || c.Stage == "checkout", "stage", "must be cart or checkout")
	k.texts(map[string]string{"email": c.Email, "phone": c.Phone})
	k.urls(map[string]string{"recovery_url": c.RecoveryURL})
	k.times(map[string]Millis{"last_activity_at": c.LastActivityAt, "completed_at": c.CompletedAt})
	k.totals(c.Totals)
	k.lines(c.Lines)
	k.customer(c.Customer)
	return k.bad
}

func (c *Customer) problems() []Field {
	k := checker{root: "customer"}
	k.texts(map[string]string{
		"email": c.Email, "phone": c.Phone, "first_name": c.FirstName, "last_name": c.LastName, "locale": c.Locale,
	})
	k.add(len(c.Tags) <= maxList, "tags", "at most 100")
	k.add(c.OrdersCount >= 0, "orders_count", "must not be negative")
	k.money("total_spent", c.TotalSpent, false)
	k.times(map[string]Millis{"created_at": c.CreatedAt, "updated_at": c.UpdatedAt})
	return k.bad
}

func (p *Product) problems() []Field {
	k := checker{root: "product"}
	k.texts(map[string]string{"title": p.Title, "handle": p.Handle, "status": p.Status})
	k.urls(map[string]string{"url": p.URL, "image_url": p.ImageURL})
	k.money("price_min", p.PriceMin, false)
	k.money("price_max", p.PriceMax, false)
	k.add(len(p.Variants) <= maxLines, "variants", "at most 500")
	k.times(map[string]Millis{"updated_at": p.UpdatedAt})
	return k.bad
}

func (c *Coupon) problems() []Field {
	k := checker{root: "coupon"}
	k.add(c.Kind == "" || c.Kind == CouponPercent || c.Kind == CouponFixed || c.Kind == CouponFreeShipping, "kind", "is not known")
	k.add(c.Percent == "" || validPercent(c.Percent), "percent", "must be a decimal number from 0 to 100")
	k.add(c.UsageLimit >= 0 && c.Used >= 0, "used", "must not be negative")
	k.money("amount", c.Amount, false)
	k.texts(map[string]string{"code": c.Code, "bound_email": c.BoundEmail})
	k.times(map[string]Millis{"starts_at": c.StartsAt, "ends_at": c.EndsAt, "updated_at": c.UpdatedAt})
	return k.bad
}

// validPercent takes "10", "7.5" and the like.
func validPercent(s string) bool {
	whole, part, dotted := strings.Cut(s, ".")
	if len(s) > 10 || whole == "" || dotted && part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return false
	}
	n, err := strconv.Atoi(whole)
	return err == nil && (n < 100 || n == 100 && strings.Trim(part, "0") == "")
}
