package woocommerce_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

var pageConfig = regexp.MustCompile(`window\.tagalongChat=(\{.*?\});`)

// config reads what the page gives the plugin's script.
func (p page) config(t *testing.T) (out struct{ User, Identity, Nonce, Cookie string }) {
	t.Helper()
	m := pageConfig.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("the page has no chat:\n%s", p.body)
	}
	if err := json.Unmarshal([]byte(m[1]), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// identity asks who is signed in, as the page's script does.
func (v *visitor) identity(nonce string) (jwt string, p page) {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.s.url(identityRoute), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	if nonce != "" {
		req.Header.Set("X-WP-Nonce", nonce)
	}
	p = v.do(req)
	var out struct{ JWT string }
	_ = json.Unmarshal([]byte(p.body), &out) // a refusal has none
	return out.JWT, p
}

func TestTheChatLearnsWhoIsSignedInAndOfNobodyElse(t *testing.T) {
	r := open(t)
	if jwt, p := r.visit(t).identity(""); jwt != "" || p.status != http.StatusOK {
		t.Errorf("a guest gets %q: %d", jwt, p.status)
	}
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	config := cora.get("/").config(t)
	if jwt, _ := cora.identity(""); jwt != "" {
		t.Error("a request that carries the cookie alone, as one from another site does, gets a token")
	}
	if jwt, p := cora.identity("0123456789"); jwt != "" {
		t.Errorf("a wrong nonce gets a token: %d", p.status)
	}
	jwt, p := cora.identity(config.Nonce)
	if cache := p.header.Get("Cache-Control"); jwt == "" || !strings.Contains(cache, "no-store") {
		t.Fatalf("the token is %q, to be kept %q", jwt, cache)
	}
	var claims struct {
		Sub, Aud, Name string
		Exp            int64
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	var id int
	r.do(t, &id, `return get_user_by('login', 'cora')->ID;`)
	if claims.Sub != fmt.Sprint(id) || claims.Aud != r.server.ShopKey || claims.Exp > time.Now().Add(24*time.Hour).Unix() {
		t.Errorf("the token says %+v", claims)
	}

	shopper := r.server.NewShopper()
	r.proves(shopper.Token, jwt)
	if jwt, _ := r.visit(t).identity(config.Nonce); jwt != "" {
		t.Error("somebody else with Cora's nonce gets a token")
	}
}

// proves gives a shopper's session the token that says who they are.
func (r *rig) proves(session, jwt string) {
	r.t.Helper()
	to := r.server.URL("chat", "/v1/shops/"+r.server.ShopKey+"/shopper/identity")
	req, err := http.NewRequest(http.MethodPost, to, strings.NewReader(`{"jwt":"`+jwt+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", r.server.URL("chat", ""))
	req.Header.Set("Authorization", "Bearer "+session)
	if p := r.visit(r.t).do(req); p.status != http.StatusOK {
		r.t.Fatalf("the server does not take the token: %d %s", p.status, p.body)
	}
}

// A page cache gives everybody the page that it made for the first one.
func TestPagesSayNothingOfWhoReadsThem(t *testing.T) {
	r := open(t)
	chatted, shopper, _ := r.chats()
	stranger := r.visit(t)
	for _, path := range []string{"/", "/product/blue-mug/", "/checkout/"} {
		one, two := stranger.get(path), chatted.get(path)
		if one.status != http.StatusOK || one.body != two.body {
			t.Errorf("%s differs between two guests, one of whom has chatted", path)
		}
		one.config(t)
	}

	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	config := cora.get("/").config(t)
	jwt, _ := cora.identity(config.Nonce)
	var kept struct {
		Key            string
		IdentitySecret string `json:"identity_secret"`
		Shop           string
	}
	err := json.Unmarshal(r.option(t, "tagalong_chat_connection"), &kept)
	if err != nil || kept.Key == "" || kept.IdentitySecret == "" || jwt == "" {
		t.Fatal(kept, err)
	}
	secrets := map[string]string{
		"the key": kept.Key, "the secret": kept.IdentitySecret, "a token": "eyJ", "the shopper's id": shopper, "an address": "cora@example.test",
	}
	for _, path := range []string{"/", "/product/blue-mug/", "/account/"} {
		body := cora.get(path).body
		for what, secret := range secrets {
			if strings.Contains(body, secret) {
				t.Errorf("%s has %s in it", path, what)
			}
		}
	}
}

func TestWhatIsErasedInTheShopIsErasedAtTheServer(t *testing.T) {
	r := open(t)
	v, _, _ := r.chats()
	v.puts("MUG-1")
	number := v.buys()
	r.do(t, nil, `$o = new WC_Order(); $o->set_billing(['email' => 'other@example.test', 'first_name' => 'Otto']); $o->save();`)
	r.flush()
	if o := r.order(number); o.Customer == nil || o.Customer.Email != buyer["email"] || o.ShippingAddress == nil {
		t.Fatalf("the order is %+v", o)
	}

	// As WordPress's tool does it: each eraser in turn, each page by page.
	r.as(t, caller{user: "admin", admin: true}, nil, fmt.Sprintf(`
		foreach (apply_filters('wp_privacy_personal_data_erasers', []) as $name => $eraser) {
			if (!in_array($name, ['tagalong-chat', 'woocommerce-customer-orders'], true)) { continue; }
			for ($page = 1; $page < 20 && !call_user_func($eraser['callback'], %s, $page)['done']; $page++);
		}`, quotePHP(buyer["email"])))
	r.flush()
	r.until("the order names nobody", func() bool {
		o, err := r.client.Order(t.Context(), number)
		return err != nil || !names(o)
	})
	r.flush() // the shop has changed the order, to take the names away
	if o, err := r.client.Order(t.Context(), number); err == nil && names(o) {
		t.Errorf("afterwards the order is %+v", o)
	}
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("there still wait %v", w)
	}
	others := 0
	for o, err := range r.client.Orders(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if o.Customer != nil && o.Customer.Email == "other@example.test" {
			others++
		}
	}
	if others != 1 {
		t.Error("somebody else's order is erased too")
	}
}

// WooCommerce keeps its orders, names and all, unless the merchant has said otherwise. What was erased at the server stays erased there,
// also of an order that it had not heard of yet, and when the shop changes the order later.
func TestWhatWasErasedDoesNotComeBack(t *testing.T) {
	r := open(t)
	v, _, _ := r.chats()
	v.puts("MUG-1")
	told := v.buys()
	r.flush()
	v.puts("MUG-2")
	waiting := v.buys()
	r.as(t, caller{user: "admin", admin: true}, nil, fmt.Sprintf(`
		call_user_func(apply_filters('wp_privacy_personal_data_erasers', [])['tagalong-chat']['callback'], %s, 1);`, quotePHP(buyer["email"])))
	r.flush()
	requests, err := r.client.PrivacyRequests(t.Context())
	if err != nil || len(requests) == 0 {
		t.Fatalf("the server was asked %+v, %v", requests, err)
	}
	r.until("the erasures are done", func() bool {
		requests, err = r.client.PrivacyRequests(t.Context())
		return err == nil && !slices.ContainsFunc(requests, func(p tagalong.PrivacyRequest) bool { return p.State != api.PrivacyStateDone })
	})
	for _, number := range []string{told, waiting} {
		r.do(t, nil, fmt.Sprintf(`wc_get_order(%s)->update_status('completed');`, number))
	}
	r.flush()
	for what, number := range map[string]string{"that was told": told, "that waited": waiting} {
		if o, err := r.client.Order(t.Context(), number); err == nil && names(o) {
			t.Errorf("the order %s is %+v, %+v", what, o.Customer, o.ShippingAddress)
		}
	}
}

// names tells whether an order says whose it is.
func names(o api.Order) bool {
	return o.Customer != nil && (o.Customer.Email != "" || o.Customer.Phone != "") || o.ShippingAddress != nil && o.ShippingAddress.Name != ""
}

func TestWhatTheServerKnowsIsPartOfAnExport(t *testing.T) {
	r := open(t)
	v, _, _ := r.chats()
	v.puts("MUG-1")
	v.buys()
	r.flush()
	var out struct {
		Data []struct {
			GroupID string `json:"group_id"`
			Data    []struct{ Name, Value string }
		}
		Done bool
	}
	page := 0
	r.until("the export is done", func() bool {
		page++
		r.as(t, caller{user: "admin", admin: true}, &out, fmt.Sprintf(`
			$exporter = apply_filters('wp_privacy_personal_data_exporters', [])['tagalong-chat'];
			return call_user_func($exporter['callback'], %s, %d);`, quotePHP(buyer["email"]), min(page, 10)))
		return out.Done
	})
	if len(out.Data) != 1 || len(out.Data[0].Data) == 0 {
		t.Fatalf("the export is %+v", out)
	}
	value := out.Data[0].Data[0].Value
	if id, ok := strings.CutPrefix(value, "prv_"); ok && id != "" {
		r.merchantHas(value) // the plugin's key may not read what was said: the merchant hands the file over
		return
	}
	if p := r.visit(t).get(value); p.status != http.StatusOK || !strings.Contains(p.body, buyer["email"]) {
		t.Errorf("what it leads to, %s: %d", value, p.status)
	}
}

// merchantHas expects that the owner gets an export's file.
func (r *rig) merchantHas(request string) {
	r.t.Helper()
	var export struct{ State, URL string }
	if status := r.agent.Call(http.MethodGet, "/v1/shops/"+r.server.Shop+"/privacy/"+request, nil, &export); status != http.StatusOK {
		r.t.Fatalf("the export: %d", status)
	}
	if p := r.visit(r.t).get(export.URL); p.status != http.StatusOK || !strings.Contains(p.body, buyer["email"]) {
		r.t.Errorf("the merchant's file, %s at %s: %d", export.State, export.URL, p.status)
	}
}

// leftovers lists what the site has of the plugin.
func (r *rig) leftovers() []string {
	r.t.Helper()
	var out []string
	r.do(r.t, &out, `
		global $wpdb;
		$actions = $wpdb->prefix . 'actionscheduler_actions';
		$cron = array_keys(array_merge(...array_values(array_filter(_get_cron_array(), 'is_array')) ?: [[]]));
		return array_merge(
			$wpdb->get_col("SELECT CONCAT('option ', option_name) FROM $wpdb->options WHERE option_name REGEXP 'tagalong[_-]chat'"),
			$wpdb->get_col("SELECT CONCAT('user meta ', meta_key) FROM $wpdb->usermeta WHERE meta_key LIKE '%tagalong%'"),
			$wpdb->get_col("SELECT CONCAT('order meta ', meta_key) FROM {$wpdb->prefix}wc_orders_meta WHERE meta_key LIKE '%tagalong%'"),
			$wpdb->get_col("SELECT CONCAT('post meta ', meta_key) FROM $wpdb->postmeta WHERE meta_key LIKE '%tagalong%'"),
			array_map(fn ($t) => "table $t", $wpdb->get_col("SHOW TABLES LIKE '%tagalong%'")),
			$wpdb->get_col("SELECT CONCAT('action ', hook) FROM $actions WHERE hook LIKE '%tagalong%' AND status IN ('pending', 'in-progress')"),
			array_values(array_filter($cron, fn ($hook) => strpos($hook, 'tagalong') !== false)));`)
	return out
}

func TestUninstallingLeavesNothing(t *testing.T) {
	r := open(t)
	r.asksAgain()
	v, _, _ := r.chats()
	v.puts("MUG-1")
	v.buys()
	var kept struct{ Key string }
	if err := json.Unmarshal(r.option(t, "tagalong_chat_connection"), &kept); err != nil {
		t.Fatal(err)
	}
	if status := r.ownKey(kept.Key); status != http.StatusOK {
		t.Fatalf("the plugin's key: %d", status)
	}
	if len(r.leftovers()) == 0 {
		t.Fatal("nothing is found of a plugin that runs")
	}

	deactivate := `deactivate_plugins('` + pluginFile + `');`
	r.as(t, caller{user: "admin", admin: true}, nil, deactivate)
	var planned int
	r.do(t, &planned, `return count(as_get_scheduled_actions(['group' => 'tagalong-chat', 'status' => 'pending'], 'ids'));`)
	if planned != 0 {
		t.Errorf("of a plugin that is not active %d actions are planned", planned)
	}
	r.as(t, caller{user: "admin", admin: true}, nil, `uninstall_plugin('`+pluginFile+`');`)
	if left := r.leftovers(); len(left) != 0 {
		t.Errorf("it leaves %v", left)
	}
	if status := r.ownKey(kept.Key); status != http.StatusUnauthorized {
		t.Errorf("the key still opens something: %d", status)
	}
}

// asksAgain begins to connect and does not go on: what is kept meanwhile is to be left out of nothing too.
func (r *rig) asksAgain() {
	r.t.Helper()
	r.do(r.t, nil, `set_transient('tagalong_chat_connecting_1', ['state' => 'x'], 900);`)
}

// ownKey asks the server what a key is.
func (r *rig) ownKey(key string) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.server.URL("chat", "/v1/plugin-key"), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	return r.visit(r.t).do(req).status
}

// Without WooCommerce it is a chat for any site.
func TestWithoutWooCommerceTheChatIsStillThere(t *testing.T) {
	r := open(t)
	r.as(t, caller{user: "admin", admin: true}, nil, `deactivate_plugins('woocommerce/woocommerce.php');`)
	if p := r.visit(t).get("/"); p.status != http.StatusOK {
		t.Fatalf("the site: %d", p.status)
	} else if c := p.config(t); c.Cookie != "" {
		t.Errorf("a shopper's cookie is set for no shop: %+v", c)
	}
	if p := r.admin.get(settingsPage); p.status != http.StatusOK || !strings.Contains(p.body, "Connected to") {
		t.Errorf("the settings page: %d %s", p.status, p.url)
	}
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	if jwt, _ := cora.identity(cora.get("/").config(t).Nonce); jwt == "" {
		t.Error("who is signed in is not told")
	}
	r.do(t, nil, `do_action('tagalong_chat_flush'); do_action('tagalong_chat_sweep'); do_action('tagalong_chat_backfill');`)
}

func TestACustomersChangeIsTold(t *testing.T) {
	r := open(t)
	r.do(t, nil, `$c = new WC_Customer(get_user_by('login', 'cora')->ID); $c->set_billing_phone('+49 30 901820'); $c->save();`)
	r.flush()
	shopper := r.server.NewShopper()
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	jwt, _ := cora.identity(cora.get("/").config(t).Nonce)
	r.proves(shopper.Token, jwt)
	out := r.context(shopper.ID)
	if out.Customer == nil || out.Customer.Email != "cora@example.test" || out.Customer.Phone != "+4930901820" {
		t.Errorf("beside the conversation stands the customer %+v", out.Customer)
	}
}
