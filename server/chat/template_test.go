package chat

import (
	"errors"
	"strings"
	"testing"
)

func answerTemplate() Template {
	return Template{
		ID: "tpl_1", Name: "answer", Language: "en_US", Category: CategoryUtility, Status: TemplateApproved,
		Header: &TemplatePart{Format: "text", Text: "News from {{shop}}", Params: []string{"shop"}, Named: true},
		Body:   TemplatePart{Format: "text", Text: "Hello {{name}}, {{what}}", Params: []string{"name", "what"}, Named: true},
		Footer: "Reply STOP to end", Buttons: []TemplateButton{{Kind: "quick_reply", Text: "Thanks"}, {Kind: "url", Text: "Read", URL: "https://marl.example/{{1}}", Params: []string{"1"}}},
	}
}

func TestATemplateIsFilledOnceAndWhole(t *testing.T) {
	tpl := answerTemplate()
	good := TemplateUse{
		Header: map[string]string{"shop": "Marl"}, Body: map[string]string{"name": "{{what}}", "what": "yes"}, Buttons: map[int]string{1: "jugs"},
	}
	u, text, err := tpl.Fill(good)
	if err != nil || u.Name != "answer" || u.Language != "en_US" || u.Category != CategoryUtility || u.Template != "tpl_1" {
		t.Fatalf("filled %+v, %v", u, err)
	}
	if want := "News from Marl\n\nHello {{what}}, yes\n\nReply STOP to end"; text != want {
		t.Fatalf("it reads %q, want %q: words that look like a place are words", text, want)
	}
	for name, c := range map[string]struct {
		spoil func(*TemplateUse)
		path  string
	}{
		"a place without words":   {func(u *TemplateUse) { u.Body = map[string]string{"name": "Mara"} }, "message.template.body.what"},
		"blank words":             {func(u *TemplateUse) { u.Body["what"] = "  " }, "message.template.body.what"},
		"a place that is none":    {func(u *TemplateUse) { u.Body["more"] = "x" }, "message.template.body.more"},
		"words of several lines":  {func(u *TemplateUse) { u.Body["what"] = "a\nb" }, "message.template.body.what"},
		"a run of spaces":         {func(u *TemplateUse) { u.Body["what"] = "a     b" }, "message.template.body.what"},
		"words without end":       {func(u *TemplateUse) { u.Body["what"] = strings.Repeat("x", 1025) }, "message.template.body.what"},
		"a header left open":      {func(u *TemplateUse) { u.Header = nil }, "message.template.header.shop"},
		"a url without its end":   {func(u *TemplateUse) { u.Buttons = nil }, "message.template.buttons.1"},
		"words for a quick reply": {func(u *TemplateUse) { u.Buttons[0] = "x" }, "message.template.buttons.0"},
		"a button that is none":   {func(u *TemplateUse) { u.Buttons[7] = "x" }, "message.template.buttons.7"},
	} {
		u := TemplateUse{Header: map[string]string{"shop": "Marl"}, Body: map[string]string{"name": "Mara", "what": "yes"}, Buttons: map[int]string{1: "jugs"}}
		c.spoil(&u)
		_, _, err := tpl.Fill(u)
		e, ok := AsError(err)
		if !errors.Is(err, ErrTemplateParams) || !ok || len(e.Fields) != 1 || e.Fields[0].Path != c.path {
			t.Errorf("%s: %v %+v", name, err, e)
		}
	}
}

func TestAHeaderOfAFileNeedsItsAddress(t *testing.T) {
	tpl := Template{Header: &TemplatePart{Format: "image"}, Body: TemplatePart{Format: "text", Text: "See."}}
	if _, _, err := tpl.Fill(TemplateUse{}); !errors.Is(err, ErrTemplateParams) {
		t.Errorf("without it: %v", err)
	}
	if _, text, err := tpl.Fill(TemplateUse{Header: map[string]string{"link": "https://marl.example/jug.jpg"}}); err != nil || text != "See." {
		t.Errorf("with it: %q, %v", text, err)
	}
}

func TestTheAwayTemplateIsTheOneNearestToTheirLanguage(t *testing.T) {
	all := []Template{
		{Name: "answer", Language: "en_US", Status: TemplateApproved},
		{Name: "answer", Language: "de", Status: TemplatePaused},
		{Name: "answer", Language: "pt_BR", Status: TemplateApproved},
		{Name: "other", Language: "fr"},
	}
	for _, c := range []struct{ shopper, shop, want string }{
		{"pt-BR", "en", "pt_BR"},
		{"pt-PT", "de", "pt_BR"},
		{"de-AT", "en", "de"}, // its being paused is the planner's to say
		{"fr", "en-GB", "en_US"},
		{"", "", "en_US"},
	} {
		if got := nearest(all, "answer", c.shopper, c.shop); got == nil || got.Language != c.want {
			t.Errorf("for %q in a shop of %q: %+v", c.shopper, c.shop, got)
		}
	}
	if got := nearest(all, "none", "en"); got != nil {
		t.Errorf("of another name: %+v", got)
	}
}

func TestAwayWordsAreFilledInAndKeptToOneLine(t *testing.T) {
	tpl := answerTemplate()
	a := AwayTemplate{Name: "answer", Params: map[string]string{"header.shop": "{shop}", "name": "{shopper}", "what": "“{message}” {link}"}, Button: "{link}"}
	u, err := a.use(tpl, awayWords{shopper: "Mara", shop: "Marl", message: "yes,\n{shop}", link: "https://marl.example/jugs?tagalong=tok"})
	if err != nil || !u.Away {
		t.Fatalf("%+v, %v", u, err)
	}
	if u.Body["what"] != "“yes, {shop}” https://marl.example/jugs?tagalong=tok" || u.Buttons[1] != "jugs?tagalong=tok" || u.Header["shop"] != "Marl" {
		t.Errorf("filled with %+v", u)
	}
	if u, err = a.use(tpl, awayWords{shop: "Marl", link: "https://marl.example/?tagalong=tok"}); err != nil || u.Body["name"] == "" || strings.Contains(u.Body["what"], "“”") {
		t.Errorf("of who has no name, and of a picture alone: %+v, %v", u, err)
	}
	delete(a.Params, "what")
	if _, err := a.use(tpl, awayWords{shopper: "Mara", shop: "Marl", message: "x", link: "y"}); !errors.Is(err, ErrTemplateParams) {
		t.Errorf("with a place that the shop has no words for: %v", err)
	}
}

func TestOnlyTheEndOfAButtonsURLIsFilledIn(t *testing.T) {
	const link = "https://marl.example/jugs?tagalong=tok"
	for button, want := range map[string]string{
		"https://marl.example/{{1}}":            "jugs?tagalong=tok",
		"https://marl.example/?tagalong={{1}}":  "tok",
		"https://chat.example/r/{{1}}":          "jugs?tagalong=tok",
		"https://marl.example/jugs?tagalong={{": "tok",
	} {
		if got := suffix(button, link); got != want {
			t.Errorf("%s: %q, want %q", button, got, want)
		}
	}
}

func TestTypedNumbersAreBroughtIntoOneForm(t *testing.T) {
	for typed, want := range map[string]string{
		"+34 600 000 001": "+34600000001", "0034600000001": "+34600000001", "+49 (0)170 000 00 02": "+491700000002", "+1-650-555-1234": "+16505551234",
		" +44 20 7946 0958 ": "+442079460958", "+49.30/901820": "+4930901820",
		"600000001": "", "+0160555": "", "+34 600 ooo 001": "", "+123456": "", "+1234567890123456": "", "": "", "+": "", "tel:+34600000001": "",
	} {
		got, ok := Phone(typed)
		if got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{
		" Mara@Marl.Example ": "mara@marl.example", "m.o+shop@a-b.example": "m.o+shop@a-b.example",
		"mara": "", "mara@localhost": "", "@marl.example": "", "a b@marl.example": "", "a@b@marl.example": "", "a@marl..example": "", ".a@marl.example": "",
		"a\r\nBcc: x@marl.example": "", "a@[127.0.0.1]": "", "“a”@marl.example": "", "a,b@marl.example": "",
	} {
		got, ok := Mail(typed)
		if got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	for digits, want := range map[string]string{
		"5215512345678": "525512345678", "525512345678": "525512345678", "551187654321": "5511987654321", "551133334444": "551133334444",
	} {
		if got := whatsAppDigits(digits); got != want {
			t.Errorf("%s is %s, want %s", digits, got, want)
		}
	}
}

func TestTheLatestLineOfTheLedgerHolds(t *testing.T) {
	line := func(granted bool, at Millis) Consent {
		return Consent{Channel: ChannelWhatsApp, Value: "+34600000001", Purpose: ForConversation, Granted: granted, At: at}
	}
	ask := func(lines ...Consent) bool { return Agreed(lines, ChannelWhatsApp, "+34600000001", ForConversation) }
	if ask() || !ask(line(true, 1)) || ask(line(true, 1), line(false, 2)) || !ask(line(true, 1), line(false, 2), line(true, 3)) {
		t.Error("the latest line does not hold")
	}
	if ask(line(true, 5), line(false, 5)) {
		t.Error("of two lines of one moment the later in the ledger holds")
	}
	l := []Consent{line(true, 1)}
	if Agreed(l, ChannelSMS, "+34600000001", ForConversation) || Agreed(l, ChannelWhatsApp, "+34600000002", ForConversation) ||
		Agreed(l, ChannelWhatsApp, "+34600000001", ForMarketing) || Agreed([]Consent{{Channel: ChannelWhatsApp, Purpose: ForConversation, Granted: true}}, ChannelWhatsApp, "", ForConversation) {
		t.Error("a consent says no more than it says")
	}
}
