package chat_test

import (
	"context"
	"crypto/rand"
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

// depot is a shop that writes to its shoppers by WhatsApp, Messenger and e-mail.
type depot struct {
	*chat.Service
	t        *testing.T
	store    chat.Store
	now      time.Time
	shop     chat.Shop
	accounts map[chat.Channel]chat.Account
	provider *provider
	presence chat.Presence
	poster   *postbox
	pushes   int
}

// provider is a Carrier that does what a test says.
type provider struct {
	requests []request
	answer   func(r request) (chat.Accepted, error) // nil: accepted
	parts    int
	packing  func() // called when a request is about to be made, before that is written
	taken    int
}

// request is what the provider was asked to send.
type request struct {
	chat.Envelope
	part int
}

func (r request) callback() string { return fmt.Sprintf("%s.%d", r.Delivery, r.part) }

func (p *provider) Channels() []chat.ChannelRules {
	return []chat.ChannelRules{
		{Channel: chat.ChannelWhatsApp, Provider: chat.ProviderMeta, Window: 24 * time.Hour, Templates: true, Unasked: true, Links: true},
		{Channel: chat.ChannelMessenger, Provider: chat.ProviderMeta, Window: 24 * time.Hour, Human: 7 * 24 * time.Hour, Links: true, Refs: true},
		{Channel: chat.ChannelEmail, Provider: chat.ProviderSMTP, Unasked: true},
	}
}

func (p *provider) Parts(chat.Envelope) (int, error) {
	if p.packing != nil {
		p.packing()
	}
	return max(p.parts, 1), nil
}

func (p *provider) Send(_ context.Context, e chat.Envelope, part int) (chat.Accepted, error) {
	r := request{e, part}
	p.requests = append(p.requests, r)
	if p.answer != nil {
		return p.answer(r)
	}
	return p.accept(), nil
}

func (p *provider) accept() chat.Accepted {
	p.taken++
	return chat.Accepted{ProviderID: fmt.Sprintf("wamid.out%d", p.taken)}
}

func (p *provider) last() request { return p.requests[len(p.requests)-1] }

func (*provider) Parse(chat.Provider, []byte) ([]chat.Inbound, error) { return nil, nil }
func (*provider) Fetch(context.Context, chat.Account, chat.ProviderApp, chat.MediaRef) (io.ReadCloser, error) {
	return nil, chat.ErrNotFound
}

func (*provider) Profile(_ context.Context, _ chat.Account, _ chat.ProviderApp, p chat.Person) (chat.Person, error) {
	return p, nil
}

func (*provider) Seen(context.Context, chat.Account, chat.ProviderApp, chat.Address, string, bool) error {
	return nil
}
func (*provider) Check(context.Context, chat.Account, chat.ProviderApp) []chat.Check { return nil }
func (*provider) Subscribe(context.Context, chat.Account, chat.ProviderApp) error    { return nil }
func (*provider) Templates(context.Context, chat.Account, chat.ProviderApp) ([]chat.Template, error) {
	return nil, nil
}
func (*provider) Link(chat.Account, string, string) string { return "" }

// site tells of the shoppers there what the test says.
type site struct {
	nobody
	d *depot
}

func (s site) Presence(context.Context, chat.ShopID, chat.Author) chat.Presence { return s.d.presence }

func newDepot(t *testing.T) *depot {
	t.Helper()
	d := &depot{
		t: t, store: chattest.NewMemory(), now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), presence: chat.Gone,
		accounts: map[chat.Channel]chat.Account{}, provider: &provider{}, poster: &postbox{},
	}
	d.Service = chat.NewService(chat.Deps{
		Store: d.store, Fanout: site{d: d}, Carry: d.provider, Public: "https://chat.example", Now: func() time.Time { return d.now },
		Blobs: d.poster, Poster: d.poster, Render: d.poster.render,
	})
	m := chat.Merchant{ID: id[chat.MerchantID](chat.PrefixMerchant), Name: "Marl"}
	d.shop = chat.Shop{
		ID: id[chat.ShopID](chat.PrefixShop), Merchant: m.ID, Name: "Marl", Language: "en", Currency: "EUR", TimeZone: "Europe/Berlin",
		Key: id[string](chat.PrefixShopKey), Origins: []string{"https://marl.example"},
	}
	owner := chat.Agent{ID: id[chat.AgentID](chat.PrefixAgent), Merchant: m.ID, Email: "noor@marl.example", Name: "Noor", Role: chat.RoleOwner, Active: true}
	must(t, d.store.CreateMerchant(t.Context(), m, d.shop, owner, "x"))
	must(t, d.store.CreatePluginKey(t.Context(), chat.PluginKey{ID: d.plugin().Plugin, Merchant: m.ID, Shop: d.shop.ID, Name: "Plugin", Scopes: chat.Scopes()}))
	app := chat.ProviderApp{ID: id[chat.ProviderAppID](chat.PrefixProviderApp), Merchant: m.ID, Provider: chat.ProviderMeta, AppID: "1001", Secrets: []string{"test_app_secret"}}
	must(t, d.store.CreateProviderApp(t.Context(), app))
	for _, ch := range []chat.Channel{chat.ChannelWhatsApp, chat.ChannelMessenger, chat.ChannelEmail} {
		a := chat.Account{
			ID: id[chat.AccountID](chat.PrefixAccount), Merchant: m.ID, App: app.ID, Channel: ch, Name: string(ch), ExternalID: "ext-" + string(ch),
			Shops: []chat.ShopID{d.shop.ID}, Default: d.shop.ID, State: chat.AccountActive, Token: "test-token", HumanAgent: true,
		}
		if ch == chat.ChannelEmail {
			a.App = ""
		}
		must(t, d.store.CreateAccount(t.Context(), a))
		d.accounts[ch] = a
		d.shop.Settings.Handoff.Channels = append(d.shop.Settings.Handoff.Channels, chat.HandoffChannel{
			Channel: ch, Account: a.ID, Link: true, Ask: ch != chat.ChannelMessenger,
		})
	}
	d.saveShop()
	return d
}

func id[T ~string](prefix string) T { return chat.NewID[T](prefix, rand.Reader) }

func (d *depot) saveShop() { must(d.t, d.store.UpdateShop(d.t.Context(), d.shop)) }

func (d *depot) agent() chat.Caller {
	return chat.Caller{Kind: chat.AuthorAgent, Merchant: d.shop.Merchant, Agent: "agt_noor", Name: "Noor", Role: chat.RoleOwner}
}

// visitor is a shopper with a conversation on the site.
type visitor struct {
	chat.Caller
	c       chat.ConversationID
	session [32]byte
}

func (d *depot) visit() visitor {
	d.t.Helper()
	p, session, err := d.NewSession(d.t.Context(), d.shop, rand.Text(), "en")
	must(d.t, err)
	v := visitor{session: session.Hash, Caller: chat.Caller{Kind: chat.AuthorShopper, Merchant: d.shop.Merchant, Shop: d.shop.ID, Shopper: p.ID}}
	client := rand.Text()
	sent, err := d.Send(d.t.Context(), v.Caller, chat.SendRequest{Start: client, ClientID: client, Message: chat.Message{Text: "Is the blue jug back?"}})
	must(d.t, err)
	v.c = sent.Conversation.ID
	return v
}

// at gives the visitor an address on a channel, from where they wrote so long ago; 0: they never did.
func (d *depot) at(v visitor, ch chat.Channel, ago time.Duration) chat.Address {
	d.t.Helper()
	a := chat.Address{
		ID: id[chat.AddressID](chat.PrefixAddress), Merchant: d.shop.Merchant, Shop: d.shop.ID, Shopper: v.Shopper, Account: d.accounts[ch].ID, Channel: ch,
		Keys: []string{string(ch) + ":" + rand.Text()}, Phone: "+34600000001", CreatedAt: chat.At(d.now), ConfirmedAt: chat.At(d.now), Conversation: v.c,
	}
	if ago > 0 {
		a.LastInboundAt = chat.At(d.now.Add(-ago))
	}
	a, _, err := d.store.EnsureAddress(d.t.Context(), a, chat.Shopper{})
	must(d.t, err)
	d.decide(v, func(c chat.Conversation) (chat.Change, error) { return c.Reachable(d.now), nil })
	return a
}

func (d *depot) decide(v visitor, decide func(chat.Conversation) (chat.Change, error)) {
	d.t.Helper()
	_, err := d.store.Change(d.t.Context(), chat.Write{Shop: d.shop.ID, Conversation: v.c, Decide: decide})
	must(d.t, err)
}

// on makes the address the conversation's route.
func (d *depot) on(v visitor, a chat.Address) {
	d.t.Helper()
	d.decide(v, func(c chat.Conversation) (chat.Change, error) { return c.GoTo(a, nil, chat.WhyWrote, d.now) })
}

// writes is what the person at an address does: the window opens, and what was held is planned again.
func (d *depot) writes(v visitor, a chat.Address) {
	d.t.Helper()
	_, err := d.store.UpdateAddress(d.t.Context(), d.shop.ID, a.ID, func(a *chat.Address) error {
		a.LastInboundAt, a.StoppedAt, a.UnreachableAt, a.UnreachableWhy = chat.At(d.now), 0, 0, ""
		return nil
	})
	must(d.t, err)
	must(d.t, d.ReleaseHeld(d.t.Context(), d.conversation(v)))
}

func (d *depot) says(v visitor, text string, more ...func(*chat.SendRequest)) chat.Entry {
	d.t.Helper()
	e, err := d.trySay(v, text, more...)
	must(d.t, err)
	return e
}

func (d *depot) trySay(v visitor, text string, more ...func(*chat.SendRequest)) (chat.Entry, error) {
	r := chat.SendRequest{Shop: d.shop.ID, Conversation: v.c, ClientID: rand.Text(), Message: chat.Message{Text: text}}
	for _, f := range more {
		f(&r)
	}
	sent, err := d.Send(d.t.Context(), d.agent(), r)
	return sent.Entry, err
}

func (d *depot) conversation(v visitor) chat.Conversation {
	d.t.Helper()
	c, err := d.store.Conversation(d.t.Context(), d.shop.ID, v.c)
	must(d.t, err)
	return c
}

func (d *depot) deliveries(v visitor) []chat.Delivery {
	d.t.Helper()
	ds, err := d.DeliveriesOf(d.t.Context(), d.agent(), d.shop.ID, v.c, 0, 0)
	must(d.t, err)
	return ds
}

// states are the deliveries in short.
func (d *depot) states(v visitor) (all []string) {
	for _, x := range d.deliveries(v) {
		s := string(x.Channel) + " " + string(x.State)
		if x.Reason != "" {
			s += " " + x.Reason
		}
		all = append(all, s)
	}
	return all
}

func (d *depot) expect(v visitor, want ...string) {
	d.t.Helper()
	if got := d.states(v); !slices.Equal(got, want) {
		d.t.Fatalf("deliveries are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// sent are the texts that the provider was asked to send, with their forms.
func (d *depot) sent() (all []string) {
	for _, r := range d.provider.requests {
		all = append(all, string(r.To.Channel)+" "+string(r.Form)+": "+r.Message.Text)
	}
	return all
}

func (d *depot) expectSent(want ...string) {
	d.t.Helper()
	if got := d.sent(); !slices.Equal(got, want) {
		d.t.Fatalf("the provider was asked to send\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// run does what is due, as the worker does. A panic of a task is a crash: its claim falls back.
func (d *depot) run() {
	d.t.Helper()
	for range 200 {
		ts, err := d.store.ClaimTasks(d.t.Context(), chat.At(d.now), time.Minute, 1)
		must(d.t, err)
		if len(ts) == 0 {
			return
		}
		err = d.perform(ts[0])
		var later *chat.Postponed
		switch {
		case errors.Is(err, errCrash):
			must(d.t, d.store.RetryTask(d.t.Context(), ts[0], chat.At(d.now), "crash"))
			return
		case errors.As(err, &later):
			if later.Until <= chat.At(d.now) {
				d.t.Fatalf("put off until the past: %s", later.Reason)
			}
			must(d.t, d.store.PostponeTask(d.t.Context(), ts[0], later.Until, later.Reason))
		case err != nil:
			d.t.Fatalf("task %s: %v", ts[0].Kind, err)
		default:
			must(d.t, d.store.FinishTask(d.t.Context(), ts[0]))
		}
	}
	d.t.Fatal("there is no end of tasks")
}

var errCrash = errors.New("the process died")

func (d *depot) perform(t chat.Task) (err error) {
	defer func() {
		if r := recover(); r == errCrash { //nolint:errorlint // the very one
			err = errCrash
		} else if r != nil {
			panic(r)
		}
	}()
	return d.Perform(d.t.Context(), t)
}

// pass lets time go by, and does what comes due on the way.
func (d *depot) pass(by time.Duration) {
	d.t.Helper()
	end := d.now.Add(by)
	for range 2_000 {
		d.run()
		next, err := d.store.NextTask(d.t.Context())
		must(d.t, err)
		if next == 0 || next.Time().After(end) {
			d.now = end
			return
		}
		if next.Time().After(d.now) {
			d.now = next.Time()
		}
	}
	d.t.Fatal("there is no end of tasks")
}

// told is what the provider says became of a request.
func (d *depot) told(r request, providerID string, state chat.DeliveryState, e *chat.SendError) chat.Inbound {
	return chat.Inbound{
		Kind: chat.InboundStatus, Channel: r.To.Channel, Account: r.Account.ExternalID, ID: rand.Text(), At: chat.At(d.now),
		Status: &chat.InboundFate{Message: providerID, Callback: r.callback(), State: state, Error: e},
	}
}

func (d *depot) news(in chat.Inbound) {
	d.t.Helper()
	must(d.t, d.TakeStatus(d.t.Context(), d.accounts[in.Channel], in))
}

func refusing(class chat.SendClass, code string) func(request) (chat.Accepted, error) {
	return func(request) (chat.Accepted, error) {
		return chat.Accepted{}, &chat.SendError{Class: class, Code: code, Provider: "1", Detail: "no"}
	}
}

func (d *depot) address(a chat.Address) chat.Address {
	d.t.Helper()
	a, err := d.store.Address(d.t.Context(), d.shop.ID, a.ID)
	must(d.t, err)
	return a
}

// agrees writes a consent to answers down.
func (d *depot) agrees(v visitor, ch chat.Channel) {
	d.t.Helper()
	must(d.t, d.store.AddConsents(d.t.Context(), chat.Consent{
		ID: id[chat.ConsentID](chat.PrefixConsent), Merchant: d.shop.Merchant, Shop: d.shop.ID, Shopper: v.Shopper, Channel: ch, Value: "+34600000001",
		Purpose: chat.ForConversation, Granted: true, Wording: "Yes", Source: chat.ConsentByForm, At: chat.At(d.now),
	}))
}

// template gives the WhatsApp account an approved template, and makes it the shop's for who is away.
func (d *depot) template(away bool) chat.Template {
	d.t.Helper()
	a := d.accounts[chat.ChannelWhatsApp]
	t := chat.Template{
		ID: id[chat.TemplateID](chat.PrefixTemplate), Merchant: a.Merchant, Account: a.ID, Name: "answer", Language: "en", Category: chat.CategoryUtility,
		Status: chat.TemplateApproved, Body: chat.TemplatePart{Format: "text", Text: "{{1}}: {{2}}", Params: []string{"1", "2"}},
		Buttons: []chat.TemplateButton{{Kind: "url", Text: "Read", URL: "https://marl.example/{{1}}", Params: []string{"1"}}},
	}
	must(d.t, d.store.PutTemplates(d.t.Context(), a.ID, []chat.Template{t}))
	if away {
		d.shop.Settings.Handoff.Templates = map[chat.Channel]chat.AwayTemplate{
			chat.ChannelWhatsApp: {Name: "answer", Params: map[string]string{"1": "{shop}", "2": "{message}"}, Button: "{link}"},
		}
		d.saveShop()
	}
	all, err := d.store.Templates(d.t.Context(), a.ID)
	must(d.t, err)
	return all[0]
}
