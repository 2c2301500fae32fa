package woocommerce_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

func (r *rig) stopped() string {
	r.t.Helper()
	var state struct{ Stopped string }
	if b := r.option(r.t, "tagalong_chat_state"); string(b) != "false" {
		if err := json.Unmarshal(b, &state); err != nil {
			r.t.Fatal(err)
		}
	}
	return state.Stopped
}

// The server is away while a shopper buys and the merchant goes on with the order: it is all told once the server is back, once.
func TestAnOutageOfTheServerLosesAndDoublesNothing(t *testing.T) {
	r := open(t)
	v, _, conversation := r.chats()
	r.server.Stop()
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	r.do(t, nil, fmt.Sprintf(`$o = wc_get_order(%s); $o->set_date_paid(time()); $o->save();`, number))
	for range 3 {
		r.flush()
	}
	if state := r.waiting()["order "+number]; state != "pending" {
		t.Fatalf("while the server is away the order is %q among %v", state, r.waiting())
	}
	if s := r.stopped(); s != "" {
		t.Errorf("an outage has stopped the plugin: %s", s)
	}

	r.server.Run()
	r.elapse(10 * time.Minute)
	r.runQueue()
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("after the outage there still wait %v", w)
	}
	r.hears(conversation, number, "paid")
	if told := r.told(conversation); !maps.Equal(told, map[string]int{number + " placed": 1, number + " paid": 1}) {
		t.Errorf("the conversation was told %v", told)
	}
}

// The server has taken a batch, but its answer is lost: the same events come again, under the same ids.
func TestAnAnswerThatIsLostDoublesNothing(t *testing.T) {
	r := open(t)
	v, _, conversation := r.chats()
	p := r.tap()
	p.set(nil, func(w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	p.set(nil, nil)
	r.elapse(10 * time.Minute)
	r.runQueue()
	if w := r.waiting(); len(w) != 0 {
		t.Fatalf("there still wait %v", w)
	}
	_, pushed := p.seen()
	for id, n := range pushed {
		if n < 2 {
			t.Errorf("event %s came %d times; again under another id?", id, n)
		}
	}
	if len(pushed) == 0 {
		t.Error("nothing was sent")
	}
	r.hears(conversation, number, "placed")
	if told := r.told(conversation); !maps.Equal(told, map[string]int{number + " placed": 1}) {
		t.Errorf("the conversation was told %v", told)
	}
}

func TestThePluginWaitsAsLongAsItIsAskedTo(t *testing.T) {
	r := open(t)
	p := r.tap()
	p.set(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "900")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}, nil)
	r.do(t, nil, `$o = new WC_Order(); $o->set_billing_email('ana@example.test'); $o->save();`)
	r.flush()
	before, _ := p.seen()
	p.set(nil, nil)
	for range 5 { // minutes
		r.flush()
	}
	if after, _ := p.seen(); before == 0 || after != before {
		t.Errorf("asked to wait for 15 minutes it called %d times, and %d times more within five", before, after-before)
	}
	r.elapse(12 * time.Minute)
	r.runQueue()
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("after that there still wait %v", w)
	}
}

func TestARevokedKeyStopsThePluginUntilItIsConnectedAnew(t *testing.T) {
	r := open(t)
	v, _, conversation := r.chats()
	p := r.tap()
	r.revokeKey()
	v.puts("MUG-1")
	number := v.buys()
	r.flush()
	if r.stopped() == "" {
		t.Fatal("a revoked key does not stop the plugin")
	}
	before, _ := p.seen()
	for range 3 {
		r.flush()
	}
	if after, _ := p.seen(); after != before {
		t.Errorf("it has called %d times more with a key that is revoked", after-before)
	}
	if p := r.admin.get("/wp-admin/index.php"); !strings.Contains(p.body, "no longer accepts") {
		t.Error("the merchant is not told")
	}

	if p := r.admin.get(r.grants(r.asks(), map[string]any{"shop": r.server.Shop})); p.url.Query().Get("tagalong_said") != "connected" {
		t.Fatalf("connecting anew: %s", p.url)
	}
	r.flush()
	r.hears(conversation, number, "placed")
	if s, w := r.stopped(), r.waiting(); s != "" || len(w) != 0 {
		t.Errorf("connected anew it is stopped by %q, and there wait %v", s, w)
	}
}

// revokeKey takes the plugin's key away, in the inbox.
func (r *rig) revokeKey() {
	r.t.Helper()
	var keys struct {
		Items []struct{ ID, Name, Platform string }
	}
	path := "/v1/shops/" + r.server.Shop + "/plugin-keys"
	if status := r.agent.Call(http.MethodGet, path, nil, &keys); status != http.StatusOK {
		r.t.Fatalf("the keys: %d", status)
	}
	i := slices.IndexFunc(keys.Items, func(k struct{ ID, Name, Platform string }) bool { return k.Platform == "woocommerce" })
	if i < 0 {
		r.t.Fatalf("the plugin's key is not among %+v", keys.Items)
	}
	if status := r.agent.Call(http.MethodDelete, path+"/"+keys.Items[i].ID, nil, nil); status != http.StatusNoContent {
		r.t.Fatalf("revoking: %d", status)
	}
}

// ordersCome lets guests place so many orders, each of one mug.
func (r *rig) ordersCome(n int) {
	r.t.Helper()
	r.do(r.t, nil, fmt.Sprintf(`
		$mug = wc_get_product(wc_get_product_id_by_sku('MUG-1'));
		for ($i = 0; $i < %d; $i++) {
			$o = new WC_Order(); $o->set_billing_email("a$i@example.test"); $o->add_product($mug, 1); $o->set_total('14.50'); $o->save();
		}`, n))
}

// Two processes empty the outbox at once, as WP-Cron and a request of the back office do. The first push waits for the second.
func TestTwoRunnersAtOnceSendEachChangeOnce(t *testing.T) {
	r := open(t)
	p := r.tap()
	const orders = 120
	r.ordersCome(orders)
	r.elapse(time.Minute)
	var both sync.WaitGroup
	both.Add(2)
	var meet sync.WaitGroup // the two first pushes wait for one another, so that both runners are at work
	meet.Add(2)
	var met atomic.Int32
	p.set(func(http.ResponseWriter, *http.Request) bool {
		if met.Add(1) <= 2 {
			meet.Done()
			meet.Wait()
		}
		return false
	}, nil)
	for range 2 {
		go func() {
			defer both.Done()
			if _, err := r.run(caller{}, `do_action('tagalong_chat_flush'); return 1;`); err != nil {
				t.Error(err)
			}
		}()
	}
	both.Wait()
	r.flush()
	_, pushed := p.seen()
	for id, n := range pushed {
		if n != 1 {
			t.Errorf("event %s was sent %d times", id, n)
		}
	}
	if len(pushed) < orders {
		t.Errorf("%d events were sent for %d orders", len(pushed), orders)
	}
	if w := r.waiting(); len(w) != 0 {
		t.Errorf("there still wait %v", w)
	}
	n := 0
	for _, err := range r.client.Orders(t.Context()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != orders {
		t.Errorf("the server has %d orders", n)
	}
}

// A process is killed in the middle of a push, as hosters do with long ones: what it had claimed is sent by the next one in the end.
func TestARunnerThatDiesHoldsNothingBackForEver(t *testing.T) {
	r := open(t)
	v, _, conversation := r.chats()
	v.puts("MUG-1")
	number := v.buys()
	p := r.tap()
	r.elapse(time.Minute)
	came, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	p.set(func(w http.ResponseWriter, _ *http.Request) bool {
		once.Do(func() { close(came) })
		<-release
		return true
	}, nil)
	cmd := r.command(nil, "eval.php")
	cmd.Stdin = strings.NewReader(`do_action('tagalong_chat_flush'); return 1;`)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-came:
	case <-time.After(20 * time.Second):
		t.Error("it sends nothing")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	close(release)
	p.set(nil, nil)

	r.flush()
	r.elapse(10 * time.Minute)
	r.runQueue()
	r.do(t, nil, `do_action('tagalong_chat_sweep');`) // hourly: the job that died will not come again by itself
	if w := r.waiting(); len(w) != 0 {
		t.Fatalf("there still wait %v", w)
	}
	r.hears(conversation, number, "placed")
}

// What was there before the plugin came is told without starting anything.
func TestWhatWasThereBeforeIsTold(t *testing.T) {
	r := startRig(t)
	r.ordersCome(90)
	if p := r.admin.get(r.grants(r.asks(), map[string]any{"shop": r.server.Shop})); p.url.Query().Get("tagalong_said") != "connected" {
		t.Fatalf("connecting: %s", p.url)
	}
	form := r.admin.get(settingsPage).form("tagalong_chat_start_backfill")
	form.Set("days", "0")
	if p := r.admin.submit("/wp-admin/admin-post.php", form); p.url.Query().Get("tagalong_said") != "backfill" {
		t.Fatalf("the button leads to %s", p.url)
	}
	for range 5 {
		r.flush()
	}
	n := 0
	for o, err := range r.client.Orders(t.Context()) {
		if n++; err != nil || o.Totals.Total.Amount != 1450 || o.FinancialStatus != api.FinancialStatusPending {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	products, err := r.client.Products(t.Context(), "mug")
	if err != nil || n != 90 || len(products) != 2 {
		t.Errorf("the server has %d orders and %d mugs, %v", n, len(products), err)
	}
}
