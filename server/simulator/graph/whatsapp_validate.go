package graph

import (
	"net/url"
	"strings"
	"time"
)

// Limits of WhatsApp messages, as Meta's pages of each message type give them.
const (
	maxText        = 4096
	maxCaption     = 1024
	maxOpaque      = 512
	maxReactAge    = 30 * 24 * time.Hour
	typingWhatsApp = 25 * time.Second
)

// checkWhatsApp refuses what Meta refuses at once.
func (w *World) checkWhatsApp(m *message) *failure {
	body := m.content
	if kind := text(body, "recipient_type"); kind != "" && kind != "individual" {
		return invalid("The parameter recipient_type must be individual.")
	}
	if length(m.clientID) > maxOpaque {
		return invalid("biz_opaque_callback_data is too long. Max length: %d", maxOpaque)
	}
	if has(body, "context") {
		m.replyTo = text(child(body, "context"), "message_id")
		if m.replyTo == "" {
			return missing("context.message_id")
		}
	}
	if refusal := w.inner(m); refusal != nil {
		return refusal
	}
	check, ok := map[string]func(*message, object) *failure{
		"text": w.checkText, "image": w.checkMedia, "video": w.checkMedia, "document": w.checkMedia, "audio": w.checkMedia,
		"sticker": w.checkMedia, "reaction": w.checkReaction, "location": checkLocation, "interactive": w.checkInteractive,
		"template": w.checkTemplate,
	}[m.kind]
	if m.kind == "contacts" {
		return checkContacts(objects(body, "contacts"))
	}
	if !ok {
		return fail(131051, "Message type %s is not supported.", m.kind)
	}
	return check(m, child(body, m.kind))
}

// inner checks that the object named after the type is there.
func (w *World) inner(m *message) *failure {
	if m.kind == "contacts" {
		if len(list(m.content, "contacts")) == 0 {
			return missing("contacts")
		}
		return nil
	}
	if child(m.content, m.kind) == nil && len(m.kind) < 30 {
		if _, known := messageKinds[m.kind]; known {
			return missing(m.kind)
		}
	}
	return nil
}

var messageKinds = map[string]bool{
	"text": true, "image": true, "video": true, "document": true, "audio": true, "sticker": true,
	"reaction": true, "location": true, "interactive": true, "template": true,
}

func (w *World) checkText(_ *message, t object) *failure {
	return between(text(t, "body"), "text.body", 1, maxText)
}

// between checks how long a text is. An empty one that must not be is a missing
// parameter.
func between(s, name string, least, most int) *failure {
	switch n := length(s); {
	case n == 0 && least > 0:
		return missing(name)
	case n < least || n > most:
		return invalid("%s length invalid. Min length: %d, Max length: %d", name, least, most)
	}
	return nil
}

func (w *World) checkMedia(m *message, media object) *failure {
	id, link := text(media, "id"), text(media, "link")
	switch {
	case id == "" && link == "":
		return missing(m.kind + ".id or " + m.kind + ".link")
	case id != "":
		if refusal := w.checkFile(m, id); refusal != nil {
			return refusal
		}
	default:
		if u, err := url.Parse(link); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return invalid("%s.link is not a valid URL", m.kind)
		}
	}
	captioned := m.kind == "image" || m.kind == "video" || m.kind == "document"
	if has(media, "caption") && !captioned {
		return invalid("%s.caption is not allowed", m.kind)
	}
	if has(media, "filename") && m.kind != "document" {
		return invalid("%s.filename is not allowed", m.kind)
	}
	return between(text(media, "caption"), m.kind+".caption", 0, maxCaption)
}

func (w *World) checkReaction(_ *message, r object) *failure {
	id := text(r, "message_id")
	if id == "" {
		return missing("reaction.message_id")
	}
	if _, ok := r["emoji"].(string); !ok {
		return missing("reaction.emoji")
	}
	if length(text(r, "emoji")) > 8 {
		return invalid("reaction.emoji must be one emoji")
	}
	target := w.messages[id]
	if target == nil || w.now().Sub(target.at) > maxReactAge {
		return invalid("reaction.message_id does not belong to a message of the last 30 days")
	}
	return nil
}

func checkLocation(_ *message, l object) *failure {
	for _, key := range []string{"latitude", "longitude"} {
		n, ok := number(l, key)
		if !ok {
			return missing("location." + key)
		}
		if most := map[string]float64{"latitude": 90, "longitude": 180}[key]; n < -most || n > most {
			return invalid("location.%s is out of range", key)
		}
	}
	return nil
}

func checkContacts(contacts []object) *failure {
	for _, c := range contacts {
		name := child(c, "name")
		if text(name, "formatted_name") == "" {
			return missing("contacts.name.formatted_name")
		}
		if len(name) < 2 {
			return invalid("contacts.name needs formatted_name and one more of its parts")
		}
	}
	return nil
}

// trimmed is true where a text has no space at its ends.
func trimmed(s string) bool { return strings.TrimSpace(s) == s }
