package chat

import "context"

// ResumeURL makes a resume link as a delivery does.
func (s *Service) ResumeURL(ctx context.Context, shop Shop, c Conversation, a Address) (string, error) {
	return s.resumeURL(ctx, shop, c, a)
}
