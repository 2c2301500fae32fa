package shopify

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// installed makes sure that the shop has a token, for a merchant who has just shown that the app is there. Shopify installs without
// telling us, so this is where an installation is first heard of.
func (a *App) installed(ctx context.Context, shop, session string) (store.Installation, error) {
	i, err := a.store.Installation(ctx, shop)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return i, err
	}
	if err == nil && i.Active() && i.Token.Expires.After(a.now()) {
		if i.Profile.OwnerID != "" {
			return i, nil
		}
		a.introduce(ctx, shop)
		return a.store.Installation(ctx, shop)
	}
	lock := a.lock(shop)
	lock.Lock()
	token, err := a.oauth.Exchange(ctx, shop, session)
	if err == nil {
		_, err = a.store.Install(ctx, shop, token, a.now())
	}
	lock.Unlock()
	if err != nil {
		return i, err
	}
	a.introduce(ctx, shop)
	return a.store.Installation(ctx, shop)
}

// introduce asks the shop for its name and currency. Without them the app works, less well: it is asked again at the next visit.
func (a *App) introduce(ctx context.Context, shop string) {
	p, err := a.admin(shop).Profile(ctx)
	if err == nil {
		err = a.store.SetProfile(ctx, shop, store.Profile{
			Name: p.Name, Currency: p.Currency, TimeZone: p.TimeZone, StoreURL: p.StoreURL, OwnerID: p.OwnerID,
		})
	}
	if err != nil {
		a.log.Warn("a shop does not say who it is", "shop", shop, "error", err)
	}
}

const (
	stateCookie = "tagalong_state"
	tripTime    = 10 * time.Minute
)

// depart notes that a browser leaves for another site, and marks the browser.
func (a *App) depart(w http.ResponseWriter, r *http.Request, kind, shop, verifier string) (state string, err error) {
	state = tagalong.NewState()
	if err := a.store.Depart(r.Context(), state, store.Trip{Shop: shop, Kind: kind, Verifier: verifier, At: a.now()}); err != nil {
		return "", err
	}
	http.SetCookie(w, a.cookie(kind, state, int(tripTime.Seconds())))
	return state, nil
}

func (a *App) cookie(kind, state string, age int) *http.Cookie {
	return &http.Cookie{
		Name: stateCookie + "_" + kind, Value: state, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: a.secure(), SameSite: http.SameSiteLaxMode,
	}
}

func (a *App) secure() bool { return len(a.o.URL) > 5 && a.o.URL[:5] == "https" }

// returned ends the trip of this very browser: the state in the address must be the one in its cookie, and is good once.
func (a *App) returned(w http.ResponseWriter, r *http.Request, kind string) (store.Trip, error) {
	state := r.URL.Query().Get("state")
	cookie, err := r.Cookie(stateCookie + "_" + kind)
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(state)) != 1 {
		return store.Trip{}, store.ErrNone
	}
	http.SetCookie(w, a.cookie(kind, "", -1))
	return a.store.Return(r.Context(), state, kind, a.now().Add(-tripTime))
}

// authorize sends a merchant to agree, for an app that is not embedded.
func (a *App) authorize(w http.ResponseWriter, r *http.Request) {
	shop := r.URL.Query().Get("shop")
	if !a.o.Standalone || !sign.IsShop(shop) {
		http.Error(w, "not a shop", http.StatusBadRequest)
		return
	}
	state, err := a.depart(w, r, store.TripGrant, shop, "")
	if err != nil {
		a.fail(w, "a trip to Shopify does not begin", shop, err)
		return
	}
	http.Redirect(w, r, a.oauth.AuthorizeURL(shop, Scopes, a.o.URL+"/auth/callback", state), http.StatusFound)
}

// authorized takes the merchant back: the browser, the signature and the shop must all be right before the code is used.
func (a *App) authorized(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	shop := query.Get("shop")
	if !a.o.Standalone || !sign.IsShop(shop) || !a.o.Secrets.AppURL(query, a.now()) {
		http.Error(w, "this did not come from Shopify", http.StatusBadRequest)
		return
	}
	trip, err := a.returned(w, r, store.TripGrant)
	if err != nil || trip.Shop != shop {
		http.Error(w, "this browser did not ask for it", http.StatusBadRequest)
		return
	}
	token, err := a.oauth.Code(r.Context(), shop, query.Get("code"))
	if err != nil {
		a.fail(w, "a code gave no token", shop, err)
		return
	}
	if _, err := a.store.Install(r.Context(), shop, token, a.now()); err != nil {
		a.fail(w, "an installation is not stored", shop, err)
		return
	}
	a.introduce(r.Context(), shop)
	http.Redirect(w, r, a.home(shop), http.StatusFound)
}

// home is the app's page inside the shop's admin.
func (a *App) home(shop string) string { return "https://" + shop + "/admin/apps/" + a.o.ClientID }

func (a *App) fail(w http.ResponseWriter, what, shop string, err error) {
	a.log.Error("a merchant's request failed", "what", what, "shop", shop, "error", err)
	http.Error(w, "That did not work. Please try again.", http.StatusBadGateway)
}
