package woocommerce_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What somebody tries who means ill, or whose site is odd: nothing of it opens anything.
func TestNobodyGetsAtThePluginsSecrets(t *testing.T) {
	r := open(t)
	kept := string(r.option(t, "tagalong_chat_connection"))
	var secrets map[string]any
	if err := json.Unmarshal([]byte(kept), &secrets); err != nil {
		t.Fatal(err)
	}
	var nonce string
	r.as(t, caller{user: "admin", admin: true}, &nonce, `return wp_create_nonce('wp_rest');`)
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	pages := []string{"/wp-json/wp/v2/settings", "/wp-json/tagalong-chat/v1", "/wp-json/", "/wp-admin/options.php", settingsPage}
	for who, v := range map[string]*visitor{"a guest": r.visit(t), "a customer": cora, "the admin": r.admin} {
		for _, path := range pages {
			body := v.get(path).body
			for _, name := range []string{"key", "identity_secret"} {
				if strings.Contains(body, secrets[name].(string)) {
					t.Errorf("%s shows %s the %s", path, who, name)
				}
			}
		}
	}
	if p := cora.get(settingsPage); p.status != http.StatusForbidden && !strings.Contains(p.body, "not allowed") {
		t.Errorf("a customer opens the settings page: %d", p.status)
	}
	actions := []string{"tagalong_chat_disconnect", "tagalong_chat_revive", "tagalong_chat_start_backfill", "tagalong_chat_connect"}
	for _, action := range actions {
		form := url.Values{"action": {action}, "_wpnonce": {"0123456789"}, "url": {r.server.URL("chat", "")}}
		for who, v := range map[string]*visitor{"a guest": r.visit(t), "a customer": cora, "the admin, from another site": r.admin} {
			p := v.submit("/wp-admin/admin-post.php", form)
			if strings.Contains(p.url.RawQuery, "tagalong_said") || strings.Contains(p.header.Get("Location"), "/connect") {
				t.Errorf("%s does %s: %d %s", who, action, p.status, p.url)
			}
		}
	}
	if now := string(r.option(t, "tagalong_chat_connection")); now != kept {
		t.Error("the connection has changed")
	}
}

func TestAProductsNameIsNoScript(t *testing.T) {
	r := open(t)
	const name = `</script><script>window.hit=1</script>&"'`
	var path string
	r.do(t, &path, fmt.Sprintf(`$p = new WC_Product_Simple(); $p->set_name(%s); $p->set_slug('odd'); $p->set_regular_price('1'); $p->save();
		return wp_make_link_relative($p->get_permalink());`, quotePHP(name)))
	p := r.visit(t).get(path)
	m := pageConfig.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no chat on the page: %d", p.status)
	}
	var config struct{ Product struct{ Title string } }
	err := json.Unmarshal([]byte(m[1]), &config)
	if err != nil || !strings.Contains(config.Product.Title, "window.hit") || strings.Contains(m[0], "<") {
		t.Errorf("the page has %s, %v", m[0], err)
	}
}

func TestALinkBackToACartIsNotToBeForged(t *testing.T) {
	r := open(t)
	v, shopper, _ := r.chats()
	v.puts("MUG-1")
	r.flush()
	carts := r.context(shopper).Carts
	if len(carts) != 1 {
		t.Fatalf("the carts are %+v", carts)
	}
	link, err := url.Parse(carts[0].RecoveryURL)
	if err != nil {
		t.Fatal(err)
	}
	for name := range link.Query() {
		token := link.Query().Get(name)
		if len(token) < 20 {
			continue
		}
		for i, forged := range []string{token[:len(token)-1], token + "A", "x" + token[1:], strings.Repeat("A", 4000), "", "[]"} {
			other := *link
			q := link.Query()
			q.Set(name, forged)
			other.RawQuery = q.Encode()
			w := r.visit(t)
			p := w.get(other.String())
			if p.status != http.StatusOK || p.url.Host != r.host() || w.store("GET", "/cart", nil, 200)["items_count"] != 0.0 {
				t.Errorf("forgery %d fills a cart: %d %s", i, p.status, p.url)
			}
		}
	}
}

// Without Action Scheduler's tables WordPress's own clock does the work.
func TestWithoutActionSchedulerWordPresssClockDoesTheWork(t *testing.T) {
	r := open(t)
	r.do(t, nil, `update_option('wc_stub_without_queue', 'yes');`)
	v, _, conversation := r.chats()
	v.puts("MUG-1")
	number := v.buys()
	var planned int
	r.do(t, &planned, `return count(array_filter(_get_cron_array(), fn ($hooks) => isset($hooks['tagalong_chat_flush'])));`)
	if planned != 1 {
		t.Fatalf("WordPress's clock has %d jobs for it", planned)
	}
	r.do(t, nil, `
		global $wpdb;
		$wpdb->query("UPDATE {$wpdb->prefix}tagalong_chat_outbox SET due_at = due_at - 60");
		foreach (_get_cron_array() as $at => $hooks) {
			foreach (array_intersect_key($hooks, ['tagalong_chat_flush' => 1]) as $hook => $jobs) {
				foreach ($jobs as $job) { wp_unschedule_event($at, $hook, $job['args']); do_action_ref_array($hook, $job['args']); }
			}
		}`)
	r.hears(conversation, number, "placed")
}

func TestDisconnectingTakesTheKeyBackAndStopsTheChat(t *testing.T) {
	r := open(t)
	var kept struct{ Key string }
	if err := json.Unmarshal(r.option(t, "tagalong_chat_connection"), &kept); err != nil {
		t.Fatal(err)
	}
	form := r.admin.get(settingsPage).form("tagalong_chat_disconnect")
	if p := r.admin.submit("/wp-admin/admin-post.php", form); p.url.Query().Get("tagalong_said") != "disconnected" {
		t.Fatalf("the button leads to %s", p.url)
	}
	if status := r.ownKey(kept.Key); status != http.StatusUnauthorized {
		t.Errorf("the key still opens something: %d", status)
	}
	v := r.visit(t)
	if p := v.get("/"); strings.Contains(p.body, "tagalongChat") {
		t.Error("the chat is still shown")
	}
	v.puts("MUG-1")
	v.buys()
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("there is still something collected: %v", w)
	}
}

// Whatever is the matter with the plugin's own things, the shop sells.
func TestNothingThatBreaksInThePluginStopsASale(t *testing.T) {
	r := open(t)
	r.broken = true
	for what, code := range map[string]string{
		"a table that is gone": `global $wpdb; $wpdb->query("DROP TABLE {$wpdb->prefix}tagalong_chat_outbox");`,
		"settings that are strange": `update_option('tagalong_chat_connection', 'x'); update_option('tagalong_chat_state', 7);
			update_option('tagalong_chat_settings', 'on');`,
		"a filter that throws": `file_put_contents(WPMU_PLUGIN_DIR . '/throws.php',
			"<?php foreach (['tagalong_chat_consent_category', 'tagalong_chat_shipments'] as \$f) {
				add_filter(\$f, function () { throw new Exception('no'); }); }");`,
	} {
		t.Run(what, func(t *testing.T) {
			r.do(t, nil, code)
			t.Cleanup(func() { r.do(t, nil, `@unlink(WPMU_PLUGIN_DIR . '/throws.php');`) })
			v := r.visit(t)
			v.setCookie(shopperCookie, "shp_"+strings.Repeat("a", 26))
			v.puts("MUG-1")
			v.buys()
			v.puts("MUG-2")
			v.store("GET", "/checkout", nil, 200)
			v.store("POST", "/checkout", map[string]any{"billing_address": buyer, "payment_method": "cod"}, 200)
			r.runQueue()
		})
	}
}
