package chat_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func consent(v visitor, ch chat.Channel, value string) chat.ConsentRequest {
	return chat.ConsentRequest{
		Channel: ch, Value: value, Purposes: []chat.ConsentPurpose{chat.ForConversation}, Granted: true,
		Wording: "Marl may answer me there.", Version: "1", Language: "en", Page: "https://marl.example/jugs?token=secret", Conversation: v.c,
	}
}

func TestWhoLeavesTheirNumberIsAnsweredThereByTemplate(t *testing.T) {
	d := newDepot(t)
	d.template(true)
	v := d.visit()
	must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelWhatsApp, "+34 600 000 001")))
	d.happened(v, "handoff offered")
	lines, err := d.ConsentsOf(t.Context(), d.agent(), d.shop.ID, v.Shopper)
	if err != nil || len(lines) != 1 {
		t.Fatalf("the ledger holds %+v, %v", lines, err)
	}
	if l := lines[0]; l.Value != "+34600000001" || l.Source != chat.ConsentByForm || l.Wording != "Marl may answer me there." || l.Version != "1" ||
		l.Page != "https://marl.example/jugs?token=%E2%80%A6" || l.At != chat.At(d.now) || !l.Granted {
		t.Errorf("the line is %+v", l)
	}
	d.says(v, "Yes, since today.")
	d.pass(time.Minute)
	d.expectSent("whatsapp template: Marl: Yes, since today.")
	if r := d.provider.last(); len(r.To.Keys) != 1 || !strings.HasPrefix(r.To.Keys[0], "form:") || r.To.Phone != "+34600000001" {
		t.Errorf("it went to %+v", r.To)
	}
	d.happened(v, "handoff offered", "route whatsapp template", "handoff active")
	hs, err := d.HandoffsOf(t.Context(), d.agent(), d.shop.ID, v.c)
	if err != nil || len(hs) != 1 || hs[0].State != chat.HandoffActive || hs[0].Source != chat.HandoffByConsent {
		t.Errorf("the handoffs are %+v, %v", hs, err)
	}
}

func TestWhatTheyHadNotReadWhenTheyLeftTheirAddressFollowsThem(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	e := d.says(v, "One moment.")
	must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelEmail, "Mara@Marl.example")))
	d.pass(time.Minute)
	d.expectSent("email free: One moment.")
	if d.deliveries(v)[0].Entry.Seq != e.Seq {
		t.Error("another message was sent")
	}
}

func TestAConsentTakenBackIsKeptTo(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	r := consent(v, chat.ChannelEmail, "mara@marl.example")
	must(t, d.GiveConsent(t.Context(), v.Caller, r))
	d.now = d.now.Add(time.Second)
	r.Granted, r.Wording = false, ""
	must(t, d.GiveConsent(t.Context(), v.Caller, r))
	d.says(v, "Yes.")
	d.pass(time.Minute)
	d.expectSent()
	d.expect(v, "email held no_consent")
	d.now = d.now.Add(time.Second)
	must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelEmail, "mara@marl.example")))
	d.pass(5 * time.Minute)
	d.expectSent("email free: Yes.")
}

func TestATypedNumberIsNotToldWhoTypedIt(t *testing.T) {
	d := newDepot(t)
	d.template(true)
	d.shop.Settings.Handoff.Templates[chat.ChannelWhatsApp].Params["1"] = "Hello {shopper}"
	d.saveShop()
	p, session, err := d.NewSession(t.Context(), d.shop, rand.Text(), "en")
	must(t, err)
	by := chat.Caller{Kind: chat.AuthorShopper, Merchant: d.shop.Merchant, Shop: d.shop.ID, Shopper: p.ID}
	_, err = d.Identify(t.Context(), by, session.Hash, chat.Identity{Subject: "c1", Name: "Mara Diaz"})
	must(t, err)
	must(t, d.See(t.Context(), by, chat.Page{URL: "https://marl.example/account/orders/1042"}))
	sent, err := d.Send(t.Context(), by, chat.SendRequest{Start: "1", ClientID: "1", Message: chat.Message{Text: "Is the blue jug back?"}})
	must(t, err)
	v := visitor{Caller: by, c: sent.Conversation.ID}
	r := consent(v, chat.ChannelWhatsApp, "+34 600 000 001")
	r.Page = ""
	must(t, d.GiveConsent(t.Context(), by, r))
	d.says(v, "Yes.")
	d.pass(time.Minute)
	if got := d.provider.last(); strings.Contains(got.Message.Text, "Mara") || strings.Contains(got.ReturnTo, "1042") {
		t.Errorf("it says %q and leads to %s", got.Message.Text, got.ReturnTo)
	}
}

func TestWhoTypesANumberTwiceHasItOnce(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	for range 2 {
		must(t, d.GiveConsent(t.Context(), v.Caller, consent(v, chat.ChannelWhatsApp, "+34 600 000 001")))
	}
	all, err := d.AddressesOf(t.Context(), d.agent(), d.shop.ID, v.Shopper)
	if err != nil || len(all) != 1 || all[0].Confirmed() {
		t.Errorf("the addresses are %+v, error %v", all, err)
	}
}

func TestTwoWhoTypeTheSameAddressHaveNothingOfEachOther(t *testing.T) {
	d := newDepot(t)
	first, second := d.visit(), d.visit()
	must(t, d.GiveConsent(t.Context(), first.Caller, consent(first, chat.ChannelEmail, "mara@marl.example")))
	must(t, d.GiveConsent(t.Context(), second.Caller, consent(second, chat.ChannelEmail, "mara@marl.example")))
	d.says(second, "Your size is 38.")
	d.pass(time.Minute)
	d.expectSent("email free: Your size is 38.")
	d.happened(first, "handoff offered")
	d.happened(second, "handoff offered", "route email no_window", "handoff active")
}

func TestAConsentSaysWhatWasReadAndToWhat(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	for name, c := range map[string]struct {
		spoil func(*chat.ConsentRequest)
		want  error
	}{
		"no wording":                             {func(r *chat.ConsentRequest) { r.Wording = "" }, chat.ErrInvalid},
		"no purpose":                             {func(r *chat.ConsentRequest) { r.Purposes = nil }, chat.ErrInvalid},
		"an unknown purpose":                     {func(r *chat.ConsentRequest) { r.Purposes = []chat.ConsentPurpose{"everything"} }, chat.ErrInvalid},
		"no number":                              {func(r *chat.ConsentRequest) { r.Value = "600 000 001" }, chat.ErrBadAddress},
		"a channel that nobody can be asked for": {func(r *chat.ConsentRequest) { r.Channel = chat.ChannelMessenger }, chat.ErrBadAddress},
		"a channel that the shop lacks":          {func(r *chat.ConsentRequest) { r.Channel = chat.ChannelSMS }, chat.ErrChannelOff},
		"another's conversation":                 {func(r *chat.ConsentRequest) { r.Conversation = d.visit().c }, chat.ErrNotFound},
	} {
		r := consent(v, chat.ChannelWhatsApp, "+34600000001")
		c.spoil(&r)
		if err := d.GiveConsent(t.Context(), v.Caller, r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.GiveConsent(t.Context(), d.agent(), consent(v, chat.ChannelWhatsApp, "+34600000001")); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("by an agent: %v", err)
	}
	if _, err := d.ConsentsOf(t.Context(), v.Caller, d.shop.ID, v.Shopper); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the ledger for a shopper: %v", err)
	}
}

func TestANewConversationOfWhoCanBeReachedIsFollowedToo(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.at(v, chat.ChannelEmail, time.Hour)
	sent, err := d.Send(t.Context(), v.Caller, chat.SendRequest{Start: "second", ClientID: "second", Message: chat.Message{Text: "Another thing"}})
	must(t, err)
	d.says(visitor{Caller: v.Caller, c: sent.Conversation.ID}, "Yes?")
	d.pass(time.Minute)
	d.expectSent("email free: Yes?")
}
