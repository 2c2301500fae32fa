package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const entryColumns = `e.seq, e.shopper_seq, e.at, e.kind, e.author_kind, e.author_id, e.author_name, e.channel, e.client_id, e.body, e.blanked`

// encodeBody gives the JSON of what an entry's kind holds. A blanked body says only what its number and its target need.
func encodeBody(e chat.Entry) (string, error) {
	var body any
	switch e.Kind {
	case chat.EntryMessage, chat.EntryNote:
		body = e.Message
	case chat.EntryEvent:
		body = e.Event
	case chat.EntryAmend:
		body = e.Amend
	default:
		return "", fmt.Errorf("an entry of kind %q cannot be stored", e.Kind)
	}
	b, err := json.Marshal(body)
	return string(b), err
}

func scanEntry(s scanner, id chat.ConversationID, more ...any) (chat.Entry, error) {
	e := chat.Entry{Conversation: id}
	var body []byte
	err := s.Scan(append([]any{
		&e.Seq, &e.ShopperSeq, &e.At, &e.Kind, &e.Author.Kind, &e.Author.ID, &e.Author.Name, &e.Channel,
		&e.ClientID, &body, &e.Blanked,
	}, more...)...)
	if err != nil {
		return e, err
	}
	switch e.Kind {
	case chat.EntryMessage, chat.EntryNote:
		err = json.Unmarshal(body, &e.Message)
	case chat.EntryEvent:
		err = json.Unmarshal(body, &e.Event)
	case chat.EntryAmend:
		err = json.Unmarshal(body, &e.Amend)
	}
	if err != nil {
		return e, fmt.Errorf("decode entry: %w", err)
	}
	return e, nil
}

// numbering finds entries by the numbers of an audience. A shopper's numbers have no index: a number of theirs is never above the
// entry's seq, and below it by no more than the conversation has entries that are not for them. That bounds the search in seq.
type numbering struct {
	column string
	most   string // what seq may at most be above a number
}

func numbers(a chat.Audience) numbering {
	if a == chat.ForShopper {
		return numbering{"e.shopper_seq", "(c.head - c.shopper_head)"}
	}
	return numbering{"e.seq", "0"}
}

// Entries implements chat.Log.
func (d *DB) Entries(ctx context.Context, q chat.EntryQuery) ([]chat.Entry, error) {
	n := numbers(q.Audience)
	query, from := `e.seq > $3 AND `+n.column+` > $3 AND `+n.column+` > 0 ORDER BY e.seq`, q.After
	if q.Before > 0 {
		query, from = `e.seq < $3 + `+n.most+` AND `+n.column+` < $3 AND `+n.column+` > 0 ORDER BY e.seq DESC`, q.Before
	}
	all, err := many(d.reader(ctx), func(s scanner) (chat.Entry, error) { return scanEntry(s, q.Conversation) },
		`SELECT `+entryColumns+` FROM conversations c CROSS JOIN entries e ON e.conversation = c.num
		WHERE c.id = $1 AND c.shop = $2 AND `+query+` LIMIT $4`,
		q.Conversation, q.Shop, from, q.Limit)
	if err != nil {
		return nil, doing("read entries", err)
	}
	if len(all) == 0 { // an empty page, or no conversation of this shop?
		if _, err := d.Conversation(ctx, q.Shop, q.Conversation); err != nil {
			return nil, err
		}
	}
	if q.Before > 0 {
		slices.Reverse(all)
	}
	return all, nil
}

// Locate implements chat.Log.
func (d *DB) Locate(ctx context.Context, shop chat.ShopID, id chat.ConversationID, a chat.Audience, n int64) (r chat.Ref, err error) {
	col := numbers(a)
	upto := `e.conversation = c.num AND e.seq <= $3 + ` + col.most + ` AND ` + col.column + ` <= $3`
	err = d.reader(ctx).row(`SELECT COALESCE((SELECT e.seq FROM entries e WHERE `+upto+` AND `+col.column+` > 0 ORDER BY e.seq DESC LIMIT 1), 0),
		COALESCE((SELECT e.shopper_seq FROM entries e WHERE `+upto+` AND e.shopper_seq > 0 ORDER BY e.seq DESC LIMIT 1), 0)
		FROM conversations c WHERE c.id = $1 AND c.shop = $2`, id, shop, n).Scan(&r.Seq, &r.ShopperSeq)
	return r, doing("locate entry", missing(err))
}
