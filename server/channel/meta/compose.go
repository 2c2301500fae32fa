package meta

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/channel"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// object is a JSON object of a request.
type object = map[string]any

// part is one request of a message.
type part struct {
	body object
	file *chat.Attachment // goes with it: uploaded before on WhatsApp, inside of the request on Messenger
	kind string           // what the file is called in the body
}

// some refuses a message that comes to nothing.
func some(parts []part) ([]part, error) {
	if len(parts) == 0 {
		return nil, &chat.SendError{Class: chat.SendRejected, Code: "empty", Detail: "the message says nothing"}
	}
	return parts, nil
}

// said collects what a message says in words: its text, and what a channel has no better form for.
type said struct{ paragraphs []string }

func (s *said) add(lines ...string) {
	var kept []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	if kept != nil {
		s.paragraphs = append(s.paragraphs, strings.Join(kept, "\n"))
	}
}

func (s *said) text() string { return strings.Join(s.paragraphs, "\n\n") }

// begin says the text, the coupon and the order of a message.
func begin(e chat.Envelope) *said {
	s := &said{}
	s.add(e.Message.Text)
	if c := e.Message.Coupon; c != nil {
		s.add(c.Description, label(e.Words.Code, c.Code))
	}
	s.add(e.Message.OrderLines(e.Words.Order)...)
	return s
}

func label(word, value string) string {
	if word == "" {
		return value
	}
	return word + ": " + value
}

// numbered says choices as a list that can be answered with a number.
func (s *said) numbered(all []chat.Choice) {
	var lines []string
	for i, c := range all {
		lines = append(lines, strconv.Itoa(i+1)+". "+c.Title)
	}
	s.add(lines...)
}

// card says a card in lines.
func (s *said) card(c chat.Card) {
	s.add(append(append(cardLines(c), link(c)), buttonLines(c, link(c), nil)...)...)
}

// buttonLines says what a card's buttons do, but for the page and the answers that can be tapped.
func buttonLines(c chat.Card, page string, tappable []chat.Choice) []string {
	var lines []string
	for _, b := range c.Buttons {
		switch {
		case b.Kind == "url" && b.URL != page:
			lines = append(lines, label(b.Title, b.URL))
		case b.Kind == "reply" && tappable == nil:
			lines = append(lines, "› "+b.Title)
		}
	}
	return lines
}

func cardLines(c chat.Card) []string {
	lines := []string{c.Title, c.Subtitle}
	if c.Price != nil {
		lines = append(lines, channel.Price(*c.Price))
	}
	return lines
}

// link gives the page that a card leads to.
func link(c chat.Card) string {
	if c.URL != "" {
		return c.URL
	}
	for _, b := range c.Buttons {
		if b.Kind == "url" {
			return b.URL
		}
	}
	return ""
}

func replies(c chat.Card) []string {
	var titles []string
	for _, b := range c.Buttons {
		if b.Kind == "reply" {
			titles = append(titles, b.Title)
		}
	}
	return titles
}

// fileType is what a channel takes files of some type as, and up to which size.
type fileType struct {
	kind string
	most int64
}

const mb = 1 << 20

// attach parts a message's files into those that the channel takes and those that can only be linked, and says the latter.
func (p *Platform) attach(s *said, all []chat.Attachment, types func(contentType string) (fileType, bool)) []part {
	var parts []part
	for _, a := range all {
		contentType, _, _ := strings.Cut(a.ContentType, ";")
		t, ok := types(strings.TrimSpace(contentType))
		if ok && a.Size <= t.most && a.Size > 0 {
			parts = append(parts, part{file: &a, kind: t.kind})
			continue
		}
		s.add(a.Name, p.fileURL(a))
	}
	return parts
}

func (p *Platform) fileURL(a chat.Attachment) string {
	if p.o.FileURL == nil {
		return ""
	}
	return p.o.FileURL(a)
}

// units counts as JavaScript does. Where Meta says "characters" it does not say which: this is the strictest of the usual meanings.
func units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

func length(s string, size func(rune) int) int {
	n := 0
	for _, r := range s {
		n += size(r)
	}
	return n
}

// cut shortens a title or the like.
func cut(s string, most int) string {
	s = strings.TrimSpace(s)
	if length(s, units) <= most {
		return s
	}
	return strings.TrimSpace(s[:whole(s, fit(s, most-1, units))]) + "…"
}

// fit gives how many bytes of s the limit has room for.
func fit(s string, limit int, size func(rune) int) int {
	used := 0
	for i, r := range s {
		if used += size(r); used > limit {
			return i
		}
	}
	return len(s)
}

// split parts a text into pieces within the limit, at the ends of paragraphs, lines, sentences or words where it can.
func split(text string, limit int, size func(rune) int) []string {
	var pieces []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := fit(text, limit, size)
		if n < len(text) {
			n = breakAt(text, n)
		}
		pieces = append(pieces, strings.TrimSpace(text[:n]))
		text = text[n:]
	}
	return pieces
}

// breakAt gives the best place at or before n to part the text at: none before the middle, or pieces would become many.
func breakAt(text string, n int) int {
	for _, end := range []string{"\n\n", "\n", ". ", "! ", "? ", "。", "؟ ", " "} {
		if i := strings.LastIndex(text[:n], end); i >= n/2 {
			return i + len(end)
		}
	}
	return whole(text, n)
}

// whole moves a place in the text back to where it parts no character from the signs that belong to it.
func whole(text string, n int) int {
	i := n
	for i > 0 && i < len(text) {
		next, _ := utf8.DecodeRuneInString(text[i:])
		last, width := utf8.DecodeLastRuneInString(text[:i])
		if !clings(next) && last != joiner {
			return i
		}
		i -= width
	}
	if i == 0 {
		return n // it clings together for as long as the limit is: it can't be helped
	}
	return i
}

const joiner = 0x200d // joins emoji into one

func clings(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == joiner || r >= 0x1f3fb && r <= 0x1f3ff // skin tones
}
