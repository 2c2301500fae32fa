package channel

import (
	"context"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// appCache spares each webhook the question for its app. A changed secret counts after appFor; an app that is not there is asked for
// each time, since a new one is tried at once.
type appCache struct {
	mu   sync.Mutex
	apps map[chat.ProviderAppID]cachedApp
}

type cachedApp struct {
	app   chat.ProviderApp
	until time.Time
}

const (
	appFor  = 5 * time.Second
	maxApps = 4096
)

func (c *appCache) find(ctx context.Context, store Webhooks, id chat.ProviderAppID, now time.Time) (chat.ProviderApp, error) {
	c.mu.Lock()
	a, ok := c.apps[id]
	c.mu.Unlock()
	if ok && now.Before(a.until) {
		return a.app, nil
	}
	app, err := store.ProviderAppByID(ctx, id)
	if err != nil {
		return app, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps == nil || len(c.apps) >= maxApps {
		c.apps = make(map[chat.ProviderAppID]cachedApp) // unknown ones are not kept, so this is a node of very many apps
	}
	c.apps[id] = cachedApp{app, now.Add(appFor)}
	return app, nil
}
