package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	shopperColumns = `id, merchant, shop, customer, created_at, seen_at, erased_at, data`
	sessionColumns = `hash, merchant, shop, shopper, customer, created_at, seen_at, expires_at`
)

// shopperData is what a shopper's row carries beside its columns.
type shopperData struct {
	Name     string     `json:"name,omitempty"`
	Email    string     `json:"email,omitempty"`
	Language string     `json:"language,omitempty"`
	Page     *chat.Page `json:"page,omitempty"`
}

func encodeShopper(s chat.Shopper) (string, error) {
	b, err := json.Marshal(shopperData{s.Name, s.Email, s.Language, s.Page})
	return string(b), err
}

func scanShopper(row scanner) (s chat.Shopper, err error) {
	var data []byte
	if err := row.Scan(&s.ID, &s.Merchant, &s.Shop, &s.CustomerID, &s.CreatedAt, &s.SeenAt, &s.ErasedAt, &data); err != nil {
		return s, err
	}
	var d shopperData
	if err := json.Unmarshal(data, &d); err != nil {
		return s, fmt.Errorf("decode shopper: %w", err)
	}
	s.Name, s.Email, s.Language, s.Page = d.Name, d.Email, d.Language, d.Page
	return s, nil
}

func scanShopperSession(row scanner) (s chat.ShopperSession, err error) {
	var hash []byte
	err = row.Scan(&hash, &s.Merchant, &s.Shop, &s.Shopper, &s.CustomerID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt)
	copy(s.Hash[:], hash)
	return s, err
}

// CreateShopper implements chat.Shoppers.
func (d *DB) CreateShopper(ctx context.Context, s chat.Shopper, session chat.ShopperSession) error {
	return doing("create shopper", d.do(ctx, func(g *group) error {
		if err := g.insertShopper(s); err != nil {
			return err
		}
		session.Merchant, session.Shop, session.Shopper = s.Merchant, s.Shop, s.ID
		return g.insertSession(session)
	}))
}

func (g *group) insertShopper(s chat.Shopper) error {
	data, err := encodeShopper(s)
	if err != nil {
		return err
	}
	return conflict(g.must(`INSERT INTO shoppers (id, merchant, shop, customer, email, alias_of, created_at, seen_at, erased_at, data)
		SELECT $1, merchant, id, $2, $3, '', $4, $5, $6, $7 FROM shops WHERE id = $8 AND merchant = $9`,
		s.ID, s.CustomerID, strings.ToLower(s.Email), s.CreatedAt, s.SeenAt, s.ErasedAt, data, s.Shop, s.Merchant))
}

func (g *group) insertSession(s chat.ShopperSession) error {
	_, err := g.exec(`INSERT INTO shopper_sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.Hash[:], s.Merchant, s.Shop, s.Shopper, s.CustomerID, s.CreatedAt, s.SeenAt, s.ExpiresAt)
	return err
}

// Shopper implements chat.Shoppers. An alias gives the shopper whom it stands for.
func (d *DB) Shopper(ctx context.Context, shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	s, err := shopper(d.reader(ctx), shop, id)
	return s, doing("read shopper", err)
}

func shopper(q querier, shop chat.ShopID, id chat.ShopperID) (chat.Shopper, error) {
	return one(q, scanShopper, chat.ErrNotFound, `SELECT `+shopperColumns+` FROM shoppers
		WHERE id = (SELECT CASE WHEN alias_of = '' THEN id ELSE alias_of END FROM shoppers WHERE id = $1 AND shop = $2)`, id, shop)
}

// ShopperByCustomer implements chat.Shoppers.
func (d *DB) ShopperByCustomer(ctx context.Context, shop chat.ShopID, customerID string) (chat.Shopper, error) {
	s, err := shopperByCustomer(d.reader(ctx), shop, customerID)
	return s, doing("read shopper", err)
}

func shopperByCustomer(q querier, shop chat.ShopID, customerID string) (chat.Shopper, error) {
	return one(q, scanShopper, chat.ErrNotFound,
		`SELECT `+shopperColumns+` FROM shoppers WHERE shop = $1 AND customer = $2 AND customer <> ''`, shop, customerID)
}

// ShoppersByEmail implements chat.Privacy. What an alias is known by leads to whom it stands for.
func (d *DB) ShoppersByEmail(ctx context.Context, shop chat.ShopID, email string) ([]chat.Shopper, error) {
	all, err := many(d.reader(ctx), scanShopper, `SELECT `+shopperColumns+` FROM shoppers WHERE erased_at = 0 AND id IN (
		SELECT CASE WHEN alias_of = '' THEN id ELSE alias_of END FROM shoppers WHERE shop = $1 AND email = $2 AND email <> ''
		UNION ALL SELECT shopper FROM addresses WHERE shop = $1 AND email = $2 AND email <> '') ORDER BY created_at, id`, shop, strings.ToLower(email))
	return all, doing("find shoppers", err)
}

// ListShoppers implements chat.Privacy.
func (d *DB) ListShoppers(ctx context.Context, shop chat.ShopID, after chat.ShopperID, limit int) ([]chat.Shopper, error) {
	all, err := many(d.reader(ctx), scanShopper, `SELECT `+shopperColumns+` FROM shoppers
		WHERE shop = $1 AND id > $2 AND alias_of = '' AND erased_at = 0 ORDER BY id LIMIT $3`, shop, after, limit)
	return all, doing("list shoppers", err)
}

// ShopperSession implements chat.Shoppers.
func (d *DB) ShopperSession(ctx context.Context, hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	s, err := shopperSession(d.reader(ctx), hash, now)
	return s, doing("read session", err)
}

func shopperSession(q querier, hash [32]byte, now chat.Millis) (chat.ShopperSession, error) {
	return one(q, scanShopperSession, chat.ErrInvalidToken,
		`SELECT `+sessionColumns+` FROM shopper_sessions WHERE hash = $1 AND expires_at > $2`, hash[:], now)
}

// TouchShopperSession implements chat.Shoppers.
func (d *DB) TouchShopperSession(ctx context.Context, hash [32]byte, seen, expires chat.Millis) error {
	return doing("touch session", d.do(ctx, func(g *group) error {
		n, err := g.changed(`UPDATE shopper_sessions SET seen_at = MAX(seen_at, $1), expires_at = MAX(expires_at, $2) WHERE hash = $3`,
			seen, expires, hash[:])
		if err == nil && n == 0 {
			return chat.ErrInvalidToken
		}
		if err != nil {
			return err
		}
		_, err = g.exec(`UPDATE shoppers SET seen_at = MAX(seen_at, $1) WHERE id = (SELECT shopper FROM shopper_sessions WHERE hash = $2)`,
			seen, hash[:])
		return err
	}))
}

// RevokeShopperSession implements chat.Shoppers.
func (d *DB) RevokeShopperSession(ctx context.Context, hash [32]byte) error {
	return doing("revoke session", d.do(ctx, func(g *group) error {
		_, err := g.exec(`DELETE FROM shopper_sessions WHERE hash = $1`, hash[:])
		return err
	}))
}

// SetShopperPage implements chat.Shoppers.
func (d *DB) SetShopperPage(ctx context.Context, shop chat.ShopID, id chat.ShopperID, p chat.Page) error {
	return doing("set page", d.do(ctx, func(g *group) error {
		s, err := shopper(g, shop, id)
		if err != nil {
			return err
		}
		if s.ErasedAt != 0 {
			return chat.ErrNotFound
		}
		s.Page = &p
		return g.writeShopper(s)
	}))
}

func (g *group) writeShopper(s chat.Shopper) error {
	data, err := encodeShopper(s)
	if err != nil {
		return err
	}
	return g.must(`UPDATE shoppers SET customer = $1, email = $2, seen_at = $3, erased_at = $4, data = $5 WHERE id = $6 AND shop = $7`,
		s.CustomerID, strings.ToLower(s.Email), s.SeenAt, s.ErasedAt, data, s.ID, s.Shop)
}

// Identify implements chat.Shoppers.
func (d *DB) Identify(ctx context.Context, hash [32]byte, identity chat.Identity, now chat.Millis) (r chat.IdentifyResult, err error) {
	err = d.do(ctx, func(g *group) error {
		session, err := shopperSession(g, hash, now)
		if err != nil {
			return err
		}
		if session.CustomerID != "" && session.CustomerID != identity.Subject {
			return chat.ErrIdentity
		}
		was, err := shopper(g, session.Shop, session.Shopper)
		if err != nil {
			return err
		}
		known, err := shopperByCustomer(g, session.Shop, identity.Subject)
		if errors.Is(err, chat.ErrNotFound) {
			known, err = was, nil
		}
		if err != nil {
			return err
		}
		r, err = g.identify(session, was, known, identity, now)
		return err
	})
	return r, doing("identify shopper", err)
}

func (g *group) identify(
	session chat.ShopperSession, was, known chat.Shopper, identity chat.Identity, now chat.Millis,
) (r chat.IdentifyResult, err error) {
	if was.CustomerID != "" && was.CustomerID != identity.Subject {
		return r, chat.ErrIdentity
	}
	before := known.Brief()
	known.CustomerID, known.SeenAt = identity.Subject, max(known.SeenAt, now)
	if identity.Name != "" {
		known.Name = identity.Name
	}
	if identity.Email != "" {
		known.Email = identity.Email
	}
	if was.ID != known.ID {
		if known.Page == nil || was.Page != nil && was.Page.At > known.Page.At {
			known.Page = was.Page
		}
		was.Page = nil
		if err := g.writeShopper(was); err != nil {
			return r, err
		}
		if err := g.alias(was.ID, known.ID); err != nil {
			return r, err
		}
		if _, err := g.exec(`UPDATE addresses SET shopper = $1 WHERE shopper = $2`, known.ID, was.ID); err != nil {
			return r, err
		}
	}
	if err := g.writeShopper(known); err != nil {
		return r, err
	}
	_, err = g.exec(`UPDATE shopper_sessions SET shopper = $1, customer = $2 WHERE hash = $3`, known.ID, identity.Subject, session.Hash[:])
	if err != nil {
		return r, err
	}
	if was.ID != known.ID || before != known.Brief() {
		if err := g.addMeet(was.ID, known.ID, now); err != nil {
			return r, err
		}
	}
	return chat.IdentifyResult{Shopper: known, Was: was.ID}, nil
}

// addMeet has the conversations of who a shopper was follow to who they are, also when it is only their name that is new.
func (g *group) addMeet(was, known chat.ShopperID, now chat.Millis) error {
	var shop chat.ShopID
	var any bool
	err := g.row(`SELECT s.shop, EXISTS (SELECT 1 FROM conversations c WHERE c.shopper = s.id) FROM shoppers s WHERE s.id = $1`, was).Scan(&shop, &any)
	if err != nil || !any {
		return err
	}
	payload, err := json.Marshal(chat.ShopperTask{Shopper: was, Into: known})
	if err != nil {
		return err
	}
	return g.addTasks([]chat.Task{{Kind: chat.TaskMeet, Shop: shop, DueAt: now, Lane: "shopper:" + string(known), Payload: payload}})
}
