package oauth

import (
	"net/url"
	"strings"
)

// AuthorizeURL is where a merchant agrees to the app, when it is not embedded and so not installed by Shopify itself
// (https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant). The caller keeps
// state in a cookie and compares it when the merchant comes back.
func (c *Client) AuthorizeURL(shop string, scopes []string, redirect, state string) string {
	query := url.Values{
		"client_id": {c.ClientID}, "scope": {strings.Join(scopes, ",")}, "redirect_uri": {redirect}, "state": {state},
	}
	return c.base(shop) + "/admin/oauth/authorize?" + query.Encode()
}
