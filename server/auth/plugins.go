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
		hash, ok = hashSecret(prefixTestKey, key) // longer: no key has both forms
	}
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
	k, secret := newKey(shop, name, scopes, chat.At(p.now()), p.random)
	return k, secret, p.store.CreatePluginKey(ctx, k)
}

// newKey makes a key of a shop and its secret.
func newKey(shop chat.Shop, name string, scopes []chat.Scope, now chat.Millis, random io.Reader) (chat.PluginKey, string) {
	prefix := prefixPluginKey
	if shop.Test {
		prefix = prefixTestKey
	}
	secret := newSecret(prefix, random)
	hash, _ := hashSecret(prefix, secret)
	return chat.PluginKey{
		ID: chat.NewID[chat.PluginKeyID](chat.PrefixPluginKey, random), Merchant: shop.Merchant, Shop: shop.ID, Name: name, Scopes: scopes,
		Last4: secret[len(secret)-4:], Hash: hash, CreatedAt: now,
	}, secret
}

func newIdentitySecret(shop chat.Shop, now chat.Millis, random io.Reader) chat.IdentitySecret {
	return chat.IdentitySecret{
		KID: chat.NewID[string](prefixKID, random), Merchant: shop.Merchant, Shop: shop.ID,
		Secret: []byte(newSecret(prefixIdentitySecret, random)), CreatedAt: now,
	}
}

// NewIdentitySecret makes a secret of a shop, with which its server signs who a shopper is; its text is the key. ErrLimitReached:
// the shop has two already.
func (p *Plugins) NewIdentitySecret(ctx context.Context, shop chat.Shop) (chat.IdentitySecret, error) {
	s := newIdentitySecret(shop, chat.At(p.now()), p.random)
	err := p.store.CreateIdentitySecret(ctx, s)
	if errors.Is(err, chat.ErrConflict) {
		err = ErrLimitReached
	}
	return s, err
}
