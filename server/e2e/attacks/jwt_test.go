package attacks_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
)

// jwt makes a token by hand, since a library refuses to make most of those that are needed here.
func jwt(header, claims map[string]any, secret string, sign bool) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	in := part(header) + "." + part(claims)
	if !sign {
		return in + "."
	}
	h := func() hash.Hash { return sha256.New() }
	if header["alg"] == "HS512" {
		h = func() hash.Hash { return sha512.New() }
	}
	m := hmac.New(h, []byte(secret))
	m.Write([]byte(in))
	return in + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
