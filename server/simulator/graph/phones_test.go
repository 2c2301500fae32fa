package graph_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
	"github.com/tagalong-chat/tagalong/server/simulator/phones"
)

// shown is the thread and its last message as Anna's phone shows them.
func (s *stage) shown(line string) (phones.Thread, phones.Message) {
	s.t.Helper()
	threads, err := s.Phones().Threads("anna")
	must(s.t, err)
	for _, th := range threads {
		if th.ID == line+"-anna" {
			messages, err := s.Phones().Messages("anna", th.ID)
			must(s.t, err)
			if len(messages) == 0 {
				return th, phones.Message{}
			}
			return th, messages[len(messages)-1]
		}
	}
	s.t.Fatalf("no thread with %s: %v", line, threads)
	return phones.Thread{}, phones.Message{}
}

func TestAPhoneShowsTheConversation(t *testing.T) {
	s := newStage(t, graph.Profile{})
	net := s.Phones()
	if people := net.People(); people[0].Name != "Anna Öberg" || people[0].Phone != "+1 650 555 1234" || len(people[0].Apps) != 3 {
		t.Errorf("the people are %+v", people)
	}
	opened, err := net.OpenLink("anna", phones.Link{App: phones.WhatsApp, To: "15550783881", Text: "Hi"})
	must(t, err)
	thread := opened.Thread
	if th, _ := s.shown(numberA); opened.Draft != "Hi" || th.Name != "Lucky Shrub" || th.Last != nil {
		t.Errorf("opened %+v, thread %+v", opened, th)
	}
	s.business.status = func(int) int { return http.StatusServiceUnavailable }
	must(t, net.SendText("anna", thread, "Hi there", ""))
	s.pass(time.Second)
	if _, m := s.shown(numberA); m.Status != phones.Sent || !m.Mine || m.Text != "Hi there" {
		t.Errorf("before the business has it: %+v", m)
	}
	s.business.status = func(int) int { return http.StatusOK }
	s.pass(time.Minute)
	_, m := s.shown(numberA)
	if m.Status != phones.Delivered {
		t.Errorf("when it has it: %+v", m)
	}
	s.call(http.MethodPost, "/"+numberA+"/messages", waToken,
		object{"messaging_product": "whatsapp", "status": "read", "message_id": m.ID, "typing_indicator": object{"type": "text"}})
	th, m := s.shown(numberA)
	if m.Status != phones.Read || !th.Typing {
		t.Errorf("when it has read it: %+v %+v", th, m)
	}
	s.sendWhatsApp(interactive("button", buttons(object{"id": "y", "title": "Yes"}, object{"id": "n", "title": "No"})))
	s.pass(time.Second)
	th, m = s.shown(numberA)
	if th.Unread != 1 || th.Typing || len(m.Buttons) != 2 || m.Buttons[0].Title != "Yes" || m.Buttons[0].Kind != phones.Reply {
		t.Fatalf("%+v %+v", th, m)
	}
	must(t, net.SetReading("anna", thread, true))
	must(t, net.Tap("anna", thread, m.ID, m.Buttons[1].ID))
	var refusal *phones.Refusal
	if err := net.Tap("anna", thread, m.ID, m.Buttons[1].ID); !errors.As(err, &refusal) {
		t.Errorf("a second tap: %v", err)
	}
	asked := m.ID
	if th, m = s.shown(numberA); th.Unread != 0 || m.Text != "No" || m.ReplyTo != asked {
		t.Errorf("%+v %+v", th, m)
	}
	must(t, net.React("anna", thread, asked, "👍"))
	messages, err := net.Messages("anna", thread)
	must(t, err)
	if got := messages[1].Reactions; len(got) != 1 || got[0] != (phones.Reaction{Mine: true, Emoji: "👍"}) {
		t.Errorf("the reactions are %v", got)
	}
	must(t, net.Edit("anna", thread, messages[0].ID, "Hello there"))
	must(t, net.Delete("anna", thread, messages[2].ID))
	messages, _ = net.Messages("anna", thread)
	if !messages[0].Edited || messages[0].Text != "Hello there" || !messages[2].Deleted || messages[2].Text != "" {
		t.Errorf("%+v", messages)
	}
	s.pass(time.Hour)
	if err := net.Edit("anna", thread, messages[0].ID, "x"); !errors.As(err, &refusal) {
		t.Errorf("an edit after an hour: %v", err)
	}
	if err := net.SendText("anna", "9-anna", "x", ""); !errors.Is(err, phones.ErrUnknown) {
		t.Errorf("a thread that is not there: %v", err)
	}
}

func TestAPhoneShowsPicturesListsAndTemplates(t *testing.T) {
	s := newStage(t, graph.Profile{})
	net := s.Phones()
	s.say(numberA, "hi")
	picture := s.upload(t, "image/jpeg", []byte("\xff\xd8\xff picture"))
	s.sendWhatsApp(object{"type": "image", "image": object{"id": picture, "caption": "A pot"}})
	s.pass(time.Second)
	_, m := s.shown(numberA)
	if len(m.Media) != 1 || m.Media[0].Kind != phones.Image || m.Text != "A pot" {
		t.Fatalf("%+v", m)
	}
	kind, data, err := net.Media("anna", m.Media[0].ID)
	if err != nil || kind != "image/jpeg" || string(data) != "\xff\xd8\xff picture" {
		t.Errorf("%s %q %v", kind, data, err)
	}
	if _, err := s.AddPerson(graph.Person{ID: "tom"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := net.Media("tom", m.Media[0].ID); !errors.Is(err, phones.ErrUnknown) {
		t.Errorf("Tom sees Anna's picture: %v", err)
	}
	s.sendWhatsApp(interactive("list", listOf(section("Pots", 2), object{
		"title": "Cups", "rows": []any{object{"id": "cup", "title": "Cup"}},
	})))
	s.pass(time.Second)
	_, m = s.shown(numberA)
	if m.List == nil || len(m.List.Sections) != 2 || m.List.Sections[1].Rows[0].ID != "choice-2" {
		t.Fatalf("%+v", m)
	}
	must(t, net.Tap("anna", numberA+"-anna", m.ID, "choice-2"))
	s.sendWhatsApp(object{"type": "location", "location": object{"latitude": 1.5, "longitude": 2.5, "name": "Studio"}})
	s.pass(time.Second)
	if _, m = s.shown(numberA); m.Place == nil || m.Place.Name != "Studio" || m.Text != "" {
		t.Errorf("%+v", m)
	}
	must(t, net.SendPhoto("anna", numberA+"-anna", phones.Photo{Type: "image/png", Content: []byte("x"), Caption: "mine"}))
	if _, m = s.shown(numberA); len(m.Media) != 1 || !m.Mine || m.Text != "mine" {
		t.Errorf("%+v", m)
	}

	s.say(pageA, "hi")
	link := s.picture(t)
	card := func(title string) object {
		return object{"title": title, "image_url": link, "buttons": []any{object{"type": "postback", "title": "Buy", "payload": "buy"}}}
	}
	s.sendPage(object{"message": object{"attachment": object{"type": "template", "payload": object{
		"template_type": "generic", "elements": []any{card("Pot"), card("Cup")},
	}}}})
	s.pass(time.Second)
	_, m = s.shown(pageA)
	if len(m.Cards) != 2 || m.Cards[0].Image == "" || m.Cards[1].Buttons[0].ID == m.Cards[0].Buttons[0].ID {
		t.Fatalf("%+v", m)
	}
	if kind, _, err := net.Media("anna", m.Cards[0].Image); err != nil || kind != "image/jpeg" {
		t.Errorf("the picture of a card: %s %v", kind, err)
	}
	for name, check := range map[string]func(phones.Message) bool{
		"req_receipt_template": func(m phones.Message) bool {
			return len(m.Lines) == 5 && m.Lines[4].Total && m.Lines[4].Amount == "56.14 USD"
		},
		"req_coupon_template": func(m phones.Message) bool { return m.Coupon != nil && m.Coupon.Code == "10PERCENT" },
		"req_button_template": func(m phones.Message) bool {
			return len(m.Buttons) == 2 && m.Buttons[0].Kind == phones.Open && m.Buttons[1].Kind == phones.Reply
		},
		"req_quick_replies": func(m phones.Message) bool { return len(m.Quick) == 3 && m.Quick[0].Title == "Red" },
	} {
		s.sendPage(object{"message": fixture(t, "messenger/"+name)["message"]})
		s.pass(time.Second)
		if _, m := s.shown(pageA); !check(m) {
			t.Errorf("%s is shown as %+v", name, m)
		}
	}
}

func TestANewMessengerThreadBeginsWithItsButton(t *testing.T) {
	s := newStage(t, graph.Profile{})
	net := s.Phones()
	s.call(http.MethodPost, "/me/messenger_profile", pgToken, object{"get_started": object{"payload": "START"}})
	opened, err := net.OpenLink("anna", phones.Link{App: phones.Messenger, To: "luckyshrub", Ref: "K7Q4MX"})
	must(t, err)
	if th, _ := s.shown(pageA); !th.New {
		t.Fatalf("%+v", th)
	}
	var refusal *phones.Refusal
	if err := net.SendText("anna", opened.Thread, "hi", ""); !errors.As(err, &refusal) {
		t.Errorf("a word before Get Started: %v", err)
	}
	must(t, net.GetStarted("anna", opened.Thread))
	s.pass(time.Second)
	if got := at(s.business.take(t)[0], "entry", 0, "messaging", 0, "postback", "referral", "ref"); got != "K7Q4MX" {
		t.Errorf("the ref is %v", got)
	}
	must(t, net.SendText("anna", opened.Thread, "hi", ""))
}

func TestAPhoneIsToldOfChanges(t *testing.T) {
	s := newStage(t, graph.Profile{})
	ctx, cancel := context.WithCancel(t.Context())
	events := s.Phones().Events(ctx)
	must(t, s.Phones().SetOnline("anna", false))
	if e := <-events; e != (phones.Event{Person: "anna"}) {
		t.Errorf("the first event is %+v", e)
	}
	_, err := s.Say("anna", numberA, graph.Inbound{Text: "hi"})
	must(t, err)
	if e := <-events; e.Thread != numberA+"-anna" {
		t.Errorf("the second event is %+v", e)
	}
	if _, m := s.shown(numberA); m.Status != phones.Waiting {
		t.Errorf("%+v", m)
	}
	cancel()
	for range events { // until it is closed
	}
	if err := s.Phones().SetOnline("nobody", true); !errors.Is(err, phones.ErrUnknown) {
		t.Errorf("nobody's phone: %v", err)
	}
}
