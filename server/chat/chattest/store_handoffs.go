package chattest

import (
	"errors"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var handoffCases = []storeCase{
	{"an offer is read back, and found by its code within its account", handoffReads},
	{"a code is used for one offer of an account", handoffCodeOnce},
	{"another shop's handoff is not found", handoffScoped},
	{"a handoff is changed, and keeps its code", handoffUpdated},
	{"handoffs are listed by conversation and by shopper, newest first", handoffLists},
	{"open offers are those by link that nobody has claimed since", handoffOpen},
	{"offers lapse once", handoffLapse},
	{"a change writes its conversation's handoff", handoffByChange},
	{"a resume link is used by one session, as often as it likes", resumeOnce},
	{"a resume link of two sessions at once is one's", resumeAtOnce},
	{"a resume link is over when its time is", resumeOver},
	{"a shopper gets one more browser, not one who is erased or another shop's", sessionAdded},
}

func (w *place) offer(p chat.Shopper, account chat.Account) chat.Handoff {
	return chat.Handoff{
		ID: newID[chat.HandoffID](chat.PrefixHandoff), Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, From: chat.ChannelWeb, To: account.Channel,
		Account: account.ID, Source: chat.HandoffByLink, State: chat.HandoffOffered, Page: "https://marl.example/cup",
		ExpiresAt: chat.At(w.now.Add(chat.CodeFor)), CreatedAt: chat.At(w.now), UpdatedAt: chat.At(w.now),
	}
}

// offered writes an offer and gives its code's hash.
func (w *place) offered(t *testing.T, p chat.Shopper, account chat.Account) (chat.Handoff, [32]byte) {
	t.Helper()
	h, code := w.offer(p, account), newHash()
	must(t, w.CreateHandoff(t.Context(), h, &code))
	return h, code
}

func handoffReads(t *testing.T, w *place) {
	account, other := w.connect(t, w.shop), w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	h, code := w.offered(t, p, account)
	same(t, "handoff", got(w.Handoff(t.Context(), w.shop.ID, h.ID))(t), h)
	same(t, "by code", got(w.HandoffByCode(t.Context(), account.ID, code))(t), h)
	_, err := w.HandoffByCode(t.Context(), other.ID, code)
	want(t, err, chat.ErrNotFound)
	_, err = w.HandoffByCode(t.Context(), account.ID, newHash())
	want(t, err, chat.ErrNotFound)
	bare := w.offer(p, account)
	must(t, w.CreateHandoff(t.Context(), bare, nil))
	_, err = w.HandoffByCode(t.Context(), account.ID, [32]byte{})
	want(t, err, chat.ErrNotFound)
}

func handoffCodeOnce(t *testing.T, w *place) {
	account, other := w.connect(t, w.shop), w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	_, code := w.offered(t, p, account)
	again := w.offer(p, account)
	want(t, w.CreateHandoff(t.Context(), again, &code), chat.ErrConflict)
	_, err := w.Handoff(t.Context(), w.shop.ID, again.ID)
	want(t, err, chat.ErrNotFound)
	again.Account = other.ID
	must(t, w.CreateHandoff(t.Context(), again, &code))
}

func handoffScoped(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	h, _ := w.offered(t, p, account)
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Handoff(t.Context(), other.ID, h.ID)
		want(t, err, chat.ErrNotFound)
		_, err = w.UpdateHandoff(t.Context(), other.ID, h.ID, func(*chat.Handoff) error { return nil })
		want(t, err, chat.ErrNotFound)
		same(t, "list", len(got(w.HandoffsOf(t.Context(), other.ID, p.ID, "", 10))(t)), 0)
		wrong := w.offer(p, account)
		wrong.Shop = other.ID
		want(t, w.CreateHandoff(t.Context(), wrong, nil), chat.ErrNotFound)
	}
}

func handoffUpdated(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	h, code := w.offered(t, p, account)
	have := got(w.UpdateHandoff(t.Context(), w.shop.ID, h.ID, func(h *chat.Handoff) error {
		h.State, h.UpdatedAt, h.Address, h.Account = chat.HandoffClicked, 99, "adr_1", "acc_x"
		return nil
	}))(t)
	h.State, h.UpdatedAt, h.Address = chat.HandoffClicked, 99, "adr_1"
	same(t, "handoff", have, h)
	same(t, "by code", got(w.HandoffByCode(t.Context(), account.ID, code))(t), h)
	refused := errors.New("refused")
	_, err := w.UpdateHandoff(t.Context(), w.shop.ID, h.ID, func(h *chat.Handoff) error { h.State = chat.HandoffLinked; return refused })
	want(t, err, refused)
	same(t, "after a refusal", got(w.Handoff(t.Context(), w.shop.ID, h.ID))(t), h)
	claims := make([]error, 16) // of those who come with the code at once, one claims it
	together(len(claims), func(i int) {
		_, claims[i] = w.UpdateHandoff(background(t), w.shop.ID, h.ID, func(h *chat.Handoff) error {
			if h.State == chat.HandoffLinked {
				return chat.ErrConflict
			}
			h.State = chat.HandoffLinked
			return nil
		})
	})
	won := 0
	for _, err := range claims {
		if err == nil {
			won++
		}
	}
	same(t, "claims", won, 1)
}

func handoffLists(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	known, phone := w.walkIn(t, w.shop)
	w.identify(t, phone, "cust-1")
	p, laptop := w.walkIn(t, w.shop)
	first, _ := w.offered(t, p, account)
	w.later(time.Second)
	second := w.offer(p, account)
	second.Conversation = "cnv_1"
	must(t, w.CreateHandoff(t.Context(), second, nil))
	same(t, "of the conversation", got(w.HandoffsOf(t.Context(), w.shop.ID, p.ID, "cnv_1", 10))(t), []chat.Handoff{second})
	same(t, "of the shopper", got(w.HandoffsOf(t.Context(), w.shop.ID, p.ID, "", 10))(t), []chat.Handoff{second, first})
	same(t, "at most one", got(w.HandoffsOf(t.Context(), w.shop.ID, p.ID, "", 1))(t), []chat.Handoff{second})
	w.identify(t, laptop, "cust-1")
	same(t, "of who they are", len(got(w.HandoffsOf(t.Context(), w.shop.ID, known.ID, "", 10))(t)), 2)
}

func handoffOpen(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	old, _ := w.offered(t, p, account)
	w.later(time.Hour)
	since := chat.At(w.now)
	fresh, _ := w.offered(t, p, account)
	for _, change := range []func(*chat.Handoff){
		func(h *chat.Handoff) { h.State = chat.HandoffLinked },
		func(h *chat.Handoff) { h.Source = chat.HandoffByConsent },
		func(h *chat.Handoff) { h.Account = w.connect(t, w.shop).ID },
	} {
		h := w.offer(p, account)
		change(&h)
		must(t, w.CreateHandoff(t.Context(), h, nil))
	}
	w.later(time.Minute)
	clicked := got(w.UpdateHandoff(t.Context(), w.shop.ID, old.ID, func(h *chat.Handoff) error {
		h.State, h.UpdatedAt = chat.HandoffClicked, chat.At(w.now)
		return nil
	}))(t)
	same(t, "open", got(w.OpenOffers(t.Context(), account.ID, since, 10))(t), []chat.Handoff{clicked, fresh})
	same(t, "at most one", len(got(w.OpenOffers(t.Context(), account.ID, since, 1))(t)), 1)
}

func handoffLapse(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	p, _ := w.walkIn(t, w.shop)
	h, code := w.offered(t, p, account)
	claimed := w.offer(p, account)
	claimed.State = chat.HandoffActive
	must(t, w.CreateHandoff(t.Context(), claimed, nil))
	endless := w.offer(p, account)
	endless.ExpiresAt = 0
	must(t, w.CreateHandoff(t.Context(), endless, nil))
	same(t, "in time", len(got(w.LapsedOffers(t.Context(), h.ExpiresAt-1, 10))(t)), 0)
	h.State, h.UpdatedAt = chat.HandoffExpired, h.ExpiresAt
	same(t, "lapsed", got(w.LapsedOffers(t.Context(), h.ExpiresAt, 10))(t), []chat.Handoff{h})
	same(t, "again", len(got(w.LapsedOffers(t.Context(), h.ExpiresAt, 10))(t)), 0)
	same(t, "by its code", got(w.HandoffByCode(t.Context(), account.ID, code))(t), h)
}

func handoffByChange(t *testing.T, w *place) {
	account := w.connect(t, w.shop)
	c, p := w.talk(t, w.shop)
	h, code := w.offered(t, p, account)
	h.State, h.Conversation = chat.HandoffLinked, c.ID
	done := w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		ch.Conversation.Channel, ch.Conversation.Address, ch.Conversation.Account = account.Channel, "adr_1", account.ID
		ch.Conversation.Handoff, ch.Conversation.Away, ch.Handoffs = &h, true, []chat.Handoff{h}
		return ch, nil
	})
	have := got(w.Conversation(t.Context(), w.shop.ID, c.ID))(t)
	same(t, "head", have, done.Conversation)
	if have.Handoff == nil || *have.Handoff != h || have.Address != "adr_1" || have.Account != account.ID || !have.Away {
		t.Fatalf("head %s", show(have))
	}
	same(t, "handoff", got(w.HandoffByCode(t.Context(), account.ID, code))(t), h)
	fresh := w.offer(p, account)
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		ch.Handoffs = []chat.Handoff{fresh}
		return ch, nil
	})
	same(t, "a new one", got(w.Handoff(t.Context(), w.shop.ID, fresh.ID))(t), fresh)
	fresh.Shop = w.sister.ID
	_, err := w.Change(t.Context(), chat.Write{Shop: w.shop.ID, Conversation: c.ID, Decide: func(c chat.Conversation) (chat.Change, error) {
		ch := touched(c)
		ch.Handoffs = []chat.Handoff{fresh}
		return ch, nil
	}})
	if err == nil {
		t.Fatal("a change of one shop wrote a handoff of another")
	}
}

// touched is a change of a head that writes no entry.
func touched(c chat.Conversation) chat.Change {
	c.Version++
	return chat.Change{Conversation: c}
}

func (w *place) resumeLink(t *testing.T, p chat.Shopper) chat.ResumeLink {
	t.Helper()
	l := chat.ResumeLink{
		Hash: newHash(), Merchant: p.Merchant, Shop: p.Shop, Shopper: p.ID, Conversation: "cnv_1", Address: "adr_1", CreatedAt: chat.At(w.now),
		ExpiresAt: chat.At(w.now.Add(chat.ResumeFor)),
	}
	must(t, w.CreateResumeLink(t.Context(), l))
	return l
}

func resumeOnce(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	l := w.resumeLink(t, p)
	same(t, "link", got(w.ResumeLink(t.Context(), l.Hash, chat.At(w.now)))(t), l)
	mine, other := newHash(), newHash()
	l.UsedAt, l.UsedBy = chat.At(w.now), mine
	same(t, "used", got(w.UseResumeLink(t.Context(), l.Hash, mine, chat.At(w.now)))(t), l)
	w.later(time.Minute)
	same(t, "used again", got(w.UseResumeLink(t.Context(), l.Hash, mine, chat.At(w.now)))(t), l)
	_, err := w.UseResumeLink(t.Context(), l.Hash, other, chat.At(w.now))
	want(t, err, chat.ErrGone)
	same(t, "read", got(w.ResumeLink(t.Context(), l.Hash, chat.At(w.now)))(t), l)
	want(t, w.CreateResumeLink(t.Context(), l), chat.ErrConflict)
	l.Hash, l.Shop = newHash(), w.sister.ID
	want(t, w.CreateResumeLink(t.Context(), l), chat.ErrNotFound)
}

func resumeAtOnce(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	l := w.resumeLink(t, p)
	errs := make([]error, 16)
	together(len(errs), func(i int) {
		_, errs[i] = w.UseResumeLink(background(t), l.Hash, [32]byte{byte(i + 1)}, chat.At(w.now))
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		want(t, err, chat.ErrGone)
	}
	same(t, "winners", won, 1)
}

func resumeOver(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	l := w.resumeLink(t, p)
	_, err := w.ResumeLink(t.Context(), l.Hash, l.ExpiresAt)
	want(t, err, chat.ErrGone)
	_, err = w.UseResumeLink(t.Context(), l.Hash, newHash(), l.ExpiresAt)
	want(t, err, chat.ErrGone)
	_, err = w.ResumeLink(t.Context(), newHash(), chat.At(w.now))
	want(t, err, chat.ErrGone)
}

func sessionAdded(t *testing.T, w *place) {
	p, first := w.walkIn(t, w.shop)
	second := first
	second.Hash = newHash()
	must(t, w.AddShopperSession(t.Context(), second))
	same(t, "session", got(w.ShopperSession(t.Context(), second.Hash, chat.At(w.now)))(t), second)
	want(t, w.AddShopperSession(t.Context(), second), chat.ErrConflict)
	foreign := first
	foreign.Hash, foreign.Shop = newHash(), w.sister.ID
	want(t, w.AddShopperSession(t.Context(), foreign), chat.ErrNotFound)
	got(w.Erase(t.Context(), w.shop.ID, p.ID, chat.At(w.now)))(t)
	second.Hash = newHash()
	want(t, w.AddShopperSession(t.Context(), second), chat.ErrNotFound)
}
