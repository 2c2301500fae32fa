package email

import (
	_ "embed"
	"html/template"
	"strings"
	"unicode"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

//go:embed letter.html
var letterFile string

var letterHTML = template.Must(template.New("letter").Parse(letterFile))

// letter is what an e-mail says: the message's words, and around them who wrote, how to answer and why it came. Nothing in it is
// fetched from anywhere when it is read: no pictures, so that nobody is told who reads it.
type letter struct {
	Language, Direction string
	Subject, Wrote      string
	Paragraphs          [][]string // of lines
	Cards               []card
	Coupon              *coupon
	Order               []string
	Files               []link
	ChoicesWord         string
	Choices             []string
	Link, LinkTitle     string
	Answers, Why        string
	Stop, StopTitle     string
}

type link struct{ Title, URL string }

type card struct {
	Title, Subtitle, Price, URL string
	Links                       []link
}

type coupon struct{ Description, Label, Code string }

// write makes the letter of an envelope.
func (a *Adapter) write(e chat.Envelope) letter {
	s := speak(e.Words.Language, oneLine(e.Shop))
	l := letter{
		Language: s.language, Direction: s.direction(), Subject: s.say("subject"), Wrote: s.say("wrote"), Paragraphs: paragraphs(e.Message.Text),
		ChoicesWord: s.say("choices"), Link: e.ReturnTo, LinkTitle: s.say("continue"), Answers: s.say("no_answers"), Why: s.say("why"),
		StopTitle: s.say("stop"),
	}
	if to, ok := answersTo(e.Account); ok {
		l.Answers = strings.ReplaceAll(s.say("answers"), "{address}", to.Address)
	}
	if a.o.Unsubscribe != nil {
		if stop := a.o.Unsubscribe(e); chat.WebURL(stop) { // it stands in a header too
			l.Stop = stop
		}
	}
	for _, c := range e.Message.Cards {
		l.Cards = append(l.Cards, cardOf(c))
		for _, b := range c.Buttons {
			if b.Kind == "reply" {
				l.Choices = append(l.Choices, b.Title)
			}
		}
	}
	if c := e.Message.Coupon; c != nil {
		l.Coupon = &coupon{c.Description, e.Words.Code, c.Code}
	}
	l.Order = e.Message.OrderLines(e.Words.Order)
	for _, f := range e.Message.Attachments {
		l.Files = append(l.Files, link{f.Name, a.o.FileURL(f)})
	}
	for _, c := range e.Message.Choices {
		l.Choices = append(l.Choices, c.Title)
	}
	return l
}

func cardOf(c chat.Card) card {
	out := card{Title: c.Title, Subtitle: c.Subtitle, URL: c.URL}
	if c.Price != nil {
		out.Price = channel.Price(*c.Price)
	}
	for _, b := range c.Buttons {
		if b.Kind == "url" && b.URL != c.URL {
			out.Links = append(out.Links, link{b.Title, b.URL})
		}
	}
	return out
}

// paragraphs parts a text at its empty lines.
func paragraphs(text string) (all [][]string) {
	var lines []string
	for line := range strings.Lines(text + "\n\n") {
		if line = strings.TrimRightFunc(line, unicode.IsSpace); line != "" {
			lines = append(lines, line)
		} else if lines != nil {
			all, lines = append(all, lines), nil
		}
	}
	return all
}

// empty tells whether there is nothing in it that somebody has said.
func (l letter) empty() bool {
	return l.Paragraphs == nil && l.Cards == nil && l.Coupon == nil && l.Order == nil && l.Files == nil && l.Choices == nil
}

// html gives the letter as a page.
func (l letter) html() (string, error) {
	var b strings.Builder
	err := letterHTML.Execute(&b, l)
	return b.String(), err
}

// text gives the letter for those who read no pages.
func (l letter) text() string {
	t := &text{}
	t.paragraph(l.Wrote)
	for _, p := range l.Paragraphs {
		t.paragraph(p...)
	}
	for _, c := range l.Cards {
		lines := []string{c.Title, c.Subtitle, c.Price, c.URL}
		for _, more := range c.Links {
			lines = append(lines, more.Title+": "+more.URL)
		}
		t.paragraph(lines...)
	}
	if l.Coupon != nil {
		t.paragraph(l.Coupon.Description, l.Coupon.Label+": "+l.Coupon.Code)
	}
	t.paragraph(l.Order...)
	for _, f := range l.Files {
		t.paragraph(f.Title, f.URL)
	}
	if l.Choices != nil {
		t.paragraph(append([]string{l.ChoicesWord + ":"}, bulleted(l.Choices)...)...)
	}
	if l.Link != "" {
		t.paragraph(l.LinkTitle+":", l.Link)
	}
	stop := ""
	if l.Stop != "" {
		stop = l.StopTitle + ": " + l.Stop
	}
	t.paragraph("-- ", l.Answers, l.Why, stop)
	return t.b.String()
}

func bulleted(all []string) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		out = append(out, "- "+s)
	}
	return out
}

// text collects paragraphs.
type text struct{ b strings.Builder }

func (t *text) paragraph(lines ...string) {
	begun := false
	for _, l := range lines {
		if l == "" {
			continue
		}
		if !begun && t.b.Len() > 0 {
			t.b.WriteString("\n")
		}
		begun = true
		t.b.WriteString(l + "\n")
	}
}

const maxName = 100

// oneLine makes a name fit for a header: one line, without control characters and not too long.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxName {
		s = string(runes[:maxName])
	}
	return s
}
