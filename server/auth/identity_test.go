package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	shopKey  = "pk_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	kidOne   = "kid_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	kidTwo   = "kid_bbbbbbbbbbbbbbbbbbbbbbbbbb"
	kidEmpty = "kid_cccccccccccccccccccccccccc"
)

var (
	identityNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	secretOne   = []byte("tgi_one")
	secrets     = []chat.IdentitySecret{{KID: kidOne, Secret: secretOne}, {KID: kidTwo, Secret: []byte("tgi_two")}, {KID: kidEmpty}}
)

func claimsWith(change func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"aud": shopKey, "sub": "customer-7", "exp": identityNow.Add(time.Hour).Unix(), "name": "Mara", "email": "Mara@Marl.example",
	}
	if change != nil {
		change(c)
	}
	return c
}

func sign(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestIdentityIsTakenFromAGoodToken(t *testing.T) {
	for name, token := range map[string]string{
		"the first secret":  sign(t, jwt.SigningMethodHS256, secretOne, map[string]any{"kid": kidOne}, claimsWith(nil)),
		"the second secret": sign(t, jwt.SigningMethodHS256, []byte("tgi_two"), map[string]any{"kid": kidTwo}, claimsWith(nil)),
		"24 hours ahead": sign(t, jwt.SigningMethodHS256, secretOne, map[string]any{"kid": kidOne}, claimsWith(func(c jwt.MapClaims) {
			c["exp"] = identityNow.Add(24 * time.Hour).Unix()
		})),
		"a clock 50 s ahead of ours": sign(t, jwt.SigningMethodHS256, secretOne, map[string]any{"kid": kidOne}, claimsWith(func(c jwt.MapClaims) {
			c["nbf"], c["iat"] = identityNow.Add(50*time.Second).Unix(), identityNow.Add(50*time.Second).Unix()
		})),
		"jku that nobody follows": sign(t, jwt.SigningMethodHS256, secretOne, map[string]any{"kid": kidOne, "jku": "http://127.0.0.1:1/"}, claimsWith(nil)),
	} {
		got, err := VerifyIdentity(token, shopKey, secrets, identityNow)
		if want := (chat.Identity{Subject: "customer-7", Name: "Mara", Email: "mara@marl.example"}); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestIdentityIsRefused(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)})
	kid := map[string]any{"kid": kidOne}
	hs256 := func(header map[string]any, change func(jwt.MapClaims)) string {
		return sign(t, jwt.SigningMethodHS256, secretOne, header, claimsWith(change))
	}
	set := func(k string, v any) func(jwt.MapClaims) { return func(c jwt.MapClaims) { c[k] = v } }
	good := hs256(kid, nil)
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"alg none":                    {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid, claimsWith(nil)), chat.ErrInvalidToken},
		"HS512":                       {sign(t, jwt.SigningMethodHS512, secretOne, kid, claimsWith(nil)), chat.ErrInvalidToken},
		"RS256":                       {sign(t, jwt.SigningMethodRS256, rsaKey, kid, claimsWith(nil)), chat.ErrInvalidToken},
		"HS256 with a public key":     {sign(t, jwt.SigningMethodHS256, public, kid, claimsWith(nil)), chat.ErrInvalidToken},
		"an empty secret":             {sign(t, jwt.SigningMethodHS256, []byte(""), map[string]any{"kid": kidEmpty}, claimsWith(nil)), chat.ErrIdentity},
		"no kid":                      {hs256(nil, nil), chat.ErrInvalidToken},
		"a kid that is a path":        {hs256(map[string]any{"kid": "../../dev/null"}, nil), chat.ErrInvalidToken},
		"a kid that is a number":      {hs256(map[string]any{"kid": 7}, nil), chat.ErrInvalidToken},
		"a kid of another shop":       {hs256(map[string]any{"kid": "kid_zzzzzzzzzzzzzzzzzzzzzzzzzz"}, nil), chat.ErrIdentity},
		"the other kid's secret":      {hs256(map[string]any{"kid": kidTwo}, nil), chat.ErrInvalidToken},
		"a critical extension":        {hs256(map[string]any{"kid": kidOne, "crit": []string{"exp"}}, nil), chat.ErrInvalidToken},
		"no exp":                      {hs256(kid, func(c jwt.MapClaims) { delete(c, "exp") }), chat.ErrInvalidToken},
		"exp in 25 h":                 {hs256(kid, set("exp", identityNow.Add(25*time.Hour).Unix())), chat.ErrInvalidToken},
		"expired":                     {hs256(kid, set("exp", identityNow.Add(-2*time.Minute).Unix())), chat.ErrInvalidToken},
		"exp as text":                 {hs256(kid, set("exp", "tomorrow")), chat.ErrInvalidToken},
		"nbf in ten minutes":          {hs256(kid, set("nbf", identityNow.Add(10*time.Minute).Unix())), chat.ErrInvalidToken},
		"iat in ten minutes":          {hs256(kid, set("iat", identityNow.Add(10*time.Minute).Unix())), chat.ErrInvalidToken},
		"no aud":                      {hs256(kid, func(c jwt.MapClaims) { delete(c, "aud") }), chat.ErrInvalidToken},
		"another shop's aud":          {hs256(kid, set("aud", "pk_bbbbbbbbbbbbbbbbbbbbbbbbbb")), chat.ErrInvalidToken},
		"an aud for many":             {hs256(kid, set("aud", []string{shopKey, "pk_bbbbbbbbbbbbbbbbbbbbbbbbbb"})), chat.ErrInvalidToken},
		"no sub":                      {hs256(kid, func(c jwt.MapClaims) { delete(c, "sub") }), chat.ErrInvalidToken},
		"an empty sub":                {hs256(kid, set("sub", "")), chat.ErrInvalidToken},
		"a sub of 201 bytes":          {hs256(kid, set("sub", strings.Repeat("a", 201))), chat.ErrInvalidToken},
		"a sub with a line feed":      {hs256(kid, set("sub", "a\nb")), chat.ErrInvalidToken},
		"a sub that is a number":      {hs256(kid, set("sub", 7)), chat.ErrInvalidToken},
		"an altered body":             {strings.Replace(good, ".", ".e30", 1), chat.ErrInvalidToken},
		"a cut signature":             {good[:len(good)-2], chat.ErrInvalidToken},
		"no signature":                {good[:strings.LastIndex(good, ".")+1], chat.ErrInvalidToken},
		"more than 8 KiB":             {hs256(kid, set("name", strings.Repeat("n", 8<<10))), chat.ErrInvalidToken},
		"a megabyte of dots":          {strings.Repeat(".", 1<<20), chat.ErrInvalidToken},
		"empty":                       {"", chat.ErrInvalidToken},
		"five parts, as an encrypted": {"a.b.c.d.e", chat.ErrInvalidToken},
	} {
		if got, err := VerifyIdentity(c.token, shopKey, secrets, identityNow); !errors.Is(err, c.want) || got != (chat.Identity{}) {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, c.want)
		}
	}
}

func FuzzVerifyIdentity(f *testing.F) {
	f.Add(sign(f, jwt.SigningMethodHS256, []byte("unknown"), map[string]any{"kid": kidOne}, claimsWith(nil)))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		if got, err := VerifyIdentity(token, shopKey, secrets, identityNow); err == nil {
			t.Errorf("somebody without the secret became %+v", got)
		}
	})
}
