package chattest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) Fold(ctx context.Context, b chat.Batch) (chat.FoldResult, error) {
	if err := ctx.Err(); err != nil {
		return chat.FoldResult{}, err
	}
	m.order.Lock()
	defer m.order.Unlock()
	r, written, err := m.fold(b)
	for _, record := range written {
		if b.Then != nil {
			b.Then(record)
		}
	}
	return r, err
}

func (m *memory) fold(b chat.Batch) (r chat.FoldResult, written []chat.Record, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b.Once != nil {
		was, ok := m.answers[onceKey{b.Once.Credential, b.Once.Route, b.Once.Key}]
		if ok && time.Since(was.at) < 24*time.Hour {
			if was.hash != b.Once.Hash {
				return r, nil, chat.ErrIdempotency
			}
			return chat.FoldResult{Results: was.results, Replay: true}, nil, nil
		}
	}
	if _, ok := m.shops[b.Shop]; !ok {
		return r, nil, chat.ErrNotFound
	}
	staged, seen, tasks := map[recordKey]chat.Record{}, map[eventKey]bool{}, []chat.Task{}
	position := m.feeds[b.Shop]
	for _, ev := range b.Events {
		result := chat.EventResult{ID: ev.ID, Outcome: chat.OutcomeDuplicate}
		if id := (eventKey{b.Shop, ev.ID}); !m.events[id] && !seen[id] {
			key := recordKey{b.Shop, ev.Kind, ev.ExternalID}
			var f chat.Folded
			err := guard(func() (err error) { f, err = b.Fold(m.known(staged, key), ev); return err })
			if e, ok := chat.AsError(err); ok {
				r.Results = append(r.Results, chat.EventResult{ID: ev.ID, Outcome: chat.OutcomeInvalid, Error: e})
				continue
			}
			if err != nil {
				return chat.FoldResult{}, nil, err
			}
			seen[id] = true
			if result.Outcome = f.Outcome; f.Outcome == chat.OutcomeApplied {
				position++
				f.Record.Shop, f.Record.Kind, f.Record.ExternalID, f.Record.Position = key.shop, key.kind, key.id, position
				staged[key] = keyed(f.Record)
				written = append(written, staged[key])
				tasks = append(tasks, f.Tasks...)
			}
		}
		r.Results = append(r.Results, result)
	}
	maps.Copy(m.records, staged)
	for id := range seen {
		m.events[id] = true
	}
	m.feeds[b.Shop] = position
	m.addTasks(tasks)
	if b.Once != nil {
		m.answers[onceKey{b.Once.Credential, b.Once.Route, b.Once.Key}] = answer{b.Once.Hash, r.Results, time.Now()}
	}
	return r, written, nil
}

func (m *memory) known(staged map[recordKey]chat.Record, key recordKey) *chat.Record {
	if r, ok := staged[key]; ok {
		return &r
	}
	if r, ok := m.records[key]; ok {
		return &r
	}
	if m.erasedRecords[key] {
		return &chat.Record{Shop: key.shop, Kind: key.kind, ExternalID: key.id, Deleted: true, Redacted: true}
	}
	return nil
}

func (m *memory) Record(_ context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string) (chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.records[recordKey{shop, kind, externalID}]
	if !ok {
		return r, chat.ErrNotFound
	}
	return r, nil
}

func (m *memory) pick(keep func(chat.Record) bool) (all []chat.Record) {
	for _, r := range m.records {
		if keep(r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b chat.Record) int {
		return cmp.Or(cmp.Compare(b.Version, a.Version), cmp.Compare(b.Position, a.Position))
	})
	return all
}

func (m *memory) RecordsOf(_ context.Context, shop chat.ShopID, shopper chat.ShopperID, customerID string, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && !r.Deleted && (shopper != "" && (r.Shopper == shopper || m.aliases[r.Shopper] == shopper) ||
			r.CustomerID != "" && r.CustomerID == customerID)
	})
	all = all[:min(limit, len(all))]
	for _, o := range all {
		if o.Kind == chat.RecordOrder {
			all = append(all, m.shipments(o.Shop, o.ExternalID, limit)...)
		}
	}
	return all, nil
}

func (m *memory) ShipmentsOf(_ context.Context, shop chat.ShopID, order string, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.shipments(shop, order, limit), nil
}

func (m *memory) shipments(shop chat.ShopID, order string, limit int) []chat.Record {
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && r.Kind == chat.RecordShipment && r.Parent == order && order != "" && !r.Deleted
	})
	slices.Reverse(all)
	return all[:min(limit, len(all))]
}

func (m *memory) ListRecords(_ context.Context, shop chat.ShopID, kind chat.RecordKind, before int64, limit int) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && r.Kind == kind && !r.Deleted && (before == 0 || r.Position < before)
	})
	slices.SortFunc(all, func(a, b chat.Record) int { return cmp.Compare(b.Position, a.Position) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) RecordsByKey(
	_ context.Context, shop chat.ShopID, kind chat.RecordKind, key string, prefix bool, limit int,
) ([]chat.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := m.pick(func(r chat.Record) bool {
		return r.Shop == shop && r.Kind == kind && !r.Deleted && slices.ContainsFunc(r.Keys, func(k string) bool {
			return key != "" && (k == key || prefix && strings.HasPrefix(k, key))
		})
	})
	slices.SortFunc(all, func(a, b chat.Record) int { return cmp.Compare(b.Position, a.Position) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) AmendRecord(
	_ context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string,
	decide func(chat.Record) (chat.Record, []chat.Task, bool), then func(chat.Record),
) error {
	m.order.Lock()
	defer m.order.Unlock()
	next, ok, err := m.amend(recordKey{shop, kind, externalID}, decide)
	if ok && then != nil {
		then(next)
	}
	return err
}

func (m *memory) amend(key recordKey, decide func(chat.Record) (chat.Record, []chat.Task, bool)) (next chat.Record, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, known := m.records[key]
	if !known {
		return next, false, chat.ErrNotFound
	}
	var tasks []chat.Task
	err = guard(func() error { next, tasks, ok = decide(was); return nil })
	if err != nil || !ok {
		return next, false, err
	}
	next.Shop, next.Kind, next.ExternalID, next.Position = key.shop, key.kind, key.id, m.position(key.shop)
	m.records[key] = keyed(next)
	m.addTasks(tasks)
	return m.records[key], true, nil
}

// keyed gives a record as it is written: what is gone is found by nothing.
func keyed(r chat.Record) chat.Record {
	if r.Deleted || len(r.Keys) == 0 {
		r.Keys = nil
	}
	return r
}

func (m *memory) RedactRecord(_ context.Context, shop chat.ShopID, kind chat.RecordKind, externalID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.shops[shop]; !ok {
		return chat.ErrNotFound
	}
	m.eraseHookEvents(shop, ofRecord(kind, externalID))
	key := recordKey{shop, kind, externalID}
	r, ok := m.records[key]
	switch {
	case !ok, kind == chat.RecordCustomer:
		delete(m.records, key)
		m.erasedRecords[key] = true
	case !r.Redacted:
		left := r.Redact()
		left.Shop, left.Kind, left.ExternalID, left.Redacted, left.Position = shop, kind, externalID, true, m.position(shop)
		m.records[key] = keyed(left)
	}
	return nil
}
