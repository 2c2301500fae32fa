package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	pluginKeyColumns = `id, merchant, shop, name, platform, return_origin, scopes, last4, hash, created_at, last_used_at, revoked_at`
	secretColumns    = `kid, merchant, shop, secret, created_at, sealed, plugin_key`
)

func scanPluginKey(row scanner) (k chat.PluginKey, err error) {
	var scopes, hash []byte
	err = row.Scan(&k.ID, &k.Merchant, &k.Shop, &k.Name, &k.Platform, &k.ReturnOrigin, &scopes, &k.Last4, &hash, &k.CreatedAt, &k.LastUsedAt,
		&k.RevokedAt)
	if err != nil {
		return k, err
	}
	copy(k.Hash[:], hash)
	if err := json.Unmarshal(scopes, &k.Scopes); err != nil {
		return k, fmt.Errorf("decode scopes: %w", err)
	}
	return k, nil
}

// CreatePluginKey implements chat.Directory.
func (d *DB) CreatePluginKey(ctx context.Context, k chat.PluginKey) error {
	return doing("create plugin key", d.do(ctx, func(g *group) error { return g.insertPluginKey(k) }))
}

func (g *group) insertPluginKey(k chat.PluginKey) error {
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return err
	}
	return conflict(g.must(`INSERT INTO plugin_keys (`+pluginKeyColumns+`)
		SELECT $1, merchant, id, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM shops WHERE id = $11 AND merchant = $12`,
		k.ID, k.Name, k.Platform, k.ReturnOrigin, string(scopes), k.Last4, k.Hash[:], k.CreatedAt, k.LastUsedAt, k.RevokedAt, k.Shop, k.Merchant))
}

// PluginKeys implements chat.Directory.
func (d *DB) PluginKeys(ctx context.Context, shop chat.ShopID) ([]chat.PluginKey, error) {
	all, err := many(d.reader(ctx), scanPluginKey,
		`SELECT `+pluginKeyColumns+` FROM plugin_keys WHERE shop = $1 AND revoked_at = 0 ORDER BY created_at, id`, shop)
	return all, doing("list plugin keys", err)
}

// PluginKeyByHash implements chat.Directory.
func (d *DB) PluginKeyByHash(ctx context.Context, hash [32]byte) (chat.PluginKey, error) {
	k, err := one(d.reader(ctx), scanPluginKey, chat.ErrUnauthenticated,
		`SELECT `+pluginKeyColumns+` FROM plugin_keys WHERE hash = $1 AND revoked_at = 0`, hash[:])
	return k, doing("read plugin key", err)
}

// TouchPluginKey implements chat.Directory.
func (d *DB) TouchPluginKey(ctx context.Context, id chat.PluginKeyID, at chat.Millis) error {
	return doing("touch plugin key", d.do(ctx, func(g *group) error {
		return g.must(`UPDATE plugin_keys SET last_used_at = MAX(last_used_at, $1) WHERE id = $2`, at, id)
	}))
}

// RevokePluginKey implements chat.Directory.
func (d *DB) RevokePluginKey(ctx context.Context, shop chat.ShopID, id chat.PluginKeyID, at chat.Millis) error {
	return doing("revoke plugin key", d.do(ctx, func(g *group) error { return g.revokePluginKey(shop, id, at) }))
}

// revokePluginKey ends a key, the identity secret that came with it, and the webhooks that it has made.
func (g *group) revokePluginKey(shop chat.ShopID, id chat.PluginKeyID, at chat.Millis) error {
	err := g.must(`UPDATE plugin_keys SET revoked_at = $1 WHERE id = $2 AND shop = $3 AND revoked_at = 0`, at, id, shop)
	if err != nil {
		return err
	}
	if _, err = g.exec(`DELETE FROM identity_secrets WHERE shop = $1 AND plugin_key = $2 AND plugin_key <> ''`, shop, id); err != nil {
		return err
	}
	return g.endHooksOf(shop, id)
}

func aadIdentity(shop chat.ShopID, kid string) string {
	return "identity_secret:" + string(shop) + "/" + kid
}

// CreateIdentitySecret implements chat.Directory.
func (d *DB) CreateIdentitySecret(ctx context.Context, s chat.IdentitySecret) error {
	return doing("create identity secret", d.do(ctx, func(g *group) error { return g.insertIdentitySecret(s) }))
}

func (g *group) insertIdentitySecret(s chat.IdentitySecret) error {
	secret, err := g.c.db.shut(aadIdentity(s.Shop, s.KID), s.Secret)
	if err != nil {
		return err
	}
	var n int
	if err := g.row(`SELECT COUNT(*) FROM identity_secrets WHERE shop = $1`, s.Shop).Scan(&n); err != nil {
		return err
	}
	if n >= 2 {
		return chat.ErrConflict
	}
	return conflict(g.must(`INSERT INTO identity_secrets (shop, kid, merchant, secret, created_at, sealed, plugin_key)
		SELECT id, $1, merchant, $2, $3, 1, $4 FROM shops WHERE id = $5 AND merchant = $6`,
		s.KID, secret, s.CreatedAt, s.PluginKey, s.Shop, s.Merchant))
}

// IdentitySecrets implements chat.Directory. One that can't be opened is as good as none: identities signed with it are refused.
func (d *DB) IdentitySecrets(ctx context.Context, shop chat.ShopID) ([]chat.IdentitySecret, error) {
	all, err := many(d.reader(ctx), d.scanIdentitySecret,
		`SELECT `+secretColumns+` FROM identity_secrets WHERE shop = $1 ORDER BY created_at, kid`, shop)
	return all, doing("list identity secrets", err)
}

func (d *DB) scanIdentitySecret(row scanner) (s chat.IdentitySecret, err error) {
	var sealed bool
	if err := row.Scan(&s.KID, &s.Merchant, &s.Shop, &s.Secret, &s.CreatedAt, &sealed, &s.PluginKey); err != nil || !sealed {
		return s, err
	}
	plain, err := d.unshut(aadIdentity(s.Shop, s.KID), s.Secret)
	if err != nil {
		d.log.Error("an identity secret can't be opened", "shop", s.Shop, "kid", s.KID, "error", err)
	}
	s.Secret = plain
	return s, nil
}

// sealOld seals what was written before secrets were sealed.
func (d *DB) sealOld(ctx context.Context) error {
	if d.seal == nil {
		return nil
	}
	old, err := many(d.reader(ctx), d.scanIdentitySecret,
		`SELECT `+secretColumns+` FROM identity_secrets WHERE sealed = 0`)
	if err != nil || len(old) == 0 {
		return err
	}
	err = d.do(ctx, func(g *group) error {
		for _, s := range old {
			secret, err := d.shut(aadIdentity(s.Shop, s.KID), s.Secret)
			if err != nil {
				return err
			}
			_, err = g.exec(`UPDATE identity_secrets SET secret = $1, sealed = 1 WHERE shop = $2 AND kid = $3 AND sealed = 0`, secret, s.Shop, s.KID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		d.scrub()
	}
	return err
}

// DeleteIdentitySecret implements chat.Directory.
func (d *DB) DeleteIdentitySecret(ctx context.Context, shop chat.ShopID, kid string) error {
	return doing("delete identity secret", d.do(ctx, func(g *group) error {
		return g.must(`DELETE FROM identity_secrets WHERE shop = $1 AND kid = $2`, shop, kid)
	}))
}
