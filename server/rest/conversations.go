package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) ListConversations(ctx context.Context, q openapi.ListConversationsRequestObject) (openapi.ListConversationsResponseObject, error) {
	s := sessionOf(ctx)
	query, err := conversationQuery(s, q.Params)
	if err != nil {
		return nil, err
	}
	scope := "conversations " + string(s.shop.ID)
	if q.Params.Cursor != "" {
		place, err := a.auth.OpenCursor(scope, q.Params.Cursor)
		if err != nil {
			return nil, err
		}
		if query.Before, err = readConversationPlace(place); err != nil {
			return nil, err
		}
	}
	page, err := a.chat.Conversations(ctx, s.caller, query)
	if err != nil {
		return nil, err
	}
	out := openapi.ListConversations200JSONResponse{Items: make([]openapi.Conversation, len(page.Conversations))}
	for i, c := range page.Conversations {
		if out.Items[i], err = a.summary(ctx, s.caller, c); err != nil {
			return nil, err
		}
	}
	if n := len(page.Conversations); page.More && n > 0 {
		last := page.Conversations[n-1]
		out.Next = a.auth.SealCursor(scope, conversationPlace(chat.ConversationCursor{UpdatedAt: last.UpdatedAt, ID: last.ID}))
	}
	return out, nil
}

// conversationQuery reads the filters. A plugin is nobody's colleague and reads nothing, so it has no "me" and no unread.
func conversationQuery(s session, p openapi.ListConversationsParams) (chat.ConversationQuery, error) {
	q := chat.ConversationQuery{Shop: s.shop.ID}
	var err error
	if q.Limit, err = pageLimit(p.Limit, 100); err != nil {
		return q, err
	}
	switch p.State {
	case "", openapi.ConversationFilterOpen:
		q.State = chat.StateOpen
	case openapi.ConversationFilterClosed:
		q.State = chat.StateClosed
	case openapi.ConversationFilterAll:
	default:
		return q, chat.ErrBadQuery
	}
	agent := s.caller.Kind == chat.AuthorAgent
	switch {
	case p.Assignee == "":
	case p.Assignee == "none":
		q.Assignee = new(chat.AgentID)
	case p.Assignee == "me" && agent:
		q.Assignee = &s.caller.Agent
	case chat.ValidID(chat.PrefixAgent, p.Assignee):
		id := chat.AgentID(p.Assignee)
		q.Assignee = &id
	default:
		return q, chat.ErrBadQuery
	}
	if p.Unread && !agent {
		return q, chat.ErrBadQuery
	}
	if p.Unread {
		q.UnreadBy = s.caller.Agent
	}
	return q, nil
}

// summary gives a conversation with what the caller has not read.
func (d *Door) summary(ctx context.Context, by chat.Caller, c chat.Conversation) (openapi.Conversation, error) {
	unread := 0
	if by.Kind == chat.AuthorAgent {
		var err error
		if unread, err = d.chat.Unread(ctx, by, c); err != nil {
			return openapi.Conversation{}, err
		}
	}
	return wire.Conversation(c, unread), nil
}

func (a *api) CountConversations(ctx context.Context, _ openapi.CountConversationsRequestObject) (openapi.CountConversationsResponseObject, error) {
	s := sessionOf(ctx)
	n, err := a.chat.Counts(ctx, s.caller, s.shop.ID)
	return openapi.CountConversations200JSONResponse(wire.ConversationCounts(n)), err
}

func (a *api) GetConversation(ctx context.Context, q openapi.GetConversationRequestObject) (openapi.GetConversationResponseObject, error) {
	s := sessionOf(ctx)
	c, err := a.chat.Conversation(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation))
	if err != nil {
		return nil, err
	}
	out, err := a.summary(ctx, s.caller, c)
	return openapi.GetConversation200JSONResponse(out), err
}

func (a *api) UpdateConversation(ctx context.Context, q openapi.UpdateConversationRequestObject) (openapi.UpdateConversationResponseObject, error) {
	s := sessionOf(ctx)
	u := chat.Update{State: (*chat.State)(q.Body.State), Tags: q.Body.Tags}
	if q.Body.Assignee.IsSpecified() {
		id, _ := q.Body.Assignee.Get() // empty when it is null: nobody
		if id == "" && !q.Body.Assignee.IsNull() {
			return nil, chat.ErrInvalid.With(chat.Field{Path: "assignee", Message: "must be an agent's id or null"})
		}
		u.Assignee = (*chat.AgentID)(&id)
	}
	c, err := a.chat.Update(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation), u)
	if err != nil {
		return nil, err
	}
	out, err := a.summary(ctx, s.caller, c)
	return openapi.UpdateConversation200JSONResponse(out), err
}

func (a *api) MarkRead(ctx context.Context, q openapi.MarkReadRequestObject) (openapi.MarkReadResponseObject, error) {
	s := sessionOf(ctx)
	id := chat.ConversationID(q.Conversation)
	c, err := a.chat.Conversation(ctx, s.caller, s.shop.ID, id)
	if err != nil {
		return nil, err
	}
	if q.Body.Seq < 0 || q.Body.Seq > c.HeadFor(s.caller.Audience()) {
		return nil, chat.ErrBadCursor
	}
	if err := a.chat.Receive(ctx, s.caller, s.shop.ID, id, q.Body.Seq, true); err != nil {
		return nil, err
	}
	return openapi.MarkRead204Response{}, nil
}
