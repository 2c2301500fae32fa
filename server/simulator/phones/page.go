package phones

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
)

//go:embed page.html en.json static
var files embed.FS

// pageView is what page.html is made of. Words go into the page as data too, for
// its scripts.
type pageView struct {
	words map[string]string
	Data  pageData
}

type pageData struct {
	BaseURL string            `json:"base_url"`
	Words   map[string]string `json:"words"`
}

// T is a word of the locale file.
func (v pageView) T(key string) string { return v.words[key] }

// servePage renders once: nothing on the page depends on who asks.
func servePage(baseURL string) http.HandlerFunc {
	words := loadWords()
	pages := template.Must(template.ParseFS(files, "page.html"))
	var page bytes.Buffer
	if err := pages.Execute(&page, pageView{words, pageData{baseURL, words}}); err != nil {
		panic("phones: " + err.Error())
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes()) // the reader has left
	}
}

func loadWords() map[string]string {
	raw, err := files.ReadFile("en.json")
	if err != nil {
		panic("phones: " + err.Error())
	}
	words := map[string]string{}
	if err := json.Unmarshal(raw, &words); err != nil {
		panic("phones: " + err.Error())
	}
	return words
}

func staticFiles() http.Handler {
	folder := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The files change with the binary and have no name of their own for
		// each version, so browsers ask again.
		w.Header().Set("Cache-Control", "no-cache")
		folder.ServeHTTP(w, r)
	})
}
