package shopify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

const (
	identityTime = 10 * time.Minute
	buyerTime    = 3 * time.Second // a shopper waits
	buyersKept   = 10 * time.Minute
	mostBuyers   = 10_000
)

// identity tells the widget who is signed in to the storefront. The browser asks the shop, Shopify passes it on and says by
// logged_in_customer_id who it is, in a query that it signs: what the page says of its visitor is not looked at.
func (a *App) identity(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-store")
	query := r.URL.Query()
	if !a.o.Secrets.Proxy(query, a.now()) {
		http.Error(w, "this did not come through Shopify", http.StatusUnauthorized)
		return
	}
	shop, customer := query["shop"], query["logged_in_customer_id"]
	if len(shop) != 1 || len(customer) > 1 || !sign.IsShop(shop[0]) {
		http.Error(w, "which shop?", http.StatusBadRequest)
		return
	}
	if len(customer) == 0 || customer[0] == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	i, err := a.store.Installation(r.Context(), shop[0])
	if err != nil || i.Chat.Secret == "" || !i.Uninstalled.IsZero() {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.mint(w, r, i, customer[0])
}

func (a *App) mint(w http.ResponseWriter, r *http.Request, i store.Installation, customer string) {
	if len(customer) > 20 || strings.Trim(customer, "0123456789") != "" {
		http.Error(w, "which customer?", http.StatusBadRequest)
		return
	}
	who := a.buyer(r.Context(), i.Shop, customer)
	tokens, err := tagalong.NewIdentityTokens(i.Chat.ShopKey, i.Chat.KID, i.Chat.Secret)
	if err != nil {
		a.fail(w, "an identity cannot be signed", i.Shop, err)
		return
	}
	jwt, err := tokens.Mint(tagalong.Identity{
		Subject: customer, Name: who.Name, Email: who.Email, EmailVerified: who.Verified && who.Email != "", Lifetime: identityTime,
	})
	if err != nil {
		a.fail(w, "an identity cannot be signed", i.Shop, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct {
		JWT  string `json:"jwt"`
		Name string `json:"name,omitempty"`
	}{jwt, who.Name})
}

// buyer asks the shop for the customer's name and address; the id alone is enough when it does not answer soon.
func (a *App) buyer(ctx context.Context, shop, customer string) admin.Buyer {
	if known, ok := a.buyers.get(shop+"/"+customer, a.now()); ok {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, buyerTime)
	defer cancel()
	who, err := a.admin(shop).Customer(ctx, customer)
	if err != nil {
		a.log.Info("a customer is known by number only", "shop", shop, "error", err)
		return admin.Buyer{}
	}
	if cut := []rune(who.Name); len(cut) > 100 {
		who.Name = string(cut[:100])
	}
	a.buyers.put(shop+"/"+customer, who, a.now())
	return who
}

// buyers remembers customers for a while. When it is full it forgets all: that costs a question each, and happens seldom.
type buyers struct {
	mu    sync.Mutex
	known map[string]remembered
}

type remembered struct {
	admin.Buyer
	until time.Time
}

func (b *buyers) get(key string, now time.Time) (admin.Buyer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.known[key]
	return r.Buyer, ok && now.Before(r.until)
}

func (b *buyers) put(key string, who admin.Buyer, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= mostBuyers {
		b.known = map[string]remembered{}
	}
	b.known[key] = remembered{who, now.Add(buyersKept)}
}

func (b *buyers) forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, key)
}
