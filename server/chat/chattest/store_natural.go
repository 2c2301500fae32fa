package chattest

import (
	"fmt"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

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
