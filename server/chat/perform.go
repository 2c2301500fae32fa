package chat

import (
	"context"
	"encoding/json"
	"fmt"
)

// Perform does one claimed task. It may be called again for a task that it has done: every effect is idempotent.
func (s *Service) Perform(ctx context.Context, t Task) error {
	switch t.Kind {
	case TaskOrderNews:
		return s.tellOrder(ctx, t)
	case TaskMeet:
		var p ShopperTask
		if err := payload(t, &p); err != nil {
			return err
		}
		known, err := s.store.Shopper(ctx, t.Shop, p.Into)
		if err != nil {
			return err
		}
		return s.meet(ctx, t.Shop, p.Shopper, known, p.Conversations...)
	case TaskErase:
		var p ShopperTask
		if err := payload(t, &p); err != nil {
			return err
		}
		return s.erase(ctx, t.Shop, p.Shopper)
	case TaskSweep:
		return s.sweep(ctx)
	case TaskInbound:
		return s.takeIn(ctx, t)
	case TaskDeliver:
		return s.deliver(ctx, t)
	case TaskLeave:
		return s.leave(ctx, t)
	}
	return fmt.Errorf("no such kind of task: %q", t.Kind)
}

func payload(t Task, into any) error {
	if err := json.Unmarshal(t.Payload, into); err != nil {
		return fmt.Errorf("payload of %s task does not decode: %w", t.Kind, err)
	}
	return nil
}

// tellOrder writes an order's transition into the log of its shopper's latest conversation, where the agents see it.
func (s *Service) tellOrder(ctx context.Context, t Task) error {
	var n OrderNews
	if err := payload(t, &n); err != nil {
		return err
	}
	r, err := s.store.Record(ctx, t.Shop, RecordOrder, n.Order)
	if isNotFound(err) || err == nil && r.Deleted {
		return nil // a shipment before its order, or one that is gone: nobody to tell
	}
	if err != nil {
		return err
	}
	o, err := r.Order()
	if err != nil {
		return err
	}
	c, ok, err := s.conversationAbout(ctx, r)
	if err != nil || !ok {
		return err
	}
	by := Author{Kind: AuthorSystem}
	id := clip("order-"+string(n.Change)+"-"+shortHash(n.Order), MaxClientID)
	_, err = s.change(ctx, Write{
		Shop: t.Shop, Conversation: c, Key: &SendKey{Author: by, ClientID: id},
		Decide: func(c Conversation) (Change, error) { return c.NoteOrder(o.Brief(n.Change, At(s.now())), id, s.now()) },
	})
	return err
}

// conversationAbout finds the conversation that an order belongs to: its shopper's latest. The shopper is the one whom the order
// names, or the one whom the shop has vouched for as this customer; never one who merely typed the same e-mail.
func (s *Service) conversationAbout(ctx context.Context, r Record) (ConversationID, bool, error) {
	shopper := r.Shopper
	if shopper == "" && r.CustomerID != "" {
		p, err := s.store.ShopperByCustomer(ctx, r.Shop, r.CustomerID)
		if isNotFound(err) {
			return "", false, nil
		}
		if err != nil {
			return "", false, err
		}
		shopper = p.ID
	}
	if shopper == "" {
		return "", false, nil
	}
	cs, err := s.store.ConversationsOf(ctx, r.Shop, shopper, 1)
	if err != nil || len(cs) == 0 {
		return "", false, err
	}
	return cs[0].ID, true, nil
}

const sweepLimit = 200

// sweep removes what nobody needs any more: files that were uploaded and never sent, old webhooks; and tells of offers that lapsed.
func (s *Service) sweep(ctx context.Context) error {
	if err := s.store.SweepRaws(ctx, At(s.now())); err != nil {
		return err
	}
	if err := s.lapse(ctx); err != nil {
		return err
	}
	ids, err := s.store.UnboundUploads(ctx, At(s.now().Add(-UnboundFor)), sweepLimit)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.blobs.Remove(ctx, id); err != nil {
			return err
		}
		if err := s.store.DeleteUpload(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
