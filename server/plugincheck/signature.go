package plugincheck

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// signature says how the storefront signs a delivery.
type signature struct {
	Header string `json:"header"`
	// Algorithm is hmac-sha256, over the raw body.
	Algorithm string `json:"algorithm"`
	// Encoding is hex or base64.
	Encoding string `json:"encoding"`
	// Prefix stands before the signature in the header, as in `sha256=`.
	Prefix string `json:"prefix"`
}

func (s signature) check() error {
	switch {
	case s.Header == "":
		return errors.New("signature.header is missing")
	case s.Algorithm != "hmac-sha256":
		return fmt.Errorf("signature.algorithm is %q; known: hmac-sha256", s.Algorithm)
	case s.Encoding != "hex" && s.Encoding != "base64":
		return fmt.Errorf("signature.encoding is %q; known: hex, base64", s.Encoding)
	}
	return nil
}

func (s signature) sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	if s.Encoding == "hex" {
		return s.Prefix + hex.EncodeToString(mac.Sum(nil))
	}
	return s.Prefix + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// forgery is a delivery that nobody should take.
type forgery struct {
	name   string
	header *string // nil: none at all
}

// forgeries of the signature of body.
func (s signature) forgeries(secret string, body []byte) []forgery {
	right := s.sign(secret, body)
	other := s
	other.Encoding = map[string]string{"hex": "base64", "base64": "hex"}[s.Encoding]
	f := func(name, header string) forgery { return forgery{name, &header} }
	return []forgery{
		{"no signature", nil},
		f("an empty signature", ""),
		f("the signature of another secret", s.sign(secret+"x", body)),
		f("the signature of an empty secret", s.sign("", body)),
		f("the signature of another body", s.sign(secret, append([]byte(" "), body...))),
		f("half the signature", right[:len(s.Prefix)+(len(right)-len(s.Prefix))/2]),
		f("the signature in another encoding", other.sign(secret, body)),
	}
}
