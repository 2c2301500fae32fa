package store

import (
	"context"
	"database/sql"
	"time"
)

// Delivery is a verified webhook, kept until it is worked off.
type Delivery struct {
	Shop      string
	ID        string
	Topic     string
	Triggered time.Time
	Received  time.Time
	Body      []byte
	Attempts  int
	Error     string
}

const (
	waiting = iota
	done
	dead
)

// Receive stores a delivery; false: it was there already.
func (d *DB) Receive(ctx context.Context, w Delivery) (bool, error) {
	result, err := d.db.ExecContext(ctx, `
		INSERT INTO deliveries (shop, id, topic, triggered_at, received_at, body, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)
		ON CONFLICT DO NOTHING`,
		w.Shop, w.ID, w.Topic, w.Triggered.UnixMicro(), millis(w.Received), d.seal.seal(w.Body, deliveryPlace(w.Shop, w.ID)))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func deliveryPlace(shop, id string) string { return "deliveries/" + shop + "/" + id }

// Claim takes deliveries that are due, the earliest first, and hides them from others until the lease is over: if the claimer
// dies they come again.
func (d *DB) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error) {
	rows, err := d.db.QueryContext(ctx, `
		UPDATE deliveries SET due_at = ?3, attempts = attempts + 1
		WHERE (shop, id) IN (SELECT shop, id FROM deliveries WHERE state = ?1 AND due_at <= ?2 ORDER BY due_at, triggered_at LIMIT ?4)
		RETURNING shop, id, topic, triggered_at, received_at, body, attempts, error`,
		waiting, millis(now), millis(now.Add(lease)), limit)
	if err != nil {
		return nil, err
	}
	return d.deliveries(rows)
}

func (d *DB) deliveries(rows *sql.Rows) ([]Delivery, error) {
	defer func() { _ = rows.Close() }()
	var all []Delivery
	for rows.Next() {
		var w Delivery
		var triggered, received int64
		var body []byte
		if err := rows.Scan(&w.Shop, &w.ID, &w.Topic, &triggered, &received, &body, &w.Attempts, &w.Error); err != nil {
			return nil, err
		}
		w.Triggered, w.Received = time.UnixMicro(triggered).UTC(), fromMillis(received)
		// One that does not open is still given, without its body, so that it is worked off and not claimed for ever.
		w.Body, _ = d.seal.open(body, deliveryPlace(w.Shop, w.ID))
		all = append(all, w)
	}
	return all, rows.Err()
}

// Finish notes that a delivery is worked off, and keeps of it only that it was there.
func (d *DB) Finish(ctx context.Context, shop, id string) error {
	_, err := d.db.ExecContext(ctx, "UPDATE deliveries SET state = ?3, body = NULL, error = '' WHERE shop = ?1 AND id = ?2", shop, id, done)
	return err
}

// Retry lets a delivery come again.
func (d *DB) Retry(ctx context.Context, shop, id string, due time.Time, reason string) error {
	_, err := d.db.ExecContext(ctx, "UPDATE deliveries SET due_at = ?3, error = ?4 WHERE shop = ?1 AND id = ?2", shop, id, millis(due), reason)
	return err
}

// Bury gives a delivery up; it is kept with its reason for as long as others are.
func (d *DB) Bury(ctx context.Context, shop, id, reason string) error {
	_, err := d.db.ExecContext(ctx, "UPDATE deliveries SET state = ?3, error = ?4 WHERE shop = ?1 AND id = ?2", shop, id, dead, reason)
	return err
}

// Dead reads the deliveries of a shop that were given up, the newest first.
func (d *DB) Dead(ctx context.Context, shop string, limit int) ([]Delivery, error) {
	rows, err := d.db.QueryContext(ctx, `
		SELECT shop, id, topic, triggered_at, received_at, body, attempts, error FROM deliveries
		WHERE shop = ?1 AND state = ?2 ORDER BY received_at DESC LIMIT ?3`, shop, dead, limit)
	if err != nil {
		return nil, err
	}
	return d.deliveries(rows)
}

// Revive lets a shop's dead deliveries come again, and tells how many there were.
func (d *DB) Revive(ctx context.Context, shop string, now time.Time) (int64, error) {
	result, err := d.db.ExecContext(ctx, "UPDATE deliveries SET state = ?2, attempts = 0, due_at = ?3 WHERE shop = ?1 AND state = ?4",
		shop, waiting, millis(now), dead)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Waiting counts what is still to be worked off.
func (d *DB) Waiting(ctx context.Context) (n int64, err error) {
	err = d.db.QueryRowContext(ctx, "SELECT count(*) FROM deliveries WHERE state = ?1", waiting).Scan(&n)
	return n, err
}

// NextDue tells when the next delivery is due; false: none is waiting.
func (d *DB) NextDue(ctx context.Context) (time.Time, bool, error) {
	var due sql.NullInt64
	err := d.db.QueryRowContext(ctx, "SELECT min(due_at) FROM deliveries WHERE state = ?1", waiting).Scan(&due)
	return fromMillis(due.Int64), due.Valid, err
}

// How long things are kept. Shopify repeats a delivery for four hours.
const (
	keepDeliveries = 7 * 24 * time.Hour
	keepCheckouts  = 45 * 24 * time.Hour
	keepPushed     = 90 * 24 * time.Hour
	keepTrips      = time.Hour
)

// Purge deletes what is older than it may be kept.
func (d *DB) Purge(ctx context.Context, now time.Time) error {
	for _, sweep := range []struct {
		query string
		keep  time.Duration
	}{
		{"DELETE FROM deliveries WHERE received_at < ?1", keepDeliveries},
		{"DELETE FROM checkouts WHERE at < ?1", keepCheckouts},
		{"DELETE FROM pushed WHERE updated_at < ?1", keepPushed},
		{"DELETE FROM trips WHERE at < ?1", keepTrips},
	} {
		if _, err := d.db.ExecContext(ctx, sweep.query, millis(now.Add(-sweep.keep))); err != nil {
			return err
		}
	}
	return nil
}
