package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// encodeKeys gives the form in which a record's row has its keys.
func encodeKeys(keys []string) (string, error) {
	if len(keys) == 0 {
		return "", nil
	}
	b, err := json.Marshal(keys)
	return string(b), err
}

// unkeyed marks the row of a record that was written before there were keys.
const unkeyed = "old"

// keyOld gives keys to what was written before there were any, a little at a time.
func (d *DB) keyOld(ctx context.Context) error {
	for {
		old, err := many(d.reader(ctx), scanRecord, `SELECT `+recordColumns+` FROM records WHERE keys = 'old' LIMIT $1`, housekeepRows)
		if err != nil || len(old) == 0 {
			return err
		}
		err = d.do(ctx, func(g *group) error {
			for _, r := range old {
				if !r.Deleted {
					r.Keys = r.FindKeys()
				}
				keys, err := encodeKeys(r.Keys)
				if err != nil {
					return err
				}
				n, err := g.changed(`UPDATE records SET keys = $1 WHERE shop = $2 AND kind = $3 AND external_id = $4 AND keys = 'old'`,
					keys, r.Shop, r.Kind, r.ExternalID)
				if err != nil {
					return err
				}
				if n == 0 { // written meanwhile, by another process
					continue
				}
				if err := g.rekey(&r, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// fewKeys are written one by one faster than from a list.
const fewKeys = 8

// rekey brings record_keys from what a record was found by to what it is found by now. Most changes change none; a new product may
// have dozens, which come as JSON, which SQLite reads as rows.
func (g *group) rekey(r *chat.Record, was []string) error {
	for _, k := range was {
		if slices.Contains(r.Keys, k) {
			continue
		}
		_, err := g.exec(`DELETE FROM record_keys WHERE shop = $1 AND kind = $2 AND key = $3 AND external_id = $4`, r.Shop, r.Kind, k, r.ExternalID)
		if err != nil {
			return err
		}
	}
	added := slices.DeleteFunc(slices.Clone(r.Keys), func(k string) bool { return slices.Contains(was, k) })
	if len(added) <= fewKeys {
		for _, k := range added {
			_, err := g.exec(`INSERT INTO record_keys (shop, kind, key, external_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				r.Shop, r.Kind, k, r.ExternalID)
			if err != nil {
				return err
			}
		}
		return nil
	}
	keys, err := encodeKeys(added)
	if err != nil {
		return err
	}
	_, err = g.exec(`INSERT INTO record_keys (shop, kind, key, external_id) SELECT $1, $2, w.value, $3 FROM json_each($4) w WHERE TRUE
		ON CONFLICT DO NOTHING`, r.Shop, r.Kind, r.ExternalID, keys)
	return err
}

// highest comes after all that a key may go on with, as bytes are compared (on PostgreSQL that is COLLATE "C").
const highest = "\U0010ffff"

// RecordsByKey implements chat.Context.
func (d *DB) RecordsByKey(
	ctx context.Context, shop chat.ShopID, kind chat.RecordKind, key string, prefix bool, limit int,
) ([]chat.Record, error) {
	if key == "" {
		return nil, nil
	}
	last := key
	if prefix {
		last += highest
	}
	// The inner query looks at positions alone, so that what is many and large is not read to be sorted out.
	all, err := many(d.reader(ctx), scanRecord, `SELECT `+recordColumns+` FROM records WHERE shop = $1 AND position IN (
		SELECT DISTINCT r.position FROM record_keys k CROSS JOIN records r ON r.shop = k.shop AND r.kind = k.kind AND r.external_id = k.external_id
		WHERE k.shop = $1 AND k.kind = $2 AND k.key >= $3 AND k.key <= $4 AND r.deleted = 0 ORDER BY r.position DESC LIMIT $5)
		ORDER BY position DESC`, shop, kind, key, last, limit)
	return all, doing("find records", err)
}
