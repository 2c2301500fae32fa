package store_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"pgregory.net/rapid"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// object draws the name of a record, from the same few as pushed events have.
func (m *twins) object(t *rapid.T) (kind chat.RecordKind, id string) {
	kind = rapid.SampledFrom([]chat.RecordKind{chat.RecordOrder, chat.RecordShipment, chat.RecordCustomer}).Draw(t, "kind")
	id = fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "object"))
	if kind == chat.RecordCustomer {
		id = "cust" + id
	}
	return kind, id
}

func (m *twins) amend(t *rapid.T) {
	kind, id := m.object(t)
	write, key := rapid.Bool().Draw(t, "write"), rapid.SampledFrom([]string{"", "own:1", "own:2"}).Draw(t, "key")
	var told [2][]chat.Record
	i := 0
	_, err := both(t, m, "amend", func(s chat.Store) (int, error) {
		k := i
		i++
		return 0, s.AmendRecord(t.Context(), m.shop.ID, kind, id, func(r chat.Record) (chat.Record, []chat.Task, bool) {
			if r.AbandonedAt++; key != "" {
				r.Keys = []string{key}
			}
			return r, nil, write
		}, func(r chat.Record) { told[k] = append(told[k], r) })
	})
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		t.Fatal(err)
	}
	if show(told[0]) != show(told[1]) {
		t.Fatalf("SQLite told of %s, memory of %s", show(told[0]), show(told[1]))
	}
}

func (m *twins) redact(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") != 0 {
		t.Skip("redaction is rare")
	}
	kind, id := m.object(t)
	must(t, m, "redact", func(s chat.Store) error { return s.RedactRecord(t.Context(), m.shop.ID, kind, id) })
}

// tell has webhooks told of somebody or something, sometimes again.
func (m *twins) tell(t *rapid.T) {
	kind, id := m.object(t)
	body := map[string]any{string(kind): map[string]any{"external_id": id}}
	if len(m.shoppers) > 0 && rapid.Bool().Draw(t, "of a shopper") {
		body["shopper"] = map[string]any{"id": one(t, "shopper", m.shoppers).ID}
	}
	if len(m.conversations) > 0 && rapid.Bool().Draw(t, "of a conversation") {
		body["conversation"] = map[string]any{"id": one(t, "conversation", m.conversations)}
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	n := rapid.IntRange(0, 9).Draw(t, "event")
	e := chat.HookEvent{ID: chat.HookEventID(fmt.Sprint("evt_", n)), Shop: m.shop.ID, Type: chat.NoticeOrderChanged, At: chat.At(m.now), Body: b}
	d := chat.HookDelivery{
		ID: chat.HookDeliveryID(fmt.Sprint("evd_", n)), Event: e.ID, Webhook: m.hook.ID, Shop: m.shop.ID, Type: e.Type, State: chat.HookPending,
		NextAt: chat.At(m.now), CreatedAt: chat.At(m.now),
	}
	must(t, m, "add hook event", func(s chat.Store) error {
		return s.AddHookEvent(t.Context(), e, []chat.HookDelivery{d}, []chat.Task{{Kind: chat.TaskSweep, DueAt: chat.At(m.now)}})
	})
}

// attempt ends one of the deliveries, and sometimes sweeps what has ended.
func (m *twins) attempt(t *rapid.T) {
	id := chat.HookDeliveryID(fmt.Sprint("evd_", rapid.IntRange(0, 9).Draw(t, "delivery")))
	d, err := both(t, m, "hook delivery", func(s chat.Store) (chat.HookDelivery, error) { return s.HookDelivery(t.Context(), m.shop.ID, id) })
	if err != nil {
		t.Skip("none yet")
	}
	d.State = rapid.SampledFrom([]chat.HookState{chat.HookPending, chat.HookDelivered, chat.HookDead}).Draw(t, "state")
	d.Attempts = append(d.Attempts, chat.HookAttempt{At: chat.At(m.now), Status: rapid.SampledFrom([]int{200, 500}).Draw(t, "status")})
	must(t, m, "update hook delivery", func(s chat.Store) error { return s.UpdateHookDelivery(t.Context(), d) })
	if rapid.IntRange(0, 3).Draw(t, "sweep") == 0 {
		must(t, m, "sweep hooks", func(s chat.Store) error { return s.SweepHooks(t.Context(), chat.At(m.now)) })
	}
}

// comparePlugins looks at what plugins push and are told.
func (m *twins) comparePlugins(t *rapid.T) {
	ctx := t.Context()
	for _, k := range []struct {
		kind   chat.RecordKind
		key    string
		prefix bool
	}{
		{chat.RecordOrder, "number:A1", false},
		{chat.RecordOrder, "number:", true},
		{chat.RecordOrder, "email:a@", true},
		{chat.RecordOrder, "own:1", false},
		{chat.RecordShipment, "own:", true},
		{chat.RecordCustomer, "own:2", false},
	} {
		_, err := both(t, m, "by key", func(s chat.Store) ([]chat.Record, error) {
			return s.RecordsByKey(ctx, m.shop.ID, k.kind, k.key, k.prefix, 5)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := both(t, m, "webhooks", func(s chat.Store) ([]chat.Webhook, error) { return s.Webhooks(ctx, m.shop.ID) })
	if err != nil {
		t.Fatal(err)
	}
	_, err = both(t, m, "hook deliveries", func(s chat.Store) ([]chat.HookDelivery, error) {
		return s.HookDeliveries(ctx, chat.HookQuery{Shop: m.shop.ID, Webhook: m.hook.ID, Limit: 100})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = both(t, m, "shoppers", func(s chat.Store) ([]chat.Shopper, error) { return s.ListShoppers(ctx, m.shop.ID, "", 100) })
	if err != nil {
		t.Fatal(err)
	}
	_, err = both(t, m, "by e-mail", func(s chat.Store) ([]chat.Shopper, error) { return s.ShoppersByEmail(ctx, m.shop.ID, "us.1") })
	if err != nil {
		t.Fatal(err)
	}
}
