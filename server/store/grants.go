package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const grantColumns = `hash, merchant, shop, created_at, expires_at, used_at, plugin_key, data`

// grantData is what a grant's row carries beside its columns.
type grantData struct {
	By        chat.AgentID `json:"by"`
	Name      string       `json:"name"`
	Platform  string       `json:"platform,omitempty"`
	ReturnURL string       `json:"return_url"`
	Challenge string       `json:"challenge"`
	Scopes    []chat.Scope `json:"scopes,omitempty"`
	Identity  bool         `json:"identity,omitempty"`
}

func encodeGrant(g chat.Grant) (string, error) {
	b, err := json.Marshal(grantData{g.By, g.Name, g.Platform, g.ReturnURL, g.Challenge, g.Scopes, g.Identity})
	return string(b), err
}

func scanGrant(row scanner) (g chat.Grant, err error) {
	var hash, data []byte
	err = row.Scan(&hash, &g.Merchant, &g.Shop, &g.CreatedAt, &g.ExpiresAt, &g.UsedAt, &g.PluginKey, &data)
	if err != nil {
		return g, err
	}
	copy(g.Hash[:], hash)
	var v grantData
	if err := json.Unmarshal(data, &v); err != nil {
		return g, fmt.Errorf("decode grant: %w", err)
	}
	g.By, g.Name, g.Platform, g.ReturnURL, g.Challenge = v.By, v.Name, v.Platform, v.ReturnURL, v.Challenge
	g.Scopes, g.Identity = v.Scopes, v.Identity
	return g, nil
}

// CreateGrant implements chat.Grants.
func (d *DB) CreateGrant(ctx context.Context, v chat.Grant) error {
	data, err := encodeGrant(v)
	if err != nil {
		return fmt.Errorf("create grant: %w", err)
	}
	return doing("create grant", d.do(ctx, func(g *group) error {
		return conflict(g.must(`INSERT INTO grants (hash, merchant, shop, created_at, expires_at, used_at, plugin_key, data)
			SELECT $1, merchant, id, $2, $3, $4, $5, $6 FROM shops WHERE id = $7 AND merchant = $8`,
			v.Hash[:], v.CreatedAt, v.ExpiresAt, v.UsedAt, v.PluginKey, data, v.Shop, v.Merchant))
	}))
}

// UseGrant implements chat.Grants. That a code comes a second time is written down by ending the key, so it is no error of the
// transaction.
func (d *DB) UseGrant(
	ctx context.Context, hash [32]byte, now chat.Millis, check func(chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error),
) (secret bool, err error) {
	var gone bool
	err = d.do(ctx, func(g *group) error {
		secret, gone = false, false
		v, err := one(g, scanGrant, chat.ErrNotFound, `SELECT `+grantColumns+` FROM grants WHERE hash = $1`, hash[:])
		if err != nil {
			return err
		}
		if v.UsedAt != 0 {
			gone = true
			return ignore(g.revokePluginKey(v.Shop, v.PluginKey, now), chat.ErrNotFound)
		}
		if v.ExpiresAt <= now {
			return chat.ErrNotFound
		}
		key, s, err := check(v)
		if err != nil {
			return err
		}
		secret, err = g.exchange(v, key, s, now)
		return err
	})
	if err == nil && gone {
		err = chat.ErrGone
	}
	return secret && err == nil, doing("use grant", err)
}

// exchange writes what a grant gives: of its shop, whatever else they say.
func (g *group) exchange(v chat.Grant, key chat.PluginKey, s *chat.IdentitySecret, now chat.Millis) (secret bool, err error) {
	key.Merchant, key.Shop = v.Merchant, v.Shop
	if err := g.insertPluginKey(key); err != nil {
		return false, err
	}
	if err := g.must(`UPDATE grants SET used_at = $1, plugin_key = $2 WHERE hash = $3`, now, key.ID, v.Hash[:]); err != nil || s == nil {
		return false, err
	}
	own := *s
	own.Merchant, own.Shop, own.PluginKey = v.Merchant, v.Shop, key.ID
	err = g.insertIdentitySecret(own)
	return err == nil, ignore(err, chat.ErrConflict)
}

// ignore makes an error that is expected none.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
