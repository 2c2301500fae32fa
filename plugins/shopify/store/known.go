package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// SetCheckout notes the token of a checkout.
func (d *DB) SetCheckout(ctx context.Context, shop, id, token string, at time.Time) error {
	_, err := d.db.ExecContext(ctx, `INSERT INTO checkouts (shop, id, token, at) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (shop, id) DO UPDATE SET token = ?3, at = ?4`, shop, id, token, millis(at))
	return err
}

// CheckoutToken reads the token of a checkout; empty when it is not known.
func (d *DB) CheckoutToken(ctx context.Context, shop, id string) (token string, err error) {
	err = d.db.QueryRowContext(ctx, "SELECT token FROM checkouts WHERE shop = ?1 AND id = ?2", shop, id).Scan(&token)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return token, err
}

// SetPushed notes that Tagalong has this state of an order, or a newer one.
func (d *DB) SetPushed(ctx context.Context, shop, order string, updated time.Time) error {
	_, err := d.db.ExecContext(ctx, `INSERT INTO pushed (shop, order_id, updated_at) VALUES (?1, ?2, ?3)
		ON CONFLICT (shop, order_id) DO UPDATE SET updated_at = max(updated_at, ?3)`, shop, order, millis(updated))
	return err
}

// Pushed tells whether Tagalong has this state of an order, or a newer one.
func (d *DB) Pushed(ctx context.Context, shop, order string, updated time.Time) (bool, error) {
	var n int
	err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM pushed WHERE shop = ?1 AND order_id = ?2 AND updated_at >= ?3",
		shop, order, millis(updated)).Scan(&n)
	return n > 0, err
}
