package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// server answers pushes from memory, so that tests can run on fake time.
type server struct {
	mu       sync.Mutex
	answers  []answering // used up first, then 200
	requests []pushed
}

type pushed struct {
	at             time.Time
	idempotencyKey string
	authorization  string
	body           string
	events         []event
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var batch struct{ Events []event }
	if err := json.Unmarshal(body, &batch); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, pushed{time.Now(), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), string(body), batch.Events})
	if len(s.answers) > 0 {
		answer := s.answers[0]
		s.answers = s.answers[1:]
		return answer.give()
	}
	return answering{status: http.StatusOK, body: `{"results":[]}`}.give()
}

func (s *server) received() []pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]pushed(nil), s.requests...)
}

// answering is what the server will say: a status with a body, or no answer.
type answering struct {
	status     int
	body       string
	retryAfter string
	err        error // no connection
	cut        bool  // the body ends early
}

func (a answering) give() (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	r := &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body))}
	if a.retryAfter != "" {
		r.Header.Set("Retry-After", a.retryAfter)
	}
	if a.cut {
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"res`), failing{}))
	}
	return r, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func newPlugin(s http.RoundTripper) *plugin {
	ids := 0
	return &plugin{
		url: "http://chat.test/v1/shops/shop_a/events", key: "tgk_a", client: &http.Client{Transport: s}, now: time.Now,
		newID: func(prefix string) string { ids++; return fmt.Sprintf("%s%d", prefix, ids) }, jitter: func() float64 { return 1 },
		log: slog.New(slog.DiscardHandler), wake: make(chan struct{}, 1),
	}
}

// running starts p in a bubble of fake time and stops it at the end.
func running(t *testing.T, p *plugin) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
	})
}

func cartEvent(id string, version int64) event {
	return event{ID: id, Type: "cart.upserted", Version: version, Cart: &eventCart{ExternalID: "crt_1"}}
}

func orderEvent(id, order string) event {
	return event{ID: id, Type: "order.upserted", Order: &eventOrder{ExternalID: order}}
}

func TestACartThatIsBeingFilledIsSentOnceWithItsLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		p := newPlugin(s)
		running(t, p)
		start := time.Now()
		for i := range 5 {
			p.push(cartEvent(fmt.Sprint("e", i), int64(i)), cartPause)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		got := s.received()
		if len(got) != 1 || len(got[0].events) != 1 || got[0].events[0].ID != "e4" {
			t.Fatalf("requests: %+v", got)
		}
		if late := got[0].at.Sub(start); late != cartPause {
			t.Errorf("sent after %v", late)
		}
		p.push(cartEvent("e5", 5), cartPause)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := s.received(); len(got) != 2 {
			t.Errorf("a later change: %d requests", len(got))
		}
	})
}

func TestAnOrderDoesNotWaitForACart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		p := newPlugin(s)
		running(t, p)
		start := time.Now()
		p.push(cartEvent("c", 1), cartPause)
		p.push(orderEvent("o", "1"), 0)
		synctest.Wait()
		got := s.received()
		if len(got) != 1 || got[0].events[0].ID != "o" || got[0].at != start {
			t.Errorf("requests: %+v", got)
		}
	})
}

func TestFailuresThatMayPassAreRepeatedAlike(t *testing.T) {
	for name, failure := range map[string]answering{
		"no connection":           {err: errors.New("connection refused")},
		"500":                     {status: 500, body: "oops"},
		"503 with a problem":      {status: 503, body: `{"code":"draining"}`},
		"429":                     {status: 429, body: `{"code":"rate_limited"}`},
		"408":                     {status: 408},
		"still in progress":       {status: 409, body: `{"code":"idempotency_in_progress"}`},
		"an answer that is cut":   {status: 200, cut: true},
		"a Retry-After of 4 days": {status: 503, retryAfter: "345600"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: []answering{failure, failure, failure}}
				p := newPlugin(s)
				running(t, p)
				p.push(orderEvent("o1", "1"), 0)
				synctest.Wait()
				p.push(orderEvent("o2", "2"), 0)
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				got := s.received()
				if len(got) != 5 {
					t.Fatalf("%d requests", len(got))
				}
				for _, again := range got[1:4] {
					if again.idempotencyKey != got[0].idempotencyKey || again.body != got[0].body {
						t.Errorf("the repeat differs: %+v", again)
					}
				}
				if got[4].events[0].ID != "o2" || got[4].idempotencyKey == got[0].idempotencyKey {
					t.Errorf("next: %+v", got[4])
				}
				if state := p.report(); state.Sent != 2 || state.Waiting != 0 || state.LastError != "" {
					t.Errorf("state %+v", state)
				}
			})
		})
	}
}

func TestRetryAfterIsHeededAndBackoffGrowsToItsCeiling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		s.answers = append(s.answers, answering{status: 429, retryAfter: "7"})
		for range 9 {
			s.answers = append(s.answers, answering{status: 500})
		}
		p := newPlugin(s)
		running(t, p)
		p.push(orderEvent("o", "1"), 0)
		time.Sleep(time.Hour)
		synctest.Wait()
		got := s.received()
		var pauses []time.Duration
		for i := 1; i < len(got); i++ {
			pauses = append(pauses, got[i].at.Sub(got[i-1].at))
		}
		want := []time.Duration{7, 1, 2, 4, 8, 16, 30, 30, 30, 30}
		if len(pauses) != len(want) {
			t.Fatalf("pauses %v", pauses)
		}
		for i := range want {
			if pauses[i] != want[i]*time.Second {
				t.Errorf("pauses %v, wanted %v s", pauses, want)
				break
			}
		}
	})
}

func TestWhatIsRefusedForGoodIsDroppedAndTheNextGoesOn(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 409, 413, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: []answering{{status: status, body: `{"code":"no"}`}}}
				p := newPlugin(s)
				running(t, p)
				p.push(orderEvent("o1", "1"), 0)
				synctest.Wait()
				if state := p.report(); state.Dropped != 1 || !strings.Contains(state.LastError, fmt.Sprint(status)) {
					t.Errorf("state %+v", state)
				}
				p.push(orderEvent("o2", "2"), 0)
				synctest.Wait()
				if got := s.received(); len(got) != 2 || got[1].events[0].ID != "o2" {
					t.Errorf("requests: %+v", got)
				}
			})
		})
	}
}

func TestBatchesAndTheQueueAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		p := newPlugin(s)
		for i := range maxQueue + 10 {
			e := orderEvent(fmt.Sprint(i), fmt.Sprint(i))
			e.Order.Note = strings.Repeat("n", 3000)
			p.push(e, 0)
		}
		if state := p.report(); state.Waiting != maxQueue || state.Dropped != 10 {
			t.Errorf("state %+v", state)
		}
		running(t, p)
		synctest.Wait()
		sent := 0
		for _, r := range s.received() {
			sent += len(r.events)
			if len(r.events) > maxBatch || len(r.body) > 256<<10 {
				t.Errorf("a request of %d events, %d bytes", len(r.events), len(r.body))
			}
		}
		if sent != maxQueue {
			t.Errorf("%d sent", sent)
		}
	})
}

func TestInvalidEventsAreLogged(t *testing.T) {
	var log bytes.Buffer
	s := &server{answers: []answering{{
		status: http.StatusOK, body: `{"results":[{"id":"o1","outcome":"invalid","error":{"code":"invalid","message":"no total"}}]}`,
	}}}
	p := newPlugin(s)
	p.log = slog.New(slog.NewTextHandler(&log, nil))
	if err := p.deliver(t.Context(), []json.RawMessage{[]byte(`{"id":"o1"}`)}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "event=o1") || !strings.Contains(log.String(), "no total") {
		t.Errorf("log: %s", log.String())
	}
}

// A whole visit over real HTTP, against a chat server that fails at first.
func TestTheShopPushesWhatHappensInItOverHTTP(t *testing.T) {
	events := make(chan event, 100)
	failures := 2
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if failures > 0 {
			failures--
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		if r.URL.Path != "/v1/shops/shop_a/events" || r.Header.Get("Authorization") != "Bearer tgk_a" || r.Header.Get("Idempotency-Key") == "" {
			t.Errorf("%s with %v", r.URL.Path, r.Header)
		}
		var batch struct{ Events []event }
		if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
			t.Error(err)
		}
		for _, e := range batch.Events {
			events <- e
		}
		_, _ = io.WriteString(w, `{"results":[]}`)
	}))
	t.Cleanup(chat.Close)
	v := open(t)
	v.shop.plugin.url = chat.URL + "/v1/shops/shop_a/events"
	v.shop.plugin.jitter = func() float64 { return 0 }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { _ = v.shop.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })

	for range catalogue {
		if e := <-events; e.Type != "product.upserted" {
			t.Fatalf("first come the products, got %s", e.Type)
		}
	}
	for range coupons {
		if e := <-events; e.Type != "coupon.upserted" || e.Coupon.Percent == "" {
			t.Fatalf("then come the coupons, got %s", e.Type)
		}
	}
	shopper := "shp_" + strings.Repeat("b", 26)
	v.postJSON("/link", `{"shopper":"`+shopper+`"}`)
	o := v.buy()
	seen := map[string]event{}
	for len(seen) < 2 {
		e := <-events
		seen[e.Type] = e
	}
	if got := seen["cart.upserted"].Cart; got.OrderExternalID != o.id || got.CompletedAt == 0 || got.Shopper != shopper || got.Email != "ada@example.com" {
		t.Errorf("cart %+v", got)
	}
	if got := seen["order.upserted"].Order; got.ExternalID != o.id || got.Shopper != shopper || got.Totals.Total.Amount != 5690 || got.FinancialStatus != "pending" {
		t.Errorf("order %+v", got)
	}
	v.post("/backstage/"+o.number+"/shipped", nil)
	for e := range events {
		if e.Shipment != nil {
			if e.Shipment.OrderExternalID != o.id || e.Shipment.Status != "in_transit" || len(e.Shipment.Tracking) != 1 {
				t.Errorf("shipment %+v", e.Shipment)
			}
			break
		}
		if e.Order.FulfillmentStatus != "fulfilled" || e.Version <= o.version {
			t.Errorf("order %+v", e)
		}
	}
}
