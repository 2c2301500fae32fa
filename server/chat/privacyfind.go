package chat

import (
	"context"
	"slices"
)

// person is what is found of whom a privacy request names.
type person struct {
	records  []Record
	shoppers []Shopper
}

// find looks for everything that a request means: by the customer's id, by e-mail and phone, and by the orders that it names.
func (s *Service) find(ctx context.Context, r PrivacyRequest) (p person, err error) {
	for _, k := range keyed(EmailKey(r.Customer.Email), PhoneKey(r.Customer.Phone)) {
		for _, kind := range []RecordKind{RecordOrder, RecordCart, RecordCustomer} {
			some, err := s.store.RecordsByKey(ctx, r.Shop, kind, k, false, maxPrivacyOrders)
			if err != nil {
				return p, err
			}
			p.add(some...)
		}
	}
	for _, id := range r.Orders {
		rec, err := s.store.Record(ctx, r.Shop, RecordOrder, id)
		if err != nil && !isNotFound(err) {
			return p, err
		}
		if err == nil {
			p.add(rec)
		}
	}
	if err := s.findCustomer(ctx, r, &p); err != nil {
		return p, err
	}
	return p, s.addShipments(ctx, r.Shop, &p)
}

// findCustomer finds who the shop knows by the request's customer id, and whoever is known by their e-mail. Somebody may have typed an
// e-mail that is not theirs: that takes away what they said with the rest, but gives it to nobody.
func (s *Service) findCustomer(ctx context.Context, r PrivacyRequest, p *person) error {
	if id := r.Customer.ExternalID; id != "" {
		some, err := s.store.RecordsOf(ctx, r.Shop, "", id, maxPrivacyOrders)
		if err != nil {
			return err
		}
		p.add(some...)
		shopper, err := s.store.ShopperByCustomer(ctx, r.Shop, id)
		if err != nil && !isNotFound(err) {
			return err
		}
		if err == nil {
			p.addShopper(shopper)
		}
	}
	if r.Customer.Email == "" {
		return nil
	}
	shoppers, err := s.store.ShoppersByEmail(ctx, r.Shop, r.Customer.Email)
	for _, x := range shoppers {
		if vouched := x.CustomerID != "" && EmailKey(x.Email) == EmailKey(r.Customer.Email); vouched || r.Kind == PrivacyRedact {
			p.addShopper(x)
		}
	}
	return err
}

func (s *Service) addShipments(ctx context.Context, shop ShopID, p *person) error {
	for _, r := range p.records {
		if r.Kind != RecordOrder {
			continue
		}
		parcels, err := s.store.ShipmentsOf(ctx, shop, r.ExternalID, maxPrivacyOrders)
		if err != nil {
			return err
		}
		p.add(parcels...)
	}
	return nil
}

func (p *person) add(rs ...Record) {
	for _, r := range rs {
		same := func(x Record) bool { return x.Kind == r.Kind && x.ExternalID == r.ExternalID }
		if !r.Redacted && !slices.ContainsFunc(p.records, same) {
			p.records = append(p.records, r)
		}
	}
}

func (p *person) addShopper(s Shopper) {
	if !slices.ContainsFunc(p.shoppers, func(x Shopper) bool { return x.ID == s.ID }) {
		p.shoppers = append(p.shoppers, s)
	}
}

func (p person) counts() (c PrivacyCounts) {
	for _, r := range p.records {
		c.add(r.Kind)
	}
	c.Shoppers = len(p.shoppers)
	return c
}

// gather adds what another turn has found. Shoppers whose words stay are found in each.
func (c *PrivacyCounts) gather(more PrivacyCounts) {
	c.Customers += more.Customers
	c.Orders += more.Orders
	c.Shipments += more.Shipments
	c.Carts += more.Carts
	c.Shoppers = max(c.Shoppers, more.Shoppers)
}

func (c *PrivacyCounts) add(kind RecordKind) {
	switch kind {
	case RecordCustomer:
		c.Customers++
	case RecordOrder:
		c.Orders++
	case RecordShipment:
		c.Shipments++
	case RecordCart:
		c.Carts++
	}
}
