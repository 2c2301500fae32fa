// Package plugincheck plays the conformance kit against the plugins that merchants install, as far as they take webhooks.
package plugincheck_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
	"github.com/tagalong-chat/tagalong/server/plugincheck"
)

// Shopify's payloads lie beside the app's mapping, each with what becomes of it.
const payloads = "../../../plugins/shopify/mapping/testdata"

// topicOf is for the payloads that are not named after their topic.
var topicOf = map[string]string{
	"orders_updated_partially_shipped": "orders/updated", "orders_guest_in_yen": "orders/updated", "orders_in_dinar": "orders/updated",
	"orders_without_people": "orders/updated", "orders_partly_refunded": "orders/updated",
	"orders_cancelled_in_unknown_words": "orders/cancelled", "carts_emptied": "carts/update",
	"fulfillment_events_delivered": "fulfillment_events/create",
}

func topic(name string) string {
	if t, ok := topicOf[name]; ok {
		return t
	}
	i := strings.LastIndexByte(name, '_')
	return name[:i] + "/" + name[i+1:]
}

// deliveryID is the one in the golden files.
const deliveryID = "545ebdd4-b7be-4d3d-b14e-54aa78e0e0f9"

// cases makes the kit's folder of the app's golden files, without those for which the app asks Shopify first.
func cases(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	goldens, err := filepath.Glob(payloads + "/*.golden.json")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no golden files: ", err)
	}
	deliveries := map[string]any{}
	add := func(name, topic string, payload, golden []byte) {
		write(t, filepath.Join(dir, name+".json"), payload)
		write(t, filepath.Join(dir, name+".golden.json"), bytes.ReplaceAll(golden, []byte(deliveryID), []byte("{{delivery}}")))
		deliveries[name] = map[string]any{"headers": map[string]string{"X-Shopify-Topic": topic}}
	}
	for _, file := range goldens {
		name := strings.TrimSuffix(filepath.Base(file), ".golden.json")
		var golden map[string]json.RawMessage
		raw := read(t, file)
		if err := json.Unmarshal(raw, &golden); err != nil {
			t.Fatal(err)
		}
		if len(golden) > 1 || strings.HasSuffix(name, ".admin") || name == "checkouts_delete" {
			continue
		}
		add(name, topic(name), read(t, filepath.Join(payloads, name+".json")), raw)
	}
	add("customers_redact", "customers/redact",
		[]byte(`{"shop_domain":"lia.myshopify.com","customer":{"id":191167,"email":"john@example.com","phone":"555-625-1199"},"orders_to_redact":[299938]}`),
		[]byte(`{"redact":[{"customer":{"external_id":"191167","email":"john@example.com"},"orders":["299938"],"reference":"shopify:redact:{{delivery}}","transcripts":true}]}`))
	settings, err := json.Marshal(map[string]any{
		"platform": "shopify", "path": "/webhooks", "secret": shopifytest.Secret,
		"signature": map[string]string{"header": "X-Shopify-Hmac-Sha256", "algorithm": "hmac-sha256", "encoding": "base64"},
		"headers": map[string]string{
			"X-Shopify-Shop-Domain": shopifytest.Shop, "X-Shopify-Webhook-Id": "{{delivery}}", "X-Shopify-Api-Version": "2026-07",
			"X-Shopify-Triggered-At": "2022-01-06T12:00:00.123456Z", "X-Shopify-Event-Id": "{{delivery}}",
		},
		"deliveries": deliveries,
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "check.json"), settings)
	return dir
}

// app is the Shopify app with one shop, connected to the stand-in at an address.
func app(t *testing.T, tagalong string) string {
	t.Helper()
	seal, err := store.NewSealer(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, store.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), seal)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(-time.Hour)
	_, err = db.Install(t.Context(), shopifytest.Shop, oauth.Token{}, now)
	if err == nil {
		err = db.SetProfile(t.Context(), shopifytest.Shop, store.Profile{Name: "Lia", Currency: "USD", StoreURL: "https://lia.example"})
	}
	if err == nil {
		err = db.Connect(t.Context(), shopifytest.Shop, store.Connection{
			Shop: plugincheck.Shop, ShopKey: plugincheck.PublicKey, API: tagalong, Key: plugincheck.Key,
		}, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := shopify.New(shopify.Options{
		URL: "https://app.example", ClientID: shopifytest.ClientID, Secrets: sign.Secrets{shopifytest.Secret}, Chat: tagalong, Store: db,
		Base: shopifytest.New(t).Base, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(a)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = a.Run(ctx)
	}()
	t.Cleanup(func() {
		door.Close()
		stop()
		<-done
		_ = db.Close()
	})
	return door.URL
}

func TestTheShopifyAppStandsTheKit(t *testing.T) {
	listen := fmt.Sprintf("127.0.0.1:%d", harness.FreePort(t))
	var report bytes.Buffer
	err := plugincheck.Main(t.Context(), []string{"--url", app(t, "http://"+listen), "--cases", cases(t), "--listen", listen}, &report)
	if err != nil {
		t.Errorf("%v\n%s", err, &report)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
