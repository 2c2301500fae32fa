package rest

import (
	"context"
	"errors"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// webhookURL is where an app's provider must send its webhooks to.
func (d *Door) webhookURL(a chat.ProviderApp) string {
	return d.public + "/hooks/" + string(a.Provider) + "/" + string(a.ID)
}

func (d *Door) providerApp(a chat.ProviderApp) openapi.ProviderApp {
	return wire.ProviderApp(a, d.webhookURL(a))
}

// taken tells that there is one already where the store says only that it stands in the way.
func taken(err error) error {
	if errors.Is(err, chat.ErrConflict) {
		return auth.ErrAlreadyExists
	}
	return err
}

func (a *api) ListProviderApps(ctx context.Context, q openapi.ListProviderAppsRequestObject) (openapi.ListProviderAppsResponseObject, error) {
	all, err := a.store.ProviderApps(ctx, sessionOf(ctx).caller.Merchant)
	if err != nil {
		return nil, err
	}
	place := func(x chat.ProviderApp) string { return byName(x.Name, string(x.ID)) }
	page, next, err := shortList(a.Door, "provider-apps", all, place, q.Params.Limit, q.Params.Cursor)
	return openapi.ListProviderApps200JSONResponse{Items: each(page, a.providerApp), Next: next}, err
}

func (a *api) CreateProviderApp(ctx context.Context, q openapi.CreateProviderAppRequestObject) (openapi.CreateProviderAppResponseObject, error) {
	if len(q.Body.Secrets) == 0 {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "secrets", Message: "must be 1 to 3"})
	}
	made, err := a.chat.SaveProviderApp(ctx, sessionOf(ctx).caller, wire.NewProviderApp(*q.Body), true)
	if err != nil {
		return nil, taken(err)
	}
	return openapi.CreateProviderApp201JSONResponse(a.providerApp(made)), nil
}

func (a *api) UpdateProviderApp(ctx context.Context, q openapi.UpdateProviderAppRequestObject) (openapi.UpdateProviderAppResponseObject, error) {
	s := sessionOf(ctx)
	if q.Body.Secrets != nil && len(*q.Body.Secrets) == 0 {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "secrets", Message: "must be 1 to 3"})
	}
	was, err := a.store.ProviderApp(ctx, s.caller.Merchant, chat.ProviderAppID(q.ProviderApp))
	if err != nil {
		return nil, err
	}
	saved, err := a.chat.SaveProviderApp(ctx, s.caller, wire.PatchProviderApp(was, *q.Body), false)
	if err != nil {
		return nil, err
	}
	return openapi.UpdateProviderApp200JSONResponse(a.providerApp(saved)), nil
}

func (a *api) DeleteProviderApp(ctx context.Context, q openapi.DeleteProviderAppRequestObject) (openapi.DeleteProviderAppResponseObject, error) {
	if err := a.store.DeleteProviderApp(ctx, sessionOf(ctx).caller.Merchant, chat.ProviderAppID(q.ProviderApp)); err != nil {
		return nil, err
	}
	return openapi.DeleteProviderApp204Response{}, nil
}

func (a *api) ListAccounts(ctx context.Context, q openapi.ListAccountsRequestObject) (openapi.ListAccountsResponseObject, error) {
	all, err := a.store.Accounts(ctx, sessionOf(ctx).caller.Merchant)
	if err != nil {
		return nil, err
	}
	place := func(x chat.Account) string { return byName(x.Name, string(x.ID)) }
	page, next, err := shortList(a.Door, "accounts", all, place, q.Params.Limit, q.Params.Cursor)
	return openapi.ListAccounts200JSONResponse{Items: each(page, wire.Account), Next: next}, err
}

func (a *api) CreateAccount(ctx context.Context, q openapi.CreateAccountRequestObject) (openapi.CreateAccountResponseObject, error) {
	made, err := a.chat.SaveAccount(ctx, sessionOf(ctx).caller, wire.NewAccount(*q.Body), true)
	if err != nil {
		return nil, taken(err)
	}
	return openapi.CreateAccount201JSONResponse(wire.Account(made)), nil
}

func (a *api) GetAccount(ctx context.Context, q openapi.GetAccountRequestObject) (openapi.GetAccountResponseObject, error) {
	found, err := a.store.Account(ctx, sessionOf(ctx).caller.Merchant, chat.AccountID(q.Account))
	if err != nil {
		return nil, err
	}
	return openapi.GetAccount200JSONResponse(wire.Account(found)), nil
}

func (a *api) UpdateAccount(ctx context.Context, q openapi.UpdateAccountRequestObject) (openapi.UpdateAccountResponseObject, error) {
	s := sessionOf(ctx)
	was, err := a.store.Account(ctx, s.caller.Merchant, chat.AccountID(q.Account))
	if err != nil {
		return nil, err
	}
	saved, err := a.chat.SaveAccount(ctx, s.caller, wire.PatchAccount(was, *q.Body), false)
	if err != nil {
		return nil, err
	}
	return openapi.UpdateAccount200JSONResponse(wire.Account(saved)), nil
}

func (a *api) DeleteAccount(ctx context.Context, q openapi.DeleteAccountRequestObject) (openapi.DeleteAccountResponseObject, error) {
	if err := a.store.DeleteAccount(ctx, sessionOf(ctx).caller.Merchant, chat.AccountID(q.Account)); err != nil {
		return nil, err
	}
	return openapi.DeleteAccount204Response{}, nil
}

func (a *api) CheckAccount(ctx context.Context, q openapi.CheckAccountRequestObject) (openapi.CheckAccountResponseObject, error) {
	checks, err := a.chat.CheckAccount(ctx, sessionOf(ctx).caller, chat.AccountID(q.Account))
	if err != nil {
		return nil, err
	}
	return openapi.CheckAccount200JSONResponse(wire.Checks(checks)), nil
}

func (a *api) SubscribeAccount(ctx context.Context, q openapi.SubscribeAccountRequestObject) (openapi.SubscribeAccountResponseObject, error) {
	if err := a.chat.SubscribeAccount(ctx, sessionOf(ctx).caller, chat.AccountID(q.Account)); err != nil {
		return nil, err
	}
	return openapi.SubscribeAccount204Response{}, nil
}

func (a *api) SyncTemplates(ctx context.Context, q openapi.SyncTemplatesRequestObject) (openapi.SyncTemplatesResponseObject, error) {
	all, err := a.chat.SyncTemplates(ctx, sessionOf(ctx).caller, chat.AccountID(q.Account))
	if err != nil {
		return nil, err
	}
	return openapi.SyncTemplates200JSONResponse{Items: each(all, wire.Template)}, nil
}

func (a *api) ListDeadWebhooks(ctx context.Context, _ openapi.ListDeadWebhooksRequestObject) (openapi.ListDeadWebhooksResponseObject, error) {
	all, err := a.chat.DeadWebhooks(ctx, sessionOf(ctx).caller)
	if err != nil {
		return nil, err
	}
	return openapi.ListDeadWebhooks200JSONResponse{Items: each(all, wire.DeadWebhook)}, nil
}

func (a *api) RetryWebhook(ctx context.Context, q openapi.RetryWebhookRequestObject) (openapi.RetryWebhookResponseObject, error) {
	if err := a.chat.RetryWebhook(ctx, sessionOf(ctx).caller, chat.RawID(q.Raw)); err != nil {
		return nil, err
	}
	return openapi.RetryWebhook202Response{}, nil
}

func (a *api) DropWebhook(ctx context.Context, q openapi.DropWebhookRequestObject) (openapi.DropWebhookResponseObject, error) {
	if err := a.chat.DropWebhook(ctx, sessionOf(ctx).caller, chat.RawID(q.Raw)); err != nil {
		return nil, err
	}
	return openapi.DropWebhook204Response{}, nil
}
