package chat_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// away is a conversation that goes on by phone, with a way back.
func (s *stage) away() (b browser, c chat.Conversation, link string) {
	s.t.Helper()
	b = s.visit(s.shop)
	c = s.ask(b, "Is the jug still there?")
	must(s.t, s.hook(s.text(lucia, s.offer(b, c.ID).Text)))
	return b, s.conversation(c), s.wayBack(c)
}

// wayBack gives the token of a resume link that goes to where the conversation is.
func (s *stage) wayBack(c chat.Conversation) string {
	s.t.Helper()
	c = s.conversation(c)
	a, err := s.store.Address(s.t.Context(), c.Shop, c.Address)
	must(s.t, err)
	link, err := s.ResumeURL(s.t.Context(), s.shop, c, a)
	must(s.t, err)
	u, err := url.Parse(link)
	must(s.t, err)
	if u.Scheme+"://"+u.Host != s.shop.Origins[0] || u.Path != "/jugs" || len(u.Query()) != 1 {
		s.t.Errorf("the way back leads to %s", link)
	}
	return u.Query().Get(chat.ResumeParam)
}

func TestTheWayBackInTheSameBrowserConfirmsBothSides(t *testing.T) {
	s := newStage(t)
	b, c, link := s.away()
	for range 2 { // the same browser may load it again
		back, err := s.ComeBack(t.Context(), s.shop, link, &b.session, "")
		if err != nil || back.State != chat.BackConfirmed || back.Conversation != c.ID || back.Session != nil {
			t.Fatalf("came back: %+v, error %v", back, err)
		}
	}
	if c = s.conversation(c); c.Channel != chat.ChannelWeb || c.Handoff.State != chat.HandoffReturned || c.Handoff.ConfirmedAt == 0 {
		t.Errorf("the route is %s, the handoff %+v", c.Channel, c.Handoff)
	}
	if _, err := s.ComeBack(t.Context(), s.shop, link, nil, rand.Text()); !errors.Is(err, chat.ErrGone) {
		t.Errorf("another browser with the used link: %v", err)
	}
}

func TestTheWayBackShowsNothingToWhoMayBeAStranger(t *testing.T) {
	s := newStage(t)
	b, c, link := s.away()
	other := s.visit(s.shop)
	for _, session := range []*chat.ShopperSession{nil, &other.session} {
		back, err := s.ComeBack(t.Context(), s.shop, link, session, rand.Text())
		if err != nil || back.State != chat.BackUnconfirmed || back.Session != nil || back.Conversation != "" {
			t.Errorf("a stranger's browser: %+v, error %v", back, err)
		}
	}
	if back, err := s.ComeBack(t.Context(), s.shop, link, &b.session, ""); err != nil || back.State != chat.BackConfirmed {
		t.Errorf("it is used up before the shopper came: %+v, error %v", back, err)
	}
	// From now on any browser of theirs is let in.
	must(t, s.hook(s.text(lucia, "on my way")))
	token := rand.Text()
	back, err := s.ComeBack(t.Context(), s.shop, s.wayBack(c), nil, token)
	if err != nil || back.State != chat.BackResumed || back.Session == nil || back.Shopper.ID != b.Shopper {
		t.Fatalf("on another device: %+v, error %v", back, err)
	}
	if _, err := s.store.ShopperSession(t.Context(), back.Session.Hash, chat.At(s.now)); err != nil {
		t.Errorf("the new session: %v", err)
	}
}

func TestAWayBackIsOneShopsAndLapses(t *testing.T) {
	s := newStage(t)
	b, _, link := s.away()
	if _, err := s.ComeBack(t.Context(), s.sister, link, &b.session, ""); !errors.Is(err, chat.ErrGone) {
		t.Errorf("at another shop: %v", err)
	}
	if _, err := s.ComeBack(t.Context(), s.shop, link+"x", &b.session, ""); !errors.Is(err, chat.ErrGone) {
		t.Errorf("edited: %v", err)
	}
	s.now = s.now.Add(chat.ResumeFor + 1)
	if _, err := s.ComeBack(t.Context(), s.shop, link, &b.session, ""); !errors.Is(err, chat.ErrGone) {
		t.Errorf("lapsed: %v", err)
	}
}

func TestWhoBeganOnThePhoneComesToTheSiteAsThemselves(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "Hello")))
	c := s.conversations(s.shop)[0]
	a, err := s.store.Address(t.Context(), c.Shop, c.Address)
	must(t, err)
	link, err := s.ResumeURL(t.Context(), s.shop, c, a)
	must(t, err)
	u, err := url.Parse(link)
	must(t, err)
	back, err := s.ComeBack(t.Context(), s.shop, u.Query().Get(chat.ResumeParam), nil, rand.Text())
	if err != nil || back.State != chat.BackResumed || back.Conversation != c.ID {
		t.Errorf("came: %+v, error %v", back, err)
	}
}

func TestTwoCustomersStayTwo(t *testing.T) {
	s := newStage(t)
	one, two := s.visit(s.shop), s.visit(s.shop)
	for i, b := range []browser{one, two} {
		_, err := s.Identify(t.Context(), b.Caller, b.session.Hash, chat.Identity{Subject: string(rune('a' + i))})
		must(t, err)
	}
	first := s.ask(one, "I am A")
	o := s.offer(one, first.ID)
	must(t, s.hook(s.text(lucia, o.Text)))
	_, err := s.ConfirmHandoff(t.Context(), one.Caller, o.Handoff.ID, true)
	must(t, err)
	second := s.ask(two, "I am B")
	o = s.offer(two, second.ID)
	must(t, s.hook(s.text(lucia, o.Text)))
	if back, err := s.ComeBack(t.Context(), s.shop, s.wayBack(second), &two.session, ""); err != nil || back.State != chat.BackConfirmed {
		t.Fatalf("came back: %+v, error %v", back, err)
	}
	if log := s.log(s.shop.ID, second.ID); !slices.Contains(log, "hint two_customers") {
		t.Errorf("the log is %v", log)
	}
	if first, second = s.conversation(first), s.conversation(second); first.Shopper.ID == second.Shopper.ID {
		t.Error("two customers were made one")
	}
}

func TestAMergeCanBeUndone(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "by phone")))
	phones := s.conversations(s.shop)[0]
	was := phones.Shopper.ID
	b := s.visit(s.shop)
	webs := s.ask(b, "on the web")
	must(t, s.MergeShoppers(t.Context(), s.agent(), s.shop.ID, was, b.Shopper))
	if c := s.conversation(phones); c.Shopper.ID != b.Shopper {
		t.Fatalf("the phone's conversation is %s's", c.Shopper.ID)
	}
	must(t, s.UnmergeShopper(t.Context(), s.agent(), s.shop.ID, was))
	for range 3 { // the tasks that the store has left
		tasks, err := s.store.ClaimTasks(t.Context(), chat.At(s.now.Add(1e9)), 1e9, 10)
		must(t, err)
		for _, task := range tasks {
			must(t, s.Perform(t.Context(), task))
			must(t, s.store.FinishTask(t.Context(), task))
		}
	}
	if c := s.conversation(phones); c.Shopper.ID != was {
		t.Errorf("the phone's conversation is still %s's", c.Shopper.ID)
	}
	if c := s.conversation(webs); c.Shopper.ID != b.Shopper {
		t.Errorf("the web's conversation went along to %s", c.Shopper.ID)
	}
}
