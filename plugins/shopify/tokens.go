package shopify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/admin"
	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

var _ admin.Tokens = (*App)(nil)

// ErrNoToken says that the shop has no token: the app was removed, or its merchant must open it again.
var ErrNoToken = errors.New("the shop has no token")

const (
	soon        = 2 * time.Minute  // a token that ends so soon is renewed
	refreshTime = 15 * time.Second // for Shopify's answer
	leaseTime   = 30 * time.Second // longer than that, so that a lease outlives its refresh
	leasePause  = 200 * time.Millisecond
)

// Token gives the shop's access token, renewed when it is about to end or is the one that was refused.
//
// A refresh token is good once, so one shop's pair is refreshed by one at a time: in this process by a lock, across processes by a
// lease in the store. Who comes meanwhile waits and finds the new pair.
func (a *App) Token(ctx context.Context, shop, refused string) (string, error) {
	lock := a.lock(shop)
	lock.Lock()
	defer lock.Unlock()
	for {
		i, err := a.store.Installation(ctx, shop)
		if err != nil && !errors.Is(err, store.ErrNone) {
			return "", err
		}
		if err != nil || !i.Active() {
			return "", ErrNoToken
		}
		if !a.stale(i.Token, refused) {
			return i.Token.Access, nil
		}
		now := a.now()
		mine, err := a.store.LeaseToken(ctx, shop, now, now.Add(leaseTime))
		if err != nil {
			return "", err
		}
		if mine {
			return a.renew(ctx, i, refused)
		}
		if err := admin.Pause(ctx, leasePause); err != nil {
			return "", err
		}
	}
}

func (a *App) lock(shop string) *sync.Mutex {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.locks[shop] == nil {
		a.locks[shop] = &sync.Mutex{}
	}
	return a.locks[shop]
}

// stale: a token without an end is one of the old kind, which Shopify exchanges.
func (a *App) stale(t oauth.Token, refused string) bool {
	return t.Access == refused || t.Expires.IsZero() || t.Expires.Before(a.now().Add(soon))
}

// renew asks for the next pair and stores it. It goes on when the caller gives up: the pair would be lost.
func (a *App) renew(ctx context.Context, i store.Installation, refused string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTime)
	defer cancel()
	// Who waited for the lease holds what was read before it.
	i, err := a.store.Installation(ctx, i.Shop)
	if err != nil {
		return "", err
	}
	if !a.stale(i.Token, refused) {
		return i.Token.Access, a.store.ReleaseToken(ctx, i.Shop)
	}
	next, err := a.next(ctx, i)
	switch {
	case errors.Is(err, oauth.ErrRefused):
		a.log.Warn("shopify refuses to renew a token", "shop", i.Shop, "error", err)
		return "", errors.Join(ErrNoToken, a.store.DropToken(ctx, i.Shop, i.Generation))
	case err != nil:
		if err := a.store.ReleaseToken(ctx, i.Shop); err != nil {
			return "", err
		}
		if i.Token.Access != refused && (i.Token.Expires.IsZero() || i.Token.Expires.After(a.now())) {
			return i.Token.Access, nil // good for a little while yet
		}
		return "", fmt.Errorf("renew the token of %s: %w", i.Shop, err)
	}
	if err := a.store.SaveToken(ctx, i.Shop, i.Generation, next, a.now()); err != nil {
		return "", fmt.Errorf("store the token of %s: %w", i.Shop, err)
	}
	return next.Access, nil
}

func (a *App) next(ctx context.Context, i store.Installation) (oauth.Token, error) {
	if i.Token.Refresh != "" {
		return a.oauth.Refresh(ctx, i.Shop, i.Token.Refresh)
	}
	return a.oauth.Migrate(ctx, i.Shop, i.Token.Access)
}
