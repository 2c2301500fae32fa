package realtime

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// shopCache spares a storm of upgrades the question for the shop's origins. A change of them counts after shopFor.
type shopCache struct {
	mu    sync.Mutex
	shops map[string]cachedShop
}

type cachedShop struct {
	shop  chat.Shop
	until time.Time
}

const (
	shopFor  = 5 * time.Second
	maxShops = 4096
)

// shop finds the shop that a request's path names.
func (d *Door) shop(r *http.Request) (chat.Shop, error) {
	return d.shopOfKey(r.Context(), r.PathValue("key"))
}

func (d *Door) shopOfKey(ctx context.Context, key string) (chat.Shop, error) {
	if !chat.ValidID(chat.PrefixShopKey, key) {
		return chat.Shop{}, chat.ErrNotFound
	}
	if s, ok := d.keys.get(key, time.Now()); ok {
		return s, nil
	}
	s, err := d.o.Shops.ShopByKey(ctx, key)
	if err == nil {
		d.keys.put(key, s, time.Now())
	}
	return s, err
}

func (c *shopCache) get(key string, now time.Time) (chat.Shop, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.shops[key]
	return s.shop, ok && now.Before(s.until)
}

func (c *shopCache) put(key string, s chat.Shop, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shops == nil || len(c.shops) >= maxShops {
		c.shops = make(map[string]cachedShop) // unknown keys are not kept, so this is a node of very many shops
	}
	c.shops[key] = cachedShop{s, now.Add(shopFor)}
}
