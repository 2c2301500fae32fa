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

// seenEvents gives which of a batch's events are known. Their ids come as JSON, which SQLite reads as rows.
func (g *group) seenEvents(b chat.Batch) (map[string]bool, error) {
	ids := make([]string, len(b.Events))
	for i, ev := range b.Events {
		ids[i] = ev.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	known, err := many(g, scanValue[string], `SELECT e.id FROM json_each($1) w CROSS JOIN context_events e ON e.shop = $2 AND e.id = w.value`,
		string(list), b.Shop)
	seen := make(map[string]bool, len(known))
	for _, id := range known {
		seen[id] = true
	}
	return seen, err
}

// read finds what is known of some records.
func (f *fold) read(kind chat.RecordKind, ids []string) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	all, err := many(f.g, scanRecord, `SELECT `+recordColumns+` FROM records
		WHERE shop = $1 AND kind = $2 AND external_id IN (SELECT w.value FROM json_each($3) w)`, f.b.Shop, kind, string(list))
	if err != nil {
		return err
	}
	for i := range all {
		f.records[recordName{kind, all[i].ExternalID}] = &folded{was: &all[i], now: &all[i]}
	}
	return nil
}

const traces = 16 // that are looked for at once

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
		var args [traces]any
		for i := range args {
			name := some[min(i, len(some)-1)]
			hash := f.g.c.db.trace(f.b.Shop, string(name.kind), name.externalID)
			byHash[string(hash)], args[i] = name, hash
		}
		found, err := many(f.g, scanValue[[]byte],
			`SELECT hash FROM erased WHERE hash IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, args[:]...)
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
	list, err := json.Marshal(f.ids)
	if err != nil {
		return err
	}
	if len(f.ids) > 0 {
		_, err := f.g.exec(`INSERT INTO context_events (shop, id, at) SELECT $1, w.value, $2 FROM json_each($3) w`, f.b.Shop, now, string(list))
		if err != nil {
			return err
		}
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
