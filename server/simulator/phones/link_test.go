package phones

import (
	"strings"
	"testing"
)

func TestParseLink(t *testing.T) {
	for url, want := range map[string]Link{
		"https://wa.me/4930123456":                                      {App: WhatsApp, To: "4930123456"},
		"https://wa.me/4930123456?text=Hi%21%20ref%20K7Q-4MX":           {App: WhatsApp, To: "4930123456", Text: "Hi! ref K7Q-4MX"},
		"https://wa.me/4930123456/?text=a+b&ref=no":                     {App: WhatsApp, To: "4930123456", Text: "a b"},
		" http://phone.localhost:8080/wa.me/4930123456?text=%C3%A4 ":    {App: WhatsApp, To: "4930123456", Text: "ä"},
		"https://m.me/marl.stoneware?ref=K7Q%2F4&text=Hello":            {App: Messenger, To: "marl.stoneware", Ref: "K7Q/4", Text: "Hello"},
		"http://phone.localhost:8080/m.me/104?ref=K7Q":                  {App: Messenger, To: "104", Ref: "K7Q"},
		"https://ig.me/m/marl?ref=K7Q":                                  {App: Instagram, To: "marl", Ref: "K7Q"},
		"http://phone.localhost:8080/ig.me/m/marl?ref=K7Q":              {App: Instagram, To: "marl", Ref: "K7Q"},
		"HTTPS://WA.ME/4930123456":                                      {App: WhatsApp, To: "4930123456"},
		"https://m.me/marl?ref=" + strings.Repeat("a", maxRef):          {App: Messenger, To: "marl", Ref: strings.Repeat("a", maxRef)},
		"https://wa.me/4930123456?text=" + strings.Repeat("b", maxText): {App: WhatsApp, To: "4930123456", Text: strings.Repeat("b", maxText)},
	} {
		if got, err := ParseLink(url); err != nil || got != want {
			t.Errorf("%.80s: %+v %v", url, got, err)
		}
	}
}

func TestParseLinkRefuses(t *testing.T) {
	for _, url := range []string{
		"", "wa.me/4930123456", "https://wa.me/", "https://wa.me/+4930123456", "https://wa.me/49-30", "https://wa.me/message/ANED2T5QRU7HG1",
		"https://m.me/", "https://m.me/a/b", "https://ig.me/marl", "https://ig.me/m/", "https://example.com/m/marl", "javascript:alert(1)//wa.me/1",
		"https://wa.me.example.com/4930123456", "ftp://wa.me/4930123456", "https://wa.me/4930123456?text=%zz", "https://wa.me/4930123456?text=%ff",
		"https://m.me/marl?ref=" + strings.Repeat("a", maxRef+1), "https://wa.me/4930123456?text=" + strings.Repeat("b", maxText+1),
		"https://m.me/" + strings.Repeat("a", maxTo+1), "https://wa.me/1?x=" + strings.Repeat("a", maxLink),
	} {
		if got, err := ParseLink(url); err == nil {
			t.Errorf("%.80s: %+v", url, got)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	for _, url := range []string{"https://wa.me/4930123456?text=Hi", "http://h/m.me/marl?ref=x", "https://ig.me/m/marl", "https://wa.me//1?text=%e2%82%ac"} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		link, err := ParseLink(url)
		if err != nil {
			return
		}
		if err := link.check(); err != nil {
			t.Errorf("%q gave %+v, which is refused", url, link)
		}
	})
}
