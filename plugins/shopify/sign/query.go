package sign

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Freshness is how far a signed query's time may be off, as in Shopify's own library.
const Freshness = 90 * time.Second

// AppURL tells whether Shopify signed the query of an app URL, as at the end of an authorization or when an app is opened, at
// about now.
//
// All parameters but hmac take part, unknown ones too, decoded, as `k=v` sorted and joined by `&`
// (https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant).
func (s Secrets) AppURL(query url.Values, now time.Time) bool {
	given := query["hmac"]
	return len(given) == 1 && fresh(query, now) && s.matchHex(appMessage(query), given[0])
}

// Proxy tells whether Shopify signed the query of a request through the app proxy at about now. The message is like that of
// [Secrets.AppURL], but the values of a repeated key are joined by commas and the pairs by nothing
// (https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies).
func (s Secrets) Proxy(query url.Values, now time.Time) bool {
	given := query["signature"]
	return len(given) == 1 && fresh(query, now) && s.matchHex(proxyMessage(query), given[0])
}

// StampAppURL adds hmac to a query; the fake Shopify opens apps with it.
func StampAppURL(secret string, query url.Values) {
	query.Set("hmac", hex.EncodeToString(sum(secret, []byte(appMessage(query)))))
}

// StampProxy adds signature to a query; the fake Shopify's proxy asks with it.
func StampProxy(secret string, query url.Values) {
	query.Set("signature", hex.EncodeToString(sum(secret, []byte(proxyMessage(query)))))
}

func appMessage(query url.Values) string { return joined(query, "hmac", "&") }

func proxyMessage(query url.Values) string { return joined(query, "signature", "") }

// joined sorts the pairs by bytes, as the documentation's Ruby does. A repeated key is one pair.
func joined(query url.Values, without, by string) string {
	pairs := make([]string, 0, len(query))
	for key, values := range query {
		if key != without {
			pairs = append(pairs, key+"="+strings.Join(values, ","))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, by)
}

// A time that is given twice is not known, so it is not fresh.
func fresh(query url.Values, now time.Time) bool {
	given := query["timestamp"]
	if len(given) != 1 {
		return false
	}
	seconds, err := strconv.ParseInt(given[0], 10, 64)
	if err != nil {
		return false
	}
	off := now.Sub(time.Unix(seconds, 0))
	return off <= Freshness && off >= -Freshness
}
