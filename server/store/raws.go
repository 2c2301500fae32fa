package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	rawColumns = `id, app, merchant, provider, hash, at, state, attempt, error, body`
	aadRaw     = "raw:"
)

func (d *DB) scanRaw(row scanner) (r chat.Raw, err error) {
	var hash, body []byte
	if err := row.Scan(&r.ID, &r.App, &r.Merchant, &r.Provider, &hash, &r.At, &r.State, &r.Attempt, &r.Error, &body); err != nil {
		return r, err
	}
	copy(r.Hash[:], hash)
	if r.Body, err = d.unshut(aadRaw+string(r.ID), body); err != nil {
		return r, fmt.Errorf("open the body of %s: %w", r.ID, err)
	}
	return r, nil
}

// KeepRaw implements chat.Raws.
func (d *DB) KeepRaw(ctx context.Context, r chat.Raw) (fresh bool, err error) {
	if r.ID == "" {
		r.ID = chat.NewID[chat.RawID](chat.PrefixRaw, d.random)
	}
	body, err := d.shut(aadRaw+string(r.ID), r.Body)
	if err != nil {
		return false, fmt.Errorf("keep webhook: %w", err)
	}
	err = d.do(ctx, func(g *group) error {
		n, err := g.changed(`INSERT INTO raws (`+rawColumns+`) SELECT $1, id, merchant, $2, $3, $4, $5, 0, '', $6 FROM provider_apps WHERE id = $7
			ON CONFLICT (app, hash) DO NOTHING`, r.ID, r.Provider, r.Hash[:], r.At, chat.RawPending, body, r.App)
		if fresh = n > 0; err != nil {
			return err
		}
		if !fresh {
			_, err := one(g, scanValue[int], chat.ErrNotFound, `SELECT 1 FROM provider_apps WHERE id = $1`, r.App)
			return err
		}
		return g.addInbound(r.ID, r.At)
	})
	return fresh && err == nil, doing("keep webhook", err)
}

// addInbound writes the task that takes a webhook in.
func (g *group) addInbound(id chat.RawID, due chat.Millis) error {
	payload, err := json.Marshal(chat.RawTask{Raw: id})
	if err != nil {
		return err
	}
	return g.addTasks([]chat.Task{{Kind: chat.TaskInbound, DueAt: due, Payload: payload}})
}

// Raw implements chat.Raws.
func (d *DB) Raw(ctx context.Context, id chat.RawID) (chat.Raw, error) {
	r, err := one(d.reader(ctx), d.scanRaw, chat.ErrNotFound, `SELECT `+rawColumns+` FROM raws WHERE id = $1`, id)
	return r, doing("read webhook", err)
}

// SettleRaw implements chat.Raws.
func (d *DB) SettleRaw(ctx context.Context, id chat.RawID, state chat.RawState, attempt int, reason string) error {
	return doing("settle webhook", d.do(ctx, func(g *group) error {
		return g.must(`UPDATE raws SET state = $1, attempt = $2, error = $3 WHERE id = $4`, state, attempt, reason, id)
	}))
}

// DeadRaws implements chat.Raws. A body that can't be opened is left out, not the webhook.
func (d *DB) DeadRaws(ctx context.Context, merchant chat.MerchantID, limit int) ([]chat.Raw, error) {
	all, err := many(d.reader(ctx), func(row scanner) (chat.Raw, error) {
		r, err := d.scanRaw(row)
		if r.ID != "" && err != nil {
			d.log.Error("a webhook's body can't be opened", "raw", r.ID, "error", err)
			err = nil
		}
		return r, err
	}, `SELECT `+rawColumns+` FROM raws WHERE merchant = $1 AND state = 'dead' ORDER BY at DESC, id DESC LIMIT $2`, merchant, limit)
	return all, doing("list webhooks", err)
}

// RetryRaw implements chat.Raws.
func (d *DB) RetryRaw(ctx context.Context, merchant chat.MerchantID, id chat.RawID, now chat.Millis) error {
	return doing("retry webhook", d.do(ctx, func(g *group) error {
		err := g.must(`UPDATE raws SET state = $1, attempt = 0, error = '' WHERE id = $2 AND merchant = $3 AND state = 'dead' AND body IS NOT NULL`,
			chat.RawPending, id, merchant)
		if err != nil {
			return err
		}
		return g.addInbound(id, now)
	}))
}

// DropRaw implements chat.Raws. That it was here stays known for as long as its provider may repeat it.
func (d *DB) DropRaw(ctx context.Context, merchant chat.MerchantID, id chat.RawID) error {
	return doing("drop webhook", d.do(ctx, func(g *group) error {
		return g.must(`UPDATE raws SET state = $1, body = NULL WHERE id = $2 AND merchant = $3 AND state = 'dead'`, chat.RawDone, id, merchant)
	}))
}

// staleRaws lists what SweepRaws removes: bodies, and later the rows that tell a repeat, since natural keys tell it too.
var staleRaws = []stale{
	{`UPDATE raws SET body = NULL WHERE id IN (SELECT id FROM raws WHERE state = 'done' AND at < $1 AND body IS NOT NULL LIMIT $2)`, chat.RawFor},
	{`DELETE FROM raws WHERE id IN (SELECT id FROM raws WHERE at < $1 AND state <> 'pending' LIMIT $2)`, chat.DeadFor},
	{`DELETE FROM parked WHERE (message, at, id) IN (SELECT message, at, id FROM parked WHERE at < $1 LIMIT $2)`, chat.ParkedFor},
}

// SweepRaws implements chat.Raws.
func (d *DB) SweepRaws(ctx context.Context, now chat.Millis) error {
	return doing("sweep webhooks", d.remove(ctx, now, staleRaws))
}
