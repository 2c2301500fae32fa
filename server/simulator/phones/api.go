package phones

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Bounds of what the page sends.
const (
	maxBody  = 64 << 10
	maxText  = 4096
	maxEmoji = 40
	maxPhoto = 5 << 20 // WhatsApp's bound
)

// errInvalid is what the page itself never sends.
var errInvalid = errors.New("phones: invalid request")

// none is the answer to what only has an effect: what came of it arrives as events.
var none = struct{}{}

// answer writes what handle returns.
func (p *Page) answer(handle func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxPhoto+1)
		result, err := handle(r)
		if err != nil {
			p.refuse(w, r, err)
			return
		}
		if result == none {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeJSON(w, http.StatusOK, result)
	})
}

// refuse says why something was not done. A fault of the network is logged here
// and nowhere else.
func (p *Page) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *Refusal
	var tooLarge *http.MaxBytesError
	status, body := http.StatusInternalServerError, map[string]string{"error": "fault"}
	switch {
	case errors.Is(err, ErrUnknown):
		status, body = http.StatusNotFound, map[string]string{"error": "unknown"}
	case errors.As(err, &refusal):
		status, body = http.StatusConflict, map[string]string{"error": "refused", "reason": refusal.Reason}
	case errors.As(err, &tooLarge):
		status, body = http.StatusRequestEntityTooLarge, map[string]string{"error": "too_large"}
	case errors.Is(err, errInvalid), errors.Is(err, errLink):
		status, body = http.StatusBadRequest, map[string]string{"error": "invalid"}
	default:
		p.log.ErrorContext(r.Context(), "phones", "path", r.Pattern, "error", err)
	}
	writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader has left
}

// read takes the body of a request: one JSON object of known fields.
func read(r *http.Request, into any) error {
	if mediaType(r) != "application/json" {
		return errInvalid
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil || decoder.More() {
		return errInvalid
	}
	return nil
}

func mediaType(r *http.Request) string {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.TrimSpace(kind)
}

// wellFormed tells whether somebody can have typed it.
func wellFormed(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= maxText && !strings.ContainsRune(text, 0)
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{} // an empty list is no null
	}
	return items
}

func (p *Page) people(*http.Request) (any, error) { return list(p.network.People()), nil }

func (p *Page) threads(r *http.Request) (any, error) {
	threads, err := p.network.Threads(r.PathValue("person"))
	return list(threads), err
}

func (p *Page) messages(r *http.Request) (any, error) {
	messages, err := p.network.Messages(r.PathValue("person"), r.PathValue("thread"))
	return list(messages), err
}

func (p *Page) sendText(r *http.Request) (any, error) {
	var body struct {
		Text    string `json:"text"`
		ReplyTo string `json:"reply_to"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if strings.TrimSpace(body.Text) == "" || !wellFormed(body.Text) {
		return nil, errInvalid
	}
	return none, p.network.SendText(r.PathValue("person"), r.PathValue("thread"), body.Text, body.ReplyTo)
}

// sendPhoto takes the picture itself as the body, and its caption as a parameter.
func (p *Page) sendPhoto(r *http.Request) (any, error) {
	content, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxPhoto))
	if err != nil {
		return nil, err
	}
	photo := Photo{Name: r.FormValue("name"), Caption: r.FormValue("caption"), Type: http.DetectContentType(content), Content: content}
	if (photo.Type != "image/jpeg" && photo.Type != "image/png") || !wellFormed(photo.Caption) || !wellFormed(photo.Name) {
		return nil, errInvalid
	}
	return none, p.network.SendPhoto(r.PathValue("person"), r.PathValue("thread"), photo)
}

func (p *Page) getStarted(r *http.Request) (any, error) {
	return none, p.network.GetStarted(r.PathValue("person"), r.PathValue("thread"))
}

func (p *Page) openLink(r *http.Request) (any, error) {
	var body struct {
		URL string `json:"url"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	link, err := ParseLink(body.URL)
	if err != nil {
		return nil, err
	}
	return p.network.OpenLink(r.PathValue("person"), link)
}

func (p *Page) setOnline(r *http.Request) (any, error) {
	var body struct {
		Online bool `json:"online"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	return none, p.network.SetOnline(r.PathValue("person"), body.Online)
}

func (p *Page) edit(r *http.Request) (any, error) {
	var body struct {
		Text string `json:"text"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if strings.TrimSpace(body.Text) == "" || !wellFormed(body.Text) {
		return nil, errInvalid
	}
	return none, p.network.Edit(r.PathValue("person"), r.PathValue("thread"), r.PathValue("id"), body.Text)
}

func (p *Page) remove(r *http.Request) (any, error) {
	return none, p.network.Delete(r.PathValue("person"), r.PathValue("thread"), r.PathValue("id"))
}

func (p *Page) tap(r *http.Request) (any, error) {
	var body struct {
		Button string `json:"button"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	return none, p.network.Tap(r.PathValue("person"), r.PathValue("thread"), r.PathValue("id"), body.Button)
}

func (p *Page) react(r *http.Request) (any, error) {
	var body struct {
		Emoji string `json:"emoji"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if len(body.Emoji) > maxEmoji || !wellFormed(body.Emoji) {
		return nil, errInvalid
	}
	return none, p.network.React(r.PathValue("person"), r.PathValue("thread"), r.PathValue("id"), body.Emoji)
}
