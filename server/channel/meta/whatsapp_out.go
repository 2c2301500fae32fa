package meta

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Limits of WhatsApp. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages
const (
	waText        = 4096
	waBody        = 1024 // of an interactive message, and captions; Meta's pages differ for lists: the lower is safe
	waButtons     = 3
	waTitle       = 20 // of a button
	waRows        = 10
	waRowTitle    = 24
	waDescription = 72
	waCards       = 3 // more would be that many messages, each of which is paid for
)

// whatsAppFiles are what WhatsApp takes. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
func whatsAppFiles(contentType string) (fileType, bool) {
	switch contentType {
	case "image/jpeg", "image/png":
		return fileType{"image", 5 * mb}, true
	case "video/mp4", "video/3gpp":
		return fileType{"video", 16 * mb}, true
	case "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg":
		return fileType{"audio", 16 * mb}, true
	case "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation":
		return fileType{"document", 100 * mb}, true
	}
	return fileType{}, false
}

// render gives the requests of a message, without whom they go to. Words come first, then files, then cards; what can be tapped is last.
func (w whatsApp) render(e chat.Envelope) ([]part, error) {
	if e.Use != nil {
		return whatsAppTemplate(e)
	}
	s := begin(e)
	files := w.attach(s, e.Message.Attachments, whatsAppFiles)
	cards := e.Message.Cards
	if len(cards) > waCards {
		for _, c := range cards {
			s.card(c)
		}
		cards = nil
	}
	last := ending(e, s)
	text := s.text()
	switch {
	case last != nil && text != "" && length(text, units) <= waBody:
		last["body"], text = object{"text": text}, ""
	case last == nil && len(files) == 1 && files[0].kind != "audio" && length(text, units) <= waBody:
		files[0].body, text = object{"caption": text}, ""
	}
	var parts []part
	for _, piece := range split(text, waText, units) {
		parts = append(parts, part{body: textBody(piece)})
	}
	for _, f := range files {
		parts = append(parts, fileBody(f))
	}
	for _, c := range cards {
		parts = append(parts, part{body: cardBody(c)})
	}
	if last != nil {
		parts = append(parts, part{body: interactive(last)})
	}
	return some(parts)
}

func textBody(text string) object {
	body := object{"body": text}
	if strings.Contains(text, "http://") || strings.Contains(text, "https://") {
		body["preview_url"] = true
	}
	return object{"type": "text", "text": body}
}

func interactive(body object) object { return object{"type": "interactive", "interactive": body} }

// fileBody says what a file is sent as; its id is filled in when it has been uploaded.
func fileBody(f part) part {
	inside := object{}
	if caption := f.body["caption"]; caption != nil && caption != "" {
		inside["caption"] = caption
	}
	if f.kind == "document" {
		inside["filename"] = f.file.Name
	}
	f.body = object{"type": f.kind, f.kind: inside}
	return f
}

// ending gives what can be tapped, as the last of the message: choices, or the way back to the shop. What does not fit is said instead.
func ending(e chat.Envelope, s *said) object {
	choices := choicesBody(e.Message.Choices, e.Words)
	if choices == nil && len(e.Message.Choices) > 0 {
		s.numbered(e.Message.Choices)
	}
	if e.ReturnTo == "" {
		return choices
	}
	if choices != nil {
		s.add(label(e.Words.BackToShop, e.ReturnTo))
		return choices
	}
	title := first(e.Words.BackToShop, e.Shop, "↩")
	return object{"type": "cta_url", "body": object{"text": cut(title, waBody)}, "action": openPage(title, e.ReturnTo)}
}

func openPage(title, address string) object {
	return object{"name": "cta_url", "parameters": object{"display_text": cut(title, waTitle), "url": address}}
}

// choicesBody gives choices as buttons, or as a list when they are many or long; nil: they fit neither.
func choicesBody(all []chat.Choice, words chat.Words) object {
	if len(all) == 0 || len(all) > waRows || !distinct(all) {
		return nil
	}
	body := object{"text": first(cut(words.Choose, waBody), "…")}
	if len(all) <= waButtons && fitting(all, waTitle) {
		var buttons []object
		for _, c := range all {
			buttons = append(buttons, replyButton(c.ID, c.Title))
		}
		return object{"type": "button", "body": body, "action": object{"buttons": buttons}}
	}
	if !fitting(all, waDescription) {
		return nil
	}
	var rows []object
	for _, c := range all {
		row := object{"id": c.ID, "title": cut(c.Title, waRowTitle)}
		if length(c.Title, units) > waRowTitle {
			row["description"] = c.Title
		}
		rows = append(rows, row)
	}
	button := first(cut(words.Choose, waTitle), "…")
	return object{"type": "list", "body": body, "action": object{"button": button, "sections": []object{{"rows": rows}}}}
}

func replyButton(id, title string) object {
	return object{"type": "reply", "reply": object{"id": id, "title": strings.TrimSpace(title)}}
}

// distinct tells whether no two choices have one id or one title, which WhatsApp refuses.
func distinct(all []chat.Choice) bool {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		id := c.ID
		if id != strings.TrimSpace(id) {
			id = "" // refused too
		}
		ids[id], titles[strings.TrimSpace(c.Title)] = true, true
	}
	return len(ids) == len(all) && len(titles) == len(all) && !ids[""] && !titles[""]
}

func fitting(all []chat.Choice, most int) bool {
	return !slices.ContainsFunc(all, func(c chat.Choice) bool { return length(strings.TrimSpace(c.Title), units) > most })
}

// cardBody gives a card: with buttons that answer, with one that opens a page, as a picture with words below, or as words.
func cardBody(c chat.Card) object {
	lines := cardLines(c)
	page := link(c)
	var choices []chat.Choice
	for _, title := range replies(c) {
		choices = append(choices, chat.Choice{ID: title, Title: title})
	}
	body := choicesBody(choices, chat.Words{})
	switch {
	case body != nil && body["type"] == "button":
		lines = append(append(lines, page), buttonLines(c, page, choices)...)
	case page != "":
		lines = append(lines, buttonLines(c, page, nil)...)
		body = object{"type": "cta_url", "action": openPage(pageTitle(c, page), page)}
	default:
		return plainCard(c, append(lines, buttonLines(c, page, nil)...))
	}
	body["body"] = object{"text": cut(join(lines), waBody)}
	if pictured(c.ImageURL) {
		body["header"] = object{"type": "image", "image": object{"link": c.ImageURL}}
	}
	return interactive(body)
}

func plainCard(c chat.Card, lines []string) object {
	if pictured(c.ImageURL) {
		return object{"type": "image", "image": object{"link": c.ImageURL, "caption": cut(join(lines), waBody)}}
	}
	return textBody(join(lines))
}

// pageTitle is what the button says that opens a card's page.
func pageTitle(c chat.Card, page string) string {
	for _, b := range c.Buttons {
		if b.Kind == "url" && b.URL == page {
			return b.Title
		}
	}
	return c.Title
}

func join(lines []string) string {
	s := &said{}
	s.add(lines...)
	return s.text()
}

// pictured tells whether WhatsApp can show what is there: it takes JPEG and PNG, and a message with anything else fails as a whole.
func pictured(address string) bool {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", "":
		return true
	}
	return false
}
