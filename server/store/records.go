package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const recordColumns = `shop, kind, external_id, version, occurred_at, hash, deleted, redacted, shopper, customer, parent, position,
	abandoned_at, keys, body, history`

func scanRecord(row scanner) (r chat.Record, err error) {
	var hash []byte
	var body, keys, history string
	err = row.Scan(&r.Shop, &r.Kind, &r.ExternalID, &r.Version, &r.OccurredAt, &hash, &r.Deleted, &r.Redacted, &r.Shopper, &r.CustomerID,
		&r.Parent, &r.Position, &r.AbandonedAt, &keys, &body, &history)
	if err != nil {
		return r, err
	}
	copy(r.Hash[:], hash)
	if body != "" {
		r.Body = json.RawMessage(body)
	}
	if history != "" {
		r.History = json.RawMessage(history)
	}
	if keys != "" && keys != unkeyed {
		if err := json.Unmarshal([]byte(keys), &r.Keys); err != nil {
			return r, fmt.Errorf("decode keys: %w", err)
		}
	}
	return r, nil
}

func record(q querier, shop chat.ShopID, kind chat.RecordKind, externalID string) (chat.Record, error) {
	return one(q, scanRecord, chat.ErrNotFound,
		`SELECT `+recordColumns+` FROM records WHERE shop = $1 AND kind = $2 AND external_id = $3`, shop, kind, externalID)
}

// normalize gives a record the form in which it is read back: what is gone is found by nothing.
func normalize(r *chat.Record) {
	if r.Deleted || len(r.Keys) == 0 {
		r.Keys = nil
	}
}

// writeRecord writes a record over what was there (nil: nothing), with the next position of its shop's feed.
func (g *group) writeRecord(r, was *chat.Record) (err error) {
	normalize(r)
	if r.Position, err = g.position(r.Shop); err != nil {
		return err
	}
	return g.putRecord(r, was)
}

// putRecord writes a record that has its position. A column that is set is an index written, changed or not: where a record belongs
// stands apart, since it seldom changes.
func (g *group) putRecord(r, was *chat.Record) error {
	keys, err := encodeKeys(r.Keys)
	if err != nil {
		return err
	}
	if was == nil {
		_, err = g.exec(`INSERT INTO records (`+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			r.Shop, r.Kind, r.ExternalID, r.Version, r.OccurredAt, r.Hash[:], r.Deleted, r.Redacted, r.Shopper, r.CustomerID, r.Parent,
			r.Position, r.AbandonedAt, keys, string(r.Body), string(r.History))
		if err != nil {
			return err
		}
		return g.rekey(r, nil)
	}
	if r.Shopper != was.Shopper || r.CustomerID != was.CustomerID || r.Parent != was.Parent {
		err := g.must(`UPDATE records SET shopper = $4, customer = $5, parent = $6 WHERE shop = $1 AND kind = $2 AND external_id = $3`,
			r.Shop, r.Kind, r.ExternalID, r.Shopper, r.CustomerID, r.Parent)
		if err != nil {
			return err
		}
	}
	err = g.must(`UPDATE records SET version = $4, occurred_at = $5, hash = $6, deleted = $7, redacted = $8, position = $9, abandoned_at = $10,
		keys = $11, body = $12, history = $13 WHERE shop = $1 AND kind = $2 AND external_id = $3`,
		r.Shop, r.Kind, r.ExternalID, r.Version, r.OccurredAt, r.Hash[:], r.Deleted, r.Redacted, r.Position, r.AbandonedAt, keys,
		string(r.Body), string(r.History))
	if err != nil {
		return err
	}
	return g.rekey(r, was.Keys)
}

// AmendRecord implements chat.Context.
func (d *DB) AmendRecord(
	ctx context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string,
	decide func(chat.Record) (chat.Record, []chat.Task, bool), then func(chat.Record),
) error {
	var written *chat.Record
	err := d.doLog(ctx, func(g *group) error {
		written = nil
		was, err := record(g, shop, kind, externalID)
		if err != nil {
			return err
		}
		next, tasks, ok := decide(was)
		if !ok {
			return nil
		}
		next.Shop, next.Kind, next.ExternalID = shop, kind, externalID
		if err := g.writeRecord(&next, &was); err != nil {
			return err
		}
		written = &next
		return g.addTasks(tasks)
	}, func() {
		if written != nil && then != nil {
			then(*written)
		}
	})
	return doing("amend record", err)
}

// RedactRecord implements chat.Context. What webhooks would tell of it is taken away too.
func (d *DB) RedactRecord(ctx context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string) error {
	err := d.doLog(ctx, func(g *group) error {
		if _, err := feedPosition(g, shop); err != nil { // is there such a shop at all?
			return err
		}
		if err := g.eraseHookEvents(shop, ofRecord(kind, externalID)); err != nil {
			return err
		}
		r, err := record(g, shop, kind, externalID)
		switch {
		case errors.Is(err, chat.ErrNotFound):
			return g.leaveTrace(shop, string(kind), externalID, chat.At(d.now()))
		case err != nil, r.Redacted:
			return err
		case kind == chat.RecordCustomer:
			return g.eraseRecord(r)
		}
		left := r.Redact()
		left.Shop, left.Kind, left.ExternalID, left.Redacted = shop, kind, externalID, true
		return g.writeRecord(&left, &r)
	}, nil)
	if err != nil {
		return doing("redact record", err)
	}
	d.scrub()
	return nil
}

// Record implements chat.Context.
func (d *DB) Record(ctx context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string) (chat.Record, error) {
	r, err := record(d.reader(ctx), shop, kind, externalID)
	return r, doing("read record", err)
}

// RecordsOf implements chat.Context.
func (d *DB) RecordsOf(ctx context.Context, shop chat.ShopID, shopper chat.ShopperID, customerID string, limit int) (all []chat.Record, err error) {
	err = d.snapshot(ctx, func(q querier) error {
		all, err = many(q, scanRecord, `SELECT `+recordColumns+` FROM records
			WHERE shop = $1 AND deleted = 0 AND (shopper <> '' AND (shopper = $2 OR shopper IN (SELECT id FROM shoppers WHERE alias_of = $2 AND alias_of <> ''))
			OR customer = $3 AND customer <> '')
			ORDER BY version DESC, position DESC LIMIT $4`, shop, shopper, customerID, limit)
		if err != nil {
			return err
		}
		for _, r := range all {
			if r.Kind != chat.RecordOrder {
				continue
			}
			shipments, err := shipments(q, shop, r.ExternalID, limit)
			if err != nil {
				return err
			}
			all = append(all, shipments...)
		}
		return nil
	})
	return all, doing("list records", err)
}

// ShipmentsOf implements chat.Context.
func (d *DB) ShipmentsOf(ctx context.Context, shop chat.ShopID, order string, limit int) ([]chat.Record, error) {
	all, err := shipments(d.reader(ctx), shop, order, limit)
	return all, doing("list shipments", err)
}

func shipments(q querier, shop chat.ShopID, order string, limit int) ([]chat.Record, error) {
	return many(q, scanRecord, `SELECT `+recordColumns+` FROM records
		WHERE shop = $1 AND parent = $2 AND parent <> '' AND kind = 'shipment' AND deleted = 0
		ORDER BY version, position LIMIT $3`, shop, order, limit)
}

// ListRecords implements chat.Context.
func (d *DB) ListRecords(ctx context.Context, shop chat.ShopID, kind chat.RecordKind, before int64, limit int) ([]chat.Record, error) {
	all, err := many(d.reader(ctx), scanRecord, `SELECT `+recordColumns+` FROM records
		WHERE shop = $1 AND kind = $2 AND deleted = 0 AND ($3 = 0 OR position < $3) ORDER BY position DESC LIMIT $4`, shop, kind, before, limit)
	return all, doing("list records", err)
}
