package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const headColumns = `c.num, c.id, c.merchant, c.shop, c.shopper, c.state, c.assignee, c.generation, c.first_seq, c.head, c.shopper_head,
	c.version, c.position, c.created_at, c.updated_at, c.data`

// headData is what a conversation's row carries beside its columns.
type headData struct {
	Shopper    chat.ShopperBrief `json:"shopper"`
	ClosedAt   chat.Millis       `json:"closed_at,omitempty"`
	Assignee   *chat.AgentBrief  `json:"assignee,omitempty"`
	Joined     []chat.AgentID    `json:"joined,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Channel    chat.Channel      `json:"channel"`
	Address    chat.AddressID    `json:"address,omitempty"`
	Account    chat.AccountID    `json:"account,omitempty"`
	Handoff    *chat.Handoff     `json:"handoff,omitempty"`
	Away       bool              `json:"away,omitempty"`
	Last       *chat.LastMessage `json:"last,omitempty"`
	Order      *chat.OrderBrief  `json:"order,omitempty"`
	Watermarks []chat.Watermark  `json:"marks,omitempty"`
}

func encodeHead(c chat.Conversation) (string, error) {
	b, err := json.Marshal(headData{
		c.Shopper, c.ClosedAt, c.Assignee, c.Joined, c.Tags, c.Channel, c.Address, c.Account, c.Handoff, c.Away, c.LastMessage, c.Order,
		c.Watermarks,
	})
	return string(b), err
}

func scanHead(s scanner) (h head, err error) {
	c := &h.Conversation
	var assignee string
	var data []byte
	err = s.Scan(&h.num, &c.ID, &c.Merchant, &c.Shop, &c.Shopper.ID, &c.State, &assignee, &c.Generation, &c.FirstSeq, &c.Head,
		&c.ShopperHead, &c.Version, &c.Position, &c.CreatedAt, &c.UpdatedAt, &data)
	if err != nil {
		return h, err
	}
	var d headData
	if err := json.Unmarshal(data, &d); err != nil {
		return h, fmt.Errorf("decode conversation: %w", err)
	}
	c.Shopper, c.ClosedAt, c.Assignee, c.Joined, c.Tags = d.Shopper, d.ClosedAt, d.Assignee, d.Joined, d.Tags
	c.Channel, c.Address, c.Account, c.Handoff, c.Away = d.Channel, d.Address, d.Account, d.Handoff, d.Away
	c.LastMessage, c.Order, c.Watermarks = d.Last, d.Order, d.Watermarks
	return h, nil
}

func scanConversation(s scanner) (chat.Conversation, error) {
	h, err := scanHead(s)
	return h.Conversation, err
}

func loadHead(q querier, id chat.ConversationID) (head, error) {
	h, err := one(q, scanHead, chat.ErrNotFound, `SELECT `+headColumns+` FROM conversations c WHERE id = $1`, id)
	return h, doing("read conversation", err)
}

// Conversation implements chat.Log.
func (d *DB) Conversation(ctx context.Context, shop chat.ShopID, id chat.ConversationID) (chat.Conversation, error) {
	c, err := one(d.reader(ctx), scanConversation, chat.ErrNotFound,
		`SELECT `+headColumns+` FROM conversations c WHERE id = $1 AND shop = $2`, id, shop)
	return c, doing("read conversation", err)
}

// ConversationsOf implements chat.Log. The plus keeps SQLite from looking through the shop's conversations for the shopper's.
func (d *DB) ConversationsOf(ctx context.Context, shop chat.ShopID, shopper chat.ShopperID, limit int) ([]chat.Conversation, error) {
	all, err := many(d.reader(ctx), scanConversation, `SELECT `+headColumns+` FROM conversations c
		WHERE +shop = $2 AND shopper IN ($1, (SELECT alias_of FROM shoppers WHERE id = $1 AND alias_of <> ''))
		ORDER BY updated_at DESC, id DESC LIMIT $3`, shopper, shop, limit)
	return all, doing("list conversations", err)
}

// ListConversations implements chat.Log. Open and closed ones are two ranges of one index; a list of all merges them.
func (d *DB) ListConversations(ctx context.Context, q chat.ConversationQuery) (page chat.ConversationPage, err error) {
	states := []chat.State{q.State}
	if q.State == "" {
		states = []chat.State{chat.StateOpen, chat.StateClosed}
	}
	var all []chat.Conversation
	for _, s := range states {
		some, err := d.listConversations(ctx, q, s)
		if err != nil {
			return page, doing("list conversations", err)
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b chat.Conversation) int { return compareUpdated(b, a) })
	if page.More = len(all) > q.Limit; page.More {
		all = all[:q.Limit]
	}
	page.Conversations = all
	return page, nil
}

func compareUpdated(a, b chat.Conversation) int {
	return cmp.Or(cmp.Compare(a.UpdatedAt, b.UpdatedAt), cmp.Compare(a.ID, b.ID))
}

func (d *DB) listConversations(ctx context.Context, q chat.ConversationQuery, s chat.State) ([]chat.Conversation, error) {
	args := []any{q.Shop, s}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	query := `SELECT ` + headColumns + ` FROM conversations c WHERE c.shop = $1 AND c.state = $2`
	if q.Assignee != nil {
		query += ` AND c.assignee = ` + arg(*q.Assignee)
	}
	if b := q.Before; b != nil {
		query += ` AND (c.updated_at, c.id) < (` + arg(b.UpdatedAt) + `, ` + arg(b.ID) + `)`
	}
	if q.UnreadBy != "" {
		by := chat.Author{Kind: chat.AuthorAgent, ID: string(q.UnreadBy)}
		query += ` AND EXISTS (SELECT 1 FROM entries e WHERE e.conversation = c.num AND e.kind = 'message'
			AND e.seq > ` + readMark(arg(by.Kind), arg(by.ID)) + ` AND e.author_key <> ` + arg(by.Key()) + `)`
	}
	query += ` ORDER BY c.updated_at DESC, c.id DESC LIMIT ` + arg(q.Limit+1)
	return many(d.reader(ctx), scanConversation, query, args...)
}

// readMark is a participant's read mark in the conversation c. It is SQLite's way of reading JSON.
func readMark(kind, id string) string {
	return `COALESCE((SELECT MAX(w.value ->> '$.read.seq') FROM json_each(c.data, '$.marks') w
		WHERE w.value ->> '$.kind' = ` + kind + ` AND COALESCE(w.value ->> '$.id', '') = ` + id + `), 0)`
}

// CountConversations implements chat.Log.
func (d *DB) CountConversations(ctx context.Context, shop chat.ShopID, me chat.AgentID) (n chat.ConversationCounts, err error) {
	err = d.reader(ctx).row(`SELECT COUNT(*), COUNT(*) FILTER (WHERE assignee = $2), COUNT(*) FILTER (WHERE assignee = ''),
		(SELECT COUNT(*) FROM conversations WHERE shop = $1 AND state = 'closed')
		FROM conversations WHERE shop = $1 AND state = 'open'`, shop, me).Scan(&n.Open, &n.Mine, &n.Unassigned, &n.Closed)
	return n, doing("count conversations", err)
}

// Unread implements chat.Log.
func (d *DB) Unread(ctx context.Context, shop chat.ShopID, id chat.ConversationID, by chat.Author, limit int) (int, error) {
	c, err := one(d.reader(ctx), scanHead, chat.ErrNotFound, `SELECT `+headColumns+` FROM conversations c WHERE id = $1 AND shop = $2`, id, shop)
	if err != nil {
		return 0, doing("count unread", err)
	}
	read := c.Watermark(by).Read.Seq
	if c.LastMessage == nil || c.LastMessage.Seq <= read {
		return 0, nil
	}
	var n int
	err = d.reader(ctx).row(`SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE conversation = $1 AND seq > $2 AND kind = 'message'
		AND author_key <> $3 LIMIT $4)`, c.num, read, by.Key(), limit).Scan(&n)
	return n, doing("count unread", err)
}
