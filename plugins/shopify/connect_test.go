package shopify_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
)

// signed signs a query as Shopify does.
func signed(query url.Values) string {
	sign.StampAppURL(shopifytest.Secret, query)
	return query.Encode()
}

func TestConnect(t *testing.T) {
	s := start(t)
	to := s.leave()
	query := to.Query()
	if !strings.HasPrefix(to.String(), s.chat.URL+"/connect?") || query.Get("platform") != "shopify" || query.Get("identity") != "1" ||
		query.Get("scopes") != "context:write context:read" || query.Get("return_url") != s.server.URL+"/connect/callback" ||
		query.Get("shop_origin") != "https://lia.example" || query.Get("shop_currency") != "USD" || query.Get("code_challenge_method") != "S256" {
		t.Error(to)
	}
	s.chat.codes["tgc_1"] = query.Get("code_challenge")
	back := "/connect/callback?" + url.Values{"code": {"tgc_1"}, "state": {query.Get("state")}}.Encode()
	other := *s
	other.browser = http.DefaultClient
	other.get(back).is(t, "another browser", http.StatusBadRequest)
	s.get("/connect/callback?code=tgc_1&state=another").is(t, "another state", http.StatusBadRequest)
	home := s.get(back).is(t, "come back", http.StatusFound)
	if at := home.Header.Get("Location"); at != "https://lia.myshopify.com/admin/apps/tagalong-test-client" {
		t.Error(at)
	}
	i := s.installation()
	if i.Chat.Shop != chatShop || i.Chat.Key != chatKey || i.Chat.Secret != "identity-secret" || i.Chat.KID != "kid_lia" {
		t.Errorf("%+v", i.Chat)
	}
	if s.shopify.AppData["shopKey"] != "pk_lia" || s.shopify.AppData["loader"] != s.chat.URL+"/w/pk_lia.js" {
		t.Errorf("the theme is told %v", s.shopify.AppData)
	}
	s.get(back).is(t, "come back twice", http.StatusBadRequest)
	if log := s.log.String(); strings.Contains(log, chatKey) || strings.Contains(log, "identity-secret") {
		t.Error("a secret stands in the log")
	}
}

func TestAMerchantWhoThinksBetterOfIt(t *testing.T) {
	s := start(t)
	to := s.leave()
	back := url.Values{"error": {"access_denied"}, "state": {to.Query().Get("state")}}
	s.get("/connect/callback?"+back.Encode()).is(t, "come back", http.StatusFound)
	if s.installation().Chat.Ready() {
		t.Error("connected")
	}
}

func TestAWayThatTookTooLong(t *testing.T) {
	s := start(t)
	to := s.leave()
	s.chat.codes["tgc_1"] = to.Query().Get("code_challenge")
	s.clock.advance(11 * time.Minute)
	back := url.Values{"code": {"tgc_1"}, "state": {to.Query().Get("state")}}
	s.get("/connect/callback?"+back.Encode()).is(t, "come back", http.StatusBadRequest)
}

var hidden = regexp.MustCompile(`action="/([a-z]+)[^"]*"><input type="hidden" name="ticket" value="([^"]+)"`)

// tickets are those of the page's forms.
func (s *setting) tickets() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for _, found := range hidden.FindAllStringSubmatch(s.open().body, -1) {
		all[found[1]] = found[2]
	}
	return all
}

func TestTicketsAreForOneThingAndAWhile(t *testing.T) {
	s := start(t)
	s.connect()
	ticket := s.tickets()["disconnect"]
	session := shopifytest.OpenQuery(shopifytest.Shop, s.clock.Now()).Get("id_token")
	for name, bad := range map[string]string{
		"none": "", "one for another thing": ticket, "a session token": session, "a text": "x.y.z", "one cut short": ticket[:len(ticket)-2],
		"a forged one": sign.JWT("guess", "", map[string]any{"shop": shopifytest.Shop, "aud": "tagalong-shopify:connect", "exp": 1 << 40}),
	} {
		s.get("/connect/start?"+url.Values{"ticket": {bad}}.Encode()).is(t, name, http.StatusForbidden)
	}
	s.post("/retry", url.Values{"ticket": {ticket}}).is(t, "another thing", http.StatusForbidden)
	s.clock.advance(31 * time.Minute)
	s.post("/disconnect", url.Values{"ticket": {ticket}}).is(t, "too late", http.StatusForbidden)
	if !s.installation().Chat.Ready() {
		t.Error("disconnected")
	}
}

func TestDisconnectRevokesTheKey(t *testing.T) {
	s := start(t)
	s.connect()
	page := s.post("/disconnect", url.Values{"ticket": {s.tickets()["disconnect"]}, "locale": {"de"}}).is(t, "disconnect", http.StatusOK)
	if !strings.Contains(page.body, "Mit Tagalong verbinden") {
		t.Error(page.body)
	}
	i := s.installation()
	if i.Chat.Ready() || i.Chat.Secret != "" || len(s.chat.revoked) != 1 || s.chat.revoked[0] != chatKey || !i.Active() {
		t.Errorf("%+v, revoked %v", i.Chat, s.chat.revoked)
	}
	s.connect()
	if !s.installation().Chat.Ready() {
		t.Error("not connected again")
	}
}
