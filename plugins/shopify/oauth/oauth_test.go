package oauth

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

const shop = "some-shop.myshopify.com"

var now = time.Unix(1591765000, 0)

// The names are those of Shopify's documentation.
func good() map[string]any {
	return map[string]any{
		"iss": "https://some-shop.myshopify.com/admin", "dest": "https://some-shop.myshopify.com", "aud": "client", "sub": "42",
		"exp": 1591765058, "nbf": 1591764998, "iat": 1591764998, "jti": "f8912129", "sid": "aaea182f",
	}
}

func TestVerifySession(t *testing.T) {
	with := func(name string, value any) string {
		c := good()
		c[name] = value
		return sign.JWT("hush", "", c)
	}
	right := sign.JWT("hush", "", good())
	none := strings.Replace(right, strings.Split(right, ".")[0], "eyJhbGciOiJub25lIn0", 1)
	tests := []struct {
		name, token string
		at          time.Time
		ok          bool
	}{
		{"right", right, now, true},
		{"as our own signer makes it", SignSession("hush", "client", shop, now), now, true},
		{"with the secret that is being replaced", sign.JWT("old", "", good()), now, true},
		{"ten seconds over", right, time.Unix(1591765068, 0), true},
		{"eleven seconds over", right, time.Unix(1591765069, 0), false},
		{"ten seconds early", right, time.Unix(1591764988, 0), true},
		{"eleven seconds early", right, time.Unix(1591764987, 0), false},
		{"of another secret", sign.JWT("other", "", good()), now, false},
		{"of an empty secret", sign.JWT("", "", good()), now, false},
		{"for another app", with("aud", "other"), now, false},
		{"for a list of apps", with("aud", []string{"client"}), now, false},
		{"without an end", with("exp", 0), now, false},
		{"issued by another shop", with("iss", "https://other.myshopify.com/admin"), now, false},
		{"for no shop", with("dest", "https://evil.example"), now, false},
		{"for a shop by name only", with("dest", "https://some-shop.myshopify.com.evil.example"), now, false},
		{"over http", with("dest", "http://some-shop.myshopify.com"), now, false},
		{"without an algorithm", none, now, false},
		{"of another algorithm", strings.Replace(right, strings.Split(right, ".")[0], "eyJhbGciOiJIUzUxMiJ9", 1), now, false},
		{"without a signature", right[:strings.LastIndex(right, ".")+1], now, false},
		{"with other claims", strings.Replace(right, ".", ".e30", 1), now, false},
		{"empty", "", now, false},
		{"of four parts", right + ".x", now, false},
		{"too long", right + strings.Repeat("a", maxSession), now, false},
	}
	for _, test := range tests {
		got, err := VerifySession(test.token, "client", sign.Secrets{"hush", "old"}, test.at)
		if (err == nil) != test.ok || test.ok && got.Shop != shop || err != nil && !errors.Is(err, ErrSession) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func FuzzVerifySession(f *testing.F) {
	f.Add(sign.JWT("hush", "", good()))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		if s, err := VerifySession(token, "client", sign.Secrets{"hush"}, now); err == nil && !sign.IsShop(s.Shop) {
			t.Error("a session of no shop: ", s)
		}
	})
}

// asking gives a client whose requests are written down and answered.
func asking(t *testing.T, status int, answer string) (*Client, *map[string]string) {
	t.Helper()
	asked := &map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/admin/oauth/access_token" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("asked by %s %s as %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
		}
		if err := json.NewDecoder(r.Body).Decode(asked); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return &Client{
		HTTP: server.Client(), ClientID: "client", ClientSecret: "hush", Base: func(string) string { return server.URL },
		Now: func() time.Time { return now },
	}, asked
}

const pair = `{"access_token":"shpat_1","scope":"read_orders","expires_in":3600,"refresh_token":"shprt_1","refresh_token_expires_in":7776000}`

func TestEachGrantAsksAsDocumented(t *testing.T) {
	tests := []struct {
		name string
		ask  func(*Client) (Token, error)
		want map[string]string
	}{
		{"exchange", func(c *Client) (Token, error) { return c.Exchange(t.Context(), shop, "jwt") }, map[string]string{
			"grant_type": grantExchange, "subject_token": "jwt", "subject_token_type": typeSession, "requested_token_type": typeOffline, "expiring": "1",
		}},
		{"migrate", func(c *Client) (Token, error) { return c.Migrate(t.Context(), shop, "shpat_old") }, map[string]string{
			"grant_type": grantExchange, "subject_token": "shpat_old", "subject_token_type": typeOffline, "requested_token_type": typeOffline, "expiring": "1",
		}},
		{"code", func(c *Client) (Token, error) { return c.Code(t.Context(), shop, "abc") }, map[string]string{"code": "abc", "expiring": "1"}},
		{"refresh", func(c *Client) (Token, error) { return c.Refresh(t.Context(), shop, "shprt_0") }, map[string]string{
			"grant_type": "refresh_token", "refresh_token": "shprt_0",
		}},
	}
	for _, test := range tests {
		client, asked := asking(t, http.StatusOK, pair)
		got, err := test.ask(client)
		want := Token{
			Access: "shpat_1", Scopes: "read_orders", Expires: now.Add(time.Hour), Refresh: "shprt_1", RefreshExpires: now.Add(90 * 24 * time.Hour),
		}
		if err != nil || got != want {
			t.Errorf("%s gave %+v, %v", test.name, got, err)
		}
		test.want["client_id"], test.want["client_secret"] = "client", "hush"
		if len(*asked) != len(test.want) {
			t.Errorf("%s asked with %d fields, want %d", test.name, len(*asked), len(test.want))
		}
		for name, value := range test.want {
			if (*asked)[name] != value {
				t.Errorf("%s asked with %s=%q, want %q", test.name, name, (*asked)[name], value)
			}
		}
	}
}

func TestAnswersWithoutAToken(t *testing.T) {
	tests := []struct {
		status  int
		answer  string
		refused bool
	}{
		{http.StatusBadRequest, `{"error":"invalid_subject_token"}`, true},
		{http.StatusUnauthorized, ``, true},
		{http.StatusTooManyRequests, ``, false},
		{http.StatusBadGateway, `<html>`, false},
		{http.StatusOK, `{}`, false},
		{http.StatusOK, `shpat_secret`, false},
	}
	for _, test := range tests {
		client, _ := asking(t, test.status, test.answer)
		_, err := client.Refresh(t.Context(), shop, "r")
		if err == nil || errors.Is(err, ErrRefused) != test.refused || strings.Contains(err.Error(), "shpat") {
			t.Errorf("%d %s: %v", test.status, test.answer, err)
		}
	}
}

func TestAuthorizeURL(t *testing.T) {
	got, err := url.Parse((&Client{ClientID: "client"}).AuthorizeURL(shop, []string{"read_orders", "read_products"}, "https://app.example/auth/callback", "s"))
	if err != nil || got.Host != shop || got.Path != "/admin/oauth/authorize" {
		t.Fatal(got, err)
	}
	want := url.Values{
		"client_id": {"client"}, "scope": {"read_orders,read_products"}, "redirect_uri": {"https://app.example/auth/callback"}, "state": {"s"},
	}
	if got.Query().Encode() != want.Encode() {
		t.Error(got.RawQuery)
	}
}
