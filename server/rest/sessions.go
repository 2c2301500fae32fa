package rest

import (
	"context"
	"errors"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) CreateSession(ctx context.Context, q openapi.CreateSessionRequestObject) (openapi.CreateSessionResponseObject, error) {
	token := a.auth.NewShopperToken()
	p, session, err := a.chat.NewSession(ctx, sessionOf(ctx).shop, token, q.Body.Language)
	if err != nil {
		return nil, err
	}
	return openapi.CreateSession201JSONResponse{
		Token: token, Shopper: openapi.SessionShopper{ID: string(p.ID)}, ExpiresAt: int64(session.ExpiresAt),
	}, nil
}

func (a *api) DeleteSession(ctx context.Context, _ openapi.DeleteSessionRequestObject) (openapi.DeleteSessionResponseObject, error) {
	s := sessionOf(ctx)
	if err := a.chat.EndSession(ctx, s.caller, s.hash); err != nil {
		return nil, err
	}
	return openapi.DeleteSession204Response{}, nil
}

// IdentifyShopper takes a shop's word on who the shopper is. Whatever is wrong with it is identity_unverified: an invalid_token here
// would tell the client that its session is over, which it is not.
func (a *api) IdentifyShopper(ctx context.Context, q openapi.IdentifyShopperRequestObject) (openapi.IdentifyShopperResponseObject, error) {
	s := sessionOf(ctx)
	identity, err := a.auth.VerifyIdentity(ctx, s.shop, q.Body.Jwt)
	if errors.Is(err, chat.ErrInvalidToken) {
		err = chat.ErrIdentity
	}
	if err != nil {
		return nil, err
	}
	p, err := a.chat.Identify(ctx, s.caller, s.hash, identity)
	if err != nil {
		return nil, err
	}
	return openapi.IdentifyShopper200JSONResponse{Shopper: wire.IdentifiedShopper(p)}, nil
}

func (a *api) GetUnread(ctx context.Context, _ openapi.GetUnreadRequestObject) (openapi.GetUnreadResponseObject, error) {
	own, err := a.chat.Own(ctx, sessionOf(ctx).caller)
	if err != nil {
		return nil, err
	}
	var n int64
	for _, c := range own {
		n += int64(c.Unread)
	}
	return openapi.GetUnread200JSONResponse{Unread: n}, nil
}
