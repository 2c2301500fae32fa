package tagalong

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// How a plugin comes to its key, an authorization code with PKCE (RFC 6749, RFC 7636): its "Connect" button opens [ConnectURL], the
// merchant agrees there, the browser comes back to the return URL with a code, and [Connect] exchanges the code.

// NewVerifier makes a random secret for one try to connect. Keep it on the server, with the merchant's session, until the code comes.
func NewVerifier() string { return randomText() }

// NewState makes a random text that the return URL must bring back: compare it, so that nobody else's code is taken in.
func NewState() string { return randomText() }

func randomText() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// Challenge is what stands for a verifier until it is shown: base64url of its SHA-256.
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ConnectRequest is what a plugin asks the merchant for.
type ConnectRequest struct {
	// Name of the plugin, as the merchant reads it.
	Name string
	// Platform that the shop runs on, as in "woocommerce".
	Platform string
	// ReturnURL gets the code: https, no fragment; http on a loopback address only.
	ReturnURL string
	// State comes back as it is; see [NewState].
	State string
	// Verifier stays here; only its [Challenge] goes into the URL.
	Verifier string
	Scopes   []api.Scope
	// Identity asks for a secret too that says who signed-in shoppers are; see [IdentityTokens].
	Identity bool
	// Shop fills in the form for a merchant who makes a new one.
	Shop ShopHint
}

// ShopHint is what a plugin knows of the shop; all of it may be absent.
type ShopHint struct {
	Name, Origin, Currency, Language, TimeZone string
	Test                                       bool
}

// ConnectURL is the page that the plugin's "Connect" button opens in the merchant's browser.
func ConnectURL(baseURL string, r ConnectRequest) (string, error) {
	base, err := url.Parse(strings.TrimRight(baseURL, "/"))
	if err != nil || base.Scheme == "" || base.Host == "" {
		return "", errors.New("tagalong: the base URL must be scheme://host")
	}
	if r.Name == "" || r.ReturnURL == "" || r.State == "" || len(r.Scopes) == 0 {
		return "", errors.New("tagalong: a name, return URL, state and scopes are needed")
	}
	if n := len(r.Verifier); n < 43 || n > 128 {
		return "", errors.New("tagalong: the verifier must have 43 to 128 characters")
	}
	scopes := make([]string, len(r.Scopes))
	for i, s := range r.Scopes {
		scopes[i] = string(s)
	}
	query := url.Values{}
	for name, value := range map[string]string{
		"name": r.Name, "platform": r.Platform, "return_url": r.ReturnURL, "state": r.State,
		"code_challenge": Challenge(r.Verifier), "code_challenge_method": "S256", "scopes": strings.Join(scopes, " "),
		"identity": flag(r.Identity), "shop_name": r.Shop.Name, "shop_origin": r.Shop.Origin, "shop_currency": r.Shop.Currency,
		"shop_language": r.Shop.Language, "shop_time_zone": r.Shop.TimeZone, "test": flag(r.Shop.Test),
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	base.Path += "/connect"
	base.RawQuery = query.Encode()
	return base.String(), nil
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return ""
}

// Connection is what a plugin needs from now on: keep it where only its server can read it. It does not print its secrets.
type Connection struct{ api.Connection }

// String names the connection without its secrets.
func (c Connection) String() string {
	return fmt.Sprintf("connection to %s with %s", c.Shop.ID, c.PluginKey.ID)
}

// GoString is String: %#v shows no secrets either.
func (c Connection) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Connection) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client makes a client with the connection's key.
func (c Connection) Client(options ...Option) (*Client, error) {
	return New(c.APIURL, c.Shop.ID, c.PluginKey.Key, options...)
}

// Connect exchanges a code for a key. The code works once: a second call with it answers "gone" and ends the key. So it is not
// repeated when the answer is lost; let the merchant connect again then.
func Connect(ctx context.Context, baseURL, code, verifier, returnURL string, options ...Option) (Connection, error) {
	c, err := newClient(baseURL, "", "", options)
	if err != nil {
		return Connection{}, err
	}
	got, err := call[api.Connection](ctx, c, func(ctx context.Context) (*http.Response, error) {
		return c.api.ExchangeConnectCode(ctx, api.ConnectCode{Code: code, CodeVerifier: verifier, ReturnURL: returnURL})
	})
	return Connection{got}, err
}

// Self is a plugin key as it sees itself, with its shop.
type Self = api.OwnPluginKey

// Open makes a client from a key alone, as a merchant pastes it: it asks which shop the key opens.
func Open(ctx context.Context, baseURL, key string, options ...Option) (*Client, Self, error) {
	if key == "" {
		return nil, Self{}, errors.New("tagalong: a key is needed")
	}
	c, err := newClient(baseURL, "", key, options)
	if err != nil {
		return nil, Self{}, err
	}
	self, err := c.Self(ctx)
	if err != nil {
		return nil, Self{}, err
	}
	c.shop = self.Shop.ID
	return c, self, nil
}

// Self tells what this client's key may do, and in which shop.
func (c *Client) Self(ctx context.Context) (Self, error) {
	return call[Self](ctx, c, func(ctx context.Context) (*http.Response, error) { return c.api.GetOwnPluginKey(ctx) })
}

// Disconnect revokes this client's key, and the identity secret that came with it: for a plugin that is uninstalled.
func (c *Client) Disconnect(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, func(ctx context.Context) (*http.Response, error) { return c.api.DeleteOwnPluginKey(ctx) })
	return err
}
