package sdks_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// The pair of RFC 7636, appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	returnURL = "https://shop.example/back"
)

// TestEverySDKConnectsAndSpeaksForTheShop presses each SDK's "Connect" button against the real program: the page that it opens leads to
// the inbox, the owner agrees, the SDK exchanges the code, and the identity secret that came with the key proves a shopper.
func TestEverySDKConnectsAndSpeaksForTheShop(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	at, owner := published(t, s), s.Agent()
	for _, d := range drivers(t) {
		t.Run(d.name, func(t *testing.T) {
			button := value[string](t, d.run(t, at, map[string]any{
				"call": "connect_url", "name": "My plugin", "return_url": returnURL, "state": "s1", "verifier": verifier,
			}))
			request := asked(t, s, button)
			code := agreed(t, owner, request)
			exchange := map[string]any{"call": "connect", "code": code, "verifier": verifier, "return_url": returnURL}
			first := d.run(t, at, exchange)
			if first.Error != nil {
				t.Fatalf("the code was refused: %+v", first.Error)
			}
			again := d.run(t, at, exchange)
			if again.Error == nil || again.Error.Status != http.StatusGone || again.Error.Code != "gone" {
				t.Errorf("the code was taken twice: %s %+v", again.Value, again.Error)
			}
		})
	}
}

// asked follows the button to the inbox and gives what its page would hand on.
func asked(t *testing.T, s *harness.Server, button string) map[string]any {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(button)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	to, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || answer.StatusCode != http.StatusFound || to.Host != s.Host("inbox") || to.Path != "/inbox/connect" {
		t.Fatalf("the button leads to %d %s", answer.StatusCode, to)
	}
	q := to.Query()
	if q.Get("code_challenge") != challenge || q.Get("return_url") != returnURL || q.Get("scopes") != "context:write context:read" {
		t.Fatalf("on the way the query became %v", q)
	}
	return map[string]any{
		"name": q.Get("name"), "platform": q.Get("platform"), "return_url": q.Get("return_url"), "state": q.Get("state"),
		"code_challenge": q.Get("code_challenge"), "code_challenge_method": q.Get("code_challenge_method"),
		"scopes": []string{"context:write", "context:read"}, "identity": q.Get("identity") == "1",
	}
}

// agreed lets the owner agree, with a new test shop, and gives the code.
func agreed(t *testing.T, owner *harness.Agent, request map[string]any) string {
	t.Helper()
	var to struct {
		URL string `json:"redirect_url"`
	}
	in := map[string]any{"request": request, "new_shop": map[string]any{"name": "Marl", "origins": []string{"https://shop.example"}, "test": true}}
	if status := owner.Call(http.MethodPost, "/v1/connect/grants", in, &to); status != http.StatusCreated {
		t.Fatalf("the grant was answered %d", status)
	}
	back, err := url.Parse(to.URL)
	if err != nil || back.Query().Get("state") != "s1" {
		t.Fatalf("the browser goes to %s", to.URL)
	}
	return back.Query().Get("code")
}

// TestTheServerBelievesEverySDKsIdentityTokens proves a shopper with a token of each SDK.
func TestTheServerBelievesEverySDKsIdentityTokens(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	var secret struct{ KID, Secret string }
	if status := s.Agent().Call(http.MethodPost, "/v1/shops/"+s.Shop+"/identity-secrets", nil, &secret); status != http.StatusCreated {
		t.Fatalf("no identity secret: %d", status)
	}
	at := published(t, s)
	for _, d := range drivers(t) {
		ask := minting("customer of "+d.name, "Lia Grün", 60)
		ask["shop_key"], ask["kid"], ask["secret"] = s.ShopKey, secret.KID, secret.Secret
		token := value[string](t, d.run(t, nowhere, ask))
		shopper := s.NewShopper()
		var known struct {
			Shopper struct {
				Name       string
				Identified bool
			}
		}
		r, err := http.NewRequest(http.MethodPost, at+"/v1/shops/"+s.ShopKey+"/shopper/identity", strings.NewReader(`{"jwt":"`+token+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+shopper.Token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(answer.Body).Decode(&known)
		_ = answer.Body.Close()
		if status := answer.StatusCode; err != nil || status != http.StatusOK || !known.Shopper.Identified || known.Shopper.Name != "Lia Grün" {
			t.Errorf("%s: %d %+v", d.name, status, known)
		}
	}
}
