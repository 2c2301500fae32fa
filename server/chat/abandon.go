package chat

import (
	"context"
	"time"
)

// IdleFor is how long nothing may happen to a cart before it counts as abandoned.
const IdleFor = 60 * time.Minute

// IdleTask is the payload of a TaskCartIdle: the cart, and its last activity when the task was written.
type IdleTask struct {
	Cart string `json:"cart"` // external id
	At   Millis `json:"at"`
}

// CartBrief is what a conversation's log shows of an abandoned cart.
type CartBrief struct {
	ExternalID  string `json:"external_id"`
	Total       *Money `json:"total,omitempty"`
	Items       int64  `json:"items"`
	RecoveryURL string `json:"recovery_url,omitempty"`
	At          Millis `json:"at,omitempty"` // of its last activity
}

func (c Cart) brief() CartBrief {
	b := CartBrief{ExternalID: c.ExternalID, RecoveryURL: c.RecoveryURL, At: c.LastActivityAt}
	if c.Totals != nil {
		b.Total = c.Totals.Total
	}
	for _, l := range c.Lines {
		b.Items += l.Quantity
	}
	return b
}

// waits tells whether the cart is one that its shopper could come back to, and whom somebody could write to.
func (c Cart) waits(r Record) bool {
	known := c.Email != "" || c.Phone != "" || r.Shopper != "" || r.CustomerID != "" ||
		c.Customer != nil && (c.Customer.Email != "" || c.Customer.Phone != "")
	return known && len(c.Lines) > 0 && c.CompletedAt == 0 && c.OrderExternalID == ""
}

// idleStep is within which time all that happens to a cart is one task: carts are changed often.
const idleStep = 5 * time.Minute

// idleTask looks at a cart again when it has been left alone since something has happened to it.
func idleTask(cur *Record, next Record, c Cart, now time.Time) []Task {
	if !c.waits(next) {
		return nil
	}
	at := idleAt(lastActivity(c, next), At(now))
	if cur != nil {
		if old, err := cur.Cart(); err == nil && old.waits(*cur) && idleAt(lastActivity(old, *cur), At(now)) == at {
			return nil
		}
	}
	return []Task{{
		Kind: TaskCartIdle, Shop: next.Shop, DueAt: max(at.Add(IdleFor), At(now)),
		Dedupe:  "cart:" + string(next.Shop) + ":" + next.ExternalID + ":" + at.Time().UTC().Format(time.RFC3339Nano),
		Payload: encode(IdleTask{Cart: next.ExternalID, At: at}),
	}}
}

// idleAt is the end of the step in which something has happened to a cart. A clock may be a little ahead; what is said of later than
// that nobody can know.
func idleAt(at, now Millis) Millis {
	const step = Millis(idleStep / time.Millisecond)
	return (min(at, now.Add(maxAhead)) + step - 1) / step * step
}

func lastActivity(c Cart, r Record) Millis {
	if c.LastActivityAt != 0 {
		return c.LastActivityAt
	}
	return Millis(r.Version)
}

// idle finds out whether a cart was abandoned, and tells it once per cart.
func (s *Service) idle(ctx context.Context, t Task) error {
	var p IdleTask
	if err := payload(t, &p); err != nil {
		return err
	}
	r, err := s.store.Record(ctx, t.Shop, RecordCart, p.Cart)
	if isNotFound(err) || err == nil && (r.Deleted || r.Redacted) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := r.Cart()
	if err != nil {
		return err
	}
	if !c.waits(r) || lastActivity(c, r) > p.At {
		return nil // it became an order, was emptied, or is in use: then another task looks again
	}
	ordered, err := s.orderedSince(ctx, r, c)
	if err != nil || ordered {
		return err
	}
	if r.AbandonedAt != 0 && r.AbandonedAt < p.At.Add(IdleFor) {
		return nil // found and told before; by this very task it is later than that, and may not have been told yet
	}
	if err := s.markAbandoned(ctx, r, p.At); err != nil {
		return err
	}
	if err := s.logAbandoned(ctx, r, c.brief()); err != nil {
		return err
	}
	return s.announce(ctx, noticeTask{
		Key: string(NoticeCartAbandoned) + ":" + p.Cart, Type: NoticeCartAbandoned, Shop: t.Shop, At: At(s.now()), Cart: p.Cart,
	})
}

// orderedSince tells whether the cart has led to an order: one with its token, or a later one of the same buyer.
func (s *Service) orderedSince(ctx context.Context, r Record, c Cart) (bool, error) {
	var orders []Record
	for _, k := range r.Keys {
		some, err := s.store.RecordsByKey(ctx, r.Shop, RecordOrder, k, false, contextLimit)
		if err != nil {
			return false, err
		}
		orders = append(orders, some...)
	}
	if r.Shopper != "" || r.CustomerID != "" {
		some, err := s.store.RecordsOf(ctx, r.Shop, r.Shopper, r.CustomerID, contextLimit)
		if err != nil {
			return false, err
		}
		orders = append(orders, some...)
	}
	since := lastActivity(c, r)
	for _, o := range orders {
		order, err := o.Order()
		if err != nil {
			continue // a cart or shipment of the same shopper
		}
		if order.madeOf(c) || order.PlacedAt >= since {
			return true, nil
		}
	}
	return false, nil
}

// madeOf tells whether the order came out of the cart.
func (o Order) madeOf(c Cart) bool {
	for _, token := range []string{c.ExternalID, c.ParentToken} {
		if token != "" && (o.CartToken == token || o.CheckoutToken == token) {
			return true
		}
	}
	return c.OrderExternalID != "" && c.OrderExternalID == o.ExternalID
}

func (s *Service) markAbandoned(ctx context.Context, r Record, at Millis) error {
	return s.store.AmendRecord(ctx, r.Shop, RecordCart, r.ExternalID, func(r Record) (Record, []Task, bool) {
		c, err := r.Cart()
		if err != nil || r.AbandonedAt != 0 || lastActivity(c, r) > at {
			return r, nil, false
		}
		r.AbandonedAt = At(s.now())
		return r, nil, true
	}, s.recorded)
}

func (s *Service) logAbandoned(ctx context.Context, r Record, cart CartBrief) error {
	c, ok, err := s.conversationAbout(ctx, r)
	if err != nil || !ok {
		return err
	}
	by := Author{Kind: AuthorSystem}
	id := "cart-" + shortHash(r.ExternalID)
	_, err = s.change(ctx, Write{
		Shop: r.Shop, Conversation: c, Key: &SendKey{Author: by, ClientID: id},
		Decide: func(c Conversation) (Change, error) {
			ch := c.begin(s.now())
			ch.append(Entry{Kind: EntryEvent, Author: by, Channel: ChannelWeb, ClientID: id, Event: &Event{Name: EventCartAbandoned, Cart: &cart}})
			return ch, nil
		},
	})
	return err
}
