package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestALargeShopIsRedactedInTurns(t *testing.T) {
	d, _ := sold(t)
	for i := range 20 {
		d.push(visitor{}, chat.RecordOrder, chat.Order{ExternalID: fmt.Sprint("more", i), Note: "for Ana"})
	}
	slow := chat.NewService(chat.Deps{
		Store: d.store, Fanout: site{d: d}, Blobs: d.poster, Poster: d.poster, Render: d.poster.render,
		Now: func() time.Time { d.now = d.now.Add(5 * time.Second); return d.now },
	})
	r, err := d.AskPrivacy(t.Context(), d.plugin(), chat.PrivacyRequest{
		Shop: d.shop.ID, Kind: chat.PrivacyRedact, Everything: true, Transcripts: true,
	})
	must(t, err)
	tasks, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 100)
	must(t, err)
	var do chat.Task
	for _, task := range tasks {
		if task.Kind == chat.TaskPrivacy {
			do = task
		}
	}
	turns := 1
	for ; ; turns++ {
		err = slow.Perform(t.Context(), do)
		if _, more := errors.AsType[*chat.Postponed](err); !more {
			break
		}
	}
	must(t, err)
	r, err = d.PrivacyRequestOf(t.Context(), d.agent(), d.shop.ID, r.ID)
	must(t, err)
	if turns < 3 || turns > 20 || r.State != chat.PrivacyDone || r.Counts.Orders != 22 || r.Counts.Shipments != 1 || r.Counts.Shoppers != 1 {
		t.Errorf("after %d turns: %s, %+v", turns, r.State, r.Counts)
	}
	left, err := d.store.ListRecords(t.Context(), d.shop.ID, chat.RecordOrder, 0, 50)
	must(t, err)
	for _, o := range left {
		if !o.Redacted || strings.Contains(string(o.Body), "Ana") {
			t.Errorf("order %s: %s", o.ExternalID, o.Body)
		}
	}
}

func TestARequestThatCannotBeDoneIsSeenToHaveFailed(t *testing.T) {
	d, _ := sold(t)
	r, err := d.AskPrivacy(t.Context(), d.plugin(), chat.PrivacyRequest{
		Shop: d.shop.ID, Kind: chat.PrivacyRedact, Customer: chat.CustomerRef{ExternalID: "c1"},
	})
	must(t, err)
	tasks, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 100)
	must(t, err)
	for _, task := range tasks {
		must(t, d.Buried(t.Context(), task, "the disk is gone"))
	}
	if r, err = d.PrivacyRequestOf(t.Context(), d.agent(), d.shop.ID, r.ID); err != nil || r.State != chat.PrivacyFailed {
		t.Errorf("it is %s, %v", r.State, err)
	}
}

func TestAKeyThatOnlyWritesReadsNobodysData(t *testing.T) {
	d, _ := sold(t)
	r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyExport, Reference: "r", Customer: chat.CustomerRef{ExternalID: "c1"}})
	for _, c := range []struct {
		scopes []chat.Scope
		sees   bool
	}{
		{[]chat.Scope{chat.ScopeContextWrite}, false},
		{[]chat.Scope{chat.ScopeContextWrite, chat.ScopeContextRead}, false},
		{[]chat.Scope{chat.ScopeContextWrite, chat.ScopeContextRead, chat.ScopeConversationsRead}, true},
	} {
		by := d.plugin()
		by.Scopes = c.scopes
		one, err := d.PrivacyRequestOf(t.Context(), by, d.shop.ID, r.ID)
		must(t, err)
		all, err := d.PrivacyRequests(t.Context(), by, d.shop.ID)
		must(t, err)
		again, err := d.AskPrivacy(t.Context(), by, chat.PrivacyRequest{
			Shop: d.shop.ID, Kind: chat.PrivacyExport, Reference: "r", Customer: chat.CustomerRef{ExternalID: "c1"},
		})
		must(t, err)
		for how, got := range map[string]chat.PrivacyRequest{"alone": one, "in the list": all[0], "asked for again": again} {
			if (got.File != "") != c.sees || got.ID != r.ID {
				t.Errorf("with %v, %s: the file is %q", c.scopes, how, got.File)
			}
		}
	}
}

func TestWhoTypedSomebodysEMailIsNotInTheirExport(t *testing.T) {
	d, _ := sold(t)
	stranger := d.visit()
	must(t, d.GiveConsent(t.Context(), stranger.Caller, consent(stranger, chat.ChannelEmail, "ana@shop.example")))
	ana := chat.CustomerRef{Email: "ana@shop.example"}
	if r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyExport, Customer: ana}); r.Counts.Shoppers != 0 {
		t.Errorf("%d shoppers are exported", r.Counts.Shoppers)
	}
	if r := d.asks(chat.PrivacyRequest{Kind: chat.PrivacyRedact, Customer: ana}); r.Counts.Shoppers != 1 {
		t.Errorf("%d shoppers are found for a redaction", r.Counts.Shoppers)
	}
}

func TestAPersonWithVeryManyOrdersIsRedactedWhole(t *testing.T) {
	d, _ := sold(t)
	var past []chat.ContextEvent
	for i := range 1500 { // as of a till that rings everything up under one address
		id := fmt.Sprint("till", i)
		past = append(past, chat.ContextEvent{
			ID: id, Kind: chat.RecordOrder, ExternalID: id, Version: d.now.UnixMilli(), OccurredAt: d.now.UnixMicro(), Backfill: true,
			Body: fmt.Appendf(nil, `{"external_id":%q,"customer":{"email":"till@shop.example"}}`, id),
		})
	}
	_, err := d.Push(t.Context(), d.plugin(), d.shop.ID, nil, past)
	must(t, err)
	r, err := d.AskPrivacy(t.Context(), d.plugin(), chat.PrivacyRequest{
		Shop: d.shop.ID, Kind: chat.PrivacyRedact, Customer: chat.CustomerRef{Email: "till@shop.example"},
	})
	must(t, err)
	d.pass(time.Minute)
	r, err = d.PrivacyRequestOf(t.Context(), d.agent(), d.shop.ID, r.ID)
	must(t, err)
	left, err := d.store.RecordsByKey(t.Context(), d.shop.ID, chat.RecordOrder, chat.EmailKey("till@shop.example"), false, 2000)
	if err != nil || len(left) != 0 || r.Counts.Orders != 1500 || r.State != chat.PrivacyDone || r.Customer.Email != "" {
		t.Errorf("%d orders are left, %+v, %v", len(left), r.Counts, err)
	}
}
