package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

const (
	cnv = chat.ConversationID("cnv_mugmugmugmugmugmugmugmugmu")
	ada = "agt_adaadaadaadaadaadaadaadaad"
	lia = "shp_lialialialialialialialiali"
	hnd = chat.HandoffID("hnd_phonephonephonephonephonep")
	adr = chat.AddressID("adr_lialialialialialialialiali")
)

func fileURL(id chat.AttachmentID) string {
	return "https://files.localhost/files/" + string(id) + "?exp=1&sig=x"
}

func views() map[string]wire.View {
	return map[string]wire.View{
		"agents":  {Audience: chat.ForAgents, FileURL: fileURL},
		"shopper": {Audience: chat.ForShopper, FileURL: fileURL},
	}
}

// entries of every kind, with every field that one may have.
func entries() map[string]chat.Entry {
	agent := chat.Author{Kind: chat.AuthorAgent, ID: ada, Name: "Ada <ada@marl.example>"}
	shopper := chat.Author{Kind: chat.AuthorShopper, ID: lia, Name: "Lia"}
	base := chat.Entry{Conversation: cnv, Seq: 9, ShopperSeq: 4, At: 1795289656123, Channel: chat.ChannelWeb}
	with := func(change func(*chat.Entry)) chat.Entry {
		e := base
		change(&e)
		return e
	}
	return map[string]chat.Entry{
		"a plain message": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID, e.Message = chat.EntryMessage, shopper, "c-1", &chat.Message{Text: "Hallo \"du\" & <b>\u2028\x00\xff 😀"}
		}),
		"an empty message": with(func(e *chat.Entry) { e.Kind, e.Author, e.Message = chat.EntryMessage, shopper, &chat.Message{} }),
		"a pick": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID = chat.EntryMessage, shopper, "c-2"
			e.Message = &chat.Message{Text: "Broken", Language: "en", Choice: "broken", Order: "1001", ReplyTo: &chat.Ref{Seq: 7, ShopperSeq: 3}}
		}),
		"a reply to what shoppers do not see": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Message = chat.EntryMessage, agent, &chat.Message{Text: "See above", ReplyTo: &chat.Ref{Seq: 8}}
		}),
		"a rich message": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID = chat.EntryMessage, agent, "a-1"
			e.Message = &chat.Message{
				Text:        "Look",
				Attachments: []chat.Attachment{{ID: "att_picpicpicpicpicpicpicpicpi", Name: "m<u>g.jpg", ContentType: "image/jpeg", Size: 7, Width: 2, Height: 3}},
				Choices:     []chat.Choice{{ID: "a", Title: "A"}},
				Cards: []chat.Card{{
					Title: "Mug", Subtitle: "s", ImageURL: "https://a.example/i", URL: "https://a.example", Price: &chat.Money{Amount: 1, Currency: "EUR"},
					Buttons: []chat.Button{{Kind: "url", Title: "Go", URL: "https://a.example"}},
				}},
				Coupon: &chat.CouponOffer{Code: "X", Description: "d", ExpiresAt: 5},
			}
		}),
		"a note": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq, e.Message = chat.EntryNote, agent, 0, &chat.Message{Text: "secret"}
		}),
		"a visible event": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Event = chat.EntryEvent, agent, &chat.Event{Name: chat.EventJoined, Agent: &chat.AgentBrief{ID: ada, Name: "Ada"}}
		}),
		"an order event": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}, 0
			e.Event = &chat.Event{Name: chat.EventOrderChanged, Order: &chat.OrderBrief{
				ExternalID: "1001", Number: "#1001", Change: chat.OrderPaid, Total: &chat.Money{Amount: 5, Currency: "JPY"}, FinancialStatus: "paid",
			}}
		}),
		"an order's card": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID = chat.EntryMessage, agent, "a-3"
			e.Message = &chat.Message{Text: "On its way", Order: "1001", OrderCard: &chat.OrderCard{
				ExternalID: "1001", Number: "#1001", Total: &chat.Money{Amount: 5, Currency: "EUR"}, Items: []chat.CardItem{{Title: "Mug", Quantity: 2}}, More: 1,
				Shipment: &chat.CardShipment{Status: "in_transit", Carrier: "DHL"},
			}}
		}),
		"an abandoned cart": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}, 0
			e.Event = &chat.Event{Name: chat.EventCartAbandoned, Cart: &chat.CartBrief{ExternalID: "c", Items: 2, RecoveryURL: "https://a.example/?a=1&b=2"}}
		}),
		"a message as a template": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Channel, e.ClientID = chat.EntryMessage, agent, chat.ChannelWhatsApp, "a-2"
			e.Message = &chat.Message{Text: "Hello Lia", ReturnLink: true, Template: &chat.TemplateUse{
				Template: "tpl_answeransweransweransweran", Name: "answer_waiting", Language: "en_US", Category: chat.CategoryUtility,
				Body: map[string]string{"1": "Lia"}, Buttons: map[int]string{0: "x"},
			}}
		}),
		"a message from elsewhere": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Channel = chat.EntryMessage, shopper, chat.ChannelWhatsApp
			e.Message = &chat.Message{Text: "seen & heard", Forwarded: true}
		}),
		"what cannot be shown": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Channel, e.Message = chat.EntryMessage, shopper, chat.ChannelWhatsApp, &chat.Message{Unsupported: "poll"}
		}),
		"a step of a handoff": with(func(e *chat.Entry) {
			e.Kind, e.Author = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}
			e.Event = &chat.Event{Name: chat.EventHandoff, Handoff: &chat.HandoffStep{
				ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffLinked, Name: "Lía <3",
			}}
		}),
		"a handoff that failed": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}, 0
			e.Event = &chat.Event{Name: chat.EventHandoff, Handoff: &chat.HandoffStep{
				ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffFailed, Reason: "not_on_whatsapp",
			}}
		}),
		"a changed route": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}, 0
			e.Event = &chat.Event{Name: chat.EventRouteChanged, Route: &chat.RouteStep{
				From: chat.ChannelWeb, To: chat.ChannelWhatsApp, Address: adr, Reason: chat.WhyWindowOpen,
			}}
		}),
		"a hint": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq = chat.EntryEvent, chat.Author{Kind: chat.AuthorSystem}, 0
			e.Event = &chat.Event{Name: chat.EventHint, Hint: &chat.Hint{Code: "code_missing", Handoff: hnd, Conversation: cnv, Detail: "?"}}
		}),
		"a tag event": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ShopperSeq, e.Event = chat.EntryEvent, agent, 0, &chat.Event{Name: chat.EventTagged, Tags: []string{"vip"}}
		}),
		"an edit": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID = chat.EntryAmend, shopper, "c-3"
			e.Amend = &chat.Amend{Target: chat.Ref{Seq: 5, ShopperSeq: 2}, Action: chat.AmendEdit, Text: "better"}
		}),
		"a reaction taken back": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Amend = chat.EntryAmend, agent, &chat.Amend{Target: chat.Ref{Seq: 5, ShopperSeq: 2}, Action: chat.AmendReact}
		}),
		"a blanked message": with(func(e *chat.Entry) { e.Kind, e.Author, e.Blanked = chat.EntryMessage, shopper, true }),
		"a blanked message whose body is still there": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.Blanked, e.Message = chat.EntryMessage, shopper, true, &chat.Message{Text: "erased"}
		}),
		"a plugin's message": with(func(e *chat.Entry) {
			e.Kind, e.Author, e.ClientID = chat.EntryMessage, chat.Author{Kind: chat.AuthorPlugin, ID: "plk_x", Name: "Bob's key"}, "p-1"
			e.Message = &chat.Message{Text: "from the shop's software"}
		}),
	}
}

func TestTheHotFramesAreWhatEncodingJSONMakesOfThem(t *testing.T) {
	for audience, v := range views() {
		for name, e := range entries() {
			t.Run(audience+"/"+name, func(t *testing.T) {
				checkFrames(t, v, e)
			})
		}
	}
}

// TestNoFieldOfAMessageIsForgotten fills the fields of a message one by one, so that a new one cannot be missing in the short way.
func TestNoFieldOfAMessageIsForgotten(t *testing.T) {
	for i := range reflect.TypeFor[chat.Message]().NumField() {
		var m chat.Message
		field := reflect.ValueOf(&m).Elem().Field(i)
		fill(field)
		e := entries()["a plain message"]
		e.Message = &m
		t.Run(reflect.TypeOf(m).Field(i).Name, func(t *testing.T) {
			for _, v := range views() {
				checkFrames(t, v, e)
			}
		})
	}
}

// fill gives a value that is not zero, with one element in every list.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				fill(f)
			}
		}
	}
}

func checkFrames(t *testing.T, v wire.View, e chat.Entry) {
	t.Helper()
	got, ok := v.AppendEntryFrame([]byte("before"), e)
	frame, want := v.EntryFrame(e)
	if ok != want {
		t.Fatalf("appended %v, built %v", ok, want)
	}
	if !ok {
		if string(got) != "before" {
			t.Fatalf("something was written: %s", got)
		}
		return
	}
	same(t, got, "before", frame)
	same(t, v.AppendAck([]byte("x"), e, 3), "x", v.Ack(e, 3))
}

func same(t *testing.T, got []byte, prefix string, frame any) {
	t.Helper()
	raw, err := json.Marshal(frame)
	if err != nil {
		t.Fatal(err)
	}
	if want := prefix + string(raw); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAPlainMessageIsWrittenWithoutGarbage(t *testing.T) {
	e, v := entries()["a plain message"], views()["shopper"]
	buffer := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { buffer, _ = v.AppendEntryFrame(buffer[:0], e) }); n != 0 {
		t.Errorf("an entry frame costs %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { buffer = v.AppendAck(buffer[:0], e, 1) }); n != 0 {
		t.Errorf("an ack costs %v allocations", n)
	}
}

func FuzzFrameStrings(f *testing.F) {
	for _, s := range []string{"", "plain", `"\/`, "<script>&", "\u2028\u2029\ufffd", "\xff\xc3(", "\x00\b\f\n\r\t\x1f\x7f", "😀ä\u200f"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		e := chat.Entry{
			Conversation: cnv, Seq: 2, ShopperSeq: 1, At: 1, Channel: chat.ChannelWeb, ClientID: b, Kind: chat.EntryMessage,
			Author:  chat.Author{Kind: chat.AuthorShopper, ID: a, Name: b},
			Message: &chat.Message{Text: a, Language: b, Choice: a, Order: b},
		}
		amend := e
		amend.Kind, amend.Message = chat.EntryAmend, nil
		amend.Amend = &chat.Amend{Target: chat.Ref{Seq: 1, ShopperSeq: 1}, Action: chat.AmendEdit, Text: a, Emoji: b}
		for _, v := range views() {
			checkFrames(t, v, e)
			checkFrames(t, v, amend)
		}
	})
}

func BenchmarkEntryFrame(b *testing.B) {
	e, v := entries()["a plain message"], views()["agents"]
	e.Message = &chat.Message{Text: "The handle of the mug came off when I unpacked it. Can you send me another one, please?", Language: "en"}
	b.Run("append", func(b *testing.B) {
		buffer := make([]byte, 0, 1024)
		b.ReportAllocs()
		for b.Loop() {
			buffer, _ = v.AppendEntryFrame(buffer[:0], e)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			frame, _ := v.EntryFrame(e)
			if _, err := json.Marshal(frame); err != nil {
				b.Fatal(err)
			}
		}
	})
}
