package chat

import (
	"context"
	"slices"
	"strings"
)

// ShopperContext is what stands beside a conversation.
type ShopperContext struct {
	Shopper  Shopper
	Records  []Record // orders, their shipments, carts and the customer; newest first
	Claimed  Claimed
	Presence Presence
}

// Claimed is what belongs to an e-mail or phone that the shopper merely gave. It may be somebody else's: agents see it apart, the
// shopper and bots, which are plugins, never.
type Claimed struct {
	Email   string
	Phone   string
	Records []Record // orders with their shipments, carts, a customer
}

const contextLimit = 50

// ContextOf gives an agent or plugin a shopper's orders, cart and page.
func (s *Service) ContextOf(ctx context.Context, by Caller, shop ShopID, id ShopperID) (ShopperContext, error) {
	if by.Kind == AuthorShopper {
		return ShopperContext{}, ErrNotFound
	}
	p, err := s.Shopper(ctx, by, shop, id)
	if err != nil {
		return ShopperContext{}, err
	}
	rs, err := s.store.RecordsOf(ctx, shop, p.ID, p.CustomerID, contextLimit)
	if err != nil {
		return ShopperContext{}, err
	}
	c := ShopperContext{Shopper: p, Records: withoutOrdered(rs)}
	if by.Kind == AuthorAgent {
		if c.Claimed, err = s.claimed(ctx, p, rs); err != nil {
			return ShopperContext{}, err
		}
	}
	c.Presence = s.fanout.Presence(ctx, shop, Author{Kind: AuthorShopper, ID: string(p.ID)})
	return c, nil
}

// withoutOrdered leaves out carts that became one of the orders.
func withoutOrdered(rs []Record) []Record {
	return slices.DeleteFunc(slices.Clone(rs), func(r Record) bool {
		c, err := r.Cart()
		return err == nil && slices.ContainsFunc(rs, func(r Record) bool {
			o, err := r.Order()
			return err == nil && o.madeOf(c)
		})
	})
}

// claimed finds what the shop knows of the e-mail and phone that a shopper has given, apart from what is known to be theirs.
func (s *Service) claimed(ctx context.Context, p Shopper, theirs []Record) (c Claimed, err error) {
	if p.ErasedAt != 0 {
		return c, nil
	}
	if c.Email, c.Phone, err = s.given(ctx, p); err != nil {
		return c, err
	}
	var found person
	for _, k := range keyed(EmailKey(c.Email), PhoneKey(c.Phone)) {
		for _, kind := range []RecordKind{RecordOrder, RecordCart, RecordCustomer} {
			some, err := s.store.RecordsByKey(ctx, p.Shop, kind, k, false, contextLimit)
			if err != nil {
				return c, err
			}
			found.add(some...)
		}
	}
	found.records = slices.DeleteFunc(found.records, func(r Record) bool {
		return slices.ContainsFunc(theirs, func(x Record) bool { return x.Kind == r.Kind && x.ExternalID == r.ExternalID })
	})
	if err := s.addShipments(ctx, p.Shop, &found); err != nil {
		return c, err
	}
	c.Records = withoutOrdered(found.records)
	return c, nil
}

// given tells which e-mail and phone a shopper has given.
func (s *Service) given(ctx context.Context, p Shopper) (email, phone string, err error) {
	email = p.Email
	all, err := s.store.AddressesOf(ctx, p.Shop, p.ID)
	for _, a := range all {
		if a.Channel == ChannelEmail && email == "" {
			email = strings.ToLower(a.UserID)
		}
		if phone == "" {
			phone = a.Phone
		}
	}
	return email, phone, err
}
