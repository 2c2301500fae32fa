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
	{"a decision sees what it has named, with earlier changes", besideSeen},
	{"a decision that names another shop's is not asked", besideScoped},
	{"of decisions on one delivery at once each sees the one before", besideAtOnce},
	{"a change that is refused leaves nothing beside the log", besideRefused},
}

var naturalCases = []storeCase{
	{"what a provider tells twice has one effect, and the repeat is told of it", naturalOnce},
	{"a repeat is known whichever conversation it went to", naturalElsewhere},
	{"of two changes with one natural key at once one has an effect", naturalAtOnce},
	{"the same id of another account is another thing", naturalPerAccount},
	{"a change without an entry counts too", naturalWithoutEntry},
	{"a repeat is told of before anything is decided, and before its key", naturalFirst},
	{"a refused change leaves its natural key free", naturalRefused},
	{"a natural key that concerns no conversation is taken once", naturalAlone},
	{"our own echo has no effect, before and after the provider's answer", naturalEcho},
	{"what came in and what was sent is found by its provider's id", naturalSent},
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

// arriving is the write of a message that comes in over a channel.
func (w *place) arriving(c chat.Conversation, a chat.Address, id, text string) chat.Write {
	n, now := chat.Natural{Account: a.Account, ID: id}, w.now
	by := chat.Author{Kind: chat.AuthorShopper, ID: string(a.Shopper)}
	return chat.Write{
		Shop: c.Shop, Conversation: c.ID, Natural: &n,
		Decide: func(c chat.Conversation) (chat.Change, error) {
			d := draft(by, fmt.Sprintf("in-%x", hashed(id))[:20], text)
			d.Channel = a.Channel
			ch, err := c.Post(d, now)
			a.LastInboundAt = chat.At(now)
			ch.Addresses, ch.Inbound = []chat.Address{a}, &n
			return ch, err
		},
	}
}

func naturalOnce(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	told := 0
	wr := w.arriving(c, a, "wamid.1", "Once")
	wr.Then = func(chat.Committed) { told++ }
	first := w.change(t, wr)
	if first.Repeat || len(first.Entries) != 1 || first.Entries[0].Message.Text != "Once" {
		t.Fatalf("%s", show(first))
	}
	same(t, "the last word", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).LastInboundAt, chat.At(w.now))
	second := w.change(t, wr)
	if !second.Repeat || second.Changed() || second.Conversation.ID != c.ID || len(second.Entries) != 1 {
		t.Fatalf("%s", show(second))
	}
	same(t, "entry", second.Entries[0], first.Entries[0])
	same(t, "told", told, 1)
	same(t, "log", texts(w.log(t, c)), []string{"Hello", "Once"})
}

func naturalElsewhere(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	other, b := w.talkOn(t, w.shop, account, "16505550002")
	third, d := w.talkOn(t, w.sister, account, "16505551234")
	w.change(t, w.arriving(c, a, "wamid.1", "Once"))
	for _, wr := range []chat.Write{w.arriving(other, b, "wamid.1", "Twice"), w.arriving(third, d, "wamid.1", "Thrice")} {
		if again := w.change(t, wr); !again.Repeat || again.Conversation.ID != c.ID || again.Entries[0].Message.Text != "Once" {
			t.Fatalf("%s", show(again))
		}
	}
	p := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	fresh := w.arriving(c, a, "wamid.1", "A new conversation")
	fresh.Start = w.starting(w.shop, p, "another", draft(byShopper(p), "x", "x")).Start
	if again := w.change(t, fresh); !again.Repeat || again.Created || again.Conversation.ID != c.ID {
		t.Fatalf("%s", show(again))
	}
	same(t, "conversations", len(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 10))(t)), 1)
}

func naturalAtOnce(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	other, b := w.talkOn(t, w.shop, account, "16505550002")
	done := atOnce(t, 24, func(i int) (chat.Committed, error) {
		if i%2 == 0 {
			return w.Change(background(t), w.arriving(c, a, "wamid.1", "Once"))
		}
		return w.Change(background(t), w.arriving(other, b, "wamid.1", "Once"))
	})
	fresh := 0
	for _, d := range done {
		if !d.Repeat {
			fresh++
		}
		if len(d.Entries) != 1 || d.Entries[0].Message.Text != "Once" || d.Conversation.ID != done[0].Conversation.ID {
			t.Fatalf("%s", show(d))
		}
	}
	same(t, "effects", fresh, 1)
	same(t, "entries", len(w.log(t, c))+len(w.log(t, other)), 3)
}

func naturalPerAccount(t *testing.T, w *place) {
	one, two := w.connect(t, w.shop), w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, one, "16505551234")
	other, b := w.talkOn(t, w.shop, two, "16505551234")
	w.change(t, w.arriving(c, a, "mid.1", "One"))
	if done := w.change(t, w.arriving(other, b, "mid.1", "Two")); done.Repeat {
		t.Fatalf("%s", show(done))
	}
}

func naturalWithoutEntry(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	n := chat.Natural{Account: account.ID, ID: "opened.1"}
	wr := chat.Write{Shop: w.shop.ID, Conversation: c.ID, Natural: &n, Decide: func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		a.FreeUntil = 99
		ch.Addresses, ch.Inbound = []chat.Address{a}, &n
		return ch, nil
	}}
	if done := w.change(t, wr); !done.Changed() || done.Conversation.Version != c.Version+1 {
		t.Fatalf("%s", show(done))
	}
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).FreeUntil, 99)
	if done := w.change(t, wr); !done.Repeat || done.Conversation.ID != c.ID || len(done.Entries) != 0 {
		t.Fatalf("%s", show(done))
	}
	_, err := w.Sent(t.Context(), account.ID, n.ID)
	want(t, err, chat.ErrNotFound)
}

func naturalFirst(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	w.change(t, w.arriving(c, a, "wamid.1", "Once"))
	again := w.arriving(c, a, "wamid.1", "Once")
	again.Decide = func(chat.Conversation) (chat.Change, error) { t.Error("decided again"); return chat.Change{}, nil }
	again.Key = &chat.SendKey{Author: chat.Author{Kind: chat.AuthorShopper, ID: string(a.Shopper)}, ClientID: "start", Hash: newHash()}
	if done := w.change(t, again); !done.Repeat || done.Entries[0].Message.Text != "Once" {
		t.Fatalf("%s", show(done))
	}
	again.May = func(chat.Conversation) error { return chat.ErrForbidden }
	_, err := w.Change(t.Context(), again)
	want(t, err, chat.ErrForbidden) // nothing is told of repeats to who may not
}

func naturalRefused(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	wr := w.arriving(c, a, "wamid.1", "Once")
	decide := wr.Decide
	wr.Decide = func(c chat.Conversation) (chat.Change, error) {
		ch, err := decide(c)
		ch.Bind = []chat.AttachmentID{newID[chat.AttachmentID](chat.PrefixAttachment)}
		return ch, err
	}
	_, err := w.Change(t.Context(), wr)
	want(t, err, chat.ErrBadAttachment)
	same(t, "the last word", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).LastInboundAt, 0)
	if done := w.change(t, w.arriving(c, a, "wamid.1", "Once")); done.Repeat {
		t.Fatalf("%s", show(done))
	}
}

func naturalAlone(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	n := chat.Natural{Account: account.ID, ID: "preference.1"}
	fresh := atOnce(t, 8, func(int) (bool, error) { return w.SeeNatural(background(t), n) })
	count := 0
	for _, f := range fresh {
		if f {
			count++
		}
	}
	same(t, "fresh", count, 1)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	done := w.change(t, w.arriving(c, a, n.ID, "Hello"))
	if !done.Repeat || done.Conversation.ID != "" || len(done.Entries) != 0 {
		t.Fatalf("%s", show(done))
	}
	w.change(t, w.arriving(c, a, "wamid.1", "Hello"))
	same(t, "of a message", got(w.SeeNatural(t.Context(), chat.Natural{Account: account.ID, ID: "wamid.1"}))(t), false)
}

func naturalEcho(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	d := w.send(c, a, 1, "mid.1")
	w.deliver(t, c, d)
	if done := w.change(t, w.arriving(c, a, "mid.1", "an echo")); !done.Repeat || done.Entries[0].Seq != 1 {
		t.Fatalf("an echo after the answer: %s", show(done))
	}

	early := w.send(c, a, 1)
	n := chat.Natural{Account: account.ID, ID: "mid.2"}
	w.change(t, chat.Write{Shop: w.shop.ID, Conversation: c.ID, Natural: &n, Decide: func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		early.State, early.Parts = chat.DeliverySent, []chat.Part{{ProviderID: "mid.2", State: chat.DeliverySent, At: 1}}
		ch.Deliveries, ch.Inbound = []chat.Delivery{early}, &n
		return ch, nil
	}})
	w.deliver(t, c, early) // the answer
	same(t, "known", got(w.Sent(t.Context(), account.ID, "mid.2"))(t).Delivery, early.ID)

	stray := w.change(t, w.arriving(c, a, "mid.3", "taken for another app's"))
	late := w.send(c, a, 1, "mid.3")
	w.deliver(t, c, late)
	same(t, "ours after all", got(w.Sent(t.Context(), account.ID, "mid.3"))(t).Delivery, late.ID)
	same(t, "log", len(w.log(t, c)), int(stray.Entries[0].Seq))
}

func naturalSent(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, a := w.talkOn(t, w.shop, account, "16505551234")
	w.post(t, c, note(byAgent(w.owner), "n1", "for agents alone"))
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Close(byAgent(w.owner), w.now) })
	done := w.change(t, w.arriving(c, a, "wamid.1", "Reopens it"))
	same(t, "entries", len(done.Entries), 2)
	e := done.Entries[1]
	same(t, "ref", got(w.Sent(t.Context(), account.ID, "wamid.1"))(t), chat.SentRef{
		Shop: w.shop.ID, Conversation: c.ID, Entry: chat.Ref{Seq: e.Seq, ShopperSeq: e.ShopperSeq},
	})
	same(t, "the repeat's entry", w.change(t, w.arriving(c, a, "wamid.1", "x")).Entries, []chat.Entry{e})
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
