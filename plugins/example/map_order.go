package example

import (
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Kiosk's words for how far an order is paid, and for how far it is sent. A word that is not here stays in status_raw.
var (
	financial = map[string]api.FinancialStatus{
		"no": api.FinancialStatusPending, "reserved": api.FinancialStatusAuthorized, "partly": api.FinancialStatusPartiallyPaid,
		"yes": api.FinancialStatusPaid, "partly_back": api.FinancialStatusPartiallyRefunded, "back": api.FinancialStatusRefunded,
		"bounced": api.FinancialStatusFailed,
	}
	fulfillment = map[string]api.FulfillmentStatus{
		"new": api.FulfillmentStatusUnfulfilled, "packing": api.FulfillmentStatusUnfulfilled, "waiting": api.FulfillmentStatusOnHold,
		"partly_sent": api.FulfillmentStatusPartial, "sent": api.FulfillmentStatusFulfilled, "done": api.FulfillmentStatusFulfilled,
		"sent_back": api.FulfillmentStatusReturned, "nothing_to_send": api.FulfillmentStatusNotRequired,
	}
)

func orderChanged(event *tagalong.Event, o *order) error {
	if o == nil || o.ID == "" {
		return errNoObject
	}
	p := &purse{currency: o.Currency}
	event.Type = api.ContextEventTypeOrderUpserted
	event.Version = tagalong.VersionFromTime(o.Changed)
	event.Order = &tagalong.Order{
		ExternalID:        o.ID.String(),
		Number:            o.Ref,
		URLAdmin:          o.AdminURL,
		PlacedAt:          millis(&o.Created),
		UpdatedAt:         millis(&o.Changed),
		CancelledAt:       millis(o.Cancelled),
		Currency:          o.Currency,
		Totals:            totals(p, o.Amounts),
		FinancialStatus:   financial[o.Paid],
		FulfillmentStatus: fulfillment[o.State],
		StatusRaw:         o.State + "/" + o.Paid,
		Customer:          buyer(o.Customer),
		Guest:             o.Customer != nil && o.Customer.ID == "",
		Lines:             lines(p, o.Items),
		ShippingAddress:   shipTo(o.ShipTo),
		Coupons:           o.Vouchers,
		Note:              o.BuyerNote,
		Attributes:        attributes(o.Extra),
		Shopper:           shopperOf(o.Extra),
	}
	return p.err
}

func orderRemoved(event *tagalong.Event, o *order) error {
	if o == nil || o.ID == "" {
		return errNoObject
	}
	event.Type = api.ContextEventTypeOrderDeleted
	event.Mode = ""
	event.Version = tagalong.VersionFromTime(o.Changed)
	event.ExternalID = o.ID.String()
	return nil
}

func totals(p *purse, a amounts) *api.Totals {
	return &api.Totals{
		Subtotal: p.money(a.Goods), Discount: p.money(a.Discount), Shipping: p.money(a.Shipping), Tax: p.money(a.Tax),
		Refunded: p.money(a.Refunded), Total: p.money(a.Total), Outstanding: p.money(a.Due),
	}
}

func lines(p *purse, items []item) []api.Line {
	all := make([]api.Line, 0, len(items))
	for _, i := range items {
		sent := i.Sent
		all = append(all, api.Line{
			ExternalID: i.ID.String(), ProductExternalID: i.Product, Sku: i.SKU, Title: i.Name, VariantTitle: i.Option,
			Quantity: i.Count, QuantityFulfilled: &sent, UnitPrice: p.money(i.Price), Total: p.money(i.Sum),
			URL: i.URL, ImageURL: i.Image,
		})
	}
	return all
}

// buyer leaves out a phone that is not E.164: a guess at the country would reach a stranger.
func buyer(c *customer) *api.CustomerRef {
	if c == nil {
		return nil
	}
	ref := &api.CustomerRef{ExternalID: c.ID.String(), Email: c.Mail}
	if isE164(c.Phone) {
		ref.Phone = c.Phone
	}
	if *ref == (api.CustomerRef{}) {
		return nil // a guest of whom nothing is known
	}
	return ref
}

func shipTo(a *address) *api.PostalAddress {
	if a == nil {
		return nil
	}
	return &api.PostalAddress{Name: a.Name, City: a.City, Postcode: a.Zip, Country: a.Country}
}
