package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

const maxMatches = 500 // that are looked at for one search

// Products searches a shop's products by the beginnings of words of title, handle and SKU: each word must be found. Without words it
// gives the last changed.
func (s *Service) Products(ctx context.Context, by Caller, shop ShopID, query string, limit int) ([]Record, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return nil, err
	}
	ws := wordsOf(strings.ToLower(clip(query, maxKeySize)))
	if len(ws) == 0 {
		return s.store.ListRecords(ctx, shop, RecordProduct, 0, limit)
	}
	longest := slices.MaxFunc(ws, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	found, err := s.store.RecordsByKey(ctx, shop, RecordProduct, WordKey(longest), true, maxMatches)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(r Record) bool { return !r.begins(ws) })
	return found[:min(len(found), limit)], nil
}

// begins tells whether each word is the beginning of one of the record's.
func (r Record) begins(ws []string) bool {
	for _, w := range ws {
		if !slices.ContainsFunc(r.Keys, func(k string) bool { return strings.HasPrefix(k, WordKey(w)) }) {
			return false
		}
	}
	return true
}

// Coupons gives the shop's coupons that anybody can use now, last changed first.
func (s *Service) Coupons(ctx context.Context, by Caller, shop ShopID, limit int) ([]Record, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return nil, err
	}
	all, err := s.store.ListRecords(ctx, shop, RecordCoupon, 0, maxMatches)
	if err != nil {
		return nil, err
	}
	now := At(s.now())
	all = slices.DeleteFunc(all, func(r Record) bool {
		c, err := r.Coupon()
		return err != nil || !c.Usable(now)
	})
	return all[:min(len(all), limit)], nil
}

// OrdersOfShopper gives a shopper their own orders, with the shipments of each: those that name them, and those of the customer whom
// the shop has vouched for. What merely bears an e-mail that they typed is not theirs.
func (s *Service) OrdersOfShopper(ctx context.Context, by Caller) ([]Record, error) {
	p, err := s.store.Shopper(ctx, by.Shop, by.Shopper)
	if err != nil {
		return nil, err
	}
	customer := ""
	if by.Identified {
		customer = p.CustomerID
	}
	rs, err := s.store.RecordsOf(ctx, by.Shop, p.ID, customer, contextLimit)
	return slices.DeleteFunc(rs, func(r Record) bool { return r.Kind != RecordOrder && r.Kind != RecordShipment }), err
}

const maxNumbered = 20 // orders of one number: platforms that share a shop may count alike

// LookUpOrder gives an order, with its shipments, to who knows its number and the e-mail that it was placed with. Every miss is the
// same.
func (s *Service) LookUpOrder(ctx context.Context, by Caller, number, email string) (Record, []Record, error) {
	if by.Kind != AuthorShopper {
		return Record{}, nil, ErrNotFound
	}
	numberKey, emailKey := NumberKey(number), EmailKey(email)
	if numberKey == "" || emailKey == "" {
		return Record{}, nil, ErrNotFound
	}
	shop, err := s.store.Shop(ctx, by.Merchant, by.Shop)
	if err != nil {
		return Record{}, nil, err
	}
	if shop.Settings.HideOrders {
		return Record{}, nil, ErrNotFound
	}
	found, err := s.store.RecordsByKey(ctx, by.Shop, RecordOrder, numberKey, false, maxNumbered)
	if err != nil {
		return Record{}, nil, err
	}
	i := slices.IndexFunc(found, func(r Record) bool { return !r.Redacted && slices.Contains(r.Keys, emailKey) })
	order := "" // the shipments of no order are looked for too, so that a miss takes as long
	if i >= 0 {
		order = found[i].ExternalID
	}
	parcels, err := s.store.ShipmentsOf(ctx, by.Shop, order, contextLimit)
	if err != nil {
		return Record{}, nil, err
	}
	if i < 0 {
		return Record{}, nil, ErrNotFound
	}
	return found[i], parcels, nil
}
