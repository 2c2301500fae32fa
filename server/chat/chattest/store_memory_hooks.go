package chattest

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// hookMemory is what the store in memory knows of outgoing webhooks.
type hookMemory struct {
	hooks          map[chat.WebhookID]chat.Webhook
	hookEvents     map[chat.HookEventID]chat.HookEvent
	hookDeliveries []chat.HookDelivery // in the order in which they were made, without bodies
}

func (m *memory) CreateWebhook(_ context.Context, w chat.Webhook) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.liveKey(w) {
		return chat.ErrNotFound
	}
	if len(m.hooksOf(w.Shop)) >= chat.MaxWebhooks {
		return chat.ErrConflict
	}
	if !m.shopOf(w.Merchant, w.Shop) {
		return chat.ErrNotFound
	}
	if _, ok := m.hooks[w.ID]; ok {
		return chat.ErrConflict
	}
	m.hooks[w.ID] = w
	return nil
}

// liveKey tells whether the key that made a webhook still stands.
func (m *memory) liveKey(w chat.Webhook) bool {
	k, ok := m.keys[w.PluginKey]
	return w.PluginKey == "" || w.Problem == chat.HookKeyRevoked || ok && k.Shop == w.Shop && k.RevokedAt == 0
}

func (m *memory) UpdateWebhook(_ context.Context, w chat.Webhook) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, err := m.hook(w.Shop, w.ID)
	if err != nil {
		return err
	}
	if !m.liveKey(w) {
		return chat.ErrNotFound
	}
	w.Merchant, w.CreatedAt, w.LastSuccessAt, w.LastFailureAt = was.Merchant, was.CreatedAt, was.LastSuccessAt, was.LastFailureAt
	m.hooks[w.ID] = w
	return nil
}

func (m *memory) DeleteWebhook(_ context.Context, shop chat.ShopID, id chat.WebhookID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.hook(shop, id); err != nil {
		return err
	}
	delete(m.hooks, id)
	named := map[chat.HookEventID]bool{}
	for _, d := range m.hookDeliveries {
		named[d.Event] = named[d.Event] || d.Webhook != id
	}
	m.hookDeliveries = slices.DeleteFunc(m.hookDeliveries, func(d chat.HookDelivery) bool { return d.Webhook == id })
	maps.DeleteFunc(m.hookEvents, func(e chat.HookEventID, _ chat.HookEvent) bool {
		others, known := named[e]
		return known && !others
	})
	return nil
}

func (m *memory) hook(shop chat.ShopID, id chat.WebhookID) (chat.Webhook, error) {
	w, ok := m.hooks[id]
	if !ok || w.Shop != shop {
		return chat.Webhook{}, chat.ErrNotFound
	}
	return w, nil
}

func (m *memory) hooksOf(shop chat.ShopID) (all []chat.Webhook) {
	for _, w := range m.hooks {
		if w.Shop == shop {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b chat.Webhook) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (m *memory) Webhook(_ context.Context, shop chat.ShopID, id chat.WebhookID) (chat.Webhook, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.hook(shop, id)
}

func (m *memory) Webhooks(_ context.Context, shop chat.ShopID) ([]chat.Webhook, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.hooksOf(shop), nil
}

func (m *memory) AddHookEvent(_ context.Context, e chat.HookEvent, ds []chat.HookDelivery, tasks []chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !json.Valid(e.Body) {
		return chat.ErrInvalid
	}
	if was, ok := m.hookEvents[e.ID]; ok {
		e = was
	} else if _, ok := m.shops[e.Shop]; ok {
		m.hookEvents[e.ID] = e
	}
	for i, d := range ds {
		if w, ok := m.hooks[d.Webhook]; !ok || w.Shop != e.Shop || m.hookDelivery(d.ID) >= 0 {
			continue
		}
		d.Event, d.Shop, d.Type, d.Body = e.ID, e.Shop, e.Type, nil
		m.hookDeliveries = append(m.hookDeliveries, d)
		if i < len(tasks) {
			m.addTasks(tasks[i : i+1])
		}
	}
	return nil
}

func (m *memory) hookDelivery(id chat.HookDeliveryID) int {
	return slices.IndexFunc(m.hookDeliveries, func(d chat.HookDelivery) bool { return d.ID == id })
}

func (m *memory) HookDelivery(_ context.Context, shop chat.ShopID, id chat.HookDeliveryID) (chat.HookDelivery, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i := m.hookDelivery(id)
	if i < 0 || m.hookDeliveries[i].Shop != shop {
		return chat.HookDelivery{}, chat.ErrNotFound
	}
	d := m.hookDeliveries[i]
	d.Body = m.hookEvents[d.Event].Body
	return d, nil
}

func (m *memory) HookDeliveries(_ context.Context, q chat.HookQuery) (all []chat.HookDelivery, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	end := len(m.hookDeliveries)
	if q.Before != "" {
		end = max(0, m.hookDelivery(q.Before))
	}
	for _, d := range slices.Backward(m.hookDeliveries[:end]) {
		if d.Shop == q.Shop && d.Webhook == q.Webhook && (q.State == "" || d.State == q.State) && len(all) < q.Limit {
			all = append(all, d)
		}
	}
	return all, nil
}

func (m *memory) UpdateHookDelivery(_ context.Context, d chat.HookDelivery, tasks ...chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.hookDelivery(d.ID)
	if i < 0 || m.hookDeliveries[i].Shop != d.Shop {
		return chat.ErrNotFound
	}
	was := m.hookDeliveries[i]
	d.Event, d.Webhook, d.Type, d.CreatedAt, d.Body = was.Event, was.Webhook, was.Type, was.CreatedAt, nil
	m.hookDeliveries[i] = d
	if n := len(d.Attempts); n > 0 {
		w := m.hooks[d.Webhook]
		mark := &w.LastFailureAt
		if a := d.Attempts[n-1]; a.Error == "" && a.Status/100 == 2 {
			mark = &w.LastSuccessAt
		}
		*mark = max(*mark, d.Attempts[n-1].At)
		m.hooks[w.ID] = w
	}
	m.addTasks(tasks)
	return nil
}

func (m *memory) SweepHooks(_ context.Context, before chat.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	named := map[chat.HookEventID]bool{}
	m.hookDeliveries = slices.DeleteFunc(m.hookDeliveries, func(d chat.HookDelivery) bool {
		ended := d.CreatedAt
		if n := len(d.Attempts); n > 0 {
			ended = d.Attempts[n-1].At
		}
		over := d.State != chat.HookPending && ended < before
		named[d.Event] = named[d.Event] || !over
		return over
	})
	maps.DeleteFunc(m.hookEvents, func(id chat.HookEventID, e chat.HookEvent) bool { return e.At < before && !named[id] })
	return nil
}

// eraseHookEvents removes the events that tell of something, and their deliveries.
func (m *memory) eraseHookEvents(shop chat.ShopID, tells func(name, value string) bool) {
	maps.DeleteFunc(m.hookEvents, func(_ chat.HookEventID, e chat.HookEvent) bool {
		var body any
		return e.Shop == shop && json.Unmarshal(e.Body, &body) == nil && contains(body, "", tells)
	})
	m.hookDeliveries = slices.DeleteFunc(m.hookDeliveries, func(d chat.HookDelivery) bool {
		_, ok := m.hookEvents[d.Event]
		return !ok
	})
}

// contains looks for a string in a JSON value; an external_id has the name of what it stands in.
func contains(v any, name string, is func(name, value string) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			at := k
			switch k {
			case "external_id":
				at = "external_id of " + name
			case "order_external_id":
				at = "external_id of order"
			}
			if contains(inner, at, is) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return contains(inner, name, is) })
	case string:
		return is(name, v)
	}
	return false
}

func ofRecord(kind chat.RecordKind, id string) func(name, value string) bool {
	return func(name, value string) bool { return name == "external_id of "+string(kind) && value == id }
}
