package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

// own are the topics that are about the app and the shop themselves, or about privacy.
var own = map[string]func(*App, context.Context, store.Installation, store.Delivery) error{
	"app/uninstalled":        (*App).uninstalled,
	"app/scopes_update":      (*App).scopesChanged,
	"shop/update":            (*App).shopChanged,
	"customers/data_request": (*App).dataRequest,
	"customers/redact":       (*App).customerRedact,
	"shop/redact":            (*App).shopRedact,
}

func owned(topic string) bool { return own[topic] != nil }

// duty tells the topics that the law stands behind.
func duty(topic string) bool {
	return topic == "customers/data_request" || topic == "customers/redact" || topic == "shop/redact"
}

// handle gets an empty installation when the shop is not known.
func (a *App) handle(ctx context.Context, i store.Installation, d store.Delivery) error {
	return own[d.Topic](a, ctx, i, d)
}

// uninstalled may come late, when the shop has the app again: the store compares the times. The key to Tagalong is kept until
// Shopify asks for the shop's data to be erased, two days later, because that has to be passed on.
func (a *App) uninstalled(ctx context.Context, _ store.Installation, d store.Delivery) error {
	err := a.store.Uninstall(ctx, d.Shop, d.Triggered)
	if errors.Is(err, store.ErrNone) {
		a.log.Info("the word of a removal came late, or twice", "shop", d.Shop)
		return nil
	}
	if err == nil {
		a.log.Info("a shop has removed the app", "shop", d.Shop)
	}
	return err
}

func (a *App) scopesChanged(ctx context.Context, _ store.Installation, d store.Delivery) error {
	var change struct {
		Current []string `json:"current"`
	}
	if err := json.Unmarshal(d.Body, &change); err != nil {
		return fmt.Errorf("%w: %w", errDead, err)
	}
	return gone(a.store.SetScopes(ctx, d.Shop, strings.Join(change.Current, ",")))
}

func (a *App) shopChanged(ctx context.Context, i store.Installation, d store.Delivery) error {
	var shop struct {
		Name     string `json:"name"`
		Domain   string `json:"domain"`
		Currency string `json:"currency"`
		TimeZone string `json:"iana_timezone"`
	}
	if err := json.Unmarshal(d.Body, &shop); err != nil {
		return fmt.Errorf("%w: %w", errDead, err)
	}
	p := i.Profile
	p.Name, p.Currency, p.TimeZone = or(shop.Name, p.Name), or(shop.Currency, p.Currency), or(shop.TimeZone, p.TimeZone)
	if shop.Domain != "" && !strings.ContainsAny(shop.Domain, "/@ ") {
		p.StoreURL = "https://" + shop.Domain
	}
	return gone(a.store.SetProfile(ctx, d.Shop, p))
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// gone takes a shop that is not known any more for done.
func gone(err error) error {
	if errors.Is(err, store.ErrNone) {
		return nil
	}
	return err
}
