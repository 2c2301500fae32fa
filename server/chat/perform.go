package chat

import (
	"context"
	"encoding/json"
	"fmt"
)

// Perform does one claimed task. It may be called again for a task that it has done: every effect is idempotent. While the store
// can't commit, tasks are put off: that is no fault of theirs.
func (s *Service) Perform(ctx context.Context, t Task) error { return s.patient(s.perform(ctx, t)) }

func (s *Service) perform(ctx context.Context, t Task) error {
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
	case TaskCartIdle:
		return s.idle(ctx, t)
	case TaskNotice:
		return s.notify(ctx, t)
	case TaskHook:
		return s.sendHook(ctx, t)
	case TaskPrivacy:
		return s.doPrivacy(ctx, t)
	}
	return fmt.Errorf("no such kind of task: %q", t.Kind)
}

// patient puts a task off while the store can't commit: that is no fault of the task's, and must not use its tries up.
func (s *Service) patient(err error) error {
	if e, ok := AsError(err); ok && (e.Kind == KindUnavailable || e.Kind == KindStoreFull) {
		return &Postponed{Until: At(s.now().Add(max(e.RetryAfter, storeAgain))), Reason: e.Code}
	}
	return err
}

func payload(t Task, into any) error {
	if err := json.Unmarshal(t.Payload, into); err != nil {
		return fmt.Errorf("payload of %s task does not decode: %w", t.Kind, err)
	}
	return nil
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
	if err := s.store.SweepHooks(ctx, At(s.now().Add(-HookKeep))); err != nil {
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
