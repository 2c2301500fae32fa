package wire_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Everything in this log that a shopper must never get is marked so that it can be found in what goes out.
const marker = "LEAK"

// Numbers of the agents' count that are found in no other field.
const agentsNumber = 770000

func secretLog() []chat.Entry {
	ref := func(n int64) chat.Ref { return chat.Ref{Seq: agentsNumber + n, ShopperSeq: n} }
	agent := chat.Author{Kind: chat.AuthorAgent, ID: ada, Name: "Ada"}
	plugin := chat.Author{Kind: chat.AuthorPlugin, ID: "plk_" + marker, Name: marker + " key"}
	system := chat.Author{Kind: chat.AuthorSystem, ID: marker, Name: marker}
	hidden := func(kind chat.EntryKind, shopperSeq int64) chat.Entry {
		e := chat.Entry{Kind: kind, Author: agent, ShopperSeq: shopperSeq, ClientID: marker}
		switch kind {
		case chat.EntryNote:
			e.Message = &chat.Message{Text: marker}
		case chat.EntryEvent:
			e.Event = &chat.Event{
				Name: chat.EventRouteChanged, Tags: []string{marker}, Route: &chat.RouteStep{Address: marker, Reason: marker},
				Hint: &chat.Hint{Code: marker, Handoff: marker, Conversation: marker, Detail: marker},
			}
		case chat.EntryAmend:
			e.Amend = &chat.Amend{Target: chat.Ref{Seq: agentsNumber + 1}, Action: chat.AmendEdit, Text: marker}
		}
		return e
	}
	reply := ref(2)
	log := []chat.Entry{
		{Kind: chat.EntryMessage, Author: agent, ClientID: marker, ShopperSeq: 1, Message: &chat.Message{Text: "hello", ReplyTo: &reply}},
		{Kind: chat.EntryMessage, Author: agent, ShopperSeq: 2, Message: &chat.Message{Text: "re", ReplyTo: &chat.Ref{Seq: agentsNumber + 9}}},
		{Kind: chat.EntryMessage, Author: plugin, ShopperSeq: 3, ClientID: marker, Message: &chat.Message{Text: "from the shop"}},
		{Kind: chat.EntryEvent, Author: system, ShopperSeq: 4, ClientID: marker, Event: &chat.Event{
			Name: chat.EventClosed, Tags: []string{marker}, Order: &chat.OrderBrief{ExternalID: marker, Number: marker},
		}},
		{Kind: chat.EntryAmend, Author: agent, ShopperSeq: 5, ClientID: marker, Amend: &chat.Amend{Target: ref(1), Action: chat.AmendEdit, Text: "hi"}},
		{Kind: chat.EntryMessage, Author: agent, ShopperSeq: 6, Blanked: true, Message: &chat.Message{Text: marker}},
		{Kind: chat.EntryMessage, Author: agent, ShopperSeq: 7, ClientID: marker, Message: &chat.Message{
			Text: "as a template", ReturnLink: true, Template: &chat.TemplateUse{
				Template: marker, Name: marker, Language: marker, Category: marker, Header: map[string]string{"1": marker},
				Body: map[string]string{"1": marker}, Buttons: map[int]string{0: marker},
			},
		}},
		{Kind: chat.EntryEvent, Author: system, ShopperSeq: 8, Event: &chat.Event{
			Name: chat.EventHandoff, Handoff: &chat.HandoffStep{ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffActive, Reason: marker},
			Route: &chat.RouteStep{Address: marker, Reason: marker}, Hint: &chat.Hint{Code: marker, Detail: marker},
		}},
		{Kind: chat.EntryEvent, Author: system, ShopperSeq: 9, Event: &chat.Event{
			Name: chat.EventHandoff, Handoff: &chat.HandoffStep{ID: marker, State: chat.HandoffFailed, Reason: marker, Name: marker},
		}},
		hidden(chat.EntryNote, 0), hidden(chat.EntryEvent, 0), hidden(chat.EntryAmend, 0),
		// a number where there must be none, as after a fault of ours
		hidden(chat.EntryNote, 10), hidden(chat.EntryEvent, 11), hidden(chat.EntryAmend, 12),
	}
	for i := range log {
		log[i].Conversation, log[i].Seq, log[i].At, log[i].Channel = cnv, agentsNumber+int64(i)+1, 5, chat.ChannelWeb
	}
	return log
}

func secretConversation() chat.Conversation {
	return chat.Conversation{
		ID: cnv, Merchant: marker, Shop: "shop_" + marker, Shopper: chat.ShopperBrief{ID: lia, Email: marker}, State: chat.StateOpen,
		Assignee: &chat.AgentBrief{ID: "agt_" + marker, Name: marker}, Joined: []chat.AgentID{marker}, Tags: []string{marker},
		Channel: marker, Address: marker, Account: marker,
		Handoff: &chat.Handoff{ID: marker, Account: marker, Address: marker, Reason: marker, Page: marker}, Generation: 1, FirstSeq: agentsNumber + 1, Head: agentsNumber + 12, ShopperHead: 6,
		Version: agentsNumber + 13, Position: agentsNumber + 14,
		LastMessage: &chat.LastMessage{Ref: chat.Ref{Seq: agentsNumber + 2, ShopperSeq: 2}, Author: chat.Author{Name: marker}, Text: marker},
		Order:       &chat.OrderBrief{ExternalID: marker},
		Watermarks: []chat.Watermark{
			{Kind: chat.AuthorShopper, Read: chat.Ref{Seq: agentsNumber + 3, ShopperSeq: 3}, Delivered: chat.Ref{Seq: agentsNumber + 4, ShopperSeq: 4}},
			{Kind: chat.AuthorAgent, ID: ada, Read: chat.Ref{Seq: agentsNumber + 5, ShopperSeq: 5}, Delivered: chat.Ref{Seq: agentsNumber + 6}},
		},
		CreatedAt: 1, UpdatedAt: 2,
	}
}

func TestAShopperGetsNothingThatIsNotTheirs(t *testing.T) {
	v := wire.View{Audience: chat.ForShopper, FileURL: fileURL}
	c, log := secretConversation(), secretLog()
	out := map[string]any{
		"the list of entries": v.EntryList(c, log),
		"joined":              v.Joined(c),
		"a snapshot":          v.Snapshot(c, log),
		"welcome":             wire.WelcomeShopper("e", chat.Caller{Kind: chat.AuthorShopper, Shopper: lia, Merchant: marker, Shop: marker, Plugin: marker, Agent: marker}, nil, []chat.Own{{Conversation: c, Unread: 2}}),
		"presence":            v.AgentPresence("shop_"+marker, chat.Author{Kind: chat.AuthorAgent, ID: ada, Name: "Ada"}, chat.Here, "cnv_"+marker),
		"their handoff": wire.ShopperHandoff(chat.Handoff{
			ID: hnd, Merchant: marker, Shop: marker, Shopper: marker, Conversation: cnv, From: marker, To: chat.ChannelWhatsApp, Account: marker,
			Address: marker, Source: marker, State: chat.HandoffFailed, Reason: marker, Page: marker,
		}),
		"what the widget offers": wire.ShopperOffers(chat.HandoffSettings{
			Channels:  []chat.HandoffChannel{{Channel: chat.ChannelWhatsApp, Account: marker, Link: true}, {Channel: marker, Account: marker}},
			Templates: map[chat.Channel]chat.AwayTemplate{marker: {Name: marker, Params: map[string]string{marker: marker}, Button: marker}},
			Cap:       &chat.Money{Amount: 770011, Currency: marker},
		}),
		"themselves": wire.IdentifiedShopper(chat.Shopper{
			ID: lia, Merchant: marker, Shop: marker, CustomerID: marker, Name: "Lia", Email: marker, Page: &chat.Page{URL: marker},
		}),
	}
	for _, w := range c.Watermarks {
		out["the receipt of the "+string(w.Kind)] = v.Receipt(cnv, w)
	}
	for i, e := range log {
		if raw, ok := v.AppendEntryFrame(nil, e); ok {
			out["entry frame "+string(rune('a'+i))] = json.RawMessage(raw)
		}
		if e.Author.Kind == chat.AuthorShopper {
			out["ack"] = json.RawMessage(v.AppendAck(nil, e, 1))
		}
	}
	for name, value := range out {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(name, err)
		}
		if strings.Contains(string(raw), marker) {
			t.Errorf("%s tells what is not the shopper's: %s", name, raw)
		}
		if strings.Contains(string(raw), "7700") {
			t.Errorf("%s tells an agents' number: %s", name, raw)
		}
	}
	if got := v.Entries(log); len(got) != 8 {
		t.Errorf("the shopper sees %d entries, want 8", len(got))
	}
}

func TestTheMarkersWouldBeFound(t *testing.T) {
	raw, err := json.Marshal(wire.View{}.EntryList(secretConversation(), secretLog()))
	if err != nil || !strings.Contains(string(raw), marker) || !strings.Contains(string(raw), "7700") {
		t.Errorf("agents must see what is hidden from shoppers: %v %s", err, raw)
	}
}

func TestNumbersAreTheAudiencesOwn(t *testing.T) {
	e := chat.Entry{
		Conversation: cnv, Seq: 50, ShopperSeq: 20, Kind: chat.EntryMessage, Author: chat.Author{Kind: chat.AuthorShopper, ID: lia},
		Message: &chat.Message{Text: "x", ReplyTo: &chat.Ref{Seq: 40, ShopperSeq: 15}},
	}
	amend := chat.Entry{
		Conversation: cnv, Seq: 51, ShopperSeq: 21, Kind: chat.EntryAmend, Author: e.Author,
		Amend: &chat.Amend{Target: chat.Ref{Seq: 50, ShopperSeq: 20}, Action: chat.AmendRevoke},
	}
	c := chat.Conversation{
		ID: cnv, FirstSeq: 3, Head: 51, ShopperHead: 21,
		Watermarks: []chat.Watermark{{Kind: chat.AuthorShopper, Read: chat.Ref{Seq: 40, ShopperSeq: 15}, Delivered: chat.Ref{Seq: 50, ShopperSeq: 20}}},
	}
	for audience, want := range map[chat.Audience]struct{ seq, reply, target, first, head, read, delivered int64 }{
		chat.ForAgents: {50, 40, 50, 3, 51, 40, 50}, chat.ForShopper: {20, 15, 20, 1, 21, 15, 20},
	} {
		v := wire.View{Audience: audience}
		got, _ := v.Entry(e)
		change, _ := v.Entry(amend)
		list := v.EntryList(c, nil)
		joined, receipt := v.Joined(c), v.Receipt(cnv, c.Watermarks[0])
		for name, pair := range map[string][2]int64{
			"seq": {got.Seq, want.seq}, "reply_to": {got.Message.ReplyTo, want.reply}, "target": {change.Amend.Target, want.target},
			"ack": {v.Ack(e, 1).Seq, want.seq}, "first_seq": {list.FirstSeq, want.first}, "head": {list.Head, want.head},
			"joined head": {*joined.Head, want.head}, "read": {*receipt.Read, want.read}, "delivered": {*receipt.Delivered, want.delivered},
			"reads": {joined.Reads[0].Read, want.read},
		} {
			if pair[0] != pair[1] {
				t.Errorf("audience %d: %s is %d, want %d", audience, name, pair[0], pair[1])
			}
		}
	}
}

func TestWhoWritesANoteDoesNotWriteToTheShopper(t *testing.T) {
	who := chat.Author{Kind: chat.AuthorAgent, ID: ada, Name: "Ada"}
	for audience, want := range map[chat.Audience]bool{chat.ForShopper: false, chat.ForAgents: true} {
		if _, ok := (wire.View{Audience: audience}).Typing(cnv, who, true); ok != want {
			t.Errorf("audience %d is told of a note being written: %v", audience, ok)
		}
		if _, ok := (wire.View{Audience: audience}).Typing(cnv, who, false); !ok {
			t.Errorf("audience %d is not told of a message being written", audience)
		}
	}
}

func TestSecretsAreShownOnlyWhereTheyAreGiven(t *testing.T) {
	key := wire.PluginKey(chat.PluginKey{ID: "plk_x", Last4: "k7qd", Hash: [32]byte{7}}, "")
	secret := wire.IdentitySecret(chat.IdentitySecret{KID: "k1", Secret: []byte(marker)}, "")
	invitation := wire.Invitation(chat.Invitation{ID: "inv_x", Hash: [32]byte{7}}, "")
	for _, v := range []any{key, secret, invitation} {
		raw, err := json.Marshal(v)
		if err != nil || strings.Contains(string(raw), marker) || strings.Contains(string(raw), `"secret"`) || strings.Contains(string(raw), `"url"`) {
			t.Errorf("%v %s", err, raw)
		}
	}
}

// golden reads an example of the contract.
func golden[T any](t *testing.T, file string) (v T) {
	t.Helper()
	raw, err := os.ReadFile("../../openapi/examples/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestADraftSurvivesTheWayInAndOut(t *testing.T) {
	in := golden[openapi.NewEntry](t, "postEntry.request").Message
	d, err := wire.NewDraft(in, chat.AuthorAgent)
	if err != nil {
		t.Fatal(err)
	}
	want := golden[openapi.Entry](t, "postEntry.response").Message
	if got := (wire.View{}).Message(d.Message); mustJSON(t, got) != mustJSON(t, want) {
		t.Errorf("got  %s\nwant %s", mustJSON(t, got), mustJSON(t, want))
	}
}

func TestAShopperSendsNoCardsChoicesOrCoupons(t *testing.T) {
	in := golden[openapi.NewEntry](t, "postEntry.request").Message
	_, err := wire.NewDraft(in, chat.AuthorShopper)
	e, ok := chat.AsError(err)
	if !ok || len(e.Fields) != 3 {
		t.Fatalf("got %v", err)
	}
	if _, err := wire.NewDraft(openapi.Draft{Text: "x", Choice: "broken", ReplyTo: 3}, chat.AuthorShopper); err != nil {
		t.Errorf("a plain draft is refused: %v", err)
	}
	if _, err := wire.NewDraft(openapi.Draft{AttachmentIds: []string{"../x"}}, chat.AuthorAgent); err == nil {
		t.Error("an id that cannot be one is taken")
	}
	if _, err := wire.NewDraft(openapi.Draft{Text: "x", ReplyTo: -1}, chat.AuthorAgent); err == nil {
		t.Error("a negative reply_to is taken")
	}
}

func containsNull(raw string) bool { return strings.Contains(raw, "null") }

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestAShopperSeesWhatHasANumberOfTheirs lets a conversation leave and come home as the domain decides it.
func TestAShopperSeesWhatHasANumberOfTheirs(t *testing.T) {
	c := honestConversation()
	at := time.UnixMilli(1795289656123)
	h := chat.Handoff{ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffLinked}
	left, err := c.GoTo(chat.Address{ID: adr, Channel: chat.ChannelWhatsApp, Name: "Lía"}, &h, chat.WhyWrote, at)
	if err != nil {
		t.Fatal(err)
	}
	home, err := left.Conversation.ComeHome(chat.WhyCameBack, at)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range append(left.Entries, home.Entries...) {
		for audience, v := range map[chat.Audience]wire.View{chat.ForAgents: {}, chat.ForShopper: {Audience: chat.ForShopper}} {
			o, ok := v.Entry(e)
			if ok != (e.Number(audience) != 0) {
				t.Errorf("audience %d sees %s: %v, but its number is %d", audience, e.Event.Name, ok, e.Number(audience))
			}
			if ok && audience == chat.ForShopper {
				seen++
				if o.Event.Route != nil || o.Event.Handoff == nil {
					t.Errorf("%+v", o.Event)
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("the shopper sees %d steps, want that they left and came back", seen)
	}
}
