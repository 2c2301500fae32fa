package rest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) ListShops(ctx context.Context, q openapi.ListShopsRequestObject) (openapi.ListShopsResponseObject, error) {
	all, err := a.store.Shops(ctx, sessionOf(ctx).caller.Merchant)
	if err != nil {
		return nil, err
	}
	place := func(x chat.Shop) string { return byName(x.Name, string(x.ID)) }
	page, next, err := shortList(a.Door, "shops", all, place, q.Params.Limit, q.Params.Cursor)
	return openapi.ListShops200JSONResponse{Items: each(page, wire.Shop), Next: next}, err
}

// What a new shop has when its maker does not say.
const (
	newShopLanguage = "en"
	newShopZone     = "UTC"
	newShopCurrency = "EUR"
)

func (a *api) CreateShop(ctx context.Context, q openapi.CreateShopRequestObject) (openapi.CreateShopResponseObject, error) {
	s, err := a.newShop(ctx, *q.Body)
	if err != nil {
		return nil, err
	}
	return openapi.CreateShop201JSONResponse(wire.Shop(s)), nil
}

// newShop adds a shop to the caller's merchant.
func (a *api) newShop(ctx context.Context, n openapi.NewShop) (chat.Shop, error) {
	s := wire.NewShop(n)
	s.Merchant = sessionOf(ctx).caller.Merchant
	if err := a.complete(&s); err != nil {
		return s, err
	}
	if err := a.offered(ctx, s); err != nil {
		return s, err
	}
	return s, a.store.CreateShop(ctx, s)
}

// complete gives a new shop what its maker did not say, and checks it.
func (a *api) complete(s *chat.Shop) error {
	s.ID = chat.NewID[chat.ShopID](chat.PrefixShop, a.random)
	s.Key = chat.NewID[string](chat.PrefixShopKey, a.random)
	s.CreatedAt = chat.At(a.now())
	for _, d := range []struct {
		value *string
		usual string
	}{{&s.Language, newShopLanguage}, {&s.TimeZone, newShopZone}, {&s.Currency, newShopCurrency}} {
		if *d.value == "" {
			*d.value = d.usual
		}
	}
	return s.Validate()
}

func (a *api) GetShop(ctx context.Context, _ openapi.GetShopRequestObject) (openapi.GetShopResponseObject, error) {
	return openapi.GetShop200JSONResponse(wire.Shop(sessionOf(ctx).shop)), nil
}

func (a *api) UpdateShop(ctx context.Context, q openapi.UpdateShopRequestObject) (openapi.UpdateShopResponseObject, error) {
	s := wire.PatchShop(sessionOf(ctx).shop, *q.Body)
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if q.Body.Settings != nil && q.Body.Settings.Handoff != nil {
		if err := a.offered(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := a.store.UpdateShop(ctx, s); err != nil {
		return nil, err
	}
	if q.Body.Settings != nil && q.Body.Settings.Handoff != nil {
		if err := a.chat.HandoffChanged(ctx, s.ID); err != nil {
			return nil, err
		}
	}
	return openapi.UpdateShop200JSONResponse(wire.Shop(s)), nil
}

// offered checks that the accounts by which a shop offers channels are the merchant's, serve the shop and are of those channels.
func (a *api) offered(ctx context.Context, s chat.Shop) error {
	var bad []chat.Field
	for i, c := range s.Settings.Handoff.Channels {
		account, err := a.store.Account(ctx, s.Merchant, c.Account)
		if err != nil && !errors.Is(err, chat.ErrNotFound) {
			return err
		}
		if err != nil || account.Channel != c.Channel || !account.Serves(s.ID) {
			path := fmt.Sprintf("settings.handoff.channels[%d].account", i)
			bad = append(bad, chat.Field{Path: path, Message: "is no account of this channel that serves the shop"})
		}
	}
	if bad != nil {
		return chat.ErrInvalid.With(bad...)
	}
	return nil
}
