package chat

import (
	"context"
	"errors"
	"time"
)

// Update is what an agent changes about a conversation; nil leaves a thing as it is.
type Update struct {
	State    *State
	Assignee *AgentID // empty: nobody
	Tags     *[]string
}

// Update changes state, assignee and tags, each as an entry of the log, in one transaction.
func (s *Service) Update(ctx context.Context, by Caller, shop ShopID, id ConversationID, u Update) (Conversation, error) {
	var to *AgentBrief
	if u.Assignee != nil && *u.Assignee != "" {
		a, err := s.store.Agent(ctx, by.Merchant, *u.Assignee)
		if err != nil || !a.Active {
			return Conversation{}, ErrInvalid.With(Field{"assignee", "is no active agent"})
		}
		to = &AgentBrief{ID: a.ID, Name: a.Name}
	}
	if u.State != nil && *u.State != StateOpen && *u.State != StateClosed {
		return Conversation{}, ErrInvalid.With(Field{"state", "must be open or closed"})
	}
	var head Conversation
	done, err := s.change(ctx, Write{
		Shop: shop, Conversation: id, May: by.may,
		Decide: func(c Conversation) (Change, error) {
			head = c
			return c.update(u, to, by.Author(), s.now())
		},
	})
	if err != nil {
		return Conversation{}, err
	}
	if done.Conversation.ID == "" {
		return head, nil
	}
	return done.Conversation, nil
}

// update strings the single decisions together: each works on what the one before has left.
func (c Conversation) update(u Update, to *AgentBrief, by Author, now time.Time) (Change, error) {
	var all Change
	version := c.Version + 1 // one change, however many steps it has
	steps := []func(Conversation) (Change, error){}
	if u.Assignee != nil {
		steps = append(steps, func(c Conversation) (Change, error) { return c.Assign(to, by, now) })
	}
	if u.Tags != nil {
		steps = append(steps, func(c Conversation) (Change, error) { return c.Tag(*u.Tags, by, now) })
	}
	if u.State != nil && *u.State == StateClosed {
		steps = append(steps, func(c Conversation) (Change, error) { return c.Close(by, now) })
	}
	if u.State != nil && *u.State == StateOpen {
		steps = append(steps, func(c Conversation) (Change, error) { return c.Reopen(by, now) })
	}
	for _, step := range steps {
		ch, err := step(c)
		if err != nil {
			return Change{}, err
		}
		if ch.Empty() {
			continue
		}
		c = ch.Conversation
		c.Version = version
		all.Conversation, all.Entries = c, append(all.Entries, ch.Entries...)
	}
	return all, nil
}

// Conversations lists a shop's conversations.
func (s *Service) Conversations(ctx context.Context, by Caller, q ConversationQuery) (ConversationPage, error) {
	if _, err := s.Shop(ctx, by, q.Shop); err != nil {
		return ConversationPage{}, err
	}
	return s.store.ListConversations(ctx, q)
}

// Counts gives the sizes of a shop's queues for an agent.
func (s *Service) Counts(ctx context.Context, by Caller, shop ShopID) (ConversationCounts, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return ConversationCounts{}, err
	}
	return s.store.CountConversations(ctx, shop, by.Agent)
}

// Shopper gives a shopper to a caller of their shop.
func (s *Service) Shopper(ctx context.Context, by Caller, shop ShopID, id ShopperID) (Shopper, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return Shopper{}, err
	}
	if by.Kind == AuthorShopper && by.Shopper != id {
		return Shopper{}, ErrNotFound
	}
	return s.store.Shopper(ctx, shop, id)
}

// Record gives one record of a shop.
func (s *Service) Record(ctx context.Context, by Caller, shop ShopID, kind RecordKind, externalID string) (Record, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return Record{}, err
	}
	r, err := s.store.Record(ctx, shop, kind, externalID)
	if err == nil && r.Deleted {
		return Record{}, ErrNotFound
	}
	return r, err
}

// ShipmentsOf gives the shipments of an order of the shop.
func (s *Service) ShipmentsOf(ctx context.Context, by Caller, shop ShopID, order string) ([]Record, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return nil, err
	}
	return s.store.ShipmentsOf(ctx, shop, order, contextLimit)
}

// Records lists a shop's records of one kind, last changed first.
func (s *Service) Records(ctx context.Context, by Caller, shop ShopID, kind RecordKind, before int64, limit int) ([]Record, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return nil, err
	}
	return s.store.ListRecords(ctx, shop, kind, before, limit)
}

// Push takes a plugin's batch. The newest version of each object wins; bad events are answered one by one.
func (s *Service) Push(ctx context.Context, by Caller, shop ShopID, once *Once, events []ContextEvent) (FoldResult, error) {
	if _, err := s.Shop(ctx, by, shop); err != nil {
		return FoldResult{}, err
	}
	done, err := s.store.Fold(ctx, Batch{
		Shop: shop, Once: once, Events: events,
		Fold: func(cur *Record, ev ContextEvent) (Folded, error) {
			f, err := Fold(shop, cur, ev, s.now())
			for i := range f.Tasks {
				f.Tasks[i].ID = NewID[TaskID](PrefixTask, s.random)
			}
			return f, err
		},
		Then: s.recorded,
	})
	if err != nil {
		return done, err
	}
	s.wake()
	return done, s.redactLate(ctx, shop, events)
}

// redactLate takes the person from parcels that are told of after their order was redacted: a tracking number leads to an address.
func (s *Service) redactLate(ctx context.Context, shop ShopID, events []ContextEvent) error {
	for _, ev := range events {
		if ev.Kind != RecordShipment || ev.Deleted {
			continue
		}
		parcel, err := s.store.Record(ctx, shop, RecordShipment, ev.ExternalID)
		if isNotFound(err) || err == nil && (parcel.Redacted || parcel.Parent == "") {
			continue
		}
		if err != nil {
			return err
		}
		order, err := s.store.Record(ctx, shop, RecordOrder, parcel.Parent)
		if err == nil && order.Redacted {
			err = s.store.RedactRecord(ctx, shop, RecordShipment, ev.ExternalID)
		}
		if err != nil && !isNotFound(err) {
			return err
		}
	}
	return nil
}

// recorded tells those who follow the shop's feed of a record that was written.
func (s *Service) recorded(r Record) {
	s.fanout.Publish(Live{Kind: LiveRecord, Shop: r.Shop, Shopper: r.Shopper, Record: &r, Prev: r.Position - 1, Position: r.Position})
}

// isNotFound tells an absent object from a failure.
func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
