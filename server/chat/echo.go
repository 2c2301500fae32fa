package chat

import (
	"context"
	"strconv"
	"time"
)

// echo takes in what the merchant said elsewhere: in the provider's own app or page inbox. It is shown as an agent's answer, is not
// sent again and opens no window. What we sent ourselves is news of its delivery.
func (s *Service) echo(ctx context.Context, acct Account, app ProviderApp, in Inbound) error {
	if known, err := s.known(ctx, acct.ID, in.ID); known || err != nil {
		return err
	}
	if in.From == nil || in.Message == nil || len(in.From.Keys) == 0 {
		return &noEffect{"it names no person"}
	}
	callback, waiting := in.Message.Callback, false
	if callback == "" {
		var err error
		if callback, waiting, err = s.underWay(ctx, acct, in); err != nil {
			return err
		}
	}
	if callback != "" {
		in.Kind, in.Status = InboundStatus, &InboundFate{Message: in.ID, Callback: callback, State: DeliverySent}
		return s.takeStatus(ctx, acct, in)
	}
	ours := in.Message.App != "" && in.Message.App == app.AppID || in.Message.App == "" && waiting
	if now := At(s.now()); ours && now < in.At.Add(echoWithin) { // with its answer still on its way; else it is the merchant's
		return &Postponed{Until: min(now.Add(echoAgain), in.At.Add(echoWithin)), Reason: "it may be an echo of ours"}
	}
	return settled(func() error { return s.quote(ctx, acct, app, in) })
}

// quote shows what the merchant said elsewhere where the person's conversation is.
func (s *Service) quote(ctx context.Context, acct Account, app ProviderApp, in Inbound) error {
	h, err := s.latest(ctx, acct, app, in)
	if err != nil {
		return err
	}
	by := Author{Kind: AuthorAgent, Name: clip(in.Message.Author, 120)}
	w := s.newHeard(acct, in, h)
	if w.draft, err = s.draftOf(ctx, acct, app, in, h, by, &w.hints); err != nil || w.draft == nil {
		return err
	}
	done, err := s.change(ctx, Write{
		Shop: h.shop, Conversation: h.conversation, Start: h.start, Natural: &w.natural, Beside: Beside{Address: h.address.ID},
		DecideWith: func(c Conversation, b Seen) (Change, error) { return c.overhear(w, b.Address, s.now()) },
	})
	if err == nil && done.Changed() {
		s.wake()
	}
	return err
}

// underWay finds, for an echo that does not say what it is of, the request that it answers: one to the same person, with the same
// words, of which nothing is known yet. It gives what the request bore, or that there is one with other words.
func (s *Service) underWay(ctx context.Context, acct Account, in Inbound) (callback string, waiting bool, err error) {
	known, err := s.store.AddressesByKeys(ctx, acct.ID, in.From.Keys)
	if err != nil {
		return "", false, err
	}
	for _, a := range known {
		if a.Conversation == "" {
			continue
		}
		c, err := s.store.Conversation(ctx, a.Shop, a.Conversation)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return "", false, err
		}
		ds, err := s.store.DeliveriesOf(ctx, c.Shop, c.ID, max(c.FirstSeq, c.Head-recentDeliveries), 2*recentDeliveries)
		if err != nil {
			return "", false, err
		}
		for _, d := range ds {
			if d.Address != a.ID || d.State != DeliverySending && d.State != DeliveryUncertain {
				continue
			}
			waiting = true
			e, gone, err := s.asItStands(ctx, c, d.Entry)
			if err != nil {
				return "", false, err
			}
			if gone == "" && e.Message.Text != "" && e.Message.Text == in.Message.Text {
				return string(d.ID) + "." + strconv.Itoa(max(d.unsent(), 0)), true, nil
			}
		}
	}
	return "", waiting, nil
}

// How long the answer to a send may take to come after its echo, and how often it is looked for.
const (
	echoWithin = time.Minute
	echoAgain  = 5 * time.Second
)

// overhear decides what the merchant's own words elsewhere do.
func (c Conversation) overhear(w heard, a Address, now time.Time) (Change, error) {
	if w.home.strayed(a) {
		return Change{}, errMoved
	}
	ch := c.begin(now)
	ch.Inbound = &w.natural
	if err := ch.post(*w.draft, now); err != nil {
		return Change{}, err
	}
	a.Conversation = c.ID
	ch.address(a)
	return ch, nil
}

// receiveAmend takes in an edit, a revocation or a reaction. What it amends may come after it.
func (s *Service) receiveAmend(ctx context.Context, acct Account, in Inbound) error {
	if known, err := s.known(ctx, acct.ID, in.ID); known || err != nil {
		return err
	}
	if in.Amend == nil {
		return &noEffect{"it amends nothing"}
	}
	ref, err := s.store.Sent(ctx, acct.ID, in.Amend.Target)
	if isNotFound(err) { // what it amends may come hours later, when the provider tells again
		return s.park(ctx, acct, in.Amend.Target, in)
	}
	if err != nil {
		return err
	}
	if ref.Entry.Seq == 0 {
		return &noEffect{"what it amends was no message"}
	}
	es, err := s.store.Entries(ctx, EntryQuery{Shop: ref.Shop, Conversation: ref.Conversation, Audience: ForAgents, After: ref.Entry.Seq - 1, Limit: 1})
	if err != nil {
		return err
	}
	if len(es) == 0 || es[0].Seq != ref.Entry.Seq {
		return &noEffect{"what it amends is gone"}
	}
	target := es[0]
	a := Amend{Target: ref.Entry, Action: in.Amend.Action, Text: inboundText(in.Amend.Text), Emoji: clip(in.Amend.Emoji, 10)}
	natural := Natural{acct.ID, in.ID}
	_, err = s.change(ctx, Write{
		Shop: ref.Shop, Conversation: ref.Conversation, Natural: &natural,
		Decide: func(c Conversation) (Change, error) {
			by := Author{Kind: AuthorShopper, ID: string(c.Shopper.ID), Name: c.Shopper.Name}
			if in.Amend.ByUs {
				by = target.Author
			}
			ch, err := c.Amend(a, target, by, "in-"+shortHash(string(acct.ID)+"/"+in.ID), s.now())
			if err != nil {
				return Change{}, err
			}
			ch.Entries[len(ch.Entries)-1].Channel = in.Channel
			ch.Inbound = &natural
			return ch, nil
		},
	})
	if e, ok := AsError(err); ok && e.Kind != KindUnavailable && e.Kind != KindStoreFull {
		return &noEffect{"it may not amend that: " + e.Code}
	}
	return err
}
