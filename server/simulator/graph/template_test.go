package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func TestATemplateIsWrittenReviewedAndSent(t *testing.T) {
	s := newStage(t, graph.Profile{})
	templates := "/v25.0/" + wabaA + "/message_templates"
	status, made := s.call(http.MethodPost, templates, waToken, fixture(t, "whatsapp/req_doc_template_create_named"))
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, made)
	}
	covers(t, made, fixture(t, "whatsapp/resp_template_create"))
	use := template("order_update", "en_US", body("first_name", "Jessica", "order_number", "SKBUP2-4CPIG9"))
	if _, answer := s.sendWhatsApp(use); at(answer, "error", "code") != 132001.0 {
		t.Errorf("before the review: %v", answer)
	}
	must(t, s.Review(wabaA, "order_update", "en_US", "APPROVED", ""))
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	value := at(hook, "entry", 0, "changes", 0, "value")
	if at(value, "event") != "APPROVED" || fmt.Sprintf("%.0f", at(value, "message_template_id")) != made["id"] {
		t.Errorf("the review is told as %v", hook)
	}
	status, answer := s.sendWhatsApp(use)
	if status != http.StatusOK || at(answer, "messages", 0, "message_status") != "accepted" {
		t.Fatalf("%d %v", status, answer)
	}
	s.pass(time.Second)
	messages, err := s.Thread("anna", numberA)
	must(t, err)
	if got := messages[0]; got.Text != "Hi Jessica, your order SKBUP2-4CPIG9 has shipped." || !got.Seen || got.Category != "UTILITY" {
		t.Errorf("Anna reads %+v", got)
	}
	s.business.take(t)
	_, _, err = s.Tap("anna", messages[0].ID, "Stop promotions")
	must(t, err)
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "whatsapp/in_button"))
	for event, code := range map[string]float64{"PAUSED": 132015, "DISABLED": 132016, "REJECTED": 132001} {
		must(t, s.Review(wabaA, "order_update", "", event, ""))
		s.pass(time.Second)
		s.business.take(t)
		if _, answer := s.sendWhatsApp(use); at(answer, "error", "code") != code {
			t.Errorf("%s: %v", event, answer)
		}
	}
	must(t, s.Review(wabaA, "order_update", "", "PAUSED", "NONE"))
	s.pass(time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "whatsapp/in_template_paused"))
	must(t, s.Review(wabaA, "order_update", "", "MARKETING", ""))
	s.pass(time.Second)
	if got := at(s.business.take(t)[0], "entry", 0, "changes", 0, "value", "new_category"); got != "MARKETING" {
		t.Errorf("the new category is %v", got)
	}
}

func TestTemplatesAreListedInPagesEditedAndDeleted(t *testing.T) {
	s := newStage(t, graph.Profile{})
	for i := range 5 {
		_, err := s.AddTemplate(wabaA, graph.Template{
			Name: fmt.Sprintf("t%d", i), Language: "en", Category: "UTILITY", Components: []object{{"type": "BODY", "text": "Hello"}},
		})
		must(t, err)
	}
	var names []string
	path := "/v25.0/" + wabaA + "/message_templates?limit=2&fields=name,status"
	for path != "" {
		_, page := s.call(http.MethodGet, path, waToken, nil)
		for _, n := range list(page, "data") {
			names = append(names, at(n, "name").(string))
		}
		next, _ := at(page, "paging", "next").(string)
		path = strings.TrimPrefix(next, s.api.URL)
		if strings.Contains(next, waToken) {
			t.Error("the token is in the address of the next page")
		}
	}
	if got := strings.Join(names, " "); got != "t0 t1 t2 t3 t4" {
		t.Errorf("the names are %q", got)
	}
	_, all := s.call(http.MethodGet, "/"+wabaA+"/message_templates?name=t1", waToken, nil)
	id := at(all, "data", 0, "id").(string)
	edit := object{"components": []any{object{"type": "BODY", "text": "Good day"}}}
	if status, answer := s.call(http.MethodPost, "/"+id, waToken, edit); status != http.StatusOK {
		t.Errorf("editing: %d %v", status, answer)
	}
	must(t, s.Review(wabaA, "t1", "en", "APPROVED", ""))
	if status, _ := s.call(http.MethodPost, "/"+id, waToken, edit); status != http.StatusBadRequest {
		t.Errorf("editing twice a day: %d", status)
	}
	if status, _ := s.call(http.MethodDelete, "/"+wabaA+"/message_templates?name=t1", waToken, nil); status != http.StatusOK {
		t.Errorf("deleting: %d", status)
	}
	if status, _ := s.call(http.MethodGet, "/"+id, waToken, nil); status == http.StatusOK {
		t.Error("it is there after it was deleted")
	}
}

func TestTemplatesAreChecked(t *testing.T) {
	s := newStage(t, graph.Profile{})
	said := func(text string) []any { return []any{object{"type": "body", "text": text}} }
	good := object{"name": "x", "language": "en", "category": "utility", "components": said("Hello")}
	if status, answer := s.call(http.MethodPost, "/"+wabaA+"/message_templates", waToken, good); status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	for name, c := range map[string]struct {
		key string
		to  any
		sub any
	}{
		"again":             {"name", "x", 2388024.0},
		"a name in capital": {"name", "X", nil},
		"no language":       {"language", "", nil},
		"no category":       {"category", "fun", nil},
		"no body":           {"components", []any{}, nil},
		"a long body":       {"components", said(strings.Repeat("x", 1025)), nil},
		"no examples":       {"components", said("Hello {{1}}"), 2388043.0},
		"eleven buttons": {"components", append(said("Hello"), object{
			"type": "BUTTONS", "buttons": []any{
				object{"type": "QUICK_REPLY"}, object{}, object{}, object{}, object{}, object{}, object{}, object{}, object{}, object{}, object{},
			},
		}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			bad := object{"name": "y", "language": "en", "category": "utility", "components": said("Hello")}
			bad[c.key] = c.to
			status, answer := s.call(http.MethodPost, "/"+wabaA+"/message_templates", waToken, bad)
			if status != http.StatusBadRequest || at(answer, "error", "code") != 100.0 || at(answer, "error", "error_subcode") != c.sub {
				t.Errorf("%d %v", status, answer)
			}
		})
	}
}

func TestAPagesTemplateIsApprovedWithinSeconds(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.call(http.MethodPost, "/"+pageA+"/message_templates", pgToken, object{
		"name": "order_confirmation", "language": "en_US", "category": "UTILITY",
		"components": []any{object{"type": "BODY", "text": "Order {{1}}", "example": object{"body_text": []any{[]any{"1"}}}}},
	})
	s.pass(5 * time.Second)
	covers(t, s.business.take(t)[0], fixture(t, "messenger/in_utility_template_status"))
	status, answer := s.sendPage(fixture(t, "messenger/req_utility_template", "<PSID>", s.id(pageA)))
	if status != http.StatusOK {
		t.Errorf("long outside of the window: %d %v", status, answer)
	}
}

func TestAccountsAreToldOfThemselves(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.AccountEvent(wabaA, "account_update", object{"event": "ACCOUNT_RESTRICTION"}))
	s.pass(time.Second)
	hook := s.business.take(t)[0]
	if at(hook, "entry", 0, "id") != wabaA || at(hook, "entry", 0, "changes", 0, "field") != "account_update" {
		t.Errorf("%v", hook)
	}
}
