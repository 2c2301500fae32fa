package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) GiveConsent(ctx context.Context, q openapi.GiveConsentRequestObject) (openapi.GiveConsentResponseObject, error) {
	own, err := ownConversation(q.Body.Conversation)
	if err != nil {
		return nil, err
	}
	err = a.chat.GiveConsent(ctx, sessionOf(ctx).caller, chat.ConsentRequest{
		Channel: chat.Channel(q.Body.Channel), Value: q.Body.Value, Granted: q.Body.Granted, Wording: q.Body.Wording,
		Purposes: each(q.Body.Purposes, func(p openapi.ConsentPurpose) chat.ConsentPurpose { return chat.ConsentPurpose(p) }),
		Version:  q.Body.Version, Language: q.Body.Language, Page: q.Body.Page, Conversation: own,
	})
	if err != nil {
		return nil, err
	}
	return openapi.GiveConsent204Response{}, nil
}

func (a *api) ListConsents(ctx context.Context, q openapi.ListConsentsRequestObject) (openapi.ListConsentsResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.ConsentsOf(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper))
	if err != nil {
		return nil, err
	}
	return openapi.ListConsents200JSONResponse{Items: each(all, wire.Consent)}, nil
}
