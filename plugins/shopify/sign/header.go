package sign

import (
	"net/http"
	"time"
)

// Header is what a webhook says of itself beside its body. The signature covers the body alone: that these are Shopify's
// words too is known from the signed body only, so a body that names its shop is compared with Shop.
type Header struct {
	Topic       string
	Hmac        string
	Shop        string
	APIVersion  string
	WebhookID   string // one delivery's, the same when it is repeated
	EventID     string // shared by all deliveries of one act of a merchant or buyer
	TriggeredAt time.Time
}

// Shopify's webhooks, and its events, which are in preview, name the same things differently. Each row has the names of one
// thing, the older first (https://shopify.dev/docs/apps/build/webhooks).
var names = struct{ topic, hmac, shop, version, webhook, event, triggered []string }{
	topic:     []string{"X-Shopify-Topic", "Shopify-Topic"},
	hmac:      []string{"X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256"},
	shop:      []string{"X-Shopify-Shop-Domain", "Shopify-Shop-Domain"},
	version:   []string{"X-Shopify-Api-Version", "Shopify-Api-Version"},
	webhook:   []string{"X-Shopify-Webhook-Id", "Shopify-Webhook-Id"},
	event:     []string{"X-Shopify-Event-Id", "Shopify-Event-Id"},
	triggered: []string{"X-Shopify-Triggered-At", "Shopify-Triggered-At"},
}

// ReadHeader reads both kinds of headers.
func ReadHeader(h http.Header) Header {
	// Without a time there is no order between deliveries; the caller falls back on the time of arrival.
	triggered, _ := time.Parse(time.RFC3339Nano, first(h, names.triggered))
	return Header{
		Topic: first(h, names.topic), Hmac: first(h, names.hmac), Shop: first(h, names.shop), APIVersion: first(h, names.version),
		WebhookID: first(h, names.webhook), EventID: first(h, names.event), TriggeredAt: triggered,
	}
}

func first(h http.Header, names []string) string {
	for _, name := range names {
		if value := h.Get(name); value != "" {
			return value
		}
	}
	return ""
}

// Write writes the headers as Shopify's webhooks have them; the fake Shopify sends with it.
func (h Header) Write(to http.Header) {
	to.Set(names.topic[0], h.Topic)
	to.Set(names.hmac[0], h.Hmac)
	to.Set(names.shop[0], h.Shop)
	to.Set(names.version[0], h.APIVersion)
	to.Set(names.webhook[0], h.WebhookID)
	to.Set(names.event[0], h.EventID)
	to.Set(names.triggered[0], h.TriggeredAt.UTC().Format("2006-01-02T15:04:05.000000Z"))
}
