package chat

import (
	"context"
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Poster sends what goes to webhooks. It never goes to an address inside the server's own network, follows no redirect, and reads
// no more of an answer than it must.
type Poster interface {
	// CheckURL refuses an address that may not be posted to; ErrURL.
	CheckURL(url string) error
	// Post sends one event. It gives what happened; it has no error of its own.
	Post(ctx context.Context, r HookRequest) HookResult
}

// HookRequest is one try to tell a webhook of an event.
type HookRequest struct {
	URL     string
	ID      HookEventID
	At      time.Time // of the try: it is signed
	Secrets []string
	Body    []byte
}

// HookResult is what came of a try.
type HookResult struct {
	Status     int    // 0: no answer
	Error      string // a stable code: timeout, refused, tls, dns, url_not_allowed, redirect, status
	Duration   time.Duration
	Answer     string // the head of it
	RetryAfter time.Duration
}

// ok tells whether the receiver has taken the event.
func (r HookResult) ok() bool { return r.Error == "" && r.Status >= 200 && r.Status < 300 }

// hookWaits are the waits before the second try and the next ones: eight tries within 24 hours.
var hookWaits = []time.Duration{
	5 * time.Second, time.Minute, 10 * time.Minute, 40 * time.Minute, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

const maxHookAttempts = 32 // that are kept of a delivery

// mayHook tells whether the caller may manage the webhooks of the shop.
func (s *Service) mayHook(ctx context.Context, by Caller, shop ShopID) (Shop, error) {
	sh, err := s.Shop(ctx, by, shop)
	switch {
	case err != nil:
		return Shop{}, err
	case by.Kind == AuthorPlugin && by.Has(ScopeWebhooksWrite), by.Kind == AuthorAgent && by.Role.Manages():
		return sh, nil
	case by.Kind == AuthorShopper:
		return Shop{}, ErrNotFound
	}
	return Shop{}, ErrForbidden
}

// mayRead tells whether the caller may be told of notices of these types, however they are told. A plugin's right to have webhooks
// gives it nothing to read that its other scopes do not.
func mayRead(by Caller, types ...NoticeType) error {
	for _, t := range types {
		if scope := t.scope(); by.Kind == AuthorPlugin && scope != "" && !by.Has(scope) {
			return ErrInsufficientScope
		}
	}
	return nil
}

// hookOf loads a webhook that the caller may change, and see what goes to it.
func (s *Service) hookOf(ctx context.Context, by Caller, shop ShopID, id WebhookID) (Webhook, error) {
	w, err := s.WebhookOf(ctx, by, shop, id)
	if err != nil {
		return Webhook{}, err
	}
	return w, mayRead(by, w.Events...)
}

// Webhooks lists a shop's webhooks, oldest first.
func (s *Service) Webhooks(ctx context.Context, by Caller, shop ShopID) ([]Webhook, error) {
	if _, err := s.mayHook(ctx, by, shop); err != nil {
		return nil, err
	}
	return s.store.Webhooks(ctx, shop)
}

// WebhookOf gives one webhook.
func (s *Service) WebhookOf(ctx context.Context, by Caller, shop ShopID, id WebhookID) (Webhook, error) {
	if _, err := s.mayHook(ctx, by, shop); err != nil {
		return Webhook{}, err
	}
	return s.store.Webhook(ctx, shop, id)
}

// SaveWebhook makes a webhook or changes its address, events, description and whether it is enabled. A new one comes back with its
// secret.
func (s *Service) SaveWebhook(ctx context.Context, by Caller, w Webhook, create bool) (Webhook, error) {
	shop, err := s.mayHook(ctx, by, w.Shop)
	if err != nil {
		return Webhook{}, err
	}
	if err := s.validHook(&w); err != nil {
		return Webhook{}, err
	}
	if err := mayRead(by, w.Events...); err != nil {
		return Webhook{}, err
	}
	defer s.forgetWanted(w.Shop)
	if create {
		w.ID, w.Merchant, w.CreatedAt = NewID[WebhookID](PrefixWebhook, s.random), shop.Merchant, At(s.now())
		w.Secrets, w.PluginKey = []HookSecret{{Secret: s.newHookSecret()}}, by.Plugin
		return w, s.store.CreateWebhook(ctx, w)
	}
	old, err := s.hookOf(ctx, by, w.Shop, w.ID)
	if err != nil {
		return Webhook{}, err
	}
	if w.Enabled && (!old.Enabled || w.URL != old.URL) {
		old.Problem = "" // somebody has seen to it
	}
	old.PluginKey = by.Plugin // who changes it answers for it
	old.URL, old.Description, old.Events, old.Enabled = w.URL, w.Description, w.Events, w.Enabled
	return old, s.store.UpdateWebhook(ctx, old)
}

func (s *Service) validHook(w *Webhook) error {
	if err := s.poster.CheckURL(w.URL); err != nil {
		return err
	}
	var bad []Field
	w.Description = strings.TrimSpace(w.Description)
	if utf8.RuneCountInString(w.Description) > maxTitleRunes {
		bad = append(bad, Field{"description", "is too long"})
	}
	slices.Sort(w.Events)
	if w.Events = slices.Compact(w.Events); len(w.Events) == 0 {
		bad = append(bad, Field{"events", "at least one is needed"})
	}
	for _, t := range w.Events {
		if !slices.Contains(NoticeTypes(), t) {
			bad = append(bad, Field{"events", "one of them is not known"})
			break
		}
	}
	if bad != nil {
		return ErrInvalid.With(bad...)
	}
	return nil
}

func (s *Service) newHookSecret() string {
	var b [24]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		panic("chat: no randomness: " + err.Error()) // as NewID
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}

// DeleteWebhook removes a webhook; what was on its way to it is not sent any more.
func (s *Service) DeleteWebhook(ctx context.Context, by Caller, shop ShopID, id WebhookID) error {
	if _, err := s.mayHook(ctx, by, shop); err != nil {
		return err
	}
	defer s.forgetWanted(shop)
	return s.store.DeleteWebhook(ctx, shop, id)
}

// RotateWebhook gives a webhook a new secret. The one before it signs too for a day, so that the receiver can change over.
func (s *Service) RotateWebhook(ctx context.Context, by Caller, shop ShopID, id WebhookID) (Webhook, error) {
	w, err := s.hookOf(ctx, by, shop, id)
	if err != nil {
		return Webhook{}, err
	}
	now := At(s.now())
	secrets := []HookSecret{{Secret: s.newHookSecret()}}
	if len(w.Secrets) > 0 {
		secrets = append(secrets, HookSecret{Secret: w.Secrets[0].Secret, Until: now.Add(HookOldKey)})
	}
	w.Secrets = secrets
	if w.Problem == HookUnreadable {
		w.Problem, w.Enabled = "", true
		defer s.forgetWanted(shop)
	}
	return w, s.store.UpdateWebhook(ctx, w)
}

// PingWebhook sends a webhook an event that means nothing.
func (s *Service) PingWebhook(ctx context.Context, by Caller, shop ShopID, id WebhookID) (HookDelivery, error) {
	w, err := s.WebhookOf(ctx, by, shop, id)
	if err != nil {
		return HookDelivery{}, err
	}
	if !w.Enabled {
		return HookDelivery{}, ErrConflict
	}
	now := At(s.now())
	n := Notice{ID: NewID[HookEventID](PrefixHookEvent, s.random), Type: NoticePing, At: now, Shop: shop}
	d := newHookDelivery(w, n.ID, n.Type, now)
	return d, s.addHookEvent(ctx, n, []HookDelivery{d})
}

// HookDeliveries lists what went to a webhook, newest first.
func (s *Service) HookDeliveries(ctx context.Context, by Caller, q HookQuery) ([]HookDelivery, error) {
	if _, err := s.WebhookOf(ctx, by, q.Shop, q.Webhook); err != nil {
		return nil, err
	}
	return s.store.HookDeliveries(ctx, q)
}

// HookDeliveryOf gives one delivery with its body.
func (s *Service) HookDeliveryOf(ctx context.Context, by Caller, shop ShopID, webhook WebhookID, id HookDeliveryID) (HookDelivery, error) {
	if _, err := s.mayHook(ctx, by, shop); err != nil {
		return HookDelivery{}, err
	}
	d, err := s.store.HookDelivery(ctx, shop, id)
	switch {
	case err != nil:
		return HookDelivery{}, err
	case d.Webhook != webhook:
		return HookDelivery{}, ErrNotFound
	}
	return d, mayRead(by, d.Type)
}

// ReplayHook sends a delivery once more, under the same event id: a receiver that has taken it can tell.
func (s *Service) ReplayHook(ctx context.Context, by Caller, shop ShopID, webhook WebhookID, id HookDeliveryID) (HookDelivery, error) {
	d, err := s.HookDeliveryOf(ctx, by, shop, webhook, id)
	if err != nil {
		return HookDelivery{}, err
	}
	if d.State == HookPending {
		return HookDelivery{}, ErrConflict
	}
	d.State, d.Tries, d.NextAt = HookPending, 0, At(s.now())
	d.Round++
	if err := s.store.UpdateHookDelivery(ctx, d, s.hookTask(d)); err != nil {
		return HookDelivery{}, err
	}
	s.wake()
	return d, nil
}

func newHookDelivery(w Webhook, event HookEventID, what NoticeType, now Millis) HookDelivery {
	return HookDelivery{
		ID: HookDeliveryID(PrefixHookDelivery + shortHash(string(w.ID)+"\x00"+string(event))), Event: event, Webhook: w.ID, Shop: w.Shop,
		Type: what, State: HookPending, NextAt: now, CreatedAt: now,
	}
}

// HookTask is the payload of a TaskHook.
type HookTask struct {
	Delivery HookDeliveryID `json:"delivery"`
	Round    int            `json:"round,omitempty"`
}

func (s *Service) hookTask(d HookDelivery) Task {
	t := Task{
		ID: NewID[TaskID](PrefixTask, s.random), Kind: TaskHook, Shop: d.Shop, DueAt: d.NextAt,
		Payload: encode(HookTask{Delivery: d.ID, Round: d.Round}),
	}
	if d.Round > 0 { // two may press the button; the first round's task is written with its delivery, once
		t.Dedupe = "hook:" + string(d.ID) + ":" + strconv.Itoa(d.Round)
	}
	return t
}
