package chat_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func to(a chat.Address) func(*chat.SendRequest) {
	return func(r *chat.SendRequest) { r.To = a.ID }
}

func TestAnAnswerGoesByTheRouteAndItsFateComesBack(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.on(v, a)
	e := d.says(v, "Yes, since today.")
	if e.Channel != chat.ChannelWhatsApp {
		t.Fatalf("the entry bears %s", e.Channel)
	}
	d.expect(v, "whatsapp queued")
	d.provider.answer = func(r request) (chat.Accepted, error) {
		d.expect(v, "whatsapp sending") // durable before the request is made
		if r.Account.Token != "test-token" || r.App.AppID != "1001" || r.To.ID != a.ID || !r.Human || r.Shop != "Marl" || r.Words.BackToShop == "" {
			t.Errorf("the envelope is %+v", r.Envelope)
		}
		return d.provider.accept(), nil
	}
	d.run()
	d.expect(v, "whatsapp accepted")
	d.expectSent("whatsapp free: Yes, since today.")
	r := d.provider.last()
	d.news(d.told(r, "wamid.out1", chat.DeliveryDelivered, nil))
	d.news(d.told(r, "wamid.out1", chat.DeliverySent, nil))
	d.expect(v, "whatsapp delivered")
	shopper := chat.Author{Kind: chat.AuthorShopper}
	if w := d.conversation(v).Watermark(shopper); w.Delivered.Seq < e.Seq || w.Read.Seq >= e.Seq {
		t.Errorf("after delivery the shopper's marks are %+v", w)
	}
	d.news(d.told(r, "wamid.out1", chat.DeliveryRead, nil))
	d.expect(v, "whatsapp read")
	if w := d.conversation(v).Watermark(shopper); w.Read.Seq != e.Seq || w.Read.ShopperSeq != e.ShopperSeq {
		t.Errorf("after reading the shopper's marks are %+v, the entry is %d/%d", w, e.Seq, e.ShopperSeq)
	}
	if all := d.conversation(v); all.Address != a.ID {
		t.Errorf("the route is %q", all.Address)
	}
}

func TestATaskDoneTwiceSendsOnce(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 1)
	must(t, err)
	for range 3 {
		must(t, d.Perform(t.Context(), ts[0]))
	}
	d.expectSent("whatsapp free: Yes.")
}

func TestNotesAndTheShoppersOwnWordsAreNotSent(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "They sound cross.", func(r *chat.SendRequest) { r.Kind = chat.EntryNote })
	_, err := d.Send(t.Context(), v.Caller, chat.SendRequest{Conversation: v.c, ClientID: "again", Message: chat.Message{Text: "Hello?"}})
	must(t, err)
	d.pass(time.Hour)
	d.expectSent()
	if c := d.conversation(v); c.Channel != chat.ChannelWeb || c.Address != "" {
		t.Errorf("a shopper who writes on the site is still on %s", c.Channel)
	}
}

func TestACrashAfterTheRequestBeganIsADoubtThatIsSentOnceMore(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	crash := func(request) (chat.Accepted, error) { panic(errCrash) }
	d.provider.answer = crash
	d.run()
	d.expect(v, "whatsapp sending")
	d.run()
	d.expect(v, "whatsapp uncertain no_answer")
	d.pass(chat.UncertainFor - time.Second)
	d.expectSent("whatsapp free: Yes.")
	d.provider.answer = nil
	d.pass(2 * time.Second)
	d.expectSent("whatsapp free: Yes.", "whatsapp free: Yes.")
	d.expect(v, "whatsapp accepted sent_again")
}

func TestASecondSilenceIsTheEnd(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.says(v, "It costs 12 €.")
	d.provider.answer = func(r request) (chat.Accepted, error) {
		if r.Message.Text == "Yes." {
			return refusing(chat.SendUncertain, "timeout")(r)
		}
		return d.provider.accept(), nil
	}
	d.pass(10 * time.Minute)
	d.expectSent("whatsapp free: Yes.", "whatsapp free: Yes.", "whatsapp free: It costs 12 €.")
	d.expect(v, "whatsapp failed unknown_outcome", "whatsapp accepted")
}

func TestNewsEndADoubt(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.provider.answer = refusing(chat.SendUncertain, "timeout")
	d.run()
	d.expect(v, "whatsapp uncertain no_answer")
	d.news(d.told(d.provider.last(), "wamid.lost", chat.DeliverySent, nil))
	d.expect(v, "whatsapp sent")
	d.pass(10 * time.Minute)
	d.expectSent("whatsapp free: Yes.")
	sent, err := d.store.Sent(t.Context(), d.accounts[chat.ChannelWhatsApp].ID, "wamid.lost")
	if err != nil || sent.Entry.Seq == 0 {
		t.Errorf("what the provider calls it is not known: %+v, %v", sent, err)
	}
}

func TestNewsMayOvertakeTheReceipt(t *testing.T) {
	for _, callback := range []bool{true, false} {
		d := newDepot(t)
		v := d.visit()
		d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
		d.says(v, "Yes.")
		d.provider.answer = func(r request) (chat.Accepted, error) {
			a := d.provider.accept()
			in := d.told(r, a.ProviderID, chat.DeliveryDelivered, nil)
			if !callback {
				in.Status.Callback = ""
			}
			d.news(in)
			return a, nil
		}
		d.run()
		d.expect(v, "whatsapp delivered")
	}
}

func TestAProviderInTroubleIsTriedAgainEverLaterAndThenGivenUp(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.says(v, "It costs 12 €.")
	var at []time.Time
	d.provider.answer = func(r request) (chat.Accepted, error) {
		if r.Message.Text != "Yes." {
			return d.provider.accept(), nil
		}
		at = append(at, d.now)
		return refusing(chat.SendRetry, "provider_down")(r)
	}
	d.pass(time.Hour)
	d.expect(v, "whatsapp failed provider_down", "whatsapp accepted")
	if len(at) != chat.MaxTries {
		t.Fatalf("tried %d times", len(at))
	}
	for i, wait := range []time.Duration{2, 4, 8, 16, 32} {
		if got := at[i+1].Sub(at[i]); got < wait*time.Second || got > wait*3*time.Second/2 {
			t.Errorf("try %d came %s after the one before", i+2, got)
		}
	}
}

func TestAThrottleIsWaitedForAndDoesNotCount(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	n := 0
	d.provider.answer = func(request) (chat.Accepted, error) {
		if n++; n <= 3*chat.MaxTries {
			return chat.Accepted{}, &chat.SendError{Class: chat.SendThrottlePair, Code: "rate_limited", RetryAfter: time.Minute}
		}
		return d.provider.accept(), nil
	}
	d.pass(59 * time.Second)
	if n != 1 {
		t.Fatalf("asked %d times within the minute that it wanted", n)
	}
	d.pass(time.Hour)
	d.expect(v, "whatsapp accepted")
}

func TestABrokenConnectionHoldsUntilItIsMended(t *testing.T) {
	for _, class := range []chat.SendClass{chat.SendReconnect, chat.SendStopAccount} {
		d := newDepot(t)
		v := d.visit()
		d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
		d.says(v, "Yes.")
		d.says(v, "It costs 12 €.")
		d.provider.answer = refusing(class, "token_expired")
		d.pass(time.Minute)
		d.expect(v, "whatsapp held account_problem", "whatsapp held account_problem")
		acct := d.accounts[chat.ChannelWhatsApp]
		got, err := d.store.Account(t.Context(), acct.Merchant, acct.ID)
		if err != nil || got.State != chat.AccountAttention || got.Problem != "token_expired" || got.Token == "" {
			t.Fatalf("the account is %+v, %v", got, err)
		}
		if len(d.provider.requests) != 1 {
			t.Fatalf("the provider was asked %d times", len(d.provider.requests))
		}
		d.provider.answer = nil
		must(t, d.store.UpdateAccount(t.Context(), acct))
		must(t, d.ResumeAccount(t.Context(), acct))
		d.run()
		d.expect(v, "whatsapp accepted", "whatsapp accepted")
		if got := d.sent(); !slices.Equal(got[1:], []string{"whatsapp free: Yes.", "whatsapp free: It costs 12 €."}) {
			t.Errorf("sent %v", got)
		}
	}
}

// closes is a provider that finds the window closed, at once or in a later status.
func closes(d *depot, late bool) {
	d.provider.answer = func(r request) (chat.Accepted, error) {
		if r.Form != chat.FormFree {
			return d.provider.accept(), nil
		}
		if !late {
			return refusing(chat.SendWindowClosed, "window_closed")(r)
		}
		return d.provider.accept(), nil // and tells it later
	}
}

func TestAWindowThatTheProviderCallsClosedIsNotTriedAgain(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.on(v, a)
	closes(d, false)
	d.says(v, "Yes.")
	d.says(v, "It costs 12 €.")
	d.pass(time.Minute)
	d.expect(v, "whatsapp held template_needed", "whatsapp held template_needed")
	d.expectSent("whatsapp free: Yes.")
	d.provider.answer = nil
	d.writes(v, a)
	d.run()
	d.expect(v, "whatsapp accepted", "whatsapp accepted")
	d.expectSent("whatsapp free: Yes.", "whatsapp free: Yes.", "whatsapp free: It costs 12 €.")
}

func TestAnAwayTemplateTellsOfAllAndTheyFollowWhenAnswered(t *testing.T) {
	for _, late := range []bool{false, true} {
		d := newDepot(t)
		d.template(true)
		v := d.visit()
		a := d.at(v, chat.ChannelWhatsApp, time.Hour)
		d.agrees(v, chat.ChannelWhatsApp)
		d.on(v, a)
		closes(d, late)
		e := d.says(v, "Yes,\nsince today.")
		d.run()
		if late {
			d.news(d.told(d.provider.last(), "wamid.out1", chat.DeliveryFailed, &chat.SendError{Class: chat.SendWindowClosed, Code: "window_closed", Provider: "131047"}))
			d.run()
		}
		d.says(v, "It costs 12 €.")
		d.pass(time.Minute)
		d.expect(v, "whatsapp accepted", "whatsapp held in_template")
		d.expectSent("whatsapp free: Yes,\nsince today.", "whatsapp template: Marl: Yes, since today.")
		r := d.provider.last()
		if r.Use == nil || r.Use.Body["2"] != "Yes, since today." || !strings.HasPrefix(r.Use.Buttons[0], "?tagalong=") || r.Template.Name != "answer" {
			t.Fatalf("the template is used as %+v", r.Use)
		}
		d.news(d.told(r, fmt.Sprintf("wamid.out%d", d.provider.taken), chat.DeliveryRead, nil))
		if w := d.conversation(v).Watermark(chat.Author{Kind: chat.AuthorShopper}); w.Read.Seq >= e.Seq {
			t.Error("who has read that there is an answer has not read it")
		}
		d.provider.answer = nil
		d.now = d.now.Add(time.Minute)
		d.writes(v, a)
		d.run()
		d.expect(v, "whatsapp read", "whatsapp accepted")
		if last := d.sent()[2]; last != "whatsapp free: It costs 12 €." {
			t.Errorf("then followed %q", last)
		}
	}
}

func TestWhoCantBeReachedIsWrittenToByTheNextWay(t *testing.T) {
	gone := &chat.SendError{Class: chat.SendUnreachable, Code: "not_on_whatsapp", Provider: "131026"}
	for _, late := range []bool{false, true} {
		d := newDepot(t)
		v := d.visit()
		a, mail := d.at(v, chat.ChannelWhatsApp, time.Hour), d.at(v, chat.ChannelEmail, time.Hour)
		d.on(v, a)
		d.says(v, "Yes.")
		d.provider.answer = func(r request) (chat.Accepted, error) {
			if r.To.ID == a.ID && !late {
				return chat.Accepted{}, gone
			}
			return d.provider.accept(), nil
		}
		d.run()
		if late {
			in := d.told(d.provider.requests[0], "wamid.out1", chat.DeliveryFailed, gone)
			for range 3 { // told more than once
				d.news(in)
				d.run()
			}
		}
		d.expect(v, "whatsapp failed not_on_whatsapp", "email accepted")
		d.expectSent("whatsapp free: Yes.", "email free: Yes.")
		if got := d.address(a); got.UnreachableAt == 0 || got.UnreachableWhy != "not_on_whatsapp" {
			t.Errorf("the address is %+v", got)
		}
		c := d.conversation(v)
		if c.Address != mail.ID || c.Handoff == nil || c.Handoff.To != chat.ChannelEmail || c.Handoff.State != chat.HandoffActive {
			t.Errorf("the route is %s, the handoff %+v", c.Channel, c.Handoff)
		}
		d.says(v, "It costs 12 €.")
		d.run()
		if got := d.sent(); got[len(got)-1] != "email free: It costs 12 €." {
			t.Errorf("the next went %q", got[len(got)-1])
		}
	}
}

func TestAMessageDoesNotGoRoundInCircles(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	d.at(v, chat.ChannelEmail, time.Hour)
	d.at(v, chat.ChannelMessenger, time.Hour)
	d.on(v, a)
	d.says(v, "Yes.")
	d.provider.answer = refusing(chat.SendGiveUp, "refused")
	d.pass(time.Hour)
	d.expectSent("whatsapp free: Yes.", "messenger free: Yes.", "email free: Yes.")
	d.expect(v, "whatsapp failed refused", "messenger failed refused", "email failed refused")
}

func TestAFailureAfterDeliveryIsNone(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.run()
	r := d.provider.last()
	d.news(d.told(r, "wamid.out1", chat.DeliveryDelivered, nil))
	d.news(d.told(r, "wamid.out1", chat.DeliveryFailed, &chat.SendError{Class: chat.SendRetry, Code: "x"}))
	d.pass(time.Hour)
	d.expect(v, "whatsapp delivered")
	d.expectSent("whatsapp free: Yes.")
}

func TestWhoIsWrittenToByTheHumanTagGetsPeoplesAnswersAlone(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelMessenger, 48*time.Hour))
	d.says(v, "Yes.")
	plugin := chat.Caller{Kind: chat.AuthorPlugin, Merchant: d.shop.Merchant, Shop: d.shop.ID, Plugin: "plk_1", Scopes: chat.Scopes()}
	_, err := d.Send(t.Context(), plugin, chat.SendRequest{Shop: d.shop.ID, Conversation: v.c, ClientID: "p", Message: chat.Message{Text: "Sale!"}})
	must(t, err)
	d.run()
	d.expect(v, "messenger accepted", "messenger held not_human")
	d.expectSent("messenger human_agent: Yes.")
}

func TestWhatWasTakenBackOrErasedIsNotSent(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	e := d.says(v, "Yes, 12 €.")
	d.says(v, "Sorry, 13 €.")
	_, err := d.Amend(t.Context(), d.agent(), chat.AmendRequest{Shop: d.shop.ID, Conversation: v.c, ClientID: "r", Target: e.Seq, Action: chat.AmendRevoke})
	must(t, err)
	d.run()
	d.expect(v, "whatsapp failed revoked", "whatsapp accepted")
	d.expectSent("whatsapp free: Sorry, 13 €.")
}

func TestAnEditBeforeItIsSentIsSent(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	e := d.says(v, "12 €")
	_, err := d.Amend(t.Context(), d.agent(), chat.AmendRequest{
		Shop: d.shop.ID, Conversation: v.c, ClientID: "r", Target: e.Seq, Action: chat.AmendEdit, Text: "13 €",
	})
	must(t, err)
	d.run()
	d.expectSent("whatsapp free: 13 €")
}

func TestOfSeveralPartsOnlyThoseNotTakenAreSentAgain(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.provider.parts = 3
	failed := false
	d.provider.answer = func(r request) (chat.Accepted, error) {
		if r.part == 1 && !failed {
			failed = true
			return refusing(chat.SendRetry, "provider_down")(r)
		}
		return d.provider.accept(), nil
	}
	d.says(v, "A long one.")
	d.pass(time.Minute)
	var parts []int
	for _, r := range d.provider.requests {
		parts = append(parts, r.part)
	}
	if !slices.Equal(parts, []int{0, 1, 1, 2}) {
		t.Fatalf("parts were sent as %v", parts)
	}
	d.expect(v, "whatsapp accepted")
	for i, state := range []chat.DeliveryState{chat.DeliveryRead, chat.DeliveryDelivered, chat.DeliverySent} {
		r := request{Envelope: d.provider.requests[0].Envelope, part: i}
		d.news(d.told(r, fmt.Sprintf("wamid.out%d", i+1), state, nil))
	}
	d.expect(v, "whatsapp sent") // the least of them
}

func TestWhatTellsOfAnOrderWaitsForConfirmation(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelWhatsApp, time.Hour)
	confirm := func(at chat.Millis) {
		_, err := d.store.UpdateAddress(t.Context(), d.shop.ID, a.ID, func(a *chat.Address) error { a.ConfirmedAt = at; return nil })
		must(t, err)
	}
	confirm(0)
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1001"})
	d.on(v, a)
	d.says(v, "Your order has left.", func(r *chat.SendRequest) { r.Message.Order = "1001" })
	d.says(v, "And yes, the jug is back.")
	d.run()
	d.expect(v, "whatsapp held unconfirmed", "whatsapp accepted")
	confirm(chat.At(d.now))
	must(t, d.ReleaseHeld(t.Context(), d.conversation(v)))
	d.run()
	d.expect(v, "whatsapp accepted", "whatsapp accepted")
}

func TestTheMonthlyLimitHoldsAndFailuresGiveBack(t *testing.T) {
	d := newDepot(t)
	acct := d.accounts[chat.ChannelWhatsApp]
	acct.Prices = chat.Prices{chat.CategoryService: {Amount: 40, Currency: "EUR"}}
	must(t, d.store.UpdateAccount(t.Context(), acct))
	d.shop.Settings.Handoff.Cap = &chat.Money{Amount: 100, Currency: "EUR"}
	d.saveShop()
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	for _, text := range []string{"One.", "Two.", "Three."} {
		d.says(v, text)
	}
	d.run()
	d.expect(v, "whatsapp accepted", "whatsapp accepted", "whatsapp held cap_reached")
	reach, err := d.ReachOf(t.Context(), d.agent(), d.shop.ID, v.c)
	if err != nil || reach.Spent != 80 || reach.Cap.Amount != 100 || reach.Next.Reason != chat.WhyCap {
		t.Fatalf("spent %d of %v, next %+v, %v", reach.Spent, reach.Cap, reach.Next, err)
	}
	d.news(d.told(d.provider.requests[0], "wamid.out1", chat.DeliveryFailed, &chat.SendError{Class: chat.SendGiveUp, Code: "x"}))
	must(t, d.ReleaseHeld(t.Context(), d.conversation(v)))
	d.run()
	d.expect(v, "whatsapp failed x", "whatsapp accepted", "whatsapp accepted")
	free := false
	in := d.told(d.provider.requests[1], "wamid.out2", chat.DeliverySent, nil)
	in.Status.Billable = &free
	d.news(in)
	if spent, err := d.store.Spent(t.Context(), d.shop.ID, "EUR", 0); err != nil || spent != 40 {
		t.Errorf("spent %d, %v", spent, err)
	}
}

// TestPartsTogetherMustFitTheLimit: the plan sees the price of one request, the committer that of the whole.
func TestPartsTogetherMustFitTheLimit(t *testing.T) {
	d := newDepot(t)
	acct := d.accounts[chat.ChannelWhatsApp]
	acct.Prices = chat.Prices{chat.CategoryService: {Amount: 40, Currency: "EUR"}}
	must(t, d.store.UpdateAccount(t.Context(), acct))
	d.shop.Settings.Handoff.Cap = &chat.Money{Amount: 100, Currency: "EUR"}
	d.saveShop()
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.provider.parts = 3
	d.says(v, "A long one.")
	d.run()
	d.expect(v, "whatsapp held cap_reached")
	d.expectSent()
}

func TestAnAgentMayTryAgainWhatFailed(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.provider.answer = refusing(chat.SendRejected, "bad_request")
	d.run()
	d.expect(v, "whatsapp failed bad_request")
	failed := d.deliveries(v)[0]
	other := d.visit()
	if _, err := d.RetryDelivery(t.Context(), d.agent(), d.shop.ID, other.c, failed.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("by another conversation: %v", err)
	}
	if _, err := d.RetryDelivery(t.Context(), v.Caller, d.shop.ID, v.c, failed.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("by a shopper: %v", err)
	}
	d.provider.answer = nil
	got, err := d.RetryDelivery(t.Context(), d.agent(), d.shop.ID, v.c, failed.ID)
	if err != nil || got.State != chat.DeliveryQueued {
		t.Fatalf("tried again: %+v, %v", got, err)
	}
	d.run()
	d.expect(v, "whatsapp accepted")
	if _, err := d.RetryDelivery(t.Context(), d.agent(), d.shop.ID, v.c, failed.ID); !errors.Is(err, chat.ErrConflict) {
		t.Errorf("what was accepted: %v", err)
	}
}

func TestARepeatedFailureOfAnEarlierTryDoesNotFailTheNext(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.run()
	first := d.told(d.provider.last(), "wamid.out1", chat.DeliveryFailed, &chat.SendError{Class: chat.SendRetry, Code: "provider_down"})
	d.news(first)
	d.expect(v, "whatsapp queued provider_down")
	d.news(first)
	d.pass(time.Minute)
	d.expect(v, "whatsapp accepted")
	d.news(first)
	d.expect(v, "whatsapp accepted")
	d.expectSent("whatsapp free: Yes.", "whatsapp free: Yes.")
	d.news(d.told(d.provider.last(), "wamid.out2", chat.DeliveryDelivered, nil))
	d.expect(v, "whatsapp delivered")
}

func TestEverythingUptoATimeIsRead(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	a := d.at(v, chat.ChannelMessenger, time.Hour)
	d.on(v, a)
	var e chat.Entry
	for i := range 3 {
		e = d.says(v, fmt.Sprint("Message ", i))
		d.run()
		d.now = d.now.Add(time.Second)
	}
	d.now = d.now.Add(-time.Second)
	e = d.says(v, "A later one.")
	d.now = d.now.Add(time.Hour)
	d.run()
	d.news(chat.Inbound{
		Kind: chat.InboundStatus, Channel: chat.ChannelMessenger, At: chat.At(d.now), From: &chat.Person{Keys: a.Keys},
		Status: &chat.InboundFate{Upto: chat.At(d.now.Add(-time.Minute)), State: chat.DeliveryRead},
	})
	d.expect(v, "messenger read", "messenger read", "messenger read", "messenger accepted")
	if w := d.conversation(v).Watermark(chat.Author{Kind: chat.AuthorShopper}); w.Read.Seq != e.Seq-1 {
		t.Errorf("read up to %d of %d", w.Read.Seq, e.Seq)
	}
}

func TestNewsOfAForeignOrUnknownMessageChangeNothing(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.run()
	foreign := d.accounts[chat.ChannelMessenger]
	must(t, d.TakeStatus(t.Context(), foreign, d.told(d.provider.last(), "wamid.out1", chat.DeliveryRead, nil)))
	d.expect(v, "whatsapp accepted")
	in := d.told(d.provider.last(), "wamid.nobody", chat.DeliveryRead, nil)
	in.Status.Callback = "dlv_none.0"
	d.news(in)
	d.expect(v, "whatsapp accepted")
}

func TestATaskThatIsGivenUpLeavesAFailureThatAgentsSee(t *testing.T) {
	for state, want := range map[bool]string{false: "whatsapp failed internal", true: "whatsapp failed unknown_outcome"} {
		d := newDepot(t)
		v := d.visit()
		d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
		d.says(v, "Yes.")
		if state {
			d.provider.answer = func(request) (chat.Accepted, error) { panic(errCrash) }
			d.run()
		}
		ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now.Add(time.Hour)), time.Minute, 1)
		must(t, err)
		for range 2 {
			must(t, d.Buried(t.Context(), ts[0], "panic"))
		}
		d.expect(v, want)
	}
}

func TestTwoWorkersWithOneDeliverySendOnce(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 1)
	must(t, err)
	d.provider.packing = func() { // the other one, whose claim had fallen back, is faster
		d.provider.packing = nil
		must(t, d.Perform(t.Context(), ts[0]))
	}
	must(t, d.Perform(t.Context(), ts[0]))
	d.expectSent("whatsapp free: Yes.")
	d.expect(v, "whatsapp accepted")
}

func TestAFailureMayOvertakeTheReceipt(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.on(v, d.at(v, chat.ChannelWhatsApp, time.Hour))
	d.says(v, "Yes.")
	d.provider.answer = func(r request) (chat.Accepted, error) {
		a := d.provider.accept()
		d.news(d.told(r, a.ProviderID, chat.DeliveryFailed, &chat.SendError{Class: chat.SendWindowClosed, Code: "window_closed"}))
		return a, nil
	}
	d.pass(time.Minute)
	d.expect(v, "whatsapp held template_needed")
	d.expectSent("whatsapp free: Yes.")
}
