package store

import (
	"bytes"
	"context"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const resumeColumns = `hash, merchant, shop, shopper, conversation, address, created_at, expires_at, used_at, used_by`

func scanResumeLink(row scanner) (l chat.ResumeLink, err error) {
	var hash, by []byte
	err = row.Scan(&hash, &l.Merchant, &l.Shop, &l.Shopper, &l.Conversation, &l.Address, &l.CreatedAt, &l.ExpiresAt, &l.UsedAt, &by)
	copy(l.Hash[:], hash)
	copy(l.UsedBy[:], by)
	return l, err
}

func resumeLink(q querier, hash [32]byte, now chat.Millis) (chat.ResumeLink, error) {
	return one(q, scanResumeLink, chat.ErrGone, `SELECT `+resumeColumns+` FROM resume_links WHERE hash = $1 AND expires_at > $2`, hash[:], now)
}

// CreateResumeLink implements chat.Handoffs.
func (d *DB) CreateResumeLink(ctx context.Context, l chat.ResumeLink) error {
	return doing("create resume link", d.do(ctx, func(g *group) error {
		return conflict(g.must(`INSERT INTO resume_links (`+resumeColumns+`)
			SELECT $1, merchant, shop, id, $2, $3, $4, $5, 0, NULL FROM shoppers WHERE id = $6 AND shop = $7 AND merchant = $8`,
			l.Hash[:], l.Conversation, l.Address, l.CreatedAt, l.ExpiresAt, l.Shopper, l.Shop, l.Merchant))
	}))
}

// ResumeLink implements chat.Handoffs.
func (d *DB) ResumeLink(ctx context.Context, hash [32]byte, now chat.Millis) (chat.ResumeLink, error) {
	l, err := resumeLink(d.reader(ctx), hash, now)
	return l, doing("read resume link", err)
}

// UseResumeLink implements chat.Handoffs.
func (d *DB) UseResumeLink(ctx context.Context, hash, session [32]byte, now chat.Millis) (l chat.ResumeLink, err error) {
	err = d.do(ctx, func(g *group) error {
		l, err = resumeLink(g, hash, now)
		if err != nil {
			return err
		}
		if l.UsedAt != 0 {
			if !bytes.Equal(l.UsedBy[:], session[:]) {
				return chat.ErrGone
			}
			return nil
		}
		l.UsedAt, l.UsedBy = now, session
		return g.must(`UPDATE resume_links SET used_at = $1, used_by = $2 WHERE hash = $3`, now, session[:], hash[:])
	})
	if err != nil {
		return chat.ResumeLink{}, doing("use resume link", err)
	}
	return l, nil
}

// AddShopperSession implements chat.Handoffs.
func (d *DB) AddShopperSession(ctx context.Context, s chat.ShopperSession) error {
	return doing("add session", d.do(ctx, func(g *group) error {
		p, err := shopper(g, s.Shop, s.Shopper)
		if err != nil {
			return err
		}
		if p.ErasedAt != 0 || p.Merchant != s.Merchant {
			return chat.ErrNotFound
		}
		s.Shopper = p.ID
		return conflict(g.insertSession(s))
	}))
}
