package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	signatureHeader = "X-Hub-Signature-256"
	signaturePrefix = "sha256="
)

// Verify tells whether one of the secrets signed the body. What is signed are the bytes as they came: Meta escapes what is not ASCII,
// and some of what is, so a body that was read and written again has another signature.
func (*Platform) Verify(h http.Header, body []byte, secrets []string) bool {
	given, ok := signature(h)
	if !ok {
		return false
	}
	valid := false
	for _, secret := range secrets {
		if secret == "" {
			continue // anybody can sign with it
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), given) {
			valid = true
		}
	}
	return valid
}

func signature(h http.Header) ([]byte, bool) {
	all := h.Values(signatureHeader)
	if len(all) != 1 {
		return nil, false
	}
	digits, ok := strings.CutPrefix(all[0], signaturePrefix)
	if !ok || len(digits) != hex.EncodedLen(sha256.Size) {
		return nil, false
	}
	sum, err := hex.DecodeString(digits)
	return sum, err == nil
}

// Handshake answers Meta's question whether the webhook's address is ours: it must know the app's verify token.
func (*Platform) Handshake(r *http.Request, app chat.ProviderApp) (body string, ok, isHandshake bool) {
	q := r.URL.Query()
	if q.Get("hub.mode") == "" {
		return "", false, false
	}
	token := q.Get("hub.verify_token")
	known := app.VerifyToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(app.VerifyToken)) == 1
	if !known || q.Get("hub.mode") != "subscribe" {
		return "", false, true
	}
	return q.Get("hub.challenge"), true, true
}
