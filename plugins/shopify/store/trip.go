package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"
)

// Kinds of trips.
const (
	TripConnect = "connect" // to Tagalong and back
	TripGrant   = "grant"   // to Shopify's authorization and back
)

// Trip is a person who is on the way to another site and will come back with state.
type Trip struct {
	Shop     string
	Kind     string
	Verifier string
	At       time.Time
}

// Depart notes a trip under its state.
func (d *DB) Depart(ctx context.Context, state string, t Trip) error {
	_, err := d.db.ExecContext(ctx, "INSERT INTO trips (state, shop, kind, verifier, at) VALUES (?1, ?2, ?3, ?4, ?5)",
		hashed(state), t.Shop, t.Kind, d.seal.seal([]byte(t.Verifier), "trips/"+hashed(state)), millis(t.At))
	return err
}

// Return ends a trip and gives it: once. ErrNone: there is no such trip of that kind, it is over, or it began before earliest.
func (d *DB) Return(ctx context.Context, state, kind string, earliest time.Time) (Trip, error) {
	var t Trip
	var verifier []byte
	var at int64
	err := d.db.QueryRowContext(ctx, "DELETE FROM trips WHERE state = ?1 AND kind = ?2 RETURNING shop, kind, verifier, at",
		hashed(state), kind).Scan(&t.Shop, &t.Kind, &verifier, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrNone
	}
	if err != nil {
		return t, err
	}
	plain, err := d.seal.open(verifier, "trips/"+hashed(state))
	t.Verifier, t.At = string(plain), fromMillis(at)
	if err == nil && t.At.Before(earliest) {
		return Trip{}, ErrNone
	}
	return t, err
}

func hashed(state string) string {
	sum := sha256.Sum256([]byte(state))
	return hex.EncodeToString(sum[:])
}
