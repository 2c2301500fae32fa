package auth

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	maxIdentityToken = 8 << 10
	maxSubject       = 200
	identityAhead    = 24 * time.Hour
	identityLeeway   = time.Minute
)

// identityClaims are what a shop says of a shopper; what else stands in a token is not read.
type identityClaims struct {
	jwt.RegisteredClaims
	Name  string `json:"name"`
	Email string `json:"email"`
}

// VerifyIdentity checks a token with which a shop's server says who a shopper is. The key is found by comparing the header's kid
// with those of the shop's secrets, and nothing else in the header is looked at: no address is fetched, no algorithm but HS256 is
// known. ErrInvalidToken: the token is not well-formed, not signed with the secret that it names, or not for this shop and time.
// ErrIdentity: it names a secret that the shop does not have, or has no more.
func VerifyIdentity(token, shopKey string, secrets []chat.IdentitySecret, now time.Time) (chat.Identity, error) {
	if len(token) > maxIdentityToken || strings.Count(token, ".") != 2 {
		return chat.Identity{}, chat.ErrInvalidToken
	}
	var claims identityClaims
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(identityLeeway), jwt.WithAudience(shopKey), jwt.WithTimeFunc(func() time.Time { return now }),
	)
	_, err := parser.ParseWithClaims(token, &claims, func(t *jwt.Token) (any, error) { return identityKey(t, secrets) })
	switch {
	case errors.Is(err, chat.ErrIdentity):
		return chat.Identity{}, chat.ErrIdentity
	case err != nil:
		return chat.Identity{}, chat.ErrInvalidToken
	case claims.ExpiresAt.After(now.Add(identityAhead + identityLeeway)):
		return chat.Identity{}, chat.ErrInvalidToken
	case len(claims.Audience) != 1 || !validSubject(claims.Subject):
		return chat.Identity{}, chat.ErrInvalidToken
	}
	return chat.Identity{Subject: claims.Subject, Name: claims.Name, Email: strings.ToLower(claims.Email)}, nil
}

// identityKey finds the secret that a token names.
func identityKey(t *jwt.Token, secrets []chat.IdentitySecret) (any, error) {
	kid, ok := t.Header["kid"].(string)
	if !ok || !chat.ValidID(prefixKID, kid) {
		return nil, chat.ErrInvalidToken
	}
	if _, critical := t.Header["crit"]; critical {
		return nil, chat.ErrInvalidToken // RFC 7515 §4.1.11: an extension that is not understood must be refused
	}
	for _, s := range secrets {
		if s.KID == kid && len(s.Secret) > 0 { // an empty secret would let anybody sign
			return s.Secret, nil
		}
	}
	return nil, chat.ErrIdentity
}

func validSubject(s string) bool {
	if s == "" || len(s) > maxSubject || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError })
}
