package auth

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	prefixKID            = "kid_"
	prefixIdentitySecret = "tgi_"
	pluginTouch          = time.Minute // how often the use of a key is written down
)

// Plugins proves plugins, and makes and revokes what a shop's own software signs in or signs with.
type Plugins struct {
	store  chat.Directory
	now    func() time.Time
	random io.Reader
}

// PluginByKey finds the plugin whose key this is. ErrUnauthenticated: there is none, or it was revoked.
func (p *Plugins) PluginByKey(ctx context.Context, key string) (chat.Caller, error) {
	hash, ok := hashSecret(prefixPluginKey, key)
	if !ok {
		return chat.Caller{}, chat.ErrUnauthenticated
	}
	k, err := p.store.PluginKeyByHash(ctx, hash)
	if err != nil {
		return chat.Caller{}, err
	}
	if now := chat.At(p.now()); now >= k.LastUsedAt.Add(pluginTouch) {
		_ = p.store.TouchPluginKey(ctx, k.ID, now) // for people to see; a request must not fail over it
	}
	return chat.Caller{
		Kind: chat.AuthorPlugin, Merchant: k.Merchant, Shop: k.Shop, Plugin: k.ID, Name: k.Name, Scopes: k.Scopes,
	}, nil
}

// NewPluginKey makes a key of a shop; the secret is shown this once.
func (p *Plugins) NewPluginKey(ctx context.Context, shop chat.Shop, name string, scopes []chat.Scope) (chat.PluginKey, string, error) {
	name, err := validName(name)
	if err != nil {
		return chat.PluginKey{}, "", err
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s chat.Scope) bool { return !slices.Contains(chat.Scopes(), s) }) {
		return chat.PluginKey{}, "", chat.ErrInvalid.With(chat.Field{Path: "scopes", Message: "must name known scopes, one at least"})
	}
	secret := newSecret(prefixPluginKey, p.random)
	hash, _ := hashSecret(prefixPluginKey, secret)
	k := chat.PluginKey{
		ID: chat.NewID[chat.PluginKeyID](chat.PrefixPluginKey, p.random), Merchant: shop.Merchant, Shop: shop.ID, Name: name, Scopes: scopes,
		Last4: secret[len(secret)-4:], Hash: hash, CreatedAt: chat.At(p.now()),
	}
	return k, secret, p.store.CreatePluginKey(ctx, k)
}

// NewIdentitySecret makes a secret of a shop, with which its server signs who a shopper is; its text is the key. ErrLimitReached:
// the shop has two already.
func (p *Plugins) NewIdentitySecret(ctx context.Context, shop chat.Shop) (chat.IdentitySecret, error) {
	s := chat.IdentitySecret{
		KID: chat.NewID[string](prefixKID, p.random), Merchant: shop.Merchant, Shop: shop.ID,
		Secret: []byte(newSecret(prefixIdentitySecret, p.random)), CreatedAt: chat.At(p.now()),
	}
	err := p.store.CreateIdentitySecret(ctx, s)
	if errors.Is(err, chat.ErrConflict) {
		err = ErrLimitReached
	}
	return s, err
}
