package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// leaveNumber is what a shopper does who leaves a number in the widget's form.
func (s *stage) leaveNumber(b browser, c chat.ConversationID, number string) {
	s.t.Helper()
	s.shop.Settings.Handoff.Channels[0].Ask = true
	must(s.t, s.store.UpdateShop(s.t.Context(), s.shop))
	must(s.t, s.GiveConsent(s.t.Context(), b.Caller, chat.ConsentRequest{
		Channel: chat.ChannelWhatsApp, Value: number, Purposes: []chat.ConsentPurpose{chat.ForConversation}, Granted: true,
		Wording: "Marl may answer me there.", Version: "1", Language: "en", Conversation: c,
	}))
}

func TestWhatAStrangerWritesNeverReachesWhoTypedTheirNumber(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	s.leaveNumber(b, c.ID, lucia.Phone)
	must(t, s.hook(s.text(lucia, "My address is 12 Clay Lane")))
	own, err := s.Own(t.Context(), b.Caller)
	if err != nil || len(own) != 1 {
		t.Errorf("who typed the number sees %d conversations, error %v", len(own), err)
	}
	if log := s.log(s.shop.ID, s.other(c).ID); !slices.Equal(log, []string{"whatsapp: My address is 12 Clay Lane"}) {
		t.Errorf("the stranger's log is %v", log)
	}
	if o := s.other(c); o.Shopper.ID == b.Shopper {
		t.Error("the stranger is taken for who typed their number")
	}
}

func TestWhoAnswersWhatWasSentToATypedNumberIsHeardThere(t *testing.T) {
	for name, known := range map[string]bool{"nobody else's": false, "somebody's whom the shop knows": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			if known {
				must(t, s.hook(s.text(lucia, "A month ago")))
			}
			b := s.visit(s.shop)
			c := s.ask(b, "Hello")
			s.leaveNumber(b, c.ID, lucia.Phone)
			addresses, err := s.store.AddressesOf(t.Context(), s.shop.ID, b.Shopper)
			must(t, err)
			must(t, s.Recognize(t.Context(), addresses[0], lucia.Keys))
			must(t, s.hook(s.text(lucia, "Thank you")))
			got := slices.Contains(s.log(s.shop.ID, c.ID), "whatsapp: Thank you")
			if own, _ := s.Own(t.Context(), b.Caller); !known && len(own) != 2 && !got || known && (got || len(own) != 1) {
				t.Errorf("the log is %v, and they see %d conversations", s.log(s.shop.ID, c.ID), len(own))
			}
		})
	}
}

func TestAStopHoldsForWhoeverTypesTheNumber(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "STOP")))
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	s.leaveNumber(b, c.ID, lucia.Phone)
	r, err := s.ReachOf(t.Context(), s.agent(), s.shop.ID, c.ID)
	if err != nil || len(r.Ways) != 1 || r.Ways[0].Plan.Reason != chat.WhyStopped {
		t.Errorf("the ways are %+v, error %v", r.Ways, err)
	}
}

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

func TestAWordThatComesTogetherWithALinkGoesWhereTheLinkLeads(t *testing.T) {
	for name, known := range map[string]bool{"of a stranger": false, "of who is known": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			if known {
				must(t, s.hook(s.text(lucia, "A month ago")))
			}
			b := s.visit(s.shop)
			c := s.ask(b, "Is the jug still there?")
			o := s.offer(b, c.ID)
			before := len(s.conversations(s.shop))
			s.carry.meanwhile = func() { // the link is taken in while the word is on its way to the log
				s.carry.meanwhile = nil
				opened := s.text(lucia, "")
				opened.Kind, opened.Message, opened.Opened = chat.InboundOpened, nil, &chat.InboundReferral{Ref: o.Code}
				must(t, s.hook(opened))
			}
			word := s.text(lucia, "")
			word.Message.Media = []chat.MediaRef{{Kind: "image", ID: "1"}}
			must(t, s.hook(word))
			if now := len(s.conversations(s.shop)); now != before {
				t.Errorf("there are %d conversations, there were %d", now, before)
			}
			must(t, s.hook(s.text(lucia, "And now?")))
			if log := s.log(s.shop.ID, c.ID); !slices.Equal(log[len(log)-2:], []string{"whatsapp: ", "whatsapp: And now?"}) {
				t.Errorf("the log is %v", log)
			}
		})
	}
}
