package graph

import (
	"os"
	"testing"
)

func TestTheBodyIsEscapedAsMetaDoes(t *testing.T) {
	want, err := os.ReadFile("testdata/wire_escaped_unicode.json")
	if err != nil {
		t.Fatal(err)
	}
	plain := `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Åsa Öberg"},` +
		`"wa_id":"46700000001"}],"messages":[{"from":"46700000001","id":"wamid.U1","timestamp":"1749416383","type":"text",` +
		`"text":{"body":"äåö 😀 <b>50%</b> a@b.se https://shop.example/x"}}]},"field":"messages"}]}]}`
	got := escape([]byte(plain))
	if string(got) != string(want) {
		t.Errorf("escaped\n%s\nwant\n%s", got, want)
	}
	const signature = "sha256=658a77f2a9c53d4aed9b1c78a19c6f90b30db42660a8e1f9ac1b8a22654cf9af"
	if got := Signature("test_app_secret", got); got != signature {
		t.Errorf("signed %s, want %s", got, signature)
	}
}
