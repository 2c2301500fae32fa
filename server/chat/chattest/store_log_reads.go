package chattest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var logReadCases = []storeCase{
	{"notes have no number for the shopper, whose numbers stay dense", logAudiences},
	{"entries are read in pages, forward and back", logPages},
	{"a place in a log is located in both numberings", logLocate},
	{"unread counts others' messages above the mark", logUnread},
	{"watermarks are kept, and rise with what is written", logWatermarks},
	{"every kind of entry comes back as it was", logKinds},
}

func logAudiences(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	w.post(t, c, note(byAgent(w.owner), "n1", "She has asked before."))
	w.post(t, c, draft(byAgent(w.owner), "a1", "Yes, it is.")) // joins and takes it: joined is visible, assigned is not
	w.post(t, c, draft(byShopper(p), "m1", "Thanks"))
	all := w.log(t, c)
	dense(t, all)
	var visible []int64
	for _, e := range got(w.Entries(t.Context(), chat.EntryQuery{Shop: c.Shop, Conversation: c.ID, Audience: chat.ForShopper, Limit: 50}))(t) {
		if e.Kind == chat.EntryNote || e.Kind == chat.EntryEvent && e.Event.Name == chat.EventAssigned {
			t.Fatalf("the shopper sees %s", show(e))
		}
		visible = append(visible, e.ShopperSeq)
	}
	same(t, "the shopper's numbers", visible, []int64{1, 2, 3, 4})
	if len(all) != 6 {
		t.Fatalf("%d entries for agents", len(all))
	}
}

func logPages(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	for i := range 9 {
		w.post(t, c, note(byAgent(w.owner), fmt.Sprintf("n%d", i), "a note"))
		w.post(t, c, draft(byShopper(p), fmt.Sprintf("m%d", i), "a message"))
	}
	for _, x := range []struct {
		name          string
		audience      chat.Audience
		after, before int64
		limit         int
		want          []int64
	}{
		{"from the start", chat.ForAgents, 0, 0, 3, []int64{1, 2, 3}},
		{"after a place", chat.ForAgents, 16, 0, 10, []int64{17, 18, 19}},
		{"after the head", chat.ForAgents, 19, 0, 10, nil},
		{"before a place, ascending", chat.ForAgents, 0, 5, 3, []int64{2, 3, 4}},
		{"before the first", chat.ForAgents, 0, 1, 3, nil},
		{"from the end", chat.ForAgents, 0, 1 << 40, 2, []int64{18, 19}},
		{"the shopper's from the start", chat.ForShopper, 0, 0, 3, []int64{1, 2, 3}},
		{"the shopper's after a place", chat.ForShopper, 8, 0, 5, []int64{9, 10}},
		{"the shopper's before a place", chat.ForShopper, 0, 4, 2, []int64{2, 3}},
	} {
		t.Run(x.name, func(t *testing.T) {
			var have []int64
			for _, e := range got(w.Entries(t.Context(), chat.EntryQuery{
				Shop: c.Shop, Conversation: c.ID, Audience: x.audience, After: x.after, Before: x.before, Limit: x.limit,
			}))(t) {
				have = append(have, e.Number(x.audience))
			}
			same(t, "numbers", have, x.want)
		})
	}
}

func logLocate(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)                             // 1/1
	w.post(t, c, note(byAgent(w.owner), "n1", "a note"))  // 2/-
	w.post(t, c, note(byAgent(w.owner), "n2", "another")) // 3/-
	w.post(t, c, draft(byShopper(p), "m1", "hello?"))     // 4/2
	for _, x := range []struct {
		audience chat.Audience
		n        int64
		want     chat.Ref
	}{
		{chat.ForAgents, 0, chat.Ref{}},
		{chat.ForAgents, 1, chat.Ref{Seq: 1, ShopperSeq: 1}},
		{chat.ForAgents, 3, chat.Ref{Seq: 3, ShopperSeq: 1}}, // who has read the note has read what came before it
		{chat.ForAgents, 99, chat.Ref{Seq: 4, ShopperSeq: 2}},
		{chat.ForShopper, 1, chat.Ref{Seq: 1, ShopperSeq: 1}},
		{chat.ForShopper, 2, chat.Ref{Seq: 4, ShopperSeq: 2}},
		{chat.ForShopper, 99, chat.Ref{Seq: 4, ShopperSeq: 2}},
		{chat.ForShopper, -1, chat.Ref{}},
	} {
		same(t, fmt.Sprintf("audience %d at %d", x.audience, x.n), got(w.Locate(t.Context(), c.Shop, c.ID, x.audience, x.n))(t), x.want)
	}
}

func logUnread(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	unread := func(by chat.Author, limit int) int {
		t.Helper()
		return got(w.Unread(t.Context(), c.Shop, c.ID, by, limit))(t)
	}
	agent, other := byAgent(w.owner), byAgent(w.newAgent(w.shop.Merchant, chat.RoleAgent))
	w.post(t, c, draft(byShopper(p), "m1", "hello?"))
	w.post(t, c, note(other, "n1", "I have no idea"))
	same(t, "agent", unread(agent, 10), 2)
	same(t, "agent, at most one", unread(agent, 1), 1)
	same(t, "shopper", unread(byShopper(p), 10), 0)
	w.post(t, c, draft(agent, "a1", "Yes"))
	same(t, "agent after an answer", unread(agent, 10), 0)
	same(t, "the other agent, who has read what stood before their note", unread(other, 10), 1)
	same(t, "shopper after the answer", unread(byShopper(p), 10), 1)
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		return c.Receive(chat.Receipt{By: byShopper(p), Upto: chat.Ref{Seq: c.Head, ShopperSeq: c.ShopperHead}, Read: true}, w.now)
	})
	same(t, "shopper after reading", unread(byShopper(p), 10), 0)
}

func logWatermarks(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	w.post(t, c, draft(byAgent(w.owner), "a1", "Yes"))
	read := func(n int64) chat.Committed {
		return w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
			return c.Receive(chat.Receipt{By: byShopper(p), Upto: chat.Ref{Seq: n, ShopperSeq: min(n, c.ShopperHead)}, Read: true}, w.now)
		})
	}
	done := read(3)
	if !done.Changed() || len(done.Receipts) != 1 || done.Entries != nil {
		t.Fatalf("%+v", done)
	}
	head := got(w.Conversation(t.Context(), c.Shop, c.ID))(t)
	same(t, "mark", head.Watermark(byShopper(p)).Read.Seq, int64(3))
	same(t, "receipt", done.Receipts[0], head.Watermark(byShopper(p)))
	if again := read(2); again.Changed() {
		t.Fatal("a mark fell")
	}
}

func logKinds(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	by := byAgent(w.owner)
	first := w.log(t, c)[0]
	full := draft(by, "a1", "Both ✓ – \"quoted\" \\ 日本語")
	full.Message.Language = "en"
	full.Message.Choices = []chat.Choice{{ID: "y", Title: "Yes"}}
	full.Message.Cards = []chat.Card{{Title: "Cup", URL: "https://marl.example/cup", Price: &chat.Money{Amount: 1099, Currency: "EUR"}}}
	full.Message.Coupon = &chat.CouponOffer{Code: "CUP10", ExpiresAt: chat.At(w.now)}
	full.Message.ReplyTo = &chat.Ref{Seq: 1, ShopperSeq: 1}
	want := slices.Concat(
		w.log(t, c),
		w.post(t, c, full).Entries,
		w.post(t, c, note(by, "n1", "a note")).Entries,
		w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Tag([]string{"vip", "cups"}, by, w.now) }).Entries,
		w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
			return c.Amend(chat.Amend{Action: chat.AmendReact, Emoji: "👍"}, first, by, "r1", w.now)
		}).Entries,
		w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
			o := chat.OrderBrief{ExternalID: "1001", Number: "#1001", Change: chat.OrderPaid, Total: &chat.Money{Amount: 4200, Currency: "EUR"}}
			return c.NoteOrder(o, "order:1001:paid", w.now)
		}).Entries,
		w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Assign(nil, by, w.now) }).Entries,
		w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Close(by, w.now) }).Entries,
		w.post(t, c, draft(byShopper(p), "m1", "One more thing")).Entries,
	)
	same(t, "log", w.log(t, c), want)
	dense(t, want)
	head := got(w.Conversation(t.Context(), c.Shop, c.ID))(t)
	if head.State != chat.StateOpen || head.Order == nil || head.LastMessage.Text != "One more thing" || len(head.Tags) != 2 {
		t.Fatalf("head %s", show(head))
	}
}
