package graph_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// sent are bodies of Meta's documentation that must be accepted.
func TestDocumentedWhatsAppBodiesAreAccepted(t *testing.T) {
	s := newStage(t, graph.Profile{})
	inbound := s.say(numberA, "hi")
	user := s.People()[0].UserID
	media := s.upload(t, "image/jpeg", []byte("\xff\xd8\xff picture"))
	if _, err := s.AddTemplate(wabaA, orderUpdate()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"req_text_message", "req_text_message_with_preview_url", "req_reply_button", "req_list_message", "req_location_message",
		"req_contact_message", "req_doc_reaction", "req_doc_interactive_cta_url", "req_doc_interactive_request_contact_info",
		"req_doc_location_request", "req_catalog_message", "req_single_product_message", "req_multi_product_message",
		"req_published_flow_by_id", "req_doc_text_bsuid", "req_doc_template_named_params", "req_image_message_by_url",
		"req_image_message_by_id", "req_document_message_by_url", "req_reply_to_text_message",
	} {
		t.Run(name, func(t *testing.T) {
			body := fixture(t, "whatsapp/"+name,
				"{{Recipient-Phone-Number}}", "+16505551234", "US.13491208655302741918", user, "http(s)://image-url", s.media.URL,
				"<http(s)://document-url>", s.media.URL, "<IMAGE_OBJECT_ID>", media, "<HEADER_TYPE>", "text",
				"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=", inbound,
				"<LIST_SECTION_1_ROW_1_ID>", "a", "<LIST_SECTION_1_ROW_2_ID>", "b", "<LIST_SECTION_2_ROW_1_ID>", "c",
				"<LIST_SECTION_2_ROW_2_ID>", "d", "<SECTION_1_ROW_1_TITLE>", "a", "<SECTION_1_ROW_2_TITLE>", "b",
				"<SECTION_2_ROW_1_TITLE>", "c", "<SECTION_2_ROW_2_TITLE>", "d", "<BUTTON_TITLE_1>", "yes", "<BUTTON_TITLE_2>", "no",
				"<LIST_SECTION_1_TITLE>", "one", "<LIST_SECTION_2_TITLE>", "two")
			status, answer := s.call(http.MethodPost, "/v25.0/"+numberA+"/messages", waToken, body)
			if status != http.StatusOK {
				t.Fatalf("%d %v", status, answer)
			}
			want := fixture(t, "whatsapp/resp_messages_example_response")
			if strings.Contains(name, "bsuid") || strings.Contains(name, "contact_info") {
				want = fixture(t, "whatsapp/resp_messages_bsuid")
			}
			covers(t, answer, want)
		})
	}
	for _, name := range []string{"req_doc_mark_read", "req_typing_indicator_and_read_receipt"} {
		body := fixture(t, "whatsapp/"+name)
		body["message_id"] = inbound
		if status, answer := s.call(http.MethodPost, "/v25.0/"+numberA+"/messages", waToken, body); status != http.StatusOK {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if p, err := s.Presence("anna", numberA); err != nil || !p.Typing || p.ReadTo.IsZero() {
		t.Errorf("after the typing indicator Anna sees %+v, %v", p, err)
	}
}

func orderUpdate() graph.Template {
	return graph.Template{Name: "order_update", Language: "en_US", Category: "UTILITY", Format: "NAMED", Components: []object{
		{"type": "HEADER", "format": "IMAGE"},
		{"type": "BODY", "text": "Hi {{first_name}}, your order {{order_number}} has shipped."},
		{"type": "BUTTONS", "buttons": []any{
			object{"type": "URL", "text": "Back to store", "url": "https://shop.example/{{1}}"},
			object{"type": "QUICK_REPLY", "text": "Stop promotions"},
		}},
	}}
}

func interactive(kind string, parts object) object {
	inner := object{"type": kind, "body": object{"text": "What next?"}}
	maps.Copy(inner, parts)
	return object{"type": "interactive", "interactive": inner}
}

func buttons(all ...object) object {
	list := []any{}
	for _, b := range all {
		list = append(list, object{"type": "reply", "reply": b})
	}
	return object{"action": object{"buttons": list}}
}

func rows(n int) []any {
	var all []any
	for i := range n {
		all = append(all, object{"id": strings.Repeat("r", i+1), "title": "row"})
	}
	return all
}

func section(title string, n int) object { return object{"title": title, "rows": rows(n)} }

func listOf(sections ...any) object {
	return object{"action": object{"button": "Open", "sections": sections}}
}

func TestWhatsAppRefusesWhatMetaRefuses(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	if _, err := s.AddTemplate(wabaA, orderUpdate()); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ä", 4097)
	for name, c := range map[string]struct {
		body object
		code float64
		http int
	}{
		"no product":                 {object{"messaging_product": nil}, 100, 400},
		"no recipient":               {object{"to": "", "type": "text", "text": object{"body": "x"}}, 131008, 400},
		"a BSUID in to":              {object{"to": "US.13491208655302741918", "type": "text", "text": object{"body": "x"}}, 131009, 400},
		"a BSUID of somebody else":   {object{"to": nil, "recipient": "US.1", "type": "text", "text": object{"body": "x"}}, 131009, 400},
		"to itself":                  {object{"to": "+15550783881", "type": "text", "text": object{"body": "x"}}, 131021, 400},
		"a group":                    {object{"recipient_type": "group", "type": "text", "text": object{"body": "x"}}, 131009, 400},
		"an unknown type":            {object{"type": "hologram", "hologram": object{}}, 131051, 400},
		"no text":                    {object{"type": "text"}, 131008, 400},
		"an empty text":              {object{"type": "text", "text": object{"body": ""}}, 131008, 400},
		"a long text":                {object{"type": "text", "text": object{"body": long}}, 131009, 400},
		"long callback data":         {object{"type": "text", "text": object{"body": "x"}, "biz_opaque_callback_data": long}, 131009, 400},
		"a picture without a file":   {object{"type": "image", "image": object{}}, 131008, 400},
		"a file nobody uploaded":     {object{"type": "image", "image": object{"id": "1234567890123456"}}, 131009, 400},
		"a link to nowhere":          {object{"type": "image", "image": object{"link": "ftp://x"}}, 131009, 400},
		"a caption of a sound":       {object{"type": "audio", "audio": object{"link": "https://x.example/a", "caption": "x"}}, 131009, 400},
		"a place off the map":        {object{"type": "location", "location": object{"latitude": 91.0, "longitude": 0.0}}, 131009, 400},
		"half a place":               {object{"type": "location", "location": object{"latitude": 1.0}}, 131008, 400},
		"a reaction to nothing":      {object{"type": "reaction", "reaction": object{"message_id": "wamid.x", "emoji": "👍"}}, 131009, 400},
		"a nameless contact":         {object{"type": "contacts", "contacts": []any{object{"phones": []any{}}}}, 131008, 400},
		"a quote of nothing":         {object{"context": object{}, "type": "text", "text": object{"body": "x"}}, 131008, 400},
		"an unknown interactive":     {interactive("carousel", object{"action": object{}}), 131009, 400},
		"no action":                  {interactive("button", nil), 131008, 400},
		"no buttons":                 {interactive("button", buttons()), 131009, 400},
		"four buttons":               {interactive("button", buttons(object{"id": "1", "title": "1"}, object{"id": "2", "title": "2"}, object{"id": "3", "title": "3"}, object{"id": "4", "title": "4"})), 131009, 400},
		"a long button":              {interactive("button", buttons(object{"id": "1", "title": "this title has 21 char"})), 131009, 400},
		"a button with a space":      {interactive("button", buttons(object{"id": "1", "title": "yes "})), 131009, 400},
		"buttons of one name":        {interactive("button", buttons(object{"id": "1", "title": "a"}, object{"id": "2", "title": "a"})), 131009, 400},
		"buttons of one id":          {interactive("button", buttons(object{"id": "1", "title": "a"}, object{"id": "1", "title": "b"})), 131009, 400},
		"a long body":                {interactive("button", object{"body": object{"text": long[:2050]}, "action": buttons(object{"id": "1", "title": "a"})["action"]}), 131009, 400},
		"a long footer":              {interactive("button", object{"footer": object{"text": long[:122]}, "action": buttons(object{"id": "1", "title": "a"})["action"]}), 131009, 400},
		"a long header":              {interactive("button", object{"header": object{"type": "text", "text": long[:122]}, "action": buttons(object{"id": "1", "title": "a"})["action"]}), 131009, 400},
		"eleven rows":                {interactive("list", listOf(section("a", 6), section("b", 5))), 131009, 400},
		"a section without a name":   {interactive("list", listOf(section("", 1), section("b", 1))), 131008, 400},
		"a picture above a list":     {interactive("list", object{"header": object{"type": "image", "image": object{"id": "1"}}, "action": listOf(section("a", 1))["action"]}), 131009, 400},
		"a long way to the shop":     {interactive("cta_url", object{"action": object{"name": "cta_url", "parameters": object{"display_text": strings.Repeat("x", 21), "url": "https://x.example"}}}), 131009, 400},
		"a way that is no address":   {interactive("cta_url", object{"action": object{"name": "cta_url", "parameters": object{"display_text": "x", "url": "shop"}}}), 131009, 400},
		"products without a header":  {interactive("product_list", object{"action": object{"catalog_id": "1", "sections": []any{object{"title": "a", "product_items": []any{object{"product_retailer_id": "1"}}}}}}), 131008, 400},
		"no such template":           {template("order_sent", "en_US"), 132001, 404},
		"no such language":           {template("order_update", "de"), 132001, 404},
		"a template without picture": {template("order_update", "en_US", body("first_name", "A", "order_number", "1")), 132012, 400},
		"too few parameters":         {template("order_update", "en_US", header(), body("first_name", "A")), 132000, 400},
		"another parameter":          {template("order_update", "en_US", header(), body("first_name", "A", "number", "1")), 132018, 400},
		"a parameter of two lines":   {template("order_update", "en_US", header(), body("first_name", "A\nB", "order_number", "1")), 132018, 400},
		"no address for the button":  {template("order_update", "en_US", header(), body("first_name", "A", "order_number", "1")), 131008, 400},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := s.sendWhatsApp(c.body)
			if got := at(answer, "error", "code"); got != c.code || status != c.http {
				t.Errorf("%d %v, want %d with code %v", status, answer, c.http, c.code)
			}
		})
	}
	if r := s.Invariants(); r.Accepted != 0 {
		t.Errorf("%d messages were accepted", r.Accepted)
	}
}

func template(name, language string, components ...any) object {
	return object{"type": "template", "template": object{"name": name, "language": object{"code": language}, "components": components}}
}

func header() object {
	return object{"type": "header", "parameters": []any{object{"type": "image", "image": object{"link": "https://shop.example/p.jpg"}}}}
}

func body(pairs ...string) object {
	parameters := []any{}
	for i := 0; i < len(pairs); i += 2 {
		parameters = append(parameters, object{"type": "text", "parameter_name": pairs[i], "text": pairs[i+1]})
	}
	return object{"type": "body", "parameters": parameters}
}

func TestErrorsHaveTheShapeOfMetas(t *testing.T) {
	s := newStage(t, graph.Profile{WindowAtOnce: true})
	_, closed := s.sendWhatsApp(words("hello"))
	covers(t, closed, fixture(t, "whatsapp/err_131047"))
	if got, want := at(closed, "error", "message"), "(#131047) Re-engagement message"; got != want {
		t.Errorf("the message is %v, want %v", got, want)
	}
	must(t, s.ExpireToken(waToken, s.clock.Now().Add(-time.Hour)))
	status, expired := s.sendWhatsApp(words("hello"))
	covers(t, expired, fixture(t, "whatsapp/err_190_expired"))
	if status != http.StatusUnauthorized || at(expired, "error", "error_subcode") != 463.0 {
		t.Errorf("an expired token: %d %v", status, expired)
	}
}

func TestANumberWithoutPlusReachesAStranger(t *testing.T) {
	s := newStage(t, graph.Profile{})
	_, err := s.AddPerson(graph.Person{ID: "tom", Name: "Tom", Phone: "491700000002"})
	must(t, err)
	_, answer := s.sendWhatsApp(object{"to": "491700000002", "type": "text", "text": object{"body": "hi"}})
	if got := at(answer, "contacts", 0, "wa_id"); got != "1491700000002" {
		t.Errorf("it went to %v", got)
	}
	s.pass(time.Minute)
	if got := statuses(s.business.take(t)); len(got) != 1 || got[0] != "failed" {
		t.Errorf("the statuses are %v", got)
	}
}

func TestTheWindowClosesAfterADay(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.pass(24*time.Hour - 2*time.Second)
	s.sendWhatsApp(words("just in time"))
	s.pass(time.Second)
	if got := strings.Join(statuses(s.business.take(t)), " "); got != "sent delivered" {
		t.Errorf("inside: %q", got)
	}
	s.pass(time.Second)
	status, _ := s.sendWhatsApp(words("too late"))
	s.pass(time.Second)
	hooks := s.business.take(t)
	if got := strings.Join(statuses(hooks), " "); status != http.StatusOK || got != "failed" {
		t.Errorf("outside: %d, %q", status, got)
	}
	covers(t, hooks[0], fixture(t, "whatsapp/in_status_failed_131047"))
	if messages, _ := s.Thread("anna", numberA); messages[len(messages)-1].Seen {
		t.Error("Anna sees what was sent too late")
	}
}

func TestATemplateOpensAConversationUntilTheLimit(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.AddNumber(graph.Number{
		ID: "2", Account: "w2", Display: "15550000002", App: "1517776481860111", Token: "EAA2", Tier: "TIER_250", Subscribe: true,
	}))
	_, err := s.AddTemplate("w2", graph.Template{
		Name: "news", Language: "en", Category: "MARKETING", Components: []object{{"type": "BODY", "text": "News"}},
	})
	must(t, err)
	send := func(to string) string {
		whole := template("news", "en")
		whole["messaging_product"], whole["to"] = "whatsapp", to
		if status, answer := s.call(http.MethodPost, "/2/messages", "EAA2", whole); status != http.StatusOK {
			t.Fatalf("%d %v", status, answer)
		}
		s.pass(time.Second)
		return strings.Join(statuses(s.business.take(t)), " ")
	}
	must(t, s.Promotions("anna", "2", false))
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "whatsapp/in_user_preferences_stop"))
	if got := send("+16505551234"); got != "failed" {
		t.Errorf("to Anna, who wants no marketing: %q", got)
	}
	for i := range 251 {
		phone := "4917" + digitsOf(i)
		if _, err := s.AddPerson(graph.Person{ID: phone, Phone: phone}); err != nil {
			t.Fatal(err)
		}
		want := "sent delivered"
		if i == 250 {
			want = "failed"
		}
		if got := send("+" + phone); got != want {
			t.Fatalf("person %d: %q, want %q", i, got, want)
		}
	}
}

func digitsOf(i int) string {
	s := "0000000"
	n := []byte(s)
	for at := len(n) - 1; i > 0; at-- {
		n[at] = byte('0' + i%10)
		i /= 10
	}
	return string(n)
}

func TestRatesAreKept(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	accepted := 0
	var last object
	for range 50 {
		status, answer := s.sendWhatsApp(words("hello"))
		if status == http.StatusOK {
			accepted++
		} else {
			last = answer
		}
	}
	if accepted != 45 || at(last, "error", "code") != 131056.0 {
		t.Errorf("%d were accepted, then %v", accepted, last)
	}
	s.pass(6 * time.Second)
	if status, answer := s.sendWhatsApp(words("hello")); status != http.StatusOK {
		t.Errorf("after 6 s: %d %v", status, answer)
	}
	over := 0
	for range 60 {
		_, answer := s.sendWhatsApp(object{"to": "+4917000" + digitsOf(over), "type": "text", "text": object{"body": "x"}})
		if at(answer, "error", "code") == 130429.0 {
			over++
		}
	}
	if over != 0 {
		t.Fatalf("%d were too many for the number already", over)
	}
	for range 40 {
		_, answer := s.sendWhatsApp(object{"to": "+4917100" + digitsOf(over), "type": "text", "text": object{"body": "x"}})
		if at(answer, "error", "code") == 130429.0 {
			covers(t, answer, fixture(t, "whatsapp/err_130429_rate_limit"), "error_subcode")
			over++
		}
	}
	if over != 21 { // 80 a second: one to Anna, 60 and 19 to others
		t.Errorf("%d were refused, want 21", over)
	}
}

func TestBusinessScopedIDsReplaceAHiddenNumber(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.business.take(t)
	must(t, s.AdoptUsername("anna", "anna.oberg"))
	s.say(numberA, "again")
	if from := at(s.business.take(t)[0], "entry", 0, "changes", 0, "value", "messages", 0, "from"); from != "16505551234" {
		t.Errorf("within 30 days from is %v", from)
	}
	s.pass(31 * 24 * time.Hour)
	s.say(numberA, "hidden")
	value := at(s.business.take(t)[0], "entry", 0, "changes", 0, "value")
	user := s.People()[0].UserID
	if at(value, "messages", 0, "from") != nil || at(value, "contacts", 0, "wa_id") != nil {
		t.Errorf("the number is told: %v", value)
	}
	if at(value, "messages", 0, "from_user_id") != user || at(value, "contacts", 0, "profile", "username") != "@anna.oberg" {
		t.Errorf("who wrote is %v", value)
	}
	_, answer := s.sendWhatsApp(object{"to": nil, "recipient": user, "type": "text", "text": object{"body": "hello"}})
	covers(t, answer, fixture(t, "whatsapp/resp_messages_bsuid"))
	s.pass(time.Second)
	covers(t, s.business.take(t)[1], fixture(t, "whatsapp/in_status_delivered_bsuid_no_phone"), "parent")

	if status, answer := s.call(http.MethodDelete, "/"+numberA+"/contact_book?messaging_product=whatsapp&bsuid="+user, waToken, nil); status != 200 {
		t.Errorf("%d %v", status, answer)
	}

	fresh, err := s.ChangePhone("anna", "12195555358")
	must(t, err)
	s.pass(time.Second)
	hooks := s.business.take(t)
	covers(t, hooks[0], fixture(t, "whatsapp/in_system_user_changed_number"), "messages[].from ")
	if got := at(hooks[1], "entry", 0, "changes", 0, "value", "messages", 0, "system", "user_id"); got != fresh || fresh == user {
		t.Errorf("the new BSUID is told as %v, and is %v", got, fresh)
	}
}
