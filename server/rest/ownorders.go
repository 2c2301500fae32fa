package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

const maxOwnOrders = 20

// ListShopperOrders shows a shopper what is proved to be theirs.
func (a *api) ListShopperOrders(ctx context.Context, _ openapi.ListShopperOrdersRequestObject) (openapi.ListShopperOrdersResponseObject, error) {
	records, err := a.chat.OrdersOfShopper(ctx, sessionOf(ctx).caller)
	if err != nil {
		return nil, err
	}
	orders, err := wire.PublicOrders(records)
	if err != nil {
		return nil, err
	}
	return openapi.ListShopperOrders200JSONResponse{Items: orders[:min(len(orders), maxOwnOrders)]}, nil
}

// LookUpOrder finds an order for who knows its number and e-mail. An order number is easily guessed, so besides the limits of the
// session and the address there is one of the number, whoever asks: nobody can try the addresses of a list on it.
func (a *api) LookUpOrder(ctx context.Context, q openapi.LookUpOrderRequestObject) (openapi.LookUpOrderResponseObject, error) {
	s := sessionOf(ctx)
	if err := a.take(rateLookUpsOf, string(s.shop.ID)+"/"+chat.NumberKey(q.Body.Number)); err != nil {
		return nil, err
	}
	order, parcels, err := a.chat.LookUpOrder(ctx, s.caller, q.Body.Number, q.Body.Email)
	if err != nil {
		return nil, err
	}
	o, err := wire.PublicOrder(order, parcels)
	if err != nil {
		return nil, err
	}
	return openapi.LookUpOrder200JSONResponse(o), nil
}
