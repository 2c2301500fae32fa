package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Leaving and coming back, as a shopper does it.

func (a *api) CreateHandoff(ctx context.Context, q openapi.CreateHandoffRequestObject) (openapi.CreateHandoffResponseObject, error) {
	own, err := ownConversation(q.Body.Conversation)
	if err != nil {
		return nil, err
	}
	offer, err := a.chat.Offer(ctx, sessionOf(ctx).caller, chat.OfferRequest{
		Channel: chat.Channel(q.Body.Channel), Conversation: own, Page: q.Body.Page, Language: q.Body.Language,
	})
	if err != nil {
		return nil, err
	}
	qr, err := drawn(offer.URL)
	if err != nil {
		return nil, err
	}
	return openapi.CreateHandoff201JSONResponse(wire.HandoffOffer(offer, qr)), nil
}

// ownConversation reads the conversation that a shopper may name; the use case asks whether it is theirs.
func ownConversation(id string) (chat.ConversationID, error) {
	if id != "" && !chat.ValidID(chat.PrefixConversation, id) {
		return "", chat.ErrInvalid.With(chat.Field{Path: "conversation", Message: "is no id of a conversation"})
	}
	return chat.ConversationID(id), nil
}

func (a *api) ListShopperHandoffs(ctx context.Context, _ openapi.ListShopperHandoffsRequestObject) (openapi.ListShopperHandoffsResponseObject, error) {
	all, err := a.chat.MyHandoffs(ctx, sessionOf(ctx).caller)
	if err != nil {
		return nil, err
	}
	return openapi.ListShopperHandoffs200JSONResponse{Items: each(all, wire.ShopperHandoff)}, nil
}

func (a *api) ClickHandoff(ctx context.Context, q openapi.ClickHandoffRequestObject) (openapi.ClickHandoffResponseObject, error) {
	if err := a.chat.Clicked(ctx, sessionOf(ctx).caller, chat.HandoffID(q.Handoff)); err != nil {
		return nil, err
	}
	return openapi.ClickHandoff204Response{}, nil
}

func (a *api) ConfirmHandoff(ctx context.Context, q openapi.ConfirmHandoffRequestObject) (openapi.ConfirmHandoffResponseObject, error) {
	h, err := a.chat.ConfirmHandoff(ctx, sessionOf(ctx).caller, chat.HandoffID(q.Handoff), q.Body.Mine)
	if err != nil {
		return nil, err
	}
	return openapi.ConfirmHandoff200JSONResponse(wire.ShopperHandoff(h)), nil
}

// ResumeConversation exchanges the token of a return link. Only here is the link used: a GET of the shop's page leaves it as it is.
func (a *api) ResumeConversation(ctx context.Context, q openapi.ResumeConversationRequestObject) (openapi.ResumeConversationResponseObject, error) {
	s := sessionOf(ctx)
	var browser *chat.ShopperSession
	if s.caller.Kind == chat.AuthorShopper {
		browser = &chat.ShopperSession{Hash: s.hash, Merchant: s.caller.Merchant, Shop: s.caller.Shop, Shopper: s.caller.Shopper}
	}
	token := a.auth.NewShopperToken()
	back, err := a.chat.ComeBack(ctx, s.shop, q.Body.Token, browser, token)
	if err != nil {
		return nil, err
	}
	out := openapi.Resumed{State: openapi.ResumeState(back.State)}
	if back.State != chat.BackUnconfirmed {
		shopper := wire.IdentifiedShopper(back.Shopper)
		out.Conversation, out.Shopper = string(back.Conversation), &shopper
	}
	if back.Session != nil {
		out.Token = token
	}
	return openapi.ResumeConversation200JSONResponse(out), nil
}
