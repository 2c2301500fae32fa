package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestANoticeOfAnOrderIsTheGoldenWebhook(t *testing.T) {
	want := golden[openapi.WebhookEvent](t, "webhook.order.changed")
	order := pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: want.Order})
	parcel := pushed(t, openapi.ContextEvent{Type: "shipment.upserted", Shipment: want.Shipment})
	notice := chat.Notice{
		ID: chat.HookEventID(want.ID), Type: chat.NoticeOrderChanged, At: chat.Millis(want.At), Shop: shop, Order: &order,
		Shipments: []chat.Record{parcel}, Shipment: parcel.ExternalID, Change: chat.OrderShipped,
	}
	body, err := wire.View{}.NoticeBody(notice)
	if err != nil {
		t.Fatal(err)
	}
	want.Order.Shipments = []openapi.Shipment{*want.Shipment}
	if mustJSON(t, decoded[openapi.WebhookEvent](t, body)) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", body, mustJSON(t, want))
	}
}

func decoded[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestANoticeHasWhatItsTypeSays(t *testing.T) {
	cart := golden[openapi.WebhookEvent](t, "webhook.cart.abandoned").Cart
	at := cart.AbandonedAt
	cart.AbandonedAt = 0
	left := pushed(t, openapi.ContextEvent{Type: "cart.upserted", Cart: cart})
	left.AbandonedAt = chat.Millis(at)
	order := pushed(t, openapi.ContextEvent{Type: "order.upserted", Order: golden[openapi.WebhookEvent](t, "webhook.order.linked").Order})
	conversation := &chat.Conversation{ID: "cnv_mugmugmugmugmugmugmugmugmu", Shop: shop}
	handoff := &chat.Handoff{ID: "hnd_phonephonephonephonephonep", From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffActive}
	said := &chat.Entry{Seq: 3, Kind: chat.EntryMessage, Channel: chat.ChannelWeb, Message: &chat.Message{
		Text: "Hello", Attachments: []chat.Attachment{{ID: "att_aaaaaaaaaaaaaaaaaaaaaaaaaa", Name: "a.jpg"}},
	}}
	for _, c := range []struct {
		notice chat.Notice
		has    string // the fields beside id, type, at and shop
	}{
		{chat.Notice{Type: chat.NoticePing}, ""},
		{chat.Notice{Type: chat.NoticeConversationStarted, Conversation: conversation}, "conversation"},
		{chat.Notice{Type: chat.NoticeMessageCreated, Conversation: conversation, Entry: said}, "conversation entry"},
		{chat.Notice{Type: chat.NoticeHandoffChanged, Conversation: conversation, Handoff: handoff}, "conversation handoff"},
		{chat.Notice{Type: chat.NoticeOrderLinked, Order: &order, Change: chat.OrderLinked, Shopper: &chat.Shopper{ID: "shp_lialialialialialialialiali"}}, "order shopper"},
		{chat.Notice{Type: chat.NoticeCartAbandoned, Cart: &left}, "cart"},
		{chat.Notice{Type: chat.NoticeShopperIdentified, Shopper: &chat.Shopper{ID: "shp_lialialialialialialialiali", CustomerID: "c"}}, "shopper"},
	} {
		c.notice.ID, c.notice.Shop, c.notice.At = "evt_aaaaaaaaaaaaaaaaaaaaaaaaaa", shop, 1
		view := wire.View{FileURL: func(id chat.AttachmentID) string { return "https://files.example/" + string(id) }}
		body, err := view.NoticeBody(c.notice)
		if err != nil {
			t.Errorf("%s: %v", c.notice.Type, err)
			continue
		}
		fields := decoded[map[string]json.RawMessage](t, body)
		for _, name := range append(strings.Fields(c.has), "id", "type", "at", "shop") {
			if _, there := fields[name]; !there {
				t.Errorf("%s lacks %s: %s", c.notice.Type, name, body)
			}
			delete(fields, name)
		}
		if len(fields) > 0 {
			t.Errorf("%s has %v too", c.notice.Type, fields)
		}
		if c.notice.Entry != nil && !strings.Contains(string(body), "https://files.example/att_") {
			t.Errorf("the message's file has no link: %s", body)
		}
		if c.notice.Cart != nil && decoded[openapi.WebhookEvent](t, body).Cart.AbandonedAt != at {
			t.Errorf("the cart does not say since when: %s", body)
		}
	}
}

func TestANoteIsToldToNobody(t *testing.T) {
	note := &chat.Entry{Seq: 3, Kind: chat.EntryNote, Message: &chat.Message{Text: "between us"}}
	body, err := wire.View{}.NoticeBody(chat.Notice{Type: chat.NoticeMessageCreated, Entry: note})
	if err != nil || strings.Contains(string(body), "between us") {
		t.Errorf("%s, %v", body, err)
	}
}

func TestAWebhookNeverShowsItsSecretsByItself(t *testing.T) {
	want := golden[openapi.Webhook](t, "getWebhook.response")
	w := chat.Webhook{
		ID: chat.WebhookID(want.ID), Shop: shop, URL: want.URL, Description: want.Description, Enabled: true,
		Events:  []chat.NoticeType{chat.NoticeOrderChanged, chat.NoticeMessageCreated},
		Secrets: []chat.HookSecret{{Secret: "whsec_newest-Zz0="}, {Secret: "whsec_older"}}, CreatedAt: chat.Millis(want.CreatedAt), LastSuccessAt: chat.Millis(want.LastSuccessAt),
	}
	if got := mustJSON(t, wire.Webhook(w, "")); got != mustJSON(t, want) || strings.Contains(got, "whsec") {
		t.Errorf("got  %s\nwant %s", got, mustJSON(t, want))
	}
	for state, change := range map[openapi.WebhookState]func(*chat.Webhook){
		"failing": func(w *chat.Webhook) { w.LastFailureAt = w.LastSuccessAt + 1 },
		"paused":  func(w *chat.Webhook) { w.Enabled, w.Problem = false, "gone" },
		"active":  func(w *chat.Webhook) { w.LastFailureAt = w.LastSuccessAt - 1 },
	} {
		other := w
		change(&other)
		if got := wire.Webhook(other, ""); got.State != state || got.Problem != other.Problem {
			t.Errorf("%s is %s", state, got.State)
		}
	}
}

func TestADeliveryTellsItsTries(t *testing.T) {
	want := golden[openapi.WebhookDeliveryList](t, "listWebhookDeliveries.response").Items[1]
	d := chat.HookDelivery{
		ID: chat.HookDeliveryID(want.ID), Event: chat.HookEventID(want.Event), Webhook: chat.WebhookID(want.Webhook), Type: chat.NoticeOrderChanged,
		CreatedAt: chat.Millis(want.CreatedAt), State: chat.HookDelivered, NextAt: 7,
		Attempts: []chat.HookAttempt{
			{At: chat.Millis(want.Attempts[0].At), Status: 503, Error: "status", Duration: 212, Answer: "upstream is down"},
			{At: chat.Millis(want.Attempts[1].At), Status: 204, Duration: 87},
		},
	}
	if got := wire.HookDelivery(d); mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want))
	}
	d.Attempts = []chat.HookAttempt{{Answer: "a\xffb"}}
	if got := wire.HookDelivery(d).Attempts[0].Answer; got != "a\uFFFDb" {
		t.Errorf("an answer that is no text is shown as %q", got)
	}
}

func TestAPatchOfAWebhookKeepsWhatItLeavesOut(t *testing.T) {
	w := wire.NewWebhook(shop, openapi.NewWebhook{URL: "https://a.example", Description: "d", Events: []openapi.WebhookType{"order.changed"}})
	if !w.Enabled {
		t.Error("a new webhook is switched off")
	}
	off := false
	if w := wire.NewWebhook(shop, openapi.NewWebhook{Enabled: &off}); w.Enabled {
		t.Error("a new webhook is switched on against its maker's word")
	}
	got := wire.PatchWebhook(w, openapi.WebhookPatch{Enabled: &off})
	if got.Enabled || got.URL != w.URL || got.Description != "d" || len(got.Events) != 1 {
		t.Errorf("patched %+v", got)
	}
	events := []openapi.WebhookType{"order.linked", "cart.abandoned"}
	if got = wire.PatchWebhook(w, openapi.WebhookPatch{Events: &events}); len(got.Events) != 2 || len(w.Events) != 1 {
		t.Errorf("events %v, before %v", got.Events, w.Events)
	}
}
