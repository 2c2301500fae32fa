package sign

import (
	"encoding/base64"
	"encoding/json"
)

// JWT signs claims with HS256 (RFC 7519). kid names the secret to who verifies; empty, it is left out.
func JWT(secret, kid string, claims map[string]any) string {
	header := map[string]string{"alg": "HS256", "typ": "JWT"}
	if kid != "" {
		header["kid"] = kid
	}
	text := part(header) + "." + part(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(sum(secret, []byte(text)))
}

func part(v any) string {
	raw, _ := json.Marshal(v) // maps of strings and numbers cannot fail
	return base64.RawURLEncoding.EncodeToString(raw)
}

// JWT tells whether signature is that of `header.claims`. What the header says of algorithms is the caller's to check.
func (s Secrets) JWT(text, signature string) bool {
	given, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	return err == nil && s.match([]byte(text), given)
}
