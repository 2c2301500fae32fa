package chat

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// RawAttempts is how often a webhook is tried before it is set aside for a person to look at.
const RawAttempts = 5

// takeIn takes a kept webhook in, item by item: one that fails leaves the others alone, and what was taken in before has no effect
// again. After some tries the webhook is dead: it stays, with what is wrong, until a person has looked at it.
func (s *Service) takeIn(ctx context.Context, t Task) error {
	var p RawTask
	if err := payload(t, &p); err != nil {
		return err
	}
	raw, err := s.store.Raw(ctx, p.Raw)
	if isNotFound(err) || err == nil && raw.State == RawDone {
		return nil
	}
	if err != nil {
		return err
	}
	app, err := s.store.ProviderAppByID(ctx, raw.App)
	if isNotFound(err) {
		return s.store.SettleRaw(ctx, raw.ID, RawDone, t.Attempt, "the app was removed")
	}
	if err != nil {
		return err
	}
	var items []Inbound
	err = guard(func() (err error) { items, err = s.carry.Parse(raw.Provider, raw.Body); return err })
	if err != nil { // it will not read otherwise the next time
		return s.store.SettleRaw(ctx, raw.ID, RawDead, t.Attempt, err.Error())
	}
	got := s.takeItems(ctx, app, items)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case got.failed != nil && t.Attempt >= RawAttempts:
		return s.store.SettleRaw(ctx, raw.ID, RawDead, t.Attempt, got.failed.Error())
	case got.failed != nil:
		return got.failed
	case got.later != nil:
		return got.later
	}
	return s.store.SettleRaw(ctx, raw.ID, RawDone, t.Attempt, strings.Join(got.notes, "; "))
}

// Buried is told of a task that is tried no more. What came from outside must stay for a person to look at, what was to go out or was
// asked for is seen to have failed.
func (s *Service) Buried(ctx context.Context, t Task, reason string) error {
	switch t.Kind {
	case TaskDeliver:
		return s.buryDelivery(ctx, t)
	case TaskHook:
		return s.buryHook(ctx, t)
	case TaskPrivacy:
		return s.buryPrivacy(ctx, t)
	case TaskInbound:
		return s.buryRaw(ctx, t, reason)
	}
	return nil
}

func (s *Service) buryRaw(ctx context.Context, t Task, reason string) error {
	var p RawTask
	if err := payload(t, &p); err != nil {
		return err
	}
	err := s.store.SettleRaw(ctx, p.Raw, RawDead, t.Attempt, reason)
	if isNotFound(err) {
		return nil
	}
	return err
}

// taken is what became of a webhook's items.
type taken struct {
	later  *Postponed // one has to wait
	notes  []string   // why some had no effect
	failed error
}

func (s *Service) takeItems(ctx context.Context, app ProviderApp, items []Inbound) (got taken) {
	for i, in := range items {
		err := s.patient(guard(func() error { return s.takeItem(ctx, app, in) }))
		var note *noEffect
		var later *Postponed
		switch {
		case err == nil:
		case errors.As(err, &later):
			got.later = later
		case errors.As(err, &note):
			got.notes = append(got.notes, note.why)
		default:
			got.failed = errors.Join(got.failed, fmt.Errorf("item %d (%s): %w", i+1, in.Kind, err))
		}
	}
	return got
}

// guard turns a panic into an error: what comes from outside must not end the server.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// noEffect says why an item does nothing here. It is no failure.
type noEffect struct{ why string }

func (n *noEffect) Error() string { return "no effect: " + n.why }

// takeItem takes one item in. The account that it names must be connected to the app that it came to: nobody speaks for another's.
func (s *Service) takeItem(ctx context.Context, app ProviderApp, in Inbound) error {
	switch in.Kind {
	case InboundIgnored:
		return &noEffect{in.Why}
	case InboundTemplate:
		return s.takeTemplateNews(ctx, app, in)
	case InboundAccount:
		return s.takeAccountNews(ctx, app, in)
	}
	in.At = min(in.At, At(s.now())) // a provider's clock that is ahead must not keep a window open
	acct, err := s.store.AccountByExternal(ctx, app.ID, in.Channel, in.Account)
	if isNotFound(err) {
		return &noEffect{"no such account is connected"}
	}
	if err != nil {
		return err
	}
	if acct.State == AccountOff {
		return &noEffect{"the account is switched off"}
	}
	switch in.Kind {
	case InboundMessage:
		return s.andParked(ctx, acct, in, s.receive(ctx, acct, app, in))
	case InboundEcho:
		return s.andParked(ctx, acct, in, s.echo(ctx, acct, app, in))
	case InboundAmend:
		return s.receiveAmend(ctx, acct, in)
	case InboundOpened:
		return s.opened(ctx, acct, app, in)
	case InboundStatus:
		return s.takeStatus(ctx, acct, in)
	case InboundIdentity:
		return s.renamed(ctx, acct, in)
	case InboundPreference:
		return s.preferred(ctx, acct, in)
	}
	return fmt.Errorf("no such kind of item: %q", in.Kind)
}

// andParked takes in, after a message, what came before it: edits and reactions. After a crash in between they are found again when
// the message's webhook is.
func (s *Service) andParked(ctx context.Context, acct Account, in Inbound, err error) error {
	if err != nil || in.ID == "" {
		return err
	}
	_, err = s.takeParked(ctx, acct, in.ID)
	return err
}
