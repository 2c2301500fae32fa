package meta

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestPiecesEndWhereThoughtsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a paragraph": {"aaaa bbbb\n\ncccc dddd", []string{"aaaa bbbb", "cccc dddd"}},
		"a line":      {"aaaa bbbb\ncccc dddd", []string{"aaaa bbbb", "cccc dddd"}},
		"a sentence":  {"aaaa bb. cccc dddd", []string{"aaaa bb.", "cccc dddd"}},
		"a word":      {"aaaa bbbb cccc", []string{"aaaa bbbb", "cccc"}},
		"no place":    {"aaaaaaaaaabbbb", []string{"aaaaaaaaaa", "bbbb"}},
		"short":       {" aaaa ", []string{"aaaa"}},
		"nothing":     {" \n ", nil},
		"a family":    {"aaaaaaa👨‍👩‍👧", []string{"aaaaaaa", "👨‍👩‍👧"}},
		"an accent":   {"aaaaaaaaae\u0301", []string{"aaaaaaaaa", "e\u0301"}},
	} {
		got := split(c.text, 10, units)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("The quick brown fox.\n\nJumps over", 12)
	f.Add("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 9)
	f.Add("e\u0301\u0301\u0301\u0301\u0301\u0301", 4)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 4 || limit > 5000 || !utf8.ValidString(text) {
			return
		}
		for name, size := range map[string]func(rune) int{"units": units, "bytes": utf8.RuneLen} {
			pieces := split(text, limit, size)
			for _, p := range pieces {
				if n := length(p, size); n == 0 || n > limit {
					t.Fatalf("%s: a piece of %d of %d: %q", name, n, limit, p)
				}
			}
			if visible(strings.Join(pieces, "")) != visible(text) {
				t.Fatalf("%s: something got lost", name)
			}
		}
		if short := cut(text, limit); length(short, units) > limit {
			t.Fatalf("cut to %d: %q", limit, short)
		}
	})
}

func TestLinks(t *testing.T) {
	p := New(Options{})
	number, page := chat.Account{Handle: "+1 555 078 3881"}, chat.Account{Handle: "lucky shrub"}
	demo := New(Options{WhatsAppLinks: "http://phone.localhost:8080/wa.me/"})
	for _, c := range []struct{ got, want string }{
		{
			p.WhatsApp().Link(number, "Hi & bye (ref K7Q-4MXP)", "K7Q-4MXP"),
			"https://wa.me/15550783881?text=Hi%20%26%20bye%20%28ref%20K7Q-4MXP%29",
		},
		{p.WhatsApp().Link(number, "Hi", "K7Q-4MXP"), "https://wa.me/15550783881?text=Hi%20K7Q-4MXP"},
		{p.Messenger().Link(page, "Hi", "K7Q-4MXP"), "https://m.me/lucky%20shrub?ref=K7Q-4MXP&text=Hi"},
		{p.Instagram().Link(page, "", "K7Q-4MXP"), "https://ig.me/m/lucky%20shrub?ref=K7Q-4MXP"},
		{p.WhatsApp().Link(page, "Hi", "K7Q-4MXP"), ""},
		{p.Messenger().Link(chat.Account{}, "Hi", "K7Q-4MXP"), ""},
		{demo.WhatsApp().Link(number, "Hi", ""), "http://phone.localhost:8080/wa.me/15550783881?text=Hi"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
