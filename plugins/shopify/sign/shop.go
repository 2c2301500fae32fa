package sign

import "regexp"

var shopName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$`)

// IsShop tells whether a name is a Shopify shop's own. It is stricter than Shopify's library, which takes development hosts
// too: requests with tokens go there, so a name such as `a.myshopify.com.evil.example` must not pass.
func IsShop(name string) bool { return shopName.MatchString(name) }
