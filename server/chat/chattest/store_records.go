package chattest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var recordCases = []storeCase{
	{"a record carries its keys and its history, and is found by each key", keyFinds},
	{"by the beginning of a key records are found once each, last changed first", keyPrefix},
	{"a key is a key to the letter: signs that mean something elsewhere mean nothing", keySigns},
	{"a key that changes leads to the record no more, and the new one does", keyMoves},
	{"a deleted record is found by nothing until it is told of again", keyTombstone},
	{"a key of another shop, or of another kind, finds nothing", keyScoped},
	{"an amended record is written with the next position, its task beside it, and told of", amendWrites},
	{"an amendment that decides for nothing writes nothing, and one of no record is not found", amendNothing},
	{"amendments and folds at once see one another", amendAtOnce},
	{"an amendment that panics harms nobody else", amendPanics},
	{"a redacted record says nothing of a person, is found by no key, and takes no news", redactKnown},
	{"of a redacted customer only a trace is left", redactCustomer},
	{"one that was redacted before it was told of refuses late news", redactAbsent},
	{"redacting twice does no more, and another shop's record stays", redactScoped},
}

// titled is a product that can be searched for.
func titled(id, externalID string, version int64, title string) chat.ContextEvent {
	return event(id, chat.RecordProduct, externalID, version, chat.Product{ExternalID: externalID, Title: title})
}

func bought(id, externalID string, version int64, email string) chat.ContextEvent {
	return event(id, chat.RecordOrder, externalID, version, chat.Order{
		ExternalID: externalID, Number: "#" + externalID, Customer: &chat.CustomerRef{Email: email}, Note: "for " + email,
	})
}

// find gives the external ids of what is found by a key.
func (w *place) find(t *testing.T, shop chat.Shop, kind chat.RecordKind, key string, prefix bool) []string {
	t.Helper()
	return externalIDs(got(w.RecordsByKey(t.Context(), shop.ID, kind, key, prefix, 10))(t))
}

func keyFinds(t *testing.T, w *place) {
	b := w.batch(w.shop, bought("e1", "1001", 1, "Ana@Shop.example"))
	fold := b.Fold
	b.Fold = func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
		f, err := fold(cur, ev)
		f.Record.Keys = append(f.Record.Keys, "own:1")
		f.Record.History, f.Record.AbandonedAt = []byte(`{"base":{}}`), 7
		return f, err
	}
	got(w.Fold(t.Context(), b))(t)
	r := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t)
	if string(r.History) != `{"base":{}}` || r.AbandonedAt != 7 || len(r.Keys) < 3 {
		t.Fatalf("record %s", show(r))
	}
	for _, key := range append(r.Keys, "own:1", chat.EmailKey("ana@shop.example"), chat.NumberKey("1001")) {
		found := got(w.RecordsByKey(t.Context(), w.shop.ID, chat.RecordOrder, key, false, 10))(t)
		if len(found) != 1 {
			t.Fatalf("by %s %d are found", key, len(found))
		}
		same(t, "found by "+key, found[0], r)
	}
	same(t, "by a part of a key", w.find(t, w.shop, chat.RecordOrder, "own:", false), nil)
	same(t, "by no key", w.find(t, w.shop, chat.RecordOrder, "", true), nil)
}

func keyPrefix(t *testing.T, w *place) {
	w.push(t, w.shop, titled("e1", "1", 1, "Blue cup"), titled("e2", "2", 1, "Blueberry bluebell"), titled("e3", "3", 1, "Red cup"))
	word := chat.WordKey
	same(t, "blue", w.find(t, w.shop, chat.RecordProduct, word("blue"), true), []string{"2", "1"})
	same(t, "the word alone", w.find(t, w.shop, chat.RecordProduct, word("blue"), false), []string{"1"})
	same(t, "cup", w.find(t, w.shop, chat.RecordProduct, word("cu"), true), []string{"3", "1"})
	w.push(t, w.shop, titled("e4", "1", 2, "Blue cup, large"))
	same(t, "after a change", w.find(t, w.shop, chat.RecordProduct, word("blue"), true), []string{"1", "2"})
	long := strings.Join(strings.Split("abcdefghijklmnopqrst", ""), " ") // many words
	w.push(t, w.shop, titled("e5", "4", 1, long))
	for letter := range strings.SplitSeq(long, " ") {
		if found := w.find(t, w.shop, chat.RecordProduct, word(letter), false); len(found) != 1 || found[0] != "4" {
			t.Fatalf("by %s are found %v", letter, found)
		}
	}
	same(t, "at most one", externalIDs(got(w.RecordsByKey(t.Context(), w.shop.ID, chat.RecordProduct, word("blue"), true, 1))(t)), []string{"1"})
}

func keySigns(t *testing.T, w *place) {
	w.push(t, w.shop, titled("e1", "1", 1, "Über ärmel"), titled("e2", "2", 1, "übung 日本語"), titled("e3", "3", 1, "ub"))
	word := chat.WordKey
	same(t, "letters of more than one byte", w.find(t, w.shop, chat.RecordProduct, word("üb"), true), []string{"2", "1"})
	same(t, "the last of them", w.find(t, w.shop, chat.RecordProduct, word("日本"), true), []string{"2"})
	for _, key := range []string{"word:%", "word:_b", "word:ub_", "word:[u]", "word:*", `word:"`, "WORD:ub"} {
		same(t, key, w.find(t, w.shop, chat.RecordProduct, key, true), nil)
	}
}

func keyMoves(t *testing.T, w *place) {
	w.push(t, w.shop, bought("e1", "1001", 1, "ana@shop.example"), bought("e2", "1002", 1, "ana@shop.example"))
	w.push(t, w.shop, bought("e3", "1001", 2, "bea@shop.example"))
	same(t, "by the old key", w.find(t, w.shop, chat.RecordOrder, chat.EmailKey("ana@shop.example"), false), []string{"1002"})
	same(t, "by the new key", w.find(t, w.shop, chat.RecordOrder, chat.EmailKey("bea@shop.example"), false), []string{"1001"})
	same(t, "by one that stayed", w.find(t, w.shop, chat.RecordOrder, chat.NumberKey("1001"), false), []string{"1001"})
	w.push(t, w.shop, bought("e4", "1001", 3, "cia@shop.example"), bought("e5", "1001", 4, "ana@shop.example")) // twice in one batch
	same(t, "back again", w.find(t, w.shop, chat.RecordOrder, chat.EmailKey("ana@shop.example"), false), []string{"1001", "1002"})
	for _, gone := range []string{"bea@shop.example", "cia@shop.example"} {
		same(t, "by "+gone, w.find(t, w.shop, chat.RecordOrder, chat.EmailKey(gone), false), nil)
	}
}

func keyTombstone(t *testing.T, w *place) {
	w.push(t, w.shop, bought("e1", "1001", 1, "ana@shop.example"))
	gone := bought("e2", "1001", 2, "")
	gone.Deleted, gone.Body = true, nil
	w.push(t, w.shop, gone)
	same(t, "deleted", w.find(t, w.shop, chat.RecordOrder, chat.NumberKey("1001"), false), nil)
	w.push(t, w.shop, bought("e3", "1001", 3, "ana@shop.example"))
	same(t, "back", w.find(t, w.shop, chat.RecordOrder, chat.NumberKey("1001"), false), []string{"1001"})
}

func keyScoped(t *testing.T, w *place) {
	w.push(t, w.shop, bought("e1", "1001", 1, "ana@shop.example"))
	key := chat.EmailKey("ana@shop.example")
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		for _, prefix := range []bool{false, true} {
			same(t, "another shop's", w.find(t, other, chat.RecordOrder, key, prefix), nil)
		}
	}
	same(t, "another kind's", w.find(t, w.shop, chat.RecordCustomer, key, true), nil)
	same(t, "its own", w.find(t, w.shop, chat.RecordOrder, key, true), []string{"1001"})
}

func amendWrites(t *testing.T, w *place) {
	w.push(t, w.shop, event("e1", chat.RecordCart, "c1", 1, chat.Cart{ExternalID: "c1", Email: "ana@shop.example"}))
	was := got(w.Record(t.Context(), w.shop.ID, chat.RecordCart, "c1"))(t)
	var told []chat.Record
	must(t, w.AmendRecord(t.Context(), w.shop.ID, chat.RecordCart, "c1", func(r chat.Record) (chat.Record, []chat.Task, bool) {
		same(t, "what it is asked about", r, was)
		r.AbandonedAt, r.ExternalID, r.Shop = 99, "another", w.sister.ID
		return r, []chat.Task{{Kind: chat.TaskSweep, DueAt: chat.At(w.now)}}, true
	}, func(r chat.Record) { told = append(told, r) }))
	was.AbandonedAt, was.Position = 99, 2
	same(t, "record", got(w.Record(t.Context(), w.shop.ID, chat.RecordCart, "c1"))(t), was)
	same(t, "told", told, []chat.Record{was})
	same(t, "tasks", len(w.claim(t)), 1)
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(2))
	same(t, "still found", w.find(t, w.shop, chat.RecordCart, chat.EmailKey("ana@shop.example"), false), []string{"c1"})
}

func amendNothing(t *testing.T, w *place) {
	w.push(t, w.shop, order("e1", "1001", 1, "paid"))
	no := func(r chat.Record) (chat.Record, []chat.Task, bool) {
		return r, []chat.Task{{Kind: chat.TaskSweep, DueAt: chat.At(w.now)}}, false
	}
	then := func(chat.Record) { t.Error("told of nothing") }
	must(t, w.AmendRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001", no, then))
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(1))
	asked := func(r chat.Record) (chat.Record, []chat.Task, bool) { t.Error("asked"); return r, nil, true }
	want(t, w.AmendRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1002", asked, then), chat.ErrNotFound)
	for _, other := range []chat.Shop{w.foreign, w.sister, {ID: "shop_x"}} {
		want(t, w.AmendRecord(t.Context(), other.ID, chat.RecordOrder, "1001", asked, then), chat.ErrNotFound)
	}
	for _, task := range w.claim(t) {
		if task.Kind == chat.TaskSweep {
			t.Fatalf("task %s", show(task))
		}
	}
}

func amendAtOnce(t *testing.T, w *place) {
	const n = 20
	w.push(t, w.shop, event("e", chat.RecordCart, "c1", 1, chat.Cart{ExternalID: "c1"}))
	keep := func(cur *chat.Record, ev chat.ContextEvent) (chat.Folded, error) {
		next := *cur
		next.Version++
		return chat.Folded{Outcome: chat.OutcomeApplied, Record: next}, nil
	}
	var wait sync.WaitGroup
	errs := make([]error, 2*n)
	for i := range n {
		wait.Go(func() {
			errs[i] = w.AmendRecord(background(t), w.shop.ID, chat.RecordCart, "c1", func(r chat.Record) (chat.Record, []chat.Task, bool) {
				r.AbandonedAt++
				return r, nil, true
			}, nil)
		})
		wait.Go(func() {
			b := w.batch(w.shop, event(fmt.Sprint(i), chat.RecordCart, "c1", 1, nil))
			b.Fold = keep
			_, errs[n+i] = w.Fold(background(t), b)
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	r := got(w.Record(t.Context(), w.shop.ID, chat.RecordCart, "c1"))(t)
	same(t, "amendments", r.AbandonedAt, n)
	same(t, "folds", r.Version, event("e", chat.RecordCart, "c1", 1, nil).Version+n)
	same(t, "position", r.Position, 2*n+1)
}

func amendPanics(t *testing.T, w *place) {
	w.push(t, w.shop, order("e1", "1001", 1, "paid"), order("e2", "1002", 1, "paid"))
	var wait sync.WaitGroup
	var bad, good error
	wait.Go(func() {
		bad = w.AmendRecord(background(t), w.shop.ID, chat.RecordOrder, "1001", func(chat.Record) (chat.Record, []chat.Task, bool) { panic("a bug") }, nil)
	})
	wait.Go(func() {
		good = w.AmendRecord(background(t), w.shop.ID, chat.RecordOrder, "1002", func(r chat.Record) (chat.Record, []chat.Task, bool) {
			return r, nil, true
		}, nil)
	})
	wait.Wait()
	must(t, good)
	if bad == nil {
		t.Fatal("a panic is no success")
	}
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(3))
}

func redactKnown(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	body := chat.Order{
		ExternalID: "1001", Number: "#1001", Note: secret, Shopper: p.ID, Customer: &chat.CustomerRef{ExternalID: "cust-1", Email: "ana@shop.example"},
		Lines: []chat.Line{{Title: "A blue cup", Quantity: 1}},
	}
	w.push(t, w.shop, event("e1", chat.RecordOrder, "1001", 1, body))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))
	r := got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t)
	if !r.Redacted || r.Deleted || r.Position != 2 || strings.Contains(show(r), secret) || strings.Contains(show(r), "ana@") {
		t.Fatalf("record %s", show(r))
	}
	o, err := r.Order()
	must(t, err)
	same(t, "lines", o.Lines, body.Lines)
	same(t, "by e-mail", w.find(t, w.shop, chat.RecordOrder, chat.EmailKey("ana@shop.example"), false), nil)
	same(t, "by number", w.find(t, w.shop, chat.RecordOrder, chat.NumberKey("1001"), false), nil)
	same(t, "the shopper's", len(got(w.RecordsOf(t.Context(), w.shop.ID, p.ID, "cust-1", 10))(t)), 0)
	same(t, "late news", outcomes(w.push(t, w.shop, event("e2", chat.RecordOrder, "1001", 2, body))), []chat.Outcome{chat.OutcomeStale})
	same(t, "after them", got(w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))(t), r)
	f := got(w.Feed(t.Context(), w.shop.ID, 1, 10))(t)
	same(t, "the feed tells of it", externalIDs(f.Records), []string{"1001"})
}

func redactCustomer(t *testing.T, w *place) {
	c := func(id string, version int64) chat.ContextEvent {
		return event(id, chat.RecordCustomer, "ana@shop.example", version, chat.Customer{ExternalID: "ana@shop.example", Email: "ana@shop.example"})
	}
	w.push(t, w.shop, c("e1", 1))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordCustomer, "ana@shop.example"))
	_, err := w.Record(t.Context(), w.shop.ID, chat.RecordCustomer, "ana@shop.example")
	want(t, err, chat.ErrNotFound)
	same(t, "by key", w.find(t, w.shop, chat.RecordCustomer, chat.EmailKey("ana@shop.example"), false), nil)
	same(t, "late news", outcomes(w.push(t, w.shop, c("e2", 2))), []chat.Outcome{chat.OutcomeStale})
	_, err = w.Record(t.Context(), w.shop.ID, chat.RecordCustomer, "ana@shop.example")
	want(t, err, chat.ErrNotFound)
}

func redactAbsent(t *testing.T, w *place) {
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))
	many := []chat.ContextEvent{bought("e1", "1001", 1, "ana@shop.example")}
	for i := range 40 { // among many, of which no other was
		many = append(many, bought(fmt.Sprint("x", i), fmt.Sprint("x", i), 1, "bea@shop.example"))
	}
	have := outcomes(w.push(t, w.shop, many...))
	same(t, "late news", have[0], chat.OutcomeStale)
	for _, o := range have[1:] {
		same(t, "another", o, chat.OutcomeApplied)
	}
	_, err := w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001")
	want(t, err, chat.ErrNotFound)
	same(t, "of another kind", outcomes(w.push(t, w.shop, event("e2", chat.RecordCart, "1001", 1, chat.Cart{ExternalID: "1001"}))),
		[]chat.Outcome{chat.OutcomeApplied})
}

func redactScoped(t *testing.T, w *place) {
	for _, s := range []chat.Shop{w.shop, w.sister, w.foreign} {
		w.push(t, s, bought("e1", "1001", 1, "ana@shop.example"))
	}
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))
	must(t, w.RedactRecord(t.Context(), w.shop.ID, chat.RecordOrder, "1001"))
	same(t, "position", got(w.FeedPosition(t.Context(), w.shop.ID))(t), int64(2))
	for _, other := range []chat.Shop{w.sister, w.foreign} {
		same(t, "another shop's", w.find(t, other, chat.RecordOrder, chat.EmailKey("ana@shop.example"), false), []string{"1001"})
		same(t, "its news", outcomes(w.push(t, other, bought("e2", "1001", 2, "ana@shop.example"))), []chat.Outcome{chat.OutcomeApplied})
	}
	want(t, w.RedactRecord(t.Context(), "shop_x", chat.RecordOrder, "1001"), chat.ErrNotFound)
}
