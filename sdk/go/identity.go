package tagalong

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"
)

// The server's limits on an identity token.
const (
	maxIdentity   = 24 * time.Hour
	maxSubject    = 200
	maxTokenBytes = 8 << 10
)

// IdentityTokens says to the widget who a signed-in shopper is: JWTs (HS256) signed with one of the shop's identity secrets.
//
// Mint one for whoever is signed in on this very request, and hand it to their browser alone: never into a page that is cached.
type IdentityTokens struct {
	shopKey, kid string
	secret       []byte
	now          func() time.Time
}

// NewIdentityTokens takes the shop's public key ("pk_…"), and the id and text of one of its identity secrets.
func NewIdentityTokens(shopKey, kid, secret string) (*IdentityTokens, error) {
	if shopKey == "" || kid == "" || secret == "" { // with an empty secret anybody could sign
		return nil, errors.New("tagalong: a shop key, and the id and text of an identity secret are needed")
	}
	return &IdentityTokens{shopKey, kid, []byte(secret), time.Now}, nil
}

// String names the secret and does not show it.
func (t *IdentityTokens) String() string { return "identity tokens with " + t.kid }

// GoString is String: %#v shows no secret either.
func (t *IdentityTokens) GoString() string { return t.String() }

// LogValue is String, for slog.
func (t *IdentityTokens) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Identity is who a shopper is.
type Identity struct {
	// Subject is the shop's own id of the buyer. It never changes for a person, and is never another's.
	Subject string
	Name    string
	Email   string
	// EmailVerified says that the shop has made sure that the address is theirs.
	EmailVerified bool
	// Phone in E.164.
	Phone string
	// Lifetime of the token; an hour when zero, a day at most.
	Lifetime time.Duration
}

type identityHeader struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	Kid string `json:"kid"`
}

// No `iat`: the server would refuse a token from a clock that is a minute fast, and it proves nothing.
type identityClaims struct {
	Aud           string `json:"aud"`
	Sub           string `json:"sub"`
	Exp           int64  `json:"exp"`
	Name          string `json:"name,omitempty"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
	Phone         string `json:"phone,omitempty"`
}

// Mint makes a token for one shopper.
func (t *IdentityTokens) Mint(who Identity) (string, error) {
	if err := who.check(); err != nil {
		return "", err
	}
	lifetime := who.Lifetime
	if lifetime == 0 {
		lifetime = time.Hour
	}
	content := encoded(identityHeader{"HS256", "JWT", t.kid}) + "." + encoded(identityClaims{
		Aud: t.shopKey, Sub: who.Subject, Exp: t.now().Add(lifetime).Unix(),
		Name: who.Name, Email: who.Email, EmailVerified: who.EmailVerified, Phone: who.Phone,
	})
	mac := hmac.New(sha256.New, t.secret)
	mac.Write([]byte(content))
	token := content + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	if len(token) > maxTokenBytes {
		return "", errors.New("tagalong: the identity token is too long: shorten the name")
	}
	return token, nil
}

func (i Identity) check() error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
	if i.Subject == "" || len(i.Subject) > maxSubject || strings.ContainsFunc(i.Subject, control) {
		return fmt.Errorf("tagalong: the subject must be 1 to %d bytes of UTF-8 without control characters", maxSubject)
	}
	if i.Lifetime < 0 || i.Lifetime > maxIdentity {
		return fmt.Errorf("tagalong: the lifetime must be at most %s", maxIdentity)
	}
	return nil
}

// encoded is one part of a JWT (RFC 7515 §2: without padding). What is encoded are structs of texts, which never fail.
func encoded(v any) string {
	raw, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(raw)
}
