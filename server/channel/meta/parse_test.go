package meta

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/channel/channeltest"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestWebhooksAsMetaSendsThem(t *testing.T) {
	for _, folder := range []string{"whatsapp", "messenger", "instagram"} {
		t.Run(folder, func(t *testing.T) { channeltest.Incoming(t, new(Platform), "testdata/"+folder) })
	}
}

// whatsAppBody wraps what a change holds beside the metadata.
func whatsAppBody(inside string) []byte {
	return []byte(`{"object":"whatsapp_business_account","entry":[{"id":"waba","changes":[{"field":"messages","value":{
		"metadata":{"display_phone_number":"15550783881","phone_number_id":"num"},` + inside + `}}]}]}`)
}

func parse(t *testing.T, body []byte) []chat.Inbound {
	t.Helper()
	items, err := new(Platform).Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	channeltest.Sound(t, items)
	return items
}

func TestABrokenItemCostsNothingButItself(t *testing.T) {
	good := func(id string) string {
		return `{"from":"16505551234","id":"` + id + `","timestamp":"1749416383","type":"text","text":{"body":"hi"}}`
	}
	for name, broken := range map[string]string{
		"null": `null`, "a number": `7`, "an array": `[[]]`, "an empty object": `{}`, "no id": `{"from":"16505551234","type":"text"}`,
		"nobody": `{"id":"x","type":"text"}`, "a number that is none": `{"id":"x","from":"<script>","type":"text"}`,
		"an id as an object": `{"id":{"a":1},"from":"16505551234"}`, "a control character in the id": `{"id":"a\u0000b","from":"16505551234"}`,
	} {
		t.Run(name, func(t *testing.T) {
			items := parse(t, whatsAppBody(`"messages":[`+good("a")+`,`+broken+`,`+good("b")+`]`))
			if len(items) != 3 || items[0].ID != "a" || items[2].ID != "b" || items[1].Kind != chat.InboundIgnored {
				t.Errorf("got %+v", items)
			}
		})
	}
}

func TestWhatHasALostPartIsShownAsUnsupported(t *testing.T) {
	for _, c := range []struct{ inside, want string }{
		{`"type":"text"`, "text"},
		{`"type":"text","text":"hello"`, "text"},
		{`"type":"image","image":{}`, "image"},
		{`"type":"hologram","hologram":{"a":1}`, "hologram"},
		{`"type":"interactive"`, "interactive"},
		{`"type":"order","order":{}`, "order"},
		{`"type":"location","location":{"name":"x"}`, "location"},
		{`"type":"contacts","contacts":[]`, "contacts"},
		{`"type":"unsupported","errors":[{"code":131060}]`, "unavailable"},
		{`"type":"image","errors":[{"code":131052,"title":"Media download error"}]`, "media_failed"},
		{`"type":"unsupported","unsupported":{"type":"poll"},"errors":[{"code":131051}]`, "poll"},
		{`"type":"interactive","interactive":{"type":"call_permission_reply"}`, "call_permission_reply"},
		{`"type":"","hologram":{"a":1}`, "unknown"},
	} {
		items := parse(t, whatsAppBody(`"errors":[{"code":131000}],"messages":[{"from":"16505551234","id":"m",`+c.inside+`}]`))
		if len(items) != 1 || items[0].Kind != chat.InboundMessage || items[0].Message.Unsupported != c.want {
			t.Errorf("%s: got %+v", c.inside, items)
		}
	}
}

func TestManyThingsInOneWebhookAllCome(t *testing.T) {
	message := func(n int) string {
		return fmt.Sprintf(`{"from":"1650555%04d","id":"m%d","timestamp":1749416383,"type":"text","text":{"body":"%d"}}`, n, n, n)
	}
	body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[
		{"id":"w1","changes":[
			{"field":"messages","value":{"metadata":{"phone_number_id":"n1"},"messages":[%s,%s],
				"statuses":[{"id":"s1","status":"sent","timestamp":"1","recipient_id":"16505551234"}]}},
			{"field":"messages","value":{"metadata":{"phone_number_id":"n2"},"messages":[%s]}},
			{"field":"account_update","value":{"event":"ACCOUNT_DELETED"}}, 7,
			{"field":"messages","value":null}]},
		null,
		{"id":"w2","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"n3"},"messages":[%s]}}]}]}`,
		message(1), message(2), message(3), message(4))
	items := parse(t, []byte(body))
	var got []string
	for _, in := range items {
		got = append(got, in.Business+"/"+in.Account+"/"+string(in.Kind))
	}
	want := []string{
		"w1/n1/message", "w1/n1/message", "w1/n1/status", "w1/n2/message", "w1//account", "w1//ignored", "w1//ignored",
		"//ignored", "w2/n3/message",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestOnePersonHasOneKey(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"16505551234", "wa:16505551234"},
		{"+1-650-555-1234", "wa:16505551234"},
		{"5511987654321", "wa:5511987654321"}, // Brazil, with the ninth digit
		{"551187654321", "wa:5511987654321"},  // and without
		{"551133334444", "wa:551133334444"},   // fixed net: there is none
		{"5215512345678", "wa:525512345678"},  // Mexico, with the 1
		{"525512345678", "wa:525512345678"},
		{"US.13491208655302741918", "uid:US.13491208655302741918"},
		{"US.ENT.11815799212886844830", "uid:US.ENT.11815799212886844830"},
	} {
		items := parse(t, whatsAppBody(`"messages":[{"from":"`+c.from+`","id":"m","type":"text","text":{"body":"x"}}]`))
		if got := items[0].From; got == nil || !slices.Equal(got.Keys, []string{c.want}) {
			t.Errorf("%s: got %+v, want %s", c.from, got, c.want)
		}
	}
}

func TestANumberStaysAsTheProviderSpellsIt(t *testing.T) {
	items := parse(t, whatsAppBody(`"messages":[{"from":"551187654321","id":"m","type":"text","text":{"body":"x"}}]`))
	if got := items[0].From.Phone; got != "+551187654321" {
		t.Errorf("got %s: it is what answers go to", got)
	}
}

func TestContactsAreMatchedByWhatTheyAreCalled(t *testing.T) {
	items := parse(t, whatsAppBody(`"contacts":[
		{"profile":{"name":"Bea","username":"@bea"},"user_id":"DE.bea"},{"profile":{"name":"Al"},"wa_id":"16505550001","user_id":"US.al"}],
		"messages":[
			{"from":"16505550001","id":"1","type":"text","text":{"body":"x"}},
			{"from_user_id":"DE.bea","id":"2","type":"text","text":{"body":"x"}},
			{"from":"16505550009","id":"3","type":"text","text":{"body":"x"}}]`))
	want := []chat.Person{
		{Keys: []string{"wa:16505550001", "uid:US.al"}, Phone: "+16505550001", UserID: "US.al", Name: "Al"},
		{Keys: []string{"uid:DE.bea"}, UserID: "DE.bea", Name: "Bea", Username: "bea"},
		{Keys: []string{"wa:16505550009"}, Phone: "+16505550009"},
	}
	for i, w := range want {
		if !reflect.DeepEqual(*items[i].From, w) {
			t.Errorf("got %+v, want %+v", *items[i].From, w)
		}
	}
}

func TestOnlyASharedNumberThatWasAskedForIsTheirOwn(t *testing.T) {
	card := `"contacts":[{"origin":"%s","name":{"formatted_name":"Al"},"phones":[{"phone":"+1 650 555 0001","wa_id":"16505550001"}]}]`
	for origin, own := range map[string]bool{"contact_request": true, "other": false} {
		items := parse(t, whatsAppBody(`"messages":[{"from_user_id":"US.al","id":"m","type":"contacts",`+fmt.Sprintf(card, origin)+`}]`))
		said := items[0].Message
		if said.Text == "" || (said.Shared != nil) != own || own && said.Shared.Phone != "+16505550001" {
			t.Errorf("%s: got %+v", origin, said)
		}
	}
}

func TestErrorsWithoutAMessageAreTheAccounts(t *testing.T) {
	for code, stops := range map[string]bool{"130429": false, "131031": true, "190": true, "x": false} {
		items := parse(t, whatsAppBody(`"errors":[{"code":"`+code+`","title":"t","error_data":{"details":"d"}}]`))
		if len(items) != 1 || items[0].Kind != chat.InboundAccount || items[0].News.Stops != stops || items[0].News.Detail != "d" {
			t.Errorf("%s: got %+v", code, items)
		}
	}
}

func TestSomebodyWhoHasAnotherIDIsTheSamePerson(t *testing.T) {
	items := parse(t, whatsAppBody(`"messages":[{"from":"16505551234","from_user_id":"US.old","id":"m","timestamp":"1750269342",
		"type":"system","system":{"type":"user_changed_user_id","user_id":"US.new"}}]`))
	want := chat.InboundNewID{
		Old: []string{"wa:16505551234", "uid:US.old"},
		New: chat.Person{Keys: []string{"wa:16505551234", "uid:US.new"}, Phone: "+16505551234", UserID: "US.new"},
	}
	if len(items) != 1 || !reflect.DeepEqual(*items[0].Identity, want) {
		t.Errorf("got %+v", items[0].Identity)
	}
}

func TestFreeEntryPointsAreTold(t *testing.T) {
	items := parse(t, whatsAppBody(`"statuses":[{"id":"s","status":"sent","timestamp":"1750030073","recipient_id":"16505551234",
		"conversation":{"expiration_timestamp":"1750289273","origin":{"type":"referral_conversion"}},
		"pricing":{"billable":true,"type":"free_entry_point","category":"referral_conversion"}}]`))
	fate := items[0].Status
	if fate.Free != 1750289273000 || fate.Billable == nil || *fate.Billable || fate.Category != chat.CategoryService {
		t.Errorf("got %+v", fate)
	}
}

func TestAWelcomeRequestOnlyOpens(t *testing.T) {
	items := parse(t, whatsAppBody(`"messages":[{"from":"16505551234","id":"m","timestamp":"1750269342","type":"request_welcome"}]`))
	if items[0].Kind != chat.InboundOpened {
		t.Errorf("got %+v", items[0])
	}
}

func TestPricesAreExact(t *testing.T) {
	for _, c := range []struct {
		price, currency string
		want            int64
	}{
		{"30", "USD", 3000},
		{"19.99", "EUR", 1999},
		{"19.990000000000002", "EUR", 1999},
		{"0.295", "USD", 30},
		{"1500", "JPY", 1500},
		{"1.234", "KWD", 1234},
		{"4.35", "USD", 435},
		{"1e3", "USD", -1},
		{"-1", "USD", -1},
		{"", "USD", -1},
		{"1", "usd", -1},
		{"99999999999999999999", "USD", -1},
		{"1.2.3", "USD", -1},
	} {
		got := money(c.price, c.currency)
		if got == nil && c.want != -1 || got != nil && got.Amount != c.want {
			t.Errorf("%s %s: got %v, want %d", c.price, c.currency, got, c.want)
		}
	}
}

func TestBodiesThatAreNoWebhookAreRefused(t *testing.T) {
	many := whatsAppBody(`"messages":[` + strings.Repeat(`{},`, maxItems) + `{}]`)
	for name, body := range map[string][]byte{
		"empty": nil, "no JSON": []byte(`hello`), "cut": []byte(`{"object":"page","entry":[`), "an array": []byte(`[]`),
		"too deep":           []byte(strings.Repeat(`{"a":[`, 5000)),
		"too deep and whole": []byte(`{"object":"page","entry":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`),
		"too many items":     many,
	} {
		if items, err := new(Platform).Parse(body); err == nil {
			t.Errorf("%s: got %d items", name, len(items))
		}
	}
}

func TestBracketsInTextAreNoDepth(t *testing.T) {
	text, err := json.Marshal(strings.Repeat(`[{"\`, 1000))
	if err != nil {
		t.Fatal(err)
	}
	items := parse(t, whatsAppBody(`"messages":[{"from":"16505551234","id":"m","type":"text","text":{"body":`+string(text)+`}}]`))
	if items[0].Message == nil || len(items[0].Message.Text) != 4000 {
		t.Errorf("got %+v", items[0])
	}
}

func TestEchoesOfOursAreKnown(t *testing.T) {
	items := parse(t, []byte(`{"object":"page","entry":[{"id":"p","messaging":[
		{"sender":{"id":"p"},"recipient":{"id":"u"},"timestamp":1458692752478,"message":{"is_echo":true,"app_id":1517776481860111,
			"metadata":"dlv_1.0","mid":"m","text":"hi"}}]}]}`))
	in := items[0]
	if in.Kind != chat.InboundEcho || in.Message.App != "1517776481860111" || in.Message.Callback != "dlv_1.0" || in.Message.Author != "" {
		t.Errorf("got %+v %+v", in, in.Message)
	}
}

// FuzzParse: whatever comes, the parser neither panics nor is silent, and reads the same twice.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"whatsapp", "messenger", "instagram"} {
		paths, err := filepath.Glob("testdata/" + folder + "/*.json")
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			if body, err := os.ReadFile(path); err == nil && !strings.HasSuffix(path, ".golden.json") {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := new(Platform).Parse(body)
		if err != nil {
			return
		}
		if len(items) == 0 {
			t.Fatal("nothing came of it, and nobody is told why")
		}
		channeltest.Sound(t, items)
		again, err := new(Platform).Parse(body)
		if err != nil || !reflect.DeepEqual(items, again) {
			t.Fatal("read twice, it says two things")
		}
	})
}
