package chat

import (
	"context"
	"time"
)

// ResumeURL makes a resume link as a delivery does.
func (s *Service) ResumeURL(ctx context.Context, shop Shop, c Conversation, a Address) (string, error) {
	return s.resumeURL(ctx, shop, c, a)
}

// TakeStatus takes news of what was sent in, as a webhook does.
func (s *Service) TakeStatus(ctx context.Context, a Account, in Inbound) error {
	return s.takeStatus(ctx, a, in)
}

// ReleaseHeld plans a conversation's held messages again, as a word of the shopper's does.
func (s *Service) ReleaseHeld(ctx context.Context, c Conversation) error {
	return s.releaseHeld(ctx, c)
}

// ResumeAccount gives what an account's problem has held its turn.
func (s *Service) ResumeAccount(ctx context.Context, a Account) error { return s.resumeAccount(ctx, a) }

// Reachable decides that the shopper can be reached elsewhere too.
func (c Conversation) Reachable(now time.Time) Change { return c.reachable(Handoff{}, now) }

// Recognize gives a typed address the provider's names, as an accepted delivery does.
func (s *Service) Recognize(ctx context.Context, a Address, keys []string) error {
	return s.recognize(ctx, a, keys)
}

// TakeTemplateNews takes in what a provider says of a template, as a webhook does.
func (s *Service) TakeTemplateNews(ctx context.Context, app ProviderApp, in Inbound) error {
	return s.takeTemplateNews(ctx, app, in)
}
