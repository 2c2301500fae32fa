package chat

import (
	"context"
	"slices"
	"time"
)

// When a message can't go by one address it goes by the next that is allowed, in the shop's order, and the conversation goes along.

// giveUp ends a delivery one of whose parts the provider refuses for good, and lets the message go another way if there is one.
func (s *Service) giveUp(ctx context.Context, p parcel, d Delivery, e SendError) error {
	m, err := s.elsewhere(ctx, p, d, e)
	if err != nil {
		return err
	}
	_, err = s.changeDelivery(ctx, d, Beside{Address: d.Address}, func(ch *Change, cur *Delivery, seen Seen) {
		cur.Parts = d.Parts
		m.decide(ch, cur, seen)
	})
	return err
}

// elsewhere finds where a message goes that can't go by a delivery's address.
func (s *Service) elsewhere(ctx context.Context, p parcel, d Delivery, e SendError) (move, error) {
	p.delivery, p.plan = d, PlanSend(p.without(d.Address))
	m, err := s.moving(ctx, p)
	m.e = &e
	return m, err
}

// moveOn carries a plan out that leads to another address than the delivery's.
func (s *Service) moveOn(ctx context.Context, p parcel) error {
	m, err := s.moving(ctx, p)
	if err != nil {
		return err
	}
	_, err = s.changeDelivery(ctx, p.delivery, Beside{Address: p.delivery.Address}, m.decide)
	return err
}

func (s *Service) moving(ctx context.Context, p parcel) (m move, err error) {
	m = move{p: p, handoff: NewID[HandoffID](PrefixHandoff, s.random), after: p.shop.Settings.Handoff.leaveAfter()}
	if m.there, err = s.store.DeliveriesOf(ctx, p.delivery.Shop, p.delivery.Conversation, p.delivery.Entry.Seq, 2*recentDeliveries); err != nil {
		return m, err
	}
	m.waiting = p.delivery.inTemplate(m.there)
	if p.plan.Form != FormHold && p.plan.Form != FormWeb {
		m.to, err = s.target(ctx, p, p.plan.Address)
	}
	return m, err
}

// target reads the address that is gone on to.
func (s *Service) target(ctx context.Context, p parcel, to AddressID) (*Address, error) {
	a, err := s.store.Address(ctx, p.conversation.Shop, to)
	return &a, err
}

// inTemplate gives the messages that a delivery's away template told of.
func (d Delivery) inTemplate(later []Delivery) (all []Delivery) {
	for _, o := range later {
		if d.Template != nil && d.Template.Away && o.Address == d.Address && o.State == DeliveryHeld && o.Reason == whyInTemplate {
			all = append(all, o)
		}
	}
	return all
}

// move is a message's going on by another address, ready to be decided.
type move struct {
	p       parcel
	e       *SendError // the provider's refusal, which may concern the address itself; nil: the planner's choice
	to      *Address   // nil: nowhere
	waiting []Delivery // other messages that go along
	there   []Delivery // what is known of them where they go
	handoff HandoffID
	after   time.Duration
}

// decide ends the delivery, and queues the message and those that waited with it where they go now.
func (m move) decide(ch *Change, d *Delivery, seen Seen) {
	c := ch.Conversation
	left := seen.Address
	reason, detail := whyMovedOn, d.Detail
	if m.e != nil {
		reason, detail = m.e.Code, clip(m.e.Provider+" "+m.e.Detail, 300)
		if left.heed(*m.e, d.Category, ch.now) {
			ch.address(left)
		}
	}
	d.fail(reason, detail)
	m.reroute(ch, left, reason)
	if m.to == nil {
		return
	}
	m.queue(ch, newDelivery(c, d.Entry, *m.to, m.p.entry.Message.Template, ch.now))
	for _, w := range m.waiting {
		m.queue(ch, newDelivery(c, w.Entry, *m.to, nil, ch.now))
		w.fail(reason, detail)
		ch.deliver(w)
	}
}

// queue gives a delivery its turn; one that was held on its way there before goes on from how far it had come.
func (m move) queue(ch *Change, d Delivery) {
	if i := slices.IndexFunc(m.there, func(o Delivery) bool { return o.ID == d.ID }); i >= 0 {
		d = m.there[i]
	}
	ch.queue(d, ch.now)
}

// reroute takes the conversation along: to where the message goes, or home when the shopper is there, or may be.
func (m move) reroute(ch *Change, left Address, reason string) {
	c := ch.Conversation
	if h := c.Handoff; h != nil && c.Address == left.ID && h.Address == left.ID && h.underWay() && m.e != nil {
		ch.step(*h, HandoffFailed, reason, "")
	}
	switch {
	case m.to != nil && m.to.ID != c.Address:
		ch.route(*m.to, &Handoff{
			ID: m.handoff, Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Source: HandoffByConsent, Page: pageOf(c), CreatedAt: ch.now,
		}, m.p.plan.Reason)
	case m.to == nil && c.Address == left.ID && (m.p.plan.Reason == WhyHere || m.p.plan.Reason == WhyUnknown):
		ch.comeHome(m.p.plan.Reason)
		ch.Tasks = append(ch.Tasks, leaveTask(c, m.p.delivery.Entry, ch.now.Add(m.after)))
	}
}

// pageOf gives the page where the conversation last left the site: the way back leads there.
func pageOf(c Conversation) string {
	if c.Handoff == nil {
		return ""
	}
	return c.Handoff.Page
}
