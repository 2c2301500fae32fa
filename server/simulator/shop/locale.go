package shop

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed locales/*.json
var localeFiles embed.FS

// languages in the order of the switch; the first is the fallback.
var languages = []string{"en", "de", "ar"}

// locale is the shop's words in one language. A word is a text, or one text per
// plural form (CLDR: zero one two few many other), with {names} to fill in.
type locale struct {
	lang   string
	texts  map[string]string
	plural map[string]map[string]string
}

func loadLocales() (map[string]*locale, error) {
	all := map[string]*locale{}
	for _, lang := range languages {
		raw, err := localeFiles.ReadFile("locales/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("locale: %w", err)
		}
		l, err := parseLocale(lang, raw)
		if err != nil {
			return nil, fmt.Errorf("locale %s: %w", lang, err)
		}
		all[lang] = l
	}
	return all, nil
}

func parseLocale(lang string, raw []byte) (*locale, error) {
	var words map[string]json.RawMessage
	if err := json.Unmarshal(raw, &words); err != nil {
		return nil, err
	}
	l := &locale{lang: lang, texts: map[string]string{}, plural: map[string]map[string]string{}}
	for key, word := range words {
		var text string
		if json.Unmarshal(word, &text) == nil {
			l.texts[key] = text
			continue
		}
		var forms map[string]string
		if err := json.Unmarshal(word, &forms); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		l.plural[key] = forms
	}
	return l, nil
}

// text fills in the word of that key; pairs are name, value, name, value. The
// value of "count" chooses the plural form. A missing word shows its key.
func (l *locale) text(key string, pairs ...any) string {
	text, ok := l.texts[key]
	if forms, has := l.plural[key]; has {
		text, ok = forms["other"], true
		if form, found := forms[pluralForm(l.lang, countOf(pairs))]; found {
			text = form
		}
	}
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

func countOf(pairs []any) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if n, ok := pairs[i+1].(int); ok && pairs[i] == "count" {
			return n
		}
	}
	return 0
}

// pluralForm follows the CLDR plural rules for whole numbers.
func pluralForm(lang string, n int) string {
	if lang == "ar" {
		switch rest := n % 100; {
		case n == 0:
			return "zero"
		case n == 1:
			return "one"
		case n == 2:
			return "two"
		case rest >= 3 && rest <= 10:
			return "few"
		case rest >= 11:
			return "many"
		}
		return "other"
	}
	if n == 1 {
		return "one"
	}
	return "other"
}

// date writes a day with the month's name; the order of the parts is a word too.
func (l *locale) date(t time.Time) string {
	return l.text("date", "day", t.Day(), "month", l.text(fmt.Sprintf("month.%d", int(t.Month()))), "year", t.Year())
}

func (l *locale) dir() string {
	if l.lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// preferred picks the first language of Accept-Language that the shop speaks.
// Weights are not read: browsers list languages in order of preference.
func preferred(acceptLanguage string) string {
	for tag := range strings.SplitSeq(acceptLanguage, ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if known(primary) {
			return primary
		}
	}
	return languages[0]
}

func known(lang string) bool {
	return slices.Contains(languages, lang)
}
