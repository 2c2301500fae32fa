package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	typeSession   = "urn:ietf:params:oauth:token-type:id_token"
	typeOffline   = "urn:shopify:params:oauth:token-type:offline-access-token"
)

// Token is a shop's offline token. Expiring ones come with a refresh token, which is good for one use.
type Token struct {
	Access         string
	Scopes         string
	Expires        time.Time // zero: never, a token of the old kind
	Refresh        string
	RefreshExpires time.Time
}

// ErrRefused says that Shopify does not take what it was given, and that the same again will not help: the session is over,
// the app was removed, the refresh token was used up.
var ErrRefused = errors.New("Shopify refused the token request") //nolint:staticcheck // a name

// Client asks Shopify for tokens. Base makes the address of a shop; nil, it is the shop's own over https.
type Client struct {
	HTTP         *http.Client
	ClientID     string
	ClientSecret string
	Base         func(shop string) string
	Now          func() time.Time
}

// Exchange gives the shop's offline token for a session token (managed installation,
// https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/token-exchange).
func (c *Client) Exchange(ctx context.Context, shop, session string) (Token, error) {
	return c.token(ctx, shop, map[string]string{
		"grant_type": grantExchange, "subject_token": session, "subject_token_type": typeSession,
		"requested_token_type": typeOffline, "expiring": "1",
	})
}

// Migrate gives an expiring offline token for one of the old kind, which Shopify then takes out of use.
func (c *Client) Migrate(ctx context.Context, shop, old string) (Token, error) {
	return c.token(ctx, shop, map[string]string{
		"grant_type": grantExchange, "subject_token": old, "subject_token_type": typeOffline,
		"requested_token_type": typeOffline, "expiring": "1",
	})
}

// Code gives the shop's offline token for the code of a grant.
func (c *Client) Code(ctx context.Context, shop, code string) (Token, error) {
	return c.token(ctx, shop, map[string]string{"code": code, "expiring": "1"})
}

// Refresh gives a new pair for a refresh token. The old one may be used again until the new one is, so a pair that got lost
// on the way can be asked for once more.
func (c *Client) Refresh(ctx context.Context, shop, refresh string) (Token, error) {
	return c.token(ctx, shop, map[string]string{"grant_type": "refresh_token", "refresh_token": refresh})
}

const maxAnswer = 64 << 10

func (c *Client) token(ctx context.Context, shop string, form map[string]string) (Token, error) {
	form["client_id"], form["client_secret"] = c.ClientID, c.ClientSecret
	body, err := json.Marshal(form)
	if err != nil {
		return Token{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base(shop)+"/admin/oauth/access_token", bytes.NewReader(body))
	if err != nil {
		return Token{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return Token{}, fmt.Errorf("ask for a token: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return Token{}, fmt.Errorf("read a token: %w", err)
	}
	return c.read(resp.StatusCode, answer)
}

// read never quotes the answer: it has tokens in it.
func (c *Client) read(status int, answer []byte) (Token, error) {
	switch {
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return Token{}, fmt.Errorf("ask for a token: Shopify answered %d", status)
	case status != http.StatusOK:
		return Token{}, fmt.Errorf("%w with %d", ErrRefused, status)
	}
	var t struct {
		Access         string `json:"access_token"`
		Scope          string `json:"scope"`
		Expires        int64  `json:"expires_in"`
		Refresh        string `json:"refresh_token"`
		RefreshExpires int64  `json:"refresh_token_expires_in"`
	}
	if json.Unmarshal(answer, &t) != nil || t.Access == "" {
		return Token{}, errors.New("ask for a token: the answer has none")
	}
	return Token{
		Access: t.Access, Scopes: t.Scope, Expires: c.after(t.Expires), Refresh: t.Refresh, RefreshExpires: c.after(t.RefreshExpires),
	}, nil
}

func (c *Client) after(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return c.Now().Add(time.Duration(seconds) * time.Second)
}

func (c *Client) base(shop string) string {
	if c.Base != nil {
		return c.Base(shop)
	}
	return "https://" + shop
}
