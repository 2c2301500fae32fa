package realtime

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// phone gives the person an address on WhatsApp.
func (w *world) phone(v person) chat.Address {
	w.t.Helper()
	stranger := chat.Shopper{ID: newID[chat.ShopperID](chat.PrefixShopper), Merchant: w.shop.Merchant, Shop: w.shop.ID}
	ctx := context.Background()
	app := chat.ProviderApp{ID: newID[chat.ProviderAppID](chat.PrefixProviderApp), Merchant: w.shop.Merchant, Provider: chat.ProviderMeta, AppID: clientID()}
	w.must(w.db.CreateProviderApp(ctx, app))
	account := chat.Account{
		ID: newID[chat.AccountID](chat.PrefixAccount), Merchant: w.shop.Merchant, App: app.ID, Channel: chat.ChannelWhatsApp,
		ExternalID: clientID(), Shops: []chat.ShopID{w.shop.ID}, Default: w.shop.ID, State: chat.AccountActive,
	}
	w.must(w.db.CreateAccount(ctx, account))
	want := chat.Address{
		ID: newID[chat.AddressID](chat.PrefixAddress), Merchant: w.shop.Merchant, Shop: w.shop.ID, Shopper: stranger.ID,
		Account: account.ID, Channel: chat.ChannelWhatsApp, Keys: []string{"wa:" + clientID()}, CreatedAt: 1,
	}
	a, _, err := w.db.EnsureAddress(ctx, want, stranger)
	w.must(err)
	return a
}

// goTo moves a conversation to an address, as the domain does.
func (w *world) goTo(id openapi.ConversationID, a chat.Address) {
	w.t.Helper()
	_, err := w.db.Change(context.Background(), chat.Write{
		Shop: w.shop.ID, Conversation: chat.ConversationID(id), Then: w.publish,
		Decide: func(c chat.Conversation) (chat.Change, error) { return c.GoTo(a, nil, chat.WhyWrote, time.Now()) },
	})
	w.must(err)
}

func (w *world) publish(c chat.Committed) {
	w.fanout.Publish(chat.Live{
		Kind: chat.LiveCommitted, Merchant: c.Conversation.Merchant, Shop: c.Conversation.Shop, Conversation: c.Conversation.ID,
		Shopper: c.Conversation.Shopper.ID, Committed: &c, Prev: c.Prev, Position: c.Conversation.Position,
	})
}

func (w *world) conversation(id openapi.ConversationID) chat.Conversation {
	w.t.Helper()
	c, err := w.db.Conversation(context.Background(), w.shop.ID, chat.ConversationID(id))
	w.must(err)
	return c
}

func TestAgentsHearOfDeliveriesAndShoppersDoNot(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	shopper, agent := w.shopper(v), w.inbox(w.signIn(w.agent))
	id := shopper.begin("hello")
	shopper.join(id, 1, 1)
	agent.join(id, 1, 1)
	a := w.phone(v)
	w.publish(chat.Committed{Conversation: w.conversation(id), Deliveries: []chat.Delivery{{
		ID: newID[chat.DeliveryID](chat.PrefixDelivery), Conversation: chat.ConversationID(id), Entry: chat.Ref{Seq: 1, ShopperSeq: 1},
		Channel: chat.ChannelWhatsApp, Address: a.ID, State: chat.DeliveryFailed, Reason: "blocked", Form: chat.FormFree, UpdatedAt: 7,
	}}})
	f := agent.next("delivery")
	if d := f.Delivery; f.Conversation != id || d == nil || d.Seq != 1 || d.State != "failed" || d.Reason != "blocked" || d.Address != string(a.ID) {
		t.Errorf("%+v", f.Delivery)
	}
	shopper.send(openapi.ClientFrame{Type: "ping"})
	for _, f := range shopper.until("pong") {
		if f.Type == "delivery" || f.Delivery != nil {
			t.Errorf("the shopper was told of a delivery: %+v", f)
		}
	}
}

func TestAShopperWhoOpensAConversationBringsItHome(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	old := w.shopper(v)
	id := old.begin("hello")
	w.post(v, id, 60)
	a := w.phone(v)
	head := w.conversation(id).ShopperHead
	for _, x := range []struct {
		name  string
		after int64
		home  bool
	}{
		{"a page that was left open connects again", head, false},
		{"one that has missed something", head - 5, false},
		{"a new page that asks for the end of a long log", head - newPage, true},
		{"a new page", 0, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			w.goTo(id, a)
			c := w.shopper(v)
			c.send(openapi.ClientFrame{Type: "join", Conversation: id, Generation: 1, After: x.after})
			c.sync()
			if got := w.conversation(id).Address == ""; got != x.home {
				t.Errorf("at home: %v, want %v", got, x.home)
			}
		})
	}
}

func TestAnAgentWhoLooksBringsNothingHome(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	id := w.shopper(v).begin("hello")
	w.goTo(id, w.phone(v))
	agent := w.inbox(w.signIn(w.agent))
	agent.join(id, 0, 0)
	agent.sync()
	if w.conversation(id).Address == "" {
		t.Error("the conversation came home")
	}
}

// recorder stands in for the use case behind nudges.
type recorder struct{ did []string }

func (r *recorder) do(_ chat.Caller, _ chat.ShopID, id chat.ConversationID, typing bool) {
	r.did = append(r.did, string(id)+map[bool]string{true: " typing", false: " read"}[typing])
}

func TestNudgesAreFewAndNeverWait(t *testing.T) {
	agent := chat.Caller{Kind: chat.AuthorAgent}
	var r recorder
	n := newNudges(r.do, func(f func()) { f() })
	n.run = func(f func()) { // as the crew does: not under the caller's lock
		n.mu.Unlock()
		defer n.mu.Lock()
		f()
	}
	now := time.Now()
	n.now = func() time.Time { return now }
	n.typing(agent, "s", "a")
	n.typing(agent, "s", "a") // shown already
	n.typing(agent, "s", "b")
	n.read(agent, "s", "a", 5)
	n.read(agent, "s", "a", 5) // a colleague
	n.read(agent, "s", "a", 4)
	n.read(agent, "s", "a", 6)
	n.typing(chat.Caller{Kind: chat.AuthorShopper}, "s", "c")
	now = now.Add(typingShown)
	n.typing(agent, "s", "a")
	want := []string{"a typing", "b typing", "a read", "a read", "a typing"}
	if !slices.Equal(r.did, want) {
		t.Errorf("did %s, want %s", strings.Join(r.did, ", "), strings.Join(want, ", "))
	}
}

func TestNudgesAreDroppedWhenBusyAndForgotten(t *testing.T) {
	agent := chat.Caller{Kind: chat.AuthorAgent}
	var waiting []func()
	n := newNudges(func(chat.Caller, chat.ShopID, chat.ConversationID, bool) {}, func(f func()) { waiting = append(waiting, f) })
	for i := range 3 * nudgeSlots {
		n.read(agent, "s", chat.ConversationID(rune('a'+i)), 1)
	}
	if len(waiting) != nudgeSlots {
		t.Errorf("%d are under way, want %d", len(waiting), nudgeSlots)
	}
	for _, f := range waiting {
		f()
	}
	waiting = nil
	n.run = func(f func()) { waiting = append(waiting, f); <-n.slots } // done at once
	for range 2 * maxNudged {
		n.read(agent, "s", newID[chat.ConversationID](""), 1)
	}
	if len(n.last) > maxNudged || len(waiting) != 2*maxNudged {
		t.Errorf("%d are remembered, %d were done", len(n.last), len(waiting))
	}
}

func TestTypingAndReadingElsewhereReachTheChannel(t *testing.T) {
	w := newWorld(t, Limits{})
	nudges := make(chan bool, 64)
	w.door.nudges.do = func(_ chat.Caller, _ chat.ShopID, _ chat.ConversationID, typing bool) { nudges <- typing }
	v := w.person()
	id := w.shopper(v).begin("hello")
	agent := w.inbox(w.signIn(w.agent))
	agent.join(id, 0, 0)
	act := func() {
		head := w.conversation(id).Head
		agent.send(openapi.ClientFrame{Type: "typing", Conversation: id})
		agent.send(openapi.ClientFrame{Type: "read", Conversation: id, Seq: head, State: "delivered"})
		agent.send(openapi.ClientFrame{Type: "read", Conversation: id, Seq: head})
		agent.sync()
	}
	act()
	if len(nudges) != 0 {
		t.Error("somebody on the web was nudged")
	}
	w.goTo(id, w.phone(v))
	agent = w.inbox(w.signIn(w.agent)) // the first one's typing is shown to nobody for a while
	agent.join(id, 0, 0)
	act()
	got := []bool{<-nudges, <-nudges}
	if got[0] == got[1] || len(nudges) != 0 {
		t.Errorf("nudged %v and %d times more, want typing and reading once each", got, len(nudges))
	}
	v2 := w.person()
	id = w.shopper(v2).begin("hello")
	w.goTo(id, w.phone(v2))
	agent.join(id, 0, 0)
	agent.send(openapi.ClientFrame{Type: "typing", Conversation: id, Note: true})
	if agent.sync(); len(nudges) != 0 {
		t.Error("a note is no answer, and its typing is nobody's outside")
	}
}

func TestAnAgentWritesToAnAddressOfTheShoppersAlone(t *testing.T) {
	w := newWorld(t, Limits{})
	v, other := w.person(), w.person()
	id := w.shopper(v).begin("hello")
	agent := w.inbox(w.signIn(w.agent))
	strange := w.phone(other)
	send := func(f openapi.ClientFrame) openapi.ServerFrame {
		f.Type, f.ClientID, f.Conversation = "send", clientID(), id
		agent.send(f)
		return agent.refusal()
	}
	if f := send(openapi.ClientFrame{To: string(strange.ID), Message: &openapi.Draft{Text: "hi"}}); f.Code != "cannot_send" || f.RetryAfterMs != 0 {
		t.Errorf("%+v", f)
	}
	template := &openapi.TemplateUse{ID: newID[string](chat.PrefixTemplate)}
	if f := send(openapi.ClientFrame{Message: &openapi.Draft{Template: template}}); f.Code == "internal" {
		t.Errorf("%+v", f)
	}
	if w.conversation(id).Head != 1 {
		t.Error("what was refused stands in the log")
	}
}
