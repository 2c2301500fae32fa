package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func (c *client) follow(shop chat.ShopID, after *int64) {
	c.w.t.Helper()
	c.send(openapi.ClientFrame{Type: "feed", Feeds: []openapi.FeedCursor{{Shop: string(shop), After: after}}})
	c.sync()
}

// pushOrder is what a plugin does.
func (w *world) pushOrder(id string, version int64) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{
		"external_id": id, "number": "#" + id, "currency": "EUR", "placed_at": version, "financial_status": "paid", "fulfillment_status": "unfulfilled",
	})
	w.must(err)
	by := chat.Caller{Kind: chat.AuthorPlugin, Merchant: w.shop.Merchant, Shop: w.shop.ID, Scopes: chat.Scopes()}
	done, err := w.svc.Push(context.Background(), by, w.shop.ID, nil, []chat.ContextEvent{{
		ID: fmt.Sprint("ev-", id, "-", version), Kind: chat.RecordOrder, ExternalID: id, Version: version, OccurredAt: version * 1000, Body: body,
	}})
	w.must(err)
	if done.Results[0].Outcome != chat.OutcomeApplied {
		w.t.Fatalf("pushed: %+v", done.Results[0])
	}
}

// chain checks that each frame names the position before it, and gives the last one.
func chain(t *testing.T, from int64, f openapi.ServerFrame) int64 {
	t.Helper()
	if f.Type != "feed" || f.Prev == nil || f.Position == nil || *f.Prev != from || *f.Position <= from {
		t.Fatalf("after %d came %s %v→%v", from, f.Type, f.Prev, f.Position)
	}
	return *f.Position
}

func TestAnAgentsFeedTellsEveryChangeInOrder(t *testing.T) {
	w := newWorld(t, Limits{})
	a := w.inbox(w.signIn(w.agent))
	a.follow(w.shop.ID, nil)
	v := w.person()
	s := w.shopper(v)
	id := s.begin("one")
	f := a.next("feed")
	at := chain(t, 0, f)
	if f.Summary == nil || f.Summary.ID != id || f.Summary.Unread != 1 || f.Summary.LastMessage.Text != "one" {
		t.Fatalf("summary %+v", f.Summary)
	}
	s.send(say(id, clientID(), "two"))
	f = a.next("feed")
	at = chain(t, at, f)
	if f.Summary.Unread != 2 {
		t.Fatalf("unread %d", f.Summary.Unread)
	}
	w.pushOrder("1001", time.Now().UnixMilli())
	f = a.next("feed")
	at = chain(t, at, f)
	if f.Order == nil || f.Order.ExternalID != "1001" {
		t.Fatalf("order %+v", f.Order)
	}
	a.send(openapi.ClientFrame{Type: "read", Conversation: id, Seq: 2})
	f = a.next("feed")
	chain(t, at, f)
	if f.Summary.Unread != 0 {
		t.Fatalf("unread %d", f.Summary.Unread)
	}
}

func TestAFeedIsResumedFromItsPosition(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	id := w.shopper(v).begin("one")
	w.post(v, id, 4)
	for i := range 3 {
		w.pushOrder(fmt.Sprint(i), time.Now().UnixMilli())
	}
	a := w.inbox(w.signIn(w.agent))
	for _, after := range []int64{0, 5, 7} {
		a.send(openapi.ClientFrame{Type: "feed", Feeds: []openapi.FeedCursor{{Shop: string(w.shop.ID), After: &after}}})
		a.send(openapi.ClientFrame{Type: "ping"})
		at := after
		for _, f := range a.until("pong") {
			if f.Type == "feed" {
				at = chain(t, at, f)
			}
		}
		if at != 8 {
			t.Fatalf("after %d the feed ended at %d", after, at)
		}
	}
	w.post(v, id, 1)
	chain(t, 8, a.next("feed"))

	beyond := int64(1_000)
	a.send(openapi.ClientFrame{Type: "feed", Feeds: []openapi.FeedCursor{{Shop: string(w.shop.ID), After: &beyond}}})
	if s := a.next("snapshot"); s.Shop != string(w.shop.ID) || *s.Position != 9 {
		t.Fatalf("snapshot %+v", s)
	}
}

func TestAHoleInAFeedIsReadFromTheStore(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	id := w.shopper(v).begin("one")
	a := w.inbox(w.signIn(w.agent))
	a.follow(w.shop.ID, nil)
	lossy := chat.NewService(chat.Deps{Store: w.db, Fanout: deaf{w.fanout}})
	w.post(v, id, 1)
	at := chain(t, 1, a.next("feed"))
	for range 3 {
		_, err := lossy.Send(context.Background(), v.by, chat.SendRequest{Conversation: chat.ConversationID(id), ClientID: clientID(), Message: chat.Message{Text: "lost"}})
		w.must(err)
	}
	w.post(v, id, 1)
	for at < 6 {
		at = chain(t, at, a.next("feed"))
	}
	w.post(v, id, 1)
	chain(t, 6, a.next("feed"))
}

func TestAgentsSeeShoppersAndEachOther(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	s := w.shopper(v)
	id := s.begin("one")
	a := w.inbox(w.signIn(w.agent))
	if p := s.next("presence"); p.Who.Kind != "agent" || p.Who.ID != string(w.agent.ID) || p.State != "here" || p.Viewing != "" {
		t.Fatalf("the shopper got %+v", p)
	}
	s.send(openapi.ClientFrame{Type: "page", Page: &openapi.Page{URL: "https://marl.example/mug?token=secret", Title: "Mug"}})
	s.sync()
	a.join(id, 0, 0)
	p := a.next("presence")
	if p.Conversation != id || p.Who.ID != string(v.ID) || p.State != "here" || p.Page == nil || p.Page.Title != "Mug" {
		t.Fatalf("the agent got %+v", p)
	}
	if p.Page.URL == "https://marl.example/mug?token=secret" {
		t.Fatal("the page's secret was told")
	}
	s.send(openapi.ClientFrame{Type: "page", Page: &openapi.Page{URL: "https://marl.example/bowl", Title: "Bowl"}})
	if p := a.next("presence"); p.Page.Title != "Bowl" {
		t.Fatalf("the agent got %+v", p)
	}
	_ = s.ws.CloseNow()
	if p := a.next("presence"); p.State != "gone" {
		t.Fatalf("the agent got %+v", p)
	}

	bo := chat.Agent{ID: newID[chat.AgentID](chat.PrefixAgent), Merchant: w.agent.Merchant, Email: "bo@marl.example", Name: "Bo", Role: chat.RoleAgent, Active: true}
	w.addAgent(bo)
	b := w.inbox(w.signIn(bo))
	b.follow(w.shop.ID, nil)
	a.send(openapi.ClientFrame{Type: "viewing", Conversation: id})
	if p := b.next("presence"); p.Viewing != id || p.Who.Name != "Ada" {
		t.Fatalf("the colleague got %+v", p)
	}
	c := w.inbox(w.signIn(bo)) // who comes later hears of it too
	c.send(openapi.ClientFrame{Type: "feed", Feeds: []openapi.FeedCursor{{Shop: string(w.shop.ID)}}})
	for {
		if p := c.next("presence"); p.Who.Name == "Ada" {
			if p.Viewing != id {
				t.Fatalf("the colleague who came later got %+v", p)
			}
			break
		}
	}
	_ = a.ws.CloseNow()
	if p := b.next("presence"); p.Viewing != "" || p.Who.Name != "Ada" {
		t.Fatalf("the colleague got %+v", p)
	}
}

func TestTypingReachesTheOthersAndNotesStayAmongAgents(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	s, tab := w.shopper(v), w.shopper(v)
	id := s.begin("one")
	a := w.inbox(w.signIn(w.agent))
	for _, c := range []*client{s, tab, a} {
		c.join(id, 1, 1)
	}
	s.send(openapi.ClientFrame{Type: "typing", Conversation: id})
	if f := a.next("typing"); f.Author.Kind != "shopper" || f.Conversation != id {
		t.Fatalf("the agent got %+v", f)
	}
	s.send(openapi.ClientFrame{Type: "typing", Conversation: id}) // too soon: dropped
	s.sync()
	a.send(openapi.ClientFrame{Type: "typing", Conversation: id, Note: true})
	a.send(say(id, clientID(), "done"))
	a.next("ack")
	for _, c := range []*client{s, tab} {
		for _, f := range c.until("entry") {
			if f.Type == "typing" {
				t.Fatalf("a shopper got %+v", f)
			}
		}
	}
}

func TestReceiptsAreToldInTheAudiencesNumbers(t *testing.T) {
	w := newWorld(t, Limits{})
	s := w.shopper(w.person())
	id := s.begin("one") // both 1
	a := w.inbox(w.signIn(w.agent))
	a.join(id, 1, 1)
	s.join(id, 1, 1)
	a.send(say(id, clientID(), "two")) // joined 2/2, assigned 3/-, message 4/3
	a.next("ack")
	s.send(openapi.ClientFrame{Type: "read", Conversation: id, Seq: 3})
	for {
		f := a.next("receipt")
		if f.Participant.Kind == "shopper" && *f.Read >= 4 {
			break
		}
	}
	for {
		f := s.next("receipt")
		if f.Participant.Kind == "agent" && f.Participant.ID == string(w.agent.ID) {
			if *f.Read != 3 || *f.Delivered != 3 {
				t.Fatalf("the shopper got %+v, read %d", f, *f.Read)
			}
			break
		}
	}
}
