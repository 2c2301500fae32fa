package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// answersFor is how long a repeated request is answered with the first one's results.
const answersFor = 24 * time.Hour

// Fold implements chat.Context.
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
		for _, ev := range b.Events {
			result, record, err := g.fold(b, ev, now)
			if err != nil {
				return err
			}
			r.Results = append(r.Results, result)
			if record != nil {
				written = append(written, *record)
			}
		}
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

// fold applies one event. An error of the fold that a caller can act on is the event's result; any other ends the batch.
func (g *group) fold(b chat.Batch, ev chat.ContextEvent, now chat.Millis) (result chat.EventResult, changed *chat.Record, err error) {
	shop := b.Shop
	result.ID = ev.ID
	var known bool
	err = g.row(`SELECT EXISTS (SELECT 1 FROM context_events WHERE shop = $1 AND id = $2)`, shop, ev.ID).Scan(&known)
	if err != nil {
		return result, nil, err
	}
	if known {
		result.Outcome = chat.OutcomeDuplicate
		return result, nil, nil
	}
	cur, err := g.known(shop, ev.Kind, ev.ExternalID)
	if err != nil {
		return result, nil, err
	}
	f, err := b.Fold(cur, ev)
	if e, ok := chat.AsError(err); ok {
		result.Outcome, result.Error = chat.OutcomeInvalid, e
		return result, nil, nil // its id stays free for the corrected event
	}
	if err != nil {
		return result, nil, err
	}
	result.Outcome = f.Outcome
	if _, err := g.exec(`INSERT INTO context_events (shop, id, at) VALUES ($1, $2, $3)`, shop, ev.ID, now); err != nil {
		return result, nil, err
	}
	if f.Outcome != chat.OutcomeApplied {
		return result, nil, nil
	}
	r := f.Record
	r.Shop, r.Kind, r.ExternalID = shop, ev.Kind, ev.ExternalID
	if err := g.writeRecord(&r, keysOf(cur)); err != nil {
		return result, nil, err
	}
	return result, &r, g.addTasks(f.Tasks)
}

func keysOf(r *chat.Record) []string {
	if r == nil {
		return nil
	}
	return r.Keys
}

// known gives the current record, nil when there is none. Of an erased customer only a hash is left, which stands for a tombstone.
func (g *group) known(shop chat.ShopID, kind chat.RecordKind, externalID string) (*chat.Record, error) {
	r, err := record(g, shop, kind, externalID)
	if err == nil {
		return &r, nil
	}
	if !errors.Is(err, chat.ErrNotFound) {
		return nil, err
	}
	var erased bool
	hash := g.c.db.trace(shop, string(kind), externalID)
	if err := g.row(`SELECT EXISTS (SELECT 1 FROM erased WHERE hash = $1)`, hash).Scan(&erased); err != nil || !erased {
		return nil, err
	}
	return &chat.Record{Shop: shop, Kind: kind, ExternalID: externalID, Deleted: true, Redacted: true}, nil
}

// trace is what is left of an identifier after erasure: enough to know it again, not enough to tell it.
func (d *DB) trace(shop chat.ShopID, kind, value string) []byte {
	h := sha256.New()
	h.Write(d.salt)
	h.Write([]byte(strings.Join([]string{string(shop), kind, value}, "\x00")))
	return h.Sum(nil)
}
