package chat

import (
	"context"
	"slices"
	"time"
)

const (
	hookBusy   = 250 * time.Millisecond // until a webhook's places are looked at again
	hookStep   = 10                     // ms between two that wait for places
	hookPaused = 10 * time.Minute       // until a paused webhook is looked at again
)

// sendHook is the task that tells one webhook of one event. Tries are counted on the delivery, not on the task. A crash after the
// answer and before it is written down sends the event again: receivers know it by its id.
func (s *Service) sendHook(ctx context.Context, t Task) error {
	var p HookTask
	if err := payload(t, &p); err != nil {
		return err
	}
	d, err := s.store.HookDelivery(ctx, t.Shop, p.Delivery)
	if isNotFound(err) || err == nil && (d.State != HookPending || d.Round != p.Round) {
		return nil // its webhook is gone, or it was told
	}
	if err != nil {
		return err
	}
	w, err := s.store.Webhook(ctx, t.Shop, d.Webhook)
	if err != nil {
		return err
	}
	now := At(s.now())
	switch {
	case now < d.NextAt:
		return &Postponed{Until: d.NextAt, Reason: "not due"}
	case !w.Enabled && now > d.CreatedAt.Add(24*time.Hour):
		d.State, d.NextAt = HookDead, 0
		return s.store.UpdateHookDelivery(ctx, d)
	case !w.Enabled, len(w.Live(now)) == 0: // nothing goes out unsigned
		return &Postponed{Until: now.Add(hookPaused), Reason: "the webhook is paused"}
	}
	again, ok := s.hooks.enter(w, now)
	if !ok {
		return &Postponed{Until: again, Reason: "the webhook is busy"}
	}
	defer func() { s.hooks.leave(w, At(s.now())) }()
	return s.postHook(ctx, d, w)
}

// buryHook makes a delivery that nothing works on any more one that can be replayed.
func (s *Service) buryHook(ctx context.Context, t Task) error {
	var p HookTask
	if err := payload(t, &p); err != nil {
		return err
	}
	d, err := s.store.HookDelivery(ctx, t.Shop, p.Delivery)
	if isNotFound(err) || err == nil && (d.State != HookPending || d.Round != p.Round) {
		return nil
	}
	if err != nil {
		return err
	}
	d.State, d.NextAt = HookDead, 0
	return s.store.UpdateHookDelivery(ctx, d)
}

// postHook tries once, and says when to come again.
func (s *Service) postHook(ctx context.Context, d HookDelivery, w Webhook) error {
	now := At(s.now())
	r := s.poster.Post(ctx, HookRequest{URL: w.URL, ID: d.Event, At: s.now(), Secrets: w.Live(now), Body: d.Body})
	if ctx.Err() != nil && !r.ok() {
		return ctx.Err() // the server stops: nothing was learned of the receiver
	}
	d.note(r, At(s.now()), s.haste)
	if err := s.store.UpdateHookDelivery(ctx, d); err != nil {
		return err
	}
	if r.Status == 410 {
		return s.pauseHook(ctx, w)
	}
	if d.State == HookPending {
		return &Postponed{Until: d.NextAt, Reason: "the webhook has not taken it: " + r.Error}
	}
	return nil
}

// note writes a try down and decides what comes next.
func (d *HookDelivery) note(r HookResult, now Millis, haste float64) {
	d.Attempts = append(slices.Clone(d.Attempts), HookAttempt{
		At: now, Status: r.Status, Error: r.Error, Duration: r.Duration.Milliseconds(), Answer: r.Answer,
	})
	d.Attempts = d.Attempts[max(0, len(d.Attempts)-maxHookAttempts):]
	d.Tries++
	switch {
	case r.ok():
		d.State, d.NextAt = HookDelivered, 0
	case d.Tries > len(hookWaits) || r.Status == 410:
		d.State, d.NextAt = HookDead, 0
	default:
		wait := time.Duration(float64(hookWaits[d.Tries-1]) / haste)
		d.NextAt = now.Add(max(wait, min(r.RetryAfter, 6*time.Hour)))
	}
}

// pauseHook stops telling a webhook that says it is gone for good, unless it was somewhere else meanwhile.
func (s *Service) pauseHook(ctx context.Context, asked Webhook) error {
	w, err := s.store.Webhook(ctx, asked.Shop, asked.ID)
	if isNotFound(err) || err == nil && (w.URL != asked.URL || !w.Enabled) {
		return nil
	}
	if err != nil {
		return err
	}
	w.Enabled, w.Problem = false, HookGone
	defer s.forgetWanted(w.Shop)
	return s.store.UpdateWebhook(ctx, w)
}
