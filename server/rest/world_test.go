package rest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/blob"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/fanout"
	"github.com/tagalong-chat/tagalong/server/store"
	"github.com/tagalong-chat/tagalong/server/store/storetest"
	"github.com/tagalong-chat/tagalong/server/wire"
)

const (
	publicURL = "https://chat.example"
	inboxURL  = "https://inbox.example"
	filesURL  = "https://files.example"
	password  = "correct horse battery"
)

// world is a whole door on a real store, with two merchants in it.
type world struct {
	t     testing.TB
	door  *Door
	auth  *auth.Service
	chat  *chat.Service
	store *store.DB
	blobs *blob.Folder
	logs  *syncBuffer
	clock *clock
	a, b  *tenant
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// tenant is one merchant with one of everything, and a credential of every kind.
type tenant struct {
	merchant     chat.MerchantID
	shop         chat.Shop
	owner, agent chat.AgentID
	ownerCookie  string
	agentCookie  string
	pluginKey    string // with all scopes
	plugin       chat.PluginKeyID
	shopper      chat.ShopperID
	token        string
	conversation chat.ConversationID
	attachment   chat.AttachmentID
	invitation   chat.InvitationID
	kid          string
	secret       string // of the identity secret
	order        string
	app          chat.ProviderAppID
	account      chat.AccountID // on WhatsApp
	address      chat.AddressID // of a stranger there
	handoff      chat.HandoffID // offered to the shopper
	delivery     chat.DeliveryID
	template     chat.TemplateID
	raw          chat.RawID
	webhook      chat.WebhookID
	told         chat.HookDeliveryID // of a ping
	privacy      chat.PrivacyID
}

var passwordHash = sync.OnceValues(func() (string, error) {
	s, err := auth.New(auth.Options{InboxURL: inboxURL, FilesURL: filesURL, LinkKey: make([]byte, 32)})
	if err != nil {
		return "", err
	}
	return s.HashPassword(context.Background(), password)
})

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, logs: &syncBuffer{}, clock: &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	seal, err := store.NewSealer(map[byte][32]byte{1: {1}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	kept := store.Options{Path: storetest.Path(t), Now: w.clock.now, Seal: seal}
	if w.store, err = store.Open(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.blobs, err = blob.OpenFolder(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	live := fanout.NewLocal(fanout.Options{})
	w.chat = chat.NewService(chat.Deps{
		Store: w.store, Fanout: live, Blobs: w.blobs, Carry: carrier{}, Public: publicURL, Now: w.clock.now,
		Poster: poster{}, Render: wire.View{}.NoticeBody,
	})
	w.auth, err = auth.New(auth.Options{
		Store: w.store, InboxURL: inboxURL, FilesURL: filesURL, LinkKey: bytes.Repeat([]byte("k"), 32), Publish: live.Publish, Now: w.clock.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Chat: w.chat, Auth: w.auth, Store: w.store, Blobs: w.blobs, Intake: blob.NewIntake(w.blobs), PublicURL: publicURL, Now: w.clock.now,
		Log: slog.New(slog.NewTextHandler(w.logs, nil)), Channels: carrier{}.Channels,
		ClientIP: func(r *http.Request) netip.Addr {
			return netip.MustParseAddrPort(r.RemoteAddr).Addr()
		},
	}
	for _, c := range change {
		c(&o)
	}
	if w.door, err = New(o); err != nil {
		t.Fatal(err)
	}
	w.a, w.b = w.newTenant("marl"), w.newTenant("other")
	return w
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// newTenant makes a merchant with one of everything.
func (w *world) newTenant(name string) *tenant {
	w.t.Helper()
	ctx, now := w.t.Context(), chat.At(w.clock.now())
	ten := &tenant{merchant: chat.NewID[chat.MerchantID](chat.PrefixMerchant, rand.Reader)}
	ten.shop = chat.Shop{
		ID: chat.NewID[chat.ShopID](chat.PrefixShop, rand.Reader), Merchant: ten.merchant, Key: chat.NewID[string](chat.PrefixShopKey, rand.Reader),
		Name: name, Origins: []string{"https://" + name + ".example"}, Language: "en", TimeZone: "UTC", Currency: "EUR", CreatedAt: now,
		Settings: chat.ShopSettings{Color: "#a8482a", LauncherSide: "end"},
	}
	owner := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, rand.Reader), Merchant: ten.merchant, Email: "owner@" + name + ".example",
		Name: "Olga", Role: chat.RoleOwner, Active: true, CreatedAt: now,
	}
	ten.owner = owner.ID
	hash := must[string](w.t)(passwordHash())
	if err := w.store.CreateMerchant(ctx, chat.Merchant{ID: ten.merchant, Name: name, CreatedAt: now}, ten.shop, owner, hash); err != nil {
		w.t.Fatal(err)
	}
	ten.ownerCookie = w.signIn(owner)
	ten.agent, ten.agentCookie = w.newAgent(ten, "agent@"+name+".example", chat.RoleAgent)
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: ten.merchant, Agent: ten.owner, Role: chat.RoleOwner}

	key, secret, err := w.auth.NewPluginKey(ctx, ten.shop, "Plugin", chat.Scopes())
	if err != nil {
		w.t.Fatal(err)
	}
	ten.plugin, ten.pluginKey = key.ID, secret
	identity := must[chat.IdentitySecret](w.t)(w.auth.NewIdentitySecret(ctx, ten.shop))
	ten.kid, ten.secret = identity.KID, string(identity.Secret)
	invitation, _, err := w.auth.Invite(ctx, by, "new@"+name+".example", chat.RoleAgent)
	if err != nil {
		w.t.Fatal(err)
	}
	ten.invitation = invitation.ID

	ten.shopper, ten.token = w.newShopper(ten)
	shopper, _, err := w.auth.ShopperByToken(ctx, ten.shop.Key, ten.token)
	if err != nil {
		w.t.Fatal(err)
	}
	sent := must[chat.Sent](w.t)(w.chat.Send(ctx, shopper, chat.SendRequest{Start: "start", ClientID: "start", Message: chat.Message{Text: "secret of " + name}}))
	ten.conversation = sent.Conversation.ID
	upload := chat.Upload{
		Attachment: chat.Attachment{ID: chat.NewID[chat.AttachmentID](chat.PrefixAttachment, rand.Reader), Name: "a.txt", ContentType: "text/plain", Size: 5},
		Merchant:   ten.merchant, Shop: ten.shop.ID, By: shopper.Author(), CreatedAt: now,
	}
	if _, err := w.blobs.Put(ctx, upload.ID, strings.NewReader("hello")); err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.CreateUpload(ctx, upload); err != nil {
		w.t.Fatal(err)
	}
	ten.attachment, ten.order = upload.ID, "1001"
	w.connect(ten, shopper)
	w.subscribe(ten)
	w.do(req{ten: ten, as: "plugin", call: "POST /v1/shops/{shop}/events", body: `{"events":[` + orderEvent("e1", ten.order, now) + `]}`}).want(200)
	return ten
}

// orderEvent is a good event of an order.
func orderEvent(id, order string, version chat.Millis) string {
	b, err := json.Marshal(map[string]any{
		"id": id, "type": "order.upserted", "occurred_at": version.Time().Format(time.RFC3339Nano), "version": version,
		"order": map[string]any{
			"external_id": order, "number": "#" + order, "currency": "EUR", "financial_status": "paid", "fulfillment_status": "unfulfilled",
			"totals": map[string]any{"total": map[string]any{"amount": 4200, "currency": "EUR"}}, "lines": []any{},
		},
	})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// signIn opens a session of an agent without their password.
func (w *world) signIn(a chat.Agent) (cookie string) {
	w.t.Helper()
	cookie = secretText()
	now := chat.At(w.clock.now())
	err := w.store.CreateAgentSession(w.t.Context(), chat.AgentSession{
		Hash: sha256.Sum256([]byte(cookie)), Agent: a.ID, Merchant: a.Merchant, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(14 * 24 * time.Hour),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return cookie
}

func secretText() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	var b [43]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	for i := range b {
		b[i] = letters[b[i]%64]
	}
	return string(b[:])
}

// newAgent brings another agent in through an invitation.
func (w *world) newAgent(ten *tenant, email string, role chat.Role) (chat.AgentID, string) {
	w.t.Helper()
	ctx, now := w.t.Context(), chat.At(w.clock.now())
	i := chat.Invitation{
		ID: chat.NewID[chat.InvitationID](chat.PrefixInvitation, rand.Reader), Merchant: ten.merchant, Email: email, Role: role,
		InvitedBy: ten.owner, Hash: sha256.Sum256([]byte(email)), CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	if err := w.store.CreateInvitation(ctx, i); err != nil {
		w.t.Fatal(err)
	}
	a := chat.Agent{
		ID: chat.NewID[chat.AgentID](chat.PrefixAgent, rand.Reader), Merchant: ten.merchant, Email: email, Name: "Anna", Role: role,
		Active: true, CreatedAt: now,
	}
	if err := w.store.AcceptInvitation(ctx, i.Hash, a, must[string](w.t)(passwordHash()), now); err != nil {
		w.t.Fatal(err)
	}
	return a.ID, w.signIn(a)
}

func (w *world) newShopper(ten *tenant) (chat.ShopperID, string) {
	w.t.Helper()
	token := w.auth.NewShopperToken()
	p, _, err := w.chat.NewSession(w.t.Context(), ten.shop, token, "en")
	if err != nil {
		w.t.Fatal(err)
	}
	return p.ID, token
}

// req is a request in short: who calls what. Names in braces in the path are filled with the ids of `of`, or of the caller's tenant.
type req struct {
	ten    *tenant // whose credential; the first merchant's when nil
	of     *tenant // whose ids; the same when nil
	as     string  // owner, agent, plugin, shopper, or nobody when empty
	call   string  // method and path, e.g. "GET /v1/shops/{shop}"
	query  string
	body   string
	header map[string]string
	drop   []string // headers that would be set by themselves
	host   string
	from   string // the client's address
}

func (ten *tenant) fill(path string) string {
	return strings.NewReplacer(
		"{shop}", string(ten.shop.ID), "{key}", ten.shop.Key, "{agent}", string(ten.agent), "{conversation}", string(ten.conversation),
		"{shopper}", string(ten.shopper), "{invitation}", string(ten.invitation), "{plugin_key}", string(ten.plugin), "{kid}", ten.kid,
		"{external_id}", ten.order, "{attachment}", string(ten.attachment), "{provider_app}", string(ten.app), "{account}", string(ten.account),
		"{address}", string(ten.address), "{handoff}", string(ten.handoff), "{delivery}", string(ten.delivery), "{raw}", string(ten.raw),
		"{template}", string(ten.template), "{webhook}", string(ten.webhook), "{webhook_delivery}", string(ten.told),
		"{privacy_request}", string(ten.privacy),
	).Replace(path)
}

// build makes the request.
func (w *world) build(q req) *http.Request {
	w.t.Helper()
	if q.ten == nil {
		q.ten = w.a
	}
	if q.of == nil {
		q.of = q.ten
	}
	method, path, _ := strings.Cut(q.call, " ")
	url := q.of.fill(path)
	if q.query != "" {
		url += "?" + q.query
	}
	r := httptest.NewRequest(method, url, strings.NewReader(q.body))
	r = r.WithContext(w.t.Context())
	r.RemoteAddr = "192.0.2.1:4711"
	if q.from != "" {
		r.RemoteAddr = q.from
	}
	r.Host = "chat.example"
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	switch q.as {
	case "owner", "agent", "inbox":
		r.Host = "inbox.example"
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", inboxURL)
		if cookie := map[string]string{"owner": q.ten.ownerCookie, "agent": q.ten.agentCookie}[q.as]; cookie != "" {
			r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: cookie})
		}
	case "plugin":
		r.Header.Set("Authorization", "Bearer "+q.ten.pluginKey)
	case "shopper":
		r.Header.Set("Authorization", "Bearer "+q.ten.token)
	}
	if q.host != "" {
		r.Host = q.host
	}
	for k, v := range q.header {
		r.Header.Set(k, v)
	}
	for _, k := range q.drop {
		r.Header.Del(k)
	}
	return r
}

// answer is what came back, already held against the contract.
type answer struct {
	t      testing.TB
	call   string
	status int
	header http.Header
	body   string
}

// do calls the door and holds the answer against the contract.
func (w *world) do(q req) *answer {
	w.t.Helper()
	return w.send(w.build(q), q.call)
}

func (w *world) send(r *http.Request, call string) *answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.door.ServeHTTP(rec, r)
	a := &answer{w.t, call, rec.Code, rec.Header(), rec.Body.String()}
	conforms(w.t, w.door, r, a)
	if a.status == http.StatusInternalServerError {
		w.t.Errorf("%s: a fault of ours: %s", call, w.logs)
	}
	return a
}

func (a *answer) want(status int, contains ...string) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %s", a.call, a.status, status, a.body)
	}
	for _, s := range contains {
		if !strings.Contains(a.body, s) {
			a.t.Errorf("%s: the answer lacks %q: %s", a.call, s, a.body)
		}
	}
	return a
}

func (a *answer) refused(status int, code string) *answer {
	a.t.Helper()
	return a.want(status, `"code":"`+code+`"`)
}

var randomID = regexp.MustCompile(`req_[a-z2-7]{26}`) // may hold any short word

func (a *answer) lacks(words ...string) *answer {
	a.t.Helper()
	said := randomID.ReplaceAllString(a.body, "")
	for _, s := range words {
		if strings.Contains(said, s) {
			a.t.Errorf("%s: the answer has %q: %s", a.call, s, a.body)
		}
	}
	return a
}

func into[T any](a *answer) T {
	a.t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Fatalf("%s: %v: %s", a.call, err, a.body)
	}
	return v
}

var document = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(openapi.YAML) })

// conforms holds an answer against the contract: its status, kind and body, and the headers that every answer has.
func conforms(t testing.TB, d *Door, r *http.Request, a *answer) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", a.call, name, got, want)
		}
	}
	doc := must[*openapi3.T](t)(document())
	schema := doc.Components.Schemas["Problem"].Value
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	if a.status < 400 && r.Method != http.MethodOptions {
		_, pattern := d.routes.Handler(r)
		method, path, _ := strings.Cut(pattern, " ")
		response := doc.Paths.Value(path).GetOperation(method).Responses.Status(a.status)
		if response == nil {
			t.Errorf("%s: the contract knows no answer %d", a.call, a.status)
			return
		}
		media := response.Value.Content.Get(kind)
		if media == nil {
			if a.body != "" {
				t.Errorf("%s: the contract knows no %q with %d", a.call, kind, a.status)
			}
			return
		}
		schema = media.Schema.Value
	} else if a.status >= 400 && kind != "application/problem+json" {
		t.Errorf("%s: %d is no problem+json but %q", a.call, a.status, kind)
	}
	if a.body == "" {
		return
	}
	dec := json.NewDecoder(strings.NewReader(a.body))
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Errorf("%s: not JSON: %v: %s", a.call, err, a.body)
		return
	}
	if _, err := dec.Token(); err != io.EOF {
		t.Errorf("%s: more than one JSON value: %s", a.call, a.body)
	}
	if err := schema.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsResponse()); err != nil {
		t.Errorf("%s: the answer breaks the contract: %v: %s", a.call, err, a.body)
	}
}

// rows tells all that a merchant has, so that a test sees whether anything changed.
func (w *world) rows(ten *tenant) string {
	w.t.Helper()
	ctx := w.t.Context()
	c, err := w.store.Conversation(ctx, ten.shop.ID, ten.conversation)
	if err != nil {
		w.t.Fatal(err)
	}
	entries := must[[]chat.Entry](w.t)(w.store.Entries(ctx, chat.EntryQuery{Shop: ten.shop.ID, Conversation: ten.conversation, Limit: 500}))
	shopper := must[chat.Shopper](w.t)(w.store.Shopper(ctx, ten.shop.ID, ten.shopper))
	shopper.SeenAt = 0
	agents := must[[]chat.Agent](w.t)(w.store.Agents(ctx, ten.merchant))
	shops := must[[]chat.Shop](w.t)(w.store.Shops(ctx, ten.merchant))
	keys := must[[]chat.PluginKey](w.t)(w.store.PluginKeys(ctx, ten.shop.ID))
	for i := range keys {
		keys[i].LastUsedAt = 0
	}
	secrets := must[[]chat.IdentitySecret](w.t)(w.store.IdentitySecrets(ctx, ten.shop.ID))
	invitations := must[[]chat.Invitation](w.t)(w.store.Invitations(ctx, ten.merchant, chat.At(w.clock.now())))
	order := must[chat.Record](w.t)(w.store.Record(ctx, ten.shop.ID, chat.RecordOrder, ten.order))
	position := must[int64](w.t)(w.store.FeedPosition(ctx, ten.shop.ID))
	apps := must[[]chat.ProviderApp](w.t)(w.store.ProviderApps(ctx, ten.merchant))
	accounts := must[[]chat.Account](w.t)(w.store.Accounts(ctx, ten.merchant))
	templates := must[[]chat.Template](w.t)(w.store.Templates(ctx, ten.account))
	address := must[chat.Address](w.t)(w.store.Address(ctx, ten.shop.ID, ten.address))
	handoff := must[chat.Handoff](w.t)(w.store.Handoff(ctx, ten.shop.ID, ten.handoff))
	delivery := must[chat.Delivery](w.t)(w.store.Delivery(ctx, ten.shop.ID, ten.delivery))
	raws := must[[]chat.Raw](w.t)(w.store.DeadRaws(ctx, ten.merchant, 100))
	consents := must[[]chat.Consent](w.t)(w.store.ConsentsOf(ctx, ten.shop.ID, ten.shopper))
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: ten.merchant, Agent: ten.owner, Role: chat.RoleOwner}
	hooks := must[[]chat.Webhook](w.t)(w.chat.Webhooks(ctx, by, ten.shop.ID))
	told := must[chat.HookDelivery](w.t)(w.chat.HookDeliveryOf(ctx, by, ten.shop.ID, ten.webhook, ten.told))
	asked := must[[]chat.PrivacyRequest](w.t)(w.chat.PrivacyRequests(ctx, by, ten.shop.ID))
	b, err := json.Marshal([]any{
		c, entries, shopper, agents, shops, keys, secrets, invitations, order, position, apps, accounts, templates, address, handoff, delivery,
		raws, consents, hooks, told, asked,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// signInAgain opens another session of the tenant's agent.
func (w *world) signInAgain(ten *tenant) string {
	w.t.Helper()
	return w.signIn(must[chat.Agent](w.t)(w.store.Agent(w.t.Context(), ten.merchant, ten.agent)))
}
