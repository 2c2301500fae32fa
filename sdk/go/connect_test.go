package tagalong

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func TestChallengeIsTheOneOfTheStandard(t *testing.T) {
	// RFC 7636, appendix B.
	if got := Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Error(got)
	}
	if a, b := NewVerifier(), NewVerifier(); a == b || len(a) != 43 {
		t.Errorf("verifiers %q and %q", a, b)
	}
}

func TestConnectURLSaysAllButTheVerifier(t *testing.T) {
	ask := ConnectRequest{
		Name: "My plugin", Platform: "own", ReturnURL: "https://shop.example/admin?page=chat", State: "s 1", Verifier: NewVerifier(),
		Scopes: []api.Scope{api.ScopeContextWrite, api.ScopeContextRead}, Identity: true, Shop: ShopHint{Name: "Marl & Co", Test: true},
	}
	got, err := ConnectURL("https://chat.example/", ask)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, ask.Verifier) {
		t.Error("the verifier is in the URL")
	}
	u, err := url.Parse(got)
	if err != nil || u.Host != "chat.example" || u.Path != "/connect" {
		t.Fatal(got, err)
	}
	want := url.Values{
		"name": {"My plugin"}, "platform": {"own"}, "return_url": {ask.ReturnURL}, "state": {"s 1"}, "code_challenge": {Challenge(ask.Verifier)},
		"code_challenge_method": {"S256"}, "scopes": {"context:write context:read"}, "identity": {"1"}, "shop_name": {"Marl & Co"}, "test": {"1"},
	}
	if u.Query().Encode() != want.Encode() {
		t.Errorf("query %v, want %v", u.Query(), want)
	}
	for name, spoil := range map[string]func(*ConnectRequest){
		"no state":         func(r *ConnectRequest) { r.State = "" },
		"no scopes":        func(r *ConnectRequest) { r.Scopes = nil },
		"a short verifier": func(r *ConnectRequest) { r.Verifier = "x" },
	} {
		bad := ask
		spoil(&bad)
		if _, err := ConnectURL("https://chat.example", bad); err == nil {
			t.Errorf("ConnectURL took %s", name)
		}
	}
}

func golden(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("../../openapi/examples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestConnect(t *testing.T) {
	s := answering(t, status(201, golden(t, "exchangeConnectCode.response")))
	base := strings.TrimSuffix(s.client.api.Server, "/")
	got, err := Connect(t.Context(), base, "c1", "v1", "https://shop.example/back")
	if err != nil {
		t.Fatal(err)
	}
	if s.seen[0].method != "POST" || s.seen[0].path != "/v1/connect/token" || s.seen[0].header.Get("Authorization") != "" {
		t.Errorf("request %+v", s.seen[0])
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(s.seen[0].body), &body); err != nil || body["code"] != "c1" || body["code_verifier"] != "v1" {
		t.Errorf("body %v, %v", body, err)
	}
	if got.PluginKey.Key == "" || got.IdentitySecret == nil || got.IdentitySecret.Secret == "" {
		t.Errorf("no key or secret: %s", got)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("connected", "to", got)
	for _, text := range []string{log.String(), fmt.Sprint(got), fmt.Sprintf("%+v %#v", got, got)} {
		if strings.Contains(text, got.PluginKey.Key) || strings.Contains(text, got.IdentitySecret.Secret) {
			t.Errorf("a secret is printed: %s", text)
		}
	}
	if again, err := got.Client(); err != nil || again.shop != got.Shop.ID {
		t.Error(again, err)
	}
}

// A lost answer may hide a key that was made: the same code again would end it.
func TestConnectIsNotRepeated(t *testing.T) {
	for name, first := range map[string]answer{"a lost connection": hangUp, "500": problem(500, "internal")} {
		s := answering(t, first, status(201, golden(t, "exchangeConnectCode.response")))
		if _, err := Connect(t.Context(), s.client.api.Server, "c1", "v1", "https://shop.example/back"); err == nil || len(s.seen) != 1 {
			t.Errorf("after %s: %d tries, %v", name, len(s.seen), err)
		}
	}
}

func TestOpenFindsTheShopOfAKey(t *testing.T) {
	s := answering(t, status(200, golden(t, "getOwnPluginKey.response")), status(200, `{}`))
	client, self, err := Open(t.Context(), s.client.api.Server, "tgk_2")
	if err != nil || self.Shop.Currency != "EUR" {
		t.Fatal(self, err)
	}
	if _, err := client.Order(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	if s.seen[0].header.Get("Authorization") != "Bearer tgk_2" || s.seen[1].path != "/v1/shops/"+self.Shop.ID+"/orders/1" {
		t.Errorf("requests %+v", s.seen)
	}
	if _, _, err := Open(t.Context(), s.client.api.Server, ""); err == nil {
		t.Error("Open took no key")
	}
}

func TestDisconnect(t *testing.T) {
	s := answering(t, status(503, `{"code":"try_again"}`), status(204, ""))
	if err := s.client.Disconnect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.seen) != 2 || s.seen[1].method != "DELETE" || s.seen[1].path != "/v1/plugin-key" {
		t.Errorf("requests %+v", s.seen)
	}
}

func TestRedactionIsRepeatedOnlyByItsReference(t *testing.T) {
	for reference, tries := range map[string]int{"r1": 2, "": 1} {
		s := answering(t, hangUp, status(202, golden(t, "redactPersonalData.response")))
		got, err := s.client.Redact(t.Context(), Redaction{Reference: reference, Orders: []string{"1"}})
		if len(s.seen) != tries || (err == nil) != (tries == 2) || err == nil && got.State != api.PrivacyStatePending {
			t.Errorf("reference %q: %d tries, %+v, %v", reference, len(s.seen), got, err)
		}
	}
}

func TestSubscriptions(t *testing.T) {
	s := answering(t,
		status(201, golden(t, "createWebhook.response")), status(200, golden(t, "listWebhookDeliveries.response")), status(200, `{"items":[]}`),
		status(204, ""))
	made, err := s.client.Subscribe(t.Context(), "https://erp.example/hook", api.WebhookTypeOrderChanged)
	if err != nil || !strings.HasPrefix(made.Secret, "whsec_") {
		t.Fatal(made, err)
	}
	if want := `{"events":["order.changed"],"url":"https://erp.example/hook"}`; s.seen[0].body != want && strings.TrimSpace(s.seen[0].body) != want {
		t.Errorf("body %s, want %s", s.seen[0].body, want)
	}
	n := 0
	for _, err := range s.client.Deliveries(t.Context(), made.ID, api.WebhookDeliveryStateDead) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 || !strings.Contains(s.seen[1].query, "state=dead") || !strings.Contains(s.seen[2].query, "cursor=") {
		t.Errorf("%d deliveries, requests %+v", n, s.seen)
	}
	if err := s.client.Unsubscribe(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
}
