package chat

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
)

// transport makes a delivery's requests, one for each part that the provider has not taken yet.
func (s *Service) transport(ctx context.Context, p parcel) (again bool, err error) {
	env, err := s.envelope(ctx, p)
	if err != nil {
		return false, s.unfit(ctx, p, err)
	}
	n, err := s.carry.Parts(env)
	if err != nil || n < 1 {
		return false, s.unfit(ctx, p, err)
	}
	d := p.delivery.withParts(n)
	for range n {
		part := d.unsent()
		if part < 0 {
			return false, nil
		}
		if d, err = s.mark(ctx, p, d, env, part, n); err != nil || d.State != DeliverySending {
			return false, err
		}
		done, err := s.carry.Send(ctx, env, part)
		if err != nil {
			return s.refused(ctx, p, d, part, err)
		}
		if d, err = s.accepted(ctx, d, part, done); err != nil {
			return false, err
		}
		if err := s.recognize(ctx, p.way.Address, done.Keys); err != nil {
			return false, err
		}
		if part >= len(d.Parts) || d.Parts[part].State == DeliveryFailed || d.State == DeliveryFailed || d.State == DeliveryHeld {
			return false, nil // news of its failure have overtaken the receipt, and have seen to what follows
		}
	}
	return false, nil
}

// unfit fails a delivery that can't be put into a request: a template that is not as it was, a message that the channel can't hold.
func (s *Service) unfit(ctx context.Context, p parcel, err error) error {
	reason, detail := "unfit", ""
	var refused *SendError
	switch e, ok := AsError(err); {
	case ok && e.Code == ErrTemplateParams.Code:
		reason = e.Code
	case ok:
		return err
	case errors.As(err, &refused):
		reason, detail = refused.Code, refused.Detail
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return s.giveUp(ctx, p, p.delivery, SendError{Class: SendRejected, Code: reason, Detail: detail})
}

// withParts gives the delivery room for n parts; those that were taken stay.
func (d Delivery) withParts(n int) Delivery {
	parts := slices.Clone(d.Parts)
	for len(parts) < n {
		parts = append(parts, Part{State: DeliveryQueued})
	}
	for len(parts) > n && parts[len(parts)-1].State.step() < 0 {
		parts = parts[:len(parts)-1]
	}
	d.Parts = parts
	return d
}

// mark makes it durable that the request of a part begins now, and takes its cost on within the shop's limit: inside the committer,
// so that many at once can't pass it together. A delivery that the limit holds comes back held.
func (s *Service) mark(ctx context.Context, p parcel, d Delivery, env Envelope, part, parts int) (Delivery, error) {
	limit := p.planning.Cap
	b := Beside{}
	if limit != nil {
		b.Spent, b.SpentAt = limit.Currency, p.shop.month(s.now())
	}
	return s.changeDelivery(ctx, d, b, func(_ *Change, cur *Delivery, seen Seen) {
		cur.Parts = slices.Clone(d.Parts)
		if cost := p.plan.Cost; cost != nil && cur.Cost == nil {
			whole := Money{Amount: cost.Amount * int64(parts), Currency: cost.Currency}
			if !limit.allows(seen.Spent, whole) {
				cur.State, cur.Reason = DeliveryHeld, string(WhyCap)
				return
			}
			cur.Cost, cur.CostAt = &whole, At(s.now())
		}
		cur.Parts[part].State = DeliverySending
		cur.State, cur.SendingAt, cur.Attempt = DeliverySending, At(s.now()), cur.Attempt+1
		cur.Form, cur.Category, cur.Template = p.plan.Form, p.plan.Charged, env.Use
		cur.Reason, cur.Detail = cur.standing(), ""
	})
}

// accepted writes the provider's receipt for a part down, and takes in news that came before it.
func (s *Service) accepted(ctx context.Context, d Delivery, part int, a Accepted) (Delivery, error) {
	var next Delivery
	_, err := s.change(context.WithoutCancel(ctx), Write{
		Shop: d.Shop, Conversation: d.Conversation, Beside: Beside{Delivery: d.ID},
		DecideWith: func(c Conversation, seen Seen) (Change, error) {
			next = seen.Delivery
			if part >= len(next.Parts) || next.Parts[part].State.step() >= 0 {
				return Change{}, nil // its news have told it
			}
			ch := c.begin(s.now())
			next.take(part, a.ProviderID)
			next.Detail = clip(a.Held, 300)
			if next.unsent() >= 0 {
				next.Attempt = 0
			}
			next = ch.deliver(next)
			return ch, nil
		},
	})
	if err != nil {
		return next, err
	}
	return s.unpark(ctx, next, a.ProviderID)
}

// recognize gives an address that was only typed the names by which the provider calls its person, so that their answer to what was
// sent there finds it. Whom the provider's names lead to already, they stay: then it goes by the number alone.
func (s *Service) recognize(ctx context.Context, a Address, keys []string) error {
	if !a.typed() || len(keys) == 0 {
		return nil
	}
	_, err := s.store.UpdateAddress(context.WithoutCancel(ctx), a.Shop, a.ID, func(a *Address) error {
		if a.typed() {
			a.Keys = slices.Concat(a.Keys, keys)
		}
		return nil
	})
	if errors.Is(err, ErrConflict) || isNotFound(err) {
		return nil
	}
	return err
}

// unpark takes in news of a message that came before its receipt was written, and gives the delivery as it is then.
func (s *Service) unpark(ctx context.Context, d Delivery, providerID string) (Delivery, error) {
	account, err := s.store.Account(ctx, d.Merchant, d.Account)
	if err != nil {
		return d, err
	}
	if some, err := s.takeParked(ctx, account, providerID); err != nil || !some {
		return d, err
	}
	return s.store.Delivery(ctx, d.Shop, d.ID)
}

// refused takes the provider's refusal, or its silence, in.
func (s *Service) refused(ctx context.Context, p parcel, d Delivery, part int, failure error) (again bool, err error) {
	var e *SendError
	if !errors.As(failure, &e) {
		if ctx.Err() != nil {
			return false, ctx.Err() // cut off: what is written says that it may have been sent
		}
		e = &SendError{Class: SendRetry, Code: whyInternal}
	}
	v := d.judge(*e, At(s.now()), s.jitter())
	if v.account {
		if err := s.stopAccount(ctx, p.way.Account, *e); err != nil {
			return false, err
		}
	}
	if v.state == DeliveryFailed {
		d.Parts = slices.Clone(d.Parts)
		d.Parts[part].State = DeliveryFailed
		return false, s.giveUp(ctx, p, d, *e)
	}
	err = s.setDelivery(ctx, d, func(_ *Change, d *Delivery) {
		d.Parts = slices.Clone(d.Parts)
		d.Parts[part].State = v.state
		d.refuse(v, *e)
	})
	switch {
	case err != nil:
		return false, err
	case v.replan:
		return true, nil
	case v.state == DeliveryUncertain:
		return true, nil // which waits
	}
	return false, &Postponed{Until: At(s.now().Add(v.wait)), Reason: e.Code}
}

func (s *Service) jitter() float64 {
	var b [2]byte
	if _, err := s.random.Read(b[:]); err != nil {
		return 0
	}
	return float64(binary.BigEndian.Uint16(b[:])) / (1 << 16)
}

// stopAccount sets an account aside until a person has looked at it.
func (s *Service) stopAccount(ctx context.Context, a Account, e SendError) error {
	cur, err := s.store.Account(ctx, a.Merchant, a.ID)
	if err != nil || cur.State != AccountActive {
		return err
	}
	cur.State, cur.Problem, cur.Detail = AccountAttention, e.Code, clip(e.Provider+" "+e.Detail, 300)
	return s.store.UpdateAccount(ctx, cur)
}
