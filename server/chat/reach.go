package chat

import (
	"context"
	"slices"
)

// Reach is what agents see of where a shopper is, and of where the next message would go.
type Reach struct {
	Route    AddressID // empty: on the web
	Channel  Channel
	Presence Presence
	Next     Plan // of an agent's next answer
	Ways     []ReachWay
	Handoffs []Handoff // newest first
	Spent    int64     // this month, in the cap's currency
	Cap      *Money    // nil: none
}

// ReachWay is one address, and what would be allowed there.
type ReachWay struct {
	Address     Address
	Account     Account // without its token
	Plan        Plan    // were it chosen
	WindowUntil Millis  // until when free text is allowed; 0: it is not, or always
	HumanUntil  Millis  // and with the tag for people's answers
}

// ReachOf tells agents where a conversation's shopper can be reached, in which form, and why not.
func (s *Service) ReachOf(ctx context.Context, by Caller, shop ShopID, id ConversationID) (Reach, error) {
	if by.Kind == AuthorShopper {
		return Reach{}, ErrNotFound
	}
	c, err := s.Conversation(ctx, by, shop, id)
	if err != nil {
		return Reach{}, err
	}
	sh, err := s.store.Shop(ctx, c.Merchant, shop)
	if err != nil {
		return Reach{}, err
	}
	p, err := s.planning(ctx, c, sh)
	if err != nil {
		return Reach{}, err
	}
	r := Reach{Route: c.Address, Channel: c.Channel, Presence: p.Presence, Next: PlanSend(p), Spent: p.Spent, Cap: p.Cap}
	for _, plan := range p.plans() {
		i := slices.IndexFunc(p.Ways, func(w Way) bool { return w.Address.ID == plan.Address })
		r.Ways = append(r.Ways, p.Ways[i].reach(plan, p.Now))
	}
	r.Handoffs, err = s.store.HandoffsOf(ctx, shop, "", id, maxHandoffs)
	return r, err
}

func (w Way) reach(plan Plan, now Millis) ReachWay {
	r := ReachWay{Address: w.Address, Account: w.Account, Plan: plan}
	r.Account.Token = ""
	if until, open := w.window(now); open {
		r.WindowUntil = until
	}
	if until, open := w.human(now); open {
		r.HumanUntil = until
	}
	return r
}

// Reroute lets an agent choose where a conversation goes on; an empty address: on the web again. ErrCannotSend, with the reason:
// nothing may be sent there.
func (s *Service) Reroute(ctx context.Context, by Caller, shop ShopID, id ConversationID, to AddressID) (Conversation, error) {
	if by.Kind != AuthorAgent {
		return Conversation{}, ErrNotFound
	}
	c, err := s.Conversation(ctx, by, shop, id)
	if err != nil || c.Address == to {
		return c, err
	}
	if to != "" {
		if err := s.mayRoute(ctx, c, to); err != nil {
			return Conversation{}, err
		}
	}
	h := Handoff{
		ID: NewID[HandoffID](PrefixHandoff, s.random), Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Source: HandoffByAgent,
		Page: pageOf(c), CreatedAt: At(s.now()),
	}
	done, err := s.change(ctx, Write{
		Shop: shop, Conversation: id, May: by.may, Beside: Beside{Address: to},
		DecideWith: func(c Conversation, seen Seen) (Change, error) {
			if to == "" {
				return c.ComeHome(WhyAsked, s.now())
			}
			return c.GoTo(seen.Address, &h, WhyAsked, s.now())
		},
	})
	return done.Conversation, err
}

// mayRoute refuses an address that nothing may be sent to. A closed window is no reason: a template may open the talk again.
func (s *Service) mayRoute(ctx context.Context, c Conversation, to AddressID) error {
	sh, err := s.store.Shop(ctx, c.Merchant, c.Shop)
	if err != nil {
		return err
	}
	p, err := s.planning(ctx, c, sh)
	if err != nil {
		return err
	}
	p.Asked = to
	switch plan := PlanSend(p); plan.Reason {
	case WhyNoAddress:
		return ErrNotFound
	case WhyAccount, WhyUnreachable, WhyStopped, WhyNoConsent:
		return plan.refusal()
	}
	return nil
}
