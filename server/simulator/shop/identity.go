package shop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

const identityAge = 10 * time.Minute

// identityToken tells the chat who is signed in: a JWT that only the shop's
// server can sign (RFC 7519, HS256), short-lived and for this shop alone.
func (o Options) identityToken(c customer, now time.Time) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "kid": o.IdentityKID})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"aud": o.ShopKey, "sub": c.ID, "name": c.name(), "email": c.Email,
		"iat": now.Unix(), "exp": now.Add(identityAge).Unix(),
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(header) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(o.IdentitySecret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}
