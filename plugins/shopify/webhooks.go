package shopify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/mapping"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
)

const (
	maxWebhook = 1 << 20
	// Shopify gives up after five seconds; what is not stored by then will come again.
	storeTime = 4 * time.Second
)

// webhook limits, verifies, stores and answers. All work is done later: Shopify waits five seconds for an answer, and takes
// anything but 2xx for a failure, of which it counts few.
//
// A wrong signature is answered 401, as Shopify demands for compliance webhooks and tests for.
func (a *App) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
	if err != nil {
		refuseBody(w, err)
		return
	}
	h := sign.ReadHeader(r.Header)
	if !a.o.Secrets.Webhook(body, h.Hmac) {
		http.Error(w, "the signature does not match", http.StatusUnauthorized)
		return
	}
	if !sign.IsShop(h.Shop) || h.Topic == "" {
		http.Error(w, "a header is missing", http.StatusBadRequest)
		return
	}
	if !mapping.Known(h.Topic) && !owned(h.Topic) {
		a.log.Info("a webhook of no use", "shop", h.Shop, "topic", h.Topic)
		w.WriteHeader(http.StatusOK)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	if err := a.receive(ctx, h, body); err != nil {
		a.log.Error("a webhook is not stored", "shop", h.Shop, "topic", h.Topic, "delivery", h.WebhookID, "error", err)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "not stored, send it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (a *App) receive(ctx context.Context, h sign.Header, body []byte) error {
	now := a.now()
	if h.WebhookID == "" {
		sum := sha256.Sum256(body)
		h.WebhookID = "sha256-" + hex.EncodeToString(sum[:])
	}
	if h.TriggeredAt.IsZero() || h.TriggeredAt.After(now.Add(time.Minute)) {
		h.TriggeredAt = now
	}
	fresh, err := a.store.Receive(ctx, store.Delivery{
		Shop: h.Shop, ID: h.WebhookID, Topic: h.Topic, Triggered: h.TriggeredAt, Received: now, Body: body,
	})
	if err != nil {
		return err
	}
	if fresh {
		signal(a.wake)
	}
	return nil
}

func refuseBody(w http.ResponseWriter, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the body did not arrive", http.StatusBadRequest)
}
