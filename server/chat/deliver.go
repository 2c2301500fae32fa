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
			return err
		}
		if d.Settled() {
			return nil
		}
		again, err := s.forward(ctx, d)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil || !again {
			return err
		}
	}
	return &Postponed{Until: At(s.now().Add(presenceAgain)), Reason: "planned too often"}
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
