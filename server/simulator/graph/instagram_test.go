package graph_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func TestInstagramDiffers(t *testing.T) {
	s := newStage(t, graph.Profile{})
	send := func(said string) (int, object) {
		return s.call(http.MethodPost, "/v25.0/"+insta+"/messages", igToken,
			object{"recipient": object{"id": s.id(insta)}, "message": object{"text": said}})
	}
	own := s.say(insta, "hello")
	covers(t, s.business.take(t)[0], fixture(t, "instagram/in_text"))
	if _, answer := send(strings.Repeat("ä", 501)); at(answer, "error", "code") != 100.0 {
		t.Errorf("1,002 bytes: %v", answer)
	}
	if status, answer := send(strings.Repeat("ä", 500)); status != http.StatusOK {
		t.Errorf("1,000 bytes: %d %v", status, answer)
	}
	s.pass(time.Second)
	hooks := s.business.take(t)
	if len(hooks) != 1 {
		t.Errorf("%d webhooks: Instagram tells nothing of deliveries", len(hooks))
	}
	covers(t, hooks[0], fixture(t, "instagram/in_echo"))
	must(t, s.Look("anna", insta))
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "instagram/in_read"))
	for _, in := range []graph.Inbound{
		{Type: "reaction", Target: own, Emoji: "❤️"}, {Type: "edit", Target: own, Text: "edited"}, {Type: "revoke", Target: own},
	} {
		_, err := s.Say("anna", insta, in)
		must(t, err)
	}
	s.pass(time.Second)
	hooks = s.business.take(t)
	covers(t, hooks[0], fixture(t, "instagram/in_reaction"))
	covers(t, hooks[1], fixture(t, "instagram/in_message_edit"))
	if at(hooks[2], "entry", 0, "messaging", 0, "message", "is_deleted") != true {
		t.Errorf("taking back is %v", hooks[2])
	}
	_, err := s.Click("anna", "https://ig.me/m/luckyshrub.ig?ref=K7Q4MX")
	must(t, err)
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "instagram/in_referral_igme"))
	s.pass(25 * time.Hour)
	_, answer := send("late")
	covers(t, answer, fixture(t, "instagram/err_10_2534022_outside_window"))
	if at(answer, "error", "type") != "IGApiException" {
		t.Errorf("the type is %v", answer)
	}
}

func TestInstagramSpellsItsFieldsBothWays(t *testing.T) {
	s := newStage(t, graph.Profile{})
	own := s.say(insta, "hello")
	s.business.take(t)
	for _, field := range []string{"message_edit", "message_edits"} {
		s.call(http.MethodPost, "/"+insta+"/subscribed_apps?subscribed_fields="+field, igToken, nil)
		_, err := s.Say("anna", insta, graph.Inbound{Type: "edit", Target: own, Text: "edited"})
		must(t, err)
		s.pass(time.Second)
		if hooks := s.business.take(t); len(hooks) != 1 {
			t.Errorf("%s: %d webhooks", field, len(hooks))
		}
	}
}

func TestTheDashboardsTestIsSent(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.DashboardTest("1517776481860111"))
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	if at(hook, "entry", 0, "id") != "0" || at(hook, "entry", 0, "messaging", 0, "timestamp") != "1527459824" {
		t.Errorf("%v", hook)
	}
}

func TestAnInstagramAccountIsReachedThroughItsPage(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.AddInstagram(graph.Account{
		ID: "17841400000000002", Username: "linked", App: "1517776481860111", Token: pgToken, Page: pageA, Subscribe: true,
	}))
	id, err := s.ScopedID("anna", "17841400000000002")
	must(t, err)
	_, err = s.Say("anna", "17841400000000002", graph.Inbound{Text: "hi"})
	must(t, err)
	status, answer := s.call(http.MethodPost, "/"+pageA+"/messages", pgToken, object{
		"recipient": object{"id": id}, "messaging_type": "RESPONSE", "message": object{"text": "hello"},
	})
	if status != http.StatusOK || answer["recipient_id"] != id {
		t.Fatalf("%d %v", status, answer)
	}
	if messages, _ := s.Thread("anna", "17841400000000002"); len(messages) != 2 {
		t.Errorf("the thread has %d messages", len(messages))
	}
	_, page := s.call(http.MethodGet, "/"+pageA+"?fields=instagram_business_account", pgToken, nil)
	if at(page, "instagram_business_account", "id") != "17841400000000002" {
		t.Errorf("the Page is %v", page)
	}
}
