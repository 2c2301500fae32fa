package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// openOffer is the condition of an offer that nobody has claimed; it must read as the indexes have it.
const openOffer = `state IN ('offered', 'clicked')`

func scanHandoff(row scanner) (h chat.Handoff, err error) {
	var data []byte
	if err := row.Scan(&data); err != nil {
		return h, err
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("decode handoff: %w", err)
	}
	return h, nil
}

func handoff(q querier, shop chat.ShopID, id chat.HandoffID) (chat.Handoff, error) {
	return one(q, scanHandoff, chat.ErrNotFound, `SELECT data FROM handoffs WHERE id = $1 AND shop = $2`, id, shop)
}

// CreateHandoff implements chat.Handoffs. ErrConflict: the code is in use.
func (d *DB) CreateHandoff(ctx context.Context, h chat.Handoff, code *[32]byte) error {
	return doing("create handoff", d.do(ctx, func(g *group) error { return g.insertHandoff(h, code) }))
}

func (g *group) insertHandoff(h chat.Handoff, code *[32]byte) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	var hash []byte
	if code != nil {
		hash = code[:]
	}
	return conflict(g.must(`INSERT INTO handoffs (id, shop, shopper, conversation, account, source, state, code, expires_at, created_at, updated_at, data)
		SELECT $1, shop, id, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM shoppers WHERE id = $11 AND shop = $12 AND merchant = $13`,
		h.ID, h.Conversation, h.Account, h.Source, h.State, hash, h.ExpiresAt, h.CreatedAt, h.UpdatedAt, string(data),
		h.Shopper, h.Shop, h.Merchant))
}

func (g *group) updateHandoff(h chat.Handoff) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return g.must(`UPDATE handoffs SET shopper = $1, conversation = $2, state = $3, expires_at = $4, updated_at = $5, data = $6
		WHERE id = $7 AND shop = $8`, h.Shopper, h.Conversation, h.State, h.ExpiresAt, h.UpdatedAt, string(data), h.ID, h.Shop)
}

// putHandoff writes a handoff as a change has it: new, or over the one that is there.
func (g *group) putHandoff(h chat.Handoff) error {
	err := g.updateHandoff(h)
	if errors.Is(err, chat.ErrNotFound) {
		return g.insertHandoff(h, nil)
	}
	return err
}

// HandoffByCode implements chat.Handoffs.
func (d *DB) HandoffByCode(ctx context.Context, account chat.AccountID, code [32]byte) (chat.Handoff, error) {
	h, err := one(d.reader(ctx), scanHandoff, chat.ErrNotFound,
		`SELECT data FROM handoffs WHERE account = $1 AND code = $2 AND code IS NOT NULL`, account, code[:])
	return h, doing("read handoff", err)
}

// Handoff implements chat.Handoffs.
func (d *DB) Handoff(ctx context.Context, shop chat.ShopID, id chat.HandoffID) (chat.Handoff, error) {
	h, err := handoff(d.reader(ctx), shop, id)
	return h, doing("read handoff", err)
}

// UpdateHandoff implements chat.Handoffs.
func (d *DB) UpdateHandoff(
	ctx context.Context, shop chat.ShopID, id chat.HandoffID, change func(*chat.Handoff) error,
) (h chat.Handoff, err error) {
	err = d.do(ctx, func(g *group) error {
		was, err := handoff(g, shop, id)
		if err != nil {
			return err
		}
		h = was
		if err := change(&h); err != nil {
			return err
		}
		h.ID, h.Merchant, h.Shop, h.Account = was.ID, was.Merchant, was.Shop, was.Account
		return g.updateHandoff(h)
	})
	if err != nil {
		return chat.Handoff{}, doing("update handoff", err)
	}
	return h, nil
}

// HandoffsOf implements chat.Handoffs.
func (d *DB) HandoffsOf(
	ctx context.Context, shop chat.ShopID, shopper chat.ShopperID, conversation chat.ConversationID, limit int,
) (all []chat.Handoff, err error) {
	if conversation != "" {
		all, err = many(d.reader(ctx), scanHandoff, `SELECT data FROM handoffs WHERE conversation = $1 AND conversation <> '' AND +shop = $2
			ORDER BY created_at DESC, id DESC LIMIT $3`, conversation, shop, limit)
	} else {
		all, err = many(d.reader(ctx), scanHandoff, `SELECT data FROM handoffs WHERE shopper IN (`+everyID+`) AND +shop = $2
			ORDER BY created_at DESC, id DESC LIMIT $3`, shopper, shop, limit)
	}
	return all, doing("list handoffs", err)
}

// OpenOffers implements chat.Handoffs.
func (d *DB) OpenOffers(ctx context.Context, account chat.AccountID, since chat.Millis, limit int) ([]chat.Handoff, error) {
	all, err := many(d.reader(ctx), scanHandoff, `SELECT data FROM handoffs
		WHERE account = $1 AND updated_at >= $2 AND `+openOffer+` AND source = 'link' ORDER BY updated_at DESC, id DESC LIMIT $3`, account, since, limit)
	return all, doing("list offers", err)
}

// LapsedOffers implements chat.Handoffs.
func (d *DB) LapsedOffers(ctx context.Context, now chat.Millis, limit int) (all []chat.Handoff, err error) {
	err = d.do(ctx, func(g *group) error {
		all, err = many(g, scanHandoff, `SELECT data FROM handoffs
			WHERE expires_at <= $1 AND `+openOffer+` AND expires_at > 0 ORDER BY expires_at, id LIMIT $2`, now, limit)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].State, all[i].UpdatedAt = chat.HandoffExpired, now
			if err := g.updateHandoff(all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, doing("expire offers", err)
	}
	return all, nil
}
