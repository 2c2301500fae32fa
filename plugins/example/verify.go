package example

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// signatureHeader carries `sha256=` and the HMAC of the raw body in hex.
const signatureHeader = "X-Kiosk-Signature"

// signed tells whether the body was signed with one of the secrets; there are two while one is being replaced. The
// comparison takes the same time wherever it fails, and an empty secret signs nothing.
func signed(body []byte, header string, secrets []string) bool {
	digest, found := strings.CutPrefix(header, "sha256=")
	given, err := hex.DecodeString(digest)
	if !found || err != nil {
		return false
	}
	ok := false
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if hmac.Equal(given, mac.Sum(nil)) {
			ok = true
		}
	}
	return ok
}
