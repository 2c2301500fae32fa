package chat

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// takeStatus takes in what a provider says became of something we sent. News of a message that nobody knows yet are kept: they may
// have overtaken the answer to its request.
func (s *Service) takeStatus(ctx context.Context, acct Account, in Inbound) error {
	if in.Status == nil {
		return nil
	}
	if in.Status.Upto != 0 {
		return s.takeUpto(ctx, acct, in)
	}
	d, part, err := s.sent(ctx, acct, *in.Status)
	if isNotFound(err) {
		return s.park(ctx, acct, in.Status.Message, in)
	}
	if err != nil || d.ID == "" {
		return err
	}
	return s.takeNews(ctx, d, part, in)
}

// sent finds the delivery that news are about; an empty one: it was not one of ours. ErrNotFound: nobody knows it yet.
func (s *Service) sent(ctx context.Context, acct Account, f InboundFate) (Delivery, int, error) {
	if id, part, ok := parseCallback(f.Callback); ok {
		for _, shop := range acct.Shops {
			d, err := s.store.Delivery(ctx, shop, id)
			if isNotFound(err) || err == nil && d.Account != acct.ID {
				continue
			}
			return d, part, err
		}
	}
	ref, err := s.store.Sent(ctx, acct.ID, f.Message)
	if err != nil || ref.Delivery == "" {
		return Delivery{}, 0, err
	}
	d, err := s.store.Delivery(ctx, ref.Shop, ref.Delivery)
	return d, ref.Part, err
}

// parseCallback reads "<delivery>.<part>".
func parseCallback(s string) (DeliveryID, int, bool) {
	id, number, ok := strings.Cut(s, ".")
	part, err := strconv.Atoi(number)
	if !ok || err != nil || part < 0 || !ValidID(PrefixDelivery, id) {
		return "", 0, false
	}
	return DeliveryID(id), part, true
}

// park keeps news of a message that nobody knows yet, and looks again: it may have come in between.
func (s *Service) park(ctx context.Context, acct Account, message string, in Inbound) error {
	if message == "" {
		return nil
	}
	if err := s.store.Park(ctx, acct.ID, message, in, At(s.now())); err != nil {
		return err
	}
	if _, err := s.store.Sent(ctx, acct.ID, message); isNotFound(err) {
		return nil
	} else if err != nil {
		return err
	}
	_, err := s.takeParked(ctx, acct, message)
	return err
}

// takeParked takes in what was parked for a message that is known now, and tells whether there was anything. What it has done it does
// not do again, so it is forgotten only afterwards.
func (s *Service) takeParked(ctx context.Context, acct Account, message string) (some bool, err error) {
	parked, err := s.store.Parked(ctx, acct.ID, message)
	if err != nil || len(parked) == 0 {
		return false, err
	}
	var ids []string
	for _, in := range parked {
		if in.Kind == InboundAmend {
			err = s.receiveAmend(ctx, acct, in)
		} else {
			err = s.takeStatus(ctx, acct, in)
		}
		var note *noEffect
		if err != nil && !errors.As(err, &note) {
			return true, err
		}
		ids = append(ids, in.ID)
	}
	return true, s.store.DropParked(ctx, acct.ID, message, ids...)
}

const uptoAtOnce = 100

// takeUpto takes in that a person has received, or read, everything up to a time.
func (s *Service) takeUpto(ctx context.Context, acct Account, in Inbound) error {
	if in.From == nil {
		return nil
	}
	addresses, err := s.store.AddressesByKeys(ctx, acct.ID, in.From.Keys)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if err := s.markUpto(ctx, a, *in.Status); err != nil {
			return err
		}
		for {
			ds, err := s.store.SentUpto(ctx, a.ID, in.Status.Upto, in.Status.State, uptoAtOnce)
			if err != nil {
				return err
			}
			for _, d := range ds {
				if err := s.takeNews(ctx, d, -1, in); err != nil {
					return err
				}
			}
			if len(ds) < uptoAtOnce {
				break
			}
		}
	}
	return nil
}

// markUpto keeps how far a person has received or read: news of a message may come after those of its being read.
func (s *Service) markUpto(ctx context.Context, a Address, f InboundFate) error {
	if f.Upto <= a.ReadUpto || f.State != DeliveryRead && f.Upto <= a.DeliveredUpto {
		return nil
	}
	_, err := s.store.UpdateAddress(ctx, a.Shop, a.ID, func(a *Address) error {
		a.DeliveredUpto = max(a.DeliveredUpto, f.Upto)
		if f.State == DeliveryRead {
			a.ReadUpto = max(a.ReadUpto, f.Upto)
		}
		return nil
	})
	return err
}

// overtaken gives the state that a person's own word on how far they are gives to something sent at a time; none: empty.
func (a Address) overtaken(sent Millis) DeliveryState {
	switch {
	case sent == 0 || sent > a.DeliveredUpto:
		return ""
	case sent <= a.ReadUpto:
		return DeliveryRead
	}
	return DeliveryDelivered
}

// takeNews folds news into a delivery, one part of it or (-1) all that the provider has taken, and does what a failure asks for: all
// in one change, so that nothing is left half done.
func (s *Service) takeNews(ctx context.Context, d Delivery, part int, in Inbound) error {
	n := news{part: part, fate: *in.Status, at: in.At, jitter: s.jitter()}
	acct, err := s.store.Account(ctx, d.Merchant, d.Account)
	if err != nil {
		return err
	}
	n.prices = acct.Prices
	if n.fate.State == DeliveryFailed {
		if n.move, err = s.afterFailure(ctx, d, n.fate.failure()); err != nil {
			return err
		}
	}
	done, err := s.change(ctx, Write{
		Shop: d.Shop, Conversation: d.Conversation, Beside: Beside{Delivery: d.ID, Address: d.Address},
		DecideWith: func(c Conversation, seen Seen) (Change, error) { return c.reach(&n, seen, s.now()), nil },
	})
	if err != nil || !done.Changed() {
		return err
	}
	if part >= 0 && learned(d, done.Deliveries, part) { // by these news: older ones may be waiting under that name
		if _, err := s.unpark(ctx, d, in.Status.Message); err != nil {
			return err
		}
	}
	if n.fate.State != DeliveryFailed {
		return nil
	}
	s.wake()
	if n.verdict.account {
		return s.stopAccount(ctx, acct, n.fate.failure())
	}
	return nil
}

// learned tells whether a change has given a part the provider's name that it did not have.
func learned(was Delivery, now []Delivery, part int) bool {
	for _, d := range now {
		if d.ID == was.ID && part < len(d.Parts) && d.Parts[part].ProviderID != "" {
			return part >= len(was.Parts) || was.Parts[part].ProviderID != d.Parts[part].ProviderID
		}
	}
	return false
}

// afterFailure finds where a message goes that has failed after it was accepted.
func (s *Service) afterFailure(ctx context.Context, d Delivery, e SendError) (*move, error) {
	p, err := s.pack(ctx, d)
	if err != nil || p.gone != "" {
		return nil, err
	}
	m, err := s.elsewhere(ctx, p, d, e)
	return &m, err
}

// news is what a provider says of a delivery, ready to be decided.
type news struct {
	part    int // -1: all that the provider has taken
	fate    InboundFate
	at      Millis
	prices  Prices
	jitter  float64
	move    *move // where the message goes if it has failed here; nil: nowhere
	verdict verdict
}

// reach decides what news of a delivery do.
func (c Conversation) reach(n *news, seen Seen, now time.Time) Change {
	ch, d := c.begin(now), seen.Delivery
	freed := ch.free(seen.Address, n.fate)
	if !d.foldAll(n.part, n.fate, n.at) {
		if freed {
			return ch
		}
		return Change{}
	}
	if state := seen.Address.overtaken(n.at); n.part >= 0 && n.fate.State == DeliverySent && state != "" {
		n.fate.State = state
		d.foldAll(n.part, n.fate, n.at)
	}
	d.charge(n.fate, n.prices)
	ch.reached(d, n.fate.State)
	if n.fate.State == DeliveryFailed {
		n.fail(&ch, &d, seen)
	}
	ch.deliver(d)
	return ch
}

// fail does what a failure asks for: another try, or another way.
func (n *news) fail(ch *Change, d *Delivery, seen Seen) {
	e := n.fate.failure()
	n.verdict = d.judge(e, ch.now, n.jitter)
	switch {
	case n.verdict.state == DeliveryQueued:
		d.refuse(n.verdict, e)
		ch.Tasks = append(ch.Tasks, deliverTask(*d, ch.now.Add(n.verdict.wait)))
	case n.move != nil:
		n.move.decide(ch, d, seen)
	default:
		d.fail(e.Code, e.Detail)
	}
}

// foldAll folds news of one part, or of all.
func (d *Delivery) foldAll(part int, f InboundFate, at Millis) (changed bool) {
	if part >= 0 {
		return d.fold(part, f.Message, f.State, at)
	}
	for i := range d.Parts {
		if d.Parts[i].At <= f.Upto && d.fold(i, "", f.State, at) {
			changed = true
		}
	}
	return changed
}

// failure gives why a message failed; a provider that does not say gets no second try.
func (f InboundFate) failure() SendError {
	if f.Error != nil {
		return *f.Error
	}
	return SendError{Class: SendGiveUp, Code: "failed"}
}

// free keeps to the end of a free entry point that news tell.
func (ch *Change) free(a Address, f InboundFate) bool {
	if f.Free <= a.FreeUntil {
		return false
	}
	a.FreeUntil = f.Free
	ch.address(a)
	return true
}

// charge takes the provider's word on the category, and on whether it costs.
func (d *Delivery) charge(f InboundFate, prices Prices) {
	if f.Billable != nil && !*f.Billable {
		d.Cost, d.CostAt = nil, 0
	}
	if f.Category == "" || f.Category == d.Category {
		return
	}
	d.Category = f.Category
	if price, ok := prices[f.Category]; ok && d.Cost != nil {
		price.Amount *= int64(max(len(d.Parts), 1))
		d.Cost = &price
	}
}

// reached raises the shopper's marks over a message that they have got elsewhere. An away template tells of a message, but is not it.
func (ch *Change) reached(d Delivery, state DeliveryState) {
	if d.Template != nil && d.Template.Away || d.State.step() < DeliveryDelivered.step() {
		return
	}
	ch.mark(Author{Kind: AuthorShopper, ID: string(ch.Conversation.Shopper.ID)}, d.Entry, state == DeliveryRead && d.State == DeliveryRead)
}
