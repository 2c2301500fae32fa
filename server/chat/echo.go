package chat

import (
	"context"
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
	if in.Message.Callback != "" {
		in.Kind, in.Status = InboundStatus, &InboundFate{Message: in.ID, Callback: in.Message.Callback, State: DeliverySent}
		return s.takeStatus(ctx, acct, in)
	}
	if in.Message.App != "" && in.Message.App == app.AppID && s.now().Sub(in.At.Time()) < echoWithin {
		return errEarly // ours, and its answer is still on its way
	}
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

// echoWithin is how long the answer to a send may take to come after its echo.
const echoWithin = time.Minute

// overhear decides what the merchant's own words elsewhere do.
func (c Conversation) overhear(w heard, a Address, now time.Time) (Change, error) {
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
	if isNotFound(err) {
		return errEarly
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
