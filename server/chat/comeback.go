package chat

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// Coming back to the site, and finding out that both sides are one person.

func resumeHash(token string) [32]byte { return sha256.Sum256([]byte("resume/" + token)) }

// CameBack says what a resume link has opened.
type CameBack struct {
	State        string // confirmed, resumed or unconfirmed
	Conversation ConversationID
	Shopper      Shopper
	Session      *ShopperSession // a new one's, for the token that was given
}

// States of a return.
const (
	BackConfirmed   = "confirmed"   // opened where the conversation began: both sides are one person
	BackResumed     = "resumed"     // opened elsewhere by who is known to be the shopper
	BackUnconfirmed = "unconfirmed" // opened elsewhere by who may be somebody else: nothing is shown
)

// ComeBack exchanges a resume link's token. session is the browser's own, if it has one; token is what a new one would have. A link
// is used up by that alone, so a preview that fetches its address uses nothing up. ErrGone: unknown, lapsed, or used elsewhere.
func (s *Service) ComeBack(ctx context.Context, shop Shop, link string, session *ShopperSession, token string) (CameBack, error) {
	now := At(s.now())
	l, err := s.store.ResumeLink(ctx, resumeHash(link), now)
	if err != nil {
		return CameBack{}, err
	}
	if l.Shop != shop.ID {
		return CameBack{}, ErrGone
	}
	c, err := s.store.Conversation(ctx, l.Shop, l.Conversation)
	if err != nil {
		return CameBack{}, goneFor(err)
	}
	a, err := s.store.Address(ctx, l.Shop, l.Address)
	if err != nil {
		return CameBack{}, goneFor(err)
	}
	owner, err := s.store.Shopper(ctx, l.Shop, c.Shopper.ID)
	if err != nil {
		return CameBack{}, goneFor(err)
	}
	if session != nil {
		who, err := s.store.Shopper(ctx, shop.ID, session.Shopper)
		if err != nil && !isNotFound(err) {
			return CameBack{}, err
		}
		if err == nil && who.ID == owner.ID {
			return s.confirmBack(ctx, l, session.Hash, c, a)
		}
	}
	if !a.confirmedFor(c) {
		return CameBack{State: BackUnconfirmed}, nil
	}
	fresh := ShopperSession{
		Hash: sha256.Sum256([]byte(token)), Merchant: shop.Merchant, Shop: shop.ID, Shopper: owner.ID, CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(SessionFor),
	}
	if _, err := s.store.UseResumeLink(ctx, l.Hash, fresh.Hash, now); err != nil {
		return CameBack{}, err
	}
	if err := s.store.AddShopperSession(ctx, fresh); err != nil {
		return CameBack{}, err
	}
	return CameBack{State: BackResumed, Conversation: c.ID, Shopper: owner, Session: &fresh}, s.comeHome(ctx, c)
}

func goneFor(err error) error {
	if isNotFound(err) {
		return ErrGone
	}
	return err
}

// confirmedFor tells whether the address is known to be the conversation's own shopper's: both are one, or the shopper has said that it
// was they who came from there.
func (a Address) confirmedFor(c Conversation) bool {
	vouched := c.Handoff != nil && c.Handoff.Address == a.ID && c.Handoff.ConfirmedAt != 0
	return a.ConfirmedAt != 0 && (a.Shopper == c.Shopper.ID || vouched)
}

func (s *Service) confirmBack(ctx context.Context, l ResumeLink, session [32]byte, c Conversation, a Address) (CameBack, error) {
	if _, err := s.store.UseResumeLink(ctx, l.Hash, session, At(s.now())); err != nil {
		return CameBack{}, err
	}
	if err := s.confirm(ctx, c, a, true); err != nil {
		return CameBack{}, err
	}
	if err := s.comeHome(ctx, c); err != nil {
		return CameBack{}, err
	}
	p, err := s.store.Shopper(ctx, c.Shop, c.Shopper.ID)
	return CameBack{State: BackConfirmed, Conversation: c.ID, Shopper: p}, err
}

// confirm makes the person at an address and the conversation's shopper one. Who is known to the shop keeps their id; two who are
// known as different customers stay two, and the agents are told.
//
// A return link proves both sides. The shopper's word on the site alone does not: it lets what is said here go there, but who has got
// somebody else to send their code must not read what that person has said to the shop before. So a person with a past is merged only
// when it is proven.
func (s *Service) confirm(ctx context.Context, c Conversation, a Address, proven bool) error {
	now := At(s.now())
	owner, err := s.store.Shopper(ctx, c.Shop, c.Shopper.ID)
	if err != nil {
		return err
	}
	other, err := s.store.Shopper(ctx, c.Shop, a.Shopper)
	if err != nil {
		return err
	}
	past, err := s.hasPast(ctx, c, other)
	if err != nil {
		return err
	}
	if other.ID != owner.ID && (proven || !past) {
		from, into := other, owner
		if other.CustomerID != "" && owner.CustomerID == "" {
			from, into = owner, other
		}
		switch err := s.merge(ctx, c.Shop, from.ID, into.ID, system); {
		case errors.Is(err, ErrConflict):
			return s.hint(ctx, c.Shop, c.ID, nil, Hint{Code: "two_customers"})
		case err != nil:
			return err
		}
	}
	a, err = s.store.UpdateAddress(ctx, c.Shop, a.ID, func(a *Address) error {
		if a.ConfirmedAt == 0 {
			a.ConfirmedAt = now
		}
		return nil
	})
	if err != nil {
		return err
	}
	if h := c.Handoff; h != nil && h.Address == a.ID && h.ConfirmedAt == 0 {
		_, err = s.change(ctx, Write{
			Shop: c.Shop, Conversation: c.ID,
			Decide: func(c Conversation) (Change, error) { return c.confirmHandoff(h.ID, s.now()) },
		})
		if err != nil {
			return err
		}
	}
	if c, err = s.store.Conversation(ctx, c.Shop, c.ID); err != nil {
		return err
	}
	return s.releaseHeld(ctx, c)
}

// hasPast tells whether somebody is known for more than having come to a conversation.
func (s *Service) hasPast(ctx context.Context, c Conversation, p Shopper) (bool, error) {
	if p.CustomerID != "" {
		return true, nil
	}
	cs, err := s.store.ConversationsOf(ctx, c.Shop, p.ID, 2)
	return len(cs) > 1 || len(cs) == 1 && cs[0].ID != c.ID, err
}

// confirmHandoff marks the current handoff as one person's on both sides.
func (c Conversation) confirmHandoff(id HandoffID, now time.Time) (Change, error) {
	if c.Handoff == nil || c.Handoff.ID != id || c.Handoff.ConfirmedAt != 0 {
		return Change{}, nil
	}
	ch := c.begin(now)
	h := *c.Handoff
	h.ConfirmedAt = At(now)
	h = ch.handoff(h)
	ch.Conversation.Handoff = &h
	return ch, nil
}

// ConfirmHandoff takes the shopper's word, in the browser where the conversation began, on who came with their code: it was they, or
// it was not. If not, what was linked is undone: the stranger's further words begin a conversation of their own.
func (s *Service) ConfirmHandoff(ctx context.Context, by Caller, id HandoffID, mine bool) (Handoff, error) {
	h, err := s.ownHandoff(ctx, by, id)
	if err != nil {
		return Handoff{}, err
	}
	if h.Address == "" || h.Conversation == "" || h.State == HandoffFailed || h.State == HandoffExpired {
		return Handoff{}, ErrConflict
	}
	c, err := s.store.Conversation(ctx, by.Shop, h.Conversation)
	if err != nil {
		return Handoff{}, err
	}
	a, err := s.store.Address(ctx, by.Shop, h.Address)
	if err != nil {
		return Handoff{}, err
	}
	if mine {
		err = s.confirm(ctx, c, a, false)
	} else {
		err = s.deny(ctx, c, a, h.ID)
	}
	if err != nil {
		return Handoff{}, err
	}
	return s.store.Handoff(ctx, by.Shop, id)
}

// denied is why a handoff failed whose code somebody else had used.
const denied = "denied"

func (s *Service) deny(ctx context.Context, c Conversation, a Address, id HandoffID) error {
	if a.confirmedFor(c) {
		return ErrConflict // it was confirmed before; an agent can undo a merge
	}
	_, err := s.change(ctx, Write{
		Shop: c.Shop, Conversation: c.ID, Beside: Beside{Address: a.ID, Handoff: id},
		DecideWith: func(c Conversation, b Seen) (Change, error) { return c.deny(b.Handoff, b.Address, s.now()) },
	})
	return err
}

func (c Conversation) deny(h Handoff, a Address, now time.Time) (Change, error) {
	ch := c.begin(now)
	if c.Address == a.ID {
		ch.comeHome(WhyUnconfirmed)
	}
	ch.step(h, HandoffFailed, denied, "")
	if a.Conversation == c.ID {
		a.Conversation = ""
	}
	ch.address(a)
	return ch, nil
}

// Returned takes in that a shopper has opened the conversation on the site: the route comes home.
func (s *Service) Returned(ctx context.Context, by Caller, id ConversationID) error {
	c, err := s.Conversation(ctx, by, by.Shop, id)
	if err != nil || by.Kind != AuthorShopper {
		return err
	}
	return s.comeHome(ctx, c)
}

func (s *Service) comeHome(ctx context.Context, c Conversation) error {
	if c.Address == "" {
		return nil
	}
	_, err := s.change(ctx, Write{
		Shop: c.Shop, Conversation: c.ID,
		Decide: func(c Conversation) (Change, error) { return c.ComeHome(WhyCameBack, s.now()) },
	})
	return err
}
