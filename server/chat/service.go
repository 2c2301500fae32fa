package chat

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
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
	poster Poster
	render Renderer
	hooks  hookUse
	haste  float64
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

	Poster Poster   // sends what goes to webhooks
	Render Renderer // gives it its form
	Haste  float64  // by which the waits between tries of webhooks are divided; 1 by default, for tests more

	UncertainFor time.Duration // how long news are waited for of a request without an answer; UncertainFor by default
}

// NewService makes a Service.
func NewService(d Deps) *Service {
	s := &Service{
		store: d.Store, fanout: d.Fanout, blobs: d.Blobs, carry: d.Carry, intake: d.Intake, public: d.Public, now: d.Now, random: d.Random,
		wake: d.Wake, poster: d.Poster, render: d.Render, haste: max(d.Haste, 1),
		hooks: hookUse{types: map[ShopID]subscribed{}, running: map[WebhookID]int{}, shops: map[ShopID]*hookQueue{}},
	}
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
// order of commits. What webhooks are to be told of is written with the change.
func (s *Service) change(ctx context.Context, w Write) (Committed, error) {
	w.Then = s.publish
	types, err := s.wanted(ctx, w.Shop)
	if err != nil {
		return Committed{}, err
	}
	if len(types) == 0 {
		return s.store.Change(ctx, w)
	}
	s.withNotices(&w, types)
	done, err := s.store.Change(ctx, w)
	if err == nil && done.Changed() {
		s.wake()
	}
	return done, err
}

// withNotices makes a write's decision come with the notices of what it decides.
func (s *Service) withNotices(w *Write, types map[NoticeType]bool) {
	noticed := func(c Conversation, ch Change, err error) (Change, error) {
		if err == nil && !ch.Empty() {
			ch.Tasks = slices.Concat(ch.Tasks, s.noticesOf(ch, c.Version == 0, types))
		}
		return ch, err
	}
	if decide := w.Decide; decide != nil {
		w.Decide = func(c Conversation) (Change, error) {
			ch, err := decide(c)
			return noticed(c, ch, err)
		}
	}
	if decide := w.DecideWith; decide != nil {
		w.DecideWith = func(c Conversation, seen Seen) (Change, error) {
			ch, err := decide(c, seen)
			return noticed(c, ch, err)
		}
	}
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
