package auth

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheInboxIsItsExactOrigin(t *testing.T) {
	a := &Agents{inbox: "https://inbox.example"}
	for name, c := range map[string]struct {
		host, origin, site string
		on, same, exact    bool
	}{
		"a page of the inbox":            {"inbox.example", "https://inbox.example", "same-origin", true, true, true},
		"the port written out":           {"inbox.example:443", "https://inbox.example", "", true, true, true},
		"another port":                   {"inbox.example:8443", "https://inbox.example:8443", "", false, false, false},
		"no scheme of security":          {"inbox.example", "http://inbox.example", "", true, false, false},
		"a host below":                   {"a.inbox.example", "https://a.inbox.example", "", false, false, false},
		"a host that begins alike":       {"inbox.example.evil.example", "https://inbox.example.evil.example", "", false, false, false},
		"a page without an origin":       {"inbox.example", "", "", true, true, false},
		"the origin null":                {"inbox.example", "null", "", true, false, false},
		"another site's page":            {"inbox.example", "", "cross-site", true, false, false},
		"a sibling's page":               {"inbox.example", "", "same-site", true, false, false},
		"an address typed in":            {"inbox.example", "", "none", true, true, false},
		"a user name before the host":    {"inbox.example", "https://x@inbox.example", "", true, false, false},
		"a host with something strange":  {"inbox.example\\evil", "https://inbox.example", "", false, true, true},
		"no host":                        {"", "https://inbox.example", "", false, true, true},
		"the same in capitals, as typed": {"INBOX.example", "https://inbox.example", "", true, true, true},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if on, same, exact := a.OnInbox(r), a.SameOrigin(r) == nil, a.ExactOrigin(r) == nil; on != c.on || same != c.same || exact != c.exact {
			t.Errorf("%s: on the inbox %v, same origin %v, exact %v", name, on, same, exact)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header["Origin"] = []string{"https://inbox.example", "https://evil.example"}
	if a.SameOrigin(r) == nil || a.ExactOrigin(r) == nil {
		t.Error("two origins in one request were taken")
	}
}
