package shopify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	shopify "github.com/tagalong-chat/tagalong/plugins/shopify"
	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
	"github.com/tagalong-chat/tagalong/plugins/shopify/sign"
	"github.com/tagalong-chat/tagalong/plugins/shopify/store"
	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// setting is the app between both sides.
type setting struct {
	t       *testing.T
	server  *harness.Server
	shopify *shopifytest.Shopify
	app     *shopify.App
	store   *store.DB
	door    string
	browser *http.Client
	agent   *harness.Agent
}

// start makes both sides and the app, and connects them.
func start(t *testing.T) *setting {
	t.Helper()
	s := &setting{t: t, server: harness.Start(t, harness.Options{}), shopify: shopifytest.New(t), browser: harness.NewClient()}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.browser.Jar = jar
	var app http.Handler
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(w, r) }))
	t.Cleanup(door.Close)
	s.door = door.URL
	s.open()
	app = s.app
	s.agent = s.server.Agent()
	s.connect()
	return s
}

func (s *setting) open() {
	s.t.Helper()
	seal, err := store.NewSealer(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, store.KeySize)))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.store, err = store.Open(s.t.Context(), filepath.Join(s.t.TempDir(), "app.db"), seal); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = s.store.Close() })
	s.app, err = shopify.New(shopify.Options{
		URL: s.door, ClientID: shopifytest.ClientID, Secrets: sign.Secrets{shopifytest.Secret}, Chat: s.server.URL("chat", ""), Store: s.store,
		Base: s.shopify.Base, HTTP: harness.NewClient(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

var button = regexp.MustCompile(`href="([^"]*/connect/start[^"]*)"`)

// connect is the merchant's way: the app's page, Tagalong's consent, and back.
func (s *setting) connect() {
	s.t.Helper()
	page := s.get(s.door + "/?" + shopifytest.OpenQuery(shopifytest.Shop, time.Now()).Encode())
	link := button.FindStringSubmatch(page.body)
	if link == nil {
		s.t.Fatalf("no way to connect: %d %s", page.StatusCode, page.body)
	}
	asked := s.follow(strings.ReplaceAll(link[1], "&amp;", "&"))
	if shown := s.follow(asked.String()); shown.Host != s.server.Host("inbox") || shown.RawQuery != asked.RawQuery {
		s.t.Fatalf("the consent page is %s", shown)
	}
	s.follow(s.agree(asked.Query()))
	i, err := s.store.Installation(s.t.Context(), shopifytest.Shop)
	if err != nil || !i.Chat.Ready() || i.Chat.Shop != s.server.Shop {
		s.t.Fatal("not connected: ", err)
	}
}

// agree is what the consent page does when the owner agrees.
func (s *setting) agree(asked url.Values) (redirect string) {
	s.t.Helper()
	request := map[string]any{"scopes": strings.Fields(asked.Get("scopes")), "identity": asked.Get("identity") == "1"}
	for _, name := range []string{"name", "platform", "return_url", "state", "code_challenge", "code_challenge_method"} {
		request[name] = asked.Get(name)
	}
	var out struct {
		RedirectURL string `json:"redirect_url"`
	}
	in := map[string]any{"request": request, "shop": s.server.Shop}
	if status := s.agent.Call(http.MethodPost, "/v1/connect/grants", in, &out); status != http.StatusCreated {
		s.t.Fatalf("agreeing: %d", status)
	}
	return out.RedirectURL
}

type answer struct {
	*http.Response
	body string
}

func (s *setting) get(address string) answer {
	s.t.Helper()
	resp, err := s.browser.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp, string(body)}
}

// follow opens an address that must lead elsewhere.
func (s *setting) follow(address string) *url.URL {
	s.t.Helper()
	a := s.get(address)
	to, err := a.Location()
	if err != nil {
		s.t.Fatalf("%s leads nowhere: %d %s", address, a.StatusCode, a.body)
	}
	return to
}

// chat is a client with the app's own key.
func (s *setting) chat() *tagalong.Client {
	s.t.Helper()
	i, err := s.store.Installation(s.t.Context(), shopifytest.Shop)
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := tagalong.New(i.Chat.API, i.Chat.Shop, i.Chat.Key, tagalong.WithHTTPClient(harness.NewClient()))
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

// payload is one of the app's own, changed.
func payload(t *testing.T, name string, change map[string]any) []byte {
	t.Helper()
	raw, err := os.ReadFile("../../../plugins/shopify/mapping/testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // the ids are above 2^53
	if err := decoder.Decode(&object); err != nil {
		t.Fatal(err)
	}
	maps.Copy(object, change)
	if raw, err = json.Marshal(object); err != nil {
		t.Fatal(err)
	}
	return raw
}

// send sends a webhook as Shopify does.
func (s *setting) send(w shopifytest.Webhook) {
	s.t.Helper()
	if w.Triggered.IsZero() {
		w.Triggered = time.Now()
	}
	if status, _, err := w.Deliver(http.DefaultClient, s.door+"/webhooks"); status != http.StatusOK || err != nil {
		s.t.Fatalf("%s: %d, %v", w.Topic, status, err)
	}
}

// deliver sends a webhook and lets the app work it off.
func (s *setting) deliver(w shopifytest.Webhook) {
	s.t.Helper()
	s.send(w)
	s.work()
}

func (s *setting) work() {
	s.t.Helper()
	if _, err := s.app.Work(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if dead, err := s.store.Dead(s.t.Context(), shopifytest.Shop, 1); err != nil || len(dead) > 0 {
		s.t.Fatalf("a delivery is dead: %+v, %v", dead, err)
	}
}

// shopper begins a conversation.
func (s *setting) shopper() (p *harness.Shopper, conversation string) {
	s.t.Helper()
	p = s.server.NewShopper()
	k, err := p.Dial(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer k.Close()
	if err := k.Send(s.t.Context(), "", "first", "Where is my order?"); err != nil {
		s.t.Fatal(err)
	}
	f, err := k.Await(s.t.Context(), func(f harness.Frame) bool { return f.Type == "ack" })
	if err != nil {
		s.t.Fatal(err)
	}
	return p, f.Conversation
}

// watch follows a conversation as an agent.
func (s *setting) watch(conversation string) *harness.Socket {
	s.t.Helper()
	k, err := s.agent.Dial(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(k.Close)
	if err := k.Write(s.t.Context(), map[string]any{"type": "join", "conversation": conversation, "generation": 1, "after": 0}); err != nil {
		s.t.Fatal(err)
	}
	return k
}

// news waits until the log tells of an order's change.
func (s *setting) news(k *harness.Socket, order, change string) {
	s.t.Helper()
	_, err := k.Await(s.t.Context(), func(f harness.Frame) bool {
		return f.Type == "entry" && f.Entry.Event != nil && f.Entry.Event.Name == "order_changed" && f.Entry.Event.Order.ExternalID == order &&
			string(f.Entry.Event.Order.Change) == change
	})
	if err != nil {
		s.t.Fatalf("the conversation does not hear that order %s is %s: %v", order, change, err)
	}
}
