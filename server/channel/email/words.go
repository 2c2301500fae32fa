package email

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed words.json
var wordsFile []byte

// words are what a letter says beside the agent's own text, by language.
var words = sync.OnceValue(func() map[string]map[string]string {
	var all map[string]map[string]string
	if err := json.Unmarshal(wordsFile, &all); err != nil {
		panic("email: words: " + err.Error()) // part of the binary: the build is broken
	}
	return all
})

// speech is the words of one language, with the shop's name in them.
type speech struct {
	language string
	shop     string
	words    map[string]string
}

// speak gives the words of a language, or of the next best one: of a regional form its language's, else English.
func speak(language, shop string) speech {
	tag, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(language), "_", "-"), "-")
	w, ok := words()[tag]
	if !ok {
		tag, w = "en", words()["en"]
	}
	return speech{tag, shop, w}
}

func (s speech) say(word string) string { return strings.ReplaceAll(s.words[word], "{shop}", s.shop) }

// direction in which the language is written.
func (s speech) direction() string {
	if s.language == "ar" {
		return "rtl"
	}
	return "ltr"
}
