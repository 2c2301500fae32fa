package chat

import (
	"context"
	"errors"
	"strings"
	"time"
)

// heard is what a person has said or done on a channel, ready to be written.
type heard struct {
	home    home
	natural Natural
	at      Millis
	draft   *Draft // nil: they only came
	quiet   bool   // it does not open the window
	free    Millis
	hints   []Hint
	step    HandoffID // of the handoff that begins when the route moves and no code led here
	seed    ConsentID // that lines of the ledger get their ids from, should any be needed
}

// freeEntry is how long a free entry point lasts. It is counted from the person's message: Meta counts from the answer, which is
// later (Meta, "Pricing: free entry point conversations").
const freeEntry = 72 * time.Hour

// receive takes in what a person has said.
func (s *Service) receive(ctx context.Context, acct Account, app ProviderApp, in Inbound) error {
	if known, err := s.heardBefore(ctx, acct.ID, in.ID); known || err != nil {
		return err
	}
	if in.From == nil || in.Message == nil || len(in.From.Keys) == 0 {
		return &noEffect{"it names no person"}
	}
	return settled(func() error {
		h, err := s.findHome(ctx, acct, app, in, codesOf(in))
		if err != nil {
			return err
		}
		w := s.newHeard(acct, in, h)
		by := Author{Kind: AuthorShopper, ID: string(h.shopper), Name: clip(in.From.Name, 120)}
		w.draft, err = s.draftOf(ctx, acct, app, in, h, by, &w.hints)
		if err != nil {
			return err
		}
		w.quiet = in.Message.Quiet
		if r := in.Message.Referral; r != nil {
			w.referral(in, *r)
		}
		return s.hear(ctx, w)
	})
}

// settled does something again as long as what it went by has changed meanwhile: of two items of one person that are taken in at the
// same time, one may lead the person to another conversation than the other has found.
func settled(do func() error) (err error) {
	for range maxPlans {
		if err = do(); !errors.Is(err, errMoved) {
			return err
		}
	}
	return err
}

// opened takes in that a person has come by a link or an ad, or pressed Get Started, without a word.
func (s *Service) opened(ctx context.Context, acct Account, app ProviderApp, in Inbound) error {
	if known, err := s.heardBefore(ctx, acct.ID, in.ID); known || err != nil {
		return err
	}
	if in.From == nil || len(in.From.Keys) == 0 {
		return &noEffect{"it names no person"}
	}
	return settled(func() error {
		h, err := s.findHome(ctx, acct, app, in, codesOf(in))
		if err != nil {
			return err
		}
		if h.handoff == nil && h.start != nil { // nothing is said and nothing is linked: no conversation yet
			_, err := s.store.UpdateAddress(ctx, h.shop, h.address.ID, func(a *Address) error {
				a.LastInboundAt = max(a.LastInboundAt, in.At)
				return nil
			})
			return err
		}
		w := s.newHeard(acct, in, h)
		if in.Opened != nil {
			w.referral(in, *in.Opened)
		}
		return s.hear(ctx, w)
	})
}

func (s *Service) newHeard(acct Account, in Inbound, h home) heard {
	w := heard{
		home: h, natural: Natural{acct.ID, in.ID}, at: in.At,
		step: NewID[HandoffID](PrefixHandoff, s.random), seed: NewID[ConsentID](PrefixConsent, s.random),
	}
	if h.hint != nil {
		w.hints = append(w.hints, *h.hint)
	}
	return w
}

// referral tells agents of the ad or post that a person came by.
func (w *heard) referral(in Inbound, r InboundReferral) {
	if r.Free {
		w.free = in.At.Add(freeEntry)
	}
	if r.Source == "ad" || r.Source == "post" {
		w.hints = append(w.hints, Hint{Code: "referral", Detail: clip(strings.Join(strings.Fields(r.Title+" "+r.URL), " "), 300)})
	}
}

// known tells whether an item was taken in before: its effect and its key are written in one transaction.
func (s *Service) known(ctx context.Context, acct AccountID, id string) (bool, error) {
	_, err := s.store.Sent(ctx, acct, id)
	if isNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// heardBefore tells whether something was taken in before. Should the server have died between a word and what waited for it, that is
// given its turn now.
func (s *Service) heardBefore(ctx context.Context, acct AccountID, id string) (bool, error) {
	ref, err := s.store.Sent(ctx, acct, id)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c, err := s.store.Conversation(ctx, ref.Shop, ref.Conversation)
	if isNotFound(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.releaseHeld(ctx, c)
}

// hear writes what was heard. When the conversation was closed for too long, a new one begins.
func (s *Service) hear(ctx context.Context, w heard) error {
	done, err := s.change(ctx, Write{
		Shop: w.home.shop, Conversation: w.home.conversation, Start: w.home.start, Natural: &w.natural,
		Beside:     Beside{Address: w.home.address.ID},
		DecideWith: func(c Conversation, b Seen) (Change, error) { return c.hear(w, b.Address, s.now()) },
	})
	if errors.Is(err, ErrConversationOver) && w.home.start == nil {
		if w.home, err = s.begin(ctx, w.home.address); err != nil {
			return err
		}
		return s.hear(ctx, w)
	}
	if err != nil || !done.Changed() {
		return err
	}
	s.wake()
	return s.releaseHeld(ctx, done.Conversation)
}

// hear decides what something heard does: the route goes to where it came from, it is appended, the window opens, a word that asks
// to stop is kept to.
func (c Conversation) hear(w heard, a Address, now time.Time) (Change, error) {
	if w.home.strayed(a) {
		return Change{}, errMoved
	}
	ch := c.begin(now)
	ch.Inbound = &w.natural
	a.hear(w, c.ID)
	if h := w.home.handoff; h != nil || c.Address != a.ID && c.Head >= c.FirstSeq {
		if h == nil {
			h = &Handoff{
				ID: w.step, Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Conversation: c.ID, From: c.Channel, To: a.Channel,
				Account: a.Account, Source: HandoffByShopper, CreatedAt: At(now),
			}
			h.Page = pageOf(c) // the way back stays
		}
		if c.Address != a.ID || c.Handoff == nil || c.Handoff.ID != h.ID {
			ch.agree(w, a, *h)
			ch.arrive(a, *h)
		}
	}
	if w.draft != nil {
		d := *w.draft
		d.Author.ID = string(c.Shopper.ID) // who they are in this conversation
		if err := ch.post(d, now); err != nil {
			return Change{}, err
		}
		ch.heedWord(w, &a)
	}
	ch.Conversation.Away = true
	ch.address(a)
	for i := range w.hints {
		ch.event(Event{Name: EventHint, Hint: &w.hints[i]}, system)
	}
	return ch, nil
}

// hear is what something heard does to the address that it came from.
func (a *Address) hear(w heard, c ConversationID) {
	if !w.quiet {
		a.LastInboundAt = max(a.LastInboundAt, w.at)
		a.StoppedAt, a.UnreachableAt, a.UnreachableWhy = 0, 0, ""
	}
	a.FreeUntil = max(a.FreeUntil, w.free)
	a.Conversation = c
}

// arrive moves the route to where the person is. A handoff that was offered is linked first.
func (ch *Change) arrive(a Address, h Handoff) {
	h.Conversation, h.Address = ch.Conversation.ID, a.ID
	if h.Source == HandoffByLink {
		ch.step(h, HandoffLinked, "", a.Name)
	}
	ch.route(a, &h, WhyWrote)
}
