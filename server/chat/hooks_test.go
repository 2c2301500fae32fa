package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// postbox stands for webhooks' receivers and for the files.
type postbox struct {
	requests []chat.HookRequest
	answer   func(chat.HookRequest) chat.HookResult
	notices  []chat.Notice
	files    map[chat.AttachmentID][]byte
}

func (p *postbox) CheckURL(url string) error {
	if !strings.HasPrefix(url, "https://") {
		return chat.ErrURL
	}
	return nil
}

func (p *postbox) Post(_ context.Context, r chat.HookRequest) chat.HookResult {
	p.requests = append(p.requests, r)
	if p.answer == nil {
		return chat.HookResult{Status: 204}
	}
	return p.answer(r)
}

func (p *postbox) render(n chat.Notice) (json.RawMessage, error) {
	p.notices = append(p.notices, n)
	return json.Marshal(map[string]any{"id": n.ID, "type": n.Type})
}

func (p *postbox) Put(_ context.Context, id chat.AttachmentID, r io.Reader) (int64, error) {
	b, err := io.ReadAll(r)
	if p.files == nil {
		p.files = map[chat.AttachmentID][]byte{}
	}
	p.files[id] = b
	return int64(len(b)), err
}

func (p *postbox) Open(_ context.Context, id chat.AttachmentID) (io.ReadSeekCloser, error) {
	b, ok := p.files[id]
	if !ok {
		return nil, chat.ErrNotFound
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(b), io.NopCloser(nil)}, nil
}

func (p *postbox) Remove(_ context.Context, id chat.AttachmentID) error {
	delete(p.files, id)
	return nil
}

// types gives what was told, each event once.
func (p *postbox) types() (all []string) {
	seen := map[chat.HookEventID]bool{}
	for _, n := range p.notices {
		if !seen[n.ID] {
			all = append(all, strings.TrimSpace(string(n.Type)+" "+string(n.Change)))
		}
		seen[n.ID] = true
	}
	return all
}

func (d *depot) subscribe(events ...chat.NoticeType) chat.Webhook {
	d.t.Helper()
	w, err := d.SaveWebhook(d.t.Context(), d.agent(), chat.Webhook{Shop: d.shop.ID, URL: "https://erp.example/hook", Events: events, Enabled: true}, true)
	must(d.t, err)
	return w
}

func (d *depot) hookStates(w chat.Webhook) (all []string) {
	d.t.Helper()
	ds, err := d.HookDeliveries(d.t.Context(), d.agent(), chat.HookQuery{Shop: d.shop.ID, Webhook: w.ID, Limit: 50})
	must(d.t, err)
	for _, x := range ds {
		all = append(all, string(x.Type)+" "+string(x.State))
	}
	return all
}

func TestWebhooksAreToldWhatTheyAskedFor(t *testing.T) {
	d := newDepot(t)
	d.subscribe(chat.NoticeTypes()...)
	v := d.visit()
	d.says(v, "Yes, since today.")
	d.says(v, "They sound cross.", func(r *chat.SendRequest) { r.Kind = chat.EntryNote })
	closed := chat.StateClosed
	_, err := d.Update(t.Context(), d.agent(), d.shop.ID, v.c, chat.Update{State: &closed})
	must(t, err)
	d.push(v, chat.RecordOrder, chat.Order{ExternalID: "1001", FinancialStatus: "paid"})
	d.pass(time.Minute)
	want := []string{
		"conversation.changed", "conversation.changed", // assigned to who answered, and closed
		"conversation.started", "message.created", "message.created", "order.changed paid", "order.changed placed", "order.linked linked",
	}
	if got := slices.Sorted(slices.Values(d.poster.types())); !slices.Equal(got, want) {
		t.Fatalf("told\n%q\nwant\n%q", got, want)
	}
	for _, n := range d.poster.notices {
		if n.Type == chat.NoticeMessageCreated && (n.Entry == nil || n.Entry.Kind != chat.EntryMessage || n.Conversation == nil) ||
			n.Type == chat.NoticeOrderChanged && (n.Order == nil || n.Order.ExternalID != "1001") {
			t.Errorf("%s comes without what it is about: %+v", n.Type, n)
		}
	}
}

func TestAShopWithoutWebhooksWritesNoNotices(t *testing.T) {
	d := newDepot(t)
	d.visit()
	ts, err := d.store.ClaimTasks(t.Context(), chat.At(d.now.Add(time.Hour)), time.Minute, 10)
	if err != nil || len(ts) != 0 {
		t.Fatalf("%d tasks, %v", len(ts), err)
	}
}

func TestAReceiverThatIsDownIsTriedForADayAndThenLeft(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	d.poster.answer = func(chat.HookRequest) chat.HookResult { return chat.HookResult{Status: 503, Error: "status"} }
	start := d.now
	d.visit()
	d.pass(48 * time.Hour)
	if n := len(d.poster.requests); n != 8 {
		t.Fatalf("%d tries", n)
	}
	last := d.poster.requests[7].At.Sub(start)
	if last < 23*time.Hour || last > 24*time.Hour {
		t.Errorf("the last try is after %v", last)
	}
	for _, r := range d.poster.requests {
		if r.ID != d.poster.requests[0].ID || !bytes.Equal(r.Body, d.poster.requests[0].Body) {
			t.Fatalf("a try differs: %s %s", r.ID, r.Body)
		}
	}
	if got := d.hookStates(w); !slices.Equal(got, []string{"message.created dead"}) {
		t.Fatalf("states %q", got)
	}
	d.poster.answer = nil
	ds, err := d.HookDeliveries(t.Context(), d.agent(), chat.HookQuery{Shop: d.shop.ID, Webhook: w.ID, State: chat.HookDead, Limit: 5})
	must(t, err)
	_, err = d.ReplayHook(t.Context(), d.agent(), d.shop.ID, w.ID, ds[0].ID)
	must(t, err)
	d.run()
	if got := d.hookStates(w); len(d.poster.requests) != 9 || d.poster.requests[8].ID != d.poster.requests[0].ID || !slices.Equal(got, []string{"message.created delivered"}) {
		t.Fatalf("after the replay %d requests, %q", len(d.poster.requests), got)
	}
	if _, err := d.ReplayHook(t.Context(), d.agent(), d.shop.ID, "whk_other", ds[0].ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("another webhook's delivery: %v", err)
	}
}

func TestAReceiverMayAskToWaitAndMayGo(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	d.poster.answer = func(chat.HookRequest) chat.HookResult {
		return chat.HookResult{Status: 429, Error: "status", RetryAfter: time.Hour}
	}
	start := d.now
	v := d.visit()
	d.run()
	d.poster.answer = func(chat.HookRequest) chat.HookResult { return chat.HookResult{Status: 410, Error: "status"} }
	d.pass(2 * time.Hour)
	if n := len(d.poster.requests); n != 2 || d.poster.requests[1].At.Sub(start) < time.Hour {
		t.Fatalf("%d tries", n)
	}
	w, err := d.WebhookOf(t.Context(), d.agent(), d.shop.ID, w.ID)
	if err != nil || w.Enabled || w.Problem != "gone" {
		t.Fatalf("got %+v, %v", w, err)
	}
	d.says(v, "Anybody?")
	d.pass(time.Hour)
	if n := len(d.poster.requests); n != 2 {
		t.Errorf("a webhook that is gone was asked %d times", n)
	}
}

func TestACrashAfterTheAnswerTellsTheSameEventAgain(t *testing.T) {
	d := newDepot(t)
	d.subscribe(chat.NoticeMessageCreated)
	d.poster.answer = func(chat.HookRequest) chat.HookResult { panic(errCrash) }
	d.visit()
	d.run()
	d.poster.answer = nil
	d.run()
	if r := d.poster.requests; len(r) != 2 || r[0].ID != r[1].ID {
		t.Fatalf("requests %+v", r)
	}
}

func TestARotatedSecretSignsForADay(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	old := w.Secrets[0].Secret
	w, err := d.RotateWebhook(t.Context(), d.agent(), d.shop.ID, w.ID)
	must(t, err)
	v := d.visit()
	d.run()
	if got := d.poster.requests[0].Secrets; !slices.Equal(got, []string{w.Secrets[0].Secret, old}) {
		t.Fatalf("signed with %d secrets", len(got))
	}
	d.now = d.now.Add(25 * time.Hour)
	d.says(v, "Hello?")
	d.run()
	if got := d.poster.requests[1].Secrets; !slices.Equal(got, []string{w.Secrets[0].Secret}) {
		t.Fatalf("after a day signed with %d secrets", len(got))
	}
}

func TestWhoMayManageWebhooks(t *testing.T) {
	d := newDepot(t)
	v := d.visit()
	w := d.subscribe(chat.NoticeMessageCreated)
	low, foreign, narrow := d.agent(), d.agent(), d.plugin()
	low.Role, foreign.Merchant, narrow.Scopes = chat.RoleAgent, "mer_other", []chat.Scope{chat.ScopeContextWrite}
	for want, by := range map[error]chat.Caller{chat.ErrForbidden: low, chat.ErrNotFound: foreign} {
		if _, err := d.WebhookOf(t.Context(), by, d.shop.ID, w.ID); !errors.Is(err, want) {
			t.Errorf("%s %s reads: %v, want %v", by.Kind, by.Role, err, want)
		}
	}
	if _, err := d.Webhooks(t.Context(), narrow, d.shop.ID); !errors.Is(err, chat.ErrForbidden) {
		t.Errorf("a key without the scope: %v", err)
	}
	if _, err := d.Webhooks(t.Context(), v.Caller, d.shop.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a shopper: %v", err)
	}
	if _, err := d.Webhooks(t.Context(), d.plugin(), d.shop.ID); err != nil {
		t.Errorf("a key with the scope: %v", err)
	}
	for name, bad := range map[string]chat.Webhook{
		"an address inside": {URL: "http://10.0.0.1/", Events: chat.NoticeTypes()}, "no events": {URL: "https://erp.example/"},
		"an unknown event": {URL: "https://erp.example/", Events: []chat.NoticeType{"order.eaten"}},
	} {
		bad.Shop = d.shop.ID
		if _, err := d.SaveWebhook(t.Context(), d.agent(), bad, true); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestOneSlowReceiverLeavesRoom(t *testing.T) {
	d := newDepot(t)
	d.subscribe(chat.NoticeMessageCreated)
	v := d.visit()
	for range 6 {
		d.says(v, "And another thing.")
	}
	depth, most := 0, 0
	d.poster.answer = func(chat.HookRequest) chat.HookResult {
		depth++
		most = max(most, depth)
		d.run() // the other tasks come due while this one waits
		depth--
		return chat.HookResult{Status: 200}
	}
	d.pass(time.Minute)
	if most != 4 || len(d.poster.requests) != 7 {
		t.Fatalf("%d at once, %d in all", most, len(d.poster.requests))
	}
	ids := map[chat.HookEventID]bool{}
	for _, r := range d.poster.requests {
		ids[r.ID] = true
	}
	if n := len(slices.Collect(maps.Keys(ids))); n != 7 {
		t.Errorf("%d events", n)
	}
}

func TestAWebhookWhoseSecretIsLostSendsNothingUntilItHasANewOne(t *testing.T) {
	d := newDepot(t)
	w := d.subscribe(chat.NoticeMessageCreated)
	d.poster.answer = func(chat.HookRequest) chat.HookResult { return chat.HookResult{Status: 503, Error: "status"} }
	d.visit()
	d.run()
	d.poster.answer, d.poster.requests = nil, nil
	w.Secrets, w.Enabled, w.Problem = nil, false, chat.HookUnreadable
	must(t, d.store.UpdateWebhook(t.Context(), w))
	d.pass(time.Minute)
	if n := len(d.poster.requests); n != 0 {
		t.Fatalf("%d requests went out unsigned", n)
	}
	w, err := d.RotateWebhook(t.Context(), d.agent(), d.shop.ID, w.ID)
	if err != nil || !w.Enabled || w.Problem != "" {
		t.Fatalf("got %+v, %v", w, err)
	}
	d.pass(20 * time.Minute)
	if r := d.poster.requests; len(r) != 1 || len(r[0].Secrets) != 1 {
		t.Errorf("%d requests", len(r))
	}
}
