package sign

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"
)

type vectors struct {
	Secret        string
	OauthCallback []struct {
		Query, Message, Hmac string
	} `json:"oauth_callback"`
	AppProxy []struct {
		Query, Message, Signature string
	} `json:"app_proxy"`
	Webhook []struct {
		RawBody string `json:"raw_body"`
		Header  string
		Valid   bool
	}
}

func load(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/hmac_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func parsed(t *testing.T, query string) (url.Values, time.Time) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseInt(values.Get("timestamp"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return values, time.Unix(seconds, 0)
}

func TestAppURL(t *testing.T) {
	v := load(t)
	for _, c := range v.OauthCallback {
		query, at := parsed(t, c.Query)
		query.Set("hmac", c.Hmac)
		checkQuery(t, Secrets.AppURL, v.Secret, query, at, "hmac")
		if got := appMessage(query); got != c.Message {
			t.Errorf("message %q, want %q", got, c.Message)
		}
	}
}

func TestProxy(t *testing.T) {
	v := load(t)
	for _, c := range v.AppProxy {
		query, at := parsed(t, c.Query)
		query.Set("signature", c.Signature)
		checkQuery(t, Secrets.Proxy, v.Secret, query, at, "signature")
		if got := proxyMessage(query); got != c.Message {
			t.Errorf("message %q, want %q", got, c.Message)
		}
	}
}

// checkQuery plays what can be wrong with a right query.
func checkQuery(t *testing.T, verify func(Secrets, url.Values, time.Time) bool, secret string, right url.Values, at time.Time, name string) {
	t.Helper()
	with := func(change func(url.Values)) url.Values {
		query := url.Values{}
		for key, values := range right {
			query[key] = append([]string(nil), values...)
		}
		change(query)
		return query
	}
	same := func(url.Values) {}
	tests := []struct {
		name    string
		secrets Secrets
		change  func(url.Values)
		at      time.Time
		want    bool
	}{
		{"right", Secrets{secret}, same, at, true},
		{"with the secret that is being replaced", Secrets{"new", secret}, same, at, true},
		{"90 seconds late", Secrets{secret}, same, at.Add(Freshness), true},
		{"91 seconds late", Secrets{secret}, same, at.Add(Freshness + time.Second), false},
		{"91 seconds early", Secrets{secret}, same, at.Add(-Freshness - time.Second), false},
		{"with another secret", Secrets{"other"}, same, at, false},
		{"with an empty secret", Secrets{""}, same, at, false},
		{"without a secret", nil, same, at, false},
		{"without its signature", Secrets{secret}, func(q url.Values) { q.Del(name) }, at, false},
		{"with an empty signature", Secrets{secret}, func(q url.Values) { q.Set(name, "") }, at, false},
		{"with its signature twice", Secrets{secret}, func(q url.Values) { q.Add(name, q.Get(name)) }, at, false},
		{"cut short", Secrets{secret}, func(q url.Values) { q.Set(name, q.Get(name)[:62]) }, at, false},
		{"for another shop", Secrets{secret}, func(q url.Values) { q.Set("shop", "other.myshopify.com") }, at, false},
		{"with one parameter more", Secrets{secret}, func(q url.Values) { q.Set("more", "1") }, at, false},
		{"with two times", Secrets{secret}, func(q url.Values) { q.Add("timestamp", "1") }, at, false},
	}
	for _, test := range tests {
		if got := verify(test.secrets, with(test.change), test.at); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

func TestSignedQueriesVerify(t *testing.T) {
	now := time.Unix(1795289656, 0)
	query := url.Values{"shop": {"lia.myshopify.com"}, "extra": {"2", "1"}, "timestamp": {"1795289656"}}
	StampProxy("hush", query)
	if !(Secrets{"hush"}).Proxy(query, now) {
		t.Error("our own proxy signature does not verify")
	}
	query.Del("signature")
	StampAppURL("hush", query)
	if !(Secrets{"hush"}).AppURL(query, now) {
		t.Error("our own hmac does not verify")
	}
}

func TestWebhook(t *testing.T) {
	v := load(t)
	for _, c := range v.Webhook {
		if got := (Secrets{"other", v.Secret}).Webhook([]byte(c.RawBody), c.Header); got != c.Valid {
			t.Errorf("%s: %t", c.RawBody, got)
		}
	}
	empty := StampWebhook("hush", nil)
	for name, wrong := range map[string]bool{
		"an empty body":          Secrets{"hush"}.Webhook(nil, empty),
		"no header":              Secrets{"hush"}.Webhook([]byte("{}"), ""),
		"a header in hex":        Secrets{"hush"}.Webhook([]byte("{}"), "5058"),
		"an empty secret's":      Secrets{""}.Webhook([]byte("{}"), StampWebhook("", []byte("{}"))),
		"without any secret":     Secrets{}.Webhook([]byte("{}"), StampWebhook("", []byte("{}"))),
		"a header of other text": Secrets{"hush"}.Webhook([]byte("{}"), "not base64!"),
	} {
		if wrong {
			t.Error("verified: ", name)
		}
	}
}

func TestSecretsAreChecked(t *testing.T) {
	if (Secrets{}).Check() == nil || (Secrets{"a", ""}).Check() == nil || (Secrets{"a"}).Check() != nil {
		t.Error("the check of secrets takes empty ones, or refuses good ones")
	}
}

func TestReadHeader(t *testing.T) {
	text, err := os.ReadFile("testdata/headers_example.json")
	if err != nil {
		t.Fatal(err)
	}
	var example map[string]string
	if err := json.Unmarshal(text, &example); err != nil {
		t.Fatal(err)
	}
	old, events := http.Header{}, http.Header{}
	for name, value := range example {
		old.Set(name, value)
		if len(name) > 2 && name[:2] == "X-" {
			events.Set(name[2:], value)
		}
	}
	want := Header{
		Topic: "products/update", Hmac: example["X-Shopify-Hmac-Sha256"], Shop: "snowdevil.myshopify.com", APIVersion: "2026-07",
		WebhookID: "545ebdd4-b7be-4d3d-b14e-54aa78e0e0f9", EventID: "59d6d79c-595f-4e7e-bc6f-72f5c3d0c66f",
		TriggeredAt: time.Date(2025, 7, 10, 16, 15, 47, 0, time.UTC),
	}
	for name, h := range map[string]http.Header{"webhooks": old, "events": events} {
		if got := ReadHeader(h); got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	written := http.Header{}
	want.Write(written)
	if got := ReadHeader(written); got != want {
		t.Errorf("written and read: %+v", got)
	}
}

func TestIsShop(t *testing.T) {
	for name, want := range map[string]bool{
		"lia.myshopify.com": true, "l-1.myshopify.com": true, "": false, "lia": false, "-a.myshopify.com": false, "LIA.myshopify.com": false,
		"lia.myshopify.com.evil.example": false, "https://lia.myshopify.com": false, "lia.myshopify.com/": false, "lia.shopify.com": false,
		"a.b.myshopify.com": false, "lia.myshopify.com\n": false, "evil.example/lia.myshopify.com": false, "user@lia.myshopify.com": false,
		"lia.myshopify.com:443": false,
	} {
		if IsShop(name) != want {
			t.Errorf("%q is a shop: %t", name, !want)
		}
	}
}
