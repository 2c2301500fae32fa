package auth

import (
	"context"
	"io"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const shopperTouch = time.Hour // how often the use of a shopper's session is written down

// Shoppers proves shoppers.
type Shoppers struct {
	store  Store
	now    func() time.Time
	random io.Reader
}

// NewShopperToken makes the token of a new session; chat.Service.NewSession writes it down.
func (s *Shoppers) NewShopperToken() string { return newSecret(prefixShopperToken, s.random) }

// ShopperByToken finds the shopper whose token this is, in the shop with this public key, and the hash that names the session.
// ErrNotFound: no such shop. ErrInvalidToken: no such session. ErrTokenWrongShop: a session of another shop.
func (s *Shoppers) ShopperByToken(ctx context.Context, shopKey, token string) (chat.Caller, [32]byte, error) {
	shop, err := s.ShopByKey(ctx, shopKey)
	if err != nil {
		return chat.Caller{}, [32]byte{}, err
	}
	hash, ok := hashSecret(prefixShopperToken, token)
	if !ok {
		return chat.Caller{}, hash, chat.ErrInvalidToken
	}
	now := chat.At(s.now())
	session, err := s.store.ShopperSession(ctx, hash, now)
	if err != nil {
		return chat.Caller{}, hash, err
	}
	if session.Shop != shop.ID {
		return chat.Caller{}, hash, chat.ErrTokenWrongShop
	}
	p, err := s.store.Shopper(ctx, shop.ID, session.Shopper)
	if err != nil {
		return chat.Caller{}, hash, err
	}
	if now >= session.SeenAt.Add(shopperTouch) {
		// A session that cannot be written down as used still is one: a full disk must not log shoppers out.
		_ = s.store.TouchShopperSession(ctx, hash, now, now.Add(chat.SessionFor))
	}
	return chat.Caller{
		Kind: chat.AuthorShopper, Merchant: shop.Merchant, Shop: shop.ID, Shopper: p.ID, Name: p.Name,
		Identified: session.CustomerID != "", IdentityRequired: shop.IdentityRequired,
	}, hash, nil
}

// ShopByKey finds a shop by its public key. Junk is kept away from the store.
func (s *Shoppers) ShopByKey(ctx context.Context, key string) (chat.Shop, error) {
	if !chat.ValidID(chat.PrefixShopKey, key) {
		return chat.Shop{}, chat.ErrNotFound
	}
	return s.store.ShopByKey(ctx, key)
}

// VerifyIdentity checks a shop's signed word on who the caller is; see the function of this name.
func (s *Shoppers) VerifyIdentity(ctx context.Context, shop chat.Shop, token string) (chat.Identity, error) {
	secrets, err := s.store.IdentitySecrets(ctx, shop.ID)
	if err != nil {
		return chat.Identity{}, err
	}
	return VerifyIdentity(token, shop.Key, secrets, s.now())
}
