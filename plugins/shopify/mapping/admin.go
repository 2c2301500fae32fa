package mapping

import (
	"strings"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
)

// Read says why and when the Admin API was asked for something.
type Read struct {
	ID       string    // of the events; the same when the same state is read again
	At       time.Time // what it was read for: the webhook that told of it; zero: for itself
	Hint     string
	Backfill bool
	Shop     string
	StoreURL string
	Currency string
}

// stamp: without another time a state is as old as it says, so that it never outdoes a webhook about the same state.
func (r Read) stamp(updated time.Time) stamp {
	if r.At.IsZero() {
		r.At = updated
	}
	return stamp{id: "shopify:" + r.ID, at: r.At, hint: r.Hint, backfill: r.Backfill}
}

// Order maps an order that the Admin API has answered with, and its parcels, as a webhook about it would be.
func Order(o admin.WholeOrder, r Read) ([]tagalong.Event, error) {
	to := order{
		ID: ID(o.LegacyResourceId), Name: o.Name, Email: o.Email, Phone: o.Phone, Processed: some(o.ProcessedAt), Updated: some(o.UpdatedAt),
		Cancelled: some(o.CancelledAt), Reason: o.CancelReason, Currency: o.CurrencyCode, Presentment: o.PresentmentCurrencyCode,
		Financial: strings.ToLower(o.DisplayFinancialStatus), Fulfillment: fulfillmentWord(o.DisplayFulfillmentStatus),
		Return: strings.ToLower(o.ReturnStatus), StatusURL: o.StatusPageUrl, Note: o.Note, Tags: strings.Join(o.Tags, ","), Test: o.Test,
		CartToken: o.CartToken, Checkout: o.CheckoutToken, Source: o.SourceName, LinesCut: o.LineItems.PageInfo.HasNextPage,
		Subtotal: cashFrom(o.CurrentSubtotalPriceSet), Discounts: cashFrom(o.CurrentTotalDiscountsSet),
		Shipping: cashFrom(o.CurrentShippingPriceSet), Tax: cashFrom(o.CurrentTotalTaxSet), Total: cashFrom(o.CurrentTotalPriceSet),
		Outstanding: decimal(o.TotalOutstandingSet.ShopMoney.Amount),
	}
	refunded := cashFrom(o.TotalRefundedSet)
	to.Refunded = &refunded
	for _, a := range o.CustomAttributes {
		to.Attributes = append(to.Attributes, attribute{Name: a.Key, Value: looseString(a.Value)})
	}
	for _, code := range o.DiscountCodes {
		to.Codes = append(to.Codes, struct {
			Code string `json:"code"`
		}{code})
	}
	if id := ID(o.Customer.LegacyResourceId); id != "" {
		to.Customer = &struct {
			ID ID `json:"id"`
		}{id}
	}
	if a := o.ShippingAddress; a != (admin.WholeOrderShippingAddressMailingAddress{}) {
		to.Address = &address{Name: a.Name, City: a.City, Zip: a.Zip, Province: a.ProvinceCode, Country: a.CountryCodeV2}
	}
	to.Lines, to.Refunds, to.Parcels = linesFrom(o), refundsFrom(o), parcelsFrom(o)
	return to.events(shopAt(r.Shop, r.StoreURL), r.stamp(o.UpdatedAt))
}

// fulfillmentWord gives the word that a webhook has for the same, so that both ways tell one state.
func fulfillmentWord(display string) string {
	switch word := strings.ToLower(display); word {
	case "unfulfilled":
		return ""
	case "partially_fulfilled":
		return "partial"
	default:
		return word
	}
}

func cashFrom(c admin.Cash) cash { return cashOf(c.ShopMoney.Amount, c.ShopMoney.CurrencyCode) }

// tail is the number at the end of a global id, as in "gid://shopify/LineItem/466157049".
func tail(gid string) ID { return ID(gid[strings.LastIndexByte(gid, '/')+1:]) }

func linesFrom(o admin.WholeOrder) []line {
	var all []line
	for _, l := range o.LineItems.Nodes {
		net, current := cashFrom(l.DiscountedTotalSet), int64(l.CurrentQuantity)
		all = append(all, line{
			ID: tail(l.Id), Product: ID(l.Product.LegacyResourceId), Variant: ID(l.Variant.LegacyResourceId), SKU: l.Sku, Title: l.Title,
			Option: l.VariantTitle, Quantity: int64(l.Quantity), Current: &current, PriceSet: cashFrom(l.OriginalUnitPriceSet), Net: &net,
		})
	}
	return all
}

func refundsFrom(o admin.WholeOrder) []refund {
	var all []refund
	for _, r := range o.Refunds {
		sum := cashFrom(r.TotalRefundedSet)
		all = append(all, refund{ID: ID(r.LegacyResourceId), Note: r.Note, Created: some(r.CreatedAt), Sum: &sum})
	}
	return all
}

func parcelsFrom(o admin.WholeOrder) []parcel {
	var all []parcel
	for _, f := range o.Fulfillments {
		one := parcel{
			ID: ID(f.LegacyResourceId), Order: ID(o.LegacyResourceId), Status: strings.ToLower(f.Status), Shipment: shipmentWord(f.DisplayStatus),
			Created: some(f.CreatedAt), Updated: some(f.UpdatedAt), Expected: some(f.EstimatedDeliveryAt), Delivered: some(f.DeliveredAt),
			LinesCut: f.FulfillmentLineItems.PageInfo.HasNextPage,
		}
		for _, t := range f.TrackingInfo {
			one.Company = pick(one.Company, t.Company)
			one.Numbers, one.URLs = append(one.Numbers, t.Number), append(one.URLs, t.Url)
		}
		for _, l := range f.FulfillmentLineItems.Nodes {
			one.Lines = append(one.Lines, struct {
				ID       ID    `json:"id"`
				Quantity int64 `json:"quantity"`
			}{tail(l.LineItem.Id), int64(l.Quantity)})
		}
		one.Scans = scansFrom(f)
		all = append(all, one)
	}
	return all
}

// shipmentWord is empty for the words with which the Admin API says that nothing is known of a parcel's way.
func shipmentWord(display string) string {
	switch word := strings.ToLower(display); word {
	case "fulfilled", "marked_as_fulfilled", "canceled":
		return ""
	default:
		return word
	}
}

func scansFrom(f admin.Parcel) []api.ShipmentEvent {
	var all []api.ShipmentEvent
	for _, e := range f.Events.Nodes {
		one := scan{
			ID: tail(e.Id), Status: strings.ToLower(e.Status), Message: e.Message, Happened: some(e.HappenedAt),
			City: e.City, Province: e.Province, Country: e.Country,
		}
		if event, ok := one.neutral(); ok {
			all = append(all, event)
		}
	}
	return all
}

// Product maps a product that the Admin API has answered with.
func Product(o admin.ProductNode, r Read) (tagalong.Event, error) {
	to := product{
		ID: ID(o.LegacyResourceId), Title: o.Title, Handle: o.Handle, Status: strings.ToLower(o.Status), URL: o.OnlineStoreUrl,
		Updated: some(o.UpdatedAt), VariantsCut: o.Variants.PageInfo.HasNextPage,
	}
	if address := o.FeaturedMedia.Preview.Image.Url; address != "" {
		to.Image = &struct {
			Src string `json:"src"`
		}{address}
	}
	for _, v := range o.Variants.Nodes {
		available := int64(v.InventoryQuantity)
		to.Variants = append(to.Variants, variant{
			ID: ID(v.LegacyResourceId), Title: v.Title, SKU: v.Sku, Price: decimal(v.Price), Available: &available,
		})
	}
	return to.event(shopAt(r.Shop, r.StoreURL), r.stamp(o.UpdatedAt), r.Currency)
}
