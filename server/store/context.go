package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// answersFor is how long a repeated request is answered with the first one's results.
const answersFor = 24 * time.Hour

// Fold implements chat.Context. What a batch needs to know is asked for at its beginning, and what it has made is written at its end,
// so that a hundred events cost a few statements more than one.
func (d *DB) Fold(ctx context.Context, b chat.Batch) (r chat.FoldResult, err error) {
	now := chat.At(d.now())
	var written []chat.Record
	err = d.doLog(ctx, func(g *group) error {
		r, written = chat.FoldResult{}, nil
		if b.Once != nil {
			known, err := g.answered(*b.Once, now)
			if err != nil || known != nil {
				r.Results, r.Replay = known, known != nil
				return err
			}
		}
		if _, err := feedPosition(g, b.Shop); err != nil { // is there such a shop at all?
			return err
		}
		f, err := g.beginFold(b)
		if err != nil {
			return err
		}
		for _, ev := range b.Events {
			result, err := f.fold(ev)
			if err != nil {
				return err
			}
			r.Results = append(r.Results, result)
		}
		if err := f.write(now); err != nil {
			return err
		}
		written = f.written
		if b.Once != nil {
			return g.remember(*b.Once, r.Results, now)
		}
		return nil
	}, func() {
		for _, record := range written {
			if b.Then != nil {
				b.Then(record)
			}
		}
	})
	if err != nil {
		return chat.FoldResult{}, doing("fold events", err)
	}
	return r, nil
}

// answered gives the results of the same request before; nil when there was none.
func (g *group) answered(o chat.Once, now chat.Millis) ([]chat.EventResult, error) {
	var hash, answer []byte
	err := g.row(`SELECT hash, answer FROM idempotency WHERE credential = $1 AND route = $2 AND key = $3 AND at > $4`,
		o.Credential, o.Route, o.Key, now.Add(-answersFor)).Scan(&hash, &answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if string(hash) != string(o.Hash[:]) {
		return nil, chat.ErrIdempotency
	}
	results := []chat.EventResult{}
	if err := json.Unmarshal(answer, &results); err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	return results, nil
}

func (g *group) remember(o chat.Once, results []chat.EventResult, now chat.Millis) error {
	if results == nil {
		results = []chat.EventResult{}
	}
	answer, err := json.Marshal(results)
	if err != nil {
		return err
	}
	_, err = g.exec(`INSERT INTO idempotency (credential, route, key, hash, answer, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (credential, route, key) DO UPDATE SET hash = excluded.hash, answer = excluded.answer, at = excluded.at`,
		o.Credential, o.Route, o.Key, o.Hash[:], string(answer), now)
	return err
}
