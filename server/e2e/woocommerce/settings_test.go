package woocommerce_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// saves sends the settings page's form with these boxes ticked and no others.
func (r *rig) saves(ticked ...string) {
	r.t.Helper()
	var form url.Values
	for _, f := range forms.FindAllString(r.admin.get(settingsPage).body, -1) {
		if in := (page{body: f}).hidden(); in.Get("option_page") != "" {
			form = in
		}
	}
	for _, name := range ticked {
		form.Set("tagalong_chat_settings["+name+"]", "1")
	}
	if p := r.admin.submit("/wp-admin/options.php", form); p.status != http.StatusOK || p.url.Query().Get("settings-updated") != "true" {
		r.t.Fatalf("the settings are not saved: %d %s", p.status, p.url)
	}
}

func TestWhatIsSwitchedOffIsNotDone(t *testing.T) {
	r := open(t)
	v, _, _ := r.chats()
	r.saves() // nothing at all
	if p := v.get("/"); strings.Contains(p.body, "tagalongChat") {
		t.Error("the chat is shown")
	}
	v.puts("MUG-1")
	r.do(t, nil, `$c = new WC_Customer(get_user_by('login', 'cora')->ID); $c->set_first_name('C'); $c->save();
		$p = wc_get_product(wc_get_product_id_by_sku('MUG-2')); $p->set_regular_price('8'); $p->save();`)
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("there wait %v", w)
	}
	number := v.buys()
	r.flush()
	if o := r.order(number); o.Shopper != "" {
		t.Error("the order says who chatted")
	}

	r.saves("widget", "carts", "link_orders")
	cora := r.visit(t)
	cora.signIn("cora", customerPassword)
	if c := cora.get("/").config(t); c.Identity != "" || c.Nonce != "" {
		t.Errorf("the page is to ask who is signed in: %+v", c)
	}
	v.puts("POT-1")
	if w := r.waiting(); len(w) != 1 {
		t.Errorf("of a cart there wait %v", w)
	}
}

// A plugin that asks for consent, speaking the WP Consent API, says that there is none.
func TestWithoutConsentNobodyIsTiedToAnOrder(t *testing.T) {
	r := open(t)
	v, _, _ := r.chats()
	r.do(t, nil, `file_put_contents(WPMU_PLUGIN_DIR . '/consent.php', '<?php function wp_has_consent($category) { return false; }');`)
	t.Cleanup(func() { r.do(t, nil, `unlink(WPMU_PLUGIN_DIR . '/consent.php');`) })
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	if o := r.order(number); o.Shopper != "" || o.Customer == nil {
		t.Errorf("the order is %+v", o)
	}
}

func TestAYenIsAYen(t *testing.T) {
	r := open(t)
	r.do(t, nil, `update_option('woocommerce_currency', 'JPY'); update_option('woocommerce_price_num_decimals', 0);
		$p = wc_get_product(wc_get_product_id_by_sku('MUG-1')); $p->set_regular_price('1500'); $p->save();`)
	v, shopper, _ := r.chats()
	v.puts("MUG-1")
	v.puts("MUG-1")
	r.flush()
	if c := r.context(shopper); len(c.Carts) != 1 || c.Carts[0].Totals.Total.Amount != 3000 || c.Carts[0].Totals.Total.Currency != "JPY" {
		t.Errorf("the cart is %+v", c.Carts)
	}
	number := v.buys()
	r.flush()
	o := r.order(number)
	if o.Totals.Total.Amount != 3000 || o.Totals.Total.Currency != "JPY" || o.Lines[0].UnitPrice == nil ||
		o.Lines[0].UnitPrice.Amount != 1500 {
		t.Errorf("the order is %+v, %+v", o.Totals.Total, o.Lines)
	}
}

// Texts come from the plugin's own files, and not before WordPress wants them: it would note that in the log.
func TestTheSettingsPageSpeaksTheSitesLanguage(t *testing.T) {
	r := startRig(t)
	r.do(t, nil, `file_put_contents(WPMU_PLUGIN_DIR . '/locale.php', "<?php add_filter('locale', fn () => 'de_DE');");`)
	t.Cleanup(func() { r.do(t, nil, `unlink(WPMU_PLUGIN_DIR . '/locale.php');`) })
	if p := r.admin.get(settingsPage); p.status != http.StatusOK || !strings.Contains(p.body, "Verbinden") {
		t.Errorf("the page is not in German: %d", p.status)
	}
}

func TestACouponIsTold(t *testing.T) {
	r := open(t)
	r.do(t, nil, `$c = new WC_Coupon();
		$c->set_props(['code' => 'CHAT10', 'discount_type' => 'percent', 'amount' => '10', 'usage_limit' => 1]); $c->save();`)
	r.flush()
	coupons, err := r.client.Coupons(t.Context())
	if err != nil || len(coupons) != 1 || !strings.EqualFold(coupons[0].Code, "chat10") || coupons[0].Percent != "10" {
		t.Fatalf("the coupons are %+v, %v", coupons, err)
	}
	v, _, _ := r.chats()
	v.puts("MUG-1")
	v.store("POST", "/cart/apply-coupon", map[string]any{"code": "CHAT10"}, 200)
	number := v.buys()
	r.flush()
	if o := r.order(number); o.Totals.Total.Amount != 1305 || o.Totals.Discount.Amount != 145 || fmt.Sprint(o.Coupons) != "[chat10]" {
		t.Errorf("the order is %+v with %v", o.Totals, o.Coupons)
	}
	if coupons, err := r.client.Coupons(t.Context()); err != nil || len(coupons) != 0 {
		t.Errorf("a coupon that is used up is still offered: %+v, %v", coupons, err)
	}
}
