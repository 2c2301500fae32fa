package chat

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Delivering: a task names a delivery, which is planned again at each try. That a request begins is durable before it is made, so a
// crash, or a lost answer, leaves a delivery of which it is known that it may have been sent.

const (
	presenceAgain  = 30 * time.Second // how long a message waits to be told whether its shopper is here
	uncertainAgain = 10 * time.Second // how often a delivery without an answer looks whether news have come
	storeAgain     = 5 * time.Second
	maxPlans       = 6 // of one delivery in one task: each has learned something from the one before
)

// errMoved says that a delivery has changed since it was looked at.
var errMoved = errors.New("the delivery has changed meanwhile")

// newDelivery makes the delivery of an entry to an address. Its id follows from both, so that there is one, whoever makes it.
func newDelivery(c Conversation, e Ref, a Address, use *TemplateUse, now Millis) Delivery {
	var seq [8]byte
	binary.BigEndian.PutUint64(seq[:], uint64(e.Seq)) //nolint:gosec // never negative
	return Delivery{
		ID: DeliveryID(PrefixDelivery + shortHash(string(c.ID)+string(seq[:])+string(a.ID))), Merchant: c.Merchant, Shop: c.Shop,
		Conversation: c.ID, Entry: e, Account: a.Account, Address: a.ID, Channel: a.Channel, State: DeliveryQueued, Template: use,
		QueuedAt: now, UpdatedAt: now,
	}
}

// queue writes a delivery that waits for its turn, with its task.
func (ch *Change) queue(d Delivery, due Millis) {
	d.State, d.QueuedAt = DeliveryQueued, ch.now
	ch.deliver(d)
	ch.Tasks = append(ch.Tasks, deliverTask(d, due))
}

// deliver writes a delivery with the change. Its time of change rises always: it is what a decision is compared by.
func (ch *Change) deliver(d Delivery) Delivery {
	d.UpdatedAt = max(ch.now, d.UpdatedAt+1)
	ch.Deliveries = append(ch.Deliveries, d)
	return d
}

func deliverTask(d Delivery, due Millis) Task {
	payload, err := json.Marshal(DeliverTask{Delivery: d.ID})
	if err != nil {
		panic("chat: a delivery's task cannot be encoded: " + err.Error()) // one string
	}
	return Task{Kind: TaskDeliver, Shop: d.Shop, DueAt: due, Lane: "deliver:" + string(d.Address), Payload: payload}
}

// deliver does one TaskDeliver.
func (s *Service) deliver(ctx context.Context, t Task) error {
	var task DeliverTask
	if err := payload(t, &task); err != nil {
		return err
	}
	for range maxPlans {
		d, err := s.store.Delivery(ctx, t.Shop, task.Delivery)
		if isNotFound(err) {
			return nil // erased
		}
		if err != nil {
			return s.patient(err)
		}
		if d.Settled() {
			return nil
		}
		again, err := s.forward(ctx, d)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil || !again {
			return s.patient(err)
		}
	}
	return &Postponed{Until: At(s.now().Add(presenceAgain)), Reason: "planned too often"}
}

// patient puts a task off while the store can't commit: that is no fault of the task's, and must not use its tries up.
func (s *Service) patient(err error) error {
	if e, ok := AsError(err); ok && (e.Kind == KindUnavailable || e.Kind == KindStoreFull) {
		return &Postponed{Until: At(s.now().Add(max(e.RetryAfter, storeAgain))), Reason: e.Code}
	}
	return err
}

// buryDelivery fails the delivery of a task that is tried no more, so that agents see it and can send it again.
func (s *Service) buryDelivery(ctx context.Context, t Task) error {
	var task DeliverTask
	if err := payload(t, &task); err != nil {
		return err
	}
	for range maxPlans {
		d, err := s.store.Delivery(ctx, t.Shop, task.Delivery)
		if isNotFound(err) {
			return nil
		}
		if err != nil || d.Settled() || d.State == DeliveryHeld {
			return err
		}
		reason := whyInternal
		if d.State == DeliverySending || d.State == DeliveryUncertain {
			reason = whyUnknownEnd
		}
		err = s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.fail(reason, "") })
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return errMoved
}

// forward brings a delivery on by one plan, and tells whether it is to be looked at again at once.
func (s *Service) forward(ctx context.Context, d Delivery) (again bool, err error) {
	switch d.State {
	case DeliverySending, DeliveryUncertain:
		return s.doubt(ctx, d)
	case DeliveryQueued:
	default:
		return false, nil // held: another task comes with what releases it
	}
	p, err := s.pack(ctx, d)
	if err != nil {
		return false, err
	}
	if p.gone != "" {
		return false, s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.fail(p.gone, "") })
	}
	if p.conversation.Address == "" {
		return false, s.stay(ctx, p, WhyHere)
	}
	p.plan = PlanSend(p.planning)
	switch {
	case p.plan.Reason == WhyOnWeb:
		return false, s.stay(ctx, p, WhyNoAddress)
	case p.plan.Form == FormWeb:
		return false, s.stay(ctx, p, WhyHere)
	case p.plan.Reason == WhyUnknown:
		return false, s.await(ctx, d)
	case p.plan.Form == FormHold && p.plan.Reason == WhyUnreachable:
		return false, s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.fail(string(WhyUnreachable), d.Detail) })
	case p.plan.Form == FormHold:
		return false, s.hold(ctx, d, string(p.plan.Reason))
	case p.plan.Address != d.Address:
		return false, s.moveOn(ctx, p)
	case p.plan.Away && p.way.Told:
		return false, s.hold(ctx, d, whyInTemplate)
	}
	return s.transport(ctx, p)
}

// await puts a delivery off until it is known whether the shopper is here. Agents see why it waits.
func (s *Service) await(ctx context.Context, d Delivery) error {
	if d.Reason != string(WhyUnknown) {
		err := s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.Reason = string(WhyUnknown) })
		if err != nil {
			return err
		}
	}
	return &Postponed{Until: At(s.now().Add(presenceAgain)), Reason: string(WhyUnknown)}
}

// doubt waits for news of a request without an answer: the provider's callback may still tell what became of it. When none come, it
// is sent once more, marked so; after a second silence it is given up.
func (s *Service) doubt(ctx context.Context, d Delivery) (again bool, err error) {
	now := At(s.now())
	over := d.SendingAt.Add(s.doubts)
	if d.State == DeliverySending {
		err := s.setDelivery(ctx, d, func(_ *Change, d *Delivery) {
			d.State, d.Reason = DeliveryUncertain, whyNoAnswer
		})
		return err == nil, err
	}
	if now < over {
		return false, &Postponed{Until: min(over, now.Add(uncertainAgain)), Reason: "uncertain"}
	}
	part := d.unsent()
	if part < 0 || d.Parts[part].Again {
		return false, s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.fail(whyUnknownEnd, d.Detail) })
	}
	err = s.setDelivery(ctx, d, func(_ *Change, d *Delivery) {
		d.Parts = slices.Clone(d.Parts)
		d.Parts[part].State, d.Parts[part].Again = DeliveryQueued, true
		d.State, d.Reason = DeliveryQueued, whySentAgain
	})
	return err == nil, err
}

// fail ends a delivery. Nothing was taken, so nothing costs; but for what may have come all the same.
func (d *Delivery) fail(reason, detail string) {
	d.State, d.Reason, d.Detail = DeliveryFailed, reason, detail
	if reason != whyUnknownEnd {
		d.Cost, d.CostAt = nil, 0
	}
}

func (s *Service) hold(ctx context.Context, d Delivery, reason string) error {
	return s.setDelivery(ctx, d, func(_ *Change, d *Delivery) { d.State, d.Reason = DeliveryHeld, reason })
}

// setDelivery changes a delivery as it was looked at. errMoved: it has changed since.
func (s *Service) setDelivery(ctx context.Context, d Delivery, set func(ch *Change, d *Delivery)) error {
	_, err := s.changeDelivery(ctx, d, Beside{}, func(ch *Change, cur *Delivery, _ Seen) { set(ch, cur) })
	return err
}

func (s *Service) changeDelivery(ctx context.Context, d Delivery, b Beside, set func(ch *Change, d *Delivery, seen Seen)) (Delivery, error) {
	b.Delivery = d.ID
	var next Delivery
	done, err := s.change(ctx, Write{
		Shop: d.Shop, Conversation: d.Conversation, Beside: b,
		DecideWith: func(c Conversation, seen Seen) (Change, error) {
			next = seen.Delivery
			if next.UpdatedAt != d.UpdatedAt || next.State != d.State || next.Attempt != d.Attempt {
				return Change{}, errMoved
			}
			ch := c.begin(s.now())
			set(&ch, &next, seen)
			next = ch.deliver(next)
			return ch, nil
		},
	})
	if err == nil && done.Changed() {
		s.wake()
	}
	return next, err
}

// stay keeps a message on the site: the shopper is back there, or there is no address any more. Should they leave again before they
// read it, it may follow them.
func (s *Service) stay(ctx context.Context, p parcel, why Reason) error {
	after := p.shop.Settings.Handoff.leaveAfter()
	return s.setDelivery(ctx, p.delivery, func(ch *Change, d *Delivery) {
		ch.comeHome(why)
		d.State, d.Reason = DeliveryHeld, string(why)
		if ch.Conversation.Watermark(Author{Kind: AuthorShopper}).Read.Seq < d.Entry.Seq {
			ch.Tasks = append(ch.Tasks, leaveTask(ch.Conversation, d.Entry, ch.now.Add(after)))
		}
	})
}

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
