package rest

import (
	"context"
	"strconv"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) ListOrders(ctx context.Context, q openapi.ListOrdersRequestObject) (openapi.ListOrdersResponseObject, error) {
	s := sessionOf(ctx)
	limit, err := pageLimit(q.Params.Limit, 100)
	if err != nil {
		return nil, err
	}
	scope, before := "orders "+string(s.shop.ID), int64(0)
	if q.Params.Cursor != "" {
		place, err := a.auth.OpenCursor(scope, q.Params.Cursor)
		if err != nil {
			return nil, err
		}
		if before, err = strconv.ParseInt(place, 10, 64); err != nil || before < 1 {
			return nil, chat.ErrBadCursor
		}
	}
	rs, err := a.chat.Records(ctx, s.caller, s.shop.ID, chat.RecordOrder, before, limit+1)
	if err != nil {
		return nil, err
	}
	out := openapi.ListOrders200JSONResponse{Items: []openapi.Order{}}
	if len(rs) > limit {
		rs = rs[:limit]
		out.Next = a.auth.SealCursor(scope, strconv.FormatInt(rs[limit-1].Position, 10))
	}
	for _, r := range rs {
		if r.Deleted {
			continue
		}
		o, err := wire.Order(r)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, o)
	}
	return out, nil
}

func (a *api) GetOrder(ctx context.Context, q openapi.GetOrderRequestObject) (openapi.GetOrderResponseObject, error) {
	s := sessionOf(ctx)
	if q.ExternalID == "" || len(q.ExternalID) > chat.MaxExternalID {
		return nil, chat.ErrNotFound
	}
	r, err := a.chat.Record(ctx, s.caller, s.shop.ID, chat.RecordOrder, q.ExternalID)
	if err != nil {
		return nil, err
	}
	o, err := wire.Order(r)
	if err != nil {
		return nil, err
	}
	parcels, err := a.chat.ShipmentsOf(ctx, s.caller, s.shop.ID, q.ExternalID)
	if err != nil {
		return nil, err
	}
	for _, p := range parcels {
		shipment, err := wire.Shipment(p)
		if err != nil {
			return nil, err
		}
		o.Shipments = append(o.Shipments, shipment)
	}
	return openapi.GetOrder200JSONResponse(o), nil
}
