package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestWhoWasPutOutStaysOut(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(tom, o.Text)))
	_, err := s.ConfirmHandoff(t.Context(), b.Caller, o.Handoff.ID, false)
	must(t, err)
	s.now = s.now.Add(time.Second)
	must(t, s.hook(s.text(tom, o.Text)))
	if c = s.conversation(c); c.Channel != chat.ChannelWeb {
		t.Errorf("the code let them in again: the route is %s", c.Channel)
	}
	if log := s.log(s.shop.ID, s.other(c).ID); log[len(log)-1] != "hint code_used" {
		t.Errorf("the stranger's log is %v", log)
	}
}

func TestACodeThatWasSweptIsALapsedOne(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	s.now = s.now.Add(chat.CodeFor + time.Minute)
	_, err := s.store.LapsedOffers(t.Context(), chat.At(s.now), 10)
	must(t, err)
	must(t, s.hook(s.text(lucia, o.Text)))
	if log := s.log(s.shop.ID, s.other(c).ID); log[len(log)-1] != "hint code_expired" {
		t.Errorf("the log is %v", log)
	}
}

func TestALinkOfBeforeTheFirstWordLeadsToTheConversationBegunSince(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	o := s.offer(b, "")
	s.now = s.now.Add(time.Second)
	c := s.ask(b, "Is the jug still there?")
	must(t, s.hook(s.text(lucia, o.Text+" hello")))
	if all := s.conversations(s.shop); len(all) != 1 || all[0].ID != c.ID || all[0].Channel != chat.ChannelWhatsApp {
		t.Errorf("there are %d conversations, the first on %s", len(all), all[0].Channel)
	}
}

func TestWhatWasTakenBackOnThePhoneIsTakenBackWhoeverTheyAreByNow(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	must(t, s.hook(s.text(lucia, s.offer(b, c.ID).Text)))
	said := s.text(lucia, "my card is 4111")
	must(t, s.hook(said))
	other := s.visit(s.shop)
	_, err := s.Identify(t.Context(), other.Caller, other.session.Hash, chat.Identity{Subject: "c1"})
	must(t, err)
	_, err = s.Identify(t.Context(), b.Caller, b.session.Hash, chat.Identity{Subject: "c1"})
	must(t, err)
	gone := s.text(lucia, "")
	gone.Kind, gone.Message, gone.Amend = chat.InboundAmend, nil, &chat.InboundChange{Target: said.ID, Action: chat.AmendRevoke}
	must(t, s.hook(gone))
	if log := s.log(s.shop.ID, c.ID); log[len(log)-1] != "revoke " {
		t.Errorf("the log is %v", log)
	}
}
