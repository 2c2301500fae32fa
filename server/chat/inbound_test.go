package chat_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
)

// stage is a merchant with two shops on one WhatsApp number, whose webhooks are lists of items.
type stage struct {
	*chat.Service
	t            *testing.T
	store        chat.Store
	carry        *letterbox
	now          time.Time
	shop, sister chat.Shop
	app          chat.ProviderApp
	account      chat.Account
	sent         int
}

// letterbox is a Carrier whose provider says what a test wants.
type letterbox struct {
	media     map[string]error
	names     map[string]string
	meanwhile func() // called when a file is fetched
}

func (*letterbox) Channels() []chat.ChannelRules {
	return []chat.ChannelRules{{
		Channel: chat.ChannelWhatsApp, Provider: chat.ProviderMeta, Window: 24 * time.Hour, Templates: true, Unasked: true, Typing: true, Links: true,
	}}
}

func (*letterbox) Parse(_ chat.Provider, body []byte) (items []chat.Inbound, err error) {
	if bytes.Equal(body, []byte("panic")) {
		panic("a body of poison")
	}
	return items, json.Unmarshal(body, &items)
}
func (*letterbox) Parts(chat.Envelope) (int, error) { return 1, nil }
func (*letterbox) Send(context.Context, chat.Envelope, int) (chat.Accepted, error) {
	return chat.Accepted{ProviderID: rand.Text()}, nil
}

func (l *letterbox) Fetch(_ context.Context, _ chat.Account, _ chat.ProviderApp, ref chat.MediaRef) (io.ReadCloser, error) {
	if err := l.media[ref.ID]; err != nil {
		return nil, err
	}
	if l.meanwhile != nil {
		l.meanwhile()
	}
	return io.NopCloser(strings.NewReader("a picture")), nil
}

func (l *letterbox) Profile(_ context.Context, _ chat.Account, _ chat.ProviderApp, p chat.Person) (chat.Person, error) {
	p.Name = l.names[p.Keys[0]]
	return p, nil
}

func (*letterbox) Seen(context.Context, chat.Account, chat.ProviderApp, chat.Address, string, bool) error {
	return nil
}
func (*letterbox) Check(context.Context, chat.Account, chat.ProviderApp) []chat.Check { return nil }
func (*letterbox) Subscribe(context.Context, chat.Account, chat.ProviderApp) error    { return nil }
func (*letterbox) Templates(context.Context, chat.Account, chat.ProviderApp) ([]chat.Template, error) {
	return nil, nil
}

func (*letterbox) Link(a chat.Account, text, code string) string {
	return "https://wa.me/" + a.Handle + "?" + code + text
}

func (*letterbox) Take(_ context.Context, u chat.Upload, r io.Reader, _ int64) (chat.Upload, error) {
	b, err := io.ReadAll(r)
	u.Size = int64(len(b))
	return u, err
}

// nobody is a fan-out without listeners.
type nobody struct{}

func (nobody) Publish(chat.Live)                                                {}
func (nobody) Subscribe(chat.Topic, func(chat.Live)) func()                     { return func() {} }
func (nobody) Attend(chat.ShopID, chat.Author) func()                           { return func() {} }
func (nobody) Presence(context.Context, chat.ShopID, chat.Author) chat.Presence { return chat.Gone }
func (nobody) Attending(context.Context, chat.ShopID, chat.AuthorKind) (all []chat.Author) {
	return nil
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, store: chattest.NewMemory(), carry: &letterbox{media: map[string]error{}, names: map[string]string{}}, now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	s.Service = chat.NewService(chat.Deps{
		Store: s.store, Fanout: nobody{}, Carry: s.carry, Intake: s.carry, Public: "https://chat.example", Now: func() time.Time { return s.now },
	})
	m := chat.Merchant{ID: chat.NewID[chat.MerchantID](chat.PrefixMerchant, rand.Reader), Name: "Marl"}
	shop := func(name string) chat.Shop {
		return chat.Shop{
			ID: chat.NewID[chat.ShopID](chat.PrefixShop, rand.Reader), Merchant: m.ID, Name: name, Language: "en", Currency: "EUR", TimeZone: "UTC",
			Key: chat.NewID[string](chat.PrefixShopKey, rand.Reader), Origins: []string{"https://" + strings.ToLower(name) + ".example"},
		}
	}
	s.shop, s.sister = shop("Marl"), shop("Lehm")
	owner := chat.Agent{ID: chat.NewID[chat.AgentID](chat.PrefixAgent, rand.Reader), Merchant: m.ID, Email: "noor@marl.example", Name: "Noor", Role: chat.RoleOwner, Active: true}
	must(t, s.store.CreateMerchant(t.Context(), m, s.shop, owner, "x"))
	must(t, s.store.CreateShop(t.Context(), s.sister))
	by := chat.Caller{Kind: chat.AuthorAgent, Merchant: m.ID, Agent: owner.ID, Name: "Noor", Role: chat.RoleOwner}
	var err error
	s.app, err = s.SaveProviderApp(t.Context(), by, chat.ProviderApp{Provider: chat.ProviderMeta, Name: "Marl chat", AppID: "1001", Secrets: []string{"test_app_secret"}}, true)
	must(t, err)
	s.account, err = s.SaveAccount(t.Context(), by, chat.Account{
		App: s.app.ID, Channel: chat.ChannelWhatsApp, Name: "Marl", ExternalID: "106540352242922", Handle: "+49 30 901820",
		Shops: []chat.ShopID{s.shop.ID, s.sister.ID}, Default: s.shop.ID, Token: "test-token",
	}, true)
	must(t, err)
	for _, sh := range []*chat.Shop{&s.shop, &s.sister} {
		sh.Settings.Handoff.Channels = []chat.HandoffChannel{{Channel: chat.ChannelWhatsApp, Account: s.account.ID, Link: true}}
		must(t, s.store.UpdateShop(t.Context(), *sh))
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stage) agent() chat.Caller {
	return chat.Caller{Kind: chat.AuthorAgent, Merchant: s.shop.Merchant, Agent: chat.AgentID(chat.PrefixAgent + "noor"), Name: "Noor", Role: chat.RoleOwner}
}

// browser is a shopper on the site.
type browser struct {
	chat.Caller
	session chat.ShopperSession
}

func (s *stage) visit(shop chat.Shop) browser {
	s.t.Helper()
	p, session, err := s.NewSession(s.t.Context(), shop, rand.Text(), "en")
	must(s.t, err)
	return browser{chat.Caller{Kind: chat.AuthorShopper, Merchant: shop.Merchant, Shop: shop.ID, Shopper: p.ID}, session}
}

// ask writes a shopper's first message on the web.
func (s *stage) ask(b browser, text string) chat.Conversation {
	s.t.Helper()
	id := rand.Text()
	sent, err := s.Send(s.t.Context(), b.Caller, chat.SendRequest{Start: id, ClientID: id, Message: chat.Message{Text: text}})
	must(s.t, err)
	return sent.Conversation
}

// offer makes a link of a conversation, and follows it.
func (s *stage) offer(b browser, c chat.ConversationID) chat.Offered {
	s.t.Helper()
	o, err := s.Offer(s.t.Context(), b.Caller, chat.OfferRequest{Channel: chat.ChannelWhatsApp, Conversation: c, Page: s.shop.Origins[0] + "/jugs?token=x", Language: "en"})
	must(s.t, err)
	must(s.t, s.Clicked(s.t.Context(), b.Caller, o.Handoff.ID))
	return o
}

func phone(number string) *chat.Person {
	return &chat.Person{Keys: []string{"wa:" + number}, Phone: "+" + number, Name: "Person " + number[len(number)-1:]}
}

var (
	lucia = phone("34600000001")
	tom   = phone("491700000002")
)

func (s *stage) text(from *chat.Person, text string) chat.Inbound {
	s.sent++
	return chat.Inbound{
		Kind: chat.InboundMessage, Channel: chat.ChannelWhatsApp, Account: s.account.ExternalID, ID: fmt.Sprintf("wamid.%d", s.sent), At: chat.At(s.now),
		From: from, Message: &chat.InboundSaid{Text: text},
	}
}

// hook delivers items in one webhook and gives the error of taking it in.
func (s *stage) hook(items ...chat.Inbound) error {
	s.t.Helper()
	body, err := json.Marshal(items)
	must(s.t, err)
	return s.raw(body, 1)
}

func (s *stage) raw(body []byte, attempt int) error {
	s.t.Helper()
	r := chat.Raw{
		ID: chat.NewID[chat.RawID](chat.PrefixRaw, rand.Reader), App: s.app.ID, Merchant: s.shop.Merchant, Provider: chat.ProviderMeta,
		Hash: sha256.Sum256(append([]byte(rand.Text()), body...)), Body: body, At: chat.At(s.now), State: chat.RawPending,
	}
	_, err := s.store.KeepRaw(s.t.Context(), r)
	must(s.t, err)
	payload, err := json.Marshal(chat.RawTask{Raw: r.ID})
	must(s.t, err)
	return s.Perform(s.t.Context(), chat.Task{Kind: chat.TaskInbound, Attempt: attempt, Payload: payload})
}

func (s *stage) entries(shop chat.ShopID, c chat.ConversationID) []chat.Entry {
	s.t.Helper()
	es, err := s.store.Entries(s.t.Context(), chat.EntryQuery{Shop: shop, Conversation: c, Limit: 200})
	must(s.t, err)
	return es
}

// log is a conversation in short: texts, and what happened.
func (s *stage) log(shop chat.ShopID, c chat.ConversationID) (lines []string) {
	s.t.Helper()
	for _, e := range s.entries(shop, c) {
		switch {
		case e.Message != nil:
			lines = append(lines, string(e.Channel)+": "+e.Message.Text+e.Message.Unsupported)
		case e.Amend != nil:
			lines = append(lines, string(e.Amend.Action)+" "+e.Amend.Text+e.Amend.Emoji)
		case e.Event.Handoff != nil:
			lines = append(lines, "handoff "+string(e.Event.Handoff.State))
		case e.Event.Hint != nil:
			lines = append(lines, "hint "+e.Event.Hint.Code)
		case e.Event.Route != nil:
			lines = append(lines, "route "+string(e.Event.Route.To))
		default:
			lines = append(lines, string(e.Event.Name))
		}
	}
	return lines
}

func (s *stage) expect(shop chat.ShopID, c chat.ConversationID, want ...string) {
	s.t.Helper()
	if got := s.log(shop, c); !slices.Equal(got, want) {
		s.t.Errorf("the log is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// conversations are all of a shop's, the oldest first.
func (s *stage) conversations(shop chat.Shop) []chat.Conversation {
	s.t.Helper()
	page, err := s.store.ListConversations(s.t.Context(), chat.ConversationQuery{Shop: shop.ID, Limit: 100})
	must(s.t, err)
	slices.SortFunc(page.Conversations, func(a, b chat.Conversation) int { return int(a.Position - b.Position) })
	return page.Conversations
}

func (s *stage) conversation(c chat.Conversation) chat.Conversation {
	s.t.Helper()
	c, err := s.store.Conversation(s.t.Context(), c.Shop, c.ID)
	must(s.t, err)
	return c
}

// other gives the one conversation of the shop that is not c.
func (s *stage) other(c chat.Conversation) chat.Conversation {
	s.t.Helper()
	all := slices.DeleteFunc(s.conversations(s.shop), func(o chat.Conversation) bool { return o.ID == c.ID })
	if len(all) != 1 {
		s.t.Fatalf("there are %d other conversations, want one", len(all))
	}
	return all[0]
}

func TestAStrangersFirstWordBeginsAConversation(t *testing.T) {
	s := newStage(t)
	in := s.text(lucia, "Is the jug still there?")
	must(t, s.hook(in))
	must(t, s.hook(in)) // told twice
	must(t, s.hook(s.text(lucia, "The blue one")))
	all := s.conversations(s.shop)
	if len(all) != 1 || all[0].Channel != chat.ChannelWhatsApp || all[0].Shopper.Name != "Person 1" {
		t.Fatalf("conversations: %+v", all)
	}
	s.expect(s.shop.ID, all[0].ID, "whatsapp: Is the jug still there?", "whatsapp: The blue one")
	a, err := s.store.Address(t.Context(), s.shop.ID, all[0].Address)
	if err != nil || a.LastInboundAt != chat.At(s.now) || a.Conversation != all[0].ID {
		t.Errorf("the address is %+v, error %v", a, err)
	}
}

func TestTheWindowCountsFromTheProvidersTime(t *testing.T) {
	s := newStage(t)
	first := s.text(lucia, "first")
	s.now = s.now.Add(time.Minute)
	second := s.text(lucia, "second")
	must(t, s.hook(second))
	must(t, s.hook(first)) // late
	c := s.conversations(s.shop)[0]
	a, err := s.store.Address(t.Context(), s.shop.ID, c.Address)
	if err != nil || a.LastInboundAt != second.At {
		t.Errorf("the window counts from %d, want %d, error %v", a.LastInboundAt, second.At, err)
	}
}

func TestAClockThatIsAheadKeepsNoWindowOpen(t *testing.T) {
	s := newStage(t)
	in := s.text(lucia, "from the future")
	in.At = in.At.Add(1000 * time.Hour)
	must(t, s.hook(in))
	a, err := s.store.Address(t.Context(), s.shop.ID, s.conversations(s.shop)[0].Address)
	if err != nil || a.LastInboundAt != chat.At(s.now) {
		t.Errorf("the window counts from %d, now is %d, error %v", a.LastInboundAt, chat.At(s.now), err)
	}
}

func TestACodeTakesTheConversationAlong(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Is the jug still there?")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(lucia, o.Text)))
	s.expect(s.shop.ID, c.ID, "web: Is the jug still there?", "handoff offered", "handoff clicked", "handoff linked", "route whatsapp",
		"handoff active", "whatsapp: Hello! I'd like to continue my chat with Marl")
	lines, err := s.store.ConsentsOf(t.Context(), s.shop.ID, b.Shopper)
	if err != nil || len(lines) != 1 || !lines[0].Granted || lines[0].Source != chat.ConsentByLink || lines[0].Value != lucia.Phone || lines[0].Wording != o.Handoff.Notice {
		t.Errorf("the ledger is %+v, error %v", lines, err)
	}
	c = s.conversation(c)
	if len(s.conversations(s.shop)) != 1 || c.Channel != chat.ChannelWhatsApp || c.Shopper.ID != b.Shopper {
		t.Errorf("it goes on elsewhere: %+v", c)
	}
	if c.Handoff == nil || c.Handoff.State != chat.HandoffActive || c.Handoff.ID != o.Handoff.ID {
		t.Errorf("the handoff is %+v", c.Handoff)
	}
	must(t, s.hook(s.text(lucia, "By phone now")))
	if n := len(s.conversations(s.shop)); n != 1 {
		t.Errorf("%d conversations, want one", n)
	}
}

func TestACodeIsFoundInAnEditedText(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(lucia, "hola, soy yo: "+strings.ToLower(strings.ReplaceAll(o.Code, "-", " ")))))
	if c = s.conversation(c); c.Channel != chat.ChannelWhatsApp {
		t.Errorf("the code was not found: %v", s.log(s.shop.ID, c.ID))
	}
}

func TestWithoutItsCodeAMessageIsAConversationOfItsOwn(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(lucia, "Hello! I'd like to continue my chat with Marl")))
	mine := s.other(c)
	s.expect(s.shop.ID, mine.ID, "whatsapp: Hello! I'd like to continue my chat with Marl", "hint code_missing")
	hint := s.entries(s.shop.ID, mine.ID)[1].Event.Hint
	if hint.Handoff != o.Handoff.ID || hint.Conversation != c.ID {
		t.Errorf("the hint is %+v", hint)
	}
	joined, err := s.AcceptHint(t.Context(), s.agent(), s.shop.ID, mine.ID, hint.Handoff)
	if err != nil || joined.ID != c.ID || joined.Channel != chat.ChannelWhatsApp {
		t.Fatalf("accepted: %+v, error %v", joined, err)
	}
	must(t, s.hook(s.text(lucia, "and now here")))
	if log := s.log(s.shop.ID, c.ID); log[len(log)-1] != "whatsapp: and now here" {
		t.Errorf("after the agent's word it goes elsewhere: %v", log)
	}
}

func TestOfTwoClickedLinksNeitherIsSuspected(t *testing.T) {
	s := newStage(t)
	for range 2 {
		b := s.visit(s.shop)
		s.offer(b, s.ask(b, "Hello").ID)
	}
	must(t, s.hook(s.text(lucia, "Hi")))
	all := s.conversations(s.shop)
	if log := s.log(s.shop.ID, all[len(all)-1].ID); !slices.Equal(log, []string{"whatsapp: Hi"}) {
		t.Errorf("the log is %v", log)
	}
}

func TestACodeWorksForOnePhone(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(lucia, o.Text)))
	must(t, s.hook(s.text(tom, o.Text))) // forwarded
	strangers := s.other(c)
	log := s.log(s.shop.ID, strangers.ID)
	if len(log) != 2 || log[1] != "hint code_used" {
		t.Errorf("the second phone's log is %v", log)
	}
	if c = s.conversation(c); c.Handoff.Address == strangers.Address {
		t.Error("the second phone has taken the conversation over")
	}
	must(t, s.hook(s.text(lucia, o.Text))) // the first one again
	if n := len(s.conversations(s.shop)); n != 2 {
		t.Errorf("%d conversations, want two", n)
	}
}

func TestALapsedCodeJoinsNothing(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	s.now = s.now.Add(chat.CodeFor + time.Second)
	must(t, s.hook(s.text(lucia, o.Text)))
	if log := s.log(s.shop.ID, s.other(c).ID); log[len(log)-1] != "hint code_expired" {
		t.Errorf("the log is %v", log)
	}
	must(t, s.Perform(t.Context(), chat.Task{Kind: chat.TaskSweep}))
	if log := s.log(s.shop.ID, c.ID); log[len(log)-1] != "handoff expired" {
		t.Errorf("the web's log is %v", log)
	}
}

func TestTwoBrowsersOfOnePersonAreTwoUntilConfirmed(t *testing.T) {
	s := newStage(t)
	first, second := s.visit(s.shop), s.visit(s.shop)
	a, b := s.ask(first, "on the laptop"), s.ask(second, "on the tablet")
	must(t, s.hook(s.text(lucia, s.offer(first, a.ID).Text)))
	must(t, s.hook(s.text(lucia, s.offer(second, b.ID).Text)))
	if b = s.conversation(b); b.Channel != chat.ChannelWhatsApp {
		t.Errorf("the second link leads nowhere: %v", s.log(s.shop.ID, b.ID))
	}
	must(t, s.hook(s.text(lucia, "which one?")))
	if log := s.log(s.shop.ID, b.ID); log[len(log)-1] != "whatsapp: which one?" {
		t.Errorf("the last link's log is %v", log)
	}
	if own, err := s.Own(t.Context(), first.Caller); err != nil || len(own) != 1 {
		t.Errorf("the first browser sees %d conversations, error %v", len(own), err)
	}
}

func TestAKnownPersonInANewSessionIsMergedWhenConfirmed(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "A month ago")))
	old := s.conversations(s.shop)[0]
	s.now = s.now.Add(time.Hour)
	b := s.visit(s.shop)
	c := s.ask(b, "Today")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(lucia, o.Text)))
	if own, _ := s.Own(t.Context(), b.Caller); len(own) != 1 {
		t.Fatalf("the browser sees %d conversations before anything is confirmed", len(own))
	}
	h, err := s.ConfirmHandoff(t.Context(), b.Caller, o.Handoff.ID, true)
	if err != nil || h.ConfirmedAt == 0 {
		t.Fatalf("confirmed: %+v, error %v", h, err)
	}
	if own, err := s.Own(t.Context(), b.Caller); err != nil || len(own) != 1 {
		t.Errorf("on the site's word alone they see %d conversations, error %v", len(own), err)
	}
	if reach, err := s.ReachOf(t.Context(), s.agent(), s.shop.ID, c.ID); err != nil || len(reach.Ways) != 1 || !reach.Ways[0].Address.Confirmed() {
		t.Errorf("the phone is still unconfirmed: %+v, error %v", reach, err)
	}
	back, err := s.ComeBack(t.Context(), s.shop, s.wayBack(c), &b.session, "")
	if err != nil || back.State != chat.BackConfirmed {
		t.Fatalf("came back: %+v, error %v", back, err)
	}
	if own, err := s.Own(t.Context(), b.Caller); err != nil || len(own) != 2 {
		t.Errorf("after the way back they see %d conversations, error %v", len(own), err)
	}
	if old = s.conversation(old); old.Shopper.ID != b.Shopper {
		t.Errorf("the old conversation is still %s's", old.Shopper.ID)
	}
	a, err := s.store.Address(t.Context(), s.shop.ID, old.Address)
	if err != nil || a.Shopper != b.Shopper || a.ConfirmedAt == 0 {
		t.Errorf("the address is %+v, error %v", a, err)
	}
}

func TestWhoWasNotTheShopperIsPutOut(t *testing.T) {
	s := newStage(t)
	b := s.visit(s.shop)
	c := s.ask(b, "Hello")
	o := s.offer(b, c.ID)
	must(t, s.hook(s.text(tom, o.Text)))
	if h, err := s.ConfirmHandoff(t.Context(), b.Caller, o.Handoff.ID, false); err != nil || h.State != chat.HandoffFailed {
		t.Fatalf("denied: %+v, error %v", h, err)
	}
	if c = s.conversation(c); c.Channel != chat.ChannelWeb {
		t.Errorf("the route is still %s", c.Channel)
	}
	must(t, s.hook(s.text(tom, "hello?")))
	if log := s.log(s.shop.ID, s.other(c).ID); !slices.Equal(log, []string{"whatsapp: hello?"}) {
		t.Errorf("the stranger's log is %v", log)
	}
}

func TestSomebodyElsesHandoffIsNotFound(t *testing.T) {
	s := newStage(t)
	b, thief := s.visit(s.shop), s.visit(s.shop)
	o := s.offer(b, s.ask(b, "Hello").ID)
	if _, err := s.ConfirmHandoff(t.Context(), thief.Caller, o.Handoff.ID, true); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("confirming: %v", err)
	}
	if err := s.Clicked(t.Context(), thief.Caller, o.Handoff.ID); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("clicking: %v", err)
	}
}

func TestOnePersonIsAShopperOfEachShop(t *testing.T) {
	s := newStage(t)
	a, b := s.visit(s.shop), s.visit(s.sister)
	first, second := s.ask(a, "at Marl"), s.ask(b, "at Lehm")
	must(t, s.hook(s.text(lucia, s.offer(a, first.ID).Text)))
	s.now = s.now.Add(time.Second)
	o, err := s.Offer(t.Context(), b.Caller, chat.OfferRequest{Channel: chat.ChannelWhatsApp, Conversation: second.ID})
	must(t, err)
	must(t, s.hook(s.text(lucia, o.Text)))
	first, second = s.conversation(first), s.conversation(second)
	if first.Address == second.Address || first.Shopper.ID == second.Shopper.ID {
		t.Error("two shops share a shopper")
	}
	s.now = s.now.Add(time.Minute)
	must(t, s.hook(s.text(lucia, "and this?"))) // to whom they wrote last
	if log := s.log(s.sister.ID, second.ID); log[len(log)-1] != "whatsapp: and this?" {
		t.Errorf("Lehm's log is %v", log)
	}
}

func TestANewNumberIsTheSamePerson(t *testing.T) {
	s := newStage(t)
	who := &chat.Person{Keys: []string{"uid:US.1", "wa:16505551234"}, Phone: "+16505551234", UserID: "US.1", Name: "Sheena"}
	must(t, s.hook(s.text(who, "Hello")))
	c := s.conversations(s.shop)[0]
	before, err := s.store.Address(t.Context(), s.shop.ID, c.Address)
	must(t, err)
	moved := chat.Inbound{
		Kind: chat.InboundIdentity, Channel: chat.ChannelWhatsApp, Account: s.account.ExternalID, ID: "identity:1", At: chat.At(s.now.Add(time.Hour)),
		Identity: &chat.InboundNewID{Old: []string{"wa:16505551234"}, New: chat.Person{Keys: []string{"uid:US.2", "wa:12195555358"}, Phone: "+12195555358", UserID: "US.2"}},
	}
	must(t, s.hook(moved))
	must(t, s.hook(moved))
	after, err := s.store.Address(t.Context(), s.shop.ID, c.Address)
	if err != nil || after.Phone != "+12195555358" || after.LastInboundAt != before.LastInboundAt {
		t.Errorf("the address is %+v, error %v", after, err)
	}
	must(t, s.hook(s.text(&chat.Person{Keys: []string{"uid:US.2"}, UserID: "US.2"}, "from my new number")))
	s.expect(s.shop.ID, c.ID, "whatsapp: Hello", "hint identity_changed", "whatsapp: from my new number")
}

func TestStopIsKeptToAndStartTakesItUp(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "Hello")))
	c := s.conversations(s.shop)[0]
	must(t, s.hook(s.text(lucia, "STOP")))
	a, err := s.store.Address(t.Context(), s.shop.ID, c.Address)
	if err != nil || a.StoppedAt == 0 {
		t.Fatalf("the address is %+v, error %v", a, err)
	}
	lines, err := s.store.ConsentsOf(t.Context(), s.shop.ID, c.Shopper.ID)
	if err != nil || len(lines) != 3 || slices.ContainsFunc(lines, func(l chat.Consent) bool { return l.Granted || l.Source != chat.ConsentByWord }) {
		t.Errorf("the ledger is %+v, error %v", lines, err)
	}
	s.now = s.now.Add(time.Minute)
	must(t, s.hook(s.text(lucia, "Start")))
	if a, err = s.store.Address(t.Context(), s.shop.ID, c.Address); err != nil || a.StoppedAt != 0 {
		t.Errorf("the address is %+v, error %v", a, err)
	}
	if lines, _ = s.store.ConsentsOf(t.Context(), s.shop.ID, c.Shopper.ID); len(lines) != 5 {
		t.Errorf("the ledger has %d lines, want 5", len(lines))
	}
}

func TestTheMerchantsWordsElsewhereAreShownOnce(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "Hello")))
	c := s.conversations(s.shop)[0]
	echo := s.text(lucia, "Good morning!")
	echo.Kind, echo.Message.Author, echo.At = chat.InboundEcho, "Business app", chat.At(s.now.Add(time.Hour))
	must(t, s.hook(echo, echo))
	must(t, s.hook(echo))
	s.expect(s.shop.ID, c.ID, "whatsapp: Hello", "whatsapp: Good morning!")
	e := s.entries(s.shop.ID, c.ID)[1]
	if e.Author.Kind != chat.AuthorAgent || e.Author.Name != "Business app" {
		t.Errorf("its author is %+v", e.Author)
	}
	a, _ := s.store.Address(t.Context(), s.shop.ID, c.Address)
	if a.LastInboundAt != chat.At(s.now) {
		t.Error("our own words have opened the window")
	}
	if ds, err := s.store.DeliveriesOf(t.Context(), s.shop.ID, c.ID, 0, 10); err != nil || len(ds) != 0 {
		t.Errorf("it would be sent again: %+v, error %v", ds, err)
	}
}

func TestAnEchoThatMayBeOursIsWaitedForAndNeverLost(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "Hello")))
	c := s.conversations(s.shop)[0]
	echo := s.text(lucia, "Sent by another system of the same app")
	echo.Kind, echo.Message.App = chat.InboundEcho, s.app.AppID
	for range 2 * chat.RawAttempts {
		var later *chat.Postponed
		if err := s.hook(echo); !errors.As(err, &later) || later.Until > echo.At.Add(time.Minute) {
			t.Fatalf("taken in at once: %v", err)
		}
	}
	s.now = s.now.Add(time.Minute)
	must(t, s.hook(echo))
	s.expect(s.shop.ID, c.ID, "whatsapp: Hello", "whatsapp: Sent by another system of the same app")
}

func TestWhatWaitedForAWordGoesOnAlsoWhenTheServerDiedInBetween(t *testing.T) {
	s := newStage(t)
	word := s.text(lucia, "Hello")
	must(t, s.hook(word))
	c := s.conversations(s.shop)[0]
	_, err := s.Send(t.Context(), s.agent(), chat.SendRequest{Shop: s.shop.ID, Conversation: c.ID, ClientID: "1", Message: chat.Message{Text: "Hi"}})
	must(t, err)
	hold := func(c chat.Conversation, seen chat.Seen) (chat.Change, error) {
		d := seen.Delivery
		d.State, d.Reason = chat.DeliveryHeld, "template_needed"
		c.Version++
		return chat.Change{Conversation: c, Deliveries: []chat.Delivery{d}}, nil
	}
	ds, err := s.store.DeliveriesOf(t.Context(), s.shop.ID, c.ID, 0, 10)
	must(t, err)
	_, err = s.store.Change(t.Context(), chat.Write{
		Shop: s.shop.ID, Conversation: c.ID, Beside: chat.Beside{Delivery: ds[0].ID}, DecideWith: hold,
	})
	must(t, err)
	must(t, s.hook(word))
	if ds, err = s.store.DeliveriesOf(t.Context(), s.shop.ID, c.ID, 0, 10); err != nil || ds[0].State != chat.DeliveryQueued {
		t.Errorf("the delivery is %+v, error %v", ds, err)
	}
}

func TestAmendsFindTheirMessageHoweverTheyCome(t *testing.T) {
	s := newStage(t)
	said := s.text(lucia, "Helo")
	edit := chat.Inbound{
		Kind: chat.InboundAmend, Channel: chat.ChannelWhatsApp, Account: s.account.ExternalID, ID: "edit:1", At: said.At + 1000, From: lucia,
		Amend: &chat.InboundChange{Target: said.ID, Action: chat.AmendEdit, Text: "Hello"},
	}
	must(t, s.hook(edit)) // before what it edits
	must(t, s.hook(said))
	must(t, s.hook(edit))
	must(t, s.hook(edit))
	like := edit
	like.ID, like.Amend = "reaction:1", &chat.InboundChange{Target: said.ID, Action: chat.AmendReact, Emoji: "👍"}
	gone := edit
	gone.ID, gone.Amend = "revoke:1", &chat.InboundChange{Target: said.ID, Action: chat.AmendRevoke}
	must(t, s.hook(like, gone))
	c := s.conversations(s.shop)[0]
	s.expect(s.shop.ID, c.ID, "whatsapp: Helo", "edit Hello", "react 👍", "revoke ")
}

func TestAnAmendOfAnUnknownMessageIsGivenUpQuietly(t *testing.T) {
	s := newStage(t)
	body, err := json.Marshal([]chat.Inbound{{
		Kind: chat.InboundAmend, Channel: chat.ChannelWhatsApp, Account: s.account.ExternalID, ID: "edit:1", From: lucia,
		Amend: &chat.InboundChange{Target: "wamid.before.we.came", Action: chat.AmendEdit, Text: "Hello"},
	}})
	must(t, err)
	must(t, s.raw(body, chat.RawAttempts-1))
	if dead, err := s.store.DeadRaws(t.Context(), s.shop.Merchant, 10); err != nil || len(dead) != 0 {
		t.Errorf("it lies among the dead: %+v, error %v", dead, err)
	}
}

func TestOneBadItemLeavesTheOthersAlone(t *testing.T) {
	s := newStage(t)
	bad := s.text(lucia, "")
	bad.Message.Media = []chat.MediaRef{{Kind: "image", ID: "slow"}}
	s.carry.media["slow"] = &chat.SendError{Class: chat.SendRetry, Code: "provider_down"}
	good := s.text(tom, "Hello")
	if err := s.hook(bad, good); err == nil {
		t.Error("what failed is not tried again")
	}
	if all := s.conversations(s.shop); len(all) != 1 || all[0].Shopper.Name != "Person 2" {
		t.Errorf("conversations: %+v", all)
	}
	delete(s.carry.media, "slow")
	must(t, s.hook(bad, good))
	if all := s.conversations(s.shop); len(all) != 2 {
		t.Errorf("%d conversations, want two", len(all))
	}
}

func TestAProviderOrStoreInTroubleUsesNoTriesUp(t *testing.T) {
	for name, trouble := range map[string]error{
		"the provider": &chat.SendError{Class: chat.SendRetry, Code: "provider_down"}, "the store": chat.ErrStoreFull,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			in := s.text(lucia, "")
			in.Message.Media = []chat.MediaRef{{Kind: "image", ID: "slow"}}
			s.carry.media["slow"] = trouble
			body, err := json.Marshal([]chat.Inbound{in})
			must(t, err)
			var later *chat.Postponed
			if err := s.raw(body, chat.RawAttempts); !errors.As(err, &later) || later.Until <= chat.At(s.now) {
				t.Fatalf("at its last try it ends with %v", err)
			}
			dead, err := s.store.DeadRaws(t.Context(), s.shop.Merchant, 10)
			if err != nil || len(dead) != 0 {
				t.Fatalf("%d are dead, %v", len(dead), err)
			}
			s.now = s.now.Add(11 * time.Minute)
			err = s.raw(body, chat.RawAttempts)
			if endless := errors.As(err, &later); endless != (name == "the store") {
				t.Errorf("after ten minutes it ends with %v", err)
			}
		})
	}
}

func TestAFileThatIsLostIsToldOf(t *testing.T) {
	s := newStage(t)
	in := s.text(lucia, "")
	in.Message.Media = []chat.MediaRef{{Kind: "image", ID: "gone", Caption: "my jug"}, {Kind: "image", ID: "here"}}
	s.carry.media["gone"] = &chat.SendError{Class: chat.SendRejected, Code: "media_gone"}
	must(t, s.hook(in))
	c := s.conversations(s.shop)[0]
	s.expect(s.shop.ID, c.ID, "whatsapp: my jugimage", "hint media_lost")
	if m := s.entries(s.shop.ID, c.ID)[0].Message; len(m.Attachments) != 1 {
		t.Errorf("%d files were taken, want one", len(m.Attachments))
	}
}

func TestPoisonStaysAlone(t *testing.T) {
	s := newStage(t)
	for _, body := range []string{"panic", "{", `[{"kind":"nonsense"}]`} {
		err := s.raw([]byte(body), chat.RawAttempts)
		must(t, err)
	}
	dead, err := s.store.DeadRaws(t.Context(), s.shop.Merchant, 10)
	if err != nil || len(dead) != 2 { // an item of an unknown account has no effect, and is no failure
		t.Errorf("%d are dead, want two: %+v, error %v", len(dead), dead, err)
	}
}

func TestNobodySpeaksForAnothersAccount(t *testing.T) {
	s := newStage(t)
	in := s.text(lucia, "Hello")
	in.Account = "999"
	must(t, s.hook(in))
	if all := s.conversations(s.shop); len(all) != 0 {
		t.Errorf("conversations: %+v", all)
	}
}

func TestAConversationThatWasClosedLongAgoIsNotTakenUp(t *testing.T) {
	s := newStage(t)
	must(t, s.hook(s.text(lucia, "Hello")))
	c := s.conversations(s.shop)[0]
	closed := chat.StateClosed
	_, err := s.Update(t.Context(), s.agent(), s.shop.ID, c.ID, chat.Update{State: &closed})
	must(t, err)
	s.now = s.now.Add(chat.ReopenWithin - time.Minute)
	must(t, s.hook(s.text(lucia, "Still me")))
	if c = s.conversation(c); c.State != chat.StateOpen {
		t.Errorf("within its time it is %s", c.State)
	}
	_, err = s.Update(t.Context(), s.agent(), s.shop.ID, c.ID, chat.Update{State: &closed})
	must(t, err)
	s.now = s.now.Add(chat.ReopenWithin + time.Minute)
	must(t, s.hook(s.text(lucia, "A new matter")))
	s.expect(s.shop.ID, s.other(c).ID, "whatsapp: A new matter")
}
