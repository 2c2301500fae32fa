package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func order(id string, version int64, body string) ContextEvent {
	return ContextEvent{
		ID: fmt.Sprintf("evt_%s_%d_%d", id, version, len(body)), Kind: RecordOrder, ExternalID: id, Version: version,
		OccurredAt: version * 1000, Body: json.RawMessage(body),
	}
}

func mustFold(t *testing.T, cur *Record, ev ContextEvent) Folded {
	t.Helper()
	f, err := Fold("shop_1", cur, ev, noon)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTheNewestVersionWins(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	cur := mustFold(t, nil, order("1", v, `{"external_id":"1","number":"#1"}`)).Record
	later := order("1", v, `{"external_id":"1","number":"#1b"}`)
	later.OccurredAt++
	for _, c := range []struct {
		name string
		ev   ContextEvent
		want Outcome
	}{
		{"a higher version is applied", order("1", v+1, `{"external_id":"1"}`), OutcomeApplied},
		{"a lower one is stale", order("1", v-1, `{"external_id":"1"}`), OutcomeStale},
		{"the same content is a duplicate", order("1", v, `{"external_id":"1", "number":"#1"}`), OutcomeDuplicate},
		{"the same version from later is applied", later, OutcomeApplied},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := mustFold(t, &cur, c.ev); f.Outcome != c.want {
				t.Fatalf("got %s", f.Outcome)
			}
		})
	}
}

func TestEventsInAnyOrderAndNumberGiveTheSameRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := noon.UnixMilli() - 100_000
		var events []ContextEvent
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			ev := order("1", v+int64(rapid.IntRange(0, 3).Draw(t, "version")), fmt.Sprintf(`{"external_id":"1","number":"#%d"}`, i))
			ev.OccurredAt = ev.Version*1000 + int64(rapid.IntRange(0, 2).Draw(t, "µs"))
			events = append(events, ev)
		}
		fold := func(events []ContextEvent) (cur *Record) {
			for _, ev := range events {
				f, err := Fold("shop_1", cur, ev, noon)
				if err != nil {
					t.Fatal(err)
				}
				if f.Outcome == OutcomeApplied {
					cur = &f.Record
				}
			}
			return cur
		}
		want := fold(events)
		again := append(rapid.Permutation(events).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeats")...)
		if got := fold(again); string(got.Body) != string(want.Body) || got.Hash != want.Hash {
			t.Fatalf("got %s, want %s", got.Body, want.Body)
		}
	})
}

func TestBadEventsAreRefusedWithThePath(t *testing.T) {
	now := noon.UnixMilli()
	for _, c := range []struct{ name, body, path string }{
		{"a negative total", `{"external_id":"1","totals":{"total":{"amount":-1,"currency":"EUR"}}}`, "order.totals.total.amount"},
		{"a currency of four letters", `{"external_id":"1","totals":{"total":{"amount":1,"currency":"EURO"}}}`, "order.totals.total.currency"},
		{"an amount that JavaScript rounds", `{"external_id":"1","totals":{"total":{"amount":9007199254740993,"currency":"EUR"}}}`, "order.totals.total.amount"},
		{"an amount that is no integer", `{"external_id":"1","totals":{"total":{"amount":1e400,"currency":"EUR"}}}`, "order"},
		{"an unknown status", `{"external_id":"1","financial_status":"rich"}`, "order.financial_status"},
		{"a script as link", `{"external_id":"1","url_status":"javascript:alert(1)"}`, "order.url_status"},
		{"the year 9999", `{"external_id":"1","placed_at":253370764800000}`, "order.placed_at"},
		{"a million pieces and one", `{"external_id":"1","lines":[{"quantity":1000001}]}`, "order.lines[0].quantity"},
		{"another order's id", `{"external_id":"2"}`, "order.external_id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Fold("shop_1", nil, order("1", now, c.body), noon)
			e, ok := AsError(err)
			if !ok || !errors.Is(err, ErrInvalid) || len(e.Fields) == 0 || e.Fields[0].Path != c.path {
				t.Fatalf("got %v %+v", err, e)
			}
		})
	}
	future := order("1", now+6*60_000, `{"external_id":"1"}`)
	if _, err := Fold("shop_1", nil, future, noon); !errors.Is(err, ErrInvalid) {
		t.Fatalf("a version six minutes ahead must be refused, got %v", err)
	}
	ahead := order("1", now+4*60_000, `{"external_id":"1"}`)
	if _, err := Fold("shop_1", nil, ahead, noon); err != nil {
		t.Fatalf("a clock four minutes ahead is accepted, got %v", err)
	}
}

func TestAPatchKeepsWhatItDoesNotName(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	cur := mustFold(t, nil, order("1", v, `{"external_id":"1","number":"#1","note":"gift","lines":[{"title":"a","quantity":1}]}`)).Record
	patch := order("1", v+1, `{"external_id":"1","note":null,"lines":[{"title":"b","quantity":2}]}`)
	patch.Patch = true
	o, err := mustFold(t, &cur, patch).Record.Order()
	if err != nil || o.Number != "#1" || o.Note != "" || len(o.Lines) != 1 || o.Lines[0].Title != "b" {
		t.Fatalf("got %+v, %v", o, err)
	}
}

func TestScansOfAShipmentAreUnited(t *testing.T) {
	ship := func(version int64, body string) ContextEvent {
		ev := order("s1", version, body)
		ev.Kind = RecordShipment
		return ev
	}
	v := noon.UnixMilli() - 10_000
	cur := mustFold(t, nil, ship(v, `{"external_id":"s1","order_external_id":"1","events":[{"id":"b","at":2}]}`)).Record
	s, err := mustFold(t, &cur, ship(v+1, `{"external_id":"s1","order_external_id":"1","events":[{"id":"a","at":1}]}`)).Record.Shipment()
	if err != nil || len(s.Events) != 2 || s.Events[0].ID != "a" {
		t.Fatalf("got %+v, %v", s, err)
	}
}

func TestTransitionsAreToldOnceAndNotOfHistory(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	changes := func(f Folded) string {
		var out []string
		for _, k := range f.Tasks {
			var n OrderNews
			if err := json.Unmarshal(k.Payload, &n); err != nil {
				t.Fatal(err)
			}
			out = append(out, string(n.Change))
		}
		return strings.Join(out, " ")
	}
	placed := mustFold(t, nil, order("1", v, `{"external_id":"1","financial_status":"pending"}`))
	paid := mustFold(t, &placed.Record, order("1", v+1, `{"external_id":"1","financial_status":"paid"}`))
	again := mustFold(t, &paid.Record, order("1", v+2, `{"external_id":"1","financial_status":"paid","fulfillment_status":"fulfilled"}`))
	for i, c := range []struct{ got, want string }{{changes(placed), "placed"}, {changes(paid), "paid"}, {changes(again), "shipped"}} {
		if c.got != c.want {
			t.Errorf("event %d tells %q, want %q", i, c.got, c.want)
		}
	}
	old := order("2", v, `{"external_id":"2","financial_status":"paid"}`)
	old.Backfill = true
	if f := mustFold(t, nil, old); len(f.Tasks) != 0 {
		t.Errorf("history tells %q", changes(f))
	}
}

func TestARedactedRecordTakesNothingBack(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	cur := mustFold(t, nil, order("1", v, `{"external_id":"1"}`)).Record
	cur.Redacted, cur.Deleted = true, true
	if f := mustFold(t, &cur, order("1", v+1, `{"external_id":"1","note":"her name"}`)); f.Outcome != OutcomeStale {
		t.Fatalf("got %s", f.Outcome)
	}
}

func TestALinkOutlivesASnapshotWithoutIt(t *testing.T) {
	v := noon.UnixMilli() - 10_000
	id := NewID[ShopperID](PrefixShopper, strings.NewReader(strings.Repeat("x", 16)))
	cur := mustFold(t, nil, order("1", v, fmt.Sprintf(`{"external_id":"1","shopper":%q}`, id))).Record
	if next := mustFold(t, &cur, order("1", v+1, `{"external_id":"1"}`)).Record; next.Shopper != id {
		t.Fatalf("shopper is %q", next.Shopper)
	}
	if odd := mustFold(t, nil, order("2", v, `{"external_id":"2","shopper":"shp_x' OR 1"}`)).Record; odd.Shopper != "" {
		t.Fatalf("shopper is %q", odd.Shopper)
	}
}

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://Shop.Example":        "https://shop.example",
		"https://shop.example:443/":   "https://shop.example",
		"http://shop.example:80":      "http://shop.example",
		"http://localhost:3000":       "http://localhost:3000",
		"https://[::1]:8443":          "https://[::1]:8443",
		"shop.example":                "",
		"null":                        "",
		"*":                           "",
		"https://*.shop.example":      "",
		"https://shop.example.":       "",
		"https://shop.example/path":   "",
		"https://user@shop.example":   "",
		"https://shop.example:99999":  "",
		"file:///etc":                 "",
		"https://bücher.example":      "",
		"https://shop.example:8080:1": "",
	} {
		if got, _ := Origin(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestAPageLosesItsSecrets(t *testing.T) {
	p, err := Page{URL: "https://u:p@shop.example/reset?token=abc&size=9&access_token=x&email=a%40b.c&my-code=1#frag"}.Clean()
	if err == nil {
		t.Fatalf("a URL with user info is no page: %+v", p)
	}
	p, err = Page{URL: "https://shop.example/reset?token=abc&size=9&access_token=x&email=a%40b.c&my-code=1#frag"}.Clean()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"abc", "=x", "a%40b", "=1", "frag"} {
		if strings.Contains(p.URL, secret) {
			t.Errorf("%q is left in %s", secret, p.URL)
		}
	}
	if !strings.Contains(p.URL, "size=9") {
		t.Errorf("what is no secret is gone: %s", p.URL)
	}
	for _, u := range []string{"", "javascript:alert(1)", "https://a b/", "//evil", "https://x@y/", `https://a\@b/`} {
		if _, err := (Page{URL: u}).Clean(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q is taken for a page", u)
		}
	}
}

func TestMillisKeepNever(t *testing.T) {
	if At(time.Time{}) != 0 || !Millis(0).Time().IsZero() {
		t.Fatal("zero does not mean never")
	}
}
