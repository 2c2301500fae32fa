package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Setup is what the first merchant begins with.
type Setup struct {
	Merchant string
	Shop     string
	Origins  []string
	Language string
	Currency string
	TimeZone string
	Settings chat.ShopSettings
	Email    string // of the owner
	Name     string
	Plugin   string // name of the first plugin key
}

// Installed is what Setup has made. The links and secrets are shown once.
type Installed struct {
	Merchant  chat.MerchantID `json:"merchant"`
	Shop      chat.ShopID     `json:"shop"`
	ShopKey   string          `json:"shop_key"`
	Owner     chat.AgentID    `json:"owner"`
	OwnerLink string          `json:"owner_link"` // where the owner chooses a password
	PluginKey string          `json:"plugin_key"`
	Snippet   string          `json:"snippet"`
}

// ErrInstalled says that there is a merchant already.
var ErrInstalled = errors.New("this database has a merchant already; add shops and agents in the inbox")

// setup writes the first merchant, their shop and owner, and a plugin key with all scopes.
func setup(ctx context.Context, store chat.Store, who *auth.Service, hosts Hosts, s Setup) (Installed, error) {
	if there, err := store.HasMerchant(ctx); err != nil || there {
		return Installed{}, errors.Join(err, ErrInstalled)
	}
	email, err := auth.Email(s.Email)
	if err != nil {
		return Installed{}, describe(err)
	}
	now := chat.At(time.Now())
	m := chat.Merchant{ID: chat.NewID[chat.MerchantID](chat.PrefixMerchant, rand.Reader), Name: s.Merchant, CreatedAt: now}
	shop := chat.Shop{
		ID: chat.NewID[chat.ShopID](chat.PrefixShop, rand.Reader), Merchant: m.ID,
		Key:  chat.NewID[string](chat.PrefixShopKey, rand.Reader),
		Name: s.Shop, Origins: s.Origins, Language: s.Language, Currency: s.Currency, TimeZone: s.TimeZone,
		Settings: s.Settings, CreatedAt: now,
	}
	if err := shop.Validate(); err != nil {
		return Installed{}, describe(err)
	}
	owner := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, rand.Reader), Merchant: m.ID, Email: email, Name: s.Name,
		Role: chat.RoleOwner, Language: s.Language, Active: true, CreatedAt: now,
	}
	if err := store.CreateMerchant(ctx, m, shop, owner, ""); err != nil { // no password fits an empty hash
		return Installed{}, err
	}
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: m.ID, Agent: owner.ID, Role: chat.RoleOwner}
	link, _, err := who.OfferReset(ctx, by, owner.ID)
	if err != nil {
		return Installed{}, err
	}
	_, key, err := who.NewPluginKey(ctx, shop, s.Plugin, chat.Scopes())
	if err != nil {
		return Installed{}, err
	}
	return Installed{
		Merchant: m.ID, Shop: shop.ID, ShopKey: shop.Key, Owner: owner.ID, OwnerLink: link, PluginKey: key, Snippet: snippet(hosts, shop.Key),
	}, nil
}

// snippet is what a merchant puts into their pages. Its attributes keep optimisers from delaying it.
func snippet(hosts Hosts, key string) string {
	return fmt.Sprintf(`<script async src="%s/w/%s.js" data-cfasync="false" data-no-optimize="1" nowprocket></script>`, hosts.Public, key)
}

// describe says which values of an invalid object are wrong.
func describe(err error) error {
	e, ok := chat.AsError(err)
	if !ok {
		return err
	}
	lines := []string{e.Message}
	for _, f := range e.Fields {
		lines = append(lines, "  "+f.Path+": "+f.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}
