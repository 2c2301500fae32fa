package shopify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

func (s *setting) proxied(shop, customer string, at time.Time) answer {
	s.t.Helper()
	return s.get("/proxy/identity?" + shopifytest.ProxyQuery(shop, customer, at).Encode())
}

// claims checks the token as Tagalong does, with the connection's secret, and reads it.
func claims(t *testing.T, a answer) map[string]any {
	t.Helper()
	var body struct{ JWT, Name string }
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(body.JWT, ".")
	if len(parts) != 3 {
		t.Fatal(body.JWT)
	}
	mac := hmac.New(sha256.New, []byte("identity-secret"))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) != parts[2] {
		t.Error("the token is not signed with the connection's secret")
	}
	all := map[string]any{}
	for _, part := range parts[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestIdentityIsWhoShopifySaysIsSignedIn(t *testing.T) {
	s := start(t)
	s.connect()
	s.shopify.Customers["9007199254740993"] = map[string]any{
		"legacyResourceId": "9007199254740993", "displayName": "Ana Lia", "verifiedEmail": true,
		"defaultEmailAddress": map[string]any{"emailAddress": "ana@lia.example"},
	}
	got := s.proxied(shopifytest.Shop, "9007199254740993", s.clock.Now()).is(t, "signed in", http.StatusOK)
	if got.Header.Get("Cache-Control") != "private, no-store" {
		t.Error(got.Header)
	}
	c := claims(t, got)
	if c["sub"] != "9007199254740993" || c["aud"] != "pk_lia" || c["kid"] != "kid_lia" || c["email"] != "ana@lia.example" || c["name"] != "Ana Lia" || c["alg"] != "HS256" {
		t.Errorf("%v", c)
	}
	s.proxied(shopifytest.Shop, "9007199254740993", s.clock.Now()).is(t, "again", http.StatusOK)
	if n := s.shopify.Count("CustomerByID"); n != 1 {
		t.Errorf("the shop was asked %d times", n)
	}
	guest := s.proxied(shopifytest.Shop, "", s.clock.Now()).is(t, "a guest", http.StatusNoContent)
	if guest.Header.Get("Cache-Control") != "private, no-store" {
		t.Error(guest.Header)
	}
}

func TestIdentityIsNotWhatABrowserSays(t *testing.T) {
	s := start(t)
	s.connect()
	right := shopifytest.ProxyQuery(shopifytest.Shop, "7", s.clock.Now()).Encode()
	for name, query := range map[string]string{
		"another customer":       strings.Replace(right, "customer_id=7", "customer_id=8", 1),
		"a customer twice":       right + "&logged_in_customer_id=8",
		"another shop":           strings.Replace(right, "shop=lia", "shop=eve", 1),
		"no signature":           right[:strings.Index(right, "&signature")],
		"what a browser can ask": "logged_in_customer_id=7&shop=lia.myshopify.com",
		"nothing":                "",
		"an old query":           shopifytest.ProxyQuery(shopifytest.Shop, "7", s.clock.Now().Add(-91*time.Second)).Encode(),
	} {
		s.get("/proxy/identity?"+query).is(t, name, http.StatusUnauthorized)
	}
	s.proxied(shopifytest.Shop, "../1", s.clock.Now()).is(t, "no number", http.StatusBadRequest)
	s.proxied("evil.example", "7", s.clock.Now()).is(t, "no shop", http.StatusBadRequest)
	s.proxied("eve.myshopify.com", "7", s.clock.Now()).is(t, "a shop that is not known", http.StatusNoContent)
}

func TestIdentityByNumberAloneWhereTheAppMayNotSeeMore(t *testing.T) {
	s := start(t)
	s.connect()
	s.shopify.Denied = true
	s.shopify.Customers["7"] = map[string]any{
		"legacyResourceId": "7", "displayName": "Ana", "verifiedEmail": true, "defaultEmailAddress": map[string]any{"emailAddress": "ana@lia.example"},
	}
	c := claims(t, s.proxied(shopifytest.Shop, "7", s.clock.Now()).is(t, "denied", http.StatusOK))
	if c["sub"] != "7" || c["email"] != nil || c["email_verified"] != nil {
		t.Errorf("%v", c)
	}
	// The shop has no such customer, or does not answer: Shopify has said who it is all the same.
	c = claims(t, s.proxied(shopifytest.Shop, "8", s.clock.Now()).is(t, "not found", http.StatusOK))
	if c["sub"] != "8" || c["name"] != nil {
		t.Errorf("%v", c)
	}
}

func TestNoIdentityWithoutAConnection(t *testing.T) {
	s := start(t)
	s.open()
	s.proxied(shopifytest.Shop, "7", s.clock.Now()).is(t, "not connected", http.StatusNoContent)
	s.connect()
	s.proxied(shopifytest.Shop, "7", s.clock.Now()).is(t, "connected", http.StatusOK)
	s.clock.advance(time.Minute)
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w1", Body: []byte(`{}`)})
	s.proxied(shopifytest.Shop, "7", s.clock.Now()).is(t, "removed", http.StatusNoContent)
}
