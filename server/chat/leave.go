package chat

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// Leaving: a message on the site waits a while to be read there. When its shopper has gone, it follows them. Nothing depends on a
// close event: page changes, background tabs and dying nodes would lie.

const (
	leaveFor  = 72 * time.Hour // an older message is not sent after anybody
	lookMin   = 15 * time.Second
	lookMax   = 5 * time.Minute
	maxFollow = 20 // unread messages that follow at a time
)

func (h HandoffSettings) leaveAfter() time.Duration {
	if h.LeaveAfter > 0 {
		return time.Duration(h.LeaveAfter) * time.Second
	}
	return LeaveAfter
}

// leaveTask is the task that looks whether a message was read.
func leaveTask(c Conversation, e Ref, due Millis) Task {
	payload, err := json.Marshal(LeaveTask{Conversation: c.ID, Entry: e})
	if err != nil {
		panic("chat: a leave task cannot be encoded: " + err.Error()) // ids and numbers
	}
	return Task{Kind: TaskLeave, Shop: c.Shop, DueAt: due, Lane: "leave:" + string(c.ID), Payload: payload}
}

// leave does one TaskLeave.
func (s *Service) leave(ctx context.Context, t Task) error {
	var task LeaveTask
	if err := payload(t, &task); err != nil {
		return err
	}
	for range maxPlans {
		err := s.follow(ctx, t.Shop, task)
		if err == errMoved { //nolint:errorlint // ours, never wrapped
			continue
		}
		return err
	}
	return &Postponed{Until: At(s.now().Add(lookMin)), Reason: "the conversation keeps changing"}
}

// follow sends what a shopper has not read after them, if they have gone and there is a way. errMoved: look again.
func (s *Service) follow(ctx context.Context, shop ShopID, task LeaveTask) error {
	c, err := s.store.Conversation(ctx, shop, task.Conversation)
	if isNotFound(err) {
		return nil
	}
	if err != nil || c.readBy(AuthorShopper) >= task.Entry.Seq {
		return err
	}
	unread, held, err := s.unread(ctx, c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(unread, func(e Entry) bool { return e.Seq == task.Entry.Seq })
	if i < 0 {
		return nil // taken back, on its way already, or one of too many
	}
	if again := s.lookAgain(ctx, c, unread[i]); again != nil || s.now().Sub(unread[i].At.Time()) > leaveFor {
		return asError(again)
	}
	sh, err := s.store.Shop(ctx, c.Merchant, c.Shop)
	if err != nil {
		return err
	}
	p, err := s.planning(ctx, c, sh)
	if err != nil {
		return err
	}
	p.Presence = Gone // as it was just now
	if p.Draft, err = s.planned(ctx, c, unread[i]); err != nil {
		return err
	}
	return s.sendAfter(ctx, c, PlanSend(p), unread, held)
}

// lookAgain puts the matter off while the shopper is here, or while nobody can tell.
func (s *Service) lookAgain(ctx context.Context, c Conversation, e Entry) *Postponed {
	seen := s.presence(ctx, c)
	if seen == Gone {
		return nil
	}
	wait := min(max(s.now().Sub(e.At.Time())/2, lookMin), lookMax)
	return &Postponed{Until: At(s.now().Add(wait)), Reason: "shopper is " + string(seen)}
}

func asError(p *Postponed) error {
	if p == nil {
		return nil
	}
	return p
}

func (c Conversation) readBy(kind AuthorKind) int64 { return c.Watermark(Author{Kind: kind}).Read.Seq }

// unread gives the messages that a shopper has not read and that have not been sent after them yet, oldest first, at most maxFollow.
func (s *Service) unread(ctx context.Context, c Conversation) ([]Entry, []Delivery, error) {
	from := max(c.readBy(AuthorShopper)+1, c.FirstSeq)
	es, err := s.store.Entries(ctx, EntryQuery{Shop: c.Shop, Conversation: c.ID, Audience: ForAgents, After: from - 1, Limit: ReplayLimit})
	if err != nil {
		return nil, nil, err
	}
	ds, err := s.store.DeliveriesOf(ctx, c.Shop, c.ID, from, ReplayLimit)
	if err != nil {
		return nil, nil, err
	}
	gone, held := map[int64]bool{}, map[int64]bool{}
	for _, d := range ds {
		if d.State != DeliveryHeld || d.Reason == whyInTemplate {
			gone[d.Entry.Seq] = true
		}
		held[d.Entry.Seq] = true
	}
	for _, e := range es {
		if e.Amend != nil && e.Amend.Action == AmendRevoke {
			gone[e.Amend.Target.Seq] = true
		}
	}
	es = slices.DeleteFunc(es, func(e Entry) bool {
		here := e.Channel == ChannelWeb || held[e.Seq] // else it was said elsewhere, and not by us
		return e.Kind != EntryMessage || e.Author.Kind == AuthorShopper || e.Blanked || e.Message == nil || gone[e.Seq] || !here
	})
	return es[max(0, len(es)-maxFollow):], ds, nil
}

// sendAfter moves the route as planned and queues what is unread, in order; a plan that holds is shown on the message.
func (s *Service) sendAfter(ctx context.Context, c Conversation, plan Plan, unread []Entry, held []Delivery) error {
	if plan.Form == FormWeb || plan.Address == "" {
		return nil
	}
	h, err := s.leavingHandoff(ctx, c, plan.Address)
	if err != nil {
		return err
	}
	version := c.Version
	done, err := s.change(ctx, Write{
		Shop: c.Shop, Conversation: c.ID, Beside: Beside{Address: plan.Address},
		DecideWith: func(c Conversation, seen Seen) (Change, error) {
			if c.Version != version {
				return Change{}, errMoved // what was read or sent since is not known here
			}
			return c.follow(seen.Address, h, plan, unread, held, s.now()), nil
		},
	})
	if err == nil && done.Changed() {
		s.wake()
	}
	return err
}

// follow decides that unread messages go after the shopper. One that was held on its way there before goes on from how far it had come.
func (c Conversation) follow(to Address, h Handoff, plan Plan, unread []Entry, held []Delivery, now time.Time) Change {
	ch := c.begin(now)
	if plan.Form != FormHold && c.Address != to.ID {
		ch.route(to, &h, plan.Reason)
	}
	for _, e := range unread {
		d := newDelivery(c, Ref{e.Seq, e.ShopperSeq}, to, e.Message.Template, ch.now)
		if i := slices.IndexFunc(held, func(o Delivery) bool { return o.ID == d.ID }); i >= 0 {
			d = held[i]
		}
		if plan.Form == FormHold {
			d.State, d.Reason = DeliveryHeld, string(plan.Reason)
			ch.deliver(d)
			continue
		}
		ch.queue(d, ch.now)
	}
	return ch
}

// leavingHandoff gives the handoff by which the conversation leaves to an address: the one that was offered when the shopper left
// their number, else a new one.
func (s *Service) leavingHandoff(ctx context.Context, c Conversation, to AddressID) (Handoff, error) {
	all, err := s.store.HandoffsOf(ctx, c.Shop, "", c.ID, maxHandoffs)
	if err != nil {
		return Handoff{}, err
	}
	for _, h := range all {
		if h.Address == to && h.State == HandoffOffered {
			return h, nil
		}
	}
	return Handoff{
		ID: NewID[HandoffID](PrefixHandoff, s.random), Merchant: c.Merchant, Shop: c.Shop, Shopper: c.Shopper.ID, Conversation: c.ID,
		Source: HandoffByConsent, Page: pageOf(c), CreatedAt: At(s.now()),
	}, nil
}
