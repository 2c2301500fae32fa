package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
)

// Secrets are the app's client secrets that are good now: the current one, and during a rotation the one before it. Shopify
// signs webhooks with the old one for up to an hour after a rotation
// (https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials).
type Secrets []string

// ErrSecret says that there is nothing to verify with.
var ErrSecret = errors.New("an app secret is missing or empty")

// Check refuses a list without a secret or with an empty one, with which anybody could sign.
func (s Secrets) Check() error {
	if len(s) == 0 || slices.Contains(s, "") {
		return ErrSecret
	}
	return nil
}

// Current is the secret to sign with.
func (s Secrets) Current() string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// match compares with all secrets, whichever matches, so that the time tells nothing of which one it was.
func (s Secrets) match(message, given []byte) bool {
	ok := 0
	for _, secret := range s {
		if secret == "" {
			continue
		}
		ok |= subtle.ConstantTimeCompare(sum(secret, message), given)
	}
	return ok == 1
}

func sum(secret string, message []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(message)
	return mac.Sum(nil)
}

// Webhook tells whether header is the base64 HMAC of the raw body. An empty body is none that Shopify sends.
func (s Secrets) Webhook(body []byte, header string) bool {
	given, err := base64.StdEncoding.DecodeString(header)
	return err == nil && len(body) > 0 && s.match(body, given)
}

// StampWebhook makes the header for a body; tests and the fake Shopify send with it.
func StampWebhook(secret string, body []byte) string {
	return base64.StdEncoding.EncodeToString(sum(secret, body))
}

func (s Secrets) matchHex(message, given string) bool {
	raw, err := hex.DecodeString(given)
	return err == nil && s.match([]byte(message), raw)
}
