package chat

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// folded folds events as a store does.
func folded(t interface {
	Helper()
	Fatal(...any)
}, events []ContextEvent,
) map[string]Record {
	t.Helper()
	all := map[string]Record{}
	for _, ev := range events {
		key := string(ev.Kind) + " " + ev.ExternalID
		var cur *Record
		if r, ok := all[key]; ok {
			cur = &r
		}
		f, err := Fold("shop_1", cur, ev, noon)
		if err != nil {
			t.Fatal(err, string(ev.Body))
		}
		if f.Outcome == OutcomeApplied {
			all[key] = f.Record
		}
	}
	return all
}

// sameState tells where two worlds differ in what anybody can see.
func sameState(got, want map[string]Record) string {
	for k, w := range want {
		g := got[k]
		if g.Version != w.Version || g.OccurredAt != w.OccurredAt || g.Hash != w.Hash || g.Deleted != w.Deleted || g.Shopper != w.Shopper ||
			g.CustomerID != w.CustomerID || g.Parent != w.Parent || string(g.Body) != string(w.Body) || !slices.Equal(g.Keys, w.Keys) {
			return fmt.Sprintf("%s of %s is %s %s\nwant %s %s", k, g.Shopper, g.Keys, g.Body, w.Shopper, w.Body)
		}
	}
	return ""
}

func shopperNo(n int) ShopperID {
	return NewID[ShopperID](PrefixShopper, strings.NewReader(strings.Repeat(string(rune('a'+n)), 16)))
}

// pick draws an index below n.
type pick func(n int) int

// someEvent makes an event of any kind: a snapshot, a patch or a deletion, of few objects and few versions, so that they collide.
func someEvent(p pick, i int) ContextEvent {
	kind := []RecordKind{RecordOrder, RecordOrder, RecordShipment, RecordCart, RecordCustomer}[p(5)]
	id := fmt.Sprintf("9007199254740993%d", p(3))
	ev := ContextEvent{
		ID: fmt.Sprintf("evt_%d", i), Kind: kind, ExternalID: id, Version: noon.UnixMilli() - 100_000 + int64(p(40)), Backfill: p(3) == 0,
	}
	ev.OccurredAt = ev.Version*1000 + int64(p(3))
	body := map[string]any{"external_id": id}
	maybe := func(name string, v any) {
		if p(2) == 0 {
			body[name] = v
		}
	}
	if kind != RecordShipment {
		maybe("shopper", shopperNo(p(3)))
	}
	switch kind {
	case RecordOrder:
		maybe("number", fmt.Sprintf("#%d", p(9)))
		maybe("note", fmt.Sprintf("note %d", i))
		maybe("financial_status", []string{"pending", "paid", "refunded"}[p(3)])
		maybe("customer", map[string]any{"external_id": fmt.Sprintf("c%d", p(3)), "email": fmt.Sprintf("A%d@Shop.example", p(3))})
		maybe("totals", map[string]any{"total": map[string]any{"amount": p(9999), "currency": "JPY"}})
		maybe("lines", []map[string]any{{"external_id": "1", "title": "jug", "quantity": p(5)}})
	case RecordShipment:
		body["order_external_id"] = "1001"
		maybe("status", []string{"shipped", "in_transit", "delivered", "failure"}[p(4)])
		maybe("events", []map[string]any{{"id": fmt.Sprintf("s%d", p(6)), "status": []string{"in_transit", "delivered"}[p(2)], "at": p(50)}})
	case RecordCart:
		maybe("email", fmt.Sprintf("a%d@shop.example", p(3)))
		maybe("lines", []map[string]any{{"title": "jug", "quantity": 1 + p(5)}})
	case RecordCustomer:
		maybe("first_name", fmt.Sprintf("Ana %d", i))
	}
	switch p(4) {
	case 0:
		ev.Patch = true
		if kind == RecordOrder && p(3) == 0 {
			body["note"] = nil
		}
	case 1:
		if p(3) == 0 {
			ev.Deleted, body = true, nil
		}
	}
	if body != nil {
		ev.Body = encode(body)
	}
	return ev
}

func TestAnyOrderOfSnapshotsPatchesAndDeletionsGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") }
		events := make([]ContextEvent, rapid.IntRange(1, 25).Draw(t, "events"))
		for i := range events {
			events[i] = someEvent(p, i)
		}
		again := append(rapid.Permutation(events).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeats")...)
		if diff := sameState(folded(t, again), folded(t, events)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A day of a shop, told in any order and several times, two hundred times over.
func TestFiveHundredShuffledEventsEndAsInOrder(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 4)) //nolint:gosec // a test's dice
		events := make([]ContextEvent, 500)
		for i := range events {
			events[i] = someEvent(random.IntN, i)
		}
		inOrder := slices.Clone(events)
		slices.SortStableFunc(inOrder, func(a, b ContextEvent) int { return a.stamp().compare(b.stamp()) })
		shuffled := slices.Concat(events, events[:250], events[100:350])
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := sameState(folded(t, shuffled), folded(t, inOrder)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestAPatchMayComeBeforeItsObject(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	patch := order("s1", v+1, `{"external_id":"s1","status":"delivered"}`)
	patch.Kind, patch.Patch = RecordShipment, true
	stub := mustFold(t, nil, patch).Record
	late := order("s1", v, `{"external_id":"s1","order_external_id":"1","carrier":"DHL"}`)
	late.Kind = RecordShipment
	f := mustFold(t, &stub, late)
	s, err := f.Record.Shipment()
	if err != nil || f.Outcome != OutcomeApplied || s.Status != "delivered" || s.Carrier != "DHL" || f.Record.Parent != "1" {
		t.Fatalf("got %s %+v, %v", f.Outcome, s, err)
	}
	if n := len(f.Tasks); n == 0 {
		t.Error("its delivery is told of once its order is known; nothing is")
	}
}

func TestOldPatchesAreMergedWhenThereAreTooMany(t *testing.T) {
	v := noon.UnixMilli() - 100_000
	cur := mustFold(t, nil, order("1", v, `{"external_id":"1"}`)).Record
	for i := range 3 * maxPatches {
		p := order("1", v+1+int64(i), fmt.Sprintf(`{"external_id":"1","attributes":{"a%d":"x"}}`, i%90))
		p.Patch = true
		cur = mustFold(t, &cur, p).Record
	}
	o, err := cur.Order()
	if err != nil || len(o.Attributes) != 90 {
		t.Fatalf("%d attributes are left, %v", len(o.Attributes), err)
	}
	h, err := cur.history()
	if err != nil || len(h.Patches) != maxPatches {
		t.Fatalf("%d patches are kept, %v", len(h.Patches), err)
	}
}

func TestASnapshotNeedsNoHistory(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	cur := mustFold(t, nil, order("1", v, fmt.Sprintf(`{ "number":"#1", "external_id":"1","shopper":%q}`, shopperNo(1)))).Record
	if cur.History != nil {
		t.Errorf("kept %s", cur.History)
	}
	var body map[string]any
	if json.Unmarshal(cur.Body, &body) != nil || len(body) != 3 {
		t.Errorf("body %s", cur.Body)
	}
}

func TestADeliveredParcelStaysSoUnlessACarrierSaysOtherwiseLater(t *testing.T) {
	for name, c := range map[string]struct {
		events string
		want   ShipmentStatus
	}{
		"late news from the road":    {`[{"id":"a","status":"delivered","at":50},{"id":"b","status":"in_transit","at":60}]`, "delivered"},
		"brought back":               {`[{"id":"a","status":"delivered","at":50},{"id":"b","status":"failure","at":60}]`, "failure"},
		"scans in the wrong order":   {`[{"id":"b","status":"out_for_delivery","at":60},{"id":"a","status":"in_transit","at":50}]`, "out_for_delivery"},
		"a scan that says nothing":   {`[{"id":"a","status":"delivered","at":50},{"id":"b","message":"thanks","at":60}]`, "delivered"},
		"failed before it got there": {`[{"id":"a","status":"attempted","at":50},{"id":"b","status":"delivered","at":60}]`, "delivered"},
	} {
		ev := order("s1", noon.UnixMilli()-10_000, `{"external_id":"s1","order_external_id":"1","events":`+c.events+`}`)
		ev.Kind = RecordShipment
		if s, err := mustFold(t, nil, ev).Record.Shipment(); err != nil || s.Status != c.want {
			t.Errorf("%s gives %s, %v", name, s.Status, err)
		}
	}
}
