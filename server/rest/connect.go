package rest

import (
	"context"
	"net/http"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func (a *api) GetRegistration(context.Context, openapi.GetRegistrationRequestObject) (openapi.GetRegistrationResponseObject, error) {
	return openapi.GetRegistration200JSONResponse{Open: a.auth.RegistrationOpen()}, nil
}

func (a *api) Register(ctx context.Context, q openapi.RegisterRequestObject) (openapi.RegisterResponseObject, error) {
	if !a.auth.RegistrationOpen() {
		return nil, chat.ErrNotFound
	}
	shop := wire.FirstShop(q.Body.Shop)
	if err := a.complete(&shop); err != nil {
		return nil, below("shop.", err)
	}
	agent, cookie, err := a.auth.Register(ctx, auth.Registration{
		Merchant: q.Body.Merchant, Name: q.Body.Name, Email: q.Body.Email, Password: q.Body.Password, Language: q.Body.Language, Shop: shop,
	}, sessionOf(ctx).from)
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, agent)
	return openapi.Register201JSONResponse{Body: me, Headers: openapi.Register201ResponseHeaders{SetCookie: cookie.String()}}, err
}

// below names an error's fields by their place in the body.
func below(path string, err error) error {
	e, ok := chat.AsError(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = each(e.Fields, func(f chat.Field) chat.Field { return chat.Field{Path: path + f.Path, Message: f.Message} })
	return &c
}

func (a *api) CheckConnect(ctx context.Context, q openapi.CheckConnectRequestObject) (openapi.CheckConnectResponseObject, error) {
	look, err := a.chat.CheckConnect(ctx, sessionOf(ctx).caller, wire.ConnectRequest(*q.Body))
	if err != nil {
		return nil, err
	}
	return openapi.CheckConnect200JSONResponse(wire.ConnectLook(look)), nil
}

func (a *api) GrantConnect(ctx context.Context, q openapi.GrantConnectRequestObject) (openapi.GrantConnectResponseObject, error) {
	by, ask := sessionOf(ctx).caller, wire.ConnectRequest(q.Body.Request)
	if (q.Body.Shop == "") == (q.Body.NewShop == nil) {
		return nil, chat.ErrInvalid.With(chat.Field{Path: "shop", Message: "or new_shop must be there, and not both"})
	}
	if _, err := a.chat.CheckConnect(ctx, by, ask); err != nil { // before a shop is made for it
		return nil, below("request.", err)
	}
	shop := chat.ShopID(q.Body.Shop)
	if q.Body.NewShop != nil {
		made, err := a.newShop(ctx, *q.Body.NewShop)
		if err != nil {
			return nil, below("new_shop.", err)
		}
		shop = made.ID
	} else if !chat.ValidID(chat.PrefixShop, q.Body.Shop) {
		return nil, chat.ErrNotFound
	}
	redirect, err := a.chat.GrantConnect(ctx, by, ask, shop)
	if err != nil {
		return nil, err
	}
	return openapi.GrantConnect201JSONResponse{RedirectURL: redirect}, nil
}

func (a *api) ExchangeConnectCode(ctx context.Context, q openapi.ExchangeConnectCodeRequestObject) (openapi.ExchangeConnectCodeResponseObject, error) {
	c, err := a.auth.Redeem(ctx, q.Body.Code, q.Body.CodeVerifier, q.Body.ReturnURL)
	if err != nil {
		return nil, err
	}
	out := openapi.Connection{
		Shop: openapi.ConnectedShop{ID: string(c.Shop.ID), Key: c.Shop.Key, Name: c.Shop.Name, Test: c.Shop.Test},
		PluginKey: openapi.ConnectedKey{
			ID: string(c.Key.ID), Key: c.Secret, Scopes: each(c.Key.Scopes, func(s chat.Scope) openapi.Scope { return openapi.Scope(s) }),
		},
		APIURL: a.public, LoaderURL: a.public + "/w/" + c.Shop.Key + ".js", InboxURL: a.auth.InboxURL(),
	}
	if s := c.Identity; s != nil {
		out.IdentitySecret = &openapi.ConnectedSecret{Kid: s.KID, Secret: string(s.Secret)}
	}
	return openapi.ExchangeConnectCode201JSONResponse(out), nil
}

func (a *api) GetOwnPluginKey(ctx context.Context, _ openapi.GetOwnPluginKeyRequestObject) (openapi.GetOwnPluginKeyResponseObject, error) {
	by := sessionOf(ctx).caller
	shop, err := a.chat.Shop(ctx, by, by.Shop)
	if err != nil {
		return nil, err
	}
	return openapi.GetOwnPluginKey200JSONResponse(wire.OwnPluginKey(by, shop)), nil
}

func (a *api) DeleteOwnPluginKey(ctx context.Context, _ openapi.DeleteOwnPluginKeyRequestObject) (openapi.DeleteOwnPluginKeyResponseObject, error) {
	if err := a.auth.Disconnect(ctx, sessionOf(ctx).caller); err != nil {
		return nil, err
	}
	return openapi.DeleteOwnPluginKey204Response{}, nil
}

// maxConnectQuery bounds what is handed on to the consent page; a whole request needs less than half.
const maxConnectQuery = 8 << 10

// ToInbox leads from the one URL that a plugin knows to a page of the inbox, with the same query. Where it leads is ours alone: nothing
// of the request but its query goes into the address.
func ToInbox(inboxURL, page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if len(r.URL.RawQuery) > maxConnectQuery {
			http.Error(w, "the query is too long", http.StatusRequestURITooLong)
			return
		}
		to := inboxURL + page
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.Query().Encode()
		}
		h.Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
}
