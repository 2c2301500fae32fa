package shopify

import (
	"context"
	"net/http"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"

	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// What the app asks of a Tagalong shop: to write what happens, and to read how privacy requests stand.
var chatScopes = []api.Scope{api.ScopeContextWrite, api.ScopeContextRead}

// connectStart sends the merchant to Tagalong, out of the admin's frame.
func (a *App) connectStart(w http.ResponseWriter, r *http.Request) {
	shop, ok := a.redeem(actConnect, r.URL.Query().Get("ticket"))
	if !ok {
		http.Error(w, "Please open the app in Shopify again.", http.StatusForbidden)
		return
	}
	i, err := a.store.Installation(r.Context(), shop)
	if err != nil || !i.Active() {
		http.Error(w, "Please open the app in Shopify again.", http.StatusForbidden)
		return
	}
	verifier := tagalong.NewVerifier()
	state, err := a.depart(w, r, store.TripConnect, shop, verifier)
	if err != nil {
		a.fail(w, "a trip to Tagalong does not begin", shop, err)
		return
	}
	address, err := tagalong.ConnectURL(a.o.Chat, tagalong.ConnectRequest{
		Name: "Shopify: " + shop, Platform: "shopify", ReturnURL: a.returnTo, State: state, Verifier: verifier,
		Scopes: chatScopes, Identity: true,
		Shop: tagalong.ShopHint{
			Name: i.Profile.Name, Origin: origin(i), Currency: i.Profile.Currency, TimeZone: i.Profile.TimeZone,
		},
	})
	if err != nil {
		a.fail(w, "a trip to Tagalong has no address", shop, err)
		return
	}
	http.Redirect(w, r, address, http.StatusFound)
}

// origin is where the widget will run.
func origin(i store.Installation) string {
	if i.Profile.StoreURL != "" {
		return i.Profile.StoreURL
	}
	return "https://" + i.Shop
}

// connectCallback takes the merchant back from Tagalong with a code, or without one when they thought better of it.
func (a *App) connectCallback(w http.ResponseWriter, r *http.Request) {
	trip, err := a.returned(w, r, store.TripConnect)
	if err != nil {
		http.Error(w, "This browser did not ask to connect, or it is too late: please begin again in Shopify.", http.StatusBadRequest)
		return
	}
	query := r.URL.Query()
	if code := query.Get("code"); code != "" && query.Get("error") == "" {
		if err := a.connect(r.Context(), trip, code); err != nil {
			a.fail(w, "a shop is not connected", trip.Shop, err)
			return
		}
	}
	http.Redirect(w, r, a.home(trip.Shop), http.StatusFound)
}

func (a *App) connect(ctx context.Context, trip store.Trip, code string) error {
	c, err := tagalong.Connect(ctx, a.o.Chat, code, trip.Verifier, a.returnTo, a.chatOptions()...)
	if err != nil {
		return err
	}
	before, err := a.store.Installation(ctx, trip.Shop)
	if err != nil {
		return err
	}
	chat := store.Connection{
		Shop: c.Shop.ID, ShopKey: c.Shop.Key, Name: c.Shop.Name, API: c.APIURL, Loader: c.LoaderURL, Inbox: c.InboxURL, Key: c.PluginKey.Key,
	}
	if c.IdentitySecret != nil {
		chat.KID, chat.Secret = c.IdentitySecret.Kid, c.IdentitySecret.Secret
	}
	if err := a.store.Connect(ctx, trip.Shop, chat, a.now()); err != nil {
		return err
	}
	a.log.Info("a shop is connected", "shop", trip.Shop, "chat_shop", chat.Shop)
	if before.Chat.Ready() {
		a.revoke(ctx, before)
	}
	if err := a.admin(trip.Shop).ShowTheme(ctx, before.Profile.OwnerID, chat.ShopKey, chat.Loader); err != nil {
		// The merchant can write both into the block's settings.
		a.log.Warn("the theme's block does not learn where the chat is", "shop", trip.Shop, "error", err)
	}
	signal(a.catchUp)
	return nil
}

// revoke ends a key that is not used any more; what cannot be ended from here is ended in the inbox.
func (a *App) revoke(ctx context.Context, i store.Installation) {
	client, err := a.chat(i)
	if err == nil {
		err = client.Disconnect(ctx)
	}
	if err != nil {
		a.log.Warn("a key is not revoked", "shop", i.Shop, "error", err)
	}
}

// disconnect is the page's button. The page comes back as the answer, because there is no session to go back with.
func (a *App) disconnect(w http.ResponseWriter, r *http.Request) {
	a.act(w, r, actDisconnect, func(ctx context.Context, i store.Installation) error {
		if i.Chat.Ready() {
			a.revoke(ctx, i)
		}
		return a.store.Disconnect(ctx, i.Shop)
	})
}

// retry lets what was given up be tried again.
func (a *App) retry(w http.ResponseWriter, r *http.Request) {
	a.act(w, r, actRetry, func(ctx context.Context, i store.Installation) error {
		_, err := a.store.Revive(ctx, i.Shop, a.now())
		signal(a.wake)
		return err
	})
}

const maxForm = 16 << 10

func (a *App) act(w http.ResponseWriter, r *http.Request, act string, do func(context.Context, store.Installation) error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	shop, ok := a.redeem(act, r.PostFormValue("ticket"))
	if !ok {
		http.Error(w, "Please open the app in Shopify again.", http.StatusForbidden)
		return
	}
	i, err := a.store.Installation(r.Context(), shop)
	if err == nil {
		err = do(r.Context(), i)
	}
	if err == nil {
		i, err = a.store.Installation(r.Context(), shop)
	}
	if err != nil {
		a.fail(w, act, shop, err)
		return
	}
	a.render(w, r, i, r.PostFormValue("locale"))
}

// chat is the client of a shop's Tagalong shop. It does not try again: what fails comes again from the queue, or by Shopify.
func (a *App) chat(i store.Installation, more ...tagalong.Option) (*tagalong.Client, error) {
	return tagalong.New(i.Chat.API, i.Chat.Shop, i.Chat.Key, append(a.chatOptions(), more...)...)
}

func (a *App) chatOptions() []tagalong.Option {
	return []tagalong.Option{
		tagalong.WithHTTPClient(a.o.HTTP), tagalong.WithUserAgent("tagalong-shopify/" + Version), tagalong.WithTimeout(25 * time.Second),
		tagalong.WithRetries(0),
	}
}

// signal wakes a loop that may be awake.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
