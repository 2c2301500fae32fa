package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) GetShopper(ctx context.Context, q openapi.GetShopperRequestObject) (openapi.GetShopperResponseObject, error) {
	s := sessionOf(ctx)
	p, err := a.chat.Shopper(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper))
	if err != nil {
		return nil, err
	}
	return openapi.GetShopper200JSONResponse(wire.Shopper(p)), nil
}

func (a *api) EraseShopper(ctx context.Context, q openapi.EraseShopperRequestObject) (openapi.EraseShopperResponseObject, error) {
	s := sessionOf(ctx)
	if err := a.chat.Erase(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper)); err != nil {
		return nil, err
	}
	return openapi.EraseShopper202Response{}, nil
}

func (a *api) GetShopperContext(ctx context.Context, q openapi.GetShopperContextRequestObject) (openapi.GetShopperContextResponseObject, error) {
	s := sessionOf(ctx)
	c, err := a.chat.ContextOf(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper))
	if err != nil {
		return nil, err
	}
	out, err := wire.ShopperContext(c)
	return openapi.GetShopperContext200JSONResponse(out), err
}
