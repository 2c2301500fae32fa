package rest

import (
	"context"
	"errors"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) ListEntries(ctx context.Context, q openapi.ListEntriesRequestObject) (openapi.ListEntriesResponseObject, error) {
	l, err := a.logOf(ctx, chat.ConversationID(q.Conversation), q.Params.Before, q.Params.After, q.Params.Limit)
	return openapi.ListEntries200JSONResponse(l), err
}

func (a *api) ListShopperEntries(ctx context.Context, q openapi.ListShopperEntriesRequestObject) (openapi.ListShopperEntriesResponseObject, error) {
	l, err := a.logOf(ctx, chat.ConversationID(q.Conversation), q.Params.Before, q.Params.After, q.Params.Limit)
	return openapi.ListShopperEntries200JSONResponse(l), err
}

// logOf reads a part of a conversation's log as the caller sees it: before one number, after one, or the end.
func (d *Door) logOf(ctx context.Context, id chat.ConversationID, before, after *int64, asked int32) (openapi.EntryList, error) {
	s := sessionOf(ctx)
	b, a, err := seqBounds(before, after)
	if err != nil {
		return openapi.EntryList{}, err
	}
	limit, err := pageLimit(asked, 200)
	if err != nil {
		return openapi.EntryList{}, err
	}
	c, err := d.chat.Conversation(ctx, s.caller, s.shop.ID, id)
	if err != nil {
		return openapi.EntryList{}, err
	}
	head := c.HeadFor(s.caller.Audience())
	if a > head {
		return openapi.EntryList{}, chat.ErrBadCursor
	}
	if after == nil && (before == nil || b > head) {
		b = head + 1
	}
	var es []chat.Entry
	if after != nil || b > 1 { // nothing is before the first
		q := chat.EntryQuery{Shop: s.shop.ID, Conversation: id, After: a, Before: b, Limit: limit}
		if es, err = d.chat.History(ctx, s.caller, q); err != nil {
			return openapi.EntryList{}, err
		}
	}
	return d.view(s.caller).EntryList(c, es), nil
}

func (a *api) PostEntry(ctx context.Context, q openapi.PostEntryRequestObject) (openapi.PostEntryResponseObject, error) {
	s := sessionOf(ctx)
	if to := q.Body.To; to != "" && !chat.ValidID(chat.PrefixAddress, to) {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "to", Message: "is no id of an address"})
	}
	draft, err := wire.NewDraft(q.Body.Message, s.caller.Kind)
	if err != nil {
		return nil, err
	}
	sent, err := a.chat.Send(ctx, s.caller, chat.SendRequest{
		Shop: s.shop.ID, Conversation: chat.ConversationID(q.Conversation), ClientID: q.Body.ClientID, Kind: chat.EntryKind(q.Body.Kind),
		Message: draft.Message, Attachments: draft.Attachments, ReplyTo: draft.ReplyTo, To: chat.AddressID(q.Body.To),
		Template: draft.Template, ReturnLink: draft.ReturnLink,
	})
	if err != nil {
		return nil, err
	}
	e, ok := a.view(s.caller).Entry(sent.Entry)
	if !ok {
		return nil, errors.New("the author may not see the entry that they have written")
	}
	if sent.Repeat {
		return openapi.PostEntry200JSONResponse(e), nil
	}
	return openapi.PostEntry201JSONResponse(e), nil
}
