package sdks_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// nowhere is a server that nobody asks.
const nowhere = "http://127.0.0.1:9"

func value[T any](t *testing.T, o outcome) T {
	t.Helper()
	var v T
	if o.Error != nil {
		t.Fatalf("failed: %+v", o.Error)
	}
	if err := json.Unmarshal(o.Value, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMoneyIsTheSameInEverySDK(t *testing.T) {
	want := [][3]string{
		{"49.90", "EUR", "4990 EUR"},
		{"0.005", "EUR", "1 EUR"},
		{"0.0049999999", "EUR", "0 EUR"},
		{"-0.005", "EUR", "-1 EUR"},
		{"1.234", "KWD", "1234 KWD"},
		{"1.2345", "KWD", "1235 KWD"},
		{"1500", "JPY", "1500 JPY"},
		{"1499.5", "JPY", "1500 JPY"},
		{"0.29", "EUR", "29 EUR"},
		{"1.15", "EUR", "115 EUR"},
		{"90071992547409.91", "EUR", "9007199254740991 EUR"},
		{"90071992547409.92", "EUR", "refused"},
		{"1e3", "EUR", "refused"},
		{"NaN", "EUR", "refused"},
		{"", "EUR", "refused"},
		{"1,50", "EUR", "refused"},
		{"1.5.0", "EUR", "refused"},
		{"+1", "EUR", "refused"},
		{" 1", "EUR", "refused"},
		{"1", "EURO", "refused"},
		{"007.50", "EUR", "750 EUR"},
		{"1.00", "CLF", "10000 CLF"},
	}
	var amounts [][2]string
	var expected []string
	for _, w := range want {
		amounts, expected = append(amounts, [2]string{w[0], w[1]}), append(expected, w[2])
	}
	for _, d := range drivers(t) {
		got := value[[]string](t, d.run(t, nowhere, map[string]any{"call": "money", "amounts": amounts}))
		for i := range expected {
			if i < len(got) && got[i] != expected[i] {
				t.Errorf("%s makes %v of %v, want %s", d.name, got[i], amounts[i], expected[i])
			}
		}
	}
}

func TestIdentityTokensAreTheSameInEverySDK(t *testing.T) {
	for _, d := range drivers(t) {
		token := value[string](t, d.run(t, nowhere, minting("42", `Lia "Mug" Grün`, 600)))
		parts := strings.Split(token, ".")
		if len(parts) != 3 {
			t.Fatalf("%s: %s", d.name, token)
		}
		mac := hmac.New(sha256.New, []byte("a secret"))
		mac.Write([]byte(parts[0] + "." + parts[1]))
		if parts[2] != base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) {
			t.Errorf("%s: the signature is wrong", d.name)
		}
		head, claims := part(t, parts[0]), part(t, parts[1])
		if fmt.Sprint(head) != "map[alg:HS256 kid:kid_aaaaaaaaaaaaaaaaaaaaaaaaaa typ:JWT]" {
			t.Errorf("%s: header %v", d.name, head)
		}
		exp, _ := claims["exp"].(float64)
		if left := time.Until(time.Unix(int64(exp), 0)); left > 10*time.Minute || left < 5*time.Minute {
			t.Errorf("%s: it holds for %s", d.name, left)
		}
		delete(claims, "exp")
		if fmt.Sprint(claims) != `map[aud:pk_marlmarlmarlmarlmarlmarlma name:Lia "Mug" Grün sub:42]` {
			t.Errorf("%s: claims %v", d.name, claims)
		}
		for _, bad := range []map[string]any{
			minting("", "", 0), minting("a\nb", "", 0), minting(strings.Repeat("x", 201), "", 0), minting("1", "", 86401), minting("1", "", -1),
		} {
			if got := d.run(t, nowhere, bad); got.Error == nil || !got.Error.Refused {
				t.Errorf("%s minted %v: %s", d.name, bad, got.Value)
			}
		}
	}
}

// minting asks for a token with a secret that the tests know.
func minting(subject, name string, lifetime int) map[string]any {
	return map[string]any{
		"call": "mint", "subject": subject, "name": name, "lifetime": lifetime,
		"shop_key": "pk_marlmarlmarlmarlmarlmarlma", "kid": "kid_aaaaaaaaaaaaaaaaaaaaaaaaaa", "secret": "a secret",
	}
}

func part(t *testing.T, s string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheConnectButtonIsTheSameInEverySDK(t *testing.T) {
	want := url.Values{
		"name": {"My plugin"}, "platform": {"own"}, "return_url": {"https://shop.example/back?x=1&y=ä"}, "state": {"s+1/="},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}, "scopes": {"context:write context:read"},
		"identity": {"1"}, "shop_name": {"Marl & Co"}, "test": {"1"},
	}
	for _, d := range drivers(t) {
		got := value[string](t, d.run(t, nowhere, map[string]any{
			"call": "connect_url", "name": "My plugin", "return_url": want.Get("return_url"), "state": "s+1/=", "verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		}))
		u, err := url.Parse(got)
		if err != nil || u.Path != "/connect" || u.Query().Encode() != want.Encode() {
			t.Errorf("%s: %s (%v)", d.name, got, err)
		}
	}
}

func TestWebhooksAreBelievedAlikeInEverySDK(t *testing.T) {
	const newer, older = "whsec_bmV3ZXItc2VjcmV0LW9mLXRoZS1ob29r", "whsec_b2xkZXItc2VjcmV0LW9mLXRoZS1ob29r"
	body := `{"id":"evt_1","type":"ping","at":1795289656123,"shop":"` + shop + `"}`
	all := drivers(t) // building takes its time, and the cases are signed now
	now := time.Now()
	signed := func(secret, body string, at time.Time) string {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, raw)
		mac.Write([]byte("evt_1." + strconv.FormatInt(at.Unix(), 10) + "." + body))
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	headers := func(signature string, at time.Time) map[string]string {
		return map[string]string{"webhook-id": "evt_1", "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": signature}
	}
	for _, c := range []struct {
		name    string
		headers map[string]string
		secrets []string
		body    string
		good    bool
	}{
		{"as it was sent", headers(signed(newer, body, now), now), []string{newer}, body, true},
		{"during a rotation, ours the older", headers(signed(newer, body, now)+" "+signed(older, body, now), now), []string{older}, body, true},
		{"during a rotation, both", headers(signed(older, body, now), now), []string{newer, older}, body, true},
		{"another secret", headers(signed(older, body, now), now), []string{newer}, body, false},
		{"one byte more", headers(signed(newer, body, now), now), []string{newer}, body + " ", false},
		{"six minutes old", headers(signed(newer, body, now.Add(-6*time.Minute)), now.Add(-6*time.Minute)), []string{newer}, body, false},
		{"six minutes ahead", headers(signed(newer, body, now.Add(6*time.Minute)), now.Add(6*time.Minute)), []string{newer}, body, false},
		{"four minutes old", headers(signed(newer, body, now.Add(-4*time.Minute)), now.Add(-4*time.Minute)), []string{newer}, body, true},
		{"no signature", headers("", now), []string{newer}, body, false},
		{"another scheme", headers(strings.Replace(signed(newer, body, now), "v1,", "v1a,", 1), now), []string{newer}, body, false},
		{"a scheme alone", headers("v1,", now), []string{newer}, body, false},
		{"no time", map[string]string{"webhook-id": "evt_1", "webhook-signature": signed(newer, body, now)}, []string{newer}, body, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, d := range all {
				got := d.run(t, nowhere, map[string]any{"call": "verify", "headers": c.headers, "secrets": c.secrets, "body": c.body})
				if good := got.Error == nil && string(got.Value) == `"ping"`; good != c.good {
					t.Errorf("%s: %s %+v", d.name, got.Value, got.Error)
				}
			}
		})
	}
}
