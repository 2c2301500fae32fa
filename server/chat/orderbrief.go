package chat

// OrderBrief is what a conversation's list row and log show of an order.
type OrderBrief struct {
	ExternalID        string            `json:"external_id"`
	Number            string            `json:"number,omitempty"`
	Change            OrderChange       `json:"change,omitempty"` // of an event: what has happened
	Total             *Money            `json:"total,omitempty"`
	FinancialStatus   FinancialStatus   `json:"financial_status,omitempty"`
	FulfillmentStatus FulfillmentStatus `json:"fulfillment_status,omitempty"`
	Shipment          string            `json:"shipment,omitempty"` // external id, of a change that is a shipment's
	At                Millis            `json:"at,omitempty"`
}

// OrderChange names a transition of an order that agents are told of.
type OrderChange string

// Transitions of an order. They are found on the server, from the old state and the new, once per order and transition.
const (
	OrderPlaced         OrderChange = "placed"
	OrderPaid           OrderChange = "paid"
	OrderShipped        OrderChange = "shipped"
	OrderOutForDelivery OrderChange = "out_for_delivery"
	OrderDelivered      OrderChange = "delivered"
	OrderRefunded       OrderChange = "refunded"
	OrderCancelled      OrderChange = "cancelled"
	OrderLinked         OrderChange = "linked" // to its shopper; told to webhooks only
)

// Brief gives the order's short form.
func (o Order) Brief(change OrderChange, at Millis) OrderBrief {
	b := OrderBrief{
		ExternalID: o.ExternalID, Number: o.Number, Change: change, At: at,
		FinancialStatus: o.FinancialStatus, FulfillmentStatus: o.FulfillmentStatus,
	}
	if o.Totals != nil {
		b.Total = o.Totals.Total
	}
	return b
}

// OrderCard is an order as a message shows it to the shopper: how it stood when the message was sent.
type OrderCard struct {
	ExternalID        string            `json:"external_id"`
	Number            string            `json:"number,omitempty"`
	PlacedAt          Millis            `json:"placed_at,omitempty"`
	Total             *Money            `json:"total,omitempty"`
	FinancialStatus   FinancialStatus   `json:"financial_status,omitempty"`
	FulfillmentStatus FulfillmentStatus `json:"fulfillment_status,omitempty"`
	Cancelled         bool              `json:"cancelled,omitempty"`
	Items             []CardItem        `json:"items,omitempty"` // the first ones
	More              int               `json:"more,omitempty"`  // further lines
	Shipment          *CardShipment     `json:"shipment,omitempty"`
}

// CardItem is one line of an order card.
type CardItem struct {
	Title    string `json:"title"`
	Quantity int64  `json:"quantity"`
	ImageURL string `json:"image_url,omitempty"`
}

// CardShipment is the latest parcel of an order card.
type CardShipment struct {
	Status  ShipmentStatus `json:"status,omitempty"`
	Carrier string         `json:"carrier,omitempty"`
	Number  string         `json:"number,omitempty"`
	URL     string         `json:"url,omitempty"`
}

const cardItems = 3

// Card gives the order as a message shows it, with the latest of its shipments.
func (o Order) Card(shipments []Shipment) *OrderCard {
	c := &OrderCard{
		ExternalID: o.ExternalID, Number: o.Number, PlacedAt: o.PlacedAt, FinancialStatus: o.FinancialStatus,
		FulfillmentStatus: o.FulfillmentStatus, Cancelled: o.CancelledAt != 0, More: max(0, len(o.Lines)-cardItems),
	}
	if o.Totals != nil {
		c.Total = o.Totals.Total
	}
	for _, l := range o.Lines[:min(len(o.Lines), cardItems)] {
		c.Items = append(c.Items, CardItem{Title: l.Title, Quantity: l.Quantity, ImageURL: l.ImageURL})
	}
	if n := len(shipments); n > 0 {
		s := shipments[n-1]
		c.Shipment = &CardShipment{Status: s.Status, Carrier: s.Carrier}
		if len(s.Tracking) > 0 {
			c.Shipment.Number, c.Shipment.URL = s.Tracking[0].Number, s.Tracking[0].URL
		}
	}
	return c
}
