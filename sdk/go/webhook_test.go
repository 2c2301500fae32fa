package tagalong

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	webhookBody   = `{"id":"evt_1","type":"message.created","at":1795289656123,"shop":"shop_1"}`
)

var (
	otherSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret of 24 byte"))
	webhookNow  = time.UnixMilli(1795289656000)
)

func signWebhook(secret, id string, at time.Time, body string) http.Header {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "." + body))
	header := http.Header{}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", timestamp)
	header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return header
}

func TestWebhook(t *testing.T) {
	valid := func() http.Header { return signWebhook(webhookSecret, "evt_1", webhookNow, webhookBody) }
	with := func(name, value string) http.Header {
		h := valid()
		h.Set(name, value)
		return h
	}
	tests := []struct {
		name    string
		secrets []string
		header  http.Header
		body    string
		want    error
	}{
		{"of ours is believed", nil, valid(), webhookBody, nil},
		{"signed with the old secret during a rotation", []string{otherSecret, webhookSecret}, valid(), webhookBody, nil},
		{"signed with both", nil, with("webhook-signature",
			signWebhook(otherSecret, "evt_1", webhookNow, webhookBody).Get("webhook-signature")+" "+valid().Get("webhook-signature")), webhookBody, nil},
		{"five minutes old", nil, signWebhook(webhookSecret, "evt_1", webhookNow.Add(-5*time.Minute), webhookBody), webhookBody, nil},
		{"of another sender", nil, signWebhook(otherSecret, "evt_1", webhookNow, webhookBody), webhookBody, ErrWebhookSignature},
		{"with a changed body", nil, valid(), webhookBody + " ", ErrWebhookSignature},
		{"with a changed id", nil, with("webhook-id", "evt_2"), webhookBody, ErrWebhookSignature},
		{"with another version of signature", nil, with("webhook-signature", strings.Replace(valid().Get("webhook-signature"), "v1,", "v2,", 1)), webhookBody, ErrWebhookSignature},
		{"with garbage", nil, with("webhook-signature", "v1,%%% v1,"), webhookBody, ErrWebhookSignature},
		{"against an empty secret", []string{"", "whsec_"}, signWebhook("", "evt_1", webhookNow, webhookBody), webhookBody, ErrWebhookSignature},
		{"too old", nil, signWebhook(webhookSecret, "evt_1", webhookNow.Add(-301*time.Second), webhookBody), webhookBody, ErrWebhookTime},
		{"too new", nil, signWebhook(webhookSecret, "evt_1", webhookNow.Add(301*time.Second), webhookBody), webhookBody, ErrWebhookTime},
		{"with no time", nil, with("webhook-timestamp", "soon"), webhookBody, ErrWebhookTime},
		{"without a signature", nil, with("webhook-signature", ""), webhookBody, ErrWebhookHeader},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			secrets := test.secrets
			if secrets == nil {
				secrets = []string{webhookSecret}
			}
			w := Webhook{Secrets: secrets, Now: func() time.Time { return webhookNow }}
			event, err := w.Verify(test.header, []byte(test.body))
			if !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if err == nil && event.ID != "evt_1" {
				t.Errorf("event %+v", event)
			}
		})
	}
}

// The example of the scheme's own libraries.
func TestWebhookMatchesThePublishedExample(t *testing.T) {
	header := http.Header{}
	header.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	header.Set("webhook-timestamp", "1614265330")
	header.Set("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	w := Webhook{Secrets: []string{webhookSecret}, Now: func() time.Time { return time.Unix(1614265330, 0) }}
	if _, err := w.Verify(header, []byte(`{"test": 2432232314}`)); err != nil {
		t.Error(err)
	}
}

func TestNothingThatIsPrintedShowsASecret(t *testing.T) {
	client, err := New("https://chat.example", "shop_1", "tgk_very_secret")
	if err != nil {
		t.Fatal(err)
	}
	webhook := Webhook{Secrets: []string{"whsec_very_secret"}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "client", client, "webhook", webhook)
	for _, text := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s", client, client, client, webhook), fmt.Sprintf("%+v %#v", webhook, webhook)} {
		if strings.Contains(text, "very_secret") {
			t.Errorf("it says %s", text)
		}
	}
}
