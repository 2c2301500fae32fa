package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func TestWhatAPersonSendsHasTheShapeOfMetas(t *testing.T) {
	s := newStage(t, graph.Profile{})
	own := s.say(numberA, "hi")
	s.business.take(t)
	for fixtureName, in := range map[string]graph.Inbound{
		"in_text":        {Text: "Does it come in another color?"},
		"in_image":       {Type: "image", Text: "Taj Mahal"},
		"in_audio_voice": {Type: "voice", Media: []byte("OggS"), MIME: "audio/ogg; codecs=opus"},
		"in_location":    {Type: "location", Latitude: 37.4, Longitude: -122.1, Place: "Philz Coffee", Address: "101 Forest Ave"},
		"in_contacts":    {Type: "contacts"},
		"in_reaction":    {Type: "reaction", Target: own, Emoji: "👍"},
		"in_order":       {Type: "order"},
		"in_unsupported": {Type: "unsupported"},
	} {
		t.Run(fixtureName, func(t *testing.T) {
			_, err := s.Say("anna", numberA, in)
			must(t, err)
			s.pass(time.Second)
			hooks := s.business.take(t)
			if len(hooks) != 1 {
				t.Fatalf("%d webhooks", len(hooks))
			}
			covers(t, hooks[0], fixture(t, "whatsapp/"+fixtureName), "last_name", "org", "location.url")
		})
	}
}

func TestSignsOpenNoWindow(t *testing.T) {
	s := newStage(t, graph.Profile{})
	own := s.say(numberA, "hi")
	s.pass(25 * time.Hour)
	for _, in := range []graph.Inbound{
		{Type: "reaction", Target: own, Emoji: "👍"}, {Type: "edit", Target: own, Text: "hello"}, {Type: "revoke", Target: own},
	} {
		_, err := s.Say("anna", numberA, in)
		must(t, err)
	}
	s.pass(time.Second)
	s.sendWhatsApp(words("hello?"))
	s.pass(time.Second)
	if got := statuses(s.business.take(t)); len(got) != 1 || got[0] != "failed" {
		t.Errorf("the statuses are %v", got)
	}
	until, err := s.Window("anna", numberA)
	must(t, err)
	if until.After(s.clock.Now()) {
		t.Errorf("the window is open until %v", until)
	}
}

func TestALinkSendsNothingByItself(t *testing.T) {
	s := newStage(t, graph.Profile{})
	draft, err := s.Click("anna", "https://wa.me/15550783881?text=Hi%20%28ref%20K7Q-4MX%29")
	must(t, err)
	s.pass(time.Hour)
	if draft.Text != "Hi (ref K7Q-4MX)" || draft.Line != numberA || len(s.business.take(t)) != 0 {
		t.Errorf("the draft is %+v", draft)
	}
	status, made := s.call(http.MethodPost, "/"+numberA+"/message_qrdls", waToken,
		object{"prefilled_message": "Show me Cyber Monday deals!", "generate_qr_image": "SVG"})
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, made)
	}
	draft, err = s.Click("anna", made["deep_link_url"].(string))
	must(t, err)
	if draft.Text != "Show me Cyber Monday deals!" {
		t.Errorf("the short link's draft is %+v", draft)
	}
	for _, wrong := range []string{"https://wa.me/4900000", "https://shop.example/x", "https://wa.me/message/NONE"} {
		if _, err := s.Click("anna", wrong); err == nil {
			t.Errorf("%s leads somewhere", wrong)
		}
	}
}

func TestTappingAnswersTheMessage(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	_, answer := s.sendWhatsApp(interactive("button", buttons(object{"id": "cancel-button", "title": "Cancel"})))
	id := at(answer, "messages", 0, "id").(string)
	s.pass(time.Second)
	s.business.take(t)
	_, _, err := s.Tap("anna", id, "cancel-button")
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "whatsapp/in_interactive_button_reply"))
	if got := at(hook, "entry", 0, "changes", 0, "value", "messages", 0, "context", "id"); got != id {
		t.Errorf("it answers %v", got)
	}
	_, answer = s.sendWhatsApp(interactive("cta_url", object{"action": object{
		"name": "cta_url", "parameters": object{"display_text": "Back to store", "url": "https://shop.example/c/abc"},
	}}))
	s.pass(time.Second)
	s.business.take(t)
	_, address, err := s.Tap("anna", at(answer, "messages", 0, "id").(string), "cta_url")
	must(t, err)
	s.pass(time.Second)
	if address != "https://shop.example/c/abc" || len(s.business.take(t)) != 0 {
		t.Errorf("the link leads to %q", address)
	}
	if _, _, err := s.Tap("anna", id, "other"); err == nil {
		t.Error("something that is not there was tapped")
	}
}

func TestAPhoneThatIsOffHearsLater(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.business.take(t)
	must(t, s.SetAway("anna", true))
	s.sendWhatsApp(words("are you there?"))
	_, err := s.Say("anna", numberA, graph.Inbound{Text: "no net"})
	must(t, err)
	s.pass(time.Hour)
	hooks := s.business.take(t)
	if got := strings.Join(statuses(hooks), " "); got != "sent" || len(hooks) != 1 {
		t.Fatalf("while it is off: %q in %d webhooks", got, len(hooks))
	}
	must(t, s.SetAway("anna", false))
	s.pass(time.Second)
	hooks = s.business.take(t)
	if got := strings.Join(statuses(hooks), " "); got != "delivered" || len(hooks) != 2 {
		t.Errorf("when it is on: %q in %d webhooks", got, len(hooks))
	}
}

func TestWhoBlockedHearsNothing(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.business.take(t)
	must(t, s.Block("anna", numberA, true))
	s.sendWhatsApp(words("please"))
	s.pass(time.Second)
	if got := strings.Join(statuses(s.business.take(t)), " "); got != "sent failed" {
		t.Errorf("the statuses are %q", got)
	}
	if _, err := s.Say("anna", numberA, graph.Inbound{Text: "x"}); err == nil {
		t.Error("Anna writes to whom she has blocked")
	}
}

func TestReadReceiptsCanBeOff(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	must(t, s.SetReadReceipts("anna", false))
	must(t, s.Look("anna", numberA))
	s.business.take(t)
	s.sendWhatsApp(words("secretly read"))
	s.pass(time.Minute)
	if got := strings.Join(statuses(s.business.take(t)), " "); got != "sent delivered" {
		t.Errorf("the statuses are %q", got)
	}
}

func TestTheMerchantsOwnAppIsEchoed(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.AddNumber(graph.Number{
		ID: "2", Account: "w2", Display: "15550000002", App: "1517776481860111", Token: "EAA2", Coexistence: true, Subscribe: true,
	}))
	id, err := s.Echo("2", "anna", graph.Echo{Text: "Here's the info you requested!"})
	must(t, err)
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "whatsapp/in_smb_message_echo_text"))
	_, err = s.Echo("2", "anna", graph.Echo{Type: "revoke", Target: id})
	must(t, err)
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "whatsapp/in_smb_message_echo_revoke"))
	if _, err := s.Echo(numberA, "anna", graph.Echo{Text: "x"}); err == nil {
		t.Error("a number without the Business app was echoed")
	}
}
