package chattest

import (
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var besideCases = []storeCase{
	{"a decision sees what it has named, with earlier changes", besideSeen},
	{"a decision that names another shop's is not asked", besideScoped},
	{"of decisions on one delivery at once each sees the one before", besideAtOnce},
	{"a change that is refused leaves nothing beside the log", besideRefused},
}

func besideSeen(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	p := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	h, _ := w.offered(t, p, account)
	d := w.send(c, a, 1)
	d.Cost, d.CostAt = &chat.Money{Amount: 7, Currency: "EUR"}, chat.At(w.now)
	w.deliver(t, c, d)
	var seen chat.Seen
	w.change(t, chat.Write{
		Shop: w.shop.ID, Conversation: c.ID, Beside: chat.Beside{Delivery: d.ID, Handoff: h.ID, Address: a.ID, Spent: "EUR", SpentAt: chat.At(w.now)},
		DecideWith: func(_ chat.Conversation, s chat.Seen) (chat.Change, error) { seen = s; return chat.Change{}, nil },
	})
	same(t, "seen", seen, chat.Seen{Delivery: d, Handoff: h, Address: a, Spent: 7})
	w.change(t, chat.Write{
		Shop: w.shop.ID, Conversation: c.ID,
		DecideWith: func(_ chat.Conversation, s chat.Seen) (chat.Change, error) { seen = s; return chat.Change{}, nil },
	})
	same(t, "nothing named", seen, chat.Seen{})
}

func besideScoped(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	p := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	h, _ := w.offered(t, p, account)
	d := w.send(c, a, 1)
	w.deliver(t, c, d)
	other, _ := w.talkOn(t, w.sister, account, "16505551234")
	for _, b := range []chat.Beside{{Delivery: d.ID}, {Handoff: h.ID}, {Address: a.ID}, {Delivery: "dlv_x"}} {
		_, err := w.Change(t.Context(), chat.Write{
			Shop: w.sister.ID, Conversation: other.ID, Beside: b,
			DecideWith: func(chat.Conversation, chat.Seen) (chat.Change, error) { t.Error("asked"); return chat.Change{}, nil },
		})
		want(t, err, chat.ErrNotFound)
	}
}

func besideAtOnce(t *testing.T, w *place) {
	c, a := w.talkOn(t, w.shop, w.connect(t, w.shop), "16505551234")
	d := w.send(c, a, 1)
	w.deliver(t, c, d)
	atOnce(t, 24, func(int) (chat.Committed, error) {
		return w.Change(background(t), chat.Write{
			Shop: w.shop.ID, Conversation: c.ID, Beside: chat.Beside{Delivery: d.ID},
			DecideWith: func(c chat.Conversation, s chat.Seen) (chat.Change, error) {
				ch := touched(c)
				s.Delivery.Attempt++
				ch.Deliveries = []chat.Delivery{s.Delivery}
				return ch, nil
			},
		})
	})
	same(t, "attempts", got(w.Delivery(t.Context(), w.shop.ID, d.ID))(t).Attempt, 24)
}

func besideRefused(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	foreign, _ := w.ensure(t, w.sister, w.person(w.sister, w.connect(t, w.sister), "16505551234", ""))
	d, n := w.send(c, a, 1, "wamid.9"), chat.Natural{Account: account.ID, ID: "wamid.8"}
	p := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	line := w.consent(p, chat.ForMarketing, false)
	stopped := a
	stopped.StoppedAt = 5
	_, err := w.Change(t.Context(), chat.Write{Shop: w.shop.ID, Conversation: c.ID, Decide: func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		foreign.Shop = w.shop.ID
		ch.Deliveries, ch.Consents, ch.Inbound = []chat.Delivery{d}, []chat.Consent{line}, &n
		ch.Addresses = []chat.Address{stopped, foreign}
		ch.Tasks = []chat.Task{{Kind: chat.TaskSweep, DueAt: chat.At(w.now)}}
		return ch, nil
	}})
	want(t, err, chat.ErrNotFound)
	_, err = w.Delivery(t.Context(), w.shop.ID, d.ID)
	want(t, err, chat.ErrNotFound)
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), a)
	same(t, "consents", len(got(w.ConsentsOf(t.Context(), w.shop.ID, p.ID))(t)), 0)
	same(t, "tasks", len(w.claim(t)), 0)
	same(t, "natural key", got(w.SeeNatural(t.Context(), n))(t), true)
	same(t, "head", got(w.Conversation(t.Context(), w.shop.ID, c.ID))(t), c)
}
