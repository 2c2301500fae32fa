package chaos_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// receiver is a merchant's system that is down, slow or broken half the time.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	random  *rand.Rand
	secrets []string
	well    bool
	bodies  map[string]string // by event
	taken   map[string]int    // how often it thanked for one
	faults  []string
}

func newReceiver(t *testing.T, random *rand.Rand) *receiver {
	r := &receiver{random: rand.New(rand.NewPCG(random.Uint64(), 2)), bodies: map[string]string{}, taken: map[string]int{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return // its server was killed in the middle
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := q.Header.Get("Webhook-Id")
	if was, known := r.bodies[id]; known && was != string(body) {
		r.faults = append(r.faults, "the body of "+id+" has changed")
	}
	r.bodies[id] = string(body)
	if !r.signed(q.Header, id, body) {
		r.faults = append(r.faults, id+" is signed with no secret that was given")
	}
	if !r.well {
		switch r.random.IntN(6) {
		case 0:
			w.WriteHeader(http.StatusInternalServerError)
			return
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case 2:
			panic(http.ErrAbortHandler) // the line is cut before an answer; it may have been taken
		}
	}
	r.taken[id]++
}

// signed tells whether one of the signatures is of a secret that was given: a rotation must not leave a gap.
func (r *receiver) signed(h http.Header, id string, body []byte) bool {
	for _, secret := range r.secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return false
		}
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, h.Get("Webhook-Timestamp"), body)
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for sig := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
			if hmac.Equal([]byte(sig), []byte(want)) {
				return true
			}
		}
	}
	return false
}

// messages gives the ids of messages that the receiver was told of, by conversation and number, and has thanked for.
func (r *receiver) messages(t *testing.T) map[string]int {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]int{}
	for id, n := range r.taken {
		var e struct {
			ID, Type     string
			Conversation struct{ ID string }
			Entry        struct{ Seq int64 }
		}
		if err := json.Unmarshal([]byte(r.bodies[id]), &e); err != nil || e.ID != id {
			t.Fatalf("the body of %s is %.200s, %v", id, r.bodies[id], err)
		}
		if e.Type == "message.created" {
			all[fmt.Sprint(e.Conversation.ID, " ", e.Entry.Seq)] += n
		}
	}
	return all
}

// Webhooks are told of every acknowledged message at least once, however often the server is killed and the receiver fails; the body
// is the same over all tries, and a rotated secret signs beside the new one.
func TestWebhooksAreToldOfEveryAcknowledgedMessage(t *testing.T) {
	rnd, n := seeded(t), trials(t, 4)
	s := harness.Start(t, harness.Options{Flags: append([]string{"-webhook-insecure", "-webhook-haste", "2000"}, unlimited...)})
	r := newReceiver(t, rnd)
	agent := s.Agent()
	path := "/v1/shops/" + s.Shop + "/webhooks"
	var hook struct{ ID, Secret string }
	if status := agent.Call(http.MethodPost, path, map[string]any{"url": r.URL, "events": []string{"message.created", "conversation.started"}}, &hook); status != http.StatusCreated {
		t.Fatalf("subscribe: %d", status)
	}
	r.secrets = []string{hook.Secret}
	c := newCrowd(t, s)
	for range 4 {
		c.shopper("steady", bySocket)
	}
	for i := range n {
		c.more(15 + rnd.IntN(15))
		if i == n/2 {
			if status := agent.Call(http.MethodPost, path+"/"+hook.ID+"/rotate", map[string]any{}, &hook); status != http.StatusOK {
				t.Fatalf("rotate: %d", status)
			}
			r.mu.Lock()
			r.secrets = append(r.secrets, hook.Secret)
			r.mu.Unlock()
		}
		s.Kill()
		s.Run()
	}
	finish(t, c, n)
	r.mu.Lock()
	r.well = true
	r.mu.Unlock()
	pending := -1
	for deadline := time.Now().Add(time.Minute); pending != 0 && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		pending = replayDead(t, agent, path+"/"+hook.ID+"/deliveries")
	}
	if pending != 0 {
		t.Fatalf("%d deliveries are still under way", pending)
	}
	told, lost := r.messages(t), 0
	stored := 0
	for _, m := range c.members {
		log, err := m.stored()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.ConversationLog(m.Conversation()) {
			if e.Kind != "message" {
				continue
			}
			if stored++; told[fmt.Sprint(m.Conversation(), " ", e.Seq)] == 0 {
				lost++
			}
		}
		if len(log) == 0 {
			t.Errorf("%s wrote nothing", m.Name)
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d messages were never told of", lost, stored)
	}
	for _, f := range r.faults {
		t.Error(f)
	}
	again := 0
	for _, times := range told {
		again += times - 1
	}
	t.Logf("%d messages, %d kills, %d told again", stored, n, again)
}

// replayDead gives dead deliveries another round, and counts those that are not delivered yet.
func replayDead(t *testing.T, agent *harness.Agent, path string) (pending int) {
	t.Helper()
	for _, state := range []string{"dead", "pending"} {
		var page struct{ Items []struct{ ID string } }
		if status := agent.Call(http.MethodGet, path+"?limit=100&state="+state, nil, &page); status != http.StatusOK {
			t.Fatalf("list %s deliveries: %d", state, status)
		}
		pending += len(page.Items)
		for _, d := range page.Items {
			if state != "dead" {
				break
			}
			if status := agent.Call(http.MethodPost, path+"/"+d.ID+"/replay", map[string]any{}, nil); status != http.StatusAccepted {
				t.Fatalf("replay: %d", status)
			}
		}
	}
	return pending
}
