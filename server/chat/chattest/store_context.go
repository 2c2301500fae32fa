package chattest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var contextCases = []storeCase{
	{"an applied event is a record, which is read back as it was folded", contextApplies},
	{"an event is handed the record that its predecessors in the batch left", contextInBatch},
	{"an event whose id is known is a duplicate, in the same batch and later", contextDuplicate},
	{"one bad event does not hold up the others, and may come again corrected", contextInvalid},
	{"a fold that fails takes the whole batch back", contextFails},
	{"a fold that panics takes its batch back and harms nobody else", contextPanics},
	{"a repeated request is answered with the first one's results and does nothing", contextOnce},
	{"an idempotency key with another request is refused", contextOnceMismatch},
	{"idempotency keys of other credentials and routes are others", contextOnceApart},
	{"records written get the shop's next positions, and then is told of them in order", contextPositions},
	{"a transition's task is written once, however often it is seen", contextTasks},
	{"batches at once fold one after another", contextAtOnce},
	{"events in any order, in batches of any size, and told twice, end in the same records", contextShuffled},
	{"records are listed by position, newest first, without tombstones", contextLists},
	{"a shopper's records are found directly, through an alias and through a verified customer id, with shipments", contextOfShopper},
	{"another shop's records are not found, and its event ids are its own", contextScoped},
}

func event(id string, kind chat.RecordKind, externalID string, version int64, body any) chat.ContextEvent {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	at := noon.Add(time.Duration(version) * time.Second)
	return chat.ContextEvent{
		ID: id, Kind: kind, ExternalID: externalID, Version: at.UnixMilli(), OccurredAt: at.UnixMicro(), Body: b,
	}
}

func order(id, externalID string, version int64, status chat.FinancialStatus) chat.ContextEvent {
	return event(id, chat.RecordOrder, externalID, version, chat.Order{ExternalID: externalID, Number: "#" + externalID, FinancialStatus: status})
}

// batch folds by the domain's rules.
func (w *place) batch(shop chat.Shop, events ...chat.ContextEvent) chat.Batch {
	return chat.Batch{
		Shop: shop.ID, Events: events,
		Fold: func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
			return chat.Fold(shop.ID, cur, ev, w.now.Add(24*time.Hour))
		},
	}
}

func (w *place) push(t *testing.T, shop chat.Shop, events ...chat.ContextEvent) chat.FoldResult {
	t.Helper()
	return got(w.Fold(t.Context(), w.batch(shop, events...)))(t)
}

func outcomes(r chat.FoldResult) (all []chat.Outcome) {
	for _, e := range r.Results {
		all = append(all, e.Outcome)
	}
	return all
}

func externalIDs(rs []chat.Record) (all []string) {
	for _, r := range rs {
		all = append(all, r.ExternalID)
	}
	return all
}

func contextApplies(t *testing.T, w *place) {
	var folded chat.Record
	b := w.batch(w.shop, order("e1", "1001", 1, "paid"))
	fold := b.Fold
	b.Fold = func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
		if cur != nil {
			t.Errorf("a record before the first event: %+v", cur)
		}
		f, err := fold(cur, ev)
		folded = f.Record
		return f, err
	}
	r := got(w.Fold(t.Context(), b))(t)
	same(t, "results", r.Results, []chat.EventResult{{ID: "e1", Outcome: chat.OutcomeApplied}})
	have := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t)
	folded.Position = 1
	same(t, "record", have, folded)

	gone := order("e2", "1001", 2, "")
	gone.Deleted, gone.Body = true, nil
	w.push(t, w.shop, gone)
	have = got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t)
	if !have.Deleted || have.Body != nil {
		t.Fatalf("tombstone %+v", have)
	}
}

func contextInBatch(t *testing.T, w *place) {
	r := w.push(t, w.shop, order("e2", "1001", 2, "paid"), order("e1", "1001", 1, "pending"), order("e3", "1001", 3, "refunded"))
	same(t, "outcomes", outcomes(r), []chat.Outcome{chat.OutcomeApplied, chat.OutcomeStale, chat.OutcomeApplied})
	o, err := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t).Order()
	must(t, err)
	same(t, "status", o.FinancialStatus, "refunded")
}

func contextDuplicate(t *testing.T, w *place) {
	stale := order("e0", "1001", 0, "pending")
	r := w.push(t, w.shop, order("e1", "1001", 1, "paid"), order("e1", "1001", 2, "refunded"), stale)
	same(t, "outcomes", outcomes(r), []chat.Outcome{chat.OutcomeApplied, chat.OutcomeDuplicate, chat.OutcomeStale})
	r = w.push(t, w.shop, order("e1", "1001", 3, "refunded"), stale)
	same(t, "outcomes later", outcomes(r), []chat.Outcome{chat.OutcomeDuplicate, chat.OutcomeDuplicate})
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(1))
}

func contextInvalid(t *testing.T, w *place) {
	bad := order("e1", "1001", 1, "melted")
	r := w.push(t, w.shop, bad, order("e2", "1002", 1, "paid"))
	same(t, "outcomes", outcomes(r), []chat.Outcome{chat.OutcomeInvalid, chat.OutcomeApplied})
	if e := r.Results[0].Error; e == nil || e.Code != "invalid" || len(e.Fields) == 0 {
		t.Fatalf("result %+v", r.Results[0])
	}
	r = w.push(t, w.shop, order("e1", "1001", 1, "paid"))
	same(t, "corrected", outcomes(r), []chat.Outcome{chat.OutcomeApplied})
}

func contextFails(t *testing.T, w *place) {
	b := w.batch(w.shop, order("e1", "1001", 1, "paid"), order("e2", "1002", 1, "paid"))
	fold := b.Fold
	b.Fold = func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
		if ev.ID == "e2" {
			return chat.Folded{}, errNo
		}
		return fold(cur, ev)
	}
	told := 0
	b.Then = func(chat.Record) { told++ }
	_, err := w.Fold(t.Context(), b)
	want(t, err, errNo)
	_, err = w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001")
	want(t, err, chat.ErrNotFound)
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(0))
	same(t, "told", told, 0)
	same(t, "again", outcomes(w.push(t, w.shop, order("e1", "1001", 1, "paid"))), []chat.Outcome{chat.OutcomeApplied})
	same(t, "position after", got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t).Position, int64(1))
}

func contextPanics(t *testing.T, w *place) {
	var wait sync.WaitGroup
	errs := make([]error, 30)
	for i := range errs {
		wait.Go(func() {
			b := w.batch(w.shop, order(fmt.Sprint(i), fmt.Sprint(i), 1, "paid"))
			if i%3 == 0 {
				b.Fold = func(*chat.Record, chat.ContextEvent) (chat.Folded, error) { panic("a bug") }
			}
			_, errs[i] = w.Fold(background(t), b)
		})
	}
	wait.Wait()
	for i, err := range errs {
		if (err != nil) != (i%3 == 0) {
			t.Fatalf("batch %d: %v", i, err)
		}
	}
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(20))
}

func (w *place) once(key string, hash byte) *chat.Once {
	return &chat.Once{Credential: "plk_1", Route: "POST /events", Key: key, Hash: [32]byte{hash}}
}

func contextOnce(t *testing.T, w *place) {
	b := w.batch(w.shop, order("e1", "1001", 1, "paid"), order("e2", "1002", 1, "melted"))
	b.Once = w.once("k1", 1)
	first := got(w.Fold(t.Context(), b))(t)
	b.Fold = func(*chat.Record, chat.ContextEvent) (chat.Folded, error) { panic("folded again") }
	told := 0
	b.Then = func(chat.Record) { told++ }
	again := got(w.Fold(t.Context(), b))(t)
	if first.Replay || !again.Replay || told != 0 {
		t.Fatalf("%+v %+v", first, again)
	}
	same(t, "results", again.Results, first.Results)

	none := w.batch(w.shop)
	none.Once = w.once("k2", 1)
	must(t, errors.Join(second(w.Fold(t.Context(), none))))
	if again := got(w.Fold(t.Context(), none))(t); !again.Replay {
		t.Fatal("an empty request is done again")
	}
}

func second[A, B any](_ A, b B) B { return b }

func contextOnceMismatch(t *testing.T, w *place) {
	b := w.batch(w.shop, order("e1", "1001", 1, "paid"))
	b.Once = w.once("k1", 1)
	got(w.Fold(t.Context(), b))(t)
	b = w.batch(w.shop, order("e2", "1002", 1, "paid"))
	b.Once = w.once("k1", 2)
	_, err := w.Fold(t.Context(), b)
	want(t, err, chat.ErrIdempotency)
	_, err = w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1002")
	want(t, err, chat.ErrNotFound)
}

func contextOnceApart(t *testing.T, w *place) {
	for i, o := range []chat.Once{
		{Credential: "a", Route: "r", Key: "k"}, {Credential: "b", Route: "r", Key: "k"}, {Credential: "a", Route: "s", Key: "k"},
	} {
		b := w.batch(w.shop, order(fmt.Sprint(i), fmt.Sprint(i), 1, "paid"))
		b.Once = &o
		if r := got(w.Fold(t.Context(), b))(t); r.Replay {
			t.Fatalf("%+v is a replay", o)
		}
	}
}

func contextPositions(t *testing.T, w *place) {
	w.talk(t, w.shop)
	var told []chat.Record
	b := w.batch(w.shop, order("e1", "1001", 1, "pending"), order("e2", "1002", 1, "paid"), order("e3", "1001", 2, "paid"))
	b.Then = func(r chat.Record) { told = append(told, r) }
	got(w.Fold(t.Context(), b))(t)
	same(t, "told", externalIDs(told), []string{"1001", "1002", "1001"})
	for i, r := range told {
		same(t, "position", r.Position, int64(i+2))
	}
	w.talk(t, w.shop)
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(5))
	f := got(w.Feed(t.Context(), w.shop.ID, 1, 10))(t)
	same(t, "feed", externalIDs(f.Records), []string{"1002", "1001"})
}

func contextTasks(t *testing.T, w *place) {
	w.push(t, w.shop, order("e1", "1001", 1, "paid"))
	w.push(t, w.shop, order("e2", "1001", 2, "pending"), order("e3", "1001", 3, "paid"))
	var changes []chat.OrderChange
	for {
		tasks := got(w.ClaimTasks(t.Context(), chat.At(w.now.Add(time.Hour*48)), time.Minute, 10))(t)
		if len(tasks) == 0 {
			break
		}
		for _, task := range tasks {
			var news chat.OrderNews
			must(t, json.Unmarshal(task.Payload, &news))
			changes = append(changes, news.Change)
			must(t, w.FinishTask(t.Context(), task))
		}
	}
	same(t, "told of", changes, []chat.OrderChange{chat.OrderPlaced, chat.OrderPaid})
}

func contextAtOnce(t *testing.T, w *place) {
	const n = 40
	var wait sync.WaitGroup
	errs := make([]error, n)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = w.Fold(background(t), w.batch(w.shop, order(fmt.Sprintf("e%d", i), "1001", int64(i), "paid"), order("same", "1002", 1, "paid")))
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	r := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t)
	same(t, "version", r.Version, noon.Add((n-1)*time.Second).UnixMilli())
}

// story is what plugins tell of a few orders and their parcels, in order: snapshots, patches and deletions.
func story(random *rand.Rand) (all []chat.ContextEvent) {
	for i := range 150 {
		id, version := fmt.Sprint(random.IntN(6)), int64(i/2) // some are of the same moment
		ev := order(fmt.Sprint("e", i), id, version, []chat.FinancialStatus{"pending", "paid", "refunded"}[random.IntN(3)])
		switch random.IntN(5) {
		case 0:
			ev.Patch, ev.Body = true, json.RawMessage(fmt.Sprintf(`{"external_id":%q,"note":"note %d"}`, id, i))
		case 1:
			ev.Patch, ev.Body = true, json.RawMessage(fmt.Sprintf(`{"external_id":%q,"customer":{"email":"p%d@shop.example"}}`, id, i%3))
		case 2:
			ev = event(ev.ID, chat.RecordShipment, "s"+id, version, chat.Shipment{ExternalID: "s" + id, OrderExternalID: id, Carrier: fmt.Sprint("c", i)})
		case 3:
			if random.IntN(4) == 0 {
				ev.Deleted, ev.Body = true, nil
			}
		}
		all = append(all, ev)
	}
	return all
}

// records gives what a shop knows, but for what depends on the order in which it was told.
func (w *place) records(t *testing.T, shop chat.Shop) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, r := range got(w.Feed(t.Context(), shop.ID, 0, 1_000))(t).Records {
		r.Shop, r.Position, r.History = "", 0, nil
		all[string(r.Kind)+" "+r.ExternalID] = show(r)
	}
	return all
}

func contextShuffled(t *testing.T, w *place) {
	events := story(rand.New(rand.NewPCG(1, 1)))
	for _, ev := range events {
		w.push(t, w.sister, ev)
	}
	want := w.records(t, w.sister)
	for seed := range uint64(8) {
		shop := w.newShop(w.shop.Merchant, "Shuffled")
		must(t, w.CreateShop(t.Context(), shop))
		random := rand.New(rand.NewPCG(2, seed))
		mixed := slices.Concat(events, events[:len(events)/2])
		random.Shuffle(len(mixed), func(i, k int) { mixed[i], mixed[k] = mixed[k], mixed[i] })
		for len(mixed) > 0 {
			n := min(len(mixed), 1+random.IntN(40))
			w.push(t, shop, mixed[:n]...)
			mixed = mixed[n:]
		}
		same(t, fmt.Sprint("seed ", seed), w.records(t, shop), want)
		for _, kind := range []chat.RecordKind{chat.RecordOrder, chat.RecordShipment} {
			for _, r := range got(w.ListRecords(t.Context(), shop.ID, kind, 0, 100))(t) {
				for _, key := range r.Keys {
					if !slices.Contains(w.find(t, shop, kind, key, false), r.ExternalID) {
						t.Fatalf("seed %d: %s %s is not found by %s", seed, kind, r.ExternalID, key)
					}
				}
			}
		}
		for i := range 3 {
			key := chat.EmailKey(fmt.Sprintf("p%d@shop.example", i))
			same(t, "found by e-mail", sorted(w.find(t, shop, chat.RecordOrder, key, false)), sorted(w.find(t, w.sister, chat.RecordOrder, key, false)))
		}
	}
}

func contextLists(t *testing.T, w *place) {
	for i := range 5 {
		w.push(t, w.shop, order(fmt.Sprintf("e%d", i), fmt.Sprintf("100%d", i), int64(10-i), "paid"))
	}
	w.push(t, w.shop, event("c1", chat.RecordCart, "cart", 1, chat.Cart{ExternalID: "cart"}))
	gone := order("gone", "1002", 11, "")
	gone.Deleted, gone.Body = true, nil
	w.push(t, w.shop, gone)
	page := got(w.ListRecords(t.Context(), w.shop.ID, chat.RecordOrder, 0, 3))(t)
	same(t, "first page", externalIDs(page), []string{"1004", "1003", "1001"})
	page = got(w.ListRecords(t.Context(), w.shop.ID, chat.RecordOrder, page[2].Position, 3))(t)
	same(t, "second page", externalIDs(page), []string{"1000"})
}

func contextOfShopper(t *testing.T, w *place) {
	old, session := w.walkIn(t, w.shop)
	known, knownSession := w.walkIn(t, w.shop)
	w.identify(t, knownSession, "cust-1")
	w.identify(t, session, "cust-1") // old is now an alias of known
	o := func(id string, version int64, p chat.ShopperID, customer string) chat.ContextEvent {
		v := chat.Order{ExternalID: id, Shopper: p}
		if customer != "" {
			v.Customer = &chat.CustomerRef{ExternalID: customer}
		}
		return event("e"+id, chat.RecordOrder, id, version, v)
	}
	s := func(id, order string, version int64) chat.ContextEvent {
		return event("e"+id, chat.RecordShipment, id, version, chat.Shipment{ExternalID: id, OrderExternalID: order})
	}
	w.push(t, w.shop, o("1", 1, known.ID, ""), o("2", 4, old.ID, ""), o("3", 3, "", "cust-1"), o("4", 9, "", "cust-2"), o("5", 9, "", ""),
		s("s2", "2", 7), s("s1", "2", 6), s("s4", "4", 6))
	have := got(w.RecordsOf(t.Context(), w.shop.ID, known.ID, "cust-1", 10))(t)
	same(t, "records", externalIDs(have), []string{"2", "3", "1", "s1", "s2"})
	same(t, "without a customer id", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, known.ID, "", 10))(t)), []string{"2", "1", "s1", "s2"})
	same(t, "at most one", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, known.ID, "cust-1", 1))(t)), []string{"2", "s1"})
	same(t, "shipments", externalIDs(got(w.ShipmentsOf(t.Context(), w.shop.ID, "2", 10))(t)), []string{"s1", "s2"})
	same(t, "nobody's", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, "", "", 10))(t)), nil)
	gone := o("2", 10, "", "")
	gone.ID, gone.Deleted, gone.Body = "gone", true, nil
	w.push(t, w.shop, gone)
	same(t, "without the deleted", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, known.ID, "cust-1", 10))(t)), []string{"3", "1"})
}

func contextScoped(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	w.push(t, w.shop, event("e1", chat.RecordOrder, "1001", 1, chat.Order{ExternalID: "1001", Shopper: p.ID}),
		event("e2", chat.RecordShipment, "s1", 1, chat.Shipment{ExternalID: "s1", OrderExternalID: "1001"}))
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Record(t.Context(), other.ID, chat.RecordOrder, "1001")
		want(t, err, chat.ErrNotFound)
		all := slices.Concat(got(w.RecordsOf(t.Context(), other.ID, p.ID, "", 10))(t), got(w.ListRecords(t.Context(), other.ID, chat.RecordOrder, 0, 10))(t),
			got(w.ShipmentsOf(t.Context(), other.ID, "1001", 10))(t))
		if len(all) != 0 {
			t.Fatalf("another shop sees %s", show(all))
		}
		same(t, "outcomes", outcomes(w.push(t, other, order("e1", "1001", 1, "paid"))), []chat.Outcome{chat.OutcomeApplied})
	}
	_, err := w.Fold(t.Context(), w.batch(chat.Shop{ID: "shop_x"}, order("e1", "1001", 1, "paid")))
	want(t, err, chat.ErrNotFound)
}
