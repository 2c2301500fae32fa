package chat_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (d *depot) events(v visitor) (all []string) {
	d.t.Helper()
	es, err := d.store.Entries(d.t.Context(), chat.EntryQuery{Shop: d.shop.ID, Conversation: v.c, Limit: 200})
	must(d.t, err)
	for _, e := range es {
		if e.Event == nil {
			continue
		}
		switch {
		case e.Event.Route != nil:
			all = append(all, "route "+string(e.Event.Route.To)+" "+string(e.Event.Route.Reason))
		case e.Event.Handoff != nil:
			all = append(all, "handoff "+string(e.Event.Handoff.State))
		}
	}
	return all
}

func (d *depot) happened(v visitor, want ...string) {
	d.t.Helper()
	if got := d.events(v); !slices.Equal(got, want) {
		d.t.Fatalf("what happened is %s, want %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func (d *depot) reads(v visitor, e chat.Entry) {
	d.t.Helper()
	must(d.t, d.Receive(d.t.Context(), v.Caller, d.shop.ID, v.c, e.ShopperSeq, true))
}

func TestWhatWhoHasLeftDidNotReadFollowsThemInOrder(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.reads(v, d.says(v, "I'll look."))
	d.says(v, "Yes, since today.")
	d.says(v, "It costs 12 €.")
	d.pass(chat.LeaveAfter - time.Second)
	d.expectSent()
	d.happened(v)
	d.pass(time.Second)
	d.expectSent("whatsapp free: Yes, since today.", "whatsapp free: It costs 12 €.")
	d.happened(v, "route whatsapp window_open", "handoff active")
	c := d.conversation(v)
	if c.Address != a.ID || c.Handoff.Source != chat.HandoffByConsent || c.Handoff.State != chat.HandoffActive {
		t.Errorf("the route is %s, the handoff %+v", c.Channel, c.Handoff)
	}
	d.pass(time.Hour)
	if len(d.provider.requests) != 2 {
		t.Errorf("the provider was asked %d times", len(d.provider.requests))
	}
}

func TestWhatWasReadOnTheSiteStaysThere(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.reads(v, d.says(v, "Yes."))
	d.pass(time.Hour)
	d.expectSent()
	d.expect(v)
}

func TestWhoIsHereOrMayBeIsNotWrittenAfter(t *testing.T) {
	for _, p := range []chat.Presence{chat.Here, chat.Unknown} {
		d := newDepot(t)
		v := d.visit()
		d.at(v, chat.ChannelWhatsApp, time.Hour)
		d.presence = p
		d.says(v, "Yes.")
		d.pass(time.Hour)
		d.expectSent()
		d.presence = chat.Gone
		d.pass(5 * time.Minute)
		d.expectSent("whatsapp free: Yes.")
	}
}

func TestAMessageOfThreeDaysAgoIsNotSentAfterAnybody(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.at(v, chat.ChannelEmail, time.Hour)
	d.presence = chat.Here
	d.says(v, "Yes.")
	d.pass(73 * time.Hour)
	d.presence = chat.Gone
	d.pass(time.Hour)
	d.expectSent()
	if next, err := d.store.NextTask(t.Context()); err != nil || next != 0 {
		t.Errorf("there is still a task at %d, %v", next, err)
	}
}

func TestWithoutAnotherAddressNothingIsLookedAt(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.says(v, "Yes.")
	if next, err := d.store.NextTask(t.Context()); err != nil || next != 0 {
		t.Errorf("there is a task at %d, %v", next, err)
	}
}

func TestTheShopSaysHowLongAMessageWaits(t *testing.T) {
	d := newDepot(t)
	d.shop.Settings.Handoff.LeaveAfter = 300
	d.saveShop()
	v := d.visit()
	d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.says(v, "Yes.")
	d.pass(299 * time.Second)
	d.expectSent()
	d.pass(time.Second)
	d.expectSent("whatsapp free: Yes.")
}

func TestWhatMayNotFollowIsHeldWithItsReason(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, 48*time.Hour)
	d.says(v, "Yes.")
	d.pass(time.Minute)
	d.expect(v, "whatsapp held template_needed")
	d.happened(v)
	if c := d.conversation(v); c.Address != "" {
		t.Errorf("the route is %s", c.Channel)
	}
	d.writes(v, a) // an answer opens the window
	d.on(v, d.address(a))
	d.run()
	d.expectSent("whatsapp free: Yes.")
	d.expect(v, "whatsapp accepted")
}

func TestAHeldMessageFollowsOnceItMay(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, 48*time.Hour)
	d.says(v, "Yes.")
	d.pass(time.Minute)
	d.expect(v, "whatsapp held template_needed")
	d.writes(v, a) // while the route is still on the site
	d.run()
	d.expect(v, "whatsapp held here")
	d.pass(time.Minute)
	d.expectSent("whatsapp free: Yes.")
	d.expect(v, "whatsapp accepted")
}

func TestWhoComesBackReadsOnTheSiteWhatWasStillToBeSent(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.provider.answer = refusing(chat.SendThrottlePair, "rate_limited")
	e := d.says(v, "Yes.")
	d.run()
	d.presence = chat.Here
	must(t, d.Returned(t.Context(), v.Caller, v.c))
	d.provider.answer = nil
	d.pass(time.Minute)
	d.expect(v, "whatsapp held here")
	if len(d.provider.requests) != 1 {
		t.Fatalf("asked %d times", len(d.provider.requests))
	}
	d.presence = chat.Gone // and gone again, before they have read it
	d.pass(5 * time.Minute)
	d.expect(v, "whatsapp accepted")
	if w := d.conversation(v).Watermark(chat.Author{Kind: chat.AuthorShopper}); w.Read.Seq >= e.Seq {
		t.Error("nobody has read it")
	}
}

func TestWhatWasSaidBeforeALinkIsHistoryUntilConfirmed(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.says(v, "Your size is 38.")
	d.now = d.now.Add(time.Minute)
	a := d.at(v, chat.ChannelWhatsApp, time.Second)
	_, err := d.store.UpdateAddress(t.Context(), d.shop.ID, a.ID, func(a *chat.Address) error { a.ConfirmedAt = 0; return nil })
	must(t, err)
	d.says(v, "The jug is back.")
	d.pass(time.Hour)
	d.expectSent("whatsapp free: The jug is back.")
	d.expect(v, "whatsapp held unconfirmed", "whatsapp accepted")
}

func TestWhatTheMerchantSaidElsewhereIsNotSaidTwice(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.decide(v, func(c chat.Conversation) (chat.Change, error) {
		return c.Post(chat.Draft{
			Kind: chat.EntryMessage, Author: chat.Author{Kind: chat.AuthorAgent, Name: "Business app"}, Channel: chat.ChannelWhatsApp, ClientID: "echo",
			Message: chat.Message{Text: "By hand."},
		}, d.now)
	})
	d.says(v, "Yes.")
	d.pass(time.Hour)
	d.expectSent("whatsapp free: Yes.")
}

func TestALeaveTaskDoneTwiceSendsOnce(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.says(v, "Yes.")
	d.now = d.now.Add(time.Minute)
	ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 1)
	must(t, err)
	for range 3 {
		must(t, d.Perform(t.Context(), ts[0]))
	}
	d.run()
	d.expectSent("whatsapp free: Yes.")
	d.happened(v, "route whatsapp window_open", "handoff active")
}

func TestAnAgentChoosesWhereItGoesOn(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	mail, wa := d.at(v, chat.ChannelEmail, time.Hour), d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.presence = chat.Here
	c, err := d.Reroute(t.Context(), d.agent(), d.shop.ID, v.c, mail.ID)
	if err != nil || c.Address != mail.ID || c.Handoff.Source != chat.HandoffByAgent {
		t.Fatalf("rerouted to %s, %+v, %v", c.Channel, c.Handoff, err)
	}
	d.says(v, "By mail.")
	d.says(v, "By phone.", to(wa))
	d.run()
	d.expectSent("email free: By mail.", "whatsapp free: By phone.")
	d.happened(v, "route email asked", "handoff active", "route whatsapp asked", "handoff active")
	if c, err = d.Reroute(t.Context(), d.agent(), d.shop.ID, v.c, ""); err != nil || c.Address != "" || c.Handoff.State != chat.HandoffReturned {
		t.Fatalf("brought home to %s, %+v, %v", c.Channel, c.Handoff, err)
	}
	other := d.visit()
	foreign := d.at(other, chat.ChannelWhatsApp, time.Hour)
	if _, err := d.Reroute(t.Context(), d.agent(), d.shop.ID, v.c, foreign.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("to another shopper's address: %v", err)
	}
	if _, err := d.Reroute(t.Context(), v.Caller, d.shop.ID, v.c, wa.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("by a shopper: %v", err)
	}
	if _, err := d.trySay(v, "To somebody else.", to(foreign)); !errors.Is(err, chat.ErrCannotSend) {
		t.Errorf("a message to another shopper's address: %v", err)
	}
	_, err = d.store.UpdateAddress(t.Context(), d.shop.ID, wa.ID, func(a *chat.Address) error { a.StoppedAt = 1; return nil })
	must(t, err)
	if _, err := d.Reroute(t.Context(), d.agent(), d.shop.ID, v.c, wa.ID); !errors.Is(err, chat.ErrCannotSend) {
		t.Errorf("to who said STOP: %v", err)
	}
}

func TestAChosenAddressIsRefusedWithItsReasonAndARepeatIsNot(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	wa := d.at(v, chat.ChannelWhatsApp, time.Hour)
	first := d.says(v, "Yes.", to(wa), func(r *chat.SendRequest) { r.ClientID = "one" })
	d.now = d.now.Add(48 * time.Hour)
	_, err := d.trySay(v, "Still there?", to(wa))
	e, ok := chat.AsError(err)
	if !ok || e.Code != "cannot_send" || len(e.Fields) != 1 || e.Fields[0].Message != string(chat.WhyTemplateNeeded) {
		t.Fatalf("after the window: %v", err)
	}
	again, err := d.trySay(v, "Yes.", to(wa), func(r *chat.SendRequest) { r.ClientID = "one" })
	if err != nil || again.Seq != first.Seq {
		t.Errorf("a repeat after the window: %+v, %v", again, err)
	}
}

func TestAnAgentsTemplateGoesToItsAccountsAddress(t *testing.T) {
	d := newDepot(t)
	tpl := d.template(false)
	v := d.visit()
	d.at(v, chat.ChannelEmail, time.Hour)
	d.at(v, chat.ChannelWhatsApp, 48*time.Hour)
	use := func(r *chat.SendRequest) {
		r.Template = &chat.TemplateUse{Template: tpl.ID, Body: map[string]string{"1": "Marl", "2": "the jug is back"}, Buttons: map[int]string{0: "jugs"}, Away: true}
	}
	if _, err := d.trySay(v, "", use); !errors.Is(err, chat.ErrCannotSend) {
		t.Fatalf("without consent: %v", err)
	}
	d.agrees(v, chat.ChannelWhatsApp)
	e := d.says(v, "whatever the caller says", use)
	if e.Message.Text != "Marl: the jug is back" || e.Message.Template.Name != "answer" || e.Message.Template.Away {
		t.Fatalf("the log holds %+v", e.Message)
	}
	d.run()
	d.expectSent("whatsapp template: Marl: the jug is back")
	d.news(d.told(d.provider.last(), "wamid.out1", chat.DeliveryRead, nil))
	if w := d.conversation(v).Watermark(chat.Author{Kind: chat.AuthorShopper}); w.Read.Seq != e.Seq {
		t.Error("an agent's template is the message itself, and was read")
	}
	if _, err := d.trySay(v, "", func(r *chat.SendRequest) { r.Template = &chat.TemplateUse{Template: tpl.ID} }); !errors.Is(err, chat.ErrTemplateParams) {
		t.Errorf("with empty places: %v", err)
	}
	e = d.says(v, "", use, func(r *chat.SendRequest) { r.ReturnLink, r.Template.Buttons = true, nil })
	if len(e.Message.Template.Buttons) != 0 {
		t.Errorf("the log holds a way back: %+v", e.Message.Template)
	}
	d.run()
	if r := d.provider.last(); !strings.HasPrefix(r.Use.Buttons[0], "?tagalong=") {
		t.Errorf("the button that is the way back leads to %q", r.Use.Buttons[0])
	}
	tpl.Status, tpl.Reason = chat.TemplatePaused, "quality"
	must(t, d.store.UpdateTemplate(t.Context(), tpl))
	if _, err := d.trySay(v, "", use); !errors.Is(err, chat.ErrTemplateRefused) {
		t.Errorf("a paused one: %v", err)
	}
}

func TestShoppersChooseNothing(t *testing.T) {
	d := newDepot(t)
	tpl := d.template(false)
	v := d.visit()
	wa := d.at(v, chat.ChannelWhatsApp, time.Hour)
	sent, err := d.Send(t.Context(), v.Caller, chat.SendRequest{
		Conversation: v.c, ClientID: "x", To: wa.ID, ReturnLink: true, Template: &chat.TemplateUse{Template: tpl.ID},
		Message: chat.Message{Text: "Hello", Template: &chat.TemplateUse{Template: tpl.ID}, ReturnLink: true},
	})
	if m := sent.Entry.Message; err != nil || m.Template != nil || m.ReturnLink || sent.Conversation.Address != "" {
		t.Fatalf("a shopper chose: %+v, %v", sent.Entry.Message, err)
	}
}

func TestAnAnswerMayCarryAWayBack(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.", func(r *chat.SendRequest) { r.ReturnLink = true })
	d.says(v, "No.")
	d.run()
	if with, without := d.provider.requests[0], d.provider.requests[1]; !strings.HasPrefix(with.ReturnTo, "https://marl.example/?tagalong=") || without.ReturnTo != "" {
		t.Errorf("the ways back are %q and %q", with.ReturnTo, without.ReturnTo)
	}
}

func TestReachSaysWhereWhyAndUntilWhen(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	wa, fb := d.at(v, chat.ChannelWhatsApp, time.Hour), d.at(v, chat.ChannelMessenger, 48*time.Hour)
	r, err := d.ReachOf(t.Context(), d.agent(), d.shop.ID, v.c)
	if err != nil || r.Presence != chat.Gone || r.Channel != chat.ChannelWeb || r.Next.Address != wa.ID || len(r.Ways) != 2 {
		t.Fatalf("reach %+v, %v", r, err)
	}
	if r.Ways[0].Address.ID != wa.ID || r.Ways[0].WindowUntil != wa.LastInboundAt.Add(24*time.Hour-chat.WindowMargin) || r.Ways[0].HumanUntil != 0 {
		t.Errorf("WhatsApp: %+v", r.Ways[0])
	}
	if r.Ways[1].Address.ID != fb.ID || r.Ways[1].WindowUntil != 0 || r.Ways[1].HumanUntil == 0 || r.Ways[1].Plan.Form != chat.FormHuman {
		t.Errorf("Messenger: %+v", r.Ways[1])
	}
	for _, w := range r.Ways {
		if w.Account.Token != "" {
			t.Error("a token is shown")
		}
	}
	if _, err := d.ReachOf(t.Context(), v.Caller, d.shop.ID, v.c); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("by a shopper: %v", err)
	}
}

func TestWhatTheSettingsHeldGoesOnWhenTheyChange(t *testing.T) {
	d := newDepot(t)
	acct := d.accounts[chat.ChannelWhatsApp]
	acct.Prices = chat.Prices{chat.CategoryService: {Amount: 40, Currency: "EUR"}}
	must(t, d.store.UpdateAccount(t.Context(), acct))
	d.shop.Settings.Handoff.Cap = &chat.Money{Amount: 0, Currency: "EUR"}
	d.saveShop()
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.run()
	d.expect(v, "whatsapp held cap_reached")
	d.shop.Settings.Handoff.Cap.Amount = 100
	d.saveShop()
	must(t, d.HandoffChanged(t.Context(), d.shop.ID))
	d.run()
	d.expect(v, "whatsapp accepted")

	d.shop.Settings.Handoff.Cap.Amount = 0
	d.saveShop()
	d.says(v, "But hurry.")
	d.run()
	d.now = d.now.Add(73 * time.Hour) // nobody wants to be told that by now
	d.shop.Settings.Handoff.Cap.Amount = 100
	d.saveShop()
	must(t, d.HandoffChanged(t.Context(), d.shop.ID))
	d.run()
	d.expect(v, "whatsapp accepted", "whatsapp held cap_reached")
}

func TestWhatAPausedTemplateHeldGoesOnWhenItIsApproved(t *testing.T) {
	d := newDepot(t)
	tm := d.template(true)
	tm.Status = chat.TemplatePaused
	must(t, d.store.UpdateTemplate(t.Context(), tm))
	v := d.visit()
	must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelWhatsApp, "+34 600 000 001")))
	d.says(v, "Yes, since today.")
	d.pass(time.Minute)
	d.expect(v, "whatsapp held template_refused")
	app, err := d.store.ProviderAppByID(t.Context(), d.accounts[chat.ChannelWhatsApp].App)
	must(t, err)
	must(t, d.TakeTemplateNews(t.Context(), app, chat.Inbound{
		Kind: chat.InboundTemplate, Channel: chat.ChannelWhatsApp, Account: d.accounts[chat.ChannelWhatsApp].ExternalID,
		Template: &chat.InboundTemplating{Name: tm.Name, Language: tm.Language, Status: chat.TemplateApproved},
	}))
	d.pass(5 * time.Minute)
	d.expectSent("whatsapp template: Marl: Yes, since today.")
}

func TestWhatWasReadOnTheSiteDoesNotFollowLater(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.on(v, a)
	d.provider.answer = refusing(chat.SendThrottlePair, "rate_limited")
	e := d.says(v, "Yes.")
	d.run()
	must(t, d.Returned(t.Context(), v.Caller, v.c))
	d.provider.answer = nil
	d.pass(30 * time.Second)
	d.expect(v, "whatsapp held here")
	d.reads(v, e)
	d.writes(v, a) // and goes on by phone
	d.on(v, d.address(a))
	d.pass(time.Hour)
	d.expect(v, "whatsapp held here")
	if len(d.provider.requests) != 1 {
		t.Errorf("what was read was sent too: %v", d.sent())
	}
}
