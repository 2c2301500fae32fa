package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const providerAppColumns = `id, merchant, created_at, secrets, data`

// providerAppData is what a provider app's row carries beside its columns.
type providerAppData struct {
	Provider    chat.Provider `json:"provider"`
	Name        string        `json:"name,omitempty"`
	AppID       string        `json:"app_id,omitempty"`
	VerifyToken string        `json:"verify_token,omitempty"`
}

func encodeProviderApp(a chat.ProviderApp) (string, error) {
	b, err := json.Marshal(providerAppData{a.Provider, a.Name, a.AppID, a.VerifyToken})
	return string(b), err
}

// scanProviderApp reads an app. Secrets that can't be opened are as good as none: its webhooks are refused until they are entered anew.
func (d *DB) scanProviderApp(row scanner) (a chat.ProviderApp, err error) {
	var secrets, data []byte
	if err := row.Scan(&a.ID, &a.Merchant, &a.CreatedAt, &secrets, &data); err != nil {
		return a, err
	}
	var v providerAppData
	if err := json.Unmarshal(data, &v); err != nil {
		return a, fmt.Errorf("decode provider app: %w", err)
	}
	a.Provider, a.Name, a.AppID, a.VerifyToken = v.Provider, v.Name, v.AppID, v.VerifyToken
	plain, err := d.unshut(aadProviderApp+string(a.ID), secrets)
	if err != nil {
		d.log.Error("a provider app's secrets can't be opened", "provider_app", a.ID, "error", err)
		return a, nil
	}
	if plain != nil {
		if err := json.Unmarshal(plain, &a.Secrets); err != nil {
			return a, fmt.Errorf("decode secrets: %w", err)
		}
	}
	return a, nil
}

const aadProviderApp = "provider_app:"

func (d *DB) shutSecrets(a chat.ProviderApp) ([]byte, error) {
	if len(a.Secrets) == 0 {
		return nil, nil
	}
	plain, err := json.Marshal(a.Secrets)
	if err != nil {
		return nil, err
	}
	return d.shut(aadProviderApp+string(a.ID), plain)
}

// CreateProviderApp implements chat.Accounts.
func (d *DB) CreateProviderApp(ctx context.Context, a chat.ProviderApp) error {
	return d.putProviderApp(ctx, a, `INSERT INTO provider_apps (id, merchant, created_at, secrets, data)
		SELECT $1, id, $5, $3, $4 FROM merchants WHERE id = $2`, a.CreatedAt)
}

// UpdateProviderApp implements chat.Accounts.
func (d *DB) UpdateProviderApp(ctx context.Context, a chat.ProviderApp) error {
	return d.putProviderApp(ctx, a, `UPDATE provider_apps SET secrets = $3, data = $4 WHERE id = $1 AND merchant = $2`)
}

func (d *DB) putProviderApp(ctx context.Context, a chat.ProviderApp, query string, more ...any) error {
	data, err := encodeProviderApp(a)
	if err != nil {
		return fmt.Errorf("write provider app: %w", err)
	}
	secrets, err := d.shutSecrets(a)
	if err != nil {
		return fmt.Errorf("write provider app: %w", err)
	}
	return doing("write provider app", d.do(ctx, func(g *group) error {
		return conflict(g.must(query, append([]any{a.ID, a.Merchant, secrets, data}, more...)...))
	}))
}

// DeleteProviderApp implements chat.Accounts.
func (d *DB) DeleteProviderApp(ctx context.Context, merchant chat.MerchantID, id chat.ProviderAppID) error {
	return doing("delete provider app", d.do(ctx, func(g *group) error {
		if _, err := one(g, d.scanProviderApp, chat.ErrNotFound,
			`SELECT `+providerAppColumns+` FROM provider_apps WHERE id = $1 AND merchant = $2`, id, merchant); err != nil {
			return err
		}
		used, err := scanValue[bool](g.row(`SELECT EXISTS (SELECT 1 FROM accounts WHERE app = $1 AND removed = 0)`, id))
		if err != nil {
			return err
		}
		if used {
			return chat.ErrConflict
		}
		return g.must(`DELETE FROM provider_apps WHERE id = $1`, id)
	}))
}

// ProviderApp implements chat.Accounts.
func (d *DB) ProviderApp(ctx context.Context, merchant chat.MerchantID, id chat.ProviderAppID) (chat.ProviderApp, error) {
	a, err := one(d.reader(ctx), d.scanProviderApp, chat.ErrNotFound,
		`SELECT `+providerAppColumns+` FROM provider_apps WHERE id = $1 AND merchant = $2`, id, merchant)
	return a, doing("read provider app", err)
}

// ProviderApps implements chat.Accounts.
func (d *DB) ProviderApps(ctx context.Context, merchant chat.MerchantID) ([]chat.ProviderApp, error) {
	all, err := many(d.reader(ctx), d.scanProviderApp,
		`SELECT `+providerAppColumns+` FROM provider_apps WHERE merchant = $1 ORDER BY created_at, id`, merchant)
	return all, doing("list provider apps", err)
}

// ProviderAppByID implements chat.Accounts.
func (d *DB) ProviderAppByID(ctx context.Context, id chat.ProviderAppID) (chat.ProviderApp, error) {
	a, err := one(d.reader(ctx), d.scanProviderApp, chat.ErrNotFound, `SELECT `+providerAppColumns+` FROM provider_apps WHERE id = $1`, id)
	return a, doing("read provider app", err)
}
