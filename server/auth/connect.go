package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// ErrCodeUsed refuses a code that was exchanged before.
var ErrCodeUsed = &chat.Error{Kind: chat.KindGone, Code: "code_used", Message: "The code was used before; the key that it gave is revoked."}

// Connections gives plugins the keys that a manager has granted them, and takes them back.
type Connections struct {
	store  Store
	now    func() time.Time
	random io.Reader
}

// Connected is what a plugin gets for its code: all secrets are shown this once.
type Connected struct {
	Shop     chat.Shop
	Key      chat.PluginKey
	Secret   string               // the key itself
	Identity *chat.IdentitySecret // nil: not asked for, or the shop has two already
}

// Bounds of what comes with a code (RFC 7636 §4.1); longer is nobody's.
const (
	minVerifier = 43
	maxVerifier = 128
	maxCode     = 128
)

// Redeem exchanges a code for the key that it stands for, once (RFC 6749 §4.1.3, RFC 7636 §4.6). chat.ErrBadGrant: there is no such code,
// it is over, or it was granted for another verifier or return URL. ErrCodeUsed: somebody has used it before, and one of the two is
// not the plugin, so the key is revoked (RFC 6749 §4.1.2).
func (c *Connections) Redeem(ctx context.Context, code, verifier, returnURL string) (Connected, error) {
	if len(code) == 0 || len(code) > maxCode || len(verifier) < minVerifier || len(verifier) > maxVerifier {
		return Connected{}, chat.ErrBadGrant
	}
	var out Connected
	now := chat.At(c.now())
	held, err := c.store.UseGrant(ctx, chat.GrantHash(code), now, func(g chat.Grant) (chat.PluginKey, *chat.IdentitySecret, error) {
		if !proves(g, verifier, returnURL) {
			return chat.PluginKey{}, nil, chat.ErrBadGrant
		}
		out = c.granted(g, strings.HasPrefix(code, chat.PrefixTestGrant), now)
		return out.Key, out.Identity, nil
	})
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return Connected{}, chat.ErrBadGrant
	case errors.Is(err, chat.ErrGone):
		return Connected{}, ErrCodeUsed
	case err != nil:
		return Connected{}, err
	}
	if !held {
		out.Identity = nil
	}
	out.Shop, err = c.store.Shop(ctx, out.Key.Merchant, out.Key.Shop)
	return out, err
}

// proves compares in constant time, and both: which of the two was wrong is not told.
func proves(g chat.Grant, verifier, returnURL string) bool {
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	same := subtle.ConstantTimeCompare([]byte(challenge), []byte(g.Challenge))
	return same&subtle.ConstantTimeCompare([]byte(returnURL), []byte(g.ReturnURL)) == 1
}

func (c *Connections) granted(g chat.Grant, test bool, now chat.Millis) Connected {
	shop := chat.Shop{ID: g.Shop, Merchant: g.Merchant, Test: test}
	key, secret := newKey(shop, g.Name, g.Scopes, now, c.random)
	key.Platform = g.Platform
	key.ReturnOrigin = originOf(g.ReturnURL)
	out := Connected{Key: key, Secret: secret}
	if g.Identity {
		s := newIdentitySecret(shop, now, c.random)
		s.PluginKey = key.ID
		out.Identity = &s
	}
	return out
}

// originOf tells where a return URL leads, for people to see.
func originOf(returnURL string) string {
	u, err := url.Parse(returnURL)
	if err != nil {
		return ""
	}
	origin, _ := chat.Origin(u.Scheme + "://" + u.Host)
	return origin
}

// Disconnect revokes the calling plugin's own key, and the identity secret that came with it.
func (c *Connections) Disconnect(ctx context.Context, by chat.Caller) error {
	if by.Kind != chat.AuthorPlugin {
		return chat.ErrForbidden
	}
	return c.store.RevokePluginKey(ctx, by.Shop, by.Plugin, chat.At(c.now()))
}
