package shop

import (
	"errors"
	"time"
)

const (
	maxLines    = 20
	maxQuantity = 12

	shippingFee  cents = 490
	freeShipping cents = 8000
	taxPercent         = 23 // Portuguese VAT, included in the prices
)

// line is a product in one glaze, and how many of it.
type line struct {
	product  product
	glaze    string
	quantity int
}

func (l line) total() cents { return l.product.Price * cents(l.quantity) }

// cart is what a shopper of the shop has picked. It gets its id with its first
// line and ends when it becomes an order.
type cart struct {
	id      string
	lines   []line
	coupon  string
	at      time.Time // last activity
	version int64
}

var (
	errFull           = errors.New("the cart is full")
	errUnknownProduct = errors.New("no such product")
)

func (c *cart) add(handle, glaze string, quantity int, now time.Time) error {
	p, ok := productNamed(handle)
	if !ok || quantity < 1 {
		return errUnknownProduct
	}
	glaze = p.glaze(glaze)
	for i, l := range c.lines {
		if l.product.Handle == handle && l.glaze == glaze {
			c.lines[i].quantity = min(l.quantity+quantity, maxQuantity)
			c.at = now
			return nil
		}
	}
	if len(c.lines) == maxLines {
		return errFull
	}
	c.lines = append(c.lines, line{p, glaze, min(quantity, maxQuantity)})
	c.at = now
	return nil
}

// set changes the quantity of a variant; none removes its line.
func (c *cart) set(variant string, quantity int, now time.Time) {
	kept := c.lines[:0:0]
	for _, l := range c.lines {
		if l.product.variant(l.glaze) == variant {
			l.quantity = min(quantity, maxQuantity)
		}
		if l.quantity > 0 {
			kept = append(kept, l)
		}
	}
	c.lines, c.at = kept, now
}

func (c *cart) count() int {
	n := 0
	for _, l := range c.lines {
		n += l.quantity
	}
	return n
}

// coupons are what the studio hands out in chat, and the percent that each takes off.
var coupons = map[string]int{"HELLO10": 10, "SECONDS20": 20}

// totals are the sums of a cart or an order.
type totals struct {
	Subtotal, Discount, Shipping, Tax, Refunded, Total cents
}

// Less is the discount as it stands in a sum.
func (t totals) Less() cents { return -t.Discount }

func (c *cart) totals() totals {
	var t totals
	for _, l := range c.lines {
		t.Subtotal += l.total()
	}
	t.Discount = t.Subtotal * cents(coupons[c.coupon]) / 100
	if t.Subtotal > 0 && t.Subtotal-t.Discount < freeShipping {
		t.Shipping = shippingFee
	}
	t.Total = t.Subtotal - t.Discount + t.Shipping
	t.Tax = t.Total * taxPercent / (100 + taxPercent)
	return t
}
