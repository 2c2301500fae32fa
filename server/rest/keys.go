package rest

import (
	"context"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) ListPluginKeys(ctx context.Context, q openapi.ListPluginKeysRequestObject) (openapi.ListPluginKeysResponseObject, error) {
	shop := sessionOf(ctx).shop.ID
	all, err := a.store.PluginKeys(ctx, shop)
	if err != nil {
		return nil, err
	}
	place := func(x chat.PluginKey) string { return newest(x.CreatedAt, string(x.ID)) }
	page, next, err := shortList(a.Door, "plugin-keys "+string(shop), all, place, q.Params.Limit, q.Params.Cursor)
	shown := func(x chat.PluginKey) openapi.PluginKey { return wire.PluginKey(x, "") }
	return openapi.ListPluginKeys200JSONResponse{Items: each(page, shown), Next: next}, err
}

func (a *api) CreatePluginKey(ctx context.Context, q openapi.CreatePluginKeyRequestObject) (openapi.CreatePluginKeyResponseObject, error) {
	scopes := each(q.Body.Scopes, func(s openapi.Scope) chat.Scope { return chat.Scope(s) })
	k, secret, err := a.auth.NewPluginKey(ctx, sessionOf(ctx).shop, q.Body.Name, scopes)
	if err != nil {
		return nil, err
	}
	return openapi.CreatePluginKey201JSONResponse(wire.PluginKey(k, secret)), nil
}

func (a *api) DeletePluginKey(ctx context.Context, q openapi.DeletePluginKeyRequestObject) (openapi.DeletePluginKeyResponseObject, error) {
	err := a.store.RevokePluginKey(ctx, sessionOf(ctx).shop.ID, chat.PluginKeyID(q.PluginKey), chat.At(a.now()))
	if err != nil {
		return nil, err
	}
	return openapi.DeletePluginKey204Response{}, nil
}

func (a *api) ListIdentitySecrets(ctx context.Context, _ openapi.ListIdentitySecretsRequestObject) (openapi.ListIdentitySecretsResponseObject, error) {
	all, err := a.store.IdentitySecrets(ctx, sessionOf(ctx).shop.ID)
	if err != nil {
		return nil, err
	}
	shown := func(x chat.IdentitySecret) openapi.IdentitySecret { return wire.IdentitySecret(x, "") }
	return openapi.ListIdentitySecrets200JSONResponse{Items: each(all, shown)}, nil
}

func (a *api) CreateIdentitySecret(ctx context.Context, _ openapi.CreateIdentitySecretRequestObject) (openapi.CreateIdentitySecretResponseObject, error) {
	s, err := a.auth.NewIdentitySecret(ctx, sessionOf(ctx).shop)
	if err != nil {
		return nil, err
	}
	return openapi.CreateIdentitySecret201JSONResponse(wire.IdentitySecret(s, string(s.Secret))), nil
}

func (a *api) DeleteIdentitySecret(ctx context.Context, q openapi.DeleteIdentitySecretRequestObject) (openapi.DeleteIdentitySecretResponseObject, error) {
	if err := a.store.DeleteIdentitySecret(ctx, sessionOf(ctx).shop.ID, q.Kid); err != nil {
		return nil, err
	}
	return openapi.DeleteIdentitySecret204Response{}, nil
}
