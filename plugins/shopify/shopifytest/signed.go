package shopifytest

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

// Webhook is one delivery.
type Webhook struct {
	Topic     string
	Shop      string // [Shop] when empty
	ID        string
	Triggered time.Time
	Body      []byte
	Secret    string // [Secret] when empty
}

// Request is the delivery as Shopify sends it.
func (w Webhook) Request(address string) *http.Request {
	if w.Shop == "" {
		w.Shop = Shop
	}
	if w.Secret == "" {
		w.Secret = Secret
	}
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(w.Body))
	if err != nil {
		panic(err) // a test's own address
	}
	req.Header.Set("Content-Type", "application/json")
	sign.Header{
		Topic: w.Topic, Hmac: sign.StampWebhook(w.Secret, w.Body), Shop: w.Shop, APIVersion: "2026-07", WebhookID: w.ID,
		EventID: "event-" + w.ID, TriggeredAt: w.Triggered,
	}.Write(req.Header)
	return req
}

// Tries is how often Shopify sends a delivery: once, and eight times more over four hours.
const Tries = 9

// Deliver sends until the app takes it, as Shopify does but without the hours between, and gives the last status and how many
// tries it took.
func (w Webhook) Deliver(client *http.Client, address string) (status, tries int, err error) {
	for tries = 1; ; tries++ {
		resp, err := client.Do(w.Request(address))
		if err != nil {
			return 0, tries, err
		}
		_ = resp.Body.Close()
		if status = resp.StatusCode; status/100 == 2 || tries == Tries {
			return status, tries, nil
		}
	}
}

// OpenQuery is how Shopify opens the app for a merchant: signed, with a session token.
func OpenQuery(shop string, now time.Time) url.Values {
	query := url.Values{
		"shop": {shop}, "host": {"YWRtaW4"}, "embedded": {"1"}, "locale": {"en"}, "timestamp": {strconv.FormatInt(now.Unix(), 10)},
		"id_token": {oauth.SignSession(Secret, ClientID, shop, now)},
	}
	sign.StampAppURL(Secret, query)
	return query
}

// ProxyQuery is how Shopify's proxy passes a storefront's request on; customer is empty for a guest.
func ProxyQuery(shop, customer string, now time.Time) url.Values {
	query := url.Values{
		"shop": {shop}, "logged_in_customer_id": {customer}, "path_prefix": {"/apps/tagalong-chat"},
		"timestamp": {strconv.FormatInt(now.Unix(), 10)},
	}
	sign.StampProxy(Secret, query)
	return query
}
