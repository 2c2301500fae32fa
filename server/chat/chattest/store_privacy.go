package chattest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var privacyCases = []storeCase{
	{"a request is read back with whom it names, its task beside it", privacyReads},
	{"the same reference is the same request, per shop and kind", privacyOnce},
	{"of two requests with one reference at once there is one", privacyAtOnce},
	{"a request that is done names nobody any more", privacyDone},
	{"who is erased is taken out of requests that have failed, not of those that are to be done", privacyErased},
	{"requests are listed newest first, and another shop's are not found", privacyScoped},
	{"shoppers are found by an e-mail that they are known by or have typed", emailFinds},
	{"by an e-mail no erased shopper is found, and nobody of another shop", emailScoped},
	{"an e-mail that changes leads to nobody any more", emailMoves},
	{"all shoppers of a shop are walked through once, but aliases and who was erased", shoppersListed},
}

func (w *place) request(kind chat.PrivacyKind, reference string) chat.PrivacyRequest {
	return chat.PrivacyRequest{
		ID: newID[chat.PrivacyID](chat.PrefixPrivacy), Merchant: w.shop.Merchant, Shop: w.shop.ID, Kind: kind, Reference: reference,
		Customer: chat.CustomerRef{ExternalID: "cust-1", Email: "ana@shop.example", Phone: "+34600000001"}, Orders: []string{"1001", "1002"},
		Everything: true, Transcripts: true, State: chat.PrivacyPending, CreatedAt: chat.At(w.now), DueAt: chat.At(w.now.Add(chat.PrivacyDue)),
	}
}

func (w *place) ask(t *testing.T, r chat.PrivacyRequest) chat.PrivacyRequest {
	t.Helper()
	return got(w.CreatePrivacyRequest(t.Context(), r, chat.Task{Kind: chat.TaskSweep, DueAt: 1}))(t)
}

func privacyReads(t *testing.T, w *place) {
	r := w.request(chat.PrivacyRedact, "ref-1")
	same(t, "made", w.ask(t, r), r)
	same(t, "read back", got(w.PrivacyRequest(t.Context(), w.shop.ID, r.ID))(t), r)
	same(t, "tasks", len(w.claim(t)), 1)
	nobody := chat.PrivacyRequest{ID: "prv_1", Merchant: w.shop.Merchant, Shop: w.shop.ID, Kind: chat.PrivacyRedact, State: chat.PrivacyPending}
	same(t, "of nobody", w.ask(t, nobody), nobody)
	same(t, "of nobody, read back", got(w.PrivacyRequest(t.Context(), w.shop.ID, nobody.ID))(t), nobody)
	r.State, r.Counts = chat.PrivacyFailed, chat.PrivacyCounts{Customers: 1, Orders: 2, Shipments: 3, Carts: 4, Shoppers: 5}
	r.File, r.FileUntil, r.DoneAt = "att_1", 6, 7
	must(t, w.UpdatePrivacyRequest(t.Context(), r))
	same(t, "changed", got(w.PrivacyRequest(t.Context(), w.shop.ID, r.ID))(t), r)
}

func privacyOnce(t *testing.T, w *place) {
	first := w.ask(t, w.request(chat.PrivacyRedact, "ref-1"))
	same(t, "again", w.ask(t, w.request(chat.PrivacyRedact, "ref-1")), first)
	same(t, "tasks", len(w.claim(t)), 1)
	done := first
	done.State = chat.PrivacyDone
	must(t, w.UpdatePrivacyRequest(t.Context(), done))
	same(t, "when it is done", w.ask(t, w.request(chat.PrivacyRedact, "ref-1")).State, chat.PrivacyDone)
	elsewhere := w.request(chat.PrivacyRedact, "ref-1")
	elsewhere.Shop = w.sister.ID
	for i, r := range []chat.PrivacyRequest{
		w.request(chat.PrivacyExport, "ref-1"), elsewhere, w.request(chat.PrivacyRedact, ""), w.request(chat.PrivacyRedact, ""),
	} {
		same(t, fmt.Sprint("another ", i), w.ask(t, r).ID, r.ID)
	}
	want(t, second(w.CreatePrivacyRequest(t.Context(), chat.PrivacyRequest{
		ID: first.ID, Merchant: w.shop.Merchant, Shop: w.shop.ID, Kind: chat.PrivacyRedact, State: chat.PrivacyPending,
	}, chat.Task{})), chat.ErrConflict)
}

func privacyAtOnce(t *testing.T, w *place) {
	const n = 8
	made, errs, asked := make([]chat.PrivacyRequest, n), make([]error, n), make([]chat.PrivacyRequest, n)
	for i := range asked {
		asked[i] = w.request(chat.PrivacyExport, "ref-1")
	}
	together(n, func(i int) {
		made[i], errs[i] = w.CreatePrivacyRequest(background(t), asked[i], chat.Task{Kind: chat.TaskSweep, DueAt: 1})
	})
	for i := range made {
		must(t, errs[i])
		same(t, "request", made[i].ID, made[0].ID)
	}
	same(t, "requests", len(got(w.PrivacyRequests(t.Context(), w.shop.ID, 10))(t)), 1)
	same(t, "tasks", len(w.claim(t)), 1)
}

func privacyDone(t *testing.T, w *place) {
	for _, kind := range []chat.PrivacyKind{chat.PrivacyRedact, chat.PrivacyExport} {
		r := w.ask(t, w.request(kind, "ref-1"))
		r.State, r.DoneAt, r.Counts.Orders = chat.PrivacyDone, 9, 2
		must(t, w.UpdatePrivacyRequest(t.Context(), r))
		r.Customer, r.Orders = chat.CustomerRef{}, nil
		same(t, "done", got(w.PrivacyRequest(t.Context(), w.shop.ID, r.ID))(t), r)
	}
}

func privacyErased(t *testing.T, w *place) {
	p, _, _ := w.planted(t)
	failed := func(c chat.CustomerRef) chat.PrivacyRequest {
		r := w.request(chat.PrivacyRedact, "")
		r.Customer = c
		r = w.ask(t, r)
		r.State = chat.PrivacyFailed
		must(t, w.UpdatePrivacyRequest(t.Context(), r))
		return r
	}
	byMail, byID := failed(chat.CustomerRef{Email: strings.ToUpper(p.Email)}), failed(chat.CustomerRef{ExternalID: p.CustomerID})
	other := failed(chat.CustomerRef{Email: "bea@shop.example"})
	pending := w.request(chat.PrivacyRedact, "")
	pending.Customer = chat.CustomerRef{Email: p.Email}
	w.ask(t, pending)
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	for _, r := range []chat.PrivacyRequest{byMail, byID} {
		r.Customer, r.Orders = chat.CustomerRef{}, nil
		same(t, "theirs", got(w.PrivacyRequest(t.Context(), w.shop.ID, r.ID))(t), r)
	}
	for _, r := range []chat.PrivacyRequest{other, pending} {
		same(t, "one that stays", got(w.PrivacyRequest(t.Context(), w.shop.ID, r.ID))(t), r)
	}
}

func privacyScoped(t *testing.T, w *place) {
	var ids []chat.PrivacyID
	for range 3 {
		ids = append([]chat.PrivacyID{w.ask(t, w.request(chat.PrivacyRedact, "")).ID}, ids...)
	}
	var listed []chat.PrivacyID
	for _, r := range got(w.PrivacyRequests(t.Context(), w.shop.ID, 2))(t) {
		same(t, "customer", r.Customer.ExternalID, "cust-1")
		listed = append(listed, r.ID)
	}
	same(t, "newest first", listed, ids[:2])
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.PrivacyRequest(t.Context(), other.ID, ids[0])
		want(t, err, chat.ErrNotFound)
		same(t, "another shop's", len(got(w.PrivacyRequests(t.Context(), other.ID, 10))(t)), 0)
		r := w.request(chat.PrivacyRedact, "")
		r.ID, r.Shop, r.State = ids[0], other.ID, chat.PrivacyDone
		want(t, w.UpdatePrivacyRequest(t.Context(), r), chat.ErrNotFound)
	}
	r := w.request(chat.PrivacyRedact, "")
	r.Shop = w.foreign.ID
	want(t, second(w.CreatePrivacyRequest(t.Context(), r, chat.Task{})), chat.ErrNotFound)
}

// known makes a shopper who is identified with an e-mail.
func (w *place) known(t *testing.T, shop chat.Shop, subject, email string) (chat.Shopper, chat.ShopperSession) {
	t.Helper()
	_, s := w.walkIn(t, shop)
	return got(w.Identify(t.Context(), s.Hash, chat.Identity{Subject: subject, Email: email}, chat.At(w.now)))(t).Shopper, s
}

// typed gives a shopper an e-mail address that they have typed.
func (w *place) typed(t *testing.T, p chat.Shopper, email string) chat.Address {
	t.Helper()
	a := w.person(chat.Shop{ID: p.Shop, Merchant: p.Merchant}, w.connect(t, chat.Shop{ID: p.Shop, Merchant: p.Merchant}), "", email)
	a.Shopper, a.Channel, a.Phone, a.Keys = p.ID, chat.ChannelEmail, "", []string{"form:" + string(newID[chat.AddressID](chat.PrefixAddress))}
	made, _, err := w.EnsureAddress(t.Context(), a, chat.Shopper{})
	must(t, err)
	return made
}

func shopperIDs(ps []chat.Shopper) (all []chat.ShopperID) {
	for _, p := range ps {
		all = append(all, p.ID)
	}
	return all
}

func (w *place) byEmail(t *testing.T, shop chat.Shop, email string) []chat.ShopperID {
	t.Helper()
	return sorted(shopperIDs(got(w.ShoppersByEmail(t.Context(), shop.ID, email))(t)))
}

func emailFinds(t *testing.T, w *place) {
	p, _ := w.known(t, w.shop, "cust-1", "Ana@Shop.example")
	q, _ := w.walkIn(t, w.shop)
	w.typed(t, q, "ANA@shop.example")
	w.typed(t, p, "ana@shop.example") // found in two ways, given once
	w.known(t, w.shop, "cust-2", "bea@shop.example")
	both := sorted([]chat.ShopperID{p.ID, q.ID})
	for _, email := range []string{"ana@shop.example", "ANA@SHOP.EXAMPLE"} {
		same(t, email, w.byEmail(t, w.shop, email), both)
	}
	same(t, "shopper", got(w.ShoppersByEmail(t.Context(), w.shop.ID, "bea@shop.example"))(t)[0].CustomerID, "cust-2")
	for _, email := range []string{"", "ana", "%", "an_@shop.example"} {
		same(t, email, len(w.byEmail(t, w.shop, email)), 0)
	}
	w.merge(t, q.ID, p.ID)
	same(t, "an alias leads to whom it stands for", w.byEmail(t, w.shop, "ana@shop.example"), []chat.ShopperID{p.ID})
	r, _ := w.known(t, w.shop, "cust-3", "")
	s, session := w.walkIn(t, w.shop)
	w.typed(t, s, "cia@shop.example")
	got(w.Identify(t.Context(), session.Hash, chat.Identity{Subject: "cust-3"}, chat.At(w.now)))(t)
	same(t, "who was met again", w.byEmail(t, w.shop, "cia@shop.example"), []chat.ShopperID{r.ID})
}

func emailScoped(t *testing.T, w *place) {
	p, _ := w.known(t, w.shop, "cust-1", "ana@shop.example")
	w.typed(t, p, "ana.two@shop.example")
	sister, _ := w.known(t, w.sister, "cust-1", "ana@shop.example")
	same(t, "in the other shop", w.byEmail(t, w.foreign, "ana@shop.example"), nil)
	same(t, "in the sister", w.byEmail(t, w.sister, "ana@shop.example"), []chat.ShopperID{sister.ID})
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	same(t, "erased", w.byEmail(t, w.shop, "ana@shop.example"), nil)
	same(t, "their address", w.byEmail(t, w.shop, "ana.two@shop.example"), nil)
	same(t, "in the sister still", len(w.byEmail(t, w.sister, "ana@shop.example")), 1)
}

func emailMoves(t *testing.T, w *place) {
	p, s := w.known(t, w.shop, "cust-1", "ana@shop.example")
	got(w.Identify(t.Context(), s.Hash, chat.Identity{Subject: "cust-1", Email: "new@shop.example"}, chat.At(w.now)))(t)
	same(t, "by the old one", w.byEmail(t, w.shop, "ana@shop.example"), nil)
	same(t, "by the new one", w.byEmail(t, w.shop, "new@shop.example"), []chat.ShopperID{p.ID})
	must(t, w.SetShopperPage(t.Context(), w.shop.ID, p.ID, chat.Page{URL: "https://marl.example/"}))
	same(t, "after a page", w.byEmail(t, w.shop, "new@shop.example"), []chat.ShopperID{p.ID})
}

func shoppersListed(t *testing.T, w *place) {
	var ids []chat.ShopperID
	for range 5 {
		p, _ := w.walkIn(t, w.shop)
		ids = append(ids, p.ID)
	}
	ids = sorted(ids)
	w.walkIn(t, w.sister)
	w.walkIn(t, w.foreign)
	w.merge(t, ids[1], ids[0])
	got(w.Erase(t.Context(), w.shop.ID, ids[3], chat.At(w.now)))(t)
	page := got(w.ListShoppers(t.Context(), w.shop.ID, "", 2))(t)
	same(t, "first", shopperIDs(page), []chat.ShopperID{ids[0], ids[2]})
	page = got(w.ListShoppers(t.Context(), w.shop.ID, page[1].ID, 2))(t)
	same(t, "second", shopperIDs(page), []chat.ShopperID{ids[4]})
	same(t, "third", len(got(w.ListShoppers(t.Context(), w.shop.ID, ids[4], 2))(t)), 0)
}
