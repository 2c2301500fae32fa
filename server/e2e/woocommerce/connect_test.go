package woocommerce_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAMerchantConnectsByAButton(t *testing.T) {
	r := startRig(t)
	if p := r.visit(t).get("/"); p.status != http.StatusOK || strings.Contains(p.body, "tagalong-chat") {
		t.Errorf("a site that is not connected shows something of the plugin: %d", p.status)
	}
	asked := r.asks()
	q := asked.Query()
	for name, want := range map[string]string{
		"platform": "woocommerce", "shop_origin": r.url(""), "shop_currency": "EUR", "shop_time_zone": "Europe/Berlin",
		"code_challenge_method": "S256", "identity": "1", "scopes": "context:write context:read",
	} {
		if q.Get(name) != want {
			t.Errorf("it asks with %s = %q", name, q.Get(name))
		}
	}

	made := map[string]any{"name": q.Get("shop_name"), "origins": []string{q.Get("shop_origin")}, "currency": q.Get("shop_currency")}
	back := r.grants(asked, map[string]any{"new_shop": made})
	p := r.admin.get(back)
	if p.status != http.StatusOK || p.url.Query().Get("tagalong_said") != "connected" || !strings.Contains(p.body, "Connected") {
		t.Fatalf("back from the consent page: %d %s", p.status, p.url)
	}
	var kept map[string]any
	if err := json.Unmarshal(r.option(t, "tagalong_chat_connection"), &kept); err != nil || kept["shop_name"] != "Mug shop" {
		t.Fatalf("it keeps %v, %v", kept, err)
	}
	for _, secret := range []string{"key", "identity_secret"} {
		if value, _ := kept[secret].(string); value == "" || strings.Contains(p.body, value) {
			t.Errorf("the settings page shows the %s, or there is none", secret)
		}
	}
	if p := r.visit(t).get("/"); !strings.Contains(strings.ReplaceAll(p.body, `\/`, "/"), kept["loader_url"].(string)) {
		t.Error("the site does not load the widget")
	}
	if again := r.admin.get(back); again.url.Query().Get("tagalong_said") != "bad_state" {
		t.Errorf("the way back, taken twice: %s", again.url)
	}
}

func TestConnectingIsRefusedToWhoeverDidNotBegin(t *testing.T) {
	r := startRig(t)
	back := r.grants(r.asks(), map[string]any{"shop": r.server.Shop})

	forged := strings.Replace(back, "state=", "state=x", 1)
	if p := r.admin.get(forged); p.url.Query().Get("tagalong_said") != "bad_state" {
		t.Errorf("another state: %d %s", p.status, p.url)
	}
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	if p := cora.get(back); p.status == http.StatusOK && p.url.Query().Get("tagalong_said") == "connected" {
		t.Errorf("a customer connects the shop")
	}
	form := url.Values{"action": {"tagalong_chat_connect"}, "url": {r.server.URL("chat", "")}}
	if p := r.visit(t).submit("/wp-admin/admin-post.php", form); strings.Contains(p.header.Get("Location"), "/connect?") {
		t.Errorf("a stranger begins to connect")
	}
	if p := r.admin.submit("/wp-admin/admin-post.php", form); p.status != http.StatusForbidden {
		t.Errorf("a form of somebody else's site: %d", p.status)
	}
	cancelled := r.asks().Query()
	no := cancelled.Get("return_url") + "&error=access_denied&state=" + cancelled.Get("state")
	if p := r.admin.get(no); p.url.Query().Get("tagalong_said") != "refused" {
		t.Errorf("cancelled: %s", p.url)
	}
	if kept := string(r.option(t, "tagalong_chat_connection")); kept != "false" {
		t.Errorf("it keeps %s", kept)
	}
}
