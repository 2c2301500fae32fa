package wire

import (
	"cmp"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// What a shopper may see of the shop's orders. It is built up from what is named here, never cut down from an order, so that what a
// plugin will push tomorrow is not shown by accident.

// PublicOrder gives an order as its buyer sees it, with its shipments.
func PublicOrder(r chat.Record, shipments []chat.Record) (openapi.PublicOrder, error) {
	order, err := r.Order()
	if err != nil {
		return openapi.PublicOrder{}, err
	}
	o := openapi.PublicOrder{
		ExternalID: order.ExternalID, Number: order.Number, PlacedAt: int64(order.PlacedAt), CancelledAt: int64(order.CancelledAt),
		Currency: order.Currency, Totals: totals(order.Totals), FinancialStatus: openapi.FinancialStatus(order.FinancialStatus),
		FulfillmentStatus: openapi.FulfillmentStatus(order.FulfillmentStatus), Lines: []openapi.PublicLine{}, Shipments: []openapi.PublicShipment{},
	}
	for _, l := range order.Lines {
		o.Lines = append(o.Lines, publicLine(l))
	}
	for _, s := range shipments {
		if s.Redacted || s.Deleted {
			continue
		}
		parcel, err := s.Shipment()
		if err != nil {
			return openapi.PublicOrder{}, err
		}
		o.Shipments = append(o.Shipments, publicShipment(parcel))
	}
	return o, nil
}

// PublicOrders gives the orders among a shopper's records, each with its shipments.
func PublicOrders(records []chat.Record) ([]openapi.PublicOrder, error) {
	parcels := map[string][]chat.Record{}
	for _, r := range records {
		if r.Kind == chat.RecordShipment {
			parcels[r.Parent] = append(parcels[r.Parent], r)
		}
	}
	out := []openapi.PublicOrder{}
	for _, r := range records {
		if r.Kind != chat.RecordOrder || r.Deleted || r.Redacted {
			continue
		}
		o, err := PublicOrder(r, parcels[r.ExternalID])
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func totals(t *chat.Totals) *openapi.Totals {
	if t == nil {
		return nil
	}
	return &openapi.Totals{
		Subtotal: money(t.Subtotal), Discount: money(t.Discount), Shipping: money(t.Shipping), Tax: money(t.Tax),
		Refunded: money(t.Refunded), Total: money(t.Total), Outstanding: money(t.Outstanding),
	}
}

func publicLine(l chat.Line) openapi.PublicLine {
	o := openapi.PublicLine{
		Title: l.Title, VariantTitle: l.VariantTitle, Quantity: l.Quantity, ImageURL: webOnly(l.ImageURL), Total: money(l.Total),
	}
	if l.QuantityCurrent != nil {
		o.Quantity = *l.QuantityCurrent
	}
	return o
}

func publicShipment(s chat.Shipment) openapi.PublicShipment {
	o := openapi.PublicShipment{
		Status: openapi.ShipmentStatus(s.Status), Carrier: s.Carrier, ShippedAt: int64(s.ShippedAt),
		EstimatedDeliveryAt: int64(s.EstimatedDeliveryAt), DeliveredAt: int64(s.DeliveredAt),
		Tracking: []openapi.Tracking{}, Events: []openapi.PublicShipmentEvent{},
	}
	for _, t := range s.Tracking {
		o.Tracking = append(o.Tracking, openapi.Tracking{Number: t.Number, URL: webOnly(t.URL)})
	}
	for _, e := range s.Events {
		o.Events = append(o.Events, openapi.PublicShipmentEvent{
			Status: openapi.ShipmentStatus(e.Status), Message: e.Message, At: int64(e.At), Location: e.Location,
		})
	}
	return o
}

// webOnly gives a URL that a browser may open, or nothing: of a tracking page a plugin knows only what the shop's owner has typed.
func webOnly(url string) string {
	if !chat.WebURL(url) {
		return ""
	}
	return url
}

// orderCard gives an order as a message shows it.
func orderCard(c *chat.OrderCard) *openapi.OrderCard {
	if c == nil {
		return nil
	}
	o := &openapi.OrderCard{
		ExternalID: c.ExternalID, Number: cmp.Or(c.Number, c.ExternalID), PlacedAt: int64(c.PlacedAt), Total: money(c.Total),
		FinancialStatus: openapi.FinancialStatus(c.FinancialStatus), FulfillmentStatus: openapi.FulfillmentStatus(c.FulfillmentStatus),
		Cancelled: c.Cancelled, Items: []openapi.OrderCardItem{}, More: int32(c.More),
	}
	for _, i := range c.Items {
		o.Items = append(o.Items, openapi.OrderCardItem{Title: i.Title, Quantity: i.Quantity, ImageURL: webOnly(i.ImageURL)})
	}
	if s := c.Shipment; s != nil {
		o.Shipment = &openapi.OrderCardShipment{
			Status: openapi.ShipmentStatus(s.Status), Carrier: s.Carrier, Number: s.Number, URL: webOnly(s.URL),
		}
	}
	return o
}
