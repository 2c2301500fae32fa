package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func scanMerchant(row scanner) (m chat.Merchant, err error) {
	err = row.Scan(&m.ID, &m.Name, &m.CreatedAt)
	return m, err
}

// CreateMerchant implements chat.Directory.
func (d *DB) CreateMerchant(ctx context.Context, m chat.Merchant, s chat.Shop, owner chat.Agent, passwordHash string) error {
	return doing("create merchant", d.do(ctx, func(g *group) error {
		_, err := g.exec(`INSERT INTO merchants (id, name, created_at) VALUES ($1, $2, $3)`, m.ID, m.Name, m.CreatedAt)
		if err != nil {
			return conflict(err)
		}
		s.Merchant, owner.Merchant = m.ID, m.ID
		if err := g.createShop(s); err != nil {
			return err
		}
		return g.createAgent(owner, passwordHash)
	}))
}

// conflict makes a unique key that is taken ErrConflict.
func conflict(err error) error {
	if taken(err) {
		return chat.ErrConflict
	}
	return err
}

// Merchant implements chat.Directory.
func (d *DB) Merchant(ctx context.Context, id chat.MerchantID) (chat.Merchant, error) {
	m, err := one(d.reader(ctx), scanMerchant, chat.ErrNotFound, `SELECT id, name, created_at FROM merchants WHERE id = $1`, id)
	return m, doing("read merchant", err)
}

// HasMerchant implements chat.Directory.
func (d *DB) HasMerchant(ctx context.Context) (bool, error) {
	has, err := scanValue[bool](d.reader(ctx).row(`SELECT EXISTS (SELECT 1 FROM merchants)`))
	return has, doing("look for merchants", err)
}

// shopData is what a shop's row carries beside its columns.
type shopData struct {
	Name             string            `json:"name"`
	Origins          []string          `json:"origins,omitempty"`
	EditorOrigins    []string          `json:"editor_origins,omitempty"`
	Language         string            `json:"language,omitempty"`
	TimeZone         string            `json:"time_zone,omitempty"`
	Currency         string            `json:"currency,omitempty"`
	IdentityRequired bool              `json:"identity_required,omitempty"`
	Settings         chat.ShopSettings `json:"settings"`
}

func encodeShop(s chat.Shop) (string, error) {
	b, err := json.Marshal(shopData{
		s.Name, s.Origins, s.EditorOrigins, s.Language, s.TimeZone, s.Currency, s.IdentityRequired, s.Settings,
	})
	return string(b), err
}

const shopColumns = `id, merchant, key, test, created_at, data`

func scanShop(row scanner) (s chat.Shop, err error) {
	var data []byte
	if err := row.Scan(&s.ID, &s.Merchant, &s.Key, &s.Test, &s.CreatedAt, &data); err != nil {
		return s, err
	}
	var d shopData
	if err := json.Unmarshal(data, &d); err != nil {
		return s, fmt.Errorf("decode shop: %w", err)
	}
	s.Name, s.Origins, s.EditorOrigins, s.Language, s.TimeZone = d.Name, d.Origins, d.EditorOrigins, d.Language, d.TimeZone
	s.Currency, s.IdentityRequired, s.Settings = d.Currency, d.IdentityRequired, d.Settings
	return s, nil
}

func (g *group) createShop(s chat.Shop) error {
	data, err := encodeShop(s)
	if err != nil {
		return err
	}
	n, err := g.changed(`INSERT INTO shops (id, merchant, key, test, created_at, data) SELECT $1, id, $2, $3, $4, $5 FROM merchants WHERE id = $6`,
		s.ID, s.Key, s.Test, s.CreatedAt, data, s.Merchant)
	if err == nil && n == 0 {
		return chat.ErrNotFound
	}
	return conflict(err)
}

// CreateShop implements chat.Directory.
func (d *DB) CreateShop(ctx context.Context, s chat.Shop) error {
	return doing("create shop", d.do(ctx, func(g *group) error { return g.createShop(s) }))
}

// UpdateShop implements chat.Directory. Whether it is a test shop is fixed.
func (d *DB) UpdateShop(ctx context.Context, s chat.Shop) error {
	data, err := encodeShop(s)
	if err != nil {
		return fmt.Errorf("update shop: %w", err)
	}
	defer d.shops.forget()
	return doing("update shop", d.do(ctx, func(g *group) error {
		return conflict(g.must(`UPDATE shops SET key = $1, data = $2 WHERE id = $3 AND merchant = $4`, s.Key, data, s.ID, s.Merchant))
	}))
}

// Shop implements chat.Directory.
func (d *DB) Shop(ctx context.Context, merchant chat.MerchantID, id chat.ShopID) (chat.Shop, error) {
	s, err := one(d.reader(ctx), scanShop, chat.ErrNotFound, `SELECT `+shopColumns+` FROM shops WHERE id = $1 AND merchant = $2`, id, merchant)
	return s, doing("read shop", err)
}

// ShopByKey implements chat.Directory.
func (d *DB) ShopByKey(ctx context.Context, key string) (chat.Shop, error) {
	known, changes, ok := d.shops.get(key)
	if ok {
		return known, nil
	}
	s, err := one(d.reader(ctx), scanShop, chat.ErrNotFound, `SELECT `+shopColumns+` FROM shops WHERE key = $1`, key)
	if err == nil {
		d.shops.put(s, changes)
	}
	return s, doing("read shop", err)
}

// Shops implements chat.Directory.
func (d *DB) Shops(ctx context.Context, merchant chat.MerchantID) ([]chat.Shop, error) {
	all, err := many(d.reader(ctx), scanShop, `SELECT `+shopColumns+` FROM shops WHERE merchant = $1 ORDER BY created_at, id`, merchant)
	return all, doing("list shops", err)
}
