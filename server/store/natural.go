package store

import (
	"context"
	"crypto/sha256"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// news is what a provider's name for something stands for. The zero news stands for nothing that was written.
type news struct {
	conversation int64 // number
	seq          int64
	delivery     chat.DeliveryID
	part         int
	address      chat.AddressID
	id           string
}

// newsHash names a natural key in 16 bytes.
func newsHash(account chat.AccountID, id string) []byte {
	h := sha256.Sum256([]byte(string(account) + "\x00" + id))
	return h[:16]
}

func scanNews(row scanner) (n news, err error) {
	err = row.Scan(&n.conversation, &n.seq, &n.delivery, &n.part)
	return n, err
}

// seen finds what a natural key was taken for.
func (g *group) seen(n chat.Natural) (v news, ok bool, err error) {
	found, err := many(g, scanNews, `SELECT conversation, seq, delivery, part FROM provider_news WHERE hash = $1`, newsHash(n.Account, n.ID))
	if err != nil || len(found) == 0 {
		return v, false, err
	}
	return found[0], true, nil
}

// repeated answers a write whose natural key was seen before: with the conversation that it went to then, and the entry.
func (g *group) repeated(v news) (c chat.Committed, err error) {
	c.Repeat = true
	if v.conversation == 0 {
		return c, nil
	}
	h, err := g.numbered(v.conversation)
	if err != nil {
		return c, err
	}
	c.Conversation, c.Prev = h.Conversation, h.Position
	if v.seq == 0 {
		return c, nil
	}
	for _, r := range g.rows {
		if r.num == v.conversation && r.entry.Seq == v.seq {
			c.Entries = []chat.Entry{r.entry}
			return c, nil
		}
	}
	c.Entries, err = many(g, func(s scanner) (chat.Entry, error) { return scanEntry(s, h.ID) },
		`SELECT `+entryColumns+` FROM entries e WHERE conversation = $1 AND seq = $2`, v.conversation, v.seq)
	return c, err
}

// numbered gives the head of a conversation by its number, whatever its shop: an account may serve several.
func (g *group) numbered(num int64) (*head, error) {
	for _, h := range g.heads {
		if h.num == num {
			return h, nil
		}
	}
	h, err := one(g, scanHead, chat.ErrNotFound, `SELECT `+headColumns+` FROM conversations c WHERE num = $1`, num)
	return &h, err
}

// takenFor writes down what a natural key was taken for. It may have been told of before as something that we have sent, when its echo
// came first, but by no other change: ErrIDConflict.
func (g *group) takenFor(n chat.Natural, v news) error {
	fresh, err := g.changed(`INSERT INTO provider_news (hash, conversation, seq, delivery, part, address, id) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`, newsHash(n.Account, n.ID), v.conversation, v.seq, v.delivery, v.part, v.address, v.id)
	if err != nil || fresh > 0 {
		return err
	}
	was, _, err := g.seen(n)
	if err != nil {
		return err
	}
	if was.delivery == "" || was.conversation != v.conversation {
		return chat.ErrIDConflict
	}
	return nil
}

// sentAs writes down that a provider's id is of something that we have sent. What came in under it before was its echo.
func (g *group) sentAs(v news, account chat.AccountID, id string) error {
	_, err := g.exec(`INSERT INTO provider_news (hash, conversation, seq, delivery, part, address, id) VALUES ($1, $2, $3, $4, $5, '', '')
		ON CONFLICT (hash) DO UPDATE SET conversation = excluded.conversation, seq = excluded.seq, delivery = excluded.delivery,
		part = excluded.part, id = '' WHERE delivery = ''`, newsHash(account, id), v.conversation, v.seq, v.delivery, v.part)
	return err
}

// effect is what a natural key stands for once its change is written: the first entry that says something.
func effect(num int64, n chat.Natural, ch chat.Change) news {
	v := news{conversation: num}
	for _, e := range ch.Entries {
		if v.seq == 0 || e.Kind != chat.EntryEvent {
			v.seq = e.Seq
		}
		if e.Kind == chat.EntryMessage {
			v.id = n.ID
		}
		if e.Kind != chat.EntryEvent {
			break
		}
	}
	if c := ch.Conversation; c.Account == n.Account {
		v.address = c.Address
	}
	for _, a := range ch.Addresses {
		if a.Account == n.Account {
			v.address = a.ID
			break
		}
	}
	return v
}

// SeeNatural implements chat.Deliveries.
func (d *DB) SeeNatural(ctx context.Context, n chat.Natural) (fresh bool, err error) {
	err = d.do(ctx, func(g *group) error {
		rows, err := g.changed(`INSERT INTO provider_news (hash, conversation, seq, delivery, part, address, id) VALUES ($1, 0, 0, '', 0, '', '')
			ON CONFLICT DO NOTHING`, newsHash(n.Account, n.ID))
		fresh = rows > 0
		return err
	})
	return fresh && err == nil, doing("see natural key", err)
}

// Sent implements chat.Deliveries.
func (d *DB) Sent(ctx context.Context, account chat.AccountID, providerID string) (r chat.SentRef, err error) {
	err = d.reader(ctx).row(`SELECT c.shop, c.id, e.seq, e.shopper_seq, n.delivery, n.part FROM provider_news n
		CROSS JOIN conversations c ON c.num = n.conversation CROSS JOIN entries e ON e.conversation = n.conversation AND e.seq = n.seq
		WHERE n.hash = $1`, newsHash(account, providerID)).
		Scan(&r.Shop, &r.Conversation, &r.Entry.Seq, &r.Entry.ShopperSeq, &r.Delivery, &r.Part)
	if err != nil {
		return chat.SentRef{}, doing("find message", missing(err))
	}
	return r, nil
}
