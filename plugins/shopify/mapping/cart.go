package mapping

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// cart is Shopify's cart: of the online store only, without a buyer.
type cart struct {
	Token      ID          `json:"token"`
	ID         ID          `json:"id"`
	Attributes []attribute `json:"note_attributes"`
	Updated    *time.Time  `json:"updated_at"`
	Lines      []cartLine  `json:"line_items"`
}

type cartLine struct {
	line
	Key      string  `json:"key"`
	Total    decimal `json:"line_price"`
	TotalSet cash    `json:"line_price_set"`
	Each     cash    `json:"discounted_price_set"`
}

// checkout is what a cart becomes when its buyer goes to pay.
type checkout struct {
	cart
	ID        ID               `json:"id"`
	Name      string           `json:"name"` // "#" and its id, which the sample of a creation has nowhere else
	CartToken string           `json:"cart_token"`
	Email     string           `json:"email"`
	Phone     string           `json:"phone"`
	Marketing *bool            `json:"buyer_accepts_marketing"`
	Completed *time.Time       `json:"completed_at"`
	Currency  string           `json:"currency"`
	Recovery  string           `json:"abandoned_checkout_url"`
	Subtotal  decimal          `json:"subtotal_price"`
	Discounts decimal          `json:"total_discounts"`
	Tax       decimal          `json:"total_tax"`
	Total     decimal          `json:"total_price"`
	Customer  *struct{ ID ID } `json:"customer"`
}

func (m *mapper) cart() error {
	var c cart
	if err := m.read(&c); err != nil {
		return err
	}
	token := pick(string(c.Token), string(c.ID))
	if !ID(token).ok() {
		return errNoID
	}
	p := &purse{currency: m.currency}
	event := m.stamp.event("", api.ContextEventTypeCartUpserted, at(c.Updated))
	event.Mode = api.EventModeSnapshot
	event.Cart = &api.Cart{
		ExternalID: token, Stage: api.CartStageCart, Lines: c.lines(p), LastActivityAt: millis(c.Updated), Shopper: shopperOf(c.Attributes),
	}
	m.add(event)
	return p.err
}

func (m *mapper) checkout() error {
	var c checkout
	if err := m.read(&c); err != nil {
		return err
	}
	if !c.Token.ok() {
		return errNoID
	}
	p := &purse{currency: c.Currency}
	event := m.stamp.event("", api.ContextEventTypeCartUpserted, at(c.Updated))
	event.Mode = api.EventModeSnapshot
	event.Cart = &api.Cart{
		ExternalID: string(c.Token), Stage: api.CartStageCheckout, ParentToken: text(c.CartToken), Customer: c.customer(),
		Email: email(c.Email), Phone: phone(c.Phone), Lines: c.lines(p), RecoveryURL: link(c.Recovery),
		Totals:         &api.Totals{Subtotal: p.plain(c.Subtotal), Discount: p.plain(c.Discounts), Tax: p.plain(c.Tax), Total: p.plain(c.Total)},
		LastActivityAt: millis(c.Updated), CompletedAt: millis(c.Completed), Shopper: shopperOf(c.Attributes), ConsentMarketing: c.Marketing,
	}
	m.add(event)
	if id := ID(pick(string(c.ID), strings.TrimPrefix(c.Name, "#"))); id.ok() {
		m.out.Checkout = &Checkout{ID: string(id), Token: string(c.Token)}
	}
	return p.err
}

func (c checkout) customer() *api.CustomerRef {
	if c.Customer == nil || !c.Customer.ID.ok() {
		return nil
	}
	return &api.CustomerRef{ExternalID: string(c.Customer.ID), Email: email(c.Email), Phone: phone(c.Phone)}
}

func (c cart) lines(p *purse) []api.Line {
	all := make([]api.Line, 0, min(len(c.Lines), maxLines))
	for _, l := range first(c.Lines, maxLines) {
		if l.Each.Shop.Amount != "" {
			l.PriceSet = l.Each
		}
		one := l.neutral(p)
		one.ExternalID = cut(l.Key, 200)
		if total := p.or(l.TotalSet, l.Total); total != nil {
			one.Total = total
		}
		all = append(all, one)
	}
	return all
}

// checkoutDeleted needs the token, which the delivery has not: nothing is said where it is not known any more.
func (m *mapper) checkoutDeleted() error {
	var c struct {
		Token ID `json:"token"`
	}
	if err := m.read(&c); err != nil {
		return err
	}
	token := ID(pick(string(c.Token), m.d.CheckoutToken))
	if token == "" {
		return nil
	}
	event, err := m.stamp.deleted(api.ContextEventTypeCartDeleted, token)
	if err == nil {
		m.add(event)
	}
	return err
}

// CheckoutID reads the id of the checkout that a checkouts/delete is about; empty when there is none.
func CheckoutID(body []byte) string {
	var c struct {
		ID ID `json:"id"`
	}
	if json.Unmarshal(body, &c) != nil {
		return ""
	}
	return string(c.ID)
}
