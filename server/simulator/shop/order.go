package shop

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// order is a cart that was bought, and what the warehouse did with it. Changes
// go through after, so that a state that cannot follow another never appears.
type order struct {
	id, number, key string // the key is the secret in the link to the order's page
	cart, shopper   string
	customer        string // account, if signed in
	email, phone    string
	note, coupon    string
	address         address
	lines           []line
	totals          totals
	placed, updated time.Time
	version         int64

	paid, cancelled, refunded, shipped, out, delivered time.Time // out: with the driver
	shipmentID, tracking                               string
}

// action is something that the warehouse can do.
type action string

// The buttons of the backstage page.
const (
	actPaid      action = "paid"
	actShipped   action = "shipped"
	actOut       action = "out_for_delivery"
	actDelivered action = "delivered"
	actRefunded  action = "refunded"
	actCancelled action = "cancelled"
)

// Words are the action as a button says it.
func (a action) Words() string { return strings.ReplaceAll(string(a), "_", " ") }

var actions = []action{actPaid, actShipped, actOut, actDelivered, actRefunded, actCancelled}

var errNotNow = errors.New("the order's state does not allow that")

// may lists what can be done with the order as it is.
func (o order) may() []action {
	allowed := map[action]bool{
		actPaid:      o.paid.IsZero() && o.cancelled.IsZero(),
		actShipped:   o.shipped.IsZero() && o.cancelled.IsZero() && o.refunded.IsZero(),
		actOut:       !o.shipped.IsZero() && o.out.IsZero() && o.delivered.IsZero(),
		actDelivered: !o.shipped.IsZero() && o.delivered.IsZero(),
		actRefunded:  !o.paid.IsZero() && o.refunded.IsZero(),
		actCancelled: o.shipped.IsZero() && o.cancelled.IsZero(),
	}
	return slices.DeleteFunc(slices.Clone(actions), func(a action) bool { return !allowed[a] })
}

// after is the order once the warehouse has done a. The ids are used by the
// first shipment only.
func (o order) after(a action, shipmentID, tracking string, now time.Time) (order, error) {
	if !slices.Contains(o.may(), a) {
		return o, errNotNow
	}
	switch a {
	case actPaid:
		o.paid = now
	case actShipped:
		o.shipped, o.shipmentID, o.tracking = now, shipmentID, tracking
	case actOut:
		o.out = now
	case actDelivered:
		o.delivered = now
		if o.paid.IsZero() {
			o.paid = now // paid at the door
		}
	case actRefunded:
		o.refunded, o.totals.Refunded = now, o.totals.Total
	case actCancelled:
		o.cancelled = now
		if !o.paid.IsZero() && o.refunded.IsZero() {
			o.refunded, o.totals.Refunded = now, o.totals.Total
		}
	}
	o.updated = now
	return o, nil
}

// step is how far the order has come, for its page.
func (o order) step() string {
	switch {
	case !o.cancelled.IsZero():
		return "cancelled"
	case !o.refunded.IsZero():
		return "refunded"
	case !o.delivered.IsZero():
		return "delivered"
	case !o.shipped.IsZero():
		return "shipped"
	case !o.paid.IsZero():
		return "paid"
	}
	return "placed"
}

func (o order) financialStatus() string {
	switch {
	case !o.refunded.IsZero():
		return "refunded"
	case !o.paid.IsZero():
		return "paid"
	case !o.cancelled.IsZero():
		return "voided"
	}
	return "pending"
}

func (o order) fulfilmentStatus() string {
	if o.shipped.IsZero() {
		return "unfulfilled"
	}
	return "fulfilled"
}

func (o order) shipmentStatus() string {
	switch {
	case !o.delivered.IsZero():
		return "delivered"
	case !o.out.IsZero():
		return "out_for_delivery"
	}
	return "in_transit"
}

func (o order) path() string { return "/orders/" + o.number + "?key=" + o.key }

// trackingURL is the shop's own page: the demo has no carrier.
func (o order) trackingPath() string { return o.path() + "#tracking" }
