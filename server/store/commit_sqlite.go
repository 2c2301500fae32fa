package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// begin opens the group's transaction. It takes SQLite's one write lock at once, so that nobody changes what is decided upon.
// Another process may have written since the last group (a command beside the server): then nothing is remembered.
func (c *committer) begin() (*group, error) {
	g := &group{
		c: c, heads: map[chat.ConversationID]*head{}, feeds: map[chat.ShopID]int64{}, keys: map[entryKey]pending{},
		starts: map[startKey]chat.ConversationID{},
	}
	if _, err := g.exec(`BEGIN IMMEDIATE`); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	var version int64
	if err := g.row(`PRAGMA data_version`).Scan(&version); err != nil {
		c.rollback()
		return nil, fmt.Errorf("begin: %w", err)
	}
	if version != c.version {
		c.forget()
		c.version = version
	}
	g.lastNum = c.lastNum
	return g, nil
}

func (c *committer) rollback() {
	// An error means that SQLite has rolled back already; a transaction that is still open would fail the next BEGIN.
	if _, err := c.conn.ExecContext(context.Background(), `ROLLBACK`); err != nil {
		c.db.log.Debug("rollback", "error", err)
	}
}

// statement prepares a statement once for the committer's connection.
func (c *committer) statement(query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	c.stmts[query] = s
	return s, nil
}

// exec runs a statement in the group's transaction. No context ends it: once begun, a group is finished.
func (g *group) exec(query string, args ...any) (sql.Result, error) {
	s, err := g.c.statement(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

func (g *group) query(query string, args ...any) (*sql.Rows, error) {
	s, err := g.c.statement(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (g *group) row(query string, args ...any) scanner {
	s, err := g.c.statement(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(context.Background(), args...)
}

// changed runs a statement and gives the number of rows that it changed.
func (g *group) changed(query string, args ...any) (int64, error) {
	r, err := g.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// must is changed for one row of the caller's: ErrNotFound when there is none.
func (g *group) must(query string, args ...any) error {
	n, err := g.changed(query, args...)
	if err == nil && n == 0 {
		return chat.ErrNotFound
	}
	return err
}

// number gives the next conversation's number.
func (g *group) number() (int64, error) {
	if g.lastNum == 0 {
		if err := g.row(`SELECT COALESCE(MAX(num), 0) FROM conversations`).Scan(&g.lastNum); err != nil {
			return 0, fmt.Errorf("number conversation: %w", err)
		}
	}
	g.lastNum++
	return g.lastNum, nil
}

// target finds the head that a write is about, or begins a new one.
func (g *group) target(w *chat.Write) (_ *head, created bool, err error) {
	if w.Start == nil {
		h, err := g.head(w.Shop, w.Conversation)
		return h, false, err
	}
	key := startKey{w.Start.New.Shopper.ID, w.Start.ClientID}
	id, err := g.started(w.Shop, key)
	if err != nil {
		return nil, false, err
	}
	if id != "" {
		h, err := g.head(w.Shop, id)
		return h, false, err
	}
	n := w.Start.New
	var there bool
	err = g.row(`SELECT EXISTS (SELECT 1 FROM shoppers WHERE id = $1 AND shop = $2)`, n.Shopper.ID, w.Shop).Scan(&there)
	if err != nil {
		return nil, false, fmt.Errorf("find shopper: %w", err)
	}
	if !there || n.Shop != w.Shop {
		return nil, false, chat.ErrNotFound
	}
	return &head{Conversation: n, start: key.clientID, fresh: true}, true, nil
}

// started finds the conversation of a start. The shopper may have been identified since: what they started under another id is
// theirs too.
func (g *group) started(shop chat.ShopID, key startKey) (id chat.ConversationID, err error) {
	if known, ok := g.starts[key]; ok {
		return known, nil
	}
	// Each of the three is found by an index; one condition for all would make SQLite look through the whole shop.
	err = g.row(`SELECT id, 1 AS far FROM conversations WHERE start_id = $1 AND start_id <> '' AND start_shopper = $3 AND +shop = $2
		UNION ALL SELECT id, 2 FROM conversations WHERE shopper = $3 AND +start_id = $1 AND +start_id <> '' AND +shop = $2
		UNION ALL SELECT id, 3 FROM conversations WHERE start_id = $1 AND start_id <> '' AND +shop = $2
			AND start_shopper IN (SELECT id FROM shoppers WHERE alias_of = $3 AND alias_of <> '')
		ORDER BY far LIMIT 1`, key.clientID, shop, key.shopper).Scan(&id, new(int))
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find start: %w", err)
	}
	return id, nil
}

// head gives a conversation's head as this transaction sees it.
func (g *group) head(shop chat.ShopID, id chat.ConversationID) (*head, error) {
	h, ok := g.heads[id]
	if !ok {
		if cached, hit := g.c.heads.get(id); hit {
			h = &cached
		} else {
			loaded, err := loadHead(g, id)
			if err != nil {
				return nil, err
			}
			h = &loaded
		}
		g.heads[id] = h
	}
	if h.Shop != shop {
		return nil, chat.ErrNotFound
	}
	return h, nil
}

// sent finds the entry that a key was used for. ErrIDConflict: it was used for another body.
func (g *group) sent(h *head, k *chat.SendKey) (chat.Entry, bool, error) {
	key := entryKey{h.num, k.Author.Key(), k.ClientID}
	p, ok := g.keys[key]
	if !ok {
		rows, err := g.query(`SELECT `+entryColumns+`, e.hash FROM entries e
			WHERE conversation = $1 AND client_id = $2 AND author_key = $3 AND client_id <> ''`, key.conversation, key.clientID, key.author)
		if err != nil {
			return chat.Entry{}, false, fmt.Errorf("find repeat: %w", err)
		}
		found, err := collect(rows, func(s scanner) (p pending, err error) {
			p.entry, err = scanEntry(s, h.ID, &p.hash)
			return p, err
		})
		if err != nil {
			return chat.Entry{}, false, fmt.Errorf("find repeat: %w", err)
		}
		if len(found) == 0 {
			return chat.Entry{}, false, nil
		}
		p = found[0]
	}
	if p.hash != nil && [32]byte(p.hash) != k.Hash {
		return chat.Entry{}, false, chat.ErrIDConflict
	}
	return p.entry, true, nil
}

// bind gives uploads to the conversation whose message names them.
func (g *group) bind(c chat.Conversation, ids []chat.AttachmentID) error {
	for _, id := range ids {
		var there bool
		err := g.row(`SELECT EXISTS (SELECT 1 FROM uploads WHERE id = $1 AND shop = $2 AND conversation IN ('', $3) AND created_at > 0)`,
			id, c.Shop, c.ID).Scan(&there)
		if err != nil {
			return fmt.Errorf("find upload: %w", err)
		}
		if !there {
			return chat.ErrBadAttachment
		}
	}
	for _, id := range ids {
		if _, err := g.exec(`UPDATE uploads SET conversation = $1 WHERE id = $2`, c.ID, id); err != nil {
			return fmt.Errorf("bind upload: %w", err)
		}
	}
	return nil
}

// flush writes what the group holds in memory: each conversation once, however often it changed, and each shop's position once.
func (g *group) flush() error {
	for _, h := range g.heads {
		if h.dirty {
			if err := g.writeHead(h); err != nil {
				return fmt.Errorf("write conversation: %w", err)
			}
			h.fresh, h.dirty, h.moved = false, false, false
		}
	}
	if err := g.writeEntries(); err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	for shop, p := range g.feeds {
		if p == g.c.feeds[shop] {
			continue
		}
		_, err := g.exec(`INSERT INTO feeds (shop, position) VALUES ($1, $2) ON CONFLICT (shop) DO UPDATE SET position = excluded.position`, shop, p)
		if err != nil {
			return fmt.Errorf("write feed position: %w", err)
		}
	}
	g.rows = g.rows[:0]
	clear(g.keys)
	clear(g.starts)
	return nil
}

func (g *group) writeHead(h *head) error {
	data, err := encodeHead(h.Conversation)
	if err != nil {
		return err
	}
	c, assignee, last := &h.Conversation, "", int64(0)
	if c.Assignee != nil {
		assignee = string(c.Assignee.ID)
	}
	if c.LastMessage != nil {
		last = c.LastMessage.Seq
	}
	if h.fresh {
		_, err = g.exec(`INSERT INTO conversations (num, id, merchant, shop, shopper, start_shopper, start_id, state, assignee, generation,
			first_seq, head, shopper_head, last_message, version, position, created_at, updated_at, data)
			VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			h.num, string(c.ID), string(c.Merchant), string(c.Shop), string(c.Shopper.ID), h.start, string(c.State), assignee, c.Generation,
			c.FirstSeq, c.Head, c.ShopperHead, last, c.Version, c.Position, int64(c.CreatedAt), int64(c.UpdatedAt), data)
		return err
	}
	if h.moved { // a column that is set is a reference checked and an index written, changed or not: it stands apart
		if err := g.must(`UPDATE conversations SET shopper = $2 WHERE num = $1`, h.num, string(c.Shopper.ID)); err != nil {
			return err
		}
	}
	return g.must(`UPDATE conversations SET state = $2, assignee = $3, generation = $4, first_seq = $5, head = $6, shopper_head = $7,
		last_message = $8, version = $9, position = $10, updated_at = $11, data = $12 WHERE num = $1`,
		h.num, string(c.State), assignee, c.Generation, c.FirstSeq, c.Head, c.ShopperHead, last, c.Version, c.Position,
		int64(c.UpdatedAt), data)
}

func (g *group) writeEntries() error {
	for _, r := range g.rows {
		body, err := encodeBody(r.entry)
		if err != nil {
			return err
		}
		e := &r.entry
		_, err = g.exec(`INSERT INTO entries (conversation, seq, shopper_seq, at, kind, author_key, author_kind, author_id, author_name,
			channel, client_id, hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			r.num, e.Seq, e.ShopperSeq, int64(e.At), string(e.Kind), e.Author.Key(), string(e.Author.Kind), e.Author.ID, e.Author.Name,
			string(e.Channel), e.ClientID, r.hash, body)
		if err != nil {
			return err
		}
	}
	return nil
}
