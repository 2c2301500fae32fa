package tagalong

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Why a webhook is not to be trusted; ask with [errors.Is].
var (
	ErrWebhookHeader    = errors.New("tagalong: the webhook lacks a header")
	ErrWebhookTime      = errors.New("tagalong: the webhook's time is too far off")
	ErrWebhookSignature = errors.New("tagalong: the webhook's signature does not match")
)

// Webhook verifies what Tagalong sends (Standard Webhooks, https://www.standardwebhooks.com).
type Webhook struct {
	// Secrets are all active ones, "whsec_…" or plain base64; two during a rotation.
	Secrets []string
	// Tolerance is how far its time may be off; 5 minutes when zero.
	Tolerance time.Duration
	// Now is the clock; [time.Now] when nil.
	Now func() time.Time
}

// String counts the secrets and does not show them.
func (w Webhook) String() string { return fmt.Sprintf("webhook with %d secrets", len(w.Secrets)) }

// GoString is String: %#v shows no secrets either.
func (w Webhook) GoString() string { return w.String() }

// LogValue is String, for slog.
func (w Webhook) LogValue() slog.Value { return slog.StringValue(w.String()) }

// Verify gives the event. body must be the raw bytes: limit, then verify, then parse. Deliveries repeat, so drop an ID
// that was dealt with.
func (w Webhook) Verify(header http.Header, body []byte) (api.WebhookEvent, error) {
	var event api.WebhookEvent
	id, timestamp, signatures := header.Get("webhook-id"), header.Get("webhook-timestamp"), header.Get("webhook-signature")
	if id == "" || timestamp == "" || signatures == "" {
		return event, ErrWebhookHeader
	}
	if err := w.checkTime(timestamp); err != nil {
		return event, err
	}
	if !w.signed(id+"."+timestamp+".", body, signatures) {
		return event, ErrWebhookSignature
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return event, fmt.Errorf("tagalong: webhook body: %w", err)
	}
	return event, nil
}

func (w Webhook) checkTime(timestamp string) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrWebhookTime
	}
	now, tolerance := time.Now, 5*time.Minute
	if w.Now != nil {
		now = w.Now
	}
	if w.Tolerance > 0 {
		tolerance = w.Tolerance
	}
	if off := now().Sub(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return ErrWebhookTime
	}
	return nil
}

func (w Webhook) signed(prefix string, body []byte, signatures string) bool {
	ok := false
	for _, secret := range w.Secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 {
			continue
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(prefix))
		mac.Write(body)
		want := mac.Sum(nil)
		for given := range strings.FieldsSeq(signatures) {
			got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(given, "v1,"))
			if strings.HasPrefix(given, "v1,") && err == nil && hmac.Equal(got, want) {
				ok = true
			}
		}
	}
	return ok
}
