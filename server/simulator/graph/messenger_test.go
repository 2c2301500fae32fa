package graph_test

import (
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func (s *stage) id(line string) string {
	s.t.Helper()
	id, err := s.ScopedID("anna", line)
	must(s.t, err)
	return id
}

// sendPage sends to Anna from the Page; body replaces and adds keys.
func (s *stage) sendPage(body object) (int, object) {
	s.t.Helper()
	whole := object{"recipient": object{"id": s.id(pageA)}, "messaging_type": "RESPONSE"}
	maps.Copy(whole, body)
	return s.call(http.MethodPost, "/v25.0/me/messages", pgToken, whole)
}

func says(said string) object { return object{"message": object{"text": said}} }

func TestDocumentedMessengerBodiesAreAccepted(t *testing.T) {
	s := newStage(t, graph.Profile{})
	inbound := s.say(pageA, "hi")
	s.business.take(t)
	_, err := s.AddTemplate(pageA, graph.Template{
		Name: "order_confirmation", Language: "en_US", Category: "UTILITY", Components: []object{{"type": "BODY", "text": "Order {{1}}"}},
	})
	must(t, err)
	entries, err := os.ReadDir("testdata/messenger")
	must(t, err)
	for _, e := range entries {
		name, isRequest := strings.CutSuffix(e.Name(), ".json")
		if !isRequest || !strings.HasPrefix(name, "req_") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			body := fixture(t, "messenger/"+name, "<PSID>", s.id(pageA), "<UNIQUE_REF_PARAM>", s.id(pageA), "<MID>", inbound,
				"https://shop.example/i.jpg", s.picture(t), "<ATTACHMENT_ID>", "1")
			status, answer := s.call(http.MethodPost, "/v25.0/"+pageA+"/messages", pgToken, body)
			want := "messenger/resp_send"
			switch name {
			case "req_private_reply": // nobody has commented
				if status != http.StatusBadRequest {
					t.Errorf("%d %v", status, answer)
				}
				return
			case "req_user_ref":
				want = "messenger/resp_user_ref"
			case "req_typing_on", "req_mark_seen", "req_react":
				want = "messenger/resp_sender_action"
			}
			if status != http.StatusOK {
				t.Fatalf("%d %v", status, answer)
			}
			covers(t, answer, fixture(t, want))
		})
	}
}

// picture serves a JPEG and returns its address.
func (s *stage) picture(t *testing.T) string {
	t.Helper()
	id, err := s.Say("anna", pageA, graph.Inbound{Type: "image", Media: []byte("\xff\xd8\xff"), MIME: "image/jpeg"})
	must(t, err)
	messages, err := s.Thread("anna", pageA)
	must(t, err)
	for _, m := range messages {
		if m.ID == id {
			return at(toJSON(t, m.Content), "attachments", 0, "payload", "url").(string)
		}
	}
	t.Fatal("the picture is gone")
	return ""
}

func TestMessengerRefusesWhatMetaRefuses(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(pageA, "hi")
	long := strings.Repeat("ä", 2001)
	quick := func(n int, kind, title, payload string) object {
		var all []any
		for range n {
			all = append(all, object{"content_type": kind, "title": title, "payload": payload})
		}
		return object{"message": object{"text": "?", "quick_replies": all}}
	}
	attach := func(kind string, payload object) object {
		return object{"message": object{"attachment": object{"type": kind, "payload": payload}}}
	}
	for name, c := range map[string]struct {
		body      object
		code, sub float64
	}{
		"nobody":                  {object{"recipient": nil}, 100, 0},
		"somebody else's id":      {object{"recipient": object{"id": "1008372609250235"}, "message": object{"text": "x"}}, 100, 2018001},
		"nothing":                 {object{}, 100, 0},
		"an empty message":        {object{"message": object{}}, 100, 2018034},
		"a long text":             {says(long), 100, 0},
		"no purpose":              {object{"messaging_type": nil, "message": object{"text": "x"}}, 100, 0},
		"a dead tag":              {object{"messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE", "message": object{"text": "x"}}, 100, 0},
		"a tag without its type":  {object{"tag": "HUMAN_AGENT", "message": object{"text": "x"}}, 100, 0},
		"long metadata":           {object{"message": object{"text": "x", "metadata": long}}, 100, 0},
		"text and action":         {object{"sender_action": "typing_on", "message": object{"text": "x"}}, 100, 0},
		"an unknown action":       {object{"sender_action": "wave"}, 100, 0},
		"fourteen quick replies":  {quick(14, "text", "a", "b"), 100, 0},
		"a long quick reply":      {quick(1, "text", strings.Repeat("x", 21), "b"), 100, 0},
		"a strange quick reply":   {quick(1, "location", "", ""), 100, 0},
		"a file of no kind":       {attach("hologram", object{"url": "https://x.example"}), 100, 0},
		"a file of no address":    {attach("image", object{"url": "x"}), 100, 0},
		"a file that is not had":  {attach("image", object{"url": s.media.URL + "/none"}), 100, 2018008},
		"an unknown file":         {attach("image", object{"attachment_id": "1"}), 100, 2018074},
		"text and file":           {object{"message": object{"text": "x", "attachment": object{"type": "image"}}}, 100, 0},
		"an unknown template":     {attach("template", object{"template_type": "carousel"}), 100, 0},
		"no buttons":              {attach("template", object{"template_type": "button", "text": "x"}), 100, 0},
		"a long button":           {attach("template", object{"template_type": "button", "text": "x", "buttons": []any{object{"type": "postback", "title": strings.Repeat("x", 21), "payload": "p"}}}), 100, 0},
		"a card of a title":       {attach("template", object{"template_type": "generic", "elements": []any{object{"title": "x"}}}), 100, 0},
		"two media":               {attach("template", object{"template_type": "media", "elements": []any{object{}, object{}}}), 100, 0},
		"a receipt without sum":   {attach("template", object{"template_type": "receipt", "recipient_name": "x", "order_number": "1", "currency": "EUR", "payment_method": "x"}), 100, 0},
		"a coupon of nothing":     {attach("template", object{"template_type": "coupon", "title": "x"}), 100, 0},
		"a template not approved": {object{"messaging_type": "UTILITY", "message": object{"template": object{"name": "x", "language": object{"code": "en"}}}}, 100, 0},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := s.sendPage(c.body)
			sub, _ := at(answer, "error", "error_subcode").(float64)
			if at(answer, "error", "code") != c.code || sub != c.sub || status != http.StatusBadRequest {
				t.Errorf("%d %v, want code %v, subcode %v", status, answer, c.code, c.sub)
			}
		})
	}
	if r := s.Invariants(); r.Accepted != 0 {
		t.Errorf("%d messages were accepted", r.Accepted)
	}
}

func TestMessengersWindows(t *testing.T) {
	s := newStage(t, graph.Profile{})
	human := object{"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": object{"text": "An agent replied"}}
	s.say(pageA, "hi")
	for _, step := range []struct {
		wait        time.Duration
		body        object
		wantCode    any
		wantSubcode any
	}{
		{time.Hour, says("answer"), nil, nil},
		{24 * time.Hour, says("late answer"), 10.0, 2018278.0},
		{0, human, nil, nil},
		{6 * 24 * time.Hour, human, 10.0, 2018278.0},
	} {
		s.pass(step.wait)
		_, answer := s.sendPage(step.body)
		if at(answer, "error", "code") != step.wantCode || at(answer, "error", "error_subcode") != step.wantSubcode {
			t.Errorf("%v: %v, want %v/%v", step.body, answer, step.wantCode, step.wantSubcode)
		}
	}
	_, refused := s.sendPage(says("x"))
	covers(t, refused, fixture(t, "messenger/err_10_2018278_outside_window"))
	must(t, s.Block("anna", pageA, true))
	_, refused = s.sendPage(says("x"))
	covers(t, refused, fixture(t, "messenger/err_551_not_available"))
}

func TestAMessengerConversationGoesBothWays(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(pageA, "hello, world!")
	covers(t, s.business.take(t)[0], fixture(t, "messenger/in_text"))
	_, answer := s.sendPage(object{"message": object{"text": "Which colour?", "metadata": "d1.0", "quick_replies": []any{
		object{"content_type": "text", "title": "Red", "payload": "red"},
	}}})
	mid := answer["message_id"].(string)
	s.pass(time.Second)
	hooks := s.business.take(t)
	covers(t, hooks[0], fixture(t, "messenger/in_echo_page_inbox_app_id"))
	echo := at(hooks[0], "entry", 0, "messaging", 0)
	if at(echo, "message", "metadata") != "d1.0" || at(echo, "message", "mid") != mid || at(echo, "recipient", "id") != s.id(pageA) {
		t.Errorf("the echo is %v", echo)
	}
	if at(echo, "message", "app_id") != 1517776481860111.0 {
		t.Errorf("the echo's app is %v", at(echo, "message", "app_id"))
	}
	if got := at(hooks[1], "entry", 0, "messaging", 0, "delivery", "mids", 0); got != mid {
		t.Errorf("delivered is %v", hooks[1])
	}
	must(t, s.Look("anna", pageA))
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "messenger/in_read"))
	_, _, err := s.Tap("anna", mid, "red")
	must(t, err)
	_, err = s.Say("anna", pageA, graph.Inbound{Type: "reaction", Target: mid, Emoji: "❤️"})
	must(t, err)
	_, err = s.Say("anna", pageA, graph.Inbound{Type: "reaction", Target: mid})
	must(t, err)
	s.pass(time.Second)
	hooks = s.business.take(t)
	covers(t, hooks[0], fixture(t, "messenger/in_quick_reply"))
	covers(t, hooks[1], fixture(t, "messenger/in_reaction"))
	covers(t, hooks[2], fixture(t, "messenger/in_unreact"))
	_, err = s.Echo(pageA, "anna", graph.Echo{Text: "typed by the merchant in the inbox"})
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "messenger/in_echo_page_inbox_no_app_id"))
	if at(hook, "entry", 0, "messaging", 0, "message", "app_id") != nil {
		t.Error("an echo without an app names one")
	}
}

func TestTheRefOfALinkComesByTheWayThatMetaTakes(t *testing.T) {
	s := newStage(t, graph.Profile{})
	link := "https://m.me/luckyshrub?ref=K7Q4MX&text=Hi"
	draft, err := s.Click("anna", link)
	must(t, err)
	if draft.Start || draft.Line != pageA {
		t.Fatalf("without a Get Started button the draft is %+v", draft)
	}
	if status, answer := s.call(http.MethodPost, "/me/messenger_profile", pgToken, object{"get_started": object{"payload": "START"}}); status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	draft, err = s.Click("anna", link)
	must(t, err)
	s.pass(time.Second)
	if !draft.Start || len(s.business.take(t)) != 0 {
		t.Fatalf("with the button the draft is %+v", draft)
	}
	_, err = s.Start("anna", pageA)
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "messenger/in_postback_get_started_with_ref"))
	if got := at(hook, "entry", 0, "messaging", 0, "postback", "referral", "ref"); got != "K7Q4MX" {
		t.Errorf("the ref is %v", got)
	}
	if status, answer := s.sendPage(says("welcome")); status != http.StatusOK {
		t.Errorf("after Get Started: %d %v", status, answer)
	}
	s.pass(time.Second)
	s.business.take(t)
	_, err = s.Click("anna", link)
	must(t, err)
	s.pass(time.Second)
	if got := at(s.business.take(t)[0], "entry", 0, "messaging", 0, "referral", "ref"); got != "K7Q4MX" {
		t.Errorf("in a thread that exists the ref is %v", got)
	}
}

func TestAnotherAppsThreadIsNotOurs(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(pageA, "hi")
	must(t, s.GiveThread("anna", pageA, "inbox"))
	s.pass(time.Second)
	s.business.take(t)
	s.say(pageA, "is anybody there?")
	covers(t, s.business.take(t)[0], fixture(t, "messenger/in_standby_text"))
	_, answer := s.sendPage(says("yes"))
	if at(answer, "error", "code") != 10.0 {
		t.Errorf("an app that is not the owner wrote: %v", answer)
	}
	status, _ := s.call(http.MethodPost, "/"+pageA+"/take_thread_control", pgToken, object{"recipient": object{"id": s.id(pageA)}})
	_, owner := s.call(http.MethodGet, "/"+pageA+"/thread_owner?recipient="+s.id(pageA), pgToken, nil)
	if got := at(owner, "data", 0, "thread_owner", "app_id"); status != http.StatusOK || got != "1517776481860111" {
		t.Errorf("taken: %d, the owner is %v", status, got)
	}
	if status, answer := s.sendPage(says("yes")); status != http.StatusOK {
		t.Errorf("the owner: %d %v", status, answer)
	}
}

func TestACheckboxTellsNotWhoItWas(t *testing.T) {
	s := newStage(t, graph.Profile{})
	_, err := s.Say("anna", pageA, graph.Inbound{Type: "optin", Text: "K7Q4MX"})
	must(t, err)
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	covers(t, hook, fixture(t, "messenger/in_optin_checkbox_user_ref"))
	if at(hook, "entry", 0, "messaging", 0, "sender") != nil {
		t.Errorf("who it was is told: %v", hook)
	}
	ref := at(hook, "entry", 0, "messaging", 0, "optin", "user_ref")
	status, answer := s.sendPage(object{"recipient": object{"user_ref": ref}, "message": object{"text": "hello"}})
	s.pass(time.Second)
	if status != http.StatusOK || answer["recipient_id"] != nil || len(s.business.take(t)) != 0 {
		t.Errorf("%d %v", status, answer)
	}
}

func TestProfilesAreOfThoseWhoWrote(t *testing.T) {
	s := newStage(t, graph.Profile{})
	path := "/v25.0/" + s.id(pageA) + "?fields=first_name,last_name"
	if _, answer := s.call(http.MethodGet, path, pgToken, nil); at(answer, "error", "error_subcode") != 2018218.0 {
		t.Errorf("before a word: %v", answer)
	}
	s.say(pageA, "hi")
	if _, answer := s.call(http.MethodGet, path, pgToken, nil); answer["first_name"] != "Anna" || answer["last_name"] != "Öberg" {
		t.Errorf("afterwards: %v", answer)
	}
	if _, answer := s.call(http.MethodGet, path, waToken, nil); at(answer, "error", "code") != 100.0 {
		t.Errorf("to a number: %v", answer)
	}
}
