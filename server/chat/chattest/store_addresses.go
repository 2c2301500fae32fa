package chattest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var addressCases = []storeCase{
	{"an address is made with its shopper, and found again by any of its keys", addressEnsured},
	{"what a provider newly says of a person is taken over", addressLearns},
	{"two messages at once of a stranger make one address and one shopper", addressAtOnce},
	{"a phone number changes hands: who is known by another user id is another person", addressSplit},
	{"when keys name two addresses, the one with the user id keeps them", addressJoins},
	{"one person is a shopper of each shop that an account serves", addressPerShop},
	{"another shop's address is not found, and an address joins nothing of two merchants", addressScoped},
	{"an address of somebody known stays theirs", addressKnown},
	{"an address is changed by its last form, and its last word never goes back", addressUpdated},
	{"a key that another address has is not given away by a change", addressKeyTaken},
	{"a person's new keys replace the old ones in all shops", addressRekeyed},
	{"consents are kept in order, with those of aliases", consentsKept},
}

// person is an address as an adapter would ask for it.
func (w *place) person(shop chat.Shop, a chat.Account, phone, userID string) chat.Address {
	p := chat.Address{
		ID: newID[chat.AddressID](chat.PrefixAddress), Merchant: shop.Merchant, Shop: shop.ID, Account: a.ID, Channel: a.Channel, UserID: userID,
		Name: "Mira", CreatedAt: chat.At(w.now),
	}
	if phone != "" {
		p.Keys, p.Phone = append(p.Keys, "wa:"+phone), "+"+phone
	}
	if userID != "" {
		p.Keys = append(p.Keys, "uid:"+userID)
	}
	return p
}

func (w *place) stranger(shop chat.Shop) chat.Shopper {
	return chat.Shopper{
		ID: newID[chat.ShopperID](chat.PrefixShopper), Merchant: shop.Merchant, Shop: shop.ID, Name: "Mira", CreatedAt: chat.At(w.now), SeenAt: chat.At(w.now),
	}
}

// ensure asks for an address of a stranger.
func (w *place) ensure(t *testing.T, shop chat.Shop, want chat.Address) (chat.Address, bool) {
	t.Helper()
	a, created, err := w.EnsureAddress(t.Context(), want, w.stranger(shop))
	must(t, err)
	return a, created
}

func addressEnsured(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	asked := w.person(w.shop, account, "16505551234", "US.1")
	a, created := w.ensure(t, w.shop, asked)
	if !created || a.ID != asked.ID || a.Shopper == "" {
		t.Fatalf("address %s", show(a))
	}
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), a)
	same(t, "shopper", got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t).Name, "Mira")
	for _, key := range a.Keys {
		same(t, key, got(w.AddressesByKeys(t.Context(), account.ID, []string{"wa:nobody", key}))(t), []chat.Address{a})
	}
	for _, again := range []chat.Address{asked, w.person(w.shop, account, "16505551234", ""), w.person(w.shop, account, "", "US.1")} {
		if have, created := w.ensure(t, w.shop, again); created || have.ID != a.ID || !slices.Equal(have.Keys, a.Keys) {
			t.Fatalf("address %s", show(have))
		}
	}
	same(t, "of the shopper", got(w.AddressesOf(t.Context(), w.shop.ID, a.Shopper))(t), []chat.Address{a})
	same(t, "of no keys", len(got(w.AddressesByKeys(t.Context(), account.ID, nil))(t)), 0)
	same(t, "of another account", len(got(w.AddressesByKeys(t.Context(), w.connect(t, w.shop).ID, a.Keys))(t)), 0)
}

func addressLearns(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	more := w.person(w.shop, account, "16505551234", "US.1")
	more.Name, more.Username = "Mira L.", "mira"
	have, created := w.ensure(t, w.shop, more)
	if created || have.ID != a.ID || have.UserID != "US.1" || have.Name != "Mira L." || have.Username != "mira" {
		t.Fatalf("address %s", show(have))
	}
	same(t, "keys", sorted(have.Keys), []string{"uid:US.1", "wa:16505551234"})
	less := w.person(w.shop, account, "", "US.1") // the number is hidden now
	less.Name = ""
	have, _ = w.ensure(t, w.shop, less)
	same(t, "phone and name", []string{have.Phone, have.Name}, []string{"+16505551234", "Mira L."})
	same(t, "stored", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), have)
}

// atOnce calls do from many goroutines at once and gives what they answered.
func atOnce[T any](t *testing.T, n int, do func(i int) (T, error)) []T {
	t.Helper()
	all, errs := make([]T, n), make([]error, n)
	together(n, func(i int) { all[i], errs[i] = do(i) })
	must(t, errors.Join(errs...))
	return all
}

func addressAtOnce(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	found := atOnce(t, 16, func(int) (chat.Address, error) {
		a, _, err := w.EnsureAddress(background(t), w.person(w.shop, account, "16505551234", "US.1"), w.stranger(w.shop))
		return a, err
	})
	for _, a := range found {
		if a.ID != found[0].ID || a.Shopper != found[0].Shopper {
			t.Fatalf("two addresses: %s", show(found))
		}
	}
}

func addressSplit(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	old, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "US.1"))
	next, created := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "US.2"))
	if !created || next.ID == old.ID || next.Shopper == old.Shopper {
		t.Fatalf("the number's new owner got the old one's address: %s", show(next))
	}
	have := got(w.Address(t.Context(), w.shop.ID, old.ID))(t)
	same(t, "the old owner's keys", have.Keys, []string{"uid:US.1"})
	same(t, "the old owner's phone", have.Phone, "")
	same(t, "by the number", got(w.AddressesByKeys(t.Context(), account.ID, []string{"wa:16505551234"}))(t)[0].ID, next.ID)
	if back, created := w.ensure(t, w.shop, w.person(w.shop, account, "", "US.1")); created || back.ID != old.ID {
		t.Fatalf("the old owner is lost: %s", show(back))
	}
}

func addressJoins(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	phone, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	w.later(time.Second)
	user, created := w.ensure(t, w.shop, w.person(w.shop, account, "", "US.1"))
	same(t, "two addresses", created, true)
	both, created := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "US.1"))
	if created || both.ID != user.ID {
		t.Fatalf("address %s", show(both))
	}
	same(t, "keys", sorted(both.Keys), []string{"uid:US.1", "wa:16505551234"})
	same(t, "the other's keys", len(got(w.Address(t.Context(), w.shop.ID, phone.ID))(t).Keys), 0)
}

func addressPerShop(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	one, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "US.1"))
	w.later(time.Second)
	two, created := w.ensure(t, w.sister, w.person(w.sister, account, "16505551234", "US.1"))
	if !created || two.Shopper == one.Shopper {
		t.Fatalf("one shopper of two shops: %s", show(two))
	}
	same(t, "by keys", got(w.AddressesByKeys(t.Context(), account.ID, one.Keys))(t), []chat.Address{one, two})
}

func addressScoped(t *testing.T, w *place) {
	account, theirs := w.connect(t, w.shop, w.sister), w.connect(t, w.foreign)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Address(t.Context(), other.ID, a.ID)
		want(t, err, chat.ErrNotFound)
		_, err = w.UpdateAddress(t.Context(), other.ID, a.ID, func(*chat.Address) error { return nil })
		want(t, err, chat.ErrNotFound)
		same(t, "of the shopper", len(got(w.AddressesOf(t.Context(), other.ID, a.Shopper))(t)), 0)
	}
	for name, wrong := range map[string]chat.Address{
		"another merchant's account": w.person(w.shop, theirs, "16505550001", ""),
		"another merchant's shop":    w.person(w.foreign, account, "16505550002", ""),
		"no account":                 w.person(w.shop, chat.Account{ID: "acc_x"}, "16505550003", ""),
	} {
		stranger := w.stranger(chat.Shop{ID: wrong.Shop, Merchant: wrong.Merchant})
		if _, _, err := w.EnsureAddress(t.Context(), wrong, stranger); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		_, err := w.Shopper(t.Context(), wrong.Shop, stranger.ID)
		want(t, err, chat.ErrNotFound)
	}
	walker, _ := w.walkIn(t, w.sister)
	_, err := w.UpdateAddress(t.Context(), w.shop.ID, a.ID, func(a *chat.Address) error { a.Shopper = walker.ID; return nil })
	want(t, err, chat.ErrNotFound)
}

func addressKnown(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	left := w.person(w.shop, account, "16505551234", "")
	left.Shopper = p.ID
	a, created, err := w.EnsureAddress(t.Context(), left, chat.Shopper{})
	must(t, err)
	if !created || a.Shopper != p.ID {
		t.Fatalf("address %s", show(a))
	}
	q, _ := w.walkIn(t, w.shop)
	again := w.person(w.shop, account, "16505551234", "")
	again.Shopper = q.ID
	a, created, err = w.EnsureAddress(t.Context(), again, chat.Shopper{})
	must(t, err)
	if created || a.Shopper != p.ID {
		t.Fatalf("it went to whoever typed the number last: %s", show(a))
	}
	again.Shopper, again.Keys = "shp_x", []string{"wa:1"}
	_, _, err = w.EnsureAddress(t.Context(), again, chat.Shopper{})
	want(t, err, chat.ErrNotFound)
}

func addressUpdated(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	set := func(at chat.Millis) chat.Address {
		return got(w.UpdateAddress(t.Context(), w.shop.ID, a.ID, func(a *chat.Address) error {
			a.LastInboundAt, a.ConfirmedAt, a.StoppedAt, a.FreeUntil, a.Conversation = at, 2, 3, 4, "cnv_1"
			a.NoMarketingAt, a.UnreachableAt, a.UnreachableWhy = 5, 6, "blocked"
			return nil
		}))(t)
	}
	set(9)
	have := set(7)
	wanted := a
	wanted.LastInboundAt, wanted.ConfirmedAt, wanted.StoppedAt, wanted.FreeUntil, wanted.Conversation = 9, 2, 3, 4, "cnv_1"
	wanted.NoMarketingAt, wanted.UnreachableAt, wanted.UnreachableWhy = 5, 6, "blocked"
	same(t, "address", have, wanted)
	same(t, "stored", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), wanted)
	refused := errors.New("refused")
	_, err := w.UpdateAddress(t.Context(), w.shop.ID, a.ID, func(a *chat.Address) error { a.StoppedAt = 99; return refused })
	want(t, err, refused)
	same(t, "after a refusal", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), wanted)
	atOnce(t, 16, func(i int) (chat.Address, error) {
		return w.UpdateAddress(background(t), w.shop.ID, a.ID, func(a *chat.Address) error { a.FreeUntil++; return nil })
	})
	same(t, "sixteen changes at once", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).FreeUntil, 20)
}

func addressKeyTaken(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	form := w.person(w.shop, account, "", "")
	form.Keys = []string{"form:" + string(form.ID)}
	form, _ = w.ensure(t, w.shop, form)
	give := func(key string) error {
		_, err := w.UpdateAddress(t.Context(), w.shop.ID, form.ID, func(f *chat.Address) error {
			f.Keys, f.Phone = append(f.Keys, key), "+16505551234"
			return nil
		})
		return err
	}
	want(t, give("wa:16505551234"), chat.ErrConflict)
	same(t, "the one", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), a)
	same(t, "the other", got(w.Address(t.Context(), w.shop.ID, form.ID))(t), form)
	must(t, give("uid:US.7"))
	same(t, "by the new key", got(w.AddressesByKeys(t.Context(), account.ID, []string{"uid:US.7"}))(t)[0].ID, form.ID)
}

func addressRekeyed(t *testing.T, w *place) {
	account := w.connect(t, w.shop, w.sister)
	one, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "US.1"))
	w.later(time.Second)
	two, _ := w.ensure(t, w.sister, w.person(w.sister, account, "16505551234", "US.1"))
	w.later(time.Second)
	early, _ := w.ensure(t, w.shop, w.person(w.shop, account, "12195555358", "")) // they wrote from the new number before we were told
	now := chat.Person{Keys: []string{"wa:12195555358", "uid:US.2"}, Phone: "+12195555358", UserID: "US.2"}
	moved := got(w.Rekey(t.Context(), account.ID, []string{"wa:16505551234", "uid:US.1"}, now))(t)
	if len(moved) != 2 || moved[0].ID != one.ID || moved[1].ID != two.ID {
		t.Fatalf("moved %s", show(moved))
	}
	for _, a := range moved {
		same(t, "keys", a.Keys, now.Keys)
		same(t, "phone", a.Phone, now.Phone)
		same(t, "stored", got(w.Address(t.Context(), a.Shop, a.ID))(t), a)
	}
	same(t, "by the old keys", len(got(w.AddressesByKeys(t.Context(), account.ID, one.Keys))(t)), 0)
	same(t, "by the new keys", len(got(w.AddressesByKeys(t.Context(), account.ID, now.Keys))(t)), 2)
	same(t, "who had the new number", len(got(w.Address(t.Context(), w.shop.ID, early.ID))(t).Keys), 0)
	same(t, "nobody", len(got(w.Rekey(t.Context(), account.ID, []string{"wa:nobody"}, now))(t)), 0)
	if back, created := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", "")); !created || back.ID == one.ID {
		t.Fatalf("the old number's next owner got the address: %s", show(back))
	}
}

func (w *place) consent(p chat.Shopper, purpose chat.ConsentPurpose, granted bool) chat.Consent {
	return chat.Consent{
		ID: newID[chat.ConsentID](chat.PrefixConsent), Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, Channel: chat.ChannelWhatsApp,
		Value: "+16505551234", Purpose: purpose, Granted: granted, Wording: "You may write to me.", Version: "1", Language: "en",
		Page: "https://marl.example/cup", Source: chat.ConsentByForm, At: chat.At(w.now),
	}
}

func consentsKept(t *testing.T, w *place) {
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	old, laptop := w.walkIn(t, w.shop)
	first, second := w.consent(old, chat.ForConversation, true), w.consent(old, chat.ForMarketing, true)
	must(t, w.AddConsents(t.Context(), first, second))
	w.later(time.Second)
	third := w.consent(known, chat.ForMarketing, false)
	must(t, w.AddConsents(t.Context(), third))
	same(t, "before they met", got(w.ConsentsOf(t.Context(), w.shop.ID, old.ID))(t), []chat.Consent{first, second})
	w.identify(t, laptop, "cust-1")
	for _, id := range []chat.ShopperID{known.ID, old.ID} {
		same(t, "after", got(w.ConsentsOf(t.Context(), w.shop.ID, id))(t), []chat.Consent{first, second, third})
	}
	same(t, "of another shop", len(got(w.ConsentsOf(t.Context(), w.sister.ID, known.ID))(t)), 0)
	wrong := w.consent(known, chat.ForMarketing, true)
	wrong.Shop = w.sister.ID
	want(t, w.AddConsents(t.Context(), w.consent(known, chat.ForMarketing, true), wrong), chat.ErrNotFound)
	same(t, "nothing of a refused list", len(got(w.ConsentsOf(t.Context(), w.shop.ID, known.ID))(t)), 3)
}

var mergeCases = []storeCase{
	{"a merge moves addresses and sessions, and has the conversations follow", mergeMoves},
	{"a merge is undone: what moved goes back, what came since stays", mergeUndone},
	{"two different customers are not merged", mergeCustomers},
	{"who is merged takes along who was merged into them", mergeChain},
	{"shoppers of two shops are not merged, nor one with themselves", mergeScoped},
}

func (w *place) meetings(t *testing.T) (all []chat.ShopperTask) {
	t.Helper()
	for tasks := w.claim(t); len(tasks) > 0; tasks = w.claim(t) {
		for _, task := range tasks {
			if task.Kind != chat.TaskMeet || task.Shop != w.shop.ID {
				t.Fatalf("task %s", show(task))
			}
			var p chat.ShopperTask
			must(t, json.Unmarshal(task.Payload, &p))
			all = append(all, p)
			must(t, w.FinishTask(t.Context(), task))
		}
	}
	return all
}

func (w *place) merge(t *testing.T, from, into chat.ShopperID) {
	t.Helper()
	must(t, w.MergeShoppers(t.Context(), w.shop.ID, from, into, byAgent(w.owner), chat.At(w.now)))
}

func (w *place) who(t *testing.T, s chat.ShopperSession) chat.ShopperID {
	t.Helper()
	return got(w.ShopperSession(t.Context(), s.Hash, chat.At(w.now)))(t).Shopper
}

func mergeMoves(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	phone := chat.ShopperSession{
		Hash: newHash(), Merchant: w.shop.Merchant, Shop: w.shop.ID, Shopper: a.Shopper, CreatedAt: chat.At(w.now), SeenAt: chat.At(w.now),
		ExpiresAt: chat.At(w.now.Add(time.Hour)),
	}
	must(t, w.AddShopperSession(t.Context(), phone))
	stranger := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	c := w.change(t, w.starting(w.shop, stranger, "s1", draft(byShopper(stranger), "s1", "Hello"))).Conversation
	web, _ := w.walkIn(t, w.shop)
	w.push(t, w.shop, event("o1", chat.RecordOrder, "2001", 1, chat.Order{ExternalID: "2001", Shopper: stranger.ID}))

	w.merge(t, a.Shopper, web.ID)
	w.merge(t, a.Shopper, web.ID) // again: nothing
	same(t, "alias", got(w.Shopper(t.Context(), w.shop.ID, stranger.ID))(t).ID, web.ID)
	same(t, "name", got(w.Shopper(t.Context(), w.shop.ID, web.ID))(t).Name, "Mira")
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).Shopper, web.ID)
	same(t, "addresses", len(got(w.AddressesOf(t.Context(), w.shop.ID, web.ID))(t)), 1)
	same(t, "addresses by the old id", len(got(w.AddressesOf(t.Context(), w.shop.ID, stranger.ID))(t)), 1)
	same(t, "session", w.who(t, phone), web.ID)
	same(t, "records", externalIDs(got(w.RecordsOf(t.Context(), w.shop.ID, web.ID, "", 10))(t)), []string{"2001"})
	same(t, "tasks", w.meetings(t), []chat.ShopperTask{{Shopper: stranger.ID, Into: web.ID}})
	same(t, "conversation by the old id", ids(got(w.ConversationsOf(t.Context(), w.shop.ID, stranger.ID, 10))(t)), []chat.ConversationID{c.ID})
}

func mergeUndone(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	stranger := got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t)
	c := w.change(t, w.starting(w.shop, stranger, "s1", draft(byShopper(stranger), "s1", "Hello"))).Conversation
	web, laptop := w.walkIn(t, w.shop)
	w.merge(t, stranger.ID, web.ID)
	w.meetings(t)
	known := got(w.Shopper(t.Context(), w.shop.ID, web.ID))(t)
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) { return c.Meet(known, nil, w.now) })
	late := w.person(w.shop, account, "16505559999", "")
	late.Shopper = web.ID
	late, _, err := w.EnsureAddress(t.Context(), late, chat.Shopper{})
	must(t, err)

	into, err := w.UnmergeShopper(t.Context(), w.shop.ID, stranger.ID, chat.At(w.now))
	must(t, err)
	same(t, "into", into, web.ID)
	same(t, "the stranger", got(w.Shopper(t.Context(), w.shop.ID, stranger.ID))(t), stranger)
	same(t, "the other", got(w.Shopper(t.Context(), w.shop.ID, web.ID))(t), web)
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t), a)
	same(t, "what came since", got(w.Address(t.Context(), w.shop.ID, late.ID))(t).Shopper, web.ID)
	same(t, "the other's session", w.who(t, laptop), web.ID)
	same(t, "tasks", w.meetings(t), []chat.ShopperTask{{Shopper: web.ID, Into: stranger.ID, Conversations: []chat.ConversationID{c.ID}}})
	_, err = w.UnmergeShopper(t.Context(), w.shop.ID, stranger.ID, chat.At(w.now))
	want(t, err, chat.ErrConflict)
	w.merge(t, stranger.ID, web.ID) // and once more
	same(t, "again", got(w.Shopper(t.Context(), w.shop.ID, stranger.ID))(t).ID, web.ID)
}

func mergeCustomers(t *testing.T, w *place) {
	one, phone := w.walkIn(t, w.shop)
	two, laptop := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	w.identify(t, laptop, "cust-2")
	want(t, w.MergeShoppers(t.Context(), w.shop.ID, one.ID, two.ID, byAgent(w.owner), chat.At(w.now)), chat.ErrConflict)
	same(t, "no alias", got(w.Shopper(t.Context(), w.shop.ID, one.ID))(t).ID, one.ID)
	_, err := w.UnmergeShopper(t.Context(), w.shop.ID, one.ID, chat.At(w.now))
	want(t, err, chat.ErrConflict)

	nobody, _ := w.walkIn(t, w.shop)
	w.merge(t, one.ID, nobody.ID)
	same(t, "the customer goes along", got(w.ShopperByCustomer(t.Context(), w.shop.ID, "cust-1"))(t).ID, nobody.ID)
	got(w.UnmergeShopper(t.Context(), w.shop.ID, one.ID, chat.At(w.now)))(t)
	same(t, "and back", got(w.ShopperByCustomer(t.Context(), w.shop.ID, "cust-1"))(t).ID, one.ID)
}

func mergeChain(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	a, _ := w.ensure(t, w.shop, w.person(w.shop, account, "16505551234", ""))
	web, laptop := w.walkIn(t, w.shop)
	w.merge(t, a.Shopper, web.ID)
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	w.identify(t, laptop, "cust-1")
	for _, id := range []chat.ShopperID{a.Shopper, web.ID} {
		same(t, "who they are", got(w.Shopper(t.Context(), w.shop.ID, id))(t).ID, known.ID)
	}
	same(t, "address", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).Shopper, known.ID)
	got(w.UnmergeShopper(t.Context(), w.shop.ID, a.Shopper, chat.At(w.now)))(t)
	same(t, "the merged one", got(w.Shopper(t.Context(), w.shop.ID, a.Shopper))(t).ID, a.Shopper)
	same(t, "the identified one", got(w.Shopper(t.Context(), w.shop.ID, web.ID))(t).ID, known.ID)
	same(t, "address back", got(w.Address(t.Context(), w.shop.ID, a.ID))(t).Shopper, a.Shopper)
}

func mergeScoped(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	q, _ := w.walkIn(t, w.sister)
	for _, shop := range []chat.Shop{w.shop, w.sister, w.foreign} {
		want(t, w.MergeShoppers(t.Context(), shop.ID, p.ID, q.ID, byAgent(w.owner), chat.At(w.now)), chat.ErrNotFound)
	}
	w.merge(t, p.ID, p.ID)
	same(t, "themselves", got(w.Shopper(t.Context(), w.shop.ID, p.ID))(t), p)
	_, err := w.UnmergeShopper(t.Context(), w.sister.ID, p.ID, chat.At(w.now))
	want(t, err, chat.ErrNotFound)
}
