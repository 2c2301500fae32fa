package chattest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var shopperCases = []storeCase{
	{"a shopper and their session are read back as they were made", shopperReads},
	{"a session is over when it is revoked or its time is", shopperSessionEnds},
	{"touching a session slides its end, never back", shopperTouch},
	{"a page is kept until the next one", shopperPage},
	{"another shop's shopper is not found", shopperScoped},
	{"the first to be identified stays who they are, with a customer id", identifyFirst},
	{"who was known before is met again: the session moves and the old id becomes an alias", identifyMeets},
	{"conversations that were started before are found after meeting", identifyKeepsStarts},
	{"a session never changes its subject", identifyTwice},
	{"identifying again with the same identity changes nothing", identifyAgain},
	{"a subject of one shop is nobody in another", identifyScoped},
	{"a session that is over identifies nobody", identifyOver},
}

func (w *place) identify(t *testing.T, s chat.ShopperSession, subject string) chat.IdentifyResult {
	t.Helper()
	return got(w.Identify(t.Context(), s.Hash, chat.Identity{Subject: subject, Name: "Mira", Email: "mira@example.org"}, chat.At(w.now)))(t)
}

func shopperReads(t *testing.T, w *place) {
	p, s := w.walkIn(t, w.shop)
	same(t, "shopper", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t), p)
	same(t, "session", got(w.ShopperSession(t.Context(), s.Hash, chat.At(w.now)))(t), s)
	want(t, w.CreateShopper(t.Context(), p, chat.ShopperSession{Hash: newHash()}), chat.ErrConflict)
	p.Shop = "shop_x"
	p.ID = newID[chat.ShopperID](chat.PrefixShopper)
	want(t, w.CreateShopper(t.Context(), p, s), chat.ErrNotFound)
}

func shopperSessionEnds(t *testing.T, w *place) {
	_, s := w.walkIn(t, w.shop)
	_, err := w.ShopperSession(t.Context(), s.Hash, s.ExpiresAt)
	want(t, err, chat.ErrInvalidToken)
	_, err = w.ShopperSession(t.Context(), newHash(), chat.At(w.now))
	want(t, err, chat.ErrInvalidToken)
	must(t, w.RevokeShopperSession(t.Context(), s.Hash))
	must(t, w.RevokeShopperSession(t.Context(), s.Hash))
	_, err = w.ShopperSession(t.Context(), s.Hash, chat.At(w.now))
	want(t, err, chat.ErrInvalidToken)
	want(t, w.TouchShopperSession(t.Context(), s.Hash, chat.At(w.now), chat.At(w.now.Add(time.Hour))), chat.ErrInvalidToken)
}

func shopperTouch(t *testing.T, w *place) {
	p, s := w.walkIn(t, w.shop)
	seen, expires := s.SeenAt.Add(time.Hour), s.ExpiresAt.Add(time.Hour)
	must(t, w.TouchShopperSession(t.Context(), s.Hash, seen, expires))
	must(t, w.TouchShopperSession(t.Context(), s.Hash, seen-1, expires-1))
	have := got(w.ShopperSession(t.Context(), s.Hash, chat.At(w.now)))(t)
	if have.SeenAt != seen || have.ExpiresAt != expires {
		t.Fatalf("session %+v", have)
	}
	same(t, "shopper's last sight", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t).SeenAt, seen)
}

func shopperPage(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	page := chat.Page{
		URL: "https://marl.example/cup", Title: "Cup", At: chat.At(w.now),
		Product: &chat.PageProduct{ExternalID: "cup", Price: &chat.Money{Amount: 1099, Currency: "EUR"}},
	}
	must(t, w.SetShopperPage(t.Context(), w.shop.ID, p.ID, page))
	same(t, "page", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t).Page, &page)
	next := chat.Page{URL: "https://marl.example/", At: chat.At(w.now)}
	must(t, w.SetShopperPage(t.Context(), w.shop.ID, p.ID, next))
	same(t, "next page", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t).Page, &next)
}

func shopperScoped(t *testing.T, w *place) {
	p, s := w.walkIn(t, w.shop)
	w.identify(t, s, "cust-1")
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Shopper(t.Context(), other.ID, p.ID)
		want(t, err, chat.ErrNotFound)
		_, err = w.ShopperByCustomer(t.Context(), other.ID, "cust-1")
		want(t, err, chat.ErrNotFound)
		want(t, w.SetShopperPage(t.Context(), other.ID, p.ID, chat.Page{URL: "https://marl.example/"}), chat.ErrNotFound)
		_, err = w.Erase(t.Context(), other.ID, p.ID, chat.At(w.now))
		want(t, err, chat.ErrNotFound)
	}
	same(t, "shopper", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t).CustomerID, "cust-1")
	_, err := w.ShopperByCustomer(t.Context(), w.shop.ID, "")
	want(t, err, chat.ErrNotFound)
}

func identifyFirst(t *testing.T, w *place) {
	p, s := w.walkIn(t, w.shop)
	w.later(time.Minute)
	r := w.identify(t, s, "cust-1")
	if r.Shopper.ID != p.ID || r.Was != p.ID || r.Shopper.CustomerID != "cust-1" || r.Shopper.Name != "Mira" {
		t.Fatalf("%+v", r)
	}
	same(t, "shopper", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t), r.Shopper)
	same(t, "by customer", got(w.ShopperByCustomer(t.Context(), w.shop.ID, "cust-1"))(t), r.Shopper)
	same(t, "session's subject", got(w.ShopperSession(t.Context(), s.Hash, chat.At(w.now)))(t).CustomerID, "cust-1")
}

func identifyMeets(t *testing.T, w *place) {
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	w.talk(t, w.shop) // somebody else's
	old, laptop := w.walkIn(t, w.shop)
	c := w.change(t, w.starting(w.shop, old, "s1", draft(byShopper(old), "s1", "Hello"))).Conversation
	page := chat.Page{URL: "https://marl.example/cup", At: chat.At(w.now)}
	must(t, w.SetShopperPage(t.Context(), w.shop.ID, old.ID, page))

	r := w.identify(t, laptop, "cust-1")
	if r.Shopper.ID != known.ID || r.Was != old.ID {
		t.Fatalf("%+v", r)
	}
	same(t, "page", r.Shopper.Page, &page)
	same(t, "the session's shopper", got(w.ShopperSession(t.Context(), laptop.Hash, chat.At(w.now)))(t).Shopper, known.ID)
	same(t, "the alias", got(w.Shopper(t.Context(), w.shop.ID, old.ID))(t).ID, known.ID)

	tasks := got(w.ClaimTasks(t.Context(), chat.At(w.now), time.Minute, 10))(t)
	if len(tasks) != 1 || tasks[0].Kind != chat.TaskMeet || tasks[0].Shop != w.shop.ID {
		t.Fatalf("tasks %+v", tasks)
	}
	var payload chat.ShopperTask
	must(t, json.Unmarshal(tasks[0].Payload, &payload))
	same(t, "payload", payload, chat.ShopperTask{Shopper: old.ID, Into: known.ID})

	same(t, "found by the old id", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, old.ID, 10))(t)), []chat.ConversationID{c.ID})
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Meet(r.Shopper, nil, w.now) })
	for _, id := range []chat.ShopperID{known.ID, old.ID} {
		same(t, "found after meeting", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, id, 10))(t)), []chat.ConversationID{c.ID})
	}
}

func identifyKeepsStarts(t *testing.T, w *place) {
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	old, laptop := w.walkIn(t, w.shop)
	d := draft(byShopper(old), "s1", "Hello")
	c := w.change(t, w.starting(w.shop, old, "s1", d)).Conversation
	theirs := w.change(t, w.starting(w.shop, known, "s1", draft(byShopper(known), "s1", "From the phone"))).Conversation
	if theirs.ID == c.ID {
		t.Fatal("two strangers in one conversation")
	}
	r := w.identify(t, laptop, "cust-1")
	again := w.starting(w.shop, r.Shopper, "s1", draft(byShopper(known), "s1", "From the phone"))
	if done := w.change(t, again); !done.Repeat || done.Conversation.ID != theirs.ID {
		t.Fatalf("%+v", done)
	}
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Meet(r.Shopper, nil, w.now) })
	other, tablet := w.walkIn(t, w.shop)
	c2 := w.change(t, w.starting(w.shop, other, "s2", draft(byShopper(other), "s2", "Hi"))).Conversation
	w.identify(t, tablet, "cust-1")
	done := w.change(t, w.starting(w.shop, r.Shopper, "s2", draft(byShopper(r.Shopper), "s2", "Hi")))
	if !done.Repeat || done.Conversation.ID != c2.ID {
		t.Fatalf("the start before meeting is forgotten: %+v", done)
	}
}

func identifyTwice(t *testing.T, w *place) {
	_, s := w.walkIn(t, w.shop)
	first := w.identify(t, s, "cust-1")
	_, err := w.Identify(t.Context(), s.Hash, chat.Identity{Subject: "cust-2", Name: "Eve"}, chat.At(w.now))
	want(t, err, chat.ErrIdentity)
	same(t, "shopper", got(w.Shopper(t.Context(), w.shop.ID, first.Shopper.ID))(t), first.Shopper)
	_, err = w.ShopperByCustomer(t.Context(), w.shop.ID, "cust-2")
	want(t, err, chat.ErrNotFound)
}

func identifyAgain(t *testing.T, w *place) {
	p, s := w.walkIn(t, w.shop)
	w.change(t, w.starting(w.shop, p, "s1", draft(byShopper(p), "s1", "Hello")))
	first := w.identify(t, s, "cust-1")
	same(t, "again", w.identify(t, s, "cust-1"), first)
	tasks := got(w.ClaimTasks(t.Context(), chat.At(w.now), time.Minute, 10))(t)
	if len(tasks) != 1 {
		t.Fatalf("tasks %+v", tasks)
	}
}

func identifyScoped(t *testing.T, w *place) {
	for _, shop := range []chat.Shop{w.shop, w.sister, w.foreign} {
		p, s := w.walkIn(t, shop)
		if r := w.identify(t, s, "cust-1"); r.Shopper.ID != p.ID {
			t.Fatalf("met somebody of another shop: %+v", r)
		}
	}
}

func identifyOver(t *testing.T, w *place) {
	_, s := w.walkIn(t, w.shop)
	_, err := w.Identify(t.Context(), s.Hash, chat.Identity{Subject: "cust-1"}, s.ExpiresAt)
	want(t, err, chat.ErrInvalidToken)
}
