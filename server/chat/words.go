package chat

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed words/words.json
var wordsFile []byte

// words are what is said on channels beside people's own text, by language.
var words = sync.OnceValue(func() map[string]map[string]string {
	var all map[string]map[string]string
	if err := json.Unmarshal(wordsFile, &all); err != nil {
		panic("chat: words: " + err.Error()) // part of the binary: the build is broken
	}
	return all
})

// wordsIn gives the words of a language, or of the next best one: of a regional form its language's, else English.
func wordsIn(language string) map[string]string {
	all := words()
	for tag := strings.ToLower(language); tag != ""; {
		if w, ok := all[tag]; ok {
			return w
		}
		i := strings.LastIndexAny(tag, "-_")
		if i < 0 {
			break
		}
		tag = tag[:i]
	}
	return all["en"]
}

// WordsIn gives the words that a rendered message needs.
func WordsIn(language string) Words {
	w := wordsIn(language)
	return Words{Language: language, BackToShop: w["back_to_shop"], Choose: w["choose"], Code: w["code"], Order: w["order"]}
}
