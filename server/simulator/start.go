package simulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
)

//go:embed start
var startFiles embed.FS

// StartOptions say where the parts of the demo are.
type StartOptions struct {
	ShopURL   string // http://shop.localhost:8080
	InboxURL  string // http://inbox.localhost:8080
	PhoneURL  string // http://phone.localhost:8080; without it nothing is said of phones
	ServerURL string // whose /healthz tells whether the server is up; the page's own origin when empty
}

type startView struct {
	StartOptions
	words map[string]string
}

// T is a word of the locale file.
func (v startView) T(key string) string { return v.words[key] }

// Health is the address that the page asks whether the server is there.
func (v startView) Health() string { return v.ServerURL + "/healthz" }

// More names the further things to try.
func (startView) More() []string { return []string{"restart", "tabs", "identity", "coupon"} }

// Story names the steps of the walk from the shop to a phone and back.
func (startView) Story() []string { return []string{"ask", "along", "close", "answer", "read", "back"} }

// StartPage is the demo's first page: what to open and what to try.
func StartPage(options StartOptions) http.Handler {
	page := startPage(options)
	files := http.FileServerFS(startFiles)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // the reader has left
	})
	for _, name := range []string{"start.css", "start.js", "mark.svg"} {
		mux.Handle("GET /start/"+name, files)
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " + options.ServerURL +
		"; form-action " + options.InboxURL + "; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.TrimSpace(policy))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	})
}

// startPage renders once: nothing on it depends on who asks. What it is made of
// is part of the binary, so a failure is a broken build.
func startPage(options StartOptions) []byte {
	raw, err := startFiles.ReadFile("start/en.json")
	must(err)
	view := startView{StartOptions: options, words: map[string]string{}}
	must(json.Unmarshal(raw, &view.words))
	pages, err := template.ParseFS(startFiles, "start/start.html")
	must(err)
	var page bytes.Buffer
	must(pages.Execute(&page, view))
	return page.Bytes()
}

func must(err error) {
	if err != nil {
		panic("simulator: " + err.Error())
	}
}
