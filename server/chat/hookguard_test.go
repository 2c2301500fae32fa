package chat_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestAPluginIsToldOnlyWhatItMayRead(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	talk, trade := d.subscribe(chat.NoticeMessageCreated), d.subscribe(chat.NoticeOrderChanged)
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1001"})
	d.says(v, "It is on its way.")
	d.run()
	for name, c := range map[string]struct {
		scopes      []chat.Scope
		talk, trade bool
	}{
		"nothing": {},
		"talk":    {[]chat.Scope{chat.ScopeConversationsRead}, true, false},
		"trade":   {[]chat.Scope{chat.ScopeContextRead}, false, true},
	} {
		by := d.plugin()
		by.Scopes = append(c.scopes, chat.ScopeWebhooksWrite)
		for _, w := range []chat.Webhook{talk, trade} {
			allowed := c.talk && w.ID == talk.ID || c.trade && w.ID == trade.ID
			ds, err := d.HookDeliveries(t.Context(), d.agent(), chat.HookQuery{Shop: d.shop.ID, Webhook: w.ID, Limit: 1})
			must(t, err)
			for what, do := range map[string]func() error{
				"makes one": func() error { _, err := d.SaveWebhook(t.Context(), by, w, true); return err },
				"leads one elsewhere": func() error {
					w := w
					w.URL = "https://thief.example/"
					_, err := d.SaveWebhook(t.Context(), by, w, false)
					return err
				},
				"asks for less, elsewhere": func() error {
					w := w
					w.Events = []chat.NoticeType{chat.NoticeMessageCreated}
					if w.ID == talk.ID {
						w.Events = []chat.NoticeType{chat.NoticeOrderChanged}
					}
					_, err := d.SaveWebhook(t.Context(), by, w, false)
					if allowed {
						return nil // it lacks the right to the other type, as the other cases say
					}
					return err
				},
				"takes its secret": func() error { _, err := d.RotateWebhook(t.Context(), by, d.shop.ID, w.ID); return err },
				"reads what went": func() error {
					_, err := d.HookDeliveryOf(t.Context(), by, d.shop.ID, w.ID, ds[0].ID)
					return err
				},
			} {
				if err := do(); allowed && err != nil || !allowed && !errors.Is(err, chat.ErrInsufficientScope) {
					t.Errorf("a key that reads %s %s of %v: %v", name, what, w.Events, err)
				}
			}
		}
	}
}

func TestAWebhookIsOfWhoChangedItLast(t *testing.T) {
	d := newDepot(t)
	w, err := d.SaveWebhook(t.Context(), d.plugin(), chat.Webhook{
		Shop: d.shop.ID, URL: "https://erp.example/", Events: chat.NoticeTypes(), Enabled: true,
	}, true)
	if err != nil || w.PluginKey != d.plugin().Plugin {
		t.Fatalf("made by %q, %v", w.PluginKey, err)
	}
	if w, err = d.SaveWebhook(t.Context(), d.agent(), w, false); err != nil || w.PluginKey != "" {
		t.Errorf("changed by a person, it is of %q, %v", w.PluginKey, err)
	}
}

func TestWhatAnOldAddressAnswersDoesNotPauseTheNewOne(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	d.poster.answer = func(chat.HookRequest) chat.HookResult {
		w.URL = "https://new.example/hook"
		_, err := d.SaveWebhook(t.Context(), d.agent(), w, false)
		must(t, err)
		_, err = d.RotateWebhook(t.Context(), d.agent(), d.shop.ID, w.ID)
		must(t, err)
		return chat.HookResult{Status: 410, Error: "status"}
	}
	d.visit()
	d.run()
	now, err := d.WebhookOf(t.Context(), d.agent(), d.shop.ID, w.ID)
	must(t, err)
	if !now.Enabled || now.Problem != "" || now.URL != w.URL || len(now.Secrets) != 2 {
		t.Errorf("got %+v", now)
	}
}

func TestAShopsSlowReceiversLeaveRoomForOthers(t *testing.T) {
	d := newDepot(t)
	for i := range 5 {
		w := d.subscribe(chat.NoticeMessageCreated)
		w.URL = fmt.Sprintf("https://slow%d.example/", i)
		_, err := d.SaveWebhook(t.Context(), d.agent(), w, false)
		must(t, err)
	}
	v := d.visit()
	for range 3 {
		d.says(v, "And another thing.")
	}
	depth, most := 0, 0
	d.poster.answer = func(chat.HookRequest) chat.HookResult {
		depth++
		most = max(most, depth)
		d.run()
		depth--
		return chat.HookResult{Status: 200}
	}
	d.pass(time.Minute)
	if most != 8 || len(d.poster.requests) != 20 {
		t.Errorf("%d at once, %d in all", most, len(d.poster.requests))
	}
}

func TestAKeyThatOnlyTalksIsNotToldOfOrders(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1001"})
	for want, scopes := range map[error][]chat.Scope{
		chat.ErrInsufficientScope: {chat.ScopeConversationsWrite},
		nil:                       {chat.ScopeConversationsWrite, chat.ScopeContextWrite},
	} {
		by := d.plugin()
		by.Scopes = scopes
		_, err := d.Send(t.Context(), by, chat.SendRequest{
			Shop: d.shop.ID, Conversation: v.c, ClientID: "a", Message: chat.Message{Text: "Yours?", Order: "1001"},
		})
		if !errors.Is(err, want) {
			t.Errorf("with %v: %v", scopes, err)
		}
	}
}

func TestADeliveryWhoseTaskIsSetAsideCanBeReplayed(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	d.visit()
	for range 2 { // the notice, and then the delivery that it makes
		tasks, err := d.store.ClaimTasks(t.Context(), chat.At(d.now), time.Minute, 100)
		must(t, err)
		for _, task := range tasks {
			if task.Kind == chat.TaskHook {
				must(t, d.Buried(t.Context(), task, "panic"))
				continue
			}
			must(t, d.Perform(t.Context(), task))
		}
	}
	ds, err := d.HookDeliveries(t.Context(), d.agent(), chat.HookQuery{Shop: d.shop.ID, Webhook: w.ID, Limit: 5})
	must(t, err)
	if len(ds) != 1 || ds[0].State != chat.HookDead {
		t.Fatalf("got %+v", ds)
	}
	_, err = d.ReplayHook(t.Context(), d.agent(), d.shop.ID, w.ID, ds[0].ID)
	must(t, err)
	d.pass(time.Minute)
	if got := d.hookStates(w); len(got) != 1 || got[0] != "message.created delivered" {
		t.Errorf("got %q", got)
	}
}
