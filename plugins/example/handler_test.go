package example

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

const secret = "kiosk-secret"

func sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// pusher takes events for the server, with the outcome that the test wants.
type pusher struct {
	outcome api.EventOutcome
	err     error
	got     []tagalong.Event

	redacted []tagalong.Redaction
}

func (p *pusher) PushEvents(_ context.Context, events []tagalong.Event) ([]tagalong.Result, error) {
	p.got = append(p.got, events...)
	if p.err != nil {
		return nil, p.err
	}
	result := tagalong.Result{ID: events[0].ID, Outcome: p.outcome}
	if p.outcome == api.EventOutcomeInvalid {
		result.Error = &api.EventError{Code: api.ErrorCodeInvalid, Fields: []api.FieldProblem{{Path: "order.number", Message: "is too long"}}}
	}
	return []tagalong.Result{result}, nil
}

func (p *pusher) Redact(_ context.Context, r tagalong.Redaction) (tagalong.PrivacyRequest, error) {
	p.redacted = append(p.redacted, r)
	return tagalong.PrivacyRequest{ID: "prv_1"}, p.err
}

func handler(t *testing.T, p Pusher, log io.Writer, secrets ...string) *Handler {
	t.Helper()
	h, err := New(Options{Secrets: secrets, Pusher: p, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func payload(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestHandler(t *testing.T) {
	order := payload(t, "order_changed.json")
	tests := []struct {
		name    string
		method  string
		body    []byte
		header  string
		pusher  *pusher
		status  int
		pushed  int
		logHas  string
		secrets []string
	}{
		{"an order is pushed", "POST", order, sign(secret, order), &pusher{outcome: api.EventOutcomeApplied}, 204, 1, "outcome=applied", nil},
		{"a repeat is fine", "POST", order, sign(secret, order), &pusher{outcome: api.EventOutcomeDuplicate}, 204, 1, "outcome=duplicate", nil},
		{"an older state is fine", "POST", order, sign(secret, order), &pusher{outcome: api.EventOutcomeStale}, 204, 1, "outcome=stale", nil},
		{"signed with the secret that is being replaced", "POST", order, sign("old", order), &pusher{outcome: api.EventOutcomeApplied}, 204, 1, "", []string{secret, "old"}},
		{"what Tagalong calls invalid is logged, not sent again", "POST", order, sign(secret, order), &pusher{outcome: api.EventOutcomeInvalid}, 204, 1, "order.number", nil},
		{"what Tagalong could not take comes again", "POST", order, sign(secret, order), &pusher{err: errors.New("down")}, 503, 1, "did not take", nil},
		{"what cannot be mapped is logged", "POST", []byte(`{"delivery":"1","event":"order.changed","sent_at":"2026-11-21T19:34:16Z"}`), "", &pusher{}, 204, 0, "cannot be mapped", nil},
		{"what cannot be read is logged", "POST", []byte(`hello`), "", &pusher{}, 204, 0, "cannot be read", nil},
		{"another kind of change is left alone", "POST", payload(t, "coupon_created.json"), "", &pusher{}, 204, 0, "", nil},
		{"an unsigned body is refused", "POST", order, "none", &pusher{}, 401, 0, "", nil},
		{"a body signed by somebody else is refused", "POST", order, sign("guess", order), &pusher{}, 401, 0, "", nil},
		{"a changed body is refused", "POST", append(bytes.Clone(order), ' '), sign(secret, order), &pusher{}, 401, 0, "", nil},
		{"half a signature is refused", "POST", order, sign(secret, order)[:20], &pusher{}, 401, 0, "", nil},
		{"a signature of another kind is refused", "POST", order, strings.Replace(sign(secret, order), "sha256=", "sha1=", 1), &pusher{}, 401, 0, "", nil},
		{"one signed with nothing is refused", "POST", order, sign("", order), &pusher{}, 401, 0, "", nil},
		{"too much is refused before it is checked", "POST", make([]byte, maxBody+1), "none", &pusher{}, 413, 0, "", nil},
		{"a GET is refused", "GET", nil, "none", &pusher{}, 405, 0, "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			secrets := test.secrets
			if secrets == nil {
				secrets = []string{secret}
			}
			signature := test.header
			if signature == "" {
				signature = sign(secret, test.body)
			}
			r := httptest.NewRequest(test.method, "/webhooks", bytes.NewReader(test.body))
			r.Header.Set(signatureHeader, signature)
			w := httptest.NewRecorder()
			handler(t, test.pusher, &log, secrets...).ServeHTTP(w, r)
			if w.Code != test.status || len(test.pusher.got) != test.pushed {
				t.Errorf("status %d and %d pushed, want %d and %d; log %s", w.Code, len(test.pusher.got), test.status, test.pushed, &log)
			}
			if !strings.Contains(log.String(), test.logHas) {
				t.Errorf("log %q lacks %q", &log, test.logHas)
			}
			if strings.Contains(log.String(), "lia@example.org") {
				t.Errorf("the log has a buyer's address: %s", &log)
			}
			if test.status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
}

func TestABuyerIsForgottenOrItIsAskedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
	}{"taken": {nil, 204}, "Tagalong is down": {errors.New("down"), 503}} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			p := &pusher{err: test.err}
			body := payload(t, "customer_forgotten.json")
			r := httptest.NewRequest(http.MethodPost, "/webhooks", bytes.NewReader(body))
			r.Header.Set(signatureHeader, sign(secret, body))
			w := httptest.NewRecorder()
			handler(t, p, &log, secret).ServeHTTP(w, r)
			if w.Code != test.status || len(p.redacted) != 1 || p.redacted[0].Customer.Email != "lia@example.org" {
				t.Errorf("status %d, asked for %+v", w.Code, p.redacted)
			}
			if strings.Contains(log.String(), "lia@example.org") {
				t.Errorf("the log has a buyer's address: %s", &log)
			}
		})
	}
}

func TestNewRefusesToWorkWithoutASecret(t *testing.T) {
	for _, secrets := range [][]string{nil, {}, {""}, {"a", ""}} {
		if _, err := New(Options{Secrets: secrets}); err == nil {
			t.Errorf("took secrets %q", secrets)
		}
	}
}

// The whole way: Kiosk's webhook through the handler and the SDK to a server that keeps the contract.
func TestAgainstAServer(t *testing.T) {
	var batches []api.EventBatch
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var batch api.EventBatch
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&batch); err != nil || r.URL.Path != "/v1/shops/shop_1/events" || r.Header.Get("Idempotency-Key") == "" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		batches = append(batches, batch)
		_ = json.NewEncoder(w).Encode(api.EventResults{Results: []api.EventResult{{ID: batch.Events[0].ID, Outcome: api.EventOutcomeApplied}}})
	}))
	defer server.Close()
	client, err := tagalong.New(server.URL, "shop_1", "tgk_1")
	if err != nil {
		t.Fatal(err)
	}
	h := handler(t, client, io.Discard, secret)
	for range 2 {
		body := payload(t, "order_changed.json")
		r := httptest.NewRequest(http.MethodPost, "/webhooks", bytes.NewReader(body))
		r.Header.Set(signatureHeader, sign(secret, body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusNoContent {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
	if len(batches) != 2 || batches[0].Events[0].ID != batches[1].Events[0].ID {
		t.Errorf("a repeated delivery is not the same event: %+v", batches)
	}
}
