package graph

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
)

// pageInbox is the app id of Meta's own inbox in echoes.
const pageInbox = "263902037430900"

// event is one element of messaging[] from a person to a line.
func (w *World) event(l *line, p *person, field string, parts object, id string) []*update {
	e := object{"sender": object{"id": p.scopedID(l)}, "recipient": object{"id": l.id}, "timestamp": w.now().UnixMilli()}
	if w.chance.happens(w.profile.OddTimes) {
		e["timestamp"] = unix(w.now())
	}
	maps.Copy(e, parts)
	return []*update{{object: l.object(), line: l, person: p, field: field, event: e, id: id}}
}

// sayMessenger writes the event for what was sent.
func (w *World) sayMessenger(m *message, in Inbound) (string, error) {
	p, l := m.person, m.line
	m.id = w.chance.mid()
	switch in.Type {
	case "reaction", "edit", "revoke":
		return w.messengerSign(m, in)
	}
	if in.Type == "optin" {
		return w.optIn(m, in)
	}
	body := object{"mid": m.id}
	if in.Text != "" {
		body["text"] = in.Text
	}
	if in.ReplyTo != "" {
		body["reply_to"] = object{"mid": in.ReplyTo}
	}
	if attachment := w.attachmentOf(m, in); attachment != nil {
		body["attachments"] = []object{attachment}
	}
	if in.Type == "unsupported" && l.network == Instagram {
		body["is_unsupported"] = true
	}
	maps.Copy(body, in.More)
	m.content = clone(body)
	w.transmit(m, false, func() []*update { return w.event(l, p, "messages", object{"message": body}, m.id) })
	return m.id, nil
}

// optIn is the checkbox on a page of the shop: the business hears of the ref and
// of a user_ref, and not of who it is. It may answer once with the user_ref.
func (w *World) optIn(m *message, in Inbound) (string, error) {
	userRef := "ref_" + m.person.scopedID(m.line)
	w.thread(m.person, m.line).lastInbound = m.at
	w.note(Entry{Kind: EntryInbound, Line: m.line.id, Person: m.person.ID, ID: m.id, Type: m.kind, Text: m.text})
	updates := w.event(m.line, m.person, "messaging_optins", object{"optin": object{"ref": in.Text, "user_ref": userRef}}, m.id)
	delete(updates[0].event, "sender")
	w.enqueue(updates...)
	return m.id, nil
}

// attachmentOf is what hangs on a message; nil for one of text.
func (w *World) attachmentOf(m *message, in Inbound) object {
	kind := in.Type
	switch kind {
	case "text", "unsupported":
		return nil
	case "document":
		kind = "file"
	case "voice":
		kind = "audio"
	case "link":
		return object{"type": "fallback", "payload": object{"url": in.URL, "title": in.Text}}
	case "location":
		return object{"type": "location", "payload": object{"coordinates": object{"lat": in.Latitude, "long": in.Longitude}}}
	case "heart":
		return object{"type": "like_heart"}
	case "share":
		return object{"type": "share", "payload": object{"url": in.URL}}
	case "story":
		return object{"type": "story_mention", "payload": object{"url": in.URL}}
	}
	if m.file == nil {
		m.file = w.store(m.line, samplePicture(), "image/png", in.Filename)
		m.file.inbound = true
	}
	payload := object{"url": w.cdnURL(m.file)}
	if kind == "sticker" {
		payload["sticker_id"] = 369239263222822
	}
	return object{"type": kind, "payload": payload}
}

// messengerSign writes what changes an earlier message.
func (w *World) messengerSign(m *message, in Inbound) (string, error) {
	p, l := m.person, m.line
	target := w.messages[in.Target]
	if target == nil || target.person != p {
		return "", fmt.Errorf("graph: %s has no message %q", p.ID, in.Target)
	}
	key := in.Target + ":" + in.Type + ":" + strconv.Itoa(w.entries)
	m.id = key
	switch in.Type {
	case "reaction":
		target.react(false, in.Emoji)
		reaction := object{"mid": in.Target, "action": "unreact"}
		if in.Emoji != "" {
			reaction["action"], reaction["emoji"] = "react", in.Emoji
			reaction["reaction"] = map[string]string{"❤️": "love", "👍": "like", "😆": "smile"}[in.Emoji]
			if reaction["reaction"] == "" {
				reaction["reaction"] = "other"
			}
		}
		m.text = in.Emoji
		w.transmit(m, true, func() []*update { return w.event(l, p, "message_reactions", object{"reaction": reaction}, key) })
	case "edit":
		target.text, target.edited = in.Text, true
		edit := object{"message_edit": object{"mid": in.Target, "text": in.Text, "num_edit": 1}}
		w.transmit(m, true, func() []*update { return w.event(l, p, "message_edits", edit, key) })
	case "revoke":
		if l.network != Instagram {
			return "", fmt.Errorf("graph: Messenger tells nobody of a message that was taken back")
		}
		target.revoked = true
		gone := object{"message": object{"mid": in.Target, "is_deleted": true}}
		w.transmit(m, true, func() []*update { return w.event(l, p, "messages", gone, key) })
	}
	return key, nil
}

// echo is a message of the business as the business's apps hear it.
func (w *World) echo(m *message) []*update {
	if m.user {
		return nil
	}
	l := m.line
	body := object{"is_echo": true, "mid": m.id}
	if m.text != "" {
		body["text"] = m.text
	}
	if m.metadata != "" {
		body["metadata"] = m.metadata
	}
	if m.file != nil {
		body["attachments"] = []object{{"type": cmp.Or(m.kind, "image"), "payload": object{"url": w.cdnURL(m.file)}}}
	} else if len(m.choices) > 0 && m.kind == "template" {
		body["attachments"] = []object{{"type": "template", "payload": child(child(child(m.content, "message"), "attachment"), "payload")}}
	}
	if l.network == Messenger && !w.chance.happens(w.profile.EchoWithoutApp) {
		sender := w.senderApp(m)
		if n, err := strconv.ParseInt(sender, 10, 64); err == nil {
			body["app_id"] = n
		} else if sender != "" {
			body["app_id"] = sender
		}
	}
	e := object{
		"sender": object{"id": l.id}, "recipient": object{"id": m.person.scopedID(l)}, "timestamp": w.now().UnixMilli(), "message": body,
	}
	field := "message_echoes"
	return []*update{{object: l.object(), line: l, person: m.person, field: field, event: e, id: m.id + ":echo"}}
}

// senderApp is the app that a message of the business came from.
func (w *World) senderApp(m *message) string {
	if m.byHand {
		return m.clientID
	}
	return m.line.appID
}

// Echo is what the merchant types in Meta's own apps.
type Echo struct {
	Text string `json:"text"`
	App  string `json:"app"` // Messenger: empty: no app id; inbox: that of the Page Inbox

	Type   string `json:"type"`   // WhatsApp: text, edit, revoke; empty: text
	Target string `json:"target"` // of edit and revoke
}

// Echo has the merchant answer a person in the WhatsApp Business app, the Page
// Inbox or the Instagram app.
func (w *World) Echo(lineID, personID string, e Echo) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return "", err
	}
	m := &message{line: l, person: p, out: true, byHand: true, kind: "text", text: e.Text, at: w.now()}
	m.status, m.sent, m.delivered = statusDelivered, m.at, m.at
	if l.network != WhatsApp {
		m.id = w.chance.mid()
		if e.App == "inbox" {
			e.App = pageInbox
		}
		m.clientID = e.App
		w.keep(m)
		w.enqueue(w.echo(m)...)
		return m.id, nil
	}
	return w.businessAppEcho(m, e)
}

// businessAppEcho is the field smb_message_echoes of a number that the WhatsApp
// Business app uses too.
func (w *World) businessAppEcho(m *message, e Echo) (string, error) {
	if !m.line.coexistence {
		return "", fmt.Errorf("graph: %s is not used in the WhatsApp Business app", m.line.id)
	}
	m.id = w.chance.wamid(m.line.display)
	item := object{
		"from": m.line.display, "to": m.person.Phone, "to_user_id": m.person.UserID, "id": m.id,
		"timestamp": unix(m.at), "type": cmp.Or(e.Type, "text"),
	}
	target := w.messages[e.Target]
	if e.Type == "edit" || e.Type == "revoke" {
		if target == nil {
			return "", fmt.Errorf("graph: no message %q", e.Target)
		}
	}
	switch e.Type {
	case "edit":
		target.text, target.edited = e.Text, true
		item["edit"] = object{"original_message_id": e.Target, "message": object{"type": "text", "text": object{"body": e.Text}}}
	case "revoke":
		target.revoked = true
		item["revoke"] = object{"original_message_id": e.Target}
	default:
		item["text"] = object{"body": e.Text}
		w.keep(m)
	}
	w.enqueue(&update{
		object: ObjectWhatsApp, line: m.line, person: m.person, field: "smb_message_echoes", list: "message_echoes",
		item: item, id: m.id, contact: w.contact(m.person, m.line),
	})
	return m.id, nil
}
