package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Where a conversation goes on, and what was sent there.

func (a *api) ListChannels(context.Context, openapi.ListChannelsRequestObject) (openapi.ListChannelsResponseObject, error) {
	return openapi.ListChannels200JSONResponse{Items: each(a.channels(), wire.ChannelRules)}, nil
}

func (a *api) ListShopTemplates(ctx context.Context, _ openapi.ListShopTemplatesRequestObject) (openapi.ListShopTemplatesResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.ShopTemplates(ctx, s.caller, s.shop.ID)
	if err != nil {
		return nil, err
	}
	return openapi.ListShopTemplates200JSONResponse{Items: each(all, wire.Template)}, nil
}

func (a *api) GetReach(ctx context.Context, q openapi.GetReachRequestObject) (openapi.GetReachResponseObject, error) {
	s := sessionOf(ctx)
	r, err := a.chat.ReachOf(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation))
	if err != nil {
		return nil, err
	}
	return openapi.GetReach200JSONResponse(wire.Reach(r)), nil
}

func (a *api) SetRoute(ctx context.Context, q openapi.SetRouteRequestObject) (openapi.SetRouteResponseObject, error) {
	s := sessionOf(ctx)
	to := ""
	if !q.Body.Address.IsNull() {
		to = q.Body.Address.MustGet()
		if !chat.ValidID(chat.PrefixAddress, to) {
			return nil, chat.ErrInvalid.With(chat.Field{Path: "address", Message: "must be the id of an address, or null"})
		}
	}
	c, err := a.chat.Reroute(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation), chat.AddressID(to))
	if err != nil {
		return nil, err
	}
	out, err := a.summary(ctx, s.caller, c)
	return openapi.SetRoute200JSONResponse(out), err
}

func (a *api) ListDeliveries(ctx context.Context, q openapi.ListDeliveriesRequestObject) (openapi.ListDeliveriesResponseObject, error) {
	s := sessionOf(ctx)
	limit, err := pageLimit(q.Params.Limit, 200)
	if err != nil {
		return nil, err
	}
	from := q.Params.From
	if _, _, err := seqBounds(nil, &from); err != nil {
		return nil, err
	}
	all, err := a.chat.DeliveriesOf(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation), from, limit)
	if err != nil {
		return nil, err
	}
	return openapi.ListDeliveries200JSONResponse{Items: each(all, wire.Delivery)}, nil
}

func (a *api) RetryDelivery(ctx context.Context, q openapi.RetryDeliveryRequestObject) (openapi.RetryDeliveryResponseObject, error) {
	s := sessionOf(ctx)
	d, err := a.chat.RetryDelivery(ctx, s.caller, s.shop.ID, chat.ConversationID(q.Conversation), chat.DeliveryID(q.Delivery))
	if err != nil {
		return nil, err
	}
	return openapi.RetryDelivery200JSONResponse(wire.Delivery(d)), nil
}
