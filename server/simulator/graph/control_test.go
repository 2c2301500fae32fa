package graph_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// control calls the control API as the machine itself does.
func (s *stage) control(method, path string, body any) (int, any) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	must(s.t, err)
	r := httptest.NewRequestWithContext(s.t.Context(), method, "http://localhost"+path, bytes.NewReader(raw))
	r.RemoteAddr = "127.0.0.1:5555"
	rw := httptest.NewRecorder()
	s.Control().ServeHTTP(rw, r)
	var out any
	must(s.t, json.Unmarshal(rw.Body.Bytes(), &out))
	return rw.Code, out
}

func TestAWorldIsSetUpAndPlayedByItsControl(t *testing.T) {
	s := newStage(t, graph.Profile{})
	do := func(method, path string, body any) any {
		t.Helper()
		status, out := s.control(method, path, body)
		if status != http.StatusOK {
			t.Fatalf("%s %s: %d %v", method, path, status, out)
		}
		return out
	}
	do("POST", "/sim/app", object{"id": "2", "secret": "x", "callback": object{"url": s.business.URL, "verify_token": "verify"}})
	do("POST", "/sim/app/2/callback", object{"object": "page", "url": s.business.URL + "/page", "verify_token": "verify"})
	do("POST", "/sim/app/2/secret", object{"secret": "y"})
	do("POST", "/sim/number", object{"id": "20", "account": "21", "display": "4930123456", "app": "2", "token": "T2", "subscribe": true, "coexistence": true})
	do("POST", "/sim/page", object{"id": "30", "name": "Shop", "username": "shop", "app": "2", "token": "T3", "subscribe": true})
	do("POST", "/sim/instagram", object{"id": "40", "username": "shop.ig", "app": "2", "token": "T4", "subscribe": true})
	do("POST", "/sim/template/21", object{"name": "n", "language": "de", "category": "UTILITY", "components": []any{object{"type": "BODY", "text": "x"}}})
	do("POST", "/sim/review/21", object{"name": "n", "event": "PAUSED"})
	do("POST", "/sim/user", object{"id": "tom", "name": "Tom Weber", "phone": "+49 170 0000002"})
	if people := do("GET", "/sim/user", nil).([]any); len(people) != 2 || at(people[1], "phone") != "491700000002" {
		t.Errorf("the people are %v", people)
	}
	clicked := do("POST", "/sim/user/tom/click", object{"link": "https://wa.me/4930123456?text=Hallo", "then": "edit", "text": "Hallo!"})
	if at(clicked, "text") != "Hallo" || at(clicked, "sent") == nil {
		t.Errorf("the click gave %v", clicked)
	}
	if clicked := do("POST", "/sim/user/tom/click", object{"link": "https://wa.me/4930123456?text=Hallo", "then": "never"}); at(clicked, "sent") != nil {
		t.Errorf("the click that is never sent gave %v", clicked)
	}
	said := do("POST", "/sim/user/tom/send", object{"line": "20", "type": "image", "text": "Look", "media": []byte("\xff\xd8"), "mime": "image/jpeg"})
	do("POST", "/sim/user/tom/send", object{"line": "20", "type": "reaction", "target": at(said, "id"), "emoji": "👍"})
	do("POST", "/sim/merchant/20/echo", object{"person": "tom", "text": "by hand"})
	do("POST", "/sim/user/tom/send", object{"line": "30", "text": "hi"})
	do("POST", "/sim/merchant/30/owner", object{"person": "tom", "app": "inbox"})
	do("POST", "/sim/advance", object{"seconds": 10})
	thread := do("GET", "/sim/user/tom/thread/20", nil)
	if n := len(list(thread, "messages")); n != 3 {
		t.Errorf("the thread has %d messages", n)
	}
	do("POST", "/sim/user/tom/read", object{"line": "20", "open": true})
	do("POST", "/sim/user/tom/away", object{"away": true})
	do("POST", "/sim/user/tom/away", object{"away": false})
	do("POST", "/sim/user/tom/receipts", object{"on": false})
	do("POST", "/sim/user/tom/username", object{"username": "tom.w"})
	do("POST", "/sim/user/tom/promotions", object{"line": "20", "wanted": false})
	if changed := do("POST", "/sim/user/tom/phone", object{"phone": "49170999"}); at(changed, "user_id") == nil {
		t.Errorf("the new number gave %v", changed)
	}
	do("POST", "/sim/user/tom/block", object{"line": "20", "blocked": true})
	fault := do("POST", "/sim/fault", object{"kind": "error", "code": 131016})
	do("DELETE", "/sim/fault/"+at(fault, "id").(string), nil)
	do("POST", "/sim/merchant/20/restrict", object{"code": 131048})
	do("POST", "/sim/merchant/20/token", object{"token": "T5"})
	do("POST", "/sim/token", object{"token": "T5"})
	do("POST", "/sim/account/21/event", object{"field": "account_update", "value": object{"event": "ACCOUNT_DELETED"}})
	if p := do("POST", "/sim/profile", object{"name": "nasty", "duplicates": 0.5}); at(p, "duplicates") != 0.5 || at(p, "batch") != 5.0 {
		t.Errorf("the profile is %v", p)
	}
	if all := do("GET", "/sim/said", nil).([]any); len(all) < 4 {
		t.Errorf("said: %v", all)
	}
	if r := do("GET", "/sim/invariants", nil); len(list(r, "breaches")) != 0 {
		t.Errorf("the breaches are %v", r)
	}
	do("GET", "/sim/outcomes", nil)
	for _, e := range do("GET", "/sim/journal?kind=try", nil).([]any) {
		if at(e, "kind") != "try" {
			t.Errorf("among the tries is %v", e)
		}
	}
	for _, wrong := range []string{"/sim/user/nobody/send", "/sim/user/tom/tap", "/sim/user/tom/click", "/sim/template/9", "/sim/number"} {
		if status, out := s.control("POST", wrong, object{}); status != http.StatusBadRequest || at(out, "error") == nil {
			t.Errorf("%s: %d %v", wrong, status, out)
		}
	}
}

func TestTheControlIsForItsOwnMachine(t *testing.T) {
	s := newStage(t, graph.Profile{})
	for name, change := range map[string]func(*http.Request){
		"from elsewhere":   func(r *http.Request) { r.RemoteAddr = "192.0.2.1:5555" },
		"under a name":     func(r *http.Request) { r.Host = "evil.example" },
		"from a page":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"from another one": func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/sim/user", bytes.NewReader([]byte(`{"id":"eve"}`)))
		r.RemoteAddr = "127.0.0.1:5555"
		change(r)
		rw := httptest.NewRecorder()
		s.Control().ServeHTTP(rw, r)
		if rw.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, rw.Code)
		}
	}
	if len(s.People()) != 1 {
		t.Error("somebody came in")
	}
}
