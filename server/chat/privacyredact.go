package chat

import (
	"context"
	"slices"
	"time"
)

// redact takes away what was found.
func (s *Service) redact(ctx context.Context, r PrivacyRequest, found person) error {
	for _, rec := range found.refs(r) {
		if err := s.store.RedactRecord(ctx, r.Shop, rec.Kind, rec.ExternalID); err != nil {
			return err
		}
	}
	if r.Transcripts {
		for _, p := range found.shoppers {
			if err := s.erase(ctx, r.Shop, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// refs names the records to be redacted: those found, and those named that are not there yet, so that late news of them are refused.
func (p person) refs(r PrivacyRequest) []Record {
	named := person{records: slices.Clone(p.records)}
	if r.Customer.ExternalID != "" {
		named.add(Record{Kind: RecordCustomer, ExternalID: r.Customer.ExternalID})
	}
	for _, id := range r.Orders {
		named.add(Record{Kind: RecordOrder, ExternalID: id})
	}
	return named.records
}

// privacyTurn is how long a shop's data is taken away at a time: a large shop has more than can be done while a task's claim holds.
const privacyTurn = 30 * time.Second

// redactAll takes away all that plugins have told of people in the shop, and, with transcripts, its shoppers. What is not known yet may
// be told: a shop that comes back has new orders. What it does not get
// done in one turn it does in the next, which passes over what is done.
func (s *Service) redactAll(ctx context.Context, r *PrivacyRequest) error {
	end := s.now().Add(privacyTurn)
	turn := func(n int) error {
		if n == 0 || s.now().Before(end) {
			return nil
		}
		return s.goOn(ctx, *r)
	}
	for _, kind := range []RecordKind{RecordOrder, RecordShipment, RecordCart, RecordCustomer} {
		if err := s.redactKind(ctx, r, kind, turn); err != nil {
			return err
		}
	}
	for after := ShopperID(""); r.Transcripts; {
		some, err := s.store.ListShoppers(ctx, r.Shop, after, privacyPage)
		if err != nil || len(some) == 0 {
			return err
		}
		for i, p := range some {
			if err := turn(i); err != nil {
				return err
			}
			if err := s.erase(ctx, r.Shop, p.ID); err != nil {
				return err
			}
			r.Counts.Shoppers++
		}
		after = some[len(some)-1].ID
	}
	return nil
}

const privacyPage = 200 // that are read at a time

func (s *Service) redactKind(ctx context.Context, r *PrivacyRequest, kind RecordKind, turn func(done int) error) error {
	for before, done := int64(0), 0; ; {
		some, err := s.store.ListRecords(ctx, r.Shop, kind, before, privacyPage)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, rec := range some {
			if rec.Redacted {
				continue
			}
			if err := turn(done); err != nil {
				return err
			}
			if err := s.store.RedactRecord(ctx, r.Shop, kind, rec.ExternalID); err != nil {
				return err
			}
			r.Counts.add(kind)
			done++
		}
		before = some[len(some)-1].Position
	}
}
