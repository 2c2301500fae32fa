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

// Park implements chat.Deliveries.
func (d *DB) Park(ctx context.Context, account chat.AccountID, providerID string, n chat.Inbound, now chat.Millis) error {
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

// Parked implements chat.Deliveries.
func (d *DB) Parked(ctx context.Context, account chat.AccountID, providerID string) ([]chat.Inbound, error) {
	all, err := many(d.reader(ctx), scanParked, `SELECT data FROM parked WHERE message = $1 ORDER BY at, id`, newsHash(account, providerID))
	return all, doing("read parked news", err)
}

// DropParked implements chat.Deliveries.
func (d *DB) DropParked(ctx context.Context, account chat.AccountID, providerID string, ids ...string) error {
	message := newsHash(account, providerID)
	return doing("drop parked news", d.do(ctx, func(g *group) error {
		for _, id := range ids {
			if _, err := g.exec(`DELETE FROM parked WHERE message = $1 AND id = $2`, message, id); err != nil {
				return err
			}
		}
		return nil
	}))
}
