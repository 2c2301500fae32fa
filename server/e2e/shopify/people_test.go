package shopify_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// identify shows a token to the server, as the widget does.
func (s *setting) identify(p *harness.Shopper, jwt string) (status int, answer string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"jwt": jwt})
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.server.URL("chat", "/v1/shops/"+s.server.ShopKey+"/shopper/identity"), strings.NewReader(string(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Token)
	req.Header.Set("Origin", harness.ShopOrigin)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&out)
	raw, _ := json.Marshal(out)
	return resp.StatusCode, string(raw)
}

func TestWhoIsSignedInToTheStorefrontIsKnownInTheChat(t *testing.T) {
	s := start(t)
	s.shopify.Customers["115310627314723954"] = map[string]any{
		"legacyResourceId": "115310627314723954", "displayName": "Jon Smith", "verifiedEmail": true,
		"defaultEmailAddress": map[string]any{"emailAddress": "jon@example.com"},
	}
	ask := func(query string) answer { return s.get(s.door + "/proxy/identity?" + query) }
	var got struct{ JWT string }
	a := ask(shopifytest.ProxyQuery(shopifytest.Shop, "115310627314723954", time.Now()).Encode())
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.StatusCode, err)
	}
	p, _ := s.shopper()
	if status, text := s.identify(p, got.JWT[:len(got.JWT)-2]); status == http.StatusOK {
		t.Errorf("a forged token: %d %s", status, text)
	}
	if status, text := s.identify(p, got.JWT); status != http.StatusOK {
		t.Errorf("the shopper is not known: %d %s", status, text)
	}
	if a := ask(shopifytest.ProxyQuery(shopifytest.Shop, "", time.Now()).Encode()); a.StatusCode != http.StatusNoContent {
		t.Errorf("a guest: %d", a.StatusCode)
	}
	if a := ask("shop=lia.myshopify.com&logged_in_customer_id=115310627314723954"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("without Shopify: %d", a.StatusCode)
	}
}

// done waits until the newest request of a kind is done.
func (s *setting) done(client *tagalong.Client, kind api.PrivacyKind) tagalong.PrivacyRequest {
	s.t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		all, err := client.PrivacyRequests(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range all {
			if r.Kind == kind && r.State == api.PrivacyStateDone {
				return r
			}
		}
	}
	s.t.Fatalf("no %s is done", kind)
	return tagalong.PrivacyRequest{}
}

const buyer = `"shop_domain":"lia.myshopify.com","customer":{"id":115310627314723954,"email":"jon@example.com"}`

func TestPrivacyRequestsOfShopifyAreDone(t *testing.T) {
	s := start(t)
	client := s.chat()
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid", nil)})

	forged := shopifytest.Webhook{Topic: "customers/redact", ID: "w2", Body: []byte(`{` + buyer + `,"orders_to_redact":[` + order + `]}`), Secret: "guess", Triggered: time.Now()}
	if status, _, err := forged.Deliver(http.DefaultClient, s.door+"/webhooks/compliance"); status != http.StatusUnauthorized || err != nil {
		t.Errorf("a forged request: %d, %v", status, err)
	}
	s.deliver(shopifytest.Webhook{Topic: "customers/data_request", ID: "w3", Body: []byte(`{` + buyer + `,"orders_requested":[` + order + `],"data_request":{"id":9999}}`)})
	export := s.done(client, api.PrivacyKindExport)
	if export.URL != "" || export.Counts.Orders != 1 || export.Reference != "shopify:data_request:9999" {
		t.Errorf("%+v", export) // the file holds conversations too, which the app's key may not read: it is for the merchant
	}
	if o, err := client.Order(t.Context(), order); err != nil || o.Customer == nil || o.Customer.Email != "jon@example.com" {
		t.Errorf("before it is asked for: %+v, %v", o.Customer, err)
	}

	s.deliver(shopifytest.Webhook{Topic: "customers/redact", ID: "w4", Body: []byte(`{` + buyer + `,"orders_to_redact":[` + order + `]}`)})
	if erased := s.done(client, api.PrivacyKindRedact); erased.DueAt-erased.CreatedAt > (30 * 24 * time.Hour).Milliseconds() {
		t.Errorf("due after more than 30 days: %+v", erased)
	}
	left := func(when string) {
		o, err := client.Order(t.Context(), order)
		raw, _ := json.Marshal(o)
		if err != nil && !tagalong.IsCode(err, "not_found") || strings.Contains(string(raw), "jon@example.com") || strings.Contains(string(raw), "Steve") {
			t.Errorf("%s: %s, %v", when, raw, err)
		}
	}
	left("erased")
	// What Shopify still had in its queue must not bring the buyer back.
	s.send(shopifytest.Webhook{Topic: "orders/updated", ID: "w5", Body: payload(t, "orders_paid", map[string]any{"updated_at": time.Now().Format(time.RFC3339)})})
	if _, err := s.app.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	left("pushed again")
}

func TestARemovedShopLeavesNothing(t *testing.T) {
	s := start(t)
	client := s.chat()
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid", nil)})
	s.deliver(shopifytest.Webhook{Topic: "app/uninstalled", ID: "w2", Triggered: time.Now().Add(time.Second), Body: []byte(`{}`)})
	if _, err := client.Order(t.Context(), order); err != nil {
		t.Errorf("it is gone before Shopify asks for that: %v", err)
	}
	// The shop's owner reads what is left by a key of their own.
	reader, err := tagalong.New(s.server.URL("chat", ""), s.server.Shop, s.server.PluginKey, tagalong.WithHTTPClient(harness.NewClient()))
	if err != nil {
		t.Fatal(err)
	}
	s.deliver(shopifytest.Webhook{Topic: "shop/redact", ID: "w3", Body: []byte(`{"shop_domain":"lia.myshopify.com"}`)})
	var e *tagalong.Error
	if _, err := client.Order(t.Context(), order); !errors.As(err, &e) || e.Status != http.StatusUnauthorized {
		t.Errorf("the app's key still opens the shop: %v", err)
	}
	s.done(reader, api.PrivacyKindRedact)
	o, err := reader.Order(t.Context(), order)
	if raw, _ := json.Marshal(o); err == nil && strings.Contains(string(raw), "jon@example.com") {
		t.Errorf("%s", raw)
	}
	if _, err := s.store.Installation(t.Context(), shopifytest.Shop); err == nil {
		t.Error("the app still knows the shop")
	}
}

func TestTheMerchantDisconnects(t *testing.T) {
	s := start(t)
	client := s.chat()
	page := s.get(s.door + "/?" + shopifytest.OpenQuery(shopifytest.Shop, time.Now()).Encode())
	_, after, _ := strings.Cut(page.body, `action="/disconnect`)
	_, after, _ = strings.Cut(after, `name="ticket" value="`)
	ticket, _, _ := strings.Cut(after, `"`)
	resp, err := s.browser.PostForm(s.door+"/disconnect", map[string][]string{"ticket": {ticket}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var e *tagalong.Error
	if _, err := client.Self(t.Context()); !errors.As(err, &e) || e.Status != http.StatusUnauthorized {
		t.Errorf("the key still opens the shop: %v", err)
	}
	s.connect()
	if _, err := s.chat().Self(t.Context()); err != nil {
		t.Errorf("connected again: %v", err)
	}
}
