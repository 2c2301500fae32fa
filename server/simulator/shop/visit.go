package shop

import (
	"bytes"
	"embed"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const maxForm = 64 << 10

// visit is one request: who came, in which language and when. Handlers are
// functions from a visit to an answer and run one at a time, so the shop's state
// needs no further care.
type visit struct {
	shop    *Shop
	writer  http.ResponseWriter
	request *http.Request
	session *session
	words   *locale
	now     time.Time
}

// answer is what a handler wants sent: a page, a redirect or JSON.
type answer struct {
	status   int
	page     string // name of the template
	view     any
	location string
	json     any
}

func show(page string, view any) answer { return answer{status: http.StatusOK, page: page, view: view} }

func goTo(path string) answer            { return answer{status: http.StatusSeeOther, location: path} }
func tell(v any) answer                  { return answer{status: http.StatusOK, json: v} }
func nothing() answer                    { return answer{status: http.StatusNoContent} }
func (a answer) with(status int) answer  { a.status = status; return a }
func (v *visit) missing() answer         { return v.sorry(http.StatusNotFound, "error.text") }
func (v *visit) refused() answer         { return v.sorry(http.StatusBadRequest, "error.refused") }
func (v *visit) form(name string) string { return strings.TrimSpace(v.request.PostFormValue(name)) }

func (v *visit) sorry(status int, text string) answer {
	return show("error", errorView{v.layout("error.title"), text}).with(status)
}

type errorView struct {
	layout
	Text string
}

func (s *Shop) serve(handle func(*visit) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The body is read before the lock is taken: a slow sender waits alone.
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var body bytes.Buffer
		if r.Header.Get("Content-Type") == "application/json" {
			if _, err := body.ReadFrom(r.Body); err != nil {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
				return
			}
			r.Body = noClose{&body}
		} else if err := r.ParseForm(); err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		v := s.enter(w, r)
		if v == nil { // the language was changed
			s.mu.Unlock()
			return
		}
		got := handle(v)
		var page bytes.Buffer
		err := s.render(&page, got)
		s.mu.Unlock()
		if err != nil {
			s.options.Log.Error("shop: page", "page", got.page, "error", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		got.send(w, r, page.Bytes())
	})
}

type noClose struct{ *bytes.Buffer }

func (noClose) Close() error { return nil }

// enter finds the session and the language of a request.
func (s *Shop) enter(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{shop: s, writer: w, request: r, session: &session{}, now: s.options.Now()}
	if wish := r.URL.Query().Get("lang"); known(wish) && r.Method == http.MethodGet {
		v.setCookie(languageCookie, wish, false)
		clean := *r.URL
		query := clean.Query()
		query.Del("lang")
		clean.RawQuery = query.Encode()
		http.Redirect(w, r, (&url.URL{Path: clean.Path, RawQuery: clean.RawQuery}).String(), http.StatusSeeOther)
		return nil
	}
	lang := preferred(r.Header.Get("Accept-Language"))
	if c, err := r.Cookie(languageCookie); err == nil && known(c.Value) {
		lang = c.Value
	}
	v.words = s.locales[lang]
	if c, err := r.Cookie(sessionCookie); err == nil {
		if found, ok := s.sessions[c.Value]; ok {
			v.session = found
		}
	}
	v.session.seen = v.now
	return v
}

//go:embed templates/*.html
var templateFiles embed.FS

func (s *Shop) render(into *bytes.Buffer, a answer) error {
	switch {
	case a.page != "":
		return s.pages.ExecuteTemplate(into, a.page+".html", a.view)
	case a.json != nil:
		return json.NewEncoder(into).Encode(a.json)
	}
	return nil
}

func (a answer) send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Cache-Control", "private, no-store")
	if a.location != "" {
		http.Redirect(w, r, a.location, a.status)
		return
	}
	switch {
	case a.page != "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	case a.json != nil:
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	if len(body) > 0 {
		_, _ = w.Write(body) // the browser has left
	}
}
