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

func (a *api) MergeShopper(ctx context.Context, q openapi.MergeShopperRequestObject) (openapi.MergeShopperResponseObject, error) {
	s := sessionOf(ctx)
	if !chat.ValidID(chat.PrefixShopper, q.Body.From) {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "from", Message: "is no id of a shopper"})
	}
	err := a.chat.MergeShoppers(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Body.From), chat.ShopperID(q.Shopper))
	if err != nil {
		return nil, err
	}
	return openapi.MergeShopper202Response{}, nil
}

func (a *api) UnmergeShopper(ctx context.Context, q openapi.UnmergeShopperRequestObject) (openapi.UnmergeShopperResponseObject, error) {
	s := sessionOf(ctx)
	if err := a.chat.UnmergeShopper(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper)); err != nil {
		return nil, err
	}
	return openapi.UnmergeShopper202Response{}, nil
}

func (a *api) ListAddresses(ctx context.Context, q openapi.ListAddressesRequestObject) (openapi.ListAddressesResponseObject, error) {
	s := sessionOf(ctx)
	all, err := a.chat.AddressesOf(ctx, s.caller, s.shop.ID, chat.ShopperID(q.Shopper))
	if err != nil {
		return nil, err
	}
	return openapi.ListAddresses200JSONResponse{Items: each(all, wire.Address)}, nil
}
