package meta

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Limits of Messenger. https://developers.facebook.com/docs/messenger-platform/reference/templates
const (
	mQuick        = 13
	mTitle        = 20 // of a quick reply and of a button
	mButtonText   = 640
	mElementTitle = 80
	mButtons      = 3
)

// messengerFiles are what Messenger takes.
func messengerFiles(contentType string) (fileType, bool) {
	kind, _, _ := strings.Cut(contentType, "/")
	switch {
	case contentType == "image/jpeg" || contentType == "image/png" || contentType == "image/gif":
		return fileType{"image", 8 * mb}, true
	case kind == "audio" || kind == "video":
		return fileType{kind, 25 * mb}, true
	}
	return fileType{"file", 25 * mb}, true
}

// render gives the messages of the requests. Words come first, then files, then cards; what can be tapped is last.
func (m messenger) render(e chat.Envelope) ([]part, error) {
	if e.Use != nil {
		return m.template(e)
	}
	s := begin(e)
	types := m.files
	if !m.upload && m.o.FileURL == nil {
		types = func(string) (fileType, bool) { return fileType{}, false }
	}
	files := m.attach(s, e.Message.Attachments, types)
	elements := m.elements(e.Message.Cards, s)
	quick := quickReplies(e.Message.Choices)
	if quick == nil {
		s.numbered(e.Message.Choices)
	}
	back := e.ReturnTo
	if quick != nil && back != "" {
		s.add(label(e.Words.BackToShop, back))
		back = ""
	}
	pieces := split(s.text(), m.text, m.size)
	last := m.ending(e, &pieces, quick, back)
	var parts []part
	for _, piece := range pieces {
		parts = append(parts, part{body: object{"text": piece}})
	}
	for _, f := range files {
		parts = append(parts, m.file(f))
	}
	if elements != nil {
		parts = append(parts, part{body: templateOf(object{"template_type": "generic", "elements": elements})})
	}
	if last != nil {
		parts = append(parts, part{body: last})
	}
	return some(parts)
}

// ending gives the message with what can be tapped; it takes the last piece of the text along.
func (m messenger) ending(e chat.Envelope, pieces *[]string, quick []object, back string) object {
	take := func(usual string, most int) string {
		n := len(*pieces)
		if n == 0 || length((*pieces)[n-1], m.size) > most {
			return cut(usual, most)
		}
		text := (*pieces)[n-1]
		*pieces = (*pieces)[:n-1]
		return text
	}
	switch {
	case quick != nil:
		return object{"text": take(first(e.Words.Choose, "…"), m.text), "quick_replies": quick}
	case back != "":
		title := first(e.Words.BackToShop, e.Shop, "↩")
		return templateOf(object{
			"template_type": "button", "text": take(title, mButtonText),
			"buttons": []object{{"type": "web_url", "url": back, "title": cut(title, mTitle)}},
		})
	}
	return nil
}

func templateOf(payload object) object {
	return object{"attachment": object{"type": "template", "payload": payload}}
}

// quickReplies gives choices as quick replies; nil: there are none, or they do not fit.
func quickReplies(all []chat.Choice) []object {
	if len(all) > mQuick || !distinct(all) || !fitting(all, mTitle) {
		return nil
	}
	var out []object
	for _, c := range all {
		out = append(out, object{"content_type": "text", "title": strings.TrimSpace(c.Title), "payload": c.ID})
	}
	return out
}

// elements gives cards as elements of one template. A card that has a title alone can be none, and is said instead.
func (m messenger) elements(all []chat.Card, s *said) []object {
	var out []object
	for _, c := range all {
		el := object{"title": cut(c.Title, mElementTitle)}
		if lines := cardLines(c)[1:]; join(lines) != "" {
			el["subtitle"] = cut(join(lines), mElementTitle)
		}
		if c.ImageURL != "" {
			el["image_url"] = c.ImageURL
		}
		if page := link(c); page != "" {
			el["default_action"] = object{"type": "web_url", "url": page}
		}
		if buttons := cardButtons(c); buttons != nil {
			el["buttons"] = buttons
		}
		if len(el) == 1 {
			s.card(c)
			continue
		}
		out = append(out, el)
	}
	return out
}

func cardButtons(c chat.Card) []object {
	var out []object
	for _, b := range c.Buttons {
		if len(out) == mButtons {
			break
		}
		if b.Kind == "url" {
			out = append(out, object{"type": "web_url", "url": b.URL, "title": cut(b.Title, mTitle)})
		} else {
			out = append(out, object{"type": "postback", "title": cut(b.Title, mTitle), "payload": b.Title})
		}
	}
	return out
}

// file gives a file's message: with the file in the request, or with a link to it.
func (m messenger) file(f part) part {
	payload := object{}
	if !m.upload {
		payload["url"] = m.fileURL(*f.file)
		f.file = nil
	}
	f.body = object{"attachment": object{"type": f.kind, "payload": payload}}
	return f
}

// fileForm gives a request with a file inside.
// https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets
func fileForm(body object, a chat.Attachment, r io.Reader) (*form, error) {
	f := &form{name: "filedata", file: a.Name, kind: a.ContentType, size: a.Size, bytes: r}
	for _, name := range []string{"recipient", "messaging_type", "tag", "message", "reply_to"} {
		value, ok := body[name]
		if !ok {
			continue
		}
		if s, plain := value.(string); plain {
			f.fields = append(f.fields, [2]string{name, s})
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, &chat.SendError{Class: chat.SendRejected, Code: codeParameter, Detail: err.Error()}
		}
		f.fields = append(f.fields, [2]string{name, string(text)})
	}
	return f, nil
}
