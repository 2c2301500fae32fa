package shop

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestTheLanguagesSayTheSameThings(t *testing.T) {
	all, err := loadLocales()
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]string{
		"en": {"one", "other"}, "de": {"one", "other"}, "ar": {"few", "many", "one", "other", "two", "zero"},
	}
	base := all["en"]
	for lang, l := range all {
		for key, text := range base.texts {
			if other, ok := l.texts[key]; !ok || !slices.Equal(placeholders(text), placeholders(other)) {
				t.Errorf("%s: %s is missing or has other placeholders: %q", lang, key, other)
			}
		}
		for key := range base.plural {
			if got := slices.Sorted(maps.Keys(l.plural[key])); !slices.Equal(got, forms[lang]) {
				t.Errorf("%s: %s has the forms %v", lang, key, got)
			}
		}
		if len(l.texts) != len(base.texts) || len(l.plural) != len(base.plural) {
			t.Errorf("%s has %d+%d words, en %d+%d", lang, len(l.texts), len(l.plural), len(base.texts), len(base.plural))
		}
	}
}

func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return found
}

func TestTheTemplatesUseOnlyWordsThatExist(t *testing.T) {
	all, err := loadLocales()
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`\.T "([a-z._]+)"`)
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	uses := 0
	for _, entry := range entries {
		raw, err := templateFiles.ReadFile("templates/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range call.FindAllStringSubmatch(string(raw), -1) {
			uses++
			if got := all["en"].text(found[1]); got == found[1] {
				t.Errorf("%s: no word %s", entry.Name(), found[1])
			}
		}
	}
	if uses < 50 {
		t.Errorf("found only %d uses: the pattern no longer fits", uses)
	}
}

func TestArabicPlurals(t *testing.T) {
	for n, want := range map[int]string{0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 102: "other", 103: "few", 111: "many"} {
		if got := pluralForm("ar", n); got != want {
			t.Errorf("%d: %s, wanted %s", n, got, want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "ja": "en", "de-AT,en": "de", "ja, ar;q=0.5": "ar", "EN-us": "en", ";;,": "en",
	} {
		if got := preferred(header); got != want {
			t.Errorf("%q: %s", header, got)
		}
	}
}
