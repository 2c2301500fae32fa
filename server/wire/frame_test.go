package wire_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

func TestGoldenClientFramesAreTakenFromThoseWhoMaySendThem(t *testing.T) {
	only := map[string]chat.AuthorKind{ // hello carries a token in the example; viewing, feed and page belong to one side
		"hello": chat.AuthorShopper, "send": chat.AuthorShopper, "send.agent": chat.AuthorAgent, "page": chat.AuthorShopper, "feed": chat.AuthorAgent, "viewing": chat.AuthorAgent,
	}
	files, err := filepath.Glob("../../openapi/examples/client.*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "client."), ".json")
		for _, by := range []chat.AuthorKind{chat.AuthorShopper, chat.AuthorAgent} {
			_, err := wire.ParseFrame(raw, by)
			if want := only[name] == "" || only[name] == by; (err == nil) != want {
				t.Errorf("%s of a %s: %v", name, by, err)
			}
		}
	}
}

func TestEveryTypeOfFrameHasSomebodyWhoMaySendIt(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range doc.Components.Schemas["ClientFrameType"].Value.Enum {
		senders := 0
		for _, by := range []chat.AuthorKind{chat.AuthorShopper, chat.AuthorAgent} {
			_, err := wire.ParseFrame([]byte(`{"type":"`+kind.(string)+`"}`), by)
			if err == nil || !strings.Contains(err.Error(), "bad_frame") || !strings.Contains(message(err), "kind of client") {
				senders++
			}
		}
		if senders == 0 {
			t.Errorf("nobody may send %s", kind)
		}
	}
}

func message(err error) string {
	if e, ok := chat.AsError(err); ok {
		return e.Message
	}
	return ""
}

func TestParseFrameRefusesWhatIsOutOfForm(t *testing.T) {
	const c = `"conversation":"cnv_mugmugmugmugmugmugmugmugmu"`
	for name, f := range map[string]struct {
		by    chat.AuthorKind
		frame string
		want  error
	}{
		"not JSON":                          {chat.AuthorShopper, `hello`, wire.ErrBadFrame},
		"a list":                            {chat.AuthorShopper, `[{"type":"ping"}]`, wire.ErrBadFrame},
		"no type":                           {chat.AuthorShopper, `{}`, wire.ErrBadFrame},
		"a type that is not known":          {chat.AuthorShopper, `{"type":"shout"}`, wire.ErrBadFrame},
		"another case":                      {chat.AuthorShopper, `{"Type":"ping"}`, wire.ErrBadFrame},
		"a key twice":                       {chat.AuthorShopper, `{"type":"ping","type":"ping"}`, wire.ErrBadFrame},
		"a claimed sender":                  {chat.AuthorShopper, `{"type":"send","client_id":"a",` + c + `,"message":{"text":"x"},"sender":"agent"}`, wire.ErrBadFrame},
		"a claimed number":                  {chat.AuthorShopper, `{"type":"send","client_id":"a",` + c + `,"message":{"text":"x"},"seq":9}`, wire.ErrBadFrame},
		"a claimed time":                    {chat.AuthorShopper, `{"type":"send","client_id":"a",` + c + `,"message":{"text":"x"},"created_at":9}`, wire.ErrBadFrame},
		"a shopper's note":                  {chat.AuthorShopper, `{"type":"send","client_id":"a",` + c + `,"kind":"note","message":{"text":"x"}}`, wire.ErrBadFrame},
		"a shopper writing a note":          {chat.AuthorShopper, `{"type":"typing",` + c + `,"note":true}`, wire.ErrBadFrame},
		"a shopper at the feed":             {chat.AuthorShopper, `{"type":"feed","feeds":[]}`, wire.ErrBadFrame},
		"a shopper looking":                 {chat.AuthorShopper, `{"type":"viewing"}`, wire.ErrBadFrame},
		"an agent's page":                   {chat.AuthorAgent, `{"type":"page","page":{"url":"https://a.example"}}`, wire.ErrBadFrame},
		"an agent with a token":             {chat.AuthorAgent, `{"type":"hello","protocol":1,"token":"tgs_x"}`, wire.ErrBadFrame},
		"an agent starting a conversation":  {chat.AuthorAgent, `{"type":"send","client_id":"a","start":"a","message":{"text":"x"}}`, wire.ErrBadFrame},
		"a plugin":                          {chat.AuthorPlugin, `{"type":"ping"}`, wire.ErrBadFrame},
		"conversation and start":            {chat.AuthorShopper, `{"type":"send","client_id":"a","start":"a",` + c + `,"message":{"text":"x"}}`, wire.ErrBadFrame},
		"neither of them":                   {chat.AuthorShopper, `{"type":"send","client_id":"a","message":{"text":"x"}}`, wire.ErrBadFrame},
		"an empty client_id":                {chat.AuthorShopper, `{"type":"send","client_id":"",` + c + `,"message":{"text":"x"}}`, wire.ErrBadFrame},
		"a client_id of 10 KB":              {chat.AuthorShopper, `{"type":"send","client_id":"` + strings.Repeat("a", 10_000) + `",` + c + `,"message":{"text":"x"}}`, wire.ErrBadFrame},
		"a client_id with NUL":              {chat.AuthorShopper, `{"type":"send","client_id":"a\u0000",` + c + `,"message":{"text":"x"}}`, wire.ErrBadFrame},
		"a conversation that is no id":      {chat.AuthorShopper, `{"type":"leave","conversation":"cnv_1' OR 1=1"}`, wire.ErrBadFrame},
		"a ping with a message":             {chat.AuthorShopper, `{"type":"ping","message":{"text":"x"}}`, wire.ErrBadFrame},
		"a field with no effect":            {chat.AuthorShopper, `{"type":"ping","note":false}`, wire.ErrBadFrame},
		"a feed that is no shop":            {chat.AuthorAgent, `{"type":"feed","feeds":[{"shop":"x"}]}`, wire.ErrBadFrame},
		"33 levels":                         {chat.AuthorShopper, `{"type":"ping","x":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + `}`, wire.ErrBadFrame},
		"a cursor of -1":                    {chat.AuthorShopper, `{"type":"join",` + c + `,"generation":1,"after":-1}`, chat.ErrBadCursor},
		"a cursor of 2^63":                  {chat.AuthorShopper, `{"type":"join",` + c + `,"generation":1,"after":9223372036854775808}`, chat.ErrBadCursor},
		"a cursor in quotes":                {chat.AuthorShopper, `{"type":"join",` + c + `,"generation":1,"after":"1"}`, chat.ErrBadCursor},
		"a cursor of 1.5":                   {chat.AuthorShopper, `{"type":"join",` + c + `,"generation":1,"after":1.5}`, chat.ErrBadCursor},
		"a feed cursor of -1":               {chat.AuthorAgent, `{"type":"feed","feeds":[{"shop":"shop_aaaaaaaaaaaaaaaaaaaaaaaaaa","after":-1}]}`, chat.ErrBadCursor},
		"a feed cursor in quotes":           {chat.AuthorAgent, `{"type":"feed","feeds":[{"shop":"shop_aaaaaaaaaaaaaaaaaaaaaaaaaa","after":"1"}]}`, chat.ErrBadCursor},
		"a broken cursor and another fault": {chat.AuthorShopper, `{"type":"join","conversation":7,"generation":1,"after":"1"}`, wire.ErrBadFrame},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := wire.ParseFrame([]byte(f.frame), f.by); !errors.Is(err, f.want) {
				t.Errorf("got %v, want %v", err, f.want)
			}
		})
	}
}

func TestARefusalNamesWhatItRefuses(t *testing.T) {
	for _, frame := range []string{
		`{"type":"send","client_id":"c-1","conversation":"cnv_mugmugmugmugmugmugmugmugmu","message":{"text":7}}`,
		`{"type":"send","client_id":"c-1","conversation":"cnv_mugmugmugmugmugmugmugmugmu","message":{"text":"x"},"seq":1}`,
		`{"type":"send","client_id":"c-1","conversation":"cnv_mugmugmugmugmugmugmugmugmu","message":{"text":"x"},"seq":1,"x":1}`,
	} {
		f, err := wire.ParseFrame([]byte(frame), chat.AuthorShopper)
		if err == nil || f.ClientID != "c-1" || f.Conversation != string(cnv) || f.Message != nil {
			t.Errorf("%s: %+v %v", frame, f, err)
		}
		r := wire.Refused(err, f.ClientID, f.Conversation)
		if r.Code != openapi.ErrorCodeBadFrame || r.ClientID != "c-1" || r.Message == "" {
			t.Errorf("%+v", r)
		}
	}
	f, err := wire.ParseFrame([]byte(`{"type":"send","client_id":"<b>\u0007</b>","conversation":"x","message":7}`), chat.AuthorShopper)
	if err == nil || f.ClientID != "" || f.Conversation != "" {
		t.Errorf("junk comes back: %+v %v", f, err)
	}
}

func FuzzParseFrame(f *testing.F) {
	files, err := filepath.Glob("../../openapi/examples/client.*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, s := range []string{
		`{"type":"s\u0065nd","client_id":"a","start":"a","message":{"text":"\n\ud83d\ude00","choice":"b","order":"c","reply_to":3,"language":"de"}}`,
		`{"type":"send","client_id":"a","conversation":"cnv_mugmugmugmugmugmugmugmugmu","message":{"text":"x","cards":[{"title":"t"}],"choices":[]}}`,
		`{"type":"typing","conversation":"cnv_mugmugmugmugmugmugmugmugmu","note":true}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, by := range []chat.AuthorKind{chat.AuthorShopper, chat.AuthorAgent} {
			frame, err := wire.ParseFrame(data, by)
			if err != nil {
				if c := wire.Problem(err, "").Code; c != openapi.ErrorCodeBadFrame && c != openapi.ErrorCodeBadCursor {
					t.Fatalf("%q is refused with %v", data, err)
				}
				continue
			}
			var same openapi.ClientFrame
			if err := wire.Decode(data, &same); err != nil || !reflect.DeepEqual(frame, same) {
				t.Fatalf("%q is taken as %+v, but decodes as %+v, %v", data, frame, same, err)
			}
			if !frame.Type.Valid() || by == chat.AuthorShopper && (frame.Kind != "" || frame.Note || frame.Feeds != nil) {
				t.Fatalf("%q is taken from a %s: %+v", data, by, frame)
			}
		}
	})
}

// TestServerFramesFitTheContract builds a frame of each type and asks the document.
func TestServerFramesFitTheContract(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas["ServerFrame"].Value
	frames := map[string]openapi.ServerFrame{}
	c := honestConversation()
	for audience, v := range views() {
		for name, e := range entries() {
			if frame, ok := v.EntryFrame(e); ok && !strings.Contains(name, "plain") { // the plain one holds bytes that are no text
				frames[audience+" entry: "+name] = frame
			}
		}
		frames[audience+" joined"] = v.Joined(c)
		frames[audience+" snapshot"] = v.Snapshot(c, []chat.Entry{entries()["a pick"], entries()["a note"]})
		frames[audience+" ack"] = v.Ack(entries()["a pick"], 1)
		frames[audience+" receipt"] = v.Receipt(cnv, c.Watermarks[0])
		frames[audience+" typing"], _ = v.Typing(cnv, chat.Author{Kind: chat.AuthorAgent, ID: ada, Name: "Ada"}, false)
		frames[audience+" presence"] = v.AgentPresence(c.Shop, chat.Author{Kind: chat.AuthorAgent, ID: ada}, chat.Unknown, cnv)
	}
	frames["welcome of a shopper"] = wire.WelcomeShopper("e", chat.Caller{Kind: chat.AuthorShopper, Shopper: lia}, []string{"amend"}, []chat.Own{{Conversation: c}})
	frames["welcome of an agent"] = wire.WelcomeAgent("e", chat.Caller{Kind: chat.AuthorAgent, Agent: ada}, nil, []openapi.FeedHead{{Shop: string(c.Shop)}})
	frames["presence of a shopper"] = wire.ShopperPresence(cnv, lia, chat.Here, &chat.Page{URL: "https://marl.example/", Product: &chat.PageProduct{ExternalID: "1", Title: "Mug"}})
	frames["feed: conversation"] = wire.FeedConversation(c, 0, 2)
	frames["feed: shopper"] = wire.FeedShopper(chat.Shopper{ID: lia, Shop: c.Shop}, 0, 1)
	frames["feed snapshot"] = wire.FeedSnapshot(c.Shop, 0)
	frames["refused"] = wire.Refused(chat.ErrRateLimited.After(1e9), "c-1", string(cnv))
	frames["beat"] = wire.Beat(map[string]int64{string(cnv): 0}, nil)
	frames["bye"] = wire.Bye(openapi.ErrorCodeDraining, 500)
	frames["pong"] = wire.Pong()
	frames["delivery"] = wire.DeliveryFrame(chat.Delivery{
		ID: "dlv_mugmugmugmugmugmugmugmugmu", Conversation: cnv, Entry: chat.Ref{Seq: 7}, Channel: chat.ChannelWhatsApp, Address: adr,
		State: chat.DeliveryQueued, UpdatedAt: 5,
	})
	away := honestConversation()
	away.Channel, away.Address, away.Handoff = chat.ChannelWhatsApp, adr, &chat.Handoff{
		ID: hnd, From: chat.ChannelWeb, To: chat.ChannelWhatsApp, State: chat.HandoffActive, UpdatedAt: 5,
	}
	frames["feed: conversation elsewhere"] = wire.FeedConversation(away, 0, 0)

	types := map[openapi.ServerFrameType]bool{}
	for name, frame := range frames {
		types[frame.Type] = true
		var value any
		if err := json.Unmarshal([]byte(mustJSON(t, frame)), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, mustJSON(t, frame))
		}
	}
	for _, kind := range doc.Components.Schemas["ServerFrameType"].Value.Enum {
		if !types[openapi.ServerFrameType(kind.(string))] {
			t.Errorf("no frame of type %s was tried", kind)
		}
	}
}

func honestConversation() chat.Conversation {
	return chat.Conversation{
		ID: cnv, Shop: "shop_marlmarlmarlmarlmarlmarlma", Shopper: chat.ShopperBrief{ID: lia}, State: chat.StateOpen, Channel: chat.ChannelWeb,
		Generation: 1, FirstSeq: 1, CreatedAt: 1, UpdatedAt: 1, Position: 1,
		Watermarks: []chat.Watermark{{Kind: chat.AuthorShopper}},
	}
}

func TestZeroesThatMeanSomethingAreSent(t *testing.T) {
	raw := mustJSON(t, wire.View{}.Joined(honestConversation()))
	for _, want := range []string{`"head":0`, `"read":0`, `"delivered":0`} {
		if !strings.Contains(raw, want) {
			t.Errorf("%s lacks %s", raw, want)
		}
	}
	raw = mustJSON(t, wire.FeedSnapshot("shop_x", 0)) + mustJSON(t, wire.FeedConversation(honestConversation(), 0, 0))
	for _, want := range []string{`"position":0`, `"prev":0`, `"unread":0`, `"tags":[]`} {
		if !strings.Contains(raw, want) {
			t.Errorf("%s lacks %s", raw, want)
		}
	}
}

func BenchmarkParseFrame(b *testing.B) {
	data := []byte(`{"type":"send","client_id":"01JD7Q3N8Z4W5T6R7Y8U9P0A1B","conversation":"cnv_mugmugmugmugmugmugmugmugmu",` +
		`"message":{"text":"The handle of the mug came off when I unpacked it. Can you send me another one, please?","language":"en"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.ParseFrame(data, chat.AuthorShopper); err != nil {
			b.Fatal(err)
		}
	}
}
