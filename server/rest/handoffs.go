package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Leaving and coming back, as agents see it.

func (a *api) ListHandoffs(ctx context.Context, q openapi.ListHandoffsRequestObject) (openapi.ListHandoffsResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.HandoffsOf(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation))
	if err != nil {
		return nil, err
	}
	return openapi.ListHandoffs200JSONResponse{Items: each(all, wire.Handoff)}, nil
}

func (a *api) AcceptHint(ctx context.Context, q openapi.AcceptHintRequestObject) (openapi.AcceptHintResponseObject, error) {
	s := sessionOf(ctx)
	if !chat.ValidID(chat.PrefixHandoff, q.Body.Handoff) {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "handoff", Message: "is no id of a handoff"})
	}
	c, err := a.chat.AcceptHint(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation), chat.HandoffID(q.Body.Handoff))
	if err != nil {
		return nil, err
	}
	out, err := a.summary(ctx, s.caller, c)
	return openapi.AcceptHint200JSONResponse(out), err
}
