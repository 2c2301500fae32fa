package chat

import (
	"context"
	"errors"
	"slices"
	"time"
)

// home is where something that came over a channel belongs.
type home struct {
	shop         ShopID
	shopper      ShopperID
	address      Address
	conversation ConversationID // or
	start        *Start         // a new one
	code         LinkCode       // that led here
	handoff      *Handoff       // the code's, claimed
	hint         *Hint
}

// strayed tells whether the person has been led to another conversation since their latest was looked for. A code has its own.
func (h home) strayed(now Address) bool {
	return h.code == "" && now.Conversation != h.address.Conversation
}

// codesOf gives what might be a link code in an item: where it can't be edited, or anywhere in the text.
func codesOf(in Inbound) []LinkCode {
	var all []LinkCode
	for _, r := range []*InboundReferral{in.Opened, referralOf(in.Message)} {
		if r != nil && r.Ref != "" {
			all = append(all, findCodes(r.Ref)...)
		}
	}
	if in.Message != nil {
		all = append(all, findCodes(in.Message.Text)...)
	}
	return all[:min(len(all), maxCandidates)]
}

func referralOf(m *InboundSaid) *InboundReferral {
	if m == nil {
		return nil
	}
	return m.Referral
}

// findHome finds where an item belongs: to the conversation that its link code names, else to the latest one of its person, else to
// a new one. A code that was used, has lapsed or is another's never joins anything by itself: the agents get a hint.
func (s *Service) findHome(ctx context.Context, acct Account, app ProviderApp, in Inbound, codes []LinkCode) (home, error) {
	var hint *Hint
	for _, code := range codes {
		h, err := s.store.HandoffByCode(ctx, acct.ID, code.Hash(acct.ID))
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return home{}, err
		}
		there, why, err := s.claim(ctx, acct, app, in, h)
		if err != nil {
			return home{}, err
		}
		if why == nil {
			there.code = code
			return there, nil
		}
		hint = why
	}
	there, err := s.latest(ctx, acct, app, in)
	if err != nil {
		return home{}, err
	}
	if hint == nil && there.start != nil {
		if hint, err = s.suspect(ctx, acct, there); err != nil {
			return home{}, err
		}
	}
	there.hint = hint
	return there, nil
}

// claim uses a code: the person becomes reachable for the conversation that it was made for. They stay somebody of their own until
// both sides are confirmed, so nothing of the one is shown to the other.
func (s *Service) claim(ctx context.Context, acct Account, app ProviderApp, in Inbound, h Handoff) (home, *Hint, error) {
	if !acct.Serves(h.Shop) {
		return home{}, &Hint{Code: "code_elsewhere"}, nil
	}
	a, err := s.person(ctx, acct, app, h.Shop, in)
	if err != nil {
		return home{}, nil, err
	}
	now := At(s.now())
	claimed, err := s.store.UpdateHandoff(ctx, h.Shop, h.ID, func(h *Handoff) error {
		switch {
		case h.State == HandoffFailed && h.Reason == denied:
			return ErrConflict // who was put out does not come in again by the same code
		case h.Address == a.ID:
			return nil // the same person again, or after a crash
		case h.State == HandoffExpired:
			return ErrGone
		case h.Address != "" || h.State != HandoffOffered && h.State != HandoffClicked:
			return ErrConflict
		case now > h.ExpiresAt:
			return ErrGone
		}
		h.State, h.Address, h.UpdatedAt = HandoffLinked, a.ID, now
		return nil
	})
	switch {
	case errors.Is(err, ErrGone):
		return home{}, &Hint{Code: "code_expired", Handoff: h.ID, Conversation: h.Conversation}, nil
	case errors.Is(err, ErrConflict):
		return home{}, &Hint{Code: "code_used", Handoff: h.ID, Conversation: h.Conversation}, nil
	case err != nil:
		return home{}, nil, err
	}
	there := home{shop: h.Shop, shopper: h.Shopper, address: a, conversation: claimed.Conversation, handoff: &claimed}
	if claimed.State == HandoffReturned || claimed.State == HandoffFailed {
		there.handoff = nil // it was used and is over: the same person writes on
	}
	if there.conversation == "" {
		if there.conversation, err = s.begunSince(ctx, h); err != nil {
			return home{}, nil, err
		}
	}
	if there.conversation == "" {
		there.start, err = s.startFor(ctx, h.Shop, h.Shopper, a, "handoff-"+shortHash(string(h.ID)))
	}
	return there, nil, err
}

// begunSince finds the conversation that a shopper has begun on the site since a link was made for them that led to none yet.
func (s *Service) begunSince(ctx context.Context, h Handoff) (ConversationID, error) {
	cs, err := s.store.ConversationsOf(ctx, h.Shop, h.Shopper, 1)
	if err != nil || len(cs) == 0 || cs[0].State != StateOpen || cs[0].CreatedAt < h.CreatedAt {
		return "", err
	}
	return cs[0].ID, nil
}

// person finds or makes the address of who an item is from.
func (s *Service) person(ctx context.Context, acct Account, app ProviderApp, shop ShopID, in Inbound) (Address, error) {
	p := *in.From
	if p.Name == "" { // some channels tell names on request alone; without one they are called by the channel
		known, err := s.store.AddressesByKeys(ctx, acct.ID, p.Keys)
		if err != nil {
			return Address{}, err
		}
		if len(known) == 0 || known[0].Name == "" {
			asking, cancel := context.WithTimeout(ctx, profileWithin)
			if told, err := s.carry.Profile(asking, acct, app, p); err == nil {
				p.Name, p.Username = told.Name, told.Username
			}
			cancel()
		}
	}
	now := At(s.now())
	stranger := Shopper{
		ID: NewID[ShopperID](PrefixShopper, s.random), Merchant: acct.Merchant, Shop: shop, Name: clip(p.Name, 120), CreatedAt: now, SeenAt: now,
	}
	a, _, err := s.store.EnsureAddress(ctx, Address{
		ID: NewID[AddressID](PrefixAddress, s.random), Merchant: acct.Merchant, Shop: shop, Shopper: stranger.ID, Account: acct.ID,
		Channel: acct.Channel, Keys: p.Keys, Phone: p.Phone, UserID: p.UserID, Name: clip(p.Name, 120), Username: clip(p.Username, 120),
		ConfirmedAt: now, CreatedAt: now, // towards themselves; what they are linked to asks for more
	}, stranger)
	return a, err
}

// profileWithin is how long the provider is given to tell a name.
const profileWithin = 3 * time.Second

// latest finds the conversation that a person goes on with: the latest open one of theirs at this account, else one that was closed
// lately, else a new one.
func (s *Service) latest(ctx context.Context, acct Account, app ProviderApp, in Inbound) (home, error) {
	known, err := s.store.AddressesByKeys(ctx, acct.ID, in.From.Keys)
	if err != nil {
		return home{}, err
	}
	var best home
	var at Conversation
	shop := acct.Default
	var last Millis
	for _, a := range known {
		if !acct.Serves(a.Shop) {
			continue
		}
		if a.LastInboundAt > last {
			shop, last = a.Shop, a.LastInboundAt
		}
		if a.Conversation == "" {
			continue
		}
		c, err := s.store.Conversation(ctx, a.Shop, a.Conversation)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return home{}, err
		}
		if c.State == StateClosed && s.now().Sub(c.ClosedAt.Time()) > ReopenWithin {
			continue
		}
		if best.conversation == "" || c.State == StateOpen && at.State == StateClosed || c.State == at.State && c.UpdatedAt > at.UpdatedAt {
			best, at = home{shop: a.Shop, shopper: c.Shopper.ID, address: a, conversation: c.ID}, c
		}
	}
	a, err := s.person(ctx, acct, app, shopOf(best, shop), in)
	if err != nil {
		return home{}, err
	}
	was := slices.IndexFunc(known, func(o Address) bool { return o.ID == a.ID })
	if was < 0 && a.Conversation != "" || was >= 0 && known[was].Conversation != a.Conversation {
		return home{}, errMoved
	}
	if best.conversation != "" && best.address.ID == a.ID {
		best.address = a
		return best, nil
	}
	return s.begin(ctx, a)
}

func shopOf(h home, otherwise ShopID) ShopID {
	if h.conversation != "" {
		return h.shop
	}
	return otherwise
}

// begin prepares a new conversation for an address. Several messages that come at once begin the same one.
func (s *Service) begin(ctx context.Context, a Address) (home, error) {
	start, err := s.startFor(ctx, a.Shop, a.Shopper, a, "channel-"+shortHash(string(a.ID)+"/"+string(a.Conversation)))
	if err != nil {
		return home{}, err
	}
	start.New.Channel, start.New.Address, start.New.Account = a.Channel, a.ID, a.Account
	return home{shop: a.Shop, shopper: start.New.Shopper.ID, address: a, start: start}, nil
}

func (s *Service) startFor(ctx context.Context, shop ShopID, id ShopperID, a Address, clientID string) (*Start, error) {
	p, err := s.store.Shopper(ctx, shop, id)
	if err != nil {
		return nil, err
	}
	sh, err := s.store.Shop(ctx, a.Merchant, shop)
	if err != nil {
		return nil, err
	}
	c := NewConversation(NewID[ConversationID](PrefixConversation, s.random), sh, p, s.now())
	c.Away = true
	if c.Order, err = s.latestOrder(ctx, p); err != nil {
		return nil, err
	}
	return &Start{ClientID: clientID, New: c}, nil
}

// suspectFor is how long ago a link must have been clicked for a message without its code to be taken for the same person's.
const suspectFor = 10 * time.Minute

// suspect tells agents, when somebody writes without a code and just one link was clicked lately, which conversation it may belong
// to. It is a guess, so nothing is joined.
func (s *Service) suspect(ctx context.Context, acct Account, there home) (*Hint, error) {
	offers, err := s.store.OpenOffers(ctx, acct.ID, At(s.now().Add(-suspectFor)), 10)
	if err != nil {
		return nil, err
	}
	var hint *Hint
	for _, h := range offers {
		if h.Shop != there.shop || h.State != HandoffClicked {
			continue
		}
		if hint != nil {
			return nil, nil //nolint:nilnil // two clicked: it could be either
		}
		hint = &Hint{Code: "code_missing", Handoff: h.ID, Conversation: h.Conversation}
	}
	return hint, nil
}
