package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	webhookColumns = `w.id, w.merchant, w.shop, w.created_at, w.last_success_at, w.last_failure_at, w.secrets, w.data`
	aadWebhook     = "webhook:"
)

// webhookData is what a webhook's row carries beside its columns.
type webhookData struct {
	URL         string            `json:"url"`
	Description string            `json:"description,omitempty"`
	Events      []chat.NoticeType `json:"events,omitempty"`
	Enabled     bool              `json:"enabled,omitempty"`
	Problem     string            `json:"problem,omitempty"`
	PluginKey   chat.PluginKeyID  `json:"plugin_key,omitempty"`
}

func encodeWebhook(w chat.Webhook) (string, error) {
	b, err := json.Marshal(webhookData{w.URL, w.Description, w.Events, w.Enabled, w.Problem, w.PluginKey})
	return string(b), err
}

func (d *DB) shutHookSecrets(w chat.Webhook) ([]byte, error) {
	if len(w.Secrets) == 0 {
		return nil, nil
	}
	plain, err := json.Marshal(w.Secrets)
	if err != nil {
		return nil, err
	}
	return d.shut(aadWebhook+string(w.ID), plain)
}

// scanWebhook reads a webhook. One whose secrets can't be opened is paused, since nobody would know what comes from us.
func (d *DB) scanWebhook(row scanner) (w chat.Webhook, err error) {
	var secrets, data []byte
	err = row.Scan(&w.ID, &w.Merchant, &w.Shop, &w.CreatedAt, &w.LastSuccessAt, &w.LastFailureAt, &secrets, &data)
	if err != nil {
		return w, err
	}
	var v webhookData
	if err := json.Unmarshal(data, &v); err != nil {
		return w, fmt.Errorf("decode webhook: %w", err)
	}
	w.URL, w.Description, w.Events, w.Enabled, w.Problem, w.PluginKey = v.URL, v.Description, v.Events, v.Enabled, v.Problem, v.PluginKey
	plain, err := d.unshut(aadWebhook+string(w.ID), secrets)
	if err != nil {
		d.log.Error("a webhook's secrets can't be opened", "webhook", w.ID, "error", err)
		w.Enabled, w.Problem = false, chat.HookUnreadable
		return w, nil
	}
	if plain != nil {
		err = json.Unmarshal(plain, &w.Secrets)
	}
	return w, err
}

// CreateWebhook implements chat.Hooks.
func (d *DB) CreateWebhook(ctx context.Context, w chat.Webhook) error {
	data, secrets, err := d.webhookRow(w)
	if err != nil {
		return fmt.Errorf("create webhook: %w", err)
	}
	return doing("create webhook", d.do(ctx, func(g *group) error {
		if err := g.liveKey(w); err != nil {
			return err
		}
		n, err := scanValue[int](g.row(`SELECT COUNT(*) FROM webhooks WHERE shop = $1`, w.Shop))
		if err != nil {
			return err
		}
		if n >= chat.MaxWebhooks {
			return chat.ErrConflict
		}
		return conflict(g.must(`INSERT INTO webhooks (id, merchant, shop, created_at, last_success_at, last_failure_at, secrets, data)
			SELECT $1, merchant, id, $2, $3, $4, $5, $6 FROM shops WHERE id = $7 AND merchant = $8`,
			w.ID, w.CreatedAt, w.LastSuccessAt, w.LastFailureAt, secrets, data, w.Shop, w.Merchant))
	}))
}

func (d *DB) webhookRow(w chat.Webhook) (data string, secrets []byte, err error) {
	if data, err = encodeWebhook(w); err == nil {
		secrets, err = d.shutHookSecrets(w)
	}
	return data, secrets, err
}

// UpdateWebhook implements chat.Hooks.
func (d *DB) UpdateWebhook(ctx context.Context, w chat.Webhook) error {
	data, secrets, err := d.webhookRow(w)
	if err != nil {
		return fmt.Errorf("update webhook: %w", err)
	}
	return doing("update webhook", d.do(ctx, func(g *group) error {
		if err := g.liveKey(w); err != nil {
			return err
		}
		return g.must(`UPDATE webhooks SET secrets = $1, data = $2 WHERE id = $3 AND shop = $4`, secrets, data, w.ID, w.Shop)
	}))
}

// liveKey refuses a webhook of a key that was revoked since its request was let in.
func (g *group) liveKey(w chat.Webhook) error {
	if w.PluginKey == "" || w.Problem == chat.HookKeyRevoked {
		return nil
	}
	live, err := scanValue[bool](g.row(`SELECT EXISTS (SELECT 1 FROM plugin_keys WHERE id = $1 AND shop = $2 AND revoked_at = 0)`, w.PluginKey, w.Shop))
	if err == nil && !live {
		return chat.ErrNotFound
	}
	return err
}

// endHooksOf pauses the webhooks that a plugin key has made: whoever has stolen it must hear no more than it could read.
func (g *group) endHooksOf(shop chat.ShopID, key chat.PluginKeyID) error {
	all, err := many(g, g.c.db.scanWebhook, `SELECT `+webhookColumns+` FROM webhooks w WHERE shop = $1`, shop)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.PluginKey != key {
			continue
		}
		w.Enabled, w.Problem = false, chat.HookKeyRevoked
		data, err := encodeWebhook(w)
		if err != nil {
			return err
		}
		if _, err := g.exec(`UPDATE webhooks SET data = $1 WHERE id = $2`, data, w.ID); err != nil {
			return err
		}
	}
	return nil
}

// DeleteWebhook implements chat.Hooks. Events that were for it alone go too, with their deliveries.
func (d *DB) DeleteWebhook(ctx context.Context, shop chat.ShopID, id chat.WebhookID) error {
	return doing("delete webhook", d.do(ctx, func(g *group) error {
		its, err := scanValue[bool](g.row(`SELECT EXISTS (SELECT 1 FROM webhooks WHERE id = $1 AND shop = $2)`, id, shop))
		if err != nil {
			return err
		}
		if !its {
			return chat.ErrNotFound
		}
		for _, s := range []string{
			`DELETE FROM hook_events WHERE id IN (SELECT event FROM hook_deliveries WHERE webhook = $1)
				AND NOT EXISTS (SELECT 1 FROM hook_deliveries d WHERE d.event = hook_events.id AND d.webhook <> $1)`,
			`DELETE FROM hook_deliveries WHERE webhook = $1`,
			`DELETE FROM webhooks WHERE id = $1`,
		} {
			if _, err := g.exec(s, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Webhook implements chat.Hooks.
func (d *DB) Webhook(ctx context.Context, shop chat.ShopID, id chat.WebhookID) (chat.Webhook, error) {
	w, err := one(d.reader(ctx), d.scanWebhook, chat.ErrNotFound,
		`SELECT `+webhookColumns+` FROM webhooks w WHERE id = $1 AND shop = $2`, id, shop)
	return w, doing("read webhook", err)
}

// Webhooks implements chat.Hooks.
func (d *DB) Webhooks(ctx context.Context, shop chat.ShopID) ([]chat.Webhook, error) {
	all, err := many(d.reader(ctx), d.scanWebhook, `SELECT `+webhookColumns+` FROM webhooks w WHERE shop = $1 ORDER BY created_at, id`, shop)
	return all, doing("list webhooks", err)
}
