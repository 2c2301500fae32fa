package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// missing makes a row that is not there ErrNotFound.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return chat.ErrNotFound
	}
	return err
}

func feedPosition(q querier, shop chat.ShopID) (int64, error) {
	var p int64
	err := q.row(`SELECT COALESCE((SELECT position FROM feeds WHERE shop = $1), 0) FROM shops WHERE id = $1`, shop).Scan(&p)
	return p, doing("read feed position", missing(err))
}

// FeedPosition implements chat.Log.
func (d *DB) FeedPosition(ctx context.Context, shop chat.ShopID) (int64, error) {
	return feedPosition(d.reader(ctx), shop)
}

// Feed implements chat.Log. Rows and position are of one moment.
func (d *DB) Feed(ctx context.Context, shop chat.ShopID, after int64, limit int) (f chat.FeedPage, err error) {
	err = d.snapshot(ctx, func(q querier) (err error) {
		if f.Position, err = feedPosition(q, shop); err != nil {
			return err
		}
		f.Conversations, err = many(q, scanConversation, `SELECT `+headColumns+` FROM conversations c
			WHERE shop = $1 AND position > $2 ORDER BY position LIMIT $3`, shop, after, limit+1)
		if err != nil {
			return err
		}
		f.Records, err = many(q, scanRecord, `SELECT `+recordColumns+` FROM records
			WHERE shop = $1 AND position > $2 ORDER BY position LIMIT $3`, shop, after, limit+1)
		return err
	})
	if err != nil {
		return chat.FeedPage{}, doing("read feed", err)
	}
	if len(f.Conversations) > limit {
		f.Conversations, f.More = f.Conversations[:limit], true
	}
	if len(f.Records) > limit {
		f.Records, f.More = f.Records[:limit], true
	}
	return f, nil
}
