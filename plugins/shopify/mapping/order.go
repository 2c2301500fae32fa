package mapping

import (
	"net/url"
	"strings"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// order is Shopify's order, as webhooks have it (https://shopify.dev/docs/api/webhooks, version 2026-07).
type order struct {
	ID          ID          `json:"id"`
	Name        string      `json:"name"`
	Email       string      `json:"email"`
	Contact     string      `json:"contact_email"`
	Phone       string      `json:"phone"`
	Processed   *time.Time  `json:"processed_at"`
	Created     *time.Time  `json:"created_at"`
	Updated     *time.Time  `json:"updated_at"`
	Cancelled   *time.Time  `json:"cancelled_at"`
	Reason      string      `json:"cancel_reason"`
	Currency    string      `json:"currency"`
	Presentment string      `json:"presentment_currency"`
	Financial   string      `json:"financial_status"`
	Fulfillment string      `json:"fulfillment_status"`
	Return      string      `json:"-"` // only the Admin API tells
	StatusURL   string      `json:"order_status_url"`
	Note        string      `json:"note"`
	Attributes  []attribute `json:"note_attributes"`
	Tags        string      `json:"tags"`
	Test        bool        `json:"test"`
	CartToken   string      `json:"cart_token"`
	Checkout    string      `json:"checkout_token"`
	Landing     string      `json:"landing_site"`
	Referrer    string      `json:"referring_site"`
	Source      string      `json:"source_name"`
	Codes       []struct {
		Code string `json:"code"`
	} `json:"discount_codes"`
	Subtotal    cash      `json:"current_subtotal_price_set"`
	Discounts   cash      `json:"current_total_discounts_set"`
	Shipping    cash      `json:"current_shipping_price_set"`
	Tax         cash      `json:"current_total_tax_set"`
	Total       cash      `json:"current_total_price_set"`
	Outstanding decimal   `json:"total_outstanding"`
	Refunded    *cash     `json:"-"` // only the Admin API tells; else the sum of the refunds
	Customer    *struct { // null where the app may not see buyers, or there is none
		ID ID `json:"id"`
	} `json:"customer"`
	Address  *address `json:"shipping_address"`
	Lines    []line   `json:"line_items"`
	LinesCut bool     `json:"-"` // the Admin API has answered with the first ones only
	Refunds  []refund `json:"refunds"`
	Parcels  []parcel `json:"fulfillments"`
}

type line struct {
	ID        ID      `json:"id"`
	Product   ID      `json:"product_id"`
	Variant   ID      `json:"variant_id"`
	SKU       string  `json:"sku"`
	Title     string  `json:"title"`
	Name      string  `json:"name"`
	Option    string  `json:"variant_title"`
	Quantity  int64   `json:"quantity"`
	Current   *int64  `json:"current_quantity"`
	Price     decimal `json:"price"`
	PriceSet  cash    `json:"price_set"`
	Net       *cash   `json:"-"` // only the Admin API tells; else price × quantity less what was taken off
	Discounts []struct {
		Amount    decimal `json:"amount"`
		AmountSet cash    `json:"amount_set"`
	} `json:"discount_allocations"`
}

type refund struct {
	ID           ID         `json:"id"`
	Note         string     `json:"note"`
	Created      *time.Time `json:"created_at"`
	Sum          *cash      `json:"-"` // only the Admin API tells; else the sum of the transactions
	Transactions []struct {
		Kind   string  `json:"kind"`
		Status string  `json:"status"`
		Amount decimal `json:"amount"` // its currency may be null; it is the order's
	} `json:"transactions"`
}

type address struct {
	Name     string `json:"name"`
	City     string `json:"city"`
	Zip      string `json:"zip"`
	Province string `json:"province_code"`
	Region   string `json:"province"`
	Country  string `json:"country_code"`
}

// Shopify's words, as webhooks and the Admin API have them, in lower case. A word that is not here stays in status_raw.
var (
	financial = map[string]api.FinancialStatus{
		"pending": api.FinancialStatusPending, "authorized": api.FinancialStatusAuthorized, "partially_paid": api.FinancialStatusPartiallyPaid,
		"paid": api.FinancialStatusPaid, "partially_refunded": api.FinancialStatusPartiallyRefunded,
		"refunded": api.FinancialStatusRefunded, "voided": api.FinancialStatusVoided, "expired": api.FinancialStatusExpired,
	}
	fulfillment = map[string]api.FulfillmentStatus{
		"": api.FulfillmentStatusUnfulfilled, "unfulfilled": api.FulfillmentStatusUnfulfilled, "open": api.FulfillmentStatusUnfulfilled,
		"scheduled": api.FulfillmentStatusUnfulfilled, "pending_fulfillment": api.FulfillmentStatusUnfulfilled,
		"in_progress": api.FulfillmentStatusUnfulfilled, "request_declined": api.FulfillmentStatusUnfulfilled,
		"on_hold": api.FulfillmentStatusOnHold, "partial": api.FulfillmentStatusPartial, "partially_fulfilled": api.FulfillmentStatusPartial,
		"fulfilled": api.FulfillmentStatusFulfilled, "restocked": api.FulfillmentStatusReturned,
		"fulfillment_not_required": api.FulfillmentStatusNotRequired,
	}
)

// orders/updated comes with each of the others, so all say the same: this is the order now.
func (m *mapper) order() error {
	var o order
	if err := m.read(&o); err != nil {
		return err
	}
	events, err := o.events(m.shop, m.stamp)
	m.add(events...)
	return err
}

// events are the order's and its parcels'.
func (o order) events(s shop, st stamp) ([]tagalong.Event, error) {
	if !o.ID.ok() {
		return nil, errNoID
	}
	p := &purse{currency: o.Currency}
	event := st.event("", api.ContextEventTypeOrderUpserted, at(o.Updated))
	event.Mode = api.EventModeSnapshot
	event.Order = o.neutral(s, p)
	if o.LinesCut {
		// The lines that are missing must not be taken away where they are known.
		event.Mode, event.Order.Lines = api.EventModePatch, nil
	}
	events := []tagalong.Event{event}
	for _, parcel := range o.Parcels {
		if parcel.Order == "" {
			parcel.Order = o.ID
		}
		one, err := parcel.event(st, ":"+string(parcel.ID))
		if err != nil {
			return nil, err
		}
		events = append(events, one)
	}
	return events, p.err
}

func (o order) neutral(s shop, p *purse) *tagalong.Order {
	return &tagalong.Order{
		ExternalID:          string(o.ID),
		Number:              text(o.Name),
		URLAdmin:            s.admin + "/orders/" + url.PathEscape(string(o.ID)),
		URLStatus:           link(o.StatusURL),
		PlacedAt:            pickTime(o.Processed, o.Created),
		UpdatedAt:           millis(o.Updated),
		CancelledAt:         millis(o.Cancelled),
		CancelReason:        text(strings.ToLower(o.Reason)),
		Currency:            currency(o.Currency),
		PresentmentCurrency: currency(o.Presentment),
		Totals:              o.totals(p),
		FinancialStatus:     financial[o.Financial],
		FulfillmentStatus:   fulfillment[o.Fulfillment],
		StatusRaw:           o.statusRaw(),
		Customer:            o.customer(),
		Guest:               o.Customer == nil,
		Lines:               o.lines(p),
		ShippingAddress:     shipTo(o.Address),
		Coupons:             o.coupons(),
		Note:                text(o.Note),
		Attributes:          attributes(o.Attributes),
		Shopper:             shopperOf(o.Attributes),
		CartToken:           text(o.CartToken),
		CheckoutToken:       text(o.Checkout),
		Source:              o.source(),
		Test:                o.Test,
		Refunds:             o.refunds(p),
		Tags:                tags(o.Tags),
	}
}

func pickTime(times ...*time.Time) int64 {
	for _, t := range times {
		if ms := millis(t); ms > 0 {
			return ms
		}
	}
	return 0
}

func (o order) statusRaw() string {
	raw := o.Financial + "/" + pick(o.Fulfillment, "null")
	if o.Return != "" && o.Return != "no_return" {
		raw += "/" + o.Return
	}
	return text(raw)
}

func (o order) totals(p *purse) *api.Totals {
	return &api.Totals{
		Subtotal: p.money(o.Subtotal), Discount: p.money(o.Discounts), Shipping: p.money(o.Shipping), Tax: p.money(o.Tax),
		Refunded: o.refunded(p), Total: p.money(o.Total), Outstanding: p.plain(o.Outstanding),
	}
}

// refunded is absent rather than zero where nothing was given back.
func (o order) refunded(p *purse) *tagalong.Money {
	if o.Refunded != nil {
		if sum := p.money(*o.Refunded); sum != nil && sum.Amount != 0 {
			return sum
		}
		return nil
	}
	sum := tagalong.Money{Currency: currency(o.Currency)}
	for _, r := range o.Refunds {
		if m := r.amount(p); m != nil {
			sum.Amount = add(sum.Amount, m.Amount)
		}
	}
	if sum.Amount == 0 {
		return nil
	}
	return &sum
}

// amount is what went back to the buyer; a refund is a record of things taken back, and may move no money.
func (r refund) amount(p *purse) *tagalong.Money {
	if r.Sum != nil {
		return p.money(*r.Sum)
	}
	sum := tagalong.Money{Currency: currency(p.currency)}
	for _, t := range r.Transactions {
		if t.Kind == "refund" && t.Status == "success" {
			if m := p.plain(t.Amount); m != nil {
				sum.Amount = add(sum.Amount, m.Amount)
			}
		}
	}
	if sum.Amount == 0 {
		return nil
	}
	return &sum
}

func (o order) refunds(p *purse) []api.Refund {
	var all []api.Refund
	for _, r := range first(o.Refunds, maxList) {
		if r.ID.ok() {
			all = append(all, api.Refund{ExternalID: string(r.ID), Amount: r.amount(p), Reason: text(r.Note), At: millis(r.Created)})
		}
	}
	return all
}

func (o order) customer() *api.CustomerRef {
	ref := api.CustomerRef{Email: email(pick(o.Email, o.Contact)), Phone: phone(o.Phone)}
	if o.Customer != nil && o.Customer.ID.ok() {
		ref.ExternalID = string(o.Customer.ID)
	}
	if ref == (api.CustomerRef{}) {
		return nil
	}
	return &ref
}

func (o order) coupons() []string {
	var codes []string
	for _, c := range first(o.Codes, maxList) {
		codes = append(codes, text(c.Code))
	}
	return codes
}

// source reads the campaign from the page where the visit began.
func (o order) source() *api.OrderSource {
	from := api.OrderSource{Landing: text(o.Landing), Referrer: text(o.Referrer), Channel: text(o.Source)}
	if u, err := url.Parse(o.Landing); err == nil {
		query := u.Query()
		from.UtmSource, from.UtmMedium = text(query.Get("utm_source")), text(query.Get("utm_medium"))
		from.UtmCampaign = text(query.Get("utm_campaign"))
	}
	if from == (api.OrderSource{}) {
		return nil
	}
	return &from
}

func tags(list string) []string {
	var all []string
	for tag := range strings.SplitSeq(list, ",") {
		if tag = strings.TrimSpace(tag); tag != "" && len(all) < maxList {
			all = append(all, text(tag))
		}
	}
	return all
}

func shipTo(a *address) *api.PostalAddress {
	if a == nil {
		return nil
	}
	to := &api.PostalAddress{Name: text(a.Name), City: text(a.City), Region: text(pick(a.Province, a.Region)), Postcode: cut(a.Zip, 32)}
	if isCountry(a.Country) {
		to.Country = a.Country
	}
	return to
}

// link leaves out what is no address of the web.
func link(s string) string {
	if len(s) > maxText || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return ""
	}
	return s
}

func (m *mapper) orderDeleted() error { return m.gone(api.ContextEventTypeOrderDeleted) }

// reread notes an order that this delivery tells of without having it whole.
func (m *mapper) reread(id ID) error {
	if !id.ok() {
		return errNoID
	}
	m.out.Reread = string(id)
	return nil
}

func (m *mapper) orderEdited() error {
	var e struct {
		Edit struct {
			Order ID `json:"order_id"`
		} `json:"order_edit"`
	}
	if err := m.read(&e); err != nil {
		return err
	}
	return m.reread(e.Edit.Order)
}

func (m *mapper) refunded() error {
	var r struct {
		Order ID `json:"order_id"`
	}
	if err := m.read(&r); err != nil {
		return err
	}
	return m.reread(r.Order)
}

func (m *mapper) returned() error {
	var r struct {
		Order struct {
			ID ID `json:"id"`
		} `json:"order"`
	}
	if err := m.read(&r); err != nil {
		return err
	}
	return m.reread(r.Order.ID)
}
