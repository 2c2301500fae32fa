// Package identity signs the tokens by which a shop's server tells the chat who
// is signed in: JSON Web Tokens (RFC 7519) with HS256, as the published contract
// describes them and any JWT library makes them.
package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// Lifetime of a token: long enough for a slow page, short enough to be useless
// when it leaks.
const Lifetime = 10 * time.Minute

// Secret is one of the shop's identity secrets.
type Secret struct {
	KID    string
	Secret string
}

// Person is who is signed in.
type Person struct {
	ID, Name, Email string
}

// Token says until now + Lifetime that the browser which shows it is p's, to the
// shop of that public key alone.
func (s Secret) Token(shopKey string, p Person, now time.Time) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "kid": s.KID})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"aud": shopKey, "sub": p.ID, "name": p.Name, "email": p.Email,
		"iat": now.Unix(), "exp": now.Add(Lifetime).Unix(),
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(header) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(s.Secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}
