package graph_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// raw sends a text to Anna and returns what came back, be it what it may.
func (s *stage) raw(clientID string) (status int, header http.Header, answer string, err error) {
	s.t.Helper()
	body, err := json.Marshal(object{
		"messaging_product": "whatsapp", "to": "+16505551234", "type": "text", "text": object{"body": "hello"},
		"biz_opaque_callback_data": clientID,
	})
	must(s.t, err)
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.api.URL+"/v25.0/"+numberA+"/messages", bytes.NewReader(body))
	must(s.t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+waToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	all, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(all), err
}

func TestFaultsStrikeAsPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		fault    graph.Fault
		accepted bool
		check    func(status int, header http.Header, answer string, err error) bool
	}{
		"refused": {
			graph.Fault{Kind: graph.FaultError, Code: 131056},
			false,
			func(status int, _ http.Header, answer string, _ error) bool {
				return status == 400 && strings.Contains(answer, `"code":131056`)
			},
		},
		"a page of HTML": {
			graph.Fault{Kind: graph.FaultHTTP, Status: 502},
			false,
			func(status int, _ http.Header, answer string, _ error) bool {
				return status == 502 && strings.HasPrefix(answer, "<!DOCTYPE html>")
			},
		},
		"200 with an error": {
			graph.Fault{Kind: graph.FaultOKError, Code: 131000},
			false,
			func(status int, _ http.Header, answer string, _ error) bool {
				return status == 200 && strings.Contains(answer, `"error"`)
			},
		},
		"too many requests": {
			graph.Fault{Kind: graph.FaultRate, RetryAfter: 7},
			false,
			func(status int, header http.Header, _ string, _ error) bool {
				return status == 429 && header.Get("Retry-After") == "7"
			},
		},
		"a reset": {
			graph.Fault{Kind: graph.FaultReset},
			false,
			func(_ int, _ http.Header, _ string, err error) bool { return err != nil },
		},
		"accepted and dropped": {
			graph.Fault{Kind: graph.FaultDrop},
			true,
			func(_ int, _ http.Header, _ string, err error) bool { return err != nil },
		},
		"half an answer": {
			graph.Fault{Kind: graph.FaultTruncated},
			true,
			func(status int, _ http.Header, answer string, _ error) bool {
				return status == 200 && !json.Valid([]byte(answer)) && answer != ""
			},
		},
		"failing later": {
			graph.Fault{Kind: graph.FaultAsync, Code: 131026},
			true,
			func(status int, _ http.Header, _ string, _ error) bool { return status == 200 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, graph.Profile{})
			s.say(numberA, "hi")
			s.business.take(t)
			c.fault.Next, c.fault.Person = 1, "anna"
			s.AddFault(c.fault)
			status, header, answer, err := s.raw("d1.0")
			if !c.check(status, header, answer, err) {
				t.Errorf("%d %v %q %v", status, header, answer, err)
			}
			s.pass(time.Second)
			messages, _ := s.Thread("anna", numberA)
			if got := len(messages) == 2; got != c.accepted {
				t.Errorf("accepted: %v, want %v", got, c.accepted)
			}
			if status, _, answer, err := s.raw("d2.0"); status != http.StatusOK {
				t.Errorf("the fault strikes twice: %d %s %v", status, answer, err)
			}
		})
	}
}

func TestAWebhookCanComeBeforeTheAnswer(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	s.say(pageA, "hi")
	s.business.take(t)
	s.AddFault(graph.Fault{Kind: graph.FaultLate})
	s.sendWhatsApp(words("hello"))
	if got := strings.Join(statuses(s.business.take(t)), " "); got != "sent" {
		t.Errorf("with the answer there is %q", got)
	}
	s.sendPage(says("hello"))
	if hooks := s.business.take(t); len(hooks) != 1 || at(hooks[0], "entry", 0, "messaging", 0, "message", "is_echo") != true {
		t.Errorf("with the answer there is %v", hooks)
	}
}

func TestFaultsChooseTheirCalls(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	id := s.AddFault(graph.Fault{Kind: graph.FaultError, Code: 131016, Text: "poison"})
	if status, _ := s.sendWhatsApp(words("food")); status != http.StatusOK {
		t.Errorf("another text: %d", status)
	}
	for range 2 {
		if status, _ := s.sendWhatsApp(words("poisoned")); status != http.StatusInternalServerError {
			t.Errorf("the text: %d", status)
		}
	}
	s.RemoveFault(id)
	if status, _ := s.sendWhatsApp(words("poisoned")); status != http.StatusOK {
		t.Errorf("when it is over: %d", status)
	}
	s.AddFault(graph.Fault{Kind: graph.FaultError, Code: 2, Path: "subscribed_apps", Next: 1})
	if status, _ := s.call(http.MethodGet, "/"+wabaA+"/subscribed_apps", waToken, nil); status != http.StatusServiceUnavailable {
		t.Errorf("by path: %d", status)
	}
	s.AddFault(graph.Fault{Kind: graph.FaultError, Code: 131016, Percent: 50})
	failed := 0
	for range 40 {
		if status, _ := s.sendWhatsApp(object{"to": "+4917000" + digitsOf(failed), "type": "text", "text": object{"body": "x"}}); status != http.StatusOK {
			failed++
		}
	}
	if failed < 8 || failed > 32 {
		t.Errorf("%d of 40 failed, want half", failed)
	}
}

func TestInvariantsSeePlantedBreaches(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	rules := func() string {
		var all []string
		for _, b := range s.Invariants().Breaches {
			all = append(all, b.Rule)
		}
		return strings.Join(all, " ")
	}
	send := func(clientID string) {
		if status, _, answer, err := s.raw(clientID); status != http.StatusOK || err != nil {
			t.Fatalf("%d %s %v", status, answer, err)
		}
	}
	send("d1.0")
	s.AddFault(graph.Fault{Kind: graph.FaultDrop, Next: 1})
	if _, _, _, err := s.raw("d2.0"); err == nil {
		t.Fatal("the answer was not dropped")
	}
	send("d2.0")
	r := s.Invariants()
	if len(r.Breaches) != 0 || len(r.Doubts) != 1 || r.Doubts[0] != (graph.Doubt{ClientID: "d2.0", Accepted: 2}) || r.Accepted != 3 {
		t.Fatalf("a second try after a lost answer: %+v", r)
	}
	send("d2.0")
	if got := rules(); got != graph.RuleOnce {
		t.Errorf("a third try: %q", got)
	}
	send("d3.0")
	send("d3.0")
	if got := rules(); got != "once once" {
		t.Errorf("a second try after an answer: %q", got)
	}
	send("")
	if got := rules(); got != "client once once" {
		t.Errorf("a message without a name: %q", got)
	}
	s.say(numberA, " Stop. ")
	send("d4.0")
	if got := rules(); got != "client opt_out once once" {
		t.Errorf("after STOP: %q", got)
	}
	s.say(numberA, "I am back")
	send("d5.0")
	s.pass(25 * time.Hour)
	send("d6.0")
	if got := rules(); got != "client opt_out window once once" {
		t.Errorf("outside of the window: %q", got)
	}
	_, err := s.AddTemplate(wabaA, graph.Template{
		Name: "news", Language: "en", Category: "MARKETING", Components: []object{{"type": "BODY", "text": "News"}},
	})
	must(t, err)
	must(t, s.Promotions("anna", numberA, false))
	news := template("news", "en")
	news["biz_opaque_callback_data"] = "d7.0"
	s.sendWhatsApp(news)
	if got := rules(); got != "client opt_out window opt_out once once" {
		t.Errorf("marketing to who wants none: %q", got)
	}
}

func TestAClientThatDiedMayTryOnceMore(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	for _, wait := range []time.Duration{0, time.Minute} {
		id := "d" + wait.String()
		_, _, _, err := s.raw(id)
		must(t, err)
		s.pass(wait)
		s.ClientDied(2 * time.Second)
		_, _, _, err = s.raw(id)
		must(t, err)
	}
	r := s.Invariants()
	if len(r.Doubts) != 1 || r.Doubts[0].ClientID != "d0s" || len(r.Breaches) != 1 || r.Breaches[0].Rule != graph.RuleOnce {
		t.Errorf("%+v", r)
	}
}

func TestAForgeryThatIsBelievedIsABreach(t *testing.T) {
	s := newStage(t, graph.Profile{BadSignature: 1})
	s.say(numberA, "hi")
	if got := s.Invariants().Breaches; len(got) != 1 || got[0].Rule != graph.RuleForgery {
		t.Errorf("the breaches are %v", got)
	}
}

func TestOutcomesTellWhatTheServerWasTold(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	must(t, s.Look("anna", numberA))
	_, _, _, err := s.raw("d1.0")
	must(t, err)
	s.pass(time.Minute)
	s.business.status = func(int) int { return http.StatusServiceUnavailable }
	_, _, _, err = s.raw("d2.0")
	must(t, err)
	s.pass(time.Second)
	got := s.Outcomes()
	if len(got) != 2 || got[0].Told != "read" || got[1].Told != "" || got[1].Status != "read" {
		t.Errorf("%+v", got)
	}
}

func TestTokensReachWhatTheyAreFor(t *testing.T) {
	s := newStage(t, graph.Profile{})
	s.say(numberA, "hi")
	for name, c := range map[string]struct {
		path, token string
		http        int
		code        float64
	}{
		"none":              {"/v25.0/" + numberA, "", 401, 2500},
		"an invented one":   {"/v25.0/" + numberA, "EAAx", 401, 190},
		"a Page's":          {"/v25.0/" + numberA, pgToken, 400, 100},
		"a dead version":    {"/v20.0/" + numberA, waToken, 400, 2635},
		"an unknown path":   {"/v25.0/" + numberA + "/gossip", waToken, 400, 100},
		"an unknown object": {"/v25.0/12345", waToken, 400, 100},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := s.call(http.MethodGet, c.path, c.token, nil)
			if status != c.http || at(answer, "error", "code") != c.code || at(answer, "error", "fbtrace_id") == nil {
				t.Errorf("%d %v", status, answer)
			}
		})
	}
	status, answer := s.call(http.MethodGet, "/v25.0/"+numberA+"?fields=display_phone_number,whatsapp_business_manager_messaging_limit", waToken, nil)
	if status != 200 || answer["display_phone_number"] != "+15550783881" || answer["whatsapp_business_manager_messaging_limit"] != "TIER_2K" || len(answer) != 3 {
		t.Errorf("%d %v", status, answer)
	}
	_, answer = s.call(http.MethodGet, "/debug_token?input_token="+waToken, waToken, nil)
	if at(answer, "data", "is_valid") != true {
		t.Errorf("%v", answer)
	}
	_, answer = s.call(http.MethodGet, "/me/accounts", waToken, nil)
	if at(answer, "data", 0, "access_token") != pgToken {
		t.Errorf("%v", answer)
	}
	must(t, s.ReplaceToken(numberA, "EAAnew"))
	if old, _ := s.sendWhatsApp(words("x")); old != http.StatusUnauthorized {
		t.Errorf("the old token: %d", old)
	}
	must(t, s.Restrict(numberA, 131031))
	status, answer = s.call(http.MethodPost, "/"+numberA+"/messages", "EAAnew",
		object{"messaging_product": "whatsapp", "to": "+16505551234", "type": "text", "text": object{"body": "x"}})
	if status != http.StatusForbidden || at(answer, "error", "code") != 131031.0 {
		t.Errorf("a locked number: %d %v", status, answer)
	}
}

func TestAnAppMayWantProofs(t *testing.T) {
	s := newStage(t, graph.Profile{})
	must(t, s.AddApp(t.Context(), graph.App{ID: "2", Secret: "other", RequireProof: true}))
	must(t, s.AddPage(graph.Page{ID: "99", Name: "Strict", App: "2", Token: "EAAstrict"}))
	for proof, want := range map[string]int{"": 400, "wrong": 400, graph.Proof("other", "EAAstrict"): 200} {
		if status, answer := s.call(http.MethodGet, "/99?appsecret_proof="+proof, "EAAstrict", nil); status != want {
			t.Errorf("proof %q: %d %v", proof, status, answer)
		}
	}
}

func TestManagementCallsAreCounted(t *testing.T) {
	s := newStage(t, graph.Profile{})
	for i := range 201 {
		status, answer := s.call(http.MethodGet, "/"+wabaA+"/phone_numbers", waToken, nil)
		if i < 200 && status != http.StatusOK {
			t.Fatalf("call %d: %d", i, status)
		}
		if i == 200 {
			covers(t, answer, fixture(t, "whatsapp/err_80007_waba_rate"))
		}
	}
}
