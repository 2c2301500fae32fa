package chat

// Redact takes away what tells of a person, and whom the record belongs to: what is left of an order is what was sold. It takes no
// news any more, since they would bring the person back.
func (r Record) Redact() Record {
	out := Record{
		Shop: r.Shop, Kind: r.Kind, ExternalID: r.ExternalID, Version: r.Version, OccurredAt: r.OccurredAt, Hash: r.Hash,
		Deleted: r.Deleted, Redacted: true, Parent: r.Parent,
	}
	var plain any
	switch r.Kind {
	case RecordOrder:
		if o, err := r.Order(); err == nil {
			plain = o.redact()
		}
	case RecordShipment:
		if s, err := r.Shipment(); err == nil {
			plain = s.redact()
		}
	case RecordCart:
		if c, err := r.Cart(); err == nil {
			plain = c.redact()
		}
	}
	if plain == nil {
		out.Deleted = true
		return out
	}
	out.Body = encode(plain)
	return out
}

func (o Order) redact() Order {
	o.URLStatus, o.Customer, o.ShippingAddress, o.Note, o.Attributes, o.Shopper = "", nil, nil, "", nil, ""
	o.CartToken, o.CheckoutToken, o.Source, o.Tags, o.CancelReason = "", "", nil, nil, ""
	for i := range o.Refunds {
		o.Refunds[i].Reason = ""
	}
	return o
}

func (s Shipment) redact() Shipment {
	s.Tracking, s.Events = nil, nil // a tracking number leads to an address
	return s
}

func (c Cart) redact() Cart {
	c.Customer, c.Email, c.Phone, c.RecoveryURL, c.Shopper = nil, "", "", "", ""
	return c
}
