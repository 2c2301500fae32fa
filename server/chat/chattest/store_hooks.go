package chattest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var hookCases = []storeCase{
	{"a webhook is read back with its secrets, and listed oldest first", hookReads},
	{"an update leaves the two marks alone", hookUpdates},
	{"a shop has a limited number of webhooks, however many are made at once", hookLimit},
	{"a webhook that is deleted takes its deliveries along, and the events that were for it alone", hookDeleted},
	{"another shop's webhook and its deliveries are not found", hookScoped},
	{"an event is written with its deliveries and their tasks", hookEvent},
	{"an event that comes again adds what is new and repeats nothing", hookEventAgain},
	{"a delivery to a webhook that is gone or another shop's is left out with its task", hookEventStray},
	{"deliveries are listed newest first, by state and in pages", hookPages},
	{"an attempt is written with the tasks that follow, and raises one mark of its webhook", hookAttempts},
	{"sweeping takes deliveries that ended long ago, and events that nothing names", hookSweep},
	{"what tells of an erased shopper goes with them, sent or not", hookErased},
	{"what tells of a redacted record goes with it", hookRedacted},
}

func (w *place) newHook(s chat.Shop) chat.Webhook {
	w.later(time.Second)
	return chat.Webhook{
		ID: newID[chat.WebhookID](chat.PrefixWebhook), Merchant: s.Merchant, Shop: s.ID, URL: "https://marl.example/hook?a=b", Description: "Our bot",
		Events: []chat.NoticeType{chat.NoticeMessageCreated, chat.NoticeOrderChanged}, Enabled: true, CreatedAt: chat.At(w.now),
		Secrets: []chat.HookSecret{{Secret: "whsec_bmV3"}, {Secret: "whsec_b2xk", Until: chat.At(w.now.Add(time.Hour))}},
	}
}

func (w *place) hook(t *testing.T, s chat.Shop) chat.Webhook {
	t.Helper()
	h := w.newHook(s)
	must(t, w.CreateWebhook(t.Context(), h))
	return h
}

func (w *place) happened(s chat.Shop, body string) chat.HookEvent {
	w.later(time.Second)
	return chat.HookEvent{
		ID: newID[chat.HookEventID](chat.PrefixHookEvent), Shop: s.ID, Type: chat.NoticeMessageCreated, At: chat.At(w.now), Body: json.RawMessage(body),
	}
}

func (w *place) hookDelivery(h chat.Webhook, e chat.HookEvent) chat.HookDelivery {
	return chat.HookDelivery{
		ID: newID[chat.HookDeliveryID](chat.PrefixHookDelivery), Event: e.ID, Webhook: h.ID, Shop: e.Shop, Type: e.Type, State: chat.HookPending,
		NextAt: chat.At(w.now), CreatedAt: chat.At(w.now),
	}
}

// tell writes an event for webhooks, and gives their deliveries.
func (w *place) tell(t *testing.T, e chat.HookEvent, hooks ...chat.Webhook) (ds []chat.HookDelivery) {
	t.Helper()
	for _, h := range hooks {
		ds = append(ds, w.hookDelivery(h, e))
	}
	must(t, w.AddHookEvent(t.Context(), e, ds, nil))
	return ds
}

func (w *place) deliveriesTo(t *testing.T, h chat.Webhook) []chat.HookDelivery {
	t.Helper()
	return got(w.HookDeliveries(t.Context(), chat.HookQuery{Shop: h.Shop, Webhook: h.ID, Limit: 100}))(t)
}

func hookIDs(ds []chat.HookDelivery) (all []chat.HookDeliveryID) {
	for _, d := range ds {
		all = append(all, d.ID)
	}
	return all
}

func hookReads(t *testing.T, w *place) {
	a, b := w.hook(t, w.shop), w.hook(t, w.shop)
	bare := chat.Webhook{ID: "whk_bare", Merchant: w.shop.Merchant, Shop: w.shop.ID, URL: "https://marl.example/", CreatedAt: chat.At(w.now) + 1}
	must(t, w.CreateWebhook(t.Context(), bare))
	w.hook(t, w.sister)
	same(t, "webhook", got(w.Webhook(t.Context(), w.shop.ID, a.ID))(t), a)
	same(t, "webhooks", got(w.Webhooks(t.Context(), w.shop.ID))(t), []chat.Webhook{a, b, bare})
	want(t, w.CreateWebhook(t.Context(), a), chat.ErrConflict)
}

func hookUpdates(t *testing.T, w *place) {
	h := w.hook(t, w.shop)
	d := w.tell(t, w.happened(w.shop, `{}`), h)[0]
	d.State, d.Attempts = chat.HookDelivered, []chat.HookAttempt{{At: 77, Status: 200}}
	must(t, w.UpdateHookDelivery(t.Context(), d))
	h.URL, h.Description, h.Events, h.Enabled, h.Problem = "https://marl.example/new", "", []chat.NoticeType{chat.NoticeOrderLinked}, false, "gone"
	h.Secrets, h.LastSuccessAt, h.LastFailureAt = h.Secrets[:1], 1, 2
	must(t, w.UpdateWebhook(t.Context(), h))
	h.LastSuccessAt, h.LastFailureAt = 77, 0
	same(t, "webhook", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)
}

func hookLimit(t *testing.T, w *place) {
	const n = chat.MaxWebhooks + 5
	hooks, errs := make([]chat.Webhook, n), make([]error, n)
	for i := range hooks {
		hooks[i] = w.newHook(w.shop)
	}
	together(n, func(i int) { errs[i] = w.CreateWebhook(background(t), hooks[i]) })
	for _, err := range errs {
		if err != nil {
			want(t, err, chat.ErrConflict)
		}
	}
	all := got(w.Webhooks(t.Context(), w.shop.ID))(t)
	same(t, "webhooks", len(all), chat.MaxWebhooks)
	must(t, w.DeleteWebhook(t.Context(), w.shop.ID, all[0].ID))
	w.hook(t, w.shop)
	w.hook(t, w.sister)
}

func hookDeleted(t *testing.T, w *place) {
	h, other := w.hook(t, w.shop), w.hook(t, w.shop)
	alone, both := w.happened(w.shop, `{"id":"alone"}`), w.happened(w.shop, `{"id":"both"}`)
	w.tell(t, alone, h)
	ds := w.tell(t, both, h, other)
	must(t, w.DeleteWebhook(t.Context(), w.shop.ID, h.ID))
	_, err := w.Webhook(t.Context(), w.shop.ID, h.ID)
	want(t, err, chat.ErrNotFound)
	_, err = w.HookDelivery(t.Context(), w.shop.ID, ds[0].ID)
	want(t, err, chat.ErrNotFound)
	want(t, w.UpdateHookDelivery(t.Context(), ds[0]), chat.ErrNotFound)
	same(t, "deliveries", len(w.deliveriesTo(t, h)), 0)
	same(t, "of the other", string(got(w.HookDelivery(t.Context(), w.shop.ID, ds[1].ID))(t).Body), `{"id":"both"}`)
	alone.Body = json.RawMessage(`{"id":"new"}`)
	again := w.tell(t, alone, other)[0] // nothing is left of it, so that it may come anew
	same(t, "told anew", string(got(w.HookDelivery(t.Context(), w.shop.ID, again.ID))(t).Body), `{"id":"new"}`)
	want(t, w.DeleteWebhook(t.Context(), w.shop.ID, h.ID), chat.ErrNotFound)
}

func hookScoped(t *testing.T, w *place) {
	h := w.hook(t, w.shop)
	d := w.tell(t, w.happened(w.shop, `{}`), h)[0]
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Webhook(t.Context(), other.ID, h.ID)
		want(t, err, chat.ErrNotFound)
		theirs := h
		theirs.Shop, theirs.URL = other.ID, "https://evil.example/"
		want(t, w.UpdateWebhook(t.Context(), theirs), chat.ErrNotFound)
		want(t, w.DeleteWebhook(t.Context(), other.ID, h.ID), chat.ErrNotFound)
		_, err = w.HookDelivery(t.Context(), other.ID, d.ID)
		want(t, err, chat.ErrNotFound)
		same(t, "deliveries", len(got(w.HookDeliveries(t.Context(), chat.HookQuery{Shop: other.ID, Webhook: h.ID, Limit: 10}))(t)), 0)
		their := d
		their.Shop, their.State = other.ID, chat.HookDead
		want(t, w.UpdateHookDelivery(t.Context(), their), chat.ErrNotFound)
		same(t, "webhooks", len(got(w.Webhooks(t.Context(), other.ID))(t)), 0)
	}
	same(t, "webhook", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)
	h.ID, h.Shop = "whk_x", w.foreign.ID
	want(t, w.CreateWebhook(t.Context(), h), chat.ErrNotFound) // its merchant has no such shop
}

func hookEvent(t *testing.T, w *place) {
	a, b := w.hook(t, w.shop), w.hook(t, w.shop)
	e := w.happened(w.shop, `{"id":"evt","text":"Grüße"}`)
	ds := []chat.HookDelivery{w.hookDelivery(a, e), w.hookDelivery(b, e)}
	tasks := []chat.Task{{Kind: chat.TaskSweep, DueAt: 1, Lane: "a"}, {Kind: chat.TaskSweep, DueAt: 1, Lane: "b"}}
	must(t, w.AddHookEvent(t.Context(), e, ds, tasks))
	same(t, "listed", w.deliveriesTo(t, a), ds[:1])
	full := ds[1]
	full.Body = e.Body
	same(t, "delivery", got(w.HookDelivery(t.Context(), w.shop.ID, ds[1].ID))(t), full)
	same(t, "tasks", len(w.claim(t)), 2)
	_, err := w.HookDelivery(t.Context(), w.shop.ID, "evd_x")
	want(t, err, chat.ErrNotFound)
}

func hookEventAgain(t *testing.T, w *place) {
	a, b := w.hook(t, w.shop), w.hook(t, w.shop)
	e := w.happened(w.shop, `{"n":1}`)
	first, late := w.hookDelivery(a, e), w.hookDelivery(b, e)
	task := func(lane string) chat.Task { return chat.Task{Kind: chat.TaskSweep, DueAt: 1, Lane: lane} }
	must(t, w.AddHookEvent(t.Context(), e, []chat.HookDelivery{first}, []chat.Task{task("a")}))
	first.State, first.Attempts = chat.HookDelivered, []chat.HookAttempt{{At: 5, Status: 200, Duration: 3, Answer: "ok"}}
	must(t, w.UpdateHookDelivery(t.Context(), first))
	again := e
	again.Body = json.RawMessage(`{"n":2}`)
	fresh := first
	fresh.State, fresh.Attempts = chat.HookPending, nil
	must(t, w.AddHookEvent(t.Context(), again, []chat.HookDelivery{fresh, late}, []chat.Task{task("a"), task("b")}))
	same(t, "the first", w.deliveriesTo(t, a), []chat.HookDelivery{first})
	late.Body = e.Body
	same(t, "the new one", got(w.HookDelivery(t.Context(), w.shop.ID, late.ID))(t), late)
	lanes := []string{}
	for _, task := range w.claim(t) {
		lanes = append(lanes, task.Lane)
	}
	same(t, "tasks", sorted(lanes), []string{"a", "b"})
	together(8, func(int) {
		if err := w.AddHookEvent(background(t), e, []chat.HookDelivery{first, late}, []chat.Task{task("c"), task("d")}); err != nil {
			t.Error(err)
		}
	})
	same(t, "no more tasks", len(w.claim(t)), 0)
	same(t, "deliveries", len(w.deliveriesTo(t, a))+len(w.deliveriesTo(t, b)), 2)
}

func hookEventStray(t *testing.T, w *place) {
	h, gone, foreign := w.hook(t, w.shop), w.hook(t, w.shop), w.hook(t, w.foreign)
	must(t, w.DeleteWebhook(t.Context(), w.shop.ID, gone.ID))
	e := w.happened(w.shop, `{}`)
	var ds []chat.HookDelivery
	var tasks []chat.Task
	for _, h := range []chat.Webhook{gone, foreign, h} {
		ds = append(ds, w.hookDelivery(h, e))
		tasks = append(tasks, chat.Task{Kind: chat.TaskSweep, DueAt: 1, Lane: string(h.ID)})
	}
	must(t, w.AddHookEvent(t.Context(), e, ds, tasks))
	claimed := w.claim(t)
	if len(claimed) != 1 || claimed[0].Lane != string(h.ID) {
		t.Fatalf("tasks %s", show(claimed))
	}
	same(t, "its own", w.deliveriesTo(t, h), ds[2:])
	same(t, "another shop's", len(w.deliveriesTo(t, foreign)), 0)
	_, err := w.HookDelivery(t.Context(), w.foreign.ID, ds[1].ID)
	want(t, err, chat.ErrNotFound)
}

func hookPages(t *testing.T, w *place) {
	h, other := w.hook(t, w.shop), w.hook(t, w.shop)
	var ds []chat.HookDelivery
	for i := range 6 {
		d := w.tell(t, w.happened(w.shop, fmt.Sprintf(`{"n":%d}`, i)), h, other)[0]
		if d.State = []chat.HookState{chat.HookPending, chat.HookDelivered, chat.HookDead}[i%3]; d.State != chat.HookPending {
			must(t, w.UpdateHookDelivery(t.Context(), d))
		}
		ds = append(ds, d)
	}
	slices.Reverse(ds)
	q := chat.HookQuery{Shop: w.shop.ID, Webhook: h.ID, Limit: 4}
	page := got(w.HookDeliveries(t.Context(), q))(t)
	same(t, "first page", page, ds[:4])
	q.Before = page[3].ID
	same(t, "second page", hookIDs(got(w.HookDeliveries(t.Context(), q))(t)), hookIDs(ds[4:]))
	for i, state := range []chat.HookState{chat.HookDead, chat.HookDelivered, chat.HookPending} {
		of := chat.HookQuery{Shop: w.shop.ID, Webhook: h.ID, State: state, Limit: 1}
		same(t, string(state), hookIDs(got(w.HookDeliveries(t.Context(), of))(t)), hookIDs(ds[i:i+1]))
		of.Before, of.Limit = ds[i].ID, 10
		same(t, string(state)+" before", hookIDs(got(w.HookDeliveries(t.Context(), of))(t)), hookIDs(ds[i+3:i+4]))
	}
	q.Before = "evd_x"
	same(t, "before nothing", len(got(w.HookDeliveries(t.Context(), q))(t)), 0)
}

func hookAttempts(t *testing.T, w *place) {
	h := w.hook(t, w.shop)
	d := w.tell(t, w.happened(w.shop, `{}`), h)[0]
	d.Tries, d.NextAt = 1, 500
	d.Attempts = append(d.Attempts, chat.HookAttempt{At: 100, Status: 503, Error: "status", Duration: 12, Answer: "busy"})
	must(t, w.UpdateHookDelivery(t.Context(), d, chat.Task{Kind: chat.TaskSweep, DueAt: 1}))
	same(t, "delivery", w.deliveriesTo(t, h), []chat.HookDelivery{d})
	same(t, "tasks", len(w.claim(t)), 1)
	h.LastFailureAt = 100
	same(t, "after a failure", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)

	d.Tries, d.NextAt, d.State = 2, 0, chat.HookDelivered
	d.Attempts = append(d.Attempts, chat.HookAttempt{At: 500, Status: 204, Duration: 9})
	must(t, w.UpdateHookDelivery(t.Context(), d))
	h.LastSuccessAt = 500
	same(t, "after a success", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)

	old := w.tell(t, w.happened(w.shop, `{}`), h)[0]
	old.Attempts = []chat.HookAttempt{{At: 99, Error: "timeout"}}
	must(t, w.UpdateHookDelivery(t.Context(), old))
	same(t, "a mark never falls", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)

	d.State, d.Round, d.Tries, d.NextAt = chat.HookPending, 1, 0, 600 // sent once more
	must(t, w.UpdateHookDelivery(t.Context(), d))
	same(t, "after a replay", got(w.Webhook(t.Context(), w.shop.ID, h.ID))(t), h)
	same(t, "replayed", got(w.HookDelivery(t.Context(), w.shop.ID, d.ID))(t).Round, 1)
}

func hookSweep(t *testing.T, w *place) {
	h := w.hook(t, w.shop)
	end := func(state chat.HookState, at chat.Millis) chat.HookDelivery {
		d := w.tell(t, w.happened(w.shop, `{}`), h)[0]
		if d.State = state; at > 0 {
			d.Attempts = []chat.HookAttempt{{At: at, Status: 200}}
		}
		must(t, w.UpdateHookDelivery(t.Context(), d))
		return d
	}
	begin := chat.At(w.now)
	orphan := w.happened(w.shop, `{"n":1}`)
	must(t, w.AddHookEvent(t.Context(), orphan, nil, nil))
	pending := end(chat.HookPending, begin+100)
	young, _, _ := end(chat.HookDelivered, begin+100_000), end(chat.HookDelivered, begin+99_999), end(chat.HookDead, begin+50_000)
	w.now = begin.Time().Add(200 * time.Second)
	must(t, w.SweepHooks(t.Context(), begin+100_000))
	same(t, "left", hookIDs(w.deliveriesTo(t, h)), []chat.HookDeliveryID{young.ID, pending.ID})
	for _, d := range []chat.HookDelivery{young, pending} {
		same(t, "body", string(got(w.HookDelivery(t.Context(), w.shop.ID, d.ID))(t).Body), `{}`)
	}
	orphan.Body = json.RawMessage(`{"n":2}`)
	again := w.tell(t, orphan, h)[0] // it was swept: this is another
	same(t, "told anew", string(got(w.HookDelivery(t.Context(), w.shop.ID, again.ID))(t).Body), `{"n":2}`)
}

// told writes an event with the body, and tells whether its delivery is still there.
func (w *place) told(t *testing.T, h chat.Webhook, body string) (there func() bool) {
	t.Helper()
	d := w.tell(t, w.happened(chat.Shop{ID: h.Shop}, body), h)[0]
	return func() bool {
		_, err := w.HookDelivery(t.Context(), h.Shop, d.ID)
		if err != nil {
			want(t, err, chat.ErrNotFound)
		}
		return err == nil
	}
}

func hookErased(t *testing.T, w *place) {
	h, sisters := w.hook(t, w.shop), w.hook(t, w.sister)
	p, _, c := w.planted(t)
	other, q := w.talk(t, w.shop)
	gone := map[string]func() bool{
		"their id":           w.told(t, h, fmt.Sprintf(`{"shopper":{"id":%q,"name":"Ana"}}`, p.ID)),
		"their conversation": w.told(t, h, fmt.Sprintf(`{"entry":{"refs":[{"conversation":%q}]}}`, c.ID)),
		"their customer id":  w.told(t, h, fmt.Sprintf(`{"order":{"external_id":"77","customer":{"external_id":%q}}}`, p.CustomerID)),
		"their order":        w.told(t, h, `{"order":{"external_id":"1001"}}`),
		"its parcel":         w.told(t, h, `{"shipment":{"external_id":"77","order_external_id":"1001"}}`),
		"their cart":         w.told(t, h, `{"cart":{"external_id":"cart-1"}}`),
	}
	stays := map[string]func() bool{
		"another shopper":          w.told(t, h, fmt.Sprintf(`{"shopper":{"id":%q},"conversation":{"id":%q}}`, q.ID, other.ID)),
		"another thing's id":       w.told(t, h, `{"product":{"external_id":"1001"},"cart":{"external_id":"1001"},"order":{"number":"1001"}}`),
		"another order":            w.told(t, h, `{"order":{"external_id":"1002"}}`),
		"the sister's order":       w.told(t, sisters, `{"order":{"external_id":"1001"}}`),
		"a text that names an id?": w.told(t, h, `{"entry":{"text":"order external_id 1001"}}`),
	}
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	for what, there := range gone {
		if there() {
			t.Errorf("what tells of %s is still there", what)
		}
	}
	for what, there := range stays {
		if !there() {
			t.Errorf("what tells of %s is gone", what)
		}
	}
}

func hookRedacted(t *testing.T, w *place) {
	h := w.hook(t, w.shop)
	w.push(t, w.shop, order("e1", "1001", 1, "paid"))
	known, parcel := w.told(t, h, `{"order":{"external_id":"1001"}}`), w.told(t, h, `{"shipment":{"order_external_id":"1001"}}`)
	absent, other := w.told(t, h, `{"cart":{"external_id":"c1"}}`), w.told(t, h, `{"order":{"external_id":"c1"}}`)
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordCart, "c1"))
	same(t, "left", []bool{known(), parcel(), absent(), other()}, []bool{false, false, false, true})
}
