package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// tries are the webhook attempts in the journal.
func (s *stage) entries(kind string) []graph.Entry {
	var all []graph.Entry
	for _, e := range s.Journal() {
		if e.Kind == kind {
			all = append(all, e)
		}
	}
	return all
}

func TestACallbackMustKnowTheVerifyToken(t *testing.T) {
	s := newStage(t, graph.Profile{})
	err := s.AddApp(t.Context(), graph.App{ID: "2", Secret: "x", Callback: graph.Callback{URL: s.business.URL, VerifyToken: "wrong"}})
	if err == nil {
		t.Error("a callback that does not know the token was taken")
	}
	status, answer := s.call(http.MethodPost, "/"+wabaA+"/subscribed_apps", waToken,
		object{"override_callback_uri": s.business.URL + "/other", "verify_token": "wrong"})
	if status != http.StatusBadRequest {
		t.Errorf("%d %v", status, answer)
	}
	status, answer = s.call(http.MethodPost, "/"+wabaA+"/subscribed_apps", waToken,
		object{"override_callback_uri": s.business.URL + "/other", "verify_token": "verify"})
	if status != http.StatusOK || at(answer, "data", 0, "override_callback_uri") != s.business.URL+"/other" {
		t.Errorf("%d %v", status, answer)
	}
	s.say(numberA, "hi")
	if tries := s.entries(graph.EntryTry); len(tries) != 1 || tries[0].URL != s.business.URL+"/other" {
		t.Errorf("the tries are %v", tries)
	}
}

func TestNobodyHearsWithoutASubscription(t *testing.T) {
	s := newStage(t, graph.Profile{})
	for _, path := range []string{"/" + wabaA, "/" + pageA, "/" + insta} {
		token := map[string]string{"/" + wabaA: waToken, "/" + pageA: pgToken, "/" + insta: igToken}[path]
		if status, answer := s.call(http.MethodDelete, path+"/subscribed_apps", token, nil); status != http.StatusOK {
			t.Fatalf("%d %v", status, answer)
		}
	}
	s.say(numberA, "hi")
	s.say(pageA, "hi")
	s.say(insta, "hi")
	if hooks := s.business.take(t); len(hooks) != 0 {
		t.Fatalf("%d webhooks", len(hooks))
	}
	s.call(http.MethodPost, "/"+pageA+"/subscribed_apps?subscribed_fields=messages", pgToken, nil)
	s.call(http.MethodPost, "/"+wabaA+"/subscribed_apps", waToken, nil)
	s.say(numberA, "hi")
	s.say(pageA, "hi")
	s.sendPage(says("hello"))
	s.pass(time.Second)
	if hooks := s.business.take(t); len(hooks) != 2 {
		t.Errorf("%d webhooks, want the two messages and no echo", len(hooks))
	}
	if status, _ := s.call(http.MethodPost, "/"+pageA+"/subscribed_apps?subscribed_fields=gossip", pgToken, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown field: %d", status)
	}
}

func TestWhatIsNotTakenIsTriedAgain(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.business.status = func(n int) int {
		if n <= 4 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}
	start := s.clock.Now()
	id := s.say(numberA, "hi")
	s.pass(8 * 24 * time.Hour)
	var at []time.Duration
	for _, e := range s.entries(graph.EntryTry) {
		at = append(at, e.At.Sub(start))
	}
	if want := []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute}; !slices.Equal(at, want) {
		t.Errorf("tried after %v, want %v", at, want)
	}
	if said := s.Said(); len(said) != 1 || said[0].ID != id || said[0].Taken != 1 {
		t.Errorf("said %+v", said)
	}
}

func TestWhatNobodyTakesIsGivenUp(t *testing.T) {
	for line, patience := range map[string]time.Duration{numberA: 7 * 24 * time.Hour, insta: 36 * time.Hour, pageA: time.Hour} {
		t.Run(line, func(t *testing.T) {
			s := newStage(t, graph.Profile{})
			s.business.status = func(int) int { return http.StatusInternalServerError }
			start := s.clock.Now()
			s.say(line, "hi")
			s.pass(10 * 24 * time.Hour)
			tries := s.entries(graph.EntryTry)
			if last := tries[len(tries)-1].At.Sub(start); last > patience || last < patience/2 {
				t.Errorf("the last try of %d came after %v, want up to %v", len(tries), last, patience)
			}
			if len(s.entries(graph.EntryGivenUp)) != 1 {
				t.Error("it was not given up")
			}
			if got, want := len(s.entries(graph.EntryUnsubscribed)) == 1, line == pageA; got != want {
				t.Errorf("unsubscribed: %v, want %v", got, want)
			}
		})
	}
}

func TestANastyWorldRepeatsReordersAndBatches(t *testing.T) {
	s := newStageWith(t, graph.Options{Seed: 3, Profile: graph.Nasty()})
	for i := range 300 {
		line := []string{numberA, pageA, insta}[i%3]
		_, err := s.Say("anna", line, graph.Inbound{Text: fmt.Sprint(i)})
		must(t, err)
		s.pass(20 * time.Millisecond)
	}
	s.pass(time.Minute)
	more, late, batched := 0, 0, 0
	var order []string
	for _, e := range s.entries(graph.EntryTry) {
		if len(e.IDs) > 1 {
			batched++
		}
		for _, id := range e.IDs {
			if slices.Contains(order, id) {
				more++
				continue
			}
			order = append(order, id)
		}
	}
	said := s.Said()
	if len(order) != 300 || len(said) != 300 {
		t.Fatalf("%d of %d arrived", len(order), len(said))
	}
	for i, line := range order {
		if said[i].ID != line {
			late++
		}
	}
	for what, n := range map[string]int{"repeated": more, "reordered": late, "batched": batched, "forged": len(s.entries(graph.EntryForgery))} {
		if n == 0 {
			t.Errorf("none was %s", what)
		}
	}
}

// inProcess answers requests without a network.
type inProcess map[string]http.Handler

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if p[r.URL.Host] == nil {
		return nil, errors.New("no such host")
	}
	recorder := httptest.NewRecorder()
	p[r.URL.Host].ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

func TestTheSameSeedGivesTheSameJournal(t *testing.T) {
	run := func(seed uint64) string {
		clock := graph.NewClock(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
		hosts := inProcess{"shop.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
		})}
		w := graph.New(graph.Options{
			Seed: seed, Clock: clock, Profile: graph.Nasty(), Client: &http.Client{Transport: hosts}, MediaURL: "http://media.test",
		})
		must(t, w.AddApp(t.Context(), graph.App{ID: "1", Secret: "s", Callback: graph.Callback{URL: "http://shop.test/hook"}}))
		must(t, w.AddNumber(graph.Number{ID: "10", Account: "11", Display: "15550783881", App: "1", Token: "T", Subscribe: true}))
		_, err := w.AddPerson(graph.Person{ID: "anna"})
		must(t, err)
		for i := range 50 {
			_, err := w.Say("anna", "10", graph.Inbound{Text: fmt.Sprint(i)})
			must(t, err)
			w.Advance(t.Context(), 100*time.Millisecond)
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+%s","type":"text","text":{"body":"%d"}}`, w.People()[0].Phone, i)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/10/messages", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer T")
			func() {
				defer func() { _ = recover() }() // a connection that breaks
				w.Handler().ServeHTTP(httptest.NewRecorder(), r)
			}()
		}
		w.Advance(t.Context(), time.Hour)
		return fmt.Sprintf("%+v", w.Journal())
	}
	if a, b := run(1), run(1); a != b {
		t.Error("two runs with one seed differ")
	}
	if a, b := run(1), run(2); a == b {
		t.Error("two runs with two seeds are the same")
	}
}

func TestRunSendsAtOnceWaitsFiveSecondsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var under, most atomic.Int32
		slow := true
		hosts := inProcess{"shop.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
				return
			}
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			mu.Lock()
			wait := slow
			mu.Unlock()
			if wait {
				<-r.Context().Done()
				w.WriteHeader(http.StatusGatewayTimeout)
			}
		})}
		w := graph.New(graph.Options{Seed: 1, Client: &http.Client{Transport: hosts}})
		must(t, w.AddApp(t.Context(), graph.App{ID: "1", Secret: "s", Callback: graph.Callback{URL: "http://shop.test/hook"}}))
		must(t, w.AddNumber(graph.Number{ID: "10", Account: "11", Display: "15550783881", App: "1", Token: "T", Subscribe: true}))
		_, err := w.AddPerson(graph.Person{ID: "anna"})
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		for i := range 4 {
			_, err := w.Say("anna", "10", graph.Inbound{Text: fmt.Sprint(i)})
			must(t, err)
			synctest.Wait() // so that each is in a webhook of its own
		}
		for i := range 20 { // more than are sent at once
			_, err := w.Say("anna", "10", graph.Inbound{Text: fmt.Sprint(i)})
			must(t, err)
			synctest.Wait()
		}
		start := time.Now()
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/10/messages", strings.NewReader(
			`{"messaging_product":"whatsapp","to":"+`+w.People()[0].Phone+`","type":"text","text":{"body":"hello"}}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer T")
		w.Handler().ServeHTTP(httptest.NewRecorder(), r)
		time.Sleep(time.Second)
		if messages, _ := w.Thread("anna", "10"); !messages[len(messages)-1].Seen {
			t.Error("a server that hangs keeps messages from arriving")
		}
		time.Sleep(5 * time.Second) // virtual: the first have been waited for
		mu.Lock()
		slow = false
		mu.Unlock()
		if most.Load() < 2 {
			t.Errorf("%d webhook at a time, want several", most.Load())
		}
		time.Sleep(2 * time.Minute)
		failed, taken := 0, 0
		for _, e := range w.Journal() {
			if e.Kind != graph.EntryTry {
				continue
			}
			if e.Status == http.StatusOK {
				taken += len(e.IDs)
			} else {
				failed++
				if waited := e.At.Sub(start); waited%(5*time.Second) != 0 {
					t.Errorf("given up after %v", waited)
				}
			}
		}
		if failed == 0 || taken != 4+20+2 {
			t.Errorf("%d failed, %d messages and statuses were taken", failed, taken)
		}
		cancel()
		if err := <-ended; err == nil {
			t.Error("Run ended without a reason")
		}
	})
}
