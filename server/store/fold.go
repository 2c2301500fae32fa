package store

import (
	"encoding/json"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// fold is a batch of events in the making: what the database knew of them at its beginning, and what has become of it since.
type fold struct {
	g       *group
	b       chat.Batch
	seen    map[string]bool // ids of events that were here before
	ids     []string        // of this batch, that are here now
	records map[recordName]*folded
	written []chat.Record
}

// recordName names a record within a shop.
type recordName struct {
	kind       chat.RecordKind
	externalID string
}

// folded is a record as it was, and as the batch has made it so far; nil: there is none.
type folded struct{ was, now *chat.Record }

func (g *group) beginFold(b chat.Batch) (f *fold, err error) {
	f = &fold{g: g, b: b, records: map[recordName]*folded{}}
	if f.seen, err = g.seenEvents(b); err != nil {
		return nil, err
	}
	byKind := map[chat.RecordKind][]string{}
	for _, ev := range b.Events {
		name := recordName{ev.Kind, ev.ExternalID}
		if f.seen[ev.ID] || f.records[name] != nil {
			continue
		}
		f.records[name] = &folded{}
		byKind[ev.Kind] = append(byKind[ev.Kind], ev.ExternalID)
	}
	for kind, ids := range byKind {
		if err := f.read(kind, ids); err != nil {
			return nil, err
		}
	}
	return f, f.readErased()
}

// among gives the condition that a column is one of some values, with its argument. Several come as JSON, which SQLite reads as rows;
// one alone is found faster as it is.
func among(values []string, place string) (condition, arg string, err error) {
	if len(values) == 1 {
		return `= ` + place, values[0], nil
	}
	list, err := json.Marshal(values)
	return `IN (SELECT w.value FROM json_each(` + place + `) w)`, string(list), err
}

// seenEvents gives which of a batch's events are known.
func (g *group) seenEvents(b chat.Batch) (map[string]bool, error) {
	ids := make([]string, len(b.Events))
	for i, ev := range b.Events {
		ids[i] = ev.ID
	}
	are, arg, err := among(ids, `$2`)
	if err != nil {
		return nil, err
	}
	known, err := many(g, scanValue[string], `SELECT id FROM context_events WHERE shop = $1 AND id `+are, b.Shop, arg)
	seen := make(map[string]bool, len(known))
	for _, id := range known {
		seen[id] = true
	}
	return seen, err
}

// read finds what is known of some records.
func (f *fold) read(kind chat.RecordKind, ids []string) error {
	are, arg, err := among(ids, `$3`)
	if err != nil {
		return err
	}
	all, err := many(f.g, scanRecord, `SELECT `+recordColumns+` FROM records WHERE shop = $1 AND kind = $2 AND external_id `+are, f.b.Shop, kind, arg)
	if err != nil {
		return err
	}
	for i := range all {
		f.records[recordName{kind, all[i].ExternalID}] = &folded{was: &all[i], now: &all[i]}
	}
	return nil
}

// traces that are looked for at once: as many as the statement has places.
const traces = 16

// readErased looks for what is left of records that are not there: of an erased one there is a hash, which stands for a tombstone.
func (f *fold) readErased() error {
	var names []recordName
	for name, r := range f.records {
		if r.was == nil {
			names = append(names, name)
		}
	}
	for some := range slices.Chunk(names, traces) {
		byHash := map[string]recordName{}
		args := make([]any, 0, traces)
		for _, name := range some {
			hash := f.g.c.db.trace(f.b.Shop, string(name.kind), name.externalID)
			byHash[string(hash)], args = name, append(args, hash)
		}
		query := `SELECT hash FROM erased WHERE hash = $1`
		if len(some) > 1 {
			query = `SELECT hash FROM erased WHERE hash IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
			args = append(args, slices.Repeat(args[:1], traces-len(some))...)
		}
		found, err := many(f.g, scanValue[[]byte], query, args...)
		if err != nil {
			return err
		}
		for _, hash := range found {
			name := byHash[string(hash)]
			f.records[name].now = &chat.Record{Shop: f.b.Shop, Kind: name.kind, ExternalID: name.externalID, Deleted: true, Redacted: true}
		}
	}
	return nil
}

// fold applies one event. An error of the fold that a caller can act on is the event's result; any other ends the batch.
func (f *fold) fold(ev chat.ContextEvent) (result chat.EventResult, err error) {
	result.ID = ev.ID
	if f.seen[ev.ID] {
		result.Outcome = chat.OutcomeDuplicate
		return result, nil
	}
	at := f.records[recordName{ev.Kind, ev.ExternalID}]
	var cur *chat.Record
	if at.now != nil {
		own := *at.now
		cur = &own
	}
	done, err := f.b.Fold(cur, ev)
	if e, ok := chat.AsError(err); ok {
		result.Outcome, result.Error = chat.OutcomeInvalid, e
		return result, nil // its id stays free for the corrected event
	}
	if err != nil {
		return result, err
	}
	f.seen[ev.ID] = true
	f.ids = append(f.ids, ev.ID)
	result.Outcome = done.Outcome
	if done.Outcome != chat.OutcomeApplied {
		return result, nil
	}
	r := done.Record
	r.Shop, r.Kind, r.ExternalID = f.b.Shop, ev.Kind, ev.ExternalID
	normalize(&r)
	if r.Position, err = f.g.position(r.Shop); err != nil {
		return result, err
	}
	at.now = &r
	f.written = append(f.written, r)
	return result, f.g.addTasks(done.Tasks)
}

// write writes what the batch has made: the ids of its events, and each record once.
func (f *fold) write(now chat.Millis) error {
	if err := f.writeIDs(now); err != nil {
		return err
	}
	for i := range f.written {
		r := &f.written[i]
		at := f.records[recordName{r.Kind, r.ExternalID}]
		if at.now.Position != r.Position {
			continue // a later one stands
		}
		if err := f.g.putRecord(r, at.was); err != nil {
			return err
		}
	}
	return nil
}

func (f *fold) writeIDs(now chat.Millis) error {
	if len(f.ids) == 0 {
		return nil
	}
	if len(f.ids) == 1 {
		_, err := f.g.exec(`INSERT INTO context_events (shop, id, at) VALUES ($1, $2, $3)`, f.b.Shop, f.ids[0], now)
		return err
	}
	list, err := json.Marshal(f.ids)
	if err != nil {
		return err
	}
	_, err = f.g.exec(`INSERT INTO context_events (shop, id, at) SELECT $1, w.value, $2 FROM json_each($3) w`, f.b.Shop, now, string(list))
	return err
}
