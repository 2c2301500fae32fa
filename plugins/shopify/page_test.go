package shopify_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/oauth"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

func TestOpeningTheAppInstallsIt(t *testing.T) {
	s := start(t)
	page := s.open().is(t, "open", http.StatusOK)
	i := s.installation()
	if !i.Active() || i.Profile.Currency != "USD" || i.Profile.StoreURL != "https://lia.example" || i.Token.Refresh == "" {
		t.Errorf("%+v", i.Profile)
	}
	csp := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "frame-ancestors https://lia.myshopify.com https://admin.shopify.com;") {
		t.Error(csp)
	}
	if !strings.Contains(page.body, `target="_top"`) || !strings.Contains(page.body, "app-bridge.js") {
		t.Error(page.body)
	}
	s.open().is(t, "open again", http.StatusOK)
	if n := s.shopify.Count("exchange"); n != 1 {
		t.Errorf("%d exchanges for two visits", n)
	}
	s.clock.advance(2 * time.Hour)
	s.open().is(t, "open later", http.StatusOK)
	if n := s.shopify.Count("exchange"); n != 2 {
		t.Errorf("%d exchanges after the token's end", n)
	}
	if log := s.log.String(); strings.Contains(log, "shpat_") || strings.Contains(log, "shprt_") {
		t.Error("a token stands in the log")
	}
}

func TestWithoutAGoodSessionThePageGoesThroughAppBridgeOnce(t *testing.T) {
	s := start(t)
	query := shopifytest.OpenQuery(shopifytest.Shop, s.clock.Now())
	for name, token := range map[string]string{
		"none":           "",
		"one that ended": oauth.SignSession(shopifytest.Secret, shopifytest.ClientID, shopifytest.Shop, started.Add(-time.Hour)),
		"a forged one":   oauth.SignSession("guess", shopifytest.ClientID, shopifytest.Shop, started),
		"another app's":  oauth.SignSession(shopifytest.Secret, "other", shopifytest.Shop, started),
		"another shop's": oauth.SignSession(shopifytest.Secret, shopifytest.ClientID, "eve.myshopify.com", started),
	} {
		query.Set("id_token", token)
		to, err := s.get("/?"+query.Encode()).is(t, name, http.StatusFound).Location()
		if err != nil || to.Path != "/bounce" || strings.Contains(to.String(), "id_token") {
			t.Fatal(to, err)
		}
		page := s.get(to.String()).is(t, "bounce", http.StatusOK)
		if !strings.Contains(page.body, "app-bridge.js") {
			t.Error(page.body)
		}
		s.get(to.Query().Get("shopify-reload")).is(t, "without a token still", http.StatusBadRequest)
	}
	if s.shopify.Count("exchange") != 0 {
		t.Error("a token was asked for")
	}
	elsewhere := url.Values{"shop": {shopifytest.Shop}, "shopify-reload": {"https://evil.example/?"}}
	s.get("/bounce?"+elsewhere.Encode()).is(t, "bounce elsewhere", http.StatusBadRequest)
	s.get("/?shop=evil.example").is(t, "no shop", http.StatusBadRequest)
}

func TestThePageIsWholeInEveryLanguage(t *testing.T) {
	names, err := filepath.Glob("locales/*.json")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	html, err := os.ReadFile("page.html")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, found := range regexp.MustCompile(`\.T\.([a-z_]+)`).FindAllStringSubmatch(string(html), -1) {
		used[found[1]] = true
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(name, err)
		}
		for key := range used {
			if texts[key] == "" {
				t.Errorf("%s lacks %s", name, key)
			}
		}
		for key := range texts {
			if !used[key] {
				t.Errorf("%s has %s, which nothing shows", name, key)
			}
		}
	}
	s := start(t)
	s.connect()
	query := shopifytest.OpenQuery(shopifytest.Shop, s.clock.Now())
	query.Set("locale", "ar-EG")
	if page := s.get("/?" + query.Encode()); !strings.Contains(page.body, `<html lang="ar" dir="rtl">`) {
		t.Error(page.body[:200])
	}
	query.Set("locale", "pt-BR")
	if page := s.get("/?" + query.Encode()); !strings.Contains(page.body, `<html lang="en" dir="ltr">`) {
		t.Error(page.body[:200])
	}
}

func TestThePageLeadsToTheThemesEditor(t *testing.T) {
	s := start(t)
	s.connect()
	want := "https://lia.myshopify.com/admin/themes/current/editor?activateAppId=tagalong-test-client%2Fchat&amp;context=apps&amp;template=index"
	if page := s.open(); !strings.Contains(page.body, want) || !strings.Contains(page.body, "Lia&#39;s chat") {
		t.Error(page.body)
	}
}

func TestACodeGrantForAnAppOfItsOwn(t *testing.T) {
	s := start(t, func(o *shopify.Options) { o.Standalone = true })
	open := func() answer { return s.get("/?" + shopifytest.OpenQuery(shopifytest.Shop, s.clock.Now()).Encode()) }
	to, _ := open().is(t, "open", http.StatusFound).Location()
	to, err := s.get(to.String()).is(t, "authorize", http.StatusFound).Location()
	if err != nil || !strings.HasSuffix(to.Path, "/lia.myshopify.com/admin/oauth/authorize") {
		t.Fatal(to, err)
	}
	if redirect := to.Query().Get("redirect_uri"); redirect != s.server.URL+"/auth/callback" {
		t.Error(redirect)
	}
	state := to.Query().Get("state")
	back := func(shop, state, code string) string {
		query := shopifytest.OpenQuery(shop, s.clock.Now())
		query.Del("id_token")
		query.Set("state", state)
		query.Set("code", code)
		query.Del("hmac")
		return "/auth/callback?" + signed(query)
	}
	s.get(back(shopifytest.Shop, "another", shopifytest.Code)).is(t, "another state", http.StatusBadRequest)
	s.get(strings.Replace(back(shopifytest.Shop, state, shopifytest.Code), "hmac=", "hmac=0", 1)).is(t, "a wrong signature", http.StatusBadRequest)
	other := *s
	other.browser = http.DefaultClient
	other.get(back(shopifytest.Shop, state, shopifytest.Code)).is(t, "another browser", http.StatusBadRequest)
	s.get(back(shopifytest.Shop, state, shopifytest.Code)).is(t, "come back", http.StatusFound)
	if !s.installation().Active() {
		t.Error("not installed")
	}
	s.get(back(shopifytest.Shop, state, shopifytest.Code)).is(t, "come back twice", http.StatusBadRequest)
	page := open().is(t, "open", http.StatusOK)
	if strings.Contains(page.body, "app-bridge") || !strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error(page.Header)
	}
	s.get("/?shop=lia.myshopify.com").is(t, "unsigned", http.StatusBadRequest)
	s.get("/auth?shop=evil.example").is(t, "no shop", http.StatusBadRequest)
}

func TestACodeOfAnotherShopIsNotTaken(t *testing.T) {
	s := start(t, func(o *shopify.Options) { o.Standalone = true })
	to, _ := s.get("/auth?shop="+shopifytest.Shop).is(t, "authorize", http.StatusFound).Location()
	query := shopifytest.OpenQuery("eve.myshopify.com", s.clock.Now())
	query.Set("state", to.Query().Get("state"))
	query.Set("code", shopifytest.Code)
	query.Del("hmac")
	s.get("/auth/callback?"+signed(query)).is(t, "another shop", http.StatusBadRequest)
	if s.shopify.Count("code") != 0 {
		t.Error("the code was used")
	}
}
