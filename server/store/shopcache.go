package store

import (
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// shopCache remembers shops by their public key, since every request and every hello of a shopper names one. A change made here
// counts at once, one of another process (a command beside the server) after shopFor. Who is given a shop only reads it.
type shopCache struct {
	mu      sync.Mutex
	changes int // so that what was read before a change is not kept after it
	shops   map[string]cachedShop
}

type cachedShop struct {
	shop  chat.Shop
	until time.Time
}

const (
	shopFor  = 5 * time.Second
	maxShops = 4_096
)

func (c *shopCache) get(key string) (s chat.Shop, changes int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.shops[key]
	return e.shop, c.changes, ok && time.Now().Before(e.until)
}

// put keeps a shop that was read after so many changes.
func (c *shopCache) put(s chat.Shop, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changes != c.changes {
		return
	}
	if c.shops == nil || len(c.shops) >= maxShops {
		c.shops = make(map[string]cachedShop) // unknown keys are not kept, so this is a server of very many shops
	}
	c.shops[s.Key] = cachedShop{s, time.Now().Add(shopFor)}
}

// forget is called after a shop was changed.
func (c *shopCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.shops = nil
}
