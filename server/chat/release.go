package chat

import (
	"context"
	"slices"
)

// releaseHeld plans a conversation's held messages again: something has changed that they may have waited for, such as a word of the
// shopper's, a consent or a confirmation.
func (s *Service) releaseHeld(ctx context.Context, c Conversation) error {
	ds, err := s.store.DeliveriesOf(ctx, c.Shop, c.ID, max(c.FirstSeq, c.Head-ReplayLimit), ReplayLimit)
	if err != nil {
		return err
	}
	if err := s.followWhole(ctx, c, ds); err != nil {
		return err
	}
	return s.requeue(ctx, c.Shop, c.ID, slices.DeleteFunc(ds, func(d Delivery) bool { return !d.releasable() }))
}

// releasable tells whether a held delivery may go when something changes. One that is held because its shopper is on the site waits
// for them to leave.
func (d Delivery) releasable() bool { return d.State == DeliveryHeld && d.Reason != string(WhyHere) }

// requeue gives held deliveries of a conversation their turn, in order, if they are still held.
func (s *Service) requeue(ctx context.Context, shop ShopID, c ConversationID, held []Delivery) error {
	for _, d := range held {
		_, err := s.change(ctx, Write{
			Shop: shop, Conversation: c, Beside: Beside{Delivery: d.ID},
			DecideWith: func(c Conversation, seen Seen) (Change, error) {
				if !seen.Delivery.releasable() {
					return Change{}, nil
				}
				ch := c.begin(s.now())
				next := seen.Delivery
				next.Attempt, next.Reason, next.Detail = 0, "", ""
				ch.queue(next, ch.now)
				return ch, nil
			},
		})
		if err != nil && !isNotFound(err) {
			return err
		}
	}
	if len(held) > 0 {
		s.wake()
	}
	return nil
}

const heldAtOnce = 1_000

// resumeAccount gives what an account's problem has held its turn, now that it is mended.
func (s *Service) resumeAccount(ctx context.Context, a Account) error {
	for a.State == AccountActive {
		n, all, err := s.resume(ctx, a.ID, func(d Delivery) bool { return d.Reason == string(WhyAccount) })
		if err != nil || all || n == 0 {
			return err
		}
	}
	return nil
}

// resume gives held deliveries of an account their turn, and tells how many, and whether all that are held were looked at.
func (s *Service) resume(ctx context.Context, a AccountID, which func(Delivery) bool) (n int, all bool, err error) {
	ds, err := s.store.Held(ctx, a, heldAtOnce)
	if err != nil {
		return 0, false, err
	}
	all = len(ds) < heldAtOnce
	ds = slices.DeleteFunc(ds, func(d Delivery) bool { return !which(d) })
	for _, d := range ds {
		if err := s.requeue(ctx, d.Shop, d.Conversation, []Delivery{d}); err != nil {
			return n, all, err
		}
		n++
	}
	return n, all, nil
}

// HandoffChanged plans again what a shop's settings may have held: its limit, or a template that was not there. What waited for too
// long stays where it is, as with everything that is sent after somebody.
func (s *Service) HandoffChanged(ctx context.Context, shop ShopID) error {
	accounts, err := s.store.AccountsOf(ctx, shop)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := s.resumeFor(ctx, a.ID, WhyCap, WhyTemplateNeeded, WhyTemplateRefused, WhyTemplateCategory); err != nil {
			return err
		}
	}
	return nil
}

// resumeFor gives what was held lately for any of the reasons its turn.
func (s *Service) resumeFor(ctx context.Context, a AccountID, reasons ...Reason) error {
	since := At(s.now().Add(-leaveFor))
	_, _, err := s.resume(ctx, a, func(d Delivery) bool { return d.QueuedAt > since && slices.Contains(reasons, Reason(d.Reason)) })
	return err
}

const maxDeliveries = 500

// DeliveriesOf lists, for agents, what was sent where of a conversation's entries from seq on, oldest first.
func (s *Service) DeliveriesOf(ctx context.Context, by Caller, shop ShopID, id ConversationID, from int64, limit int) ([]Delivery, error) {
	if by.Kind == AuthorShopper {
		return nil, ErrNotFound
	}
	if _, err := s.Conversation(ctx, by, shop, id); err != nil {
		return nil, err
	}
	if limit < 1 || limit > maxDeliveries {
		limit = maxDeliveries
	}
	return s.store.DeliveriesOf(ctx, shop, id, from, limit)
}

// RetryDelivery lets an agent send a message again that has failed or is held. It is planned like any other. ErrConflict: it is on
// its way, or has come.
func (s *Service) RetryDelivery(ctx context.Context, by Caller, shop ShopID, id ConversationID, delivery DeliveryID) (Delivery, error) {
	if by.Kind != AuthorAgent {
		return Delivery{}, ErrNotFound
	}
	d, err := s.store.Delivery(ctx, shop, delivery)
	if err != nil {
		return Delivery{}, err
	}
	if d.Conversation != id {
		return Delivery{}, ErrNotFound
	}
	var next Delivery
	_, err = s.change(ctx, Write{
		Shop: shop, Conversation: id, May: by.may, Beside: Beside{Delivery: delivery},
		DecideWith: func(c Conversation, seen Seen) (Change, error) {
			next = seen.Delivery
			if next.State != DeliveryFailed && next.State != DeliveryHeld || next.Reason == whyRevoked || next.Reason == whyErased {
				return Change{}, ErrConflict
			}
			ch := c.begin(s.now())
			next.Attempt, next.Reason, next.Detail, next.Parts = 0, "", "", slices.Clone(next.Parts)
			for i := range next.Parts {
				next.Parts[i].Again = false // a person wants it, whatever came of the one before
			}
			ch.queue(next, ch.now)
			next = ch.Deliveries[0]
			return ch, nil
		},
	})
	if err != nil {
		return Delivery{}, err
	}
	s.wake()
	return next, nil
}
