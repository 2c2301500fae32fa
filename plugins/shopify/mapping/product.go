package mapping

import (
	"net/url"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// product is Shopify's product. Its prices are in the shop's currency, which it does not name.
type product struct {
	ID        ID         `json:"id"`
	Title     string     `json:"title"`
	Handle    string     `json:"handle"`
	Status    string     `json:"status"`
	Published *time.Time `json:"published_at"`
	Updated   *time.Time `json:"updated_at"`
	Image     *struct {
		Src string `json:"src"`
	} `json:"image"`
	Variants    []variant `json:"variants"`
	VariantsCut bool      `json:"-"` // the Admin API has answered with the first ones only
	URL         string    `json:"-"` // only the Admin API tells; else made of the handle
}

type variant struct {
	ID        ID      `json:"id"`
	Title     string  `json:"title"`
	SKU       string  `json:"sku"`
	Price     decimal `json:"price"`
	Available *int64  `json:"inventory_quantity"`
}

func (m *mapper) product() error {
	var one product
	if err := m.read(&one); err != nil {
		return err
	}
	event, err := one.event(m.shop, m.stamp, m.currency)
	if err == nil {
		m.add(event)
	}
	return err
}

func (m *mapper) productDeleted() error { return m.gone(api.ContextEventTypeProductDeleted) }

func (o product) event(s shop, st stamp, currency string) (tagalong.Event, error) {
	if !o.ID.ok() {
		return tagalong.Event{}, errNoID
	}
	p := &purse{currency: currency}
	event := st.event("", api.ContextEventTypeProductUpserted, at(o.Updated))
	event.Mode = api.EventModeSnapshot
	event.Product = &api.Product{
		ExternalID: string(o.ID), Title: text(o.Title), Handle: text(o.Handle), URL: o.link(s), Status: text(o.Status),
		Variants: o.variants(p), UpdatedAt: millis(o.Updated),
	}
	if o.Image != nil {
		event.Product.ImageURL = link(o.Image.Src)
	}
	event.Product.PriceMin, event.Product.PriceMax = prices(event.Product.Variants)
	if o.VariantsCut {
		event.Mode, event.Product.Variants = api.EventModePatch, nil
	}
	return event, p.err
}

// link is empty for what buyers cannot open.
func (o product) link(s shop) string {
	switch {
	case o.URL != "":
		return link(o.URL)
	case o.Published == nil || o.Handle == "" || o.Status != "" && o.Status != "active":
		return ""
	}
	return link(s.store + "/products/" + url.PathEscape(o.Handle))
}

// variants have no price where the shop's currency is not known yet.
func (o product) variants(p *purse) []api.Variant {
	var all []api.Variant
	for _, v := range first(o.Variants, maxLines) {
		if !v.ID.ok() {
			continue
		}
		one := api.Variant{ExternalID: string(v.ID), Title: text(v.Title), Sku: text(v.SKU), Available: v.Available}
		if p.currency != "" {
			one.Price = p.plain(v.Price)
		}
		all = append(all, one)
	}
	return all
}

func prices(variants []api.Variant) (least, most *tagalong.Money) {
	for _, v := range variants {
		if v.Price == nil {
			continue
		}
		if least == nil || v.Price.Amount < least.Amount {
			least = v.Price
		}
		if most == nil || v.Price.Amount > most.Amount {
			most = v.Price
		}
	}
	return least, most
}
