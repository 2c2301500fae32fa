package oauth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

// ErrSession is the one answer to all that can be wrong with a session token.
var ErrSession = errors.New("the session token is not valid")

// Clocks of two machines differ by this much at most.
const leeway = 10 * time.Second

// A session token is short; a longer text is none.
const maxSession = 4 << 10

// Session is what a session token says: somebody of the shop's staff has the app open in the admin.
type Session struct {
	Shop string
	User string
}

type claims struct {
	Issuer      string  `json:"iss"`
	Destination string  `json:"dest"`
	Audience    string  `json:"aud"`
	Subject     string  `json:"sub"`
	Expires     float64 `json:"exp"`
	NotBefore   float64 `json:"nbf"`
}

// VerifySession checks a session token of App Bridge
// (https://shopify.dev/docs/apps/build/authentication-authorization/session-tokens): HS256 with the client secret, now valid,
// for this app, and issued by the shop that it is for.
func VerifySession(token, clientID string, secrets sign.Secrets, now time.Time) (Session, error) {
	parts := strings.Split(token, ".")
	if len(token) > maxSession || len(parts) != 3 || clientID == "" {
		return Session{}, ErrSession
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	var c claims
	if decodePart(parts[0], &header) != nil || header.Algorithm != "HS256" {
		return Session{}, ErrSession
	}
	if !secrets.JWT(parts[0]+"."+parts[1], parts[2]) || decodePart(parts[1], &c) != nil {
		return Session{}, ErrSession
	}
	return c.session(clientID, now)
}

func (c claims) session(clientID string, now time.Time) (Session, error) {
	at := float64(now.Unix())
	shop := host(c.Destination)
	switch {
	case c.Expires == 0 || at > c.Expires+leeway.Seconds(), c.NotBefore == 0 || at < c.NotBefore-leeway.Seconds():
		return Session{}, ErrSession
	case c.Audience != clientID, !sign.IsShop(shop), host(c.Issuer) != shop:
		return Session{}, ErrSession
	}
	return Session{Shop: shop, User: c.Subject}, nil
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return ""
	}
	return u.Host
}

func decodePart(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// SignSession makes a session token as App Bridge would; the fake Shopify opens the app with it.
func SignSession(secret, clientID, shop string, now time.Time) string {
	return sign.JWT(secret, "", map[string]any{
		"iss": "https://" + shop + "/admin", "dest": "https://" + shop, "aud": clientID, "sub": "42",
		"exp": now.Add(time.Minute).Unix(), "nbf": now.Unix(), "iat": now.Unix(), "jti": shop + now.String(),
	})
}
