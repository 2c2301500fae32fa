package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

const (
	secret  = "test_app_secret"
	waToken = "EAAwhatsapp"
	pgToken = "EAApage"
	igToken = "IGAAtoken"
	numberA = "106540352242922"
	wabaA   = "102290129340398"
	pageA   = "111222333444555"
	insta   = "17841400000000001"
)

// business is the server of a merchant: it takes webhooks and remembers them.
type business struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []post
	status func(n int) int // what the n-th webhook is answered
}

type post struct {
	body      []byte
	signature string
}

func newBusiness(t *testing.T) *business {
	b := &business{status: func(int) int { return http.StatusOK }}
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.Close)
	return b
}

func (b *business) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != "verify" {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts = append(b.posts, post{body, r.Header.Get("X-Hub-Signature-256")})
	w.WriteHeader(b.status(len(b.posts)))
}

// take returns the webhooks since the last call, read as JSON.
func (b *business) take(t *testing.T) []object {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []object
	for _, p := range b.posts {
		var o object
		if err := json.Unmarshal(p.body, &o); err != nil {
			t.Fatalf("a webhook is not JSON: %v", err)
		}
		all = append(all, o)
	}
	b.posts = nil
	return all
}

type object = map[string]any

// at walks through JSON: keys, and numbers for places in lists.
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			o, _ := v.(object)
			v = o[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

// stage is a world with a business and Anna, who has a phone.
type stage struct {
	*graph.World
	t        *testing.T
	clock    *graph.Clock
	business *business
	api      *httptest.Server
	media    *httptest.Server
}

func newStage(t *testing.T, profile graph.Profile) *stage {
	t.Helper()
	return newStageWith(t, graph.Options{Profile: profile})
}

func newStageWith(t *testing.T, options graph.Options) *stage {
	t.Helper()
	clock := graph.NewClock(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	if options.Seed == 0 {
		options.Seed = 7
	}
	options.Clock = clock
	options.Client = http.DefaultClient
	s := &stage{t: t, clock: clock, World: graph.New(options), business: newBusiness(t)}
	s.api, s.media = httptest.NewServer(s.Handler()), httptest.NewServer(s.MediaHandler())
	t.Cleanup(s.api.Close)
	t.Cleanup(s.media.Close)
	s.SetURLs(s.api.URL, s.media.URL)
	must(t, s.AddApp(t.Context(), graph.App{
		ID: "1517776481860111", Name: "Shop", Secret: secret, HumanAgent: true,
		Callback: graph.Callback{URL: s.business.URL + "/hook", VerifyToken: "verify"},
	}))
	must(t, s.AddNumber(graph.Number{
		ID: numberA, Account: wabaA, Display: "15550783881", Name: "Lucky Shrub", App: "1517776481860111", Token: waToken, Subscribe: true,
	}))
	must(t, s.AddPage(graph.Page{
		ID: pageA, Name: "Lucky Shrub", Username: "luckyshrub", App: "1517776481860111", Token: pgToken, Subscribe: true,
	}))
	must(t, s.AddInstagram(graph.Account{
		ID: insta, Name: "Lucky Shrub", Username: "luckyshrub.ig", App: "1517776481860111", Token: igToken, Subscribe: true,
	}))
	if _, err := s.AddPerson(graph.Person{ID: "anna", Name: "Anna Öberg", Phone: "16505551234"}); err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets time go by.
func (s *stage) pass(d time.Duration) { s.Advance(s.t.Context(), d) }

// say has Anna write, and lets the webhook arrive.
func (s *stage) say(line, said string) string {
	s.t.Helper()
	id, err := s.Say("anna", line, graph.Inbound{Text: said})
	must(s.t, err)
	s.pass(time.Second)
	return id
}

// call asks the Graph API and returns status and body.
func (s *stage) call(method, path, token string, body any) (int, object) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	must(s.t, err)
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.api.URL+path, bytes.NewReader(raw))
	must(s.t, err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(s.t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	must(s.t, err)
	var o object
	if err := json.Unmarshal(answer, &o); err != nil {
		s.t.Fatalf("%s %s: %d, not JSON: %s", method, path, response.StatusCode, answer)
	}
	return response.StatusCode, o
}

func (s *stage) sendWhatsApp(body object) (int, object) {
	s.t.Helper()
	whole := object{"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234"}
	maps.Copy(whole, body)
	return s.call(http.MethodPost, "/v25.0/"+numberA+"/messages", waToken, whole)
}

func words(said string) object { return object{"type": "text", "text": object{"body": said}} }

// statuses are the WhatsApp statuses in webhooks, in order.
func statuses(hooks []object) []string {
	var all []string
	for _, h := range hooks {
		for _, e := range list(h, "entry") {
			for _, c := range list(e, "changes") {
				for _, s := range list(at(c, "value"), "statuses") {
					all = append(all, at(s, "status").(string))
				}
			}
		}
	}
	return all
}

func list(v any, key string) []any {
	l, _ := at(v, key).([]any)
	return l
}

func TestAWhatsAppConversationGoesBothWays(t *testing.T) {
	s := newStage(t, graph.Profile{})
	inbound := s.say(numberA, "Does it come in another colour?")
	hooks := s.business.take(t)
	if len(hooks) != 1 {
		t.Fatalf("%d webhooks, want 1", len(hooks))
	}
	value := at(hooks[0], "entry", 0, "changes", 0, "value")
	for path, want := range map[string]any{
		"from": "16505551234", "id": inbound, "timestamp": "1793534400", "type": "text",
	} {
		if got := at(value, "messages", 0, path); got != want {
			t.Errorf("messages[0].%s is %v, want %v", path, got, want)
		}
	}
	if got := at(value, "contacts", 0, "profile", "name"); got != "Anna Öberg" {
		t.Errorf("the contact's name is %v", got)
	}

	status, answer := s.sendWhatsApp(object{"type": "text", "text": object{"body": "In green"}, "biz_opaque_callback_data": "d1.0"})
	if status != http.StatusOK || at(answer, "contacts", 0, "wa_id") != "16505551234" {
		t.Fatalf("sending: %d %v", status, answer)
	}
	id := at(answer, "messages", 0, "id").(string)
	if !strings.HasPrefix(id, "wamid.") {
		t.Errorf("the id is %q", id)
	}
	must(t, s.Look("anna", numberA))
	s.pass(time.Second)
	hooks = s.business.take(t)
	if got := strings.Join(statuses(hooks), " "); got != "sent delivered read" {
		t.Errorf("the statuses are %q", got)
	}
	if got := at(hooks[0], "entry", 0, "changes", 0, "value", "statuses", 0, "biz_opaque_callback_data"); got != "d1.0" {
		t.Errorf("the callback data is %v", got)
	}
}

func TestAWebhookIsSignedAsItIsSent(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "äåö 😀 <b>50%</b> a@b.se https://shop.example/x")
	s.business.mu.Lock()
	p := s.business.posts[0]
	s.business.mu.Unlock()
	if want := graph.Signature(secret, p.body); p.signature != want {
		t.Errorf("signed %s, want %s", p.signature, want)
	}
	for _, part := range []string{`\u00e4\u00e5\u00f6 \ud83d\ude00 \u003Cb>50\u0025\u003C\/b> a\u0040b.se https:\/\/shop.example\/x`} {
		if !bytes.Contains(p.body, []byte(part)) {
			t.Errorf("%s is not in %s", part, p.body)
		}
	}
}

func TestInventedNumbersAreOnesOwn(t *testing.T) {
	w := graph.New(graph.Options{Seed: 1})
	phones := map[string]bool{}
	for i := range 500 {
		p, err := w.AddPerson(graph.Person{ID: fmt.Sprint(i)})
		must(t, err)
		phones[p.Phone] = true
	}
	if len(phones) != 500 {
		t.Errorf("500 people have %d numbers", len(phones))
	}
}
