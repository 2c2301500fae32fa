package chat

import (
	"context"
	"crypto/rand"
	"io"
	"time"
)

// Service holds the use cases: the doors' and the worker's only way in. Each takes the same four steps: load, decide, commit,
// publish.
type Service struct {
	store  Store
	fanout Fanout
	blobs  Blobs
	carry  Carrier
	intake Intake
	public string
	now    func() time.Time
	random io.Reader
	wake   func()
	doubts time.Duration
}

// Deps is what a Service needs. Now and Random default to the clock and to crypto/rand; Wake is called when a commit may have
// made a task due.
type Deps struct {
	Store  Store
	Fanout Fanout
	Blobs  Blobs
	Carry  Carrier // nil: there are no channels but the web
	Intake Intake
	Public string // URL of this installation, for links
	Now    func() time.Time
	Random io.Reader
	Wake   func()

	UncertainFor time.Duration // how long news are waited for of a request without an answer; UncertainFor by default
}

// NewService makes a Service.
func NewService(d Deps) *Service {
	s := &Service{store: d.Store, fanout: d.Fanout, blobs: d.Blobs, carry: d.Carry, intake: d.Intake, public: d.Public, now: d.Now, random: d.Random, wake: d.Wake}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.wake == nil {
		s.wake = func() {}
	}
	if s.doubts = d.UncertainFor; s.doubts == 0 {
		s.doubts = UncertainFor
	}
	return s
}

// change is the four-step helper. Load, decide and commit are the store's, with w.Decide in the middle; publishing happens in the
// order of commits.
func (s *Service) change(ctx context.Context, w Write) (Committed, error) {
	w.Then = s.publish
	return s.store.Change(ctx, w)
}

func (s *Service) publish(c Committed) {
	s.fanout.Publish(Live{
		Kind: LiveCommitted, Merchant: c.Conversation.Merchant, Shop: c.Conversation.Shop, Conversation: c.Conversation.ID,
		Shopper: c.Conversation.Shopper.ID, Committed: &c, Prev: c.Prev, Position: c.Conversation.Position,
	})
}

// may refuses, as not found, what the caller may not see.
func (by Caller) may(c Conversation) error {
	if !by.MaySee(c) {
		return ErrNotFound
	}
	return nil
}

// Conversation gives one conversation to a caller who may see it.
func (s *Service) Conversation(ctx context.Context, by Caller, shop ShopID, id ConversationID) (Conversation, error) {
	c, err := s.store.Conversation(ctx, shop, id)
	if err != nil {
		return Conversation{}, err
	}
	return c, by.may(c)
}

// Shop gives one shop to a caller who belongs to it.
func (s *Service) Shop(ctx context.Context, by Caller, id ShopID) (Shop, error) {
	if by.Kind != AuthorAgent && by.Shop != id {
		return Shop{}, ErrNotFound
	}
	return s.store.Shop(ctx, by.Merchant, id)
}
