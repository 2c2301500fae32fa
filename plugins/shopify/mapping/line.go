package mapping

import (
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func (o order) lines(p *purse) []api.Line {
	sent := o.sent()
	all := make([]api.Line, 0, min(len(o.Lines), maxLines))
	for _, l := range first(o.Lines, maxLines) {
		one := l.neutral(p)
		fulfilled := count(sent[l.ID])
		one.QuantityFulfilled = &fulfilled
		if l.Current != nil {
			current := count(*l.Current)
			one.QuantityCurrent = &current
		}
		all = append(all, one)
	}
	return all
}

// sent counts what is in parcels. Shopify's fulfillable_quantity does not tell: it is 0 for what was taken off, too.
func (o order) sent() map[ID]int64 {
	all := map[ID]int64{}
	for _, parcel := range o.Parcels {
		if !parcel.off() {
			for _, l := range parcel.Lines {
				all[l.ID] += l.Quantity
			}
		}
	}
	return all
}

// neutral is a line of an order or a cart.
func (l line) neutral(p *purse) api.Line {
	one := api.Line{
		Sku: text(l.SKU), Title: text(pick(l.Title, l.Name, "–")), VariantTitle: text(l.Option), Quantity: count(l.Quantity),
		UnitPrice: p.or(l.PriceSet, l.Price), Total: l.total(p),
	}
	if l.ID.ok() {
		one.ExternalID = string(l.ID)
	}
	if l.Product.ok() { // null when the product is gone
		one.ProductExternalID = string(l.Product)
	}
	if l.Variant.ok() {
		one.VariantExternalID = string(l.Variant)
	}
	return one
}

// total is what the line comes to after discounts: Shopify's webhook does not say it.
func (l line) total(p *purse) *tagalong.Money {
	if l.Net != nil {
		return p.money(*l.Net)
	}
	sum := p.or(l.PriceSet, l.Price)
	if sum == nil || l.Quantity < 0 || l.Quantity > maxCount || sum.Amount > maxAmount/max(l.Quantity, 1) {
		return nil
	}
	sum.Amount *= l.Quantity
	for _, d := range l.Discounts {
		if off := p.or(d.AmountSet, d.Amount); off != nil {
			sum.Amount -= off.Amount
		}
	}
	return sum
}

// The contract's bound on an amount; a sum stays within it.
const maxAmount = 1<<53 - 1

func add(a, b int64) int64 { return min(max(a+b, -maxAmount), maxAmount) }
