// Command signatures prints samples of everything that Shopify signs, made by the code that the app verifies with, for another
// implementation to check (../../checks). The secret is no secret.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

const (
	key    = "tagalong-test-client"
	secret = "hush-hush"
	shop   = "lia.myshopify.com"
	body   = `{"id":820982911946154508,"note":"café 😀","total":"49.90"}`
)

func main() {
	now := time.Now()
	samples := map[string]any{
		"api_key": key, "api_secret": secret, "webhook": webhook(now),
		"oauth_query": appQuery(now), "proxy_query": proxyQuery(now), "session_token": oauth.SignSession(secret, key, shop, now),
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(samples); err != nil {
		fmt.Fprintln(os.Stderr, "signatures:", err)
		os.Exit(1)
	}
}

func webhook(now time.Time) map[string]any {
	header := map[string][]string{}
	sign.Header{
		Topic: "orders/create", Hmac: sign.StampWebhook(secret, []byte(body)), Shop: shop, APIVersion: "2026-07",
		WebhookID: "545ebdd4-b7be-4d3d-b14e-54aa78e0e0f9", EventID: "59d6d79c-595f-4e7e-bc6f-72f5c3d0c66f", TriggeredAt: now,
	}.Write(header)
	flat := map[string]string{}
	for name, values := range header {
		flat[name] = values[0]
	}
	return map[string]any{"headers": flat, "body": body}
}

func appQuery(now time.Time) string {
	query := url.Values{
		"code": {"0907a61c0c8d55e99db179b68161bc00"}, "shop": {shop}, "state": {"0.6784241404160823"}, "host": {"YWRtaW4uc2hvcGlmeS5jb20"},
		"timestamp": {seconds(now)},
	}
	sign.StampAppURL(secret, query)
	return query.Encode()
}

func proxyQuery(now time.Time) string {
	query := url.Values{
		"extra": {"1", "2"}, "shop": {shop}, "logged_in_customer_id": {"7"}, "path_prefix": {"/apps/tagalong-chat"}, "timestamp": {seconds(now)},
	}
	sign.StampProxy(secret, query)
	return query.Encode()
}

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
