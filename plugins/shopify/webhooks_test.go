package shopify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

func payload(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("mapping/testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestOnlyWhatShopifySignedIsTaken(t *testing.T) {
	s := start(t)
	s.connect()
	body := payload(t, "orders_paid")
	right := shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Triggered: started, Body: body}
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"a signature of another secret", func(r *http.Request) { r.Header.Set("X-Shopify-Hmac-Sha256", "aaaa") }, http.StatusUnauthorized},
		{"no signature", func(r *http.Request) { r.Header.Del("X-Shopify-Hmac-Sha256") }, http.StatusUnauthorized},
		{"another body", func(r *http.Request) { r.Body = http.NoBody; r.ContentLength = 0 }, http.StatusUnauthorized},
		{"no shop", func(r *http.Request) { r.Header.Del("X-Shopify-Shop-Domain") }, http.StatusBadRequest},
		{"a shop that is none", func(r *http.Request) { r.Header.Set("X-Shopify-Shop-Domain", "evil.example") }, http.StatusBadRequest},
		{"no topic", func(r *http.Request) { r.Header.Del("X-Shopify-Topic") }, http.StatusBadRequest},
		{"a topic of no use", func(r *http.Request) { r.Header.Set("X-Shopify-Topic", "themes/publish") }, http.StatusOK},
		{"a GET", func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed},
	}
	for _, path := range []string{"/webhooks", "/webhooks/compliance"} {
		for _, test := range tests {
			req := right.Request(s.server.URL + path)
			test.change(req)
			resp, err := http.DefaultClient.Do(req)
			s.read(resp, err).is(t, test.name, test.status)
		}
	}
	large := right
	large.Body = bytes.Repeat([]byte(" "), 1<<20+1)
	resp, err := http.DefaultClient.Do(large.Request(s.server.URL + "/webhooks"))
	s.read(resp, err).is(t, "too large", http.StatusRequestEntityTooLarge)
	if n, _ := s.store.Waiting(t.Context()); n != 0 {
		t.Errorf("%d were stored", n)
	}
	old := right
	old.Secret = "the-old-secret"
	s.deliver(old)
	if s.pushed() != 1 {
		t.Error("signed with the secret that is being replaced, it was not taken")
	}
}

func TestAWebhookBecomesTheGoldenEvent(t *testing.T) {
	s := start(t)
	s.connect()
	id := "545ebdd4-b7be-4d3d-b14e-54aa78e0e0f9"
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: id, Triggered: started, Body: payload(t, "orders_paid")})
	var golden struct{ Events []tagalong.Event }
	if err := json.Unmarshal(payload(t, "orders_paid.golden"), &golden); err != nil {
		t.Fatal(err)
	}
	want := golden.Events[0]
	want.OccurredAt = tagalong.OccurredAt(started) // the golden file has another moment
	got, _ := json.Marshal(s.chat.events["shopify:"+id])
	if text, _ := json.Marshal(want); !bytes.Equal(got, text) {
		t.Errorf("pushed\n%s\nwant\n%s", got, text)
	}
}

// The same delivery fifty times is answered 200 fifty times and has one effect.
func TestARepeatedDeliveryCountsOnce(t *testing.T) {
	s := start(t)
	s.connect()
	for range 50 {
		s.send(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Triggered: started, Body: payload(t, "orders_paid")})
	}
	if n := s.work(); n != 1 || s.chat.pushes != 1 {
		t.Errorf("%d deliveries, %d pushes", n, s.chat.pushes)
	}
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Triggered: started, Body: payload(t, "orders_paid")})
	if s.chat.pushes != 1 {
		t.Error("it counts again once it is done")
	}
}

// story is 500 deliveries about a hundred orders: each is placed, paid, sent and seen on its way, its buyer changes and agrees.
func story(t *testing.T) []shopifytest.Webhook {
	t.Helper()
	var order, parcel, scan, buyer map[string]any
	for name, into := range map[string]*map[string]any{
		"orders_partly_refunded": &order, "fulfillments_create": &parcel, "fulfillment_events_create": &scan, "customers_create": &buyer,
	} {
		decoder := json.NewDecoder(bytes.NewReader(payload(t, name)))
		decoder.UseNumber()
		if err := decoder.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	var all []shopifytest.Webhook
	add := func(topic string, at time.Time, object map[string]any, change map[string]any) {
		object = maps.Clone(object)
		maps.Copy(object, change)
		body, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, shopifytest.Webhook{Topic: topic, ID: fmt.Sprintf("w%d", len(all)), Triggered: at.Add(time.Duration(len(all)) * time.Microsecond), Body: body})
	}
	for n := range 100 {
		id, at := 9007199254740993+n, started.Add(-24*time.Hour).Add(time.Duration(n)*time.Minute)
		text := func(d time.Duration) string { return at.Add(d).Format(time.RFC3339) }
		add("orders/create", at, order, map[string]any{"id": id, "updated_at": text(0), "financial_status": "pending", "refunds": nil})
		// In the same second, so that the time of the delivery decides.
		add("orders/paid", at, order, map[string]any{"id": id, "updated_at": text(0), "financial_status": "paid", "refunds": nil})
		add("fulfillments/create", at, parcel, map[string]any{"id": id + 1000, "order_id": id, "updated_at": text(time.Hour), "status": "success"})
		add("fulfillment_events/create", at, scan, map[string]any{
			"id": id + 2000, "fulfillment_id": id + 1000, "order_id": id, "updated_at": text(2 * time.Hour), "happened_at": text(2 * time.Hour),
		})
		add("customers/update", at, buyer, map[string]any{"id": id + 3000, "updated_at": text(3 * time.Hour), "first_name": fmt.Sprint("Ana ", n)})
	}
	return all
}

func TestFiveHundredShuffledAndRepeatedDeliveriesEndInTheSameState(t *testing.T) {
	deliveries := story(t)
	play := func(order []shopifytest.Webhook, outage bool) map[string]string {
		s := startOn(t, inMemory)
		s.connect()
		for n, w := range order {
			s.send(w)
			if outage && n%100 == 50 { // Tagalong is away now and then
				s.chat.do(func(f *fakeTagalong) { f.down = true })
				s.work()
				s.chat.do(func(f *fakeTagalong) { f.down = false })
			}
		}
		s.clock.advance(time.Hour) // what failed is due again
		s.work()
		if n, _ := s.store.Waiting(t.Context()); n != 0 {
			t.Errorf("%d are left", n)
		}
		return s.chat.state(t)
	}
	want := play(deliveries, false)
	if len(want) != 300 {
		t.Fatalf("%d objects", len(want))
	}
	var paid, moving int
	for _, object := range want {
		if strings.Contains(object, `"financial_status":"paid"`) {
			paid++
		}
		if strings.Contains(object, `"status":"in_transit"`) && strings.Contains(object, `"carrier":"UPS"`) {
			moving++
		}
	}
	if paid != 100 || moving != 100 {
		t.Errorf("%d are paid, %d under way", paid, moving)
	}
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		shuffled := append([]shopifytest.Webhook(nil), deliveries...)
		for range 250 {
			shuffled = append(shuffled, deliveries[random.IntN(len(deliveries))])
		}
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := play(shuffled, true); !maps.Equal(got, want) {
			t.Errorf("seed %d ends elsewhere", seed)
			for name := range want {
				if got[name] != want[name] {
					t.Fatalf("%s\n%s\nwant\n%s", name, got[name], want[name])
				}
			}
		}
	}
}

func TestWhatTagalongDoesNotTakeNowIsTriedAgain(t *testing.T) {
	s := start(t)
	s.connect()
	s.chat.down = true
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid")})
	if n, _ := s.store.Waiting(t.Context()); n != 1 || s.work() != 0 {
		t.Fatal("it is not waiting")
	}
	s.clock.advance(10 * time.Second)
	if s.work() != 1 {
		t.Fatal("it is not due again")
	}
	s.chat.do(func(f *fakeTagalong) { f.down = false })
	s.clock.advance(time.Minute)
	s.work()
	if s.pushed() != 1 {
		t.Error("it never arrived")
	}
}

func TestWhatIsGivenUpCanBeTriedAgainByHand(t *testing.T) {
	s := start(t)
	s.connect()
	s.chat.down = true
	s.send(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid")})
	for range 60 {
		s.clock.advance(time.Hour)
		s.work()
	}
	dead, err := s.store.Dead(t.Context(), shopifytest.Shop, 10)
	if err != nil || len(dead) != 1 || dead[0].Attempts < 10 {
		t.Fatalf("%+v, %v", dead, err)
	}
	s.chat.do(func(f *fakeTagalong) { f.down = false })
	page := s.post("/retry", url.Values{"ticket": {s.tickets()["retry"]}}).is(t, "retry", http.StatusOK)
	s.work()
	if s.pushed() != 1 || strings.Contains(page.body, "/retry") {
		t.Error("it was not tried again")
	}
}

func TestABadDeliveryDoesNotHoldUpTheOthers(t *testing.T) {
	s := start(t)
	s.connect()
	s.chat.invalid = "820982911946154508"
	s.send(shopifytest.Webhook{Topic: "orders/paid", ID: "invalid", Body: payload(t, "orders_paid")})
	s.send(shopifytest.Webhook{Topic: "orders/paid", ID: "broken", Body: []byte(`{"id":1,"currency":"EUR","total_outstanding":"secret@lia.example"`)})
	s.send(shopifytest.Webhook{Topic: "carts/update", ID: "good", Body: payload(t, "carts_update")})
	s.work()
	dead, err := s.store.Dead(t.Context(), shopifytest.Shop, 10)
	if err != nil || len(dead) != 2 || s.pushed() != 1 {
		t.Errorf("%d dead, %d pushed, %v", len(dead), s.pushed(), err)
	}
	if strings.Contains(s.log.String(), "secret@lia.example") {
		t.Error("a buyer stands in the log")
	}
}

func TestBeforeItIsConnectedNothingIsKept(t *testing.T) {
	s := start(t)
	s.open()
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid")})
	s.deliver(shopifytest.Webhook{Topic: "orders/paid", Shop: "else.myshopify.com", ID: "w1", Body: payload(t, "orders_paid")})
	if n, _ := s.store.Waiting(t.Context()); n != 0 || s.pushed() != 0 {
		t.Errorf("%d are waiting, %d pushed", n, s.pushed())
	}
}

func TestACheckoutsEndIsToldByItsToken(t *testing.T) {
	s := start(t)
	s.connect()
	s.deliver(shopifytest.Webhook{Topic: "checkouts/delete", ID: "w0", Body: payload(t, "checkouts_delete")})
	if s.pushed() != 0 {
		t.Error("a checkout that nobody knows was told of")
	}
	s.deliver(shopifytest.Webhook{Topic: "checkouts/create", ID: "w1", Body: payload(t, "checkouts_create")})
	s.deliver(shopifytest.Webhook{Topic: "checkouts/delete", ID: "w2", Body: payload(t, "checkouts_delete")})
	if got := s.chat.events["shopify:w2"]; got.ExternalID != "123123123" || got.Type != "cart.deleted" {
		t.Errorf("%+v", got)
	}
}

func TestARefundLetsTheOrderBeReadAgain(t *testing.T) {
	s := start(t)
	s.connect()
	var answer struct{ Order map[string]any }
	if err := json.Unmarshal(payload(t, "order.admin"), &answer); err != nil {
		t.Fatal(err)
	}
	s.shopify.Orders["820982911946154508"] = answer.Order
	s.deliver(shopifytest.Webhook{Topic: "refunds/create", ID: "w1", Body: payload(t, "refunds_create")})
	got := s.chat.events["shopify:w1"]
	if got.Order == nil || got.Order.Totals.Refunded.Amount != 1999 || got.Backfill {
		t.Errorf("%+v", got)
	}
	s.deliver(shopifytest.Webhook{Topic: "returns/request", ID: "w2", Body: payload(t, "returns_request")})
	if n, _ := s.store.Waiting(t.Context()); n != 0 || s.chat.events["shopify:w2"].ID != "" {
		t.Error("an order that is not there keeps the queue busy")
	}
}

// What is signed is still read with care.
func FuzzWebhook(f *testing.F) {
	f.Add("orders/create", "lia.myshopify.com", "2026-11-21T19:34:16.123456Z", []byte(`{"id":1}`))
	f.Add("customers/redact", "lia.myshopify.com", "", []byte(`{"customer":{"id":1},"orders_to_redact":[1]}`))
	f.Add("app/scopes_update", "lia.myshopify.com", "", []byte(`{"current":["read_orders"]}`))
	s := startOn(f, inMemory)
	s.connect()
	f.Fuzz(func(t *testing.T, topic, shop, at string, body []byte) {
		sum := sha256.Sum256(append([]byte(topic+shop), body...))
		req := shopifytest.Webhook{ID: hex.EncodeToString(sum[:]), Body: body}.Request("http://app.example/webhooks")
		req.Header["X-Shopify-Topic"] = []string{topic}
		req.Header["X-Shopify-Shop-Domain"] = []string{shop}
		req.Header["X-Shopify-Triggered-At"] = []string{at}
		w := httptest.NewRecorder()
		s.app.ServeHTTP(w, req)
		if _, err := s.app.Work(t.Context()); err != nil {
			t.Error(err)
		}
		if n, err := s.store.Waiting(t.Context()); err != nil || n != 0 {
			t.Errorf("%s %q keeps the queue busy: %d, %v", topic, body, n, err)
		}
	})
}
