package shop

import "time"

// The plugin's words of Tagalong's public API: the order-context events of
// POST /v1/shops/{shop}/events. They are written out here as any plugin author
// would, from the published contract; a test holds them against it.

const pluginVersion = "1.0.0"

type event struct {
	ID         string      `json:"id"`
	Type       string      `json:"type"`
	OccurredAt string      `json:"occurred_at"`
	Version    int64       `json:"version"`
	Mode       string      `json:"mode"`
	Source     eventSource `json:"source"`

	Order    *eventOrder    `json:"order,omitempty"`
	Shipment *eventShipment `json:"shipment,omitempty"`
	Cart     *eventCart     `json:"cart,omitempty"`
	Customer *eventCustomer `json:"customer,omitempty"`
	Product  *eventProduct  `json:"product,omitempty"`
	Coupon   *eventCoupon   `json:"coupon,omitempty"`
}

type eventSource struct {
	Platform string `json:"platform"`
	Plugin   string `json:"plugin"`
}

type eventMoney struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

type eventTotals struct {
	Subtotal    eventMoney  `json:"subtotal"`
	Discount    *eventMoney `json:"discount,omitempty"`
	Shipping    eventMoney  `json:"shipping"`
	Tax         eventMoney  `json:"tax"`
	Refunded    *eventMoney `json:"refunded,omitempty"`
	Total       eventMoney  `json:"total"`
	Outstanding *eventMoney `json:"outstanding,omitempty"`
}

type eventLine struct {
	ExternalID        string     `json:"external_id"`
	ProductExternalID string     `json:"product_external_id"`
	VariantExternalID string     `json:"variant_external_id"`
	SKU               string     `json:"sku"`
	Title             string     `json:"title"`
	VariantTitle      string     `json:"variant_title"`
	Quantity          int        `json:"quantity"`
	UnitPrice         eventMoney `json:"unit_price"`
	Total             eventMoney `json:"total"`
	ImageURL          string     `json:"image_url"`
	URL               string     `json:"url"`
}

type eventBuyer struct {
	ExternalID string `json:"external_id,omitempty"`
	Email      string `json:"email,omitempty"`
	Phone      string `json:"phone,omitempty"`
}

type eventAddress struct {
	Name     string `json:"name,omitempty"`
	City     string `json:"city,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
}

type eventRefund struct {
	ExternalID string     `json:"external_id"`
	Amount     eventMoney `json:"amount"`
	At         int64      `json:"at"`
}

type eventOrder struct {
	ExternalID        string        `json:"external_id"`
	Number            string        `json:"number"`
	URLAdmin          string        `json:"url_admin"`
	URLStatus         string        `json:"url_status"`
	PlacedAt          int64         `json:"placed_at"`
	UpdatedAt         int64         `json:"updated_at"`
	CancelledAt       int64         `json:"cancelled_at,omitempty"`
	Currency          string        `json:"currency"`
	Totals            eventTotals   `json:"totals"`
	FinancialStatus   string        `json:"financial_status"`
	FulfillmentStatus string        `json:"fulfillment_status"`
	StatusRaw         string        `json:"status_raw"`
	Customer          eventBuyer    `json:"customer"`
	Guest             bool          `json:"guest"`
	Lines             []eventLine   `json:"lines"`
	ShippingAddress   eventAddress  `json:"shipping_address"`
	Coupons           []string      `json:"coupons,omitempty"`
	Note              string        `json:"note,omitempty"`
	Shopper           string        `json:"shopper,omitempty"`
	CartToken         string        `json:"cart_token"`
	Refunds           []eventRefund `json:"refunds,omitempty"`
}

type eventTracking struct {
	Number string `json:"number"`
	URL    string `json:"url"`
}

type eventScan struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Message string `json:"message"`
	At      int64  `json:"at"`
}

type eventShipment struct {
	ExternalID      string          `json:"external_id"`
	OrderExternalID string          `json:"order_external_id"`
	Status          string          `json:"status"`
	Carrier         string          `json:"carrier"`
	Tracking        []eventTracking `json:"tracking"`
	ShippedAt       int64           `json:"shipped_at"`
	EstimatedAt     int64           `json:"estimated_delivery_at"`
	DeliveredAt     int64           `json:"delivered_at,omitempty"`
	Events          []eventScan     `json:"events"`
}

type eventCart struct {
	ExternalID      string      `json:"external_id"`
	Stage           string      `json:"stage"`
	Customer        *eventBuyer `json:"customer,omitempty"`
	Email           string      `json:"email,omitempty"`
	Lines           []eventLine `json:"lines"`
	Totals          eventTotals `json:"totals"`
	LastActivityAt  int64       `json:"last_activity_at"`
	CompletedAt     int64       `json:"completed_at,omitempty"`
	OrderExternalID string      `json:"order_external_id,omitempty"`
	Shopper         string      `json:"shopper,omitempty"`
}

type eventCustomer struct {
	ExternalID    string       `json:"external_id"`
	Email         string       `json:"email"`
	EmailVerified bool         `json:"email_verified"`
	Phone         string       `json:"phone,omitempty"`
	FirstName     string       `json:"first_name"`
	LastName      string       `json:"last_name"`
	Locale        string       `json:"locale"`
	OrdersCount   int          `json:"orders_count"`
	TotalSpent    eventMoney   `json:"total_spent"`
	Address       eventAddress `json:"address"`
	Shopper       string       `json:"shopper,omitempty"`
	UpdatedAt     int64        `json:"updated_at"`
}

type eventVariant struct {
	ExternalID string     `json:"external_id"`
	Title      string     `json:"title"`
	SKU        string     `json:"sku"`
	Price      eventMoney `json:"price"`
	Available  int        `json:"available"`
}

type eventProduct struct {
	ExternalID string         `json:"external_id"`
	Title      string         `json:"title"`
	Handle     string         `json:"handle"`
	URL        string         `json:"url"`
	ImageURL   string         `json:"image_url"`
	Status     string         `json:"status"`
	PriceMin   eventMoney     `json:"price_min"`
	PriceMax   eventMoney     `json:"price_max"`
	Variants   []eventVariant `json:"variants"`
	UpdatedAt  int64          `json:"updated_at"`
}

type eventCoupon struct {
	ExternalID string `json:"external_id"`
	Code       string `json:"code"`
	Kind       string `json:"kind"`
	Percent    string `json:"percent"`
	UpdatedAt  int64  `json:"updated_at"`
}

// key names the object, so that a newer snapshot replaces one still queued.
func (e event) key() string {
	switch {
	case e.Order != nil:
		return "order " + e.Order.ExternalID
	case e.Shipment != nil:
		return "shipment " + e.Shipment.ExternalID
	case e.Cart != nil:
		return "cart " + e.Cart.ExternalID
	case e.Customer != nil:
		return "customer " + e.Customer.ExternalID
	case e.Product != nil:
		return "product " + e.Product.ExternalID
	case e.Coupon != nil:
		return "coupon " + e.Coupon.ExternalID
	}
	return ""
}

// milliseconds since 1970, and 0 for a time that has not come.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
