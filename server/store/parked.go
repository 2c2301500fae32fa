package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func scanParked(row scanner) (n chat.Inbound, err error) {
	var data []byte
	if err := row.Scan(&data); err != nil {
		return n, err
	}
	if err := json.Unmarshal(data, &n); err != nil {
		return n, fmt.Errorf("decode parked news: %w", err)
	}
	return n, nil
}

// ParkStatus implements chat.Deliveries.
func (d *DB) ParkStatus(ctx context.Context, account chat.AccountID, providerID string, n chat.Inbound, now chat.Millis) error {
	data, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("park news: %w", err)
	}
	return doing("park news", d.do(ctx, func(g *group) error {
		_, err := g.exec(`INSERT INTO parked (message, id, account, at, data) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			newsHash(account, providerID), n.ID, account, now, string(data))
		return err
	}))
}

// TakeParked implements chat.Deliveries.
func (d *DB) TakeParked(ctx context.Context, account chat.AccountID, providerID string) (all []chat.Inbound, err error) {
	message := newsHash(account, providerID)
	all, err = many(d.reader(ctx), scanParked, `SELECT data FROM parked WHERE message = $1 ORDER BY at, id`, message)
	if err != nil || len(all) == 0 { // nearly always: no write then
		return nil, doing("take parked news", err)
	}
	err = d.do(ctx, func(g *group) error {
		if all, err = many(g, scanParked, `SELECT data FROM parked WHERE message = $1 ORDER BY at, id`, message); err != nil {
			return err
		}
		_, err = g.exec(`DELETE FROM parked WHERE message = $1`, message)
		return err
	})
	if err != nil {
		return nil, doing("take parked news", err)
	}
	return all, nil
}
