package tagalong

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMintedTokenIsAJWT(t *testing.T) {
	tokens, err := NewIdentityTokens("pk_marl", "kid_1", "the secret")
	if err != nil {
		t.Fatal(err)
	}
	tokens.now = func() time.Time { return time.Unix(1795289656, 0) }
	token, err := tokens.Mint(Identity{Subject: "42", Name: "Lia \"Mug\" Brandt", Email: "lia@example.org", EmailVerified: true})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatal(token)
	}
	mac := hmac.New(sha256.New, []byte("the secret"))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if parts[2] != base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) {
		t.Error("the signature is wrong")
	}
	var head, claims map[string]any
	for i, into := range []*map[string]any{&head, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(head) != "map[alg:HS256 kid:kid_1 typ:JWT]" {
		t.Error(head)
	}
	if claims["aud"] != "pk_marl" || claims["sub"] != "42" || claims["exp"] != float64(1795289656+3600) || claims["name"] != "Lia \"Mug\" Brandt" {
		t.Error(claims)
	}
	if _, there := claims["phone"]; there {
		t.Error("an absent claim is written")
	}
}

func TestMintRefuses(t *testing.T) {
	tokens, err := NewIdentityTokens("pk_marl", "kid_1", "the secret")
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]Identity{
		"no subject":            {},
		"a long subject":        {Subject: strings.Repeat("x", 201)},
		"a control character":   {Subject: "a\nb"},
		"broken UTF-8":          {Subject: "a\xff"},
		"a lifetime over a day": {Subject: "1", Lifetime: 25 * time.Hour},
		"a negative lifetime":   {Subject: "1", Lifetime: -time.Second},
		"a token that is long":  {Subject: "1", Name: strings.Repeat("x", 8<<10)},
	} {
		if token, err := tokens.Mint(who); err == nil {
			t.Errorf("Mint took %s: %s", name, token)
		}
	}
	for _, args := range [][3]string{{"", "k", "s"}, {"p", "", "s"}, {"p", "k", ""}} {
		if _, err := NewIdentityTokens(args[0], args[1], args[2]); err == nil {
			t.Errorf("NewIdentityTokens took %q", args)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v", tokens, tokens, tokens); strings.Contains(text, "the secret") {
		t.Error("the secret is printed")
	}
}
