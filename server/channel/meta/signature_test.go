package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// The body of this vector is as Meta escapes it: a body that was read and written again has another signature.
func TestTheBytesAreSignedAsTheyCame(t *testing.T) {
	body, err := os.ReadFile("testdata/whatsapp/wire_escaped_unicode.json")
	if err != nil {
		t.Fatal(err)
	}
	const known = "sha256=658a77f2a9c53d4aed9b1c78a19c6f90b30db42660a8e1f9ac1b8a22654cf9af"
	h := http.Header{"X-Hub-Signature-256": {known}}
	if !new(Platform).Verify(h, body, []string{"test_app_secret"}) {
		t.Error("the known signature is refused")
	}
	if new(Platform).Verify(h, append(body, '\n'), []string{"test_app_secret"}) {
		t.Error("another body has the same signature")
	}
}

func TestSignatures(t *testing.T) {
	body := []byte(`{"object":"page"}`)
	good := sign("new", body)
	for name, c := range map[string]struct {
		header  []string
		secrets []string
		want    bool
	}{
		"right":                  {[]string{good}, []string{"new"}, true},
		"by the older secret":    {[]string{good}, []string{"newest", "new"}, true},
		"by another secret":      {[]string{good}, []string{"old"}, false},
		"missing":                {nil, []string{"new"}, false},
		"empty":                  {[]string{""}, []string{"new"}, false},
		"twice":                  {[]string{good, good}, []string{"new"}, false},
		"without its kind":       {[]string{good[7:]}, []string{"new"}, false},
		"of another kind":        {[]string{"sha1=" + good[7:47]}, []string{"new"}, false},
		"cut":                    {[]string{good[:len(good)-2]}, []string{"new"}, false},
		"too long":               {[]string{good + "00"}, []string{"new"}, false},
		"no hex":                 {[]string{good[:len(good)-1] + "g"}, []string{"new"}, false},
		"not ASCII":              {[]string{good[:len(good)-1] + "é"}, []string{"new"}, false},
		"by an empty secret":     {[]string{sign("", body)}, []string{""}, false},
		"no secrets":             {[]string{good}, nil, false},
		"an empty and the right": {[]string{good}, []string{"", "new"}, true},
	} {
		h := http.Header{}
		for _, v := range c.header {
			h.Add("X-Hub-Signature-256", v)
		}
		if got := new(Platform).Verify(h, body, c.secrets); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestHandshakes(t *testing.T) {
	app := chat.ProviderApp{VerifyToken: "ours"}
	for query, want := range map[string]struct {
		body        string
		ok, isShake bool
	}{
		"hub.mode=subscribe&hub.verify_token=ours&hub.challenge=1158201444":   {"1158201444", true, true},
		"hub.mode=subscribe&hub.verify_token=theirs&hub.challenge=1158201444": {"", false, true},
		"hub.mode=unsubscribe&hub.verify_token=ours&hub.challenge=1":          {"", false, true},
		"hub.mode=subscribe&hub.challenge=1":                                  {"", false, true},
		"":                                                                    {"", false, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/hooks/meta/app?"+query, nil)
		body, ok, isShake := new(Platform).Handshake(r, app)
		if body != want.body || ok != want.ok || isShake != want.isShake {
			t.Errorf("%s: got %q %v %v", query, body, ok, isShake)
		}
	}
	const blank = "/hooks/meta/app?hub.mode=subscribe&hub.verify_token=&hub.challenge=1"
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, blank, nil)
	if _, ok, _ := new(Platform).Handshake(r, chat.ProviderApp{}); ok {
		t.Error("an app without a verify token answers everybody")
	}
}

func FuzzSignature(f *testing.F) {
	f.Add(sign("s", []byte("x")), []byte("x"))
	f.Add("sha256="+strings.Repeat("0", 64), []byte(""))
	f.Add("sha256=é", []byte("x"))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		h := http.Header{"X-Hub-Signature-256": {header}}
		want := strings.EqualFold(header, sign("s", body)) && strings.HasPrefix(header, "sha256=")
		if got := new(Platform).Verify(h, body, []string{"s"}); got != want {
			t.Errorf("%q over %q: got %v", header, body, got)
		}
	})
}
