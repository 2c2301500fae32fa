package chattest

import (
	"fmt"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var deliveryCases = []storeCase{
	{"a change writes its deliveries, and tells of them", deliveryWritten},
	{"a provider's id leads to what was sent, part by part", deliverySent},
	{"another shop's delivery is not found, nor one of another conversation written", deliveryScoped},
	{"deliveries up to a time and below a state are found", deliveryUpto},
	{"an account's held deliveries are found", deliveryHeld},
	{"what was spent is added up by shop, currency and time", deliverySpent},
	{"an answer finds the provider's id of what it answers", deliveryProviderID},
	{"news of an unknown message is parked, taken once, and goes after a day", deliveryParked},
}

// talkOn is a conversation whose shopper has an address on a channel.
func (w *place) talkOn(t *testing.T, shop chat.Shop, account chat.Account, phone string) (chat.Conversation, chat.Address) {
	t.Helper()
	a, _ := w.ensure(t, shop, w.person(shop, account, phone, ""))
	p := got(w.Shopper(t.Context(), shop.ID, a.Shopper))(t)
	return w.change(t, w.starting(shop, p, "start", draft(byShopper(p), "start", "Hello"))).Conversation, a
}

func (w *place) send(c chat.Conversation, a chat.Address, seq int64, parts ...string) chat.Delivery {
	d := chat.Delivery{
		ID: newID[chat.DeliveryID](chat.PrefixDelivery), Merchant: c.Merchant, Shop: c.Shop, Conversation: c.ID, Entry: chat.Ref{Seq: seq, ShopperSeq: seq},
		Account: a.Account, Address: a.ID, Channel: a.Channel, Form: "text", State: chat.DeliveryQueued, QueuedAt: chat.At(w.now), UpdatedAt: chat.At(w.now),
		Template: &chat.TemplateUse{Template: "tpl_1", Name: "answer", Body: map[string]string{"name": "Mira"}},
	}
	for _, id := range parts {
		d.Parts = append(d.Parts, chat.Part{ProviderID: id, State: chat.DeliveryAccepted, At: chat.At(w.now)})
	}
	if len(parts) > 0 {
		d.State = chat.DeliveryAccepted
	}
	return d
}

// deliver writes deliveries by a change that has no entry.
func (w *place) deliver(t *testing.T, c chat.Conversation, ds ...chat.Delivery) chat.Committed {
	t.Helper()
	return w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		ch.Deliveries = ds
		return ch, nil
	})
}

func deliveryWritten(t *testing.T, w *place) {
	c, a := w.talkOn(t, w.shop, w.connect(t, w.shop), "16505551234")
	d := w.send(c, a, 1)
	done := w.deliver(t, c, d)
	same(t, "told", done.Deliveries, []chat.Delivery{d})
	if !done.Changed() {
		t.Fatal("a delivery is no change")
	}
	same(t, "delivery", got(w.Delivery(t.Context(), w.shop.ID, d.ID))(t), d)
	d.State, d.Reason, d.Detail, d.Attempt, d.Cost, d.CostAt = chat.DeliveryFailed, "blocked", "says the provider", 3, &chat.Money{Amount: 7, Currency: "EUR"}, 9
	later := w.send(c, a, 2)
	w.deliver(t, c, later, d)
	same(t, "changed", got(w.Delivery(t.Context(), w.shop.ID, d.ID))(t), d)
	same(t, "list", got(w.DeliveriesOf(t.Context(), w.shop.ID, c.ID, 1, 10))(t), []chat.Delivery{d, later})
	same(t, "from the second", got(w.DeliveriesOf(t.Context(), w.shop.ID, c.ID, 2, 10))(t), []chat.Delivery{later})
	same(t, "at most one", got(w.DeliveriesOf(t.Context(), w.shop.ID, c.ID, 1, 1))(t), []chat.Delivery{d})
	same(t, "of another shop", len(got(w.DeliveriesOf(t.Context(), w.sister.ID, c.ID, 1, 10))(t)), 0)
}

func deliverySent(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	d := w.send(c, a, 1, "wamid.1")
	w.deliver(t, c, d)
	d.Parts = append(d.Parts, chat.Part{ProviderID: "wamid.2", State: chat.DeliverySent, At: 5})
	w.deliver(t, c, d)
	for i, id := range []string{"wamid.1", "wamid.2"} {
		same(t, id, got(w.Sent(t.Context(), account.ID, id))(t), chat.SentRef{
			Shop: w.shop.ID, Conversation: c.ID, Entry: chat.Ref{Seq: 1, ShopperSeq: 1}, Delivery: d.ID, Part: i,
		})
	}
	_, err := w.Sent(t.Context(), account.ID, "wamid.3")
	want(t, err, chat.ErrNotFound)
	_, err = w.Sent(t.Context(), w.connect(t, w.shop).ID, "wamid.1")
	want(t, err, chat.ErrNotFound)
}

func deliveryScoped(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	other, _ := w.talkOn(t, w.sister, account, "16505551234")
	d := w.send(c, a, 1)
	w.deliver(t, c, d)
	for _, shop := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Delivery(t.Context(), shop.ID, d.ID)
		want(t, err, chat.ErrNotFound)
	}
	_, err := w.Change(t.Context(), chat.Write{Shop: w.sister.ID, Conversation: other.ID, Decide: func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		ch.Deliveries = []chat.Delivery{d}
		return ch, nil
	}})
	if err == nil {
		t.Fatal("a change wrote a delivery of another conversation")
	}
}

func deliveryUpto(t *testing.T, w *place) {
	c, a := w.talkOn(t, w.shop, w.connect(t, w.shop), "16505551234")
	states := []chat.DeliveryState{chat.DeliveryQueued, chat.DeliveryAccepted, chat.DeliverySent, chat.DeliveryDelivered, chat.DeliveryRead, chat.DeliveryFailed}
	for i, s := range states {
		d := w.send(c, a, 1, fmt.Sprint("wamid.", i))
		d.State, d.Parts[0].At = s, chat.Millis(100+i)
		w.deliver(t, c, d)
	}
	found := func(upto chat.Millis, below chat.DeliveryState) (all []chat.DeliveryState) {
		for _, d := range got(w.SentUpto(t.Context(), a.ID, upto, below, 10))(t) {
			all = append(all, d.State)
		}
		return all
	}
	same(t, "below read", found(200, chat.DeliveryRead), states[1:4])
	same(t, "below delivered", found(200, chat.DeliveryDelivered), states[1:3])
	same(t, "below accepted", len(found(200, chat.DeliveryAccepted)), 0)
	same(t, "upto the second's time", found(102, chat.DeliveryRead), states[1:3])
	same(t, "at most one", len(got(w.SentUpto(t.Context(), a.ID, 200, chat.DeliveryRead, 1))(t)), 1)
	same(t, "of another address", len(got(w.SentUpto(t.Context(), "adr_x", 200, chat.DeliveryRead, 10))(t)), 0)
}

func deliveryHeld(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	first, second := w.send(c, a, 1), w.send(c, a, 1)
	first.State, second.State = chat.DeliveryHeld, chat.DeliveryHeld
	w.deliver(t, c, first, w.send(c, a, 1), second)
	same(t, "held", got(w.Held(t.Context(), account.ID, 10))(t), []chat.Delivery{first, second})
	same(t, "at most one", got(w.Held(t.Context(), account.ID, 1))(t), []chat.Delivery{first})
	first.State = chat.DeliveryQueued
	w.deliver(t, c, first)
	same(t, "after one went on", got(w.Held(t.Context(), account.ID, 10))(t), []chat.Delivery{second})
	same(t, "of another account", len(got(w.Held(t.Context(), "acc_x", 10))(t)), 0)
}

func deliverySpent(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	other, b := w.talkOn(t, w.sister, account, "16505551234")
	cost := func(c chat.Conversation, a chat.Address, amount int64, currency string, at chat.Millis) {
		d := w.send(c, a, 1)
		d.Cost, d.CostAt = &chat.Money{Amount: amount, Currency: currency}, at
		w.deliver(t, c, d)
	}
	cost(c, a, 5, "EUR", 99)
	cost(c, a, 7, "EUR", 100)
	cost(c, a, 9, "EUR", 200)
	cost(c, a, 11, "USD", 200)
	cost(c, a, 13, "EUR", 0) // planned, not taken on
	cost(other, b, 17, "EUR", 200)
	same(t, "spent", got(w.Spent(t.Context(), w.shop.ID, "EUR", 100))(t), 16)
	same(t, "in another currency", got(w.Spent(t.Context(), w.shop.ID, "USD", 100))(t), 11)
	same(t, "since then", got(w.Spent(t.Context(), w.shop.ID, "EUR", 201))(t), 0)
}

func deliveryProviderID(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	in := w.change(t, w.arriving(c, a, "wamid.in", "From the phone"))
	seq := in.Entries[0].Seq
	same(t, "of what came in", got(w.ProviderID(t.Context(), a.ID, c.ID, seq))(t), "wamid.in")
	same(t, "of what stayed on the web", got(w.ProviderID(t.Context(), a.ID, c.ID, 1))(t), "")
	same(t, "at another address", got(w.ProviderID(t.Context(), "adr_x", c.ID, seq))(t), "")
	w.deliver(t, c, w.send(c, a, 1, "wamid.out", "wamid.more"))
	same(t, "of what was sent", got(w.ProviderID(t.Context(), a.ID, c.ID, 1))(t), "wamid.out")
}

func deliveryParked(t *testing.T, w *place) {
	news := func(state chat.DeliveryState) chat.Inbound {
		return chat.Inbound{Kind: chat.InboundStatus, ID: "status-" + string(state), Status: &chat.InboundFate{Message: "wamid.1", State: state}}
	}
	sent, read := news(chat.DeliverySent), news(chat.DeliveryRead)
	park := func(n chat.Inbound) { must(t, w.Park(t.Context(), "acc_1", "wamid.1", n, chat.At(w.now))) }
	park(sent)
	park(sent) // told twice
	w.later(time.Second)
	park(read)
	must(t, w.Park(t.Context(), "acc_2", "wamid.1", sent, chat.At(w.now)))
	same(t, "parked", got(w.Parked(t.Context(), "acc_1", "wamid.1"))(t), []chat.Inbound{sent, read})
	must(t, w.DropParked(t.Context(), "acc_1", "wamid.1", sent.ID, "another"))
	same(t, "one dropped", got(w.Parked(t.Context(), "acc_1", "wamid.1"))(t), []chat.Inbound{read})
	must(t, w.DropParked(t.Context(), "acc_1", "wamid.1", read.ID))
	same(t, "all dropped", len(got(w.Parked(t.Context(), "acc_1", "wamid.1"))(t)), 0)
	must(t, w.SweepRaws(t.Context(), chat.At(w.now.Add(chat.ParkedFor))))
	park(read)
	must(t, w.SweepRaws(t.Context(), chat.At(w.now.Add(chat.ParkedFor))+1))
	same(t, "after a day", len(got(w.Parked(t.Context(), "acc_1", "wamid.1"))(t)), 0)
	same(t, "of the other account", len(got(w.Parked(t.Context(), "acc_2", "wamid.1"))(t)), 0)
}
