package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
)

// Prefixes tell people and scanners what a secret is; agents' cookies and tokens in links have none.
const (
	prefixPluginKey    = "tgk_"
	prefixTestKey      = "tgk_test_" // of a test shop: nothing that is bought with it is real
	prefixShopperToken = "tgs_"
)

const secretLength = 43 // 256 bits in base64url

// newSecret makes 256 random bits as text. It panics when random fails, as crypto/rand.Read does: there is no safe way on.
func newSecret(prefix string, random io.Reader) string {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("auth: no randomness: " + err.Error())
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// hashSecret checks the shape of a secret and gives what is stored of it. A fast hash is enough for 256 random bits, and looking up
// the hash, not the secret, leaves nothing to time.
func hashSecret(prefix, s string) ([32]byte, bool) {
	if len(s) != len(prefix)+secretLength || s[:len(prefix)] != prefix {
		return [32]byte{}, false
	}
	for i := len(prefix); i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return [32]byte{}, false
		}
	}
	return sha256.Sum256([]byte(s)), true
}
