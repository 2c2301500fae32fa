package simulator

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestStartPage(t *testing.T) {
	handler := StartPage(StartOptions{ShopURL: "http://shop.localhost:1", InboxURL: "http://inbox.localhost:1", ServerURL: "http://localhost:1"})
	for _, c := range []struct {
		method, path string
		status       int
		contains     string
	}{
		{"GET", "/", 200, `<form class="do" method="post" action="http://inbox.localhost:1/demo/sign-in" target="_blank">`},
		{"GET", "/", 200, `href="http://shop.localhost:1/backstage"`},
		{"GET", "/", 200, `data-health="http://localhost:1/healthz"`},
		{"GET", "/start/start.css", 200, "--brand"},
		{"GET", "/start/start.js", 200, "fetch("},
		{"GET", "/start/mark.svg", 200, "<svg"},
		{"GET", "/start/en.json", 404, ""},
		{"GET", "/elsewhere", 404, ""},
		{"POST", "/", 405, ""},
	} {
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), c.method, c.path, http.NoBody))
		if got.Code != c.status || !strings.Contains(got.Body.String(), c.contains) {
			t.Errorf("%s %s: %d, wanted %d with %q", c.method, c.path, got.Code, c.status, c.contains)
		}
		if policy := got.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "form-action http://inbox.localhost:1;") {
			t.Errorf("%s: policy %s", c.path, policy)
		}
	}
}

func TestTheStartPageSpeaksOfPhonesWhereThereAreSome(t *testing.T) {
	with := string(startPage(StartOptions{PhoneURL: "http://phone.localhost:1"}))
	if !strings.Contains(with, `href="http://phone.localhost:1/"`) || strings.Count(with, "<h3>") != len(startView{}.Story()) {
		t.Error("no way to the phones, or a step of the story is missing")
	}
	if without := string(startPage(StartOptions{})); strings.Contains(without, "tagalong-phones") || strings.Contains(without, "<h3>") {
		t.Error("phones that are not there")
	}
}

func TestTheStartPageUsesOnlyWordsThatExist(t *testing.T) {
	page := string(startPage(StartOptions{PhoneURL: "http://phone.localhost:1"}))
	if empty := regexp.MustCompile(`<(h1|h2|h3|p|dt|dd|title|strong)[^>]*></`).FindString(page); empty != "" {
		t.Errorf("an empty text: %s", empty)
	}
	for _, bad := range []string{" style=", "<style", "https://", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
}
