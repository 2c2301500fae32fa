package woocommerce_test

import (
	"fmt"
	"maps"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func TestAnOrderOfTheClassicCheckoutAppearsBesideTheConversation(t *testing.T) {
	r := open(t)
	v, shopper, conversation := r.chats()
	v.get("/?utm_source=tagalong-chat")
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	r.hears(conversation, number, "placed")

	o := r.order(number)
	if o.Shopper != shopper || o.FinancialStatus != api.FinancialStatusPending || o.FulfillmentStatus != api.FulfillmentStatusUnfulfilled ||
		o.StatusRaw != "processing" || o.Totals == nil || o.Totals.Total.Amount != 1450 || o.Totals.Total.Currency != "EUR" {
		t.Errorf("the order is %+v", o)
	}
	if len(o.Lines) != 1 || o.Lines[0].Sku != "MUG-1" || o.Lines[0].Quantity != 1 {
		t.Errorf("its lines are %+v", o.Lines)
	}
	c := r.context(shopper)
	if len(c.Orders) != 1 || c.Orders[0].ExternalID != number || len(c.Carts) != 0 {
		t.Errorf("beside the conversation there are %d orders and %d carts", len(c.Orders), len(c.Carts))
	}
}

func TestAnOrderOfTheBlockCheckoutBeginsAsADraft(t *testing.T) {
	r := open(t)
	v, shopper, conversation := r.chats()
	v.puts("POT-1")
	v.store("GET", "/checkout", nil, 200)
	v.store("POST", "/cart/update-customer", map[string]any{"billing_address": buyer}, 200)
	r.flush()
	c := r.context(shopper)
	if len(c.Orders) != 0 {
		t.Errorf("a draft is taken for an order: %+v", c.Orders)
	}
	i := slices.IndexFunc(c.Carts, func(c api.Cart) bool { return c.Stage == api.CartStageCheckout })
	if i < 0 || c.Carts[i].Email != buyer["email"] {
		t.Errorf("the checkout that was begun is not among %+v", c.Carts)
	}

	placed := v.store("POST", "/checkout", map[string]any{"billing_address": buyer, "payment_method": "cod"}, 200)
	number := fmt.Sprint(placed["order_id"])
	r.flush()
	r.hears(conversation, number, "placed")
	c = r.context(shopper)
	if len(c.Orders) != 1 || c.Orders[0].ExternalID != number || len(c.Carts) != 0 {
		t.Errorf("beside the conversation there are the orders %+v and the carts %+v", c.Orders, c.Carts)
	}
}

func TestWhatBecomesOfAnOrderIsTold(t *testing.T) {
	r := open(t)
	v, shopper, conversation := r.chats()
	v.puts("MUG-1")
	number := v.buys()
	r.flush()

	r.do(t, nil, fmt.Sprintf(`$o = wc_get_order(%s); $o->set_date_paid(time()); $o->save();`, number))
	r.flush()
	r.hears(conversation, number, "paid")

	r.do(t, nil, fmt.Sprintf(`wc_create_refund(['order_id' => %s, 'amount' => '4.50', 'reason' => 'damaged']);`, number))
	r.flush()
	r.hears(conversation, number, "refunded")
	o := r.order(number)
	if o.FinancialStatus != api.FinancialStatusPartiallyRefunded || o.StatusRaw != "processing" || len(o.Refunds) != 1 ||
		o.Refunds[0].Amount == nil || o.Refunds[0].Amount.Amount != 450 || o.Totals.Refunded.Amount != 450 {
		t.Errorf("after a refund of a part it is %s, %+v", o.FinancialStatus, o.Refunds)
	}

	// As "Advanced Shipment Tracking" and the official tracking plugin write it.
	r.do(t, nil, fmt.Sprintf(`$o = wc_get_order(%s);
		$o->update_meta_data('_wc_shipment_tracking_items', [['tracking_provider' => 'dhl-de', 'custom_tracking_provider' => '',
			'custom_tracking_link' => '', 'tracking_number' => '00340434161094000000', 'date_shipped' => (string) (time() - 60),
			'tracking_id' => 'abc123']]);
		$o->save();`, number))
	r.flush()
	r.hears(conversation, number, "shipped")
	parcels := r.context(shopper).Orders[0].Shipments
	if len(parcels) != 1 || len(parcels[0].Tracking) != 1 || parcels[0].Tracking[0].Number != "00340434161094000000" ||
		parcels[0].Carrier != "DHL" || !strings.Contains(parcels[0].Tracking[0].URL, "00340434161094000000") {
		t.Errorf("its parcels are %+v", parcels)
	}
	if o := r.order(number); o.FulfillmentStatus != api.FulfillmentStatusPartial || o.StatusRaw != "processing" {
		t.Errorf("with a parcel on its way, of which nobody knows what is in it, the order is %s", o.FulfillmentStatus)
	}

	r.do(t, nil, fmt.Sprintf(`wc_get_order(%s)->update_status('cancelled');`, number))
	r.flush()
	r.hears(conversation, number, "cancelled")
	told := r.told(conversation)
	want := map[string]int{}
	for _, change := range []string{"placed", "paid", "refunded", "shipped", "cancelled"} {
		want[number+" "+change] = 1
	}
	if !maps.Equal(told, want) {
		t.Errorf("the conversation was told %v", told)
	}
}

func TestAShoppersCartIsSeenAsItChanges(t *testing.T) {
	r := open(t)
	v, shopper, _ := r.chats()
	quiet := r.visit(t) // who has not chatted is not looked at
	quiet.puts("MUG-2")
	v.get("/cart/")
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("looking around and a stranger's cart are to be told: %v", w)
	}
	v.puts("MUG-1")
	v.puts("MUG-1")
	r.flush()
	c := r.context(shopper)
	if len(c.Carts) != 1 || len(c.Carts[0].Lines) != 1 || c.Carts[0].Lines[0].Quantity != 2 || c.Carts[0].Totals.Total.Amount != 2900 ||
		c.Carts[0].RecoveryURL == "" {
		t.Fatalf("the cart is %+v", c.Carts)
	}
	v.get("/cart/")
	v.get("/shop/")
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("a cart that has not changed is told again: %v", w)
	}

	// The way back opens the cart in a browser that has never been here.
	elsewhere := r.visit(t)
	if p := elsewhere.get(c.Carts[0].RecoveryURL); p.status != 200 || elsewhere.store("GET", "/cart", nil, 200)["items_count"] != 2.0 {
		t.Errorf("the way back to the cart: %d %s", p.status, p.url)
	}

	number := v.buys()
	r.flush()
	if c := r.context(shopper); len(c.Carts) != 0 || len(c.Orders) != 1 || c.Orders[0].ExternalID != number {
		t.Errorf("after buying there are the carts %+v", c.Carts)
	}
	v.puts("POT-1") // and what they choose next is another cart
	r.flush()
	if c := r.context(shopper); len(c.Carts) != 1 || len(c.Carts[0].Lines) != 1 || c.Carts[0].Lines[0].Sku != "POT-1" {
		t.Errorf("the next cart is %+v", c.Carts)
	}
}

// Somebody fills a cart first and asks then: the agent is to see what they ask about.
func TestACartThatWasThereBeforeTheChatIsSeen(t *testing.T) {
	r := open(t)
	v, shopper, _ := r.chats()
	v.c.Jar, _ = cookiejar.New(nil) // not yet them
	v.puts("MUG-2")
	r.flush()
	if c := r.context(shopper); len(c.Carts) != 0 {
		t.Fatalf("a stranger's cart is theirs: %+v", c.Carts)
	}
	v.setCookie(shopperCookie, shopper)
	v.get("/product/red-mug/")
	r.flush()
	if c := r.context(shopper); len(c.Carts) != 1 || c.Carts[0].Lines[0].Sku != "MUG-2" {
		t.Errorf("the cart is %+v", c.Carts)
	}
	v.setCookie(shopperCookie, "shp_<script>")
	v.puts("MUG-2")
	number := v.buys()
	r.flush()
	if o := r.order(number); o.Shopper != "" {
		t.Errorf("what stands in the cookie is written into the order: %q", o.Shopper)
	}
}

// No page of the shop, and no checkout, waits for the server; and orders may be kept apart from posts.
func TestNothingIsSentWhileAShopperWaits(t *testing.T) {
	r := open(t)
	p := r.tap()
	v, shopper, _ := r.chats()
	v.puts("MUG-1")
	v.get("/shop/")
	number := v.buys()
	if calls, _ := p.seen(); calls != 0 {
		t.Errorf("while the shopper waited there were %d calls", calls)
	}
	var got struct {
		Meta  string
		Posts int
	}
	r.do(t, &got, fmt.Sprintf(`global $wpdb; return ['meta' => wc_get_order(%s)->get_meta('_tagalong_shopper'),
		'posts' => (int) $wpdb->get_var("SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key LIKE '%%tagalong%%'")];`, number))
	if got.Meta != shopper || got.Posts != 0 {
		t.Errorf("the order has the shopper %q, and %d posts have something of the plugin", got.Meta, got.Posts)
	}
}

func TestAnOrderInTheTrashIsGone(t *testing.T) {
	r := open(t)
	v, shopper, _ := r.chats()
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	r.do(t, nil, fmt.Sprintf(`wc_get_order(%s)->delete();`, number))
	r.flush()
	if c := r.context(shopper); len(c.Orders) != 0 {
		t.Errorf("an order in the trash is still shown: %+v", c.Orders)
	}
	r.do(t, nil, fmt.Sprintf(`wc_get_order(%s)->untrash();`, number))
	r.flush()
	if c := r.context(shopper); len(c.Orders) != 1 {
		t.Errorf("an order that was taken out of the trash is not shown")
	}
}

// A checkout was begun two hours ago, with an address, and nothing came of it.
func TestACheckoutThatWasLeftIsAbandoned(t *testing.T) {
	r := open(t)
	_, shopper, conversation := r.chats()
	var draft string
	r.do(t, &draft, fmt.Sprintf(`
		$o = new WC_Order();
		$o->set_status('checkout-draft');
		$o->set_billing(['email' => 'ana@example.test', 'country' => 'DE']);
		$o->add_product(wc_get_product(wc_get_product_id_by_sku('POT-1')), 1);
		$o->set_total('32.00');
		$o->update_meta_data('_tagalong_shopper', %s);
		$o->set_date_created(time() - 7300);
		$o->set_date_modified(time() - 7200);
		$o->save();
		$o->set_cart_hash('x');
		$o->set_date_modified(time() - 7200);
		$o->save();
		return (string) $o->get_id();`, quotePHP(shopper)))
	r.flush()
	c := r.context(shopper)
	if len(c.Carts) != 1 || c.Carts[0].Stage != api.CartStageCheckout || c.Carts[0].Email != "ana@example.test" {
		t.Fatalf("the checkout is %+v", c.Carts)
	}
	r.until("the conversation hears that the checkout was left", func() bool {
		for e, err := range r.client.Entries(t.Context(), conversation, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Event != nil && e.Event.Name == "cart_abandoned" && e.Event.Cart != nil && e.Event.Cart.ExternalID == c.Carts[0].ExternalID {
				return e.Event.Cart.RecoveryURL != ""
			}
		}
		return false
	})

	// They come back and buy after all.
	r.do(t, nil, fmt.Sprintf(`$o = wc_get_order(%s); $o->set_status('pending'); $o->save();`, draft))
	r.flush()
	r.hears(conversation, draft, "placed")
	if c := r.context(shopper); len(c.Carts) != 0 || len(c.Orders) != 1 {
		t.Errorf("after that there are %d orders and %d carts", len(c.Orders), len(c.Carts))
	}
}
