package chat

// The shop's nouns as plugins push them. Their JSON names are those of the contract, so a record is stored as it was pushed. Times
// are UTC milliseconds, money is in minor units, ids are the platform's own as strings.

// MaxExternalID is the most bytes of a platform's id.
const MaxExternalID = 200

// Order as the shop's platform knows it.
type Order struct {
	ExternalID          string            `json:"external_id"`
	Number              string            `json:"number,omitempty"` // what people call it, e.g. "#1001"
	URLAdmin            string            `json:"url_admin,omitempty"`
	URLStatus           string            `json:"url_status,omitempty"` // may hold a key: shown to agents only
	PlacedAt            Millis            `json:"placed_at,omitempty"`
	UpdatedAt           Millis            `json:"updated_at,omitempty"`
	CancelledAt         Millis            `json:"cancelled_at,omitempty"`
	CancelReason        string            `json:"cancel_reason,omitempty"`
	Currency            string            `json:"currency,omitempty"`
	PresentmentCurrency string            `json:"presentment_currency,omitempty"`
	Totals              *Totals           `json:"totals,omitempty"`
	FinancialStatus     FinancialStatus   `json:"financial_status,omitempty"`
	FulfillmentStatus   FulfillmentStatus `json:"fulfillment_status,omitempty"`
	StatusRaw           string            `json:"status_raw,omitempty"`
	Customer            *CustomerRef      `json:"customer,omitempty"`
	Guest               bool              `json:"guest,omitempty"`
	Lines               []Line            `json:"lines,omitempty"`
	ShippingAddress     *PostalAddress    `json:"shipping_address,omitempty"`
	Coupons             []string          `json:"coupons,omitempty"`
	Note                string            `json:"note,omitempty"`
	Attributes          map[string]string `json:"attributes,omitempty"`
	Shopper             ShopperID         `json:"shopper,omitempty"`
	CartToken           string            `json:"cart_token,omitempty"`
	CheckoutToken       string            `json:"checkout_token,omitempty"`
	Source              *Referral         `json:"source,omitempty"`
	Test                bool              `json:"test,omitempty"`
	Refunds             []Refund          `json:"refunds,omitempty"`
	Tags                []string          `json:"tags,omitempty"`
}

// FinancialStatus of an order, normalised over platforms.
type FinancialStatus string

// FulfillmentStatus of an order, normalised over platforms.
type FulfillmentStatus string

// ShipmentStatus of a shipment, normalised over platforms.
type ShipmentStatus string

// CartStage tells a cart from a checkout.
type CartStage string

var (
	financialStatuses = map[FinancialStatus]bool{
		"": true, "pending": true, "authorized": true, "partially_paid": true, "paid": true, "partially_refunded": true, "refunded": true,
		"voided": true, "expired": true, "failed": true,
	}
	fulfillmentStatuses = map[FulfillmentStatus]bool{
		"": true, "unfulfilled": true, "on_hold": true, "partial": true, "fulfilled": true, "returned": true, "not_required": true,
	}
	shipmentStatuses = map[ShipmentStatus]bool{
		"": true, "label_created": true, "confirmed": true, "shipped": true, "in_transit": true, "out_for_delivery": true, "attempted": true,
		"ready_for_pickup": true, "picked_up": true, "delivered": true, "delayed": true, "failure": true, "cancelled": true,
	}
)

// Totals of an order or cart.
type Totals struct {
	Subtotal    *Money `json:"subtotal,omitempty"`
	Discount    *Money `json:"discount,omitempty"`
	Shipping    *Money `json:"shipping,omitempty"`
	Tax         *Money `json:"tax,omitempty"`
	Refunded    *Money `json:"refunded,omitempty"`
	Total       *Money `json:"total,omitempty"`
	Outstanding *Money `json:"outstanding,omitempty"`
}

// CustomerRef names the buyer of an order or cart.
type CustomerRef struct {
	ExternalID string `json:"external_id,omitempty"`
	Email      string `json:"email,omitempty"`
	Phone      string `json:"phone,omitempty"`
}

// Line of an order or cart.
type Line struct {
	ExternalID        string `json:"external_id,omitempty"`
	ProductExternalID string `json:"product_external_id,omitempty"`
	VariantExternalID string `json:"variant_external_id,omitempty"`
	SKU               string `json:"sku,omitempty"`
	Title             string `json:"title,omitempty"`
	VariantTitle      string `json:"variant_title,omitempty"`
	Quantity          int64  `json:"quantity"`
	QuantityCurrent   *int64 `json:"quantity_current,omitempty"`   // after edits and refunds
	QuantityFulfilled *int64 `json:"quantity_fulfilled,omitempty"` // shipped so far
	UnitPrice         *Money `json:"unit_price,omitempty"`
	Total             *Money `json:"total,omitempty"`
	ImageURL          string `json:"image_url,omitempty"`
	URL               string `json:"url,omitempty"`
}

// PostalAddress without street lines: enough for an agent, and no more than needed.
type PostalAddress struct {
	Name     string `json:"name,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"region,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"` // ISO 3166-1 alpha-2
}

// Referral tells where an order came from.
type Referral struct {
	UTMSource   string `json:"utm_source,omitempty"`
	UTMMedium   string `json:"utm_medium,omitempty"`
	UTMCampaign string `json:"utm_campaign,omitempty"`
	Landing     string `json:"landing,omitempty"`
	Referrer    string `json:"referrer,omitempty"`
	Channel     string `json:"channel,omitempty"`
}

// Refund of an order.
type Refund struct {
	ExternalID string `json:"external_id"`
	Amount     *Money `json:"amount,omitempty"`
	Reason     string `json:"reason,omitempty"`
	At         Millis `json:"at,omitempty"`
}

// Shipment of an order. It may come before its order.
type Shipment struct {
	ExternalID          string          `json:"external_id"`
	OrderExternalID     string          `json:"order_external_id"`
	Status              ShipmentStatus  `json:"status,omitempty"`
	StatusRaw           string          `json:"status_raw,omitempty"`
	Carrier             string          `json:"carrier,omitempty"`
	CarrierCode         string          `json:"carrier_code,omitempty"`
	Tracking            []Tracking      `json:"tracking,omitempty"`
	Lines               []ShipmentLine  `json:"lines,omitempty"`
	ShippedAt           Millis          `json:"shipped_at,omitempty"`
	EstimatedDeliveryAt Millis          `json:"estimated_delivery_at,omitempty"`
	DeliveredAt         Millis          `json:"delivered_at,omitempty"`
	Events              []ShipmentEvent `json:"events,omitempty"` // a set by id: united, never replaced
}

// Tracking number of a shipment.
type Tracking struct {
	Number string `json:"number,omitempty"`
	URL    string `json:"url,omitempty"`
}

// ShipmentLine says how much of an order's line is in the parcel.
type ShipmentLine struct {
	LineExternalID string `json:"line_external_id"`
	Quantity       int64  `json:"quantity"`
}

// ShipmentEvent is one scan of a carrier.
type ShipmentEvent struct {
	ID       string         `json:"id"`
	Status   ShipmentStatus `json:"status,omitempty"`
	Message  string         `json:"message,omitempty"`
	At       Millis         `json:"at,omitempty"`
	Location string         `json:"location,omitempty"`
}

// Cart is a cart or a checkout that is under way.
type Cart struct {
	ExternalID       string       `json:"external_id"` // the platform's token
	ParentToken      string       `json:"parent_token,omitempty"`
	Stage            CartStage    `json:"stage,omitempty"` // cart or checkout
	Customer         *CustomerRef `json:"customer,omitempty"`
	Email            string       `json:"email,omitempty"`
	Phone            string       `json:"phone,omitempty"`
	Lines            []Line       `json:"lines,omitempty"`
	Totals           *Totals      `json:"totals,omitempty"`
	RecoveryURL      string       `json:"recovery_url,omitempty"`
	LastActivityAt   Millis       `json:"last_activity_at,omitempty"`
	CompletedAt      Millis       `json:"completed_at,omitempty"`
	OrderExternalID  string       `json:"order_external_id,omitempty"`
	Shopper          ShopperID    `json:"shopper,omitempty"`
	ConsentMarketing *bool        `json:"consent_marketing,omitempty"`
}

// Customer is the shop's own record of a buyer.
type Customer struct {
	ExternalID    string         `json:"external_id"`
	Email         string         `json:"email,omitempty"`
	EmailVerified bool           `json:"email_verified,omitempty"`
	Phone         string         `json:"phone,omitempty"` // E.164
	FirstName     string         `json:"first_name,omitempty"`
	LastName      string         `json:"last_name,omitempty"`
	Locale        string         `json:"locale,omitempty"`
	Tags          []string       `json:"tags,omitempty"`
	OrdersCount   int64          `json:"orders_count,omitempty"`
	TotalSpent    *Money         `json:"total_spent,omitempty"`
	Consent       *OptIn         `json:"consent,omitempty"`
	Address       *PostalAddress `json:"address,omitempty"`
	Shopper       ShopperID      `json:"shopper,omitempty"`
	CreatedAt     Millis         `json:"created_at,omitempty"`
	UpdatedAt     Millis         `json:"updated_at,omitempty"`
}

// OptIn is what the shop's platform says of marketing consent.
type OptIn struct {
	Email     bool   `json:"email,omitempty"`
	SMS       bool   `json:"sms,omitempty"`
	WhatsApp  bool   `json:"whatsapp,omitempty"`
	UpdatedAt Millis `json:"updated_at,omitempty"`
}

// Product of the shop's catalogue.
type Product struct {
	ExternalID string    `json:"external_id"`
	Title      string    `json:"title,omitempty"`
	Handle     string    `json:"handle,omitempty"`
	URL        string    `json:"url,omitempty"`
	ImageURL   string    `json:"image_url,omitempty"`
	Status     string    `json:"status,omitempty"`
	PriceMin   *Money    `json:"price_min,omitempty"`
	PriceMax   *Money    `json:"price_max,omitempty"`
	Variants   []Variant `json:"variants,omitempty"`
	UpdatedAt  Millis    `json:"updated_at,omitempty"`
}

// Variant of a product.
type Variant struct {
	ExternalID string `json:"external_id"`
	SKU        string `json:"sku,omitempty"`
	Title      string `json:"title,omitempty"`
	Price      *Money `json:"price,omitempty"`
	Available  *int64 `json:"available,omitempty"`
}

// Coupon is a discount code of the shop. What an agent offers of it in a conversation is a CouponOffer.
type Coupon struct {
	ExternalID string     `json:"external_id"`
	Code       string     `json:"code,omitempty"`
	Kind       CouponKind `json:"kind,omitempty"`
	Percent    string     `json:"percent,omitempty"` // decimal, of kind percent
	Amount     *Money     `json:"amount,omitempty"`  // of kind fixed
	StartsAt   Millis     `json:"starts_at,omitempty"`
	EndsAt     Millis     `json:"ends_at,omitempty"`
	UsageLimit int64      `json:"usage_limit,omitempty"` // 0: none
	Used       int64      `json:"used,omitempty"`
	BoundEmail string     `json:"bound_email,omitempty"` // only this buyer may use it
	UpdatedAt  Millis     `json:"updated_at,omitempty"`
}

// CouponKind says what a coupon takes off.
type CouponKind string

// Kinds of coupons.
const (
	CouponPercent      CouponKind = "percent"
	CouponFixed        CouponKind = "fixed"
	CouponFreeShipping CouponKind = "free_shipping"
)

// Usable tells whether the coupon can be used now by anybody.
func (c Coupon) Usable(now Millis) bool {
	return c.Code != "" && c.BoundEmail == "" && c.StartsAt <= now && (c.EndsAt == 0 || c.EndsAt > now) &&
		(c.UsageLimit == 0 || c.Used < c.UsageLimit)
}
