package auth

import (
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestAGrantIsProvedByItsVerifierAndItsReturnURL(t *testing.T) {
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	g := chat.Grant{Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", ReturnURL: "https://shop.example/back?x=1"}
	for name, c := range map[string]struct {
		verifier, returnURL string
		want                bool
	}{
		"both":                     {verifier, g.ReturnURL, true},
		"the challenge itself":     {g.Challenge, g.ReturnURL, false},
		"another verifier":         {strings.ToLower(verifier), g.ReturnURL, false},
		"another path":             {verifier, "https://shop.example/", false},
		"a longer return URL":      {verifier, g.ReturnURL + "&y=2", false},
		"an equal URL in capitals": {verifier, strings.ToUpper(g.ReturnURL), false},
		"neither":                  {"", "", false},
	} {
		if got := proves(g, c.verifier, c.returnURL); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if proves(chat.Grant{ReturnURL: g.ReturnURL}, "", g.ReturnURL) || proves(chat.Grant{}, "", "") {
		t.Error("a grant without a challenge was proved")
	}
}

func TestWhereAPluginCameFrom(t *testing.T) {
	for url, want := range map[string]string{
		"https://Shop.example:443/back?x=1": "https://shop.example", "http://localhost:8080/x": "http://localhost:8080", "nonsense": "", "https://%zz": "",
	} {
		if got := originOf(url); got != want {
			t.Errorf("%q came from %q, want %q", url, got, want)
		}
	}
}
