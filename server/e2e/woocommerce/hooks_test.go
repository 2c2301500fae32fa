package woocommerce_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// trace gives the hooks that fire while do runs, of those that were measured.
func (s *site) trace(t *testing.T, do func()) []string {
	t.Helper()
	if err := os.WriteFile(s.file("trace"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	do()
	b, err := os.ReadFile(s.file("trace"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.file("trace")); err != nil {
		t.Fatal(err)
	}
	var hooks []string
	for hook := range strings.Lines(string(b)) {
		if hook = strings.TrimPrefix(strings.TrimSpace(hook), "woocommerce_"); measured.MatchString(hook) {
			hooks = append(hooks, hook)
		}
	}
	return hooks
}

// The hooks that the measurement wrote down; the rest was left out as noise.
var measured = regexp.MustCompile(`^(new_order|update_order|order_status_(pending|processing|completed|on-hold|changed)|` +
	`checkout_create_order|` +
	`checkout_update_order_meta|checkout_order_processed|cart_emptied|` +
	`store_api_checkout_(update_order_meta|update_order_from_request|order_processed)|` +
	`refund_created|order_refunded|trash_order|before_delete_order|delete_order|user_register|created_customer|new_customer|profile_update|` +
	`update_customer|add_to_cart|after_cart_item_quantity_update|cart_item_removed|order_note_added)$`)

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s fires\n%v\nmeasured was\n%v", what, got, want)
	}
}

// Each of a shop's doings fires the hooks that WooCommerce 10.0.2 was seen to fire, in that order.
func TestTheStandInFiresTheHooksThatWereMeasured(t *testing.T) {
	s := openSite(t)
	run := func(code string) func() {
		return func() { s.as(t, caller{user: "admin"}, nil, code) }
	}
	mug := s.product(t, "MUG-1")

	expect(t, "an order over REST", s.trace(t, run(fmt.Sprintf(`
		$r = new WP_REST_Request('POST', '/wc/v3/orders');
		$r->set_body_params(['billing' => ['email' => 'ana@example.test'], 'line_items' => [['product_id' => %d, 'quantity' => 2]]]);
		update_option('the_order', rest_do_request($r)->get_data()['id']);`, mug))),
		"new_order", "update_order", "update_order", "update_order")
	expect(t, "a status", s.trace(t, run(`wc_get_order(get_option('the_order'))->update_status('on-hold');`)),
		"update_order", "order_status_on-hold", "order_status_changed")
	expect(t, "a partial refund", s.trace(t, run(`wc_create_refund(['order_id' => get_option('the_order'), 'amount' => '10']);`)),
		"update_order", "refund_created", "order_refunded")
	var status string
	if s.do(t, &status, `return wc_get_order(get_option('the_order'))->get_status();`); status != "on-hold" {
		t.Errorf("a partial refund leaves the status %s", status)
	}
	expect(t, "a note", s.trace(t, run(`wc_get_order(get_option('the_order'))->add_order_note('On its way', 1);`)), "order_note_added")
	expect(t, "the trash", s.trace(t, run(`wc_get_order(get_option('the_order'))->delete();`)), "trash_order")
	expect(t, "a deletion", s.trace(t, run(`wc_get_order(get_option('the_order'))->delete(true);`)), "before_delete_order", "delete_order")
	expect(t, "a customer", s.trace(t, run(`$c = new WC_Customer(); $c->set_email('new@example.test'); $c->save();`)),
		"user_register", "created_customer", "new_customer")
	expect(t, "a customer's change", s.trace(t, run(`$c = new WC_Customer(get_user_by('email', 'new@example.test')->ID);
		$c->set_first_name('N'); $c->save();`)),
		"profile_update", "update_customer")
}

func TestTheStandInsCheckoutsFireTheHooksThatWereMeasured(t *testing.T) {
	s := openSite(t)
	classic := s.visit(t)
	expect(t, "adding to the cart", s.trace(t, func() { classic.puts("MUG-1") }), "add_to_cart")
	expect(t, "the classic checkout", s.trace(t, func() { classic.buys() }),
		"checkout_create_order", "new_order", "checkout_update_order_meta", "checkout_order_processed",
		"update_order", "order_status_processing", "order_status_changed", "cart_emptied")

	block := s.visit(t)
	block.puts("MUG-2")
	expect(t, "opening the block checkout", s.trace(t, func() { block.store("GET", "/checkout", nil, 200) }),
		"update_order", "store_api_checkout_update_order_meta", "update_order")
	expect(t, "placing the order", s.trace(t, func() {
		block.store("POST", "/checkout", map[string]any{"billing_address": buyer, "payment_method": "cod"}, 200)
	}), "store_api_checkout_update_order_from_request", "new_order", "order_status_pending", "order_status_changed",
		"store_api_checkout_order_processed", "update_order", "order_status_processing", "order_status_changed", "cart_emptied")
}

func TestTheStandInsCartIsUpdatedOnEachPage(t *testing.T) {
	s := openSite(t)
	v := s.visit(t)
	count := func() int {
		if err := os.WriteFile(s.file("trace"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		v.get("/cart/")
		b, _ := os.ReadFile(s.file("trace"))
		_ = os.Remove(s.file("trace"))
		return bytes.Count(b, []byte("woocommerce_cart_updated\n"))
	}
	if n := count(); n < 2 || n > 3 {
		t.Errorf("an empty cart is updated %d times on a page; measured was 2 or 3", n)
	}
	v.puts("MUG-1")
	if n := count(); n < 2 || n > 3 {
		t.Errorf("a cart is updated %d times on a page; measured was 2 or 3", n)
	}
}

// Action Scheduler fails quietly in three ways that a plugin must know.
func TestTheStandInsQueueFailsAsItWasSeenTo(t *testing.T) {
	s := openSite(t)
	var got struct {
		First, Second, Long int
		Runs                []int
		Statuses            map[string]string
	}
	s.do(t, &got, `
		add_action('breaks', function () { throw new Exception('no'); });
		add_action('works', '__return_true');
		$first = as_schedule_single_action(time() - 5, 'works', [], 'g', true);
		$second = as_schedule_single_action(time() - 5, 'works', [], 'g', true);
		$long = as_enqueue_async_action('works', [str_repeat('x', 8001)]);
		as_enqueue_async_action('breaks');
		$runs = [ActionScheduler_QueueRunner::instance()->run(), ActionScheduler_QueueRunner::instance()->run()];
		$statuses = [];
		foreach (as_get_scheduled_actions(['per_page' => -1]) as $a) { $statuses[$a->hook] = $a->status; }
		return ['first' => $first, 'second' => $second, 'long' => $long, 'runs' => $runs, 'statuses' => $statuses];`)
	if got.First == 0 || got.Second != 0 || got.Long != 0 {
		t.Errorf("unique twice: %d, %d; too long: %d", got.First, got.Second, got.Long)
	}
	if got.Statuses["breaks"] != "failed" || got.Statuses["works"] != "complete" || !slices.Equal(got.Runs, []int{2, 0}) {
		t.Errorf("two runs did %v and left %v", got.Runs, got.Statuses)
	}
}
