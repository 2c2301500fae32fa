package chat

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Gathering what a plan is made of: the planner itself asks nobody.

// recentDeliveries is how far back deliveries are looked at for what the provider has refused lately.
const recentDeliveries = 100

// planning gathers what is known of where a conversation's next message may go. The draft is the caller's to fill in.
func (s *Service) planning(ctx context.Context, c Conversation, shop Shop) (Planning, error) {
	p := Planning{
		Now: At(s.now()), Route: c.Address, Presence: s.presence(ctx, c), Cap: shop.Settings.Handoff.Cap,
		Draft: Planned{By: AuthorAgent, Purpose: ForConversation},
	}
	for _, h := range shop.Settings.Handoff.Channels {
		p.Order = append(p.Order, h.Channel)
	}
	var err error
	if p.Ways, err = s.ways(ctx, c, shop); err != nil || len(p.Ways) == 0 {
		return p, err
	}
	if p.Consents, err = s.store.ConsentsOf(ctx, c.Shop, c.Shopper.ID); err != nil {
		return p, err
	}
	if p.Cap != nil {
		p.Spent, err = s.store.Spent(ctx, c.Shop, p.Cap.Currency, shop.month(s.now()))
	}
	return p, err
}

func (s *Service) presence(ctx context.Context, c Conversation) Presence {
	return s.fanout.Presence(ctx, c.Shop, Author{Kind: AuthorShopper, ID: string(c.Shopper.ID)})
}

// month gives when the calendar month began where the shop is.
func (s Shop) month(now time.Time) Millis {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	y, m, _ := now.In(zone).Date()
	return At(time.Date(y, m, 1, 0, 0, 0, 0, zone))
}

// ways gives all addresses that a conversation's shopper can be reached at, with what the planner must know of each.
func (s *Service) ways(ctx context.Context, c Conversation, shop Shop) ([]Way, error) {
	if s.carry == nil {
		return nil, nil
	}
	addresses, since, err := s.addresses(ctx, c)
	if err != nil || len(addresses) == 0 {
		return nil, err
	}
	accounts, err := s.store.AccountsOf(ctx, c.Shop)
	if err != nil {
		return nil, err
	}
	recent, err := s.store.DeliveriesOf(ctx, c.Shop, c.ID, max(c.FirstSeq, c.Head-recentDeliveries), 2*recentDeliveries)
	if err != nil {
		return nil, err
	}
	var ways []Way
	for _, a := range addresses {
		if a, err = s.asOwned(ctx, a); err != nil {
			return nil, err
		}
		w := Way{Address: a, Since: since[a.ID], Closed: refusedForm(recent, a), Told: told(recent, a), Account: Account{ID: a.Account, State: AccountOff}}
		if i := slices.IndexFunc(accounts, func(acct Account) bool { return acct.ID == a.Account }); i >= 0 {
			w.Account = accounts[i]
		}
		rules, ok := s.rules(a.Channel)
		if !ok {
			continue
		}
		w.Rules = rules
		if w.Away, err = s.awayTemplate(ctx, shop, c, w); err != nil {
			return nil, err
		}
		ways = append(ways, w)
	}
	return ways, nil
}

// asOwned gives an address that was only typed with what its owner has told the shop by themselves: their STOP holds for whoever typed
// their number.
func (s *Service) asOwned(ctx context.Context, a Address) (Address, error) {
	if !a.typed() {
		return a, nil
	}
	who, err := personAt(a.Channel, cmp.Or(a.Phone, a.UserID))
	if err != nil {
		return a, nil //nolint:nilerr // it can be written to by no name of the provider's: nobody else is there
	}
	owners, err := s.store.AddressesByKeys(ctx, a.Account, who.Keys)
	for _, o := range owners {
		if o.Shop == a.Shop {
			a.StoppedAt, a.NoMarketingAt = max(a.StoppedAt, o.StoppedAt), max(a.NoMarketingAt, o.NoMarketingAt)
		}
	}
	return a, err
}

// addresses gives the shopper's own addresses, and those of people who came with a link of this conversation: until both sides are
// confirmed they are unconfirmed here, whatever they are to themselves. Beside them stands since when they are known here.
func (s *Service) addresses(ctx context.Context, c Conversation) ([]Address, map[AddressID]Millis, error) {
	all, err := s.store.AddressesOf(ctx, c.Shop, c.Shopper.ID)
	if err != nil {
		return nil, nil, err
	}
	since := map[AddressID]Millis{}
	for _, a := range all {
		since[a.ID] = a.CreatedAt
	}
	handoffs, err := s.store.HandoffsOf(ctx, c.Shop, "", c.ID, maxHandoffs)
	if err != nil {
		return nil, nil, err
	}
	linked := []AddressID{c.Address}
	for _, h := range handoffs {
		if h.Address != "" && since[h.Address] == 0 {
			linked = append(linked, h.Address)
		}
	}
	for _, h := range handoffs { // newest first: the earliest that led to somebody's address stays
		if slices.Contains(linked, h.Address) && (h.Source == HandoffByLink || h.Source == HandoffByShopper) {
			since[h.Address] = h.CreatedAt
		}
	}
	for _, id := range linked {
		if id == "" || slices.ContainsFunc(all, func(a Address) bool { return a.ID == id }) || isDenied(handoffs, id) {
			continue
		}
		a, err := s.store.Address(ctx, c.Shop, id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if !a.confirmedFor(c) {
			a.ConfirmedAt = 0
		}
		all = append(all, a)
	}
	return all, since, nil
}

// isDenied tells whether the shopper has said that the latest who came to the conversation from an address was not they.
func isDenied(newestFirst []Handoff, a AddressID) bool {
	i := slices.IndexFunc(newestFirst, func(h Handoff) bool { return h.Address == a })
	return i >= 0 && newestFirst[i].State == HandoffFailed && newestFirst[i].Reason == denied
}

// refusedForm gives the form that the provider has refused at an address because of the window, after the person's last word: it
// knows better than we do, and is not asked the same again.
func refusedForm(recent []Delivery, a Address) (closed Form) {
	for _, d := range recent {
		if d.Address != a.ID || d.SendingAt <= a.LastInboundAt {
			continue
		}
		switch {
		case d.foundClosed() && d.Form == FormHuman:
			return FormHuman
		case d.foundClosed() && d.Form == FormFree, d.awayOut():
			closed = FormFree
		}
	}
	return closed
}

// foundClosed tells whether the delivery was tried and found the window closed, whatever was done with it then.
func (d Delivery) foundClosed() bool {
	switch Reason(d.Reason) {
	case WhyWindowClosed, WhyTemplateNeeded, WhyTemplateRefused, WhyTemplateCategory, WhyNotHuman, WhyNoConsent, whyInTemplate, whyMovedOn:
		return d.State == DeliveryHeld || d.State == DeliveryQueued || d.State == DeliveryFailed
	}
	return false
}

// told tells whether an away template is out that they have not answered.
func told(recent []Delivery, a Address) bool {
	return slices.ContainsFunc(recent, func(d Delivery) bool {
		return d.Address == a.ID && d.SendingAt > a.LastInboundAt && d.awayOut()
	})
}
