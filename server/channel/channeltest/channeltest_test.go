package channeltest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNothingLeavesTheMachine(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer s.Close()
	c := &http.Client{Transport: Loopback{}}
	for address, allowed := range map[string]bool{
		s.URL: true, "https://graph.facebook.com/v25.0/me": false, "http://192.0.2.1/": false, "http://localhost.evil.example/": false,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		if allowed != (err == nil) || !allowed && !strings.Contains(err.Error(), "a test wants to reach") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestATokenOutsideItsHeaderIsFound(t *testing.T) {
	r := &Recorder{Answer: func(*http.Request) (int, string) { return http.StatusOK, "{}" }}
	for name, c := range map[string]struct {
		address, body string
		leaks         bool
	}{
		"nowhere":     {"https://graph.facebook.com/me", `{}`, false},
		"in the URL":  {"https://graph.facebook.com/me?access_token=" + Token, `{}`, true},
		"in the body": {"https://graph.facebook.com/me", `{"access_token":"` + Token + `"}`, true},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.address, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := r.RoundTrip(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
		if errors.Is(err, errLeak) != c.leaks {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
