package chattest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) KeepRaw(_ context.Context, r chat.Raw) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	app, ok := m.apps[r.App]
	if !ok {
		return false, chat.ErrNotFound
	}
	for _, o := range m.raws {
		if o.App == r.App && o.Hash == r.Hash {
			return false, nil
		}
	}
	if r.ID == "" {
		r.ID = newID[chat.RawID](chat.PrefixRaw)
	}
	r.Merchant, r.State, r.Attempt, r.Error, r.Body = app.Merchant, chat.RawPending, 0, "", slices.Clone(r.Body)
	m.raws[r.ID] = r
	m.addInbound(r.ID, r.At)
	return true, nil
}

func (m *memory) addInbound(id chat.RawID, due chat.Millis) {
	m.addTasks([]chat.Task{{Kind: chat.TaskInbound, DueAt: due, Payload: []byte(`{"raw":"` + string(id) + `"}`)}})
}

func (m *memory) Raw(_ context.Context, id chat.RawID) (chat.Raw, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.raws[id]
	if !ok {
		return r, chat.ErrNotFound
	}
	return r, nil
}

func (m *memory) SettleRaw(_ context.Context, id chat.RawID, state chat.RawState, attempt int, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.raws[id]
	if !ok {
		return chat.ErrNotFound
	}
	r.State, r.Attempt, r.Error = state, attempt, reason
	m.raws[id] = r
	return nil
}

func (m *memory) DeadRaws(_ context.Context, merchant chat.MerchantID, limit int) (all []chat.Raw, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, r := range m.raws {
		if r.Merchant == merchant && r.State == chat.RawDead {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b chat.Raw) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID)) })
	return all[:min(limit, len(all))], nil
}

func (m *memory) dead(merchant chat.MerchantID, id chat.RawID) (chat.Raw, error) {
	r, ok := m.raws[id]
	if !ok || r.Merchant != merchant || r.State != chat.RawDead {
		return chat.Raw{}, chat.ErrNotFound
	}
	return r, nil
}

func (m *memory) RetryRaw(_ context.Context, merchant chat.MerchantID, id chat.RawID, now chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.dead(merchant, id)
	if err != nil {
		return err
	}
	r.State, r.Attempt, r.Error = chat.RawPending, 0, ""
	m.raws[id] = r
	m.addInbound(id, now)
	return nil
}

func (m *memory) DropRaw(_ context.Context, merchant chat.MerchantID, id chat.RawID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := m.dead(merchant, id)
	if err != nil {
		return err
	}
	r.State, r.Body = chat.RawDone, nil
	m.raws[id] = r
	return nil
}

func (m *memory) SweepRaws(_ context.Context, now chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.raws, func(_ chat.RawID, r chat.Raw) bool {
		return r.State != chat.RawPending && r.At < now.Add(-chat.DeadFor)
	})
	for id, r := range m.raws {
		if r.State == chat.RawDone && r.At < now.Add(-chat.RawFor) {
			r.Body = nil
			m.raws[id] = r
		}
	}
	m.parked = slices.DeleteFunc(m.parked, func(p parkedRow) bool { return p.at < now.Add(-chat.ParkedFor) })
	return nil
}
