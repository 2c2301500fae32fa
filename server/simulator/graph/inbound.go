package graph

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
)

// Inbound is something that a person sends. Type says what; which of the rest
// counts depends on it.
type Inbound struct {
	// Type is text, image, video, audio, voice, document, sticker, location,
	// contacts, reaction, edit, revoke, order, unsupported, broken, welcome, call,
	// on Messenger and Instagram also link, heart, share, story and optin (Text is
	// its ref), or any word that nobody knows. Empty: text.
	Type string `json:"type"`
	Text string `json:"text"` // or caption, or the new text of an edit

	ReplyTo   string `json:"reply_to,omitempty"` // quotes this message
	Target    string `json:"target,omitempty"`   // of reaction, edit, revoke
	Emoji     string `json:"emoji,omitempty"`    // of a reaction; empty takes it away
	Forwarded bool   `json:"forwarded,omitempty"`

	Media    []byte `json:"media,omitempty"`
	MIME     string `json:"mime,omitempty"`
	Filename string `json:"filename,omitempty"`

	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Place     string  `json:"place,omitempty"`
	Address   string  `json:"address,omitempty"`

	OwnNumber bool   `json:"own_number,omitempty"` // of contacts: in answer to request_contact_info
	URL       string `json:"url,omitempty"`        // of link, share, story

	// More goes into the message as it is: referral, order, errors, context …
	More object `json:"more,omitempty"`
}

// errBlocked is the error for a person who has blocked whom they write to.
var errBlocked = errors.New("graph: the person has blocked the business")

// Say has a person send something to a line, and returns its id.
func (w *World) Say(personID, lineID string, in Inbound) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return "", err
	}
	return w.say(p, l, in)
}

func (w *World) say(p *person, l *line, in Inbound) (string, error) {
	if p.blocked[l.id] {
		return "", errBlocked
	}
	if l.network == WhatsApp && p.NoWA {
		return "", fmt.Errorf("graph: %s has no WhatsApp", p.ID)
	}
	in.Type = cmp.Or(in.Type, "text")
	m := &message{line: l, person: p, kind: in.Type, text: in.Text, replyTo: in.ReplyTo, at: w.now()}
	if len(in.Media) > 0 || in.MIME != "" {
		m.file = w.store(l, in.Media, cmp.Or(in.MIME, "image/jpeg"), in.Filename)
		m.file.inbound = true
	}
	if l.network == WhatsApp {
		return w.sayWhatsApp(m, in)
	}
	return w.sayMessenger(m, in)
}

// transmit lets the business hear of what was said: at once, or when the phone is
// on again. A sign (a reaction, an edit) is no message of its own.
func (w *World) transmit(m *message, sign bool, updates func() []*update) {
	if !m.person.Away {
		w.heard(m, sign)
		w.enqueue(updates()...)
		return
	}
	if !sign {
		m.waiting = true
		w.keep(m)
	}
	m.person.outgoing = append(m.person.outgoing, func() {
		m.at = w.now()
		w.heard(m, sign)
		w.enqueue(updates()...)
	})
}

// heard opens the window and remembers what was said.
func (w *World) heard(m *message, sign bool) {
	t := w.thread(m.person, m.line)
	opens := !sign || m.line.network != WhatsApp && m.kind == "reaction" ||
		m.line.network == WhatsApp && m.kind == "reaction" && w.profile.ReactionOpensWindow
	if opens {
		t.lastInbound = m.at
	}
	if !sign {
		t.started, t.draft = true, ""
		if m.line.network == WhatsApp {
			m.line.sends.take(m.at) // what comes in counts as well, and is never refused
		}
		t.stopped = w.isStop(m.text)
		if m.line.network == WhatsApp && w.showsPhone(m.person, m.line) {
			t.phoneSeen = w.now()
			if m.line.account.keepsContacts {
				m.line.account.contactBook[m.person.UserID] = true
			}
		}
		if !m.waiting {
			w.keep(m)
		}
		m.waiting = false
	}
	w.note(Entry{Kind: EntryInbound, Line: m.line.id, Person: m.person.ID, ID: m.id, Type: m.kind, Text: m.text})
	w.changed(m.person, m.line)
}

// sayWhatsApp writes the element of messages[] for what was sent.
func (w *World) sayWhatsApp(m *message, in Inbound) (string, error) {
	p, l := m.person, m.line
	m.id = w.chance.wamid(p.Phone)
	item := object{"id": m.id, "type": in.Type}
	w.quote(item, m, in)
	sign, err := w.whatsAppBody(item, m, in)
	if err != nil {
		return "", err
	}
	maps.Copy(item, in.More)
	if in.Type == "broken" {
		// An interactive answer may come without what was chosen.
		item["type"] = "interactive"
	}
	m.content = clone(item)
	w.transmit(m, sign, func() []*update {
		item["timestamp"], item["from_user_id"] = unix(m.at), p.UserID
		if w.showsPhone(p, l) {
			item["from"] = p.Phone
		}
		return []*update{{
			object: ObjectWhatsApp, line: l, person: p, field: "messages", list: "messages",
			item: item, id: m.id, contact: w.contact(p, l),
		}}
	})
	return m.id, nil
}

func (w *World) quote(item object, m *message, in Inbound) {
	context := object{}
	if in.ReplyTo != "" {
		context["id"] = in.ReplyTo
		if quoted := w.messages[in.ReplyTo]; quoted != nil {
			context["from"] = quoted.from()
		}
	}
	if in.Forwarded {
		context["forwarded"] = true
	}
	if len(context) > 0 {
		item["context"] = context
	}
}

func (m *message) from() string {
	if m.out {
		return m.line.display
	}
	return m.person.Phone
}

// whatsAppBody adds what the type calls for. A sign is no message of its own.
func (w *World) whatsAppBody(item object, m *message, in Inbound) (sign bool, err error) {
	switch in.Type {
	case "text":
		item["text"] = object{"body": in.Text}
	case "image", "video", "audio", "voice", "document", "sticker":
		w.whatsAppFile(item, m, in)
	case "location":
		location := object{"latitude": in.Latitude, "longitude": in.Longitude}
		if in.Place != "" {
			location["name"], location["address"], m.text = in.Place, in.Address, in.Place
		}
		item["location"] = location
	case "contacts":
		w.whatsAppContacts(item, m, in)
	case "reaction", "edit", "revoke":
		return true, w.whatsAppSign(item, m, in)
	case "order":
		item["order"] = object{"catalog_id": "194836987003835", "text": in.Text, "product_items": []object{
			{"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30, "currency": "USD"},
		}}
	case "unsupported":
		item["errors"] = []object{{
			"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
			"error_data": object{"details": "Message type is currently not supported."},
		}}
	case "welcome":
		item["type"] = "request_welcome"
	case "call":
		item["type"] = "call_permission_reply"
	}
	return false, nil
}

func (w *World) whatsAppFile(item object, m *message, in Inbound) {
	kind := in.Type
	if m.file == nil {
		m.file = w.store(m.line, samplePicture(), "image/png", in.Filename)
		m.file.inbound = true
	}
	if kind == "voice" {
		kind, item["type"] = "audio", "audio"
	}
	body := object{"id": m.file.id, "mime_type": m.file.mime, "sha256": m.file.sha()}
	switch in.Type {
	case "voice":
		body["voice"] = true
	case "document":
		body["filename"] = cmp.Or(in.Filename, "document")
	case "sticker":
		body["animated"] = false
	}
	if in.Text != "" && kind != "audio" && kind != "sticker" {
		body["caption"] = in.Text
	}
	if w.chance.happens(w.profile.MediaURL) {
		body["url"] = w.mediaURL(m.file)
	}
	item[kind] = body
}

func (w *World) whatsAppContacts(item object, m *message, in Inbound) {
	c := object{
		"name":   object{"first_name": m.person.Name, "formatted_name": m.person.Name},
		"phones": []object{{"phone": "+" + m.person.Phone, "wa_id": m.person.Phone, "type": "MOBILE"}},
	}
	if in.OwnNumber {
		c["origin"] = "contact_request"
		w.thread(m.person, m.line).phoneSeen = w.now()
	} else {
		c["origin"], c["vcard"] = "other", "BEGIN:VCARD\nVERSION:3.0\nFN:"+m.person.Name+"\nEND:VCARD"
	}
	item["contacts"] = []object{c}
}

// whatsAppSign writes what changes an earlier message.
func (w *World) whatsAppSign(item object, m *message, in Inbound) error {
	target := w.messages[in.Target]
	if target == nil || target.person != m.person {
		return fmt.Errorf("graph: %s has no message %q", m.person.ID, in.Target)
	}
	switch in.Type {
	case "reaction":
		target.react(false, in.Emoji)
		reaction := object{"message_id": in.Target}
		// Taken away: the key is there and empty, or it is not there.
		if in.Emoji != "" || w.chance.happens(0.5) {
			reaction["emoji"] = in.Emoji
		}
		item["reaction"], m.text = reaction, in.Emoji
	case "edit":
		target.text, target.edited = in.Text, true
		edited := object{"type": "text", "text": object{"body": in.Text}}
		if target.file != nil {
			edited = object{"type": target.kind, target.kind: object{
				"caption": in.Text, "mime_type": target.file.mime, "sha256": target.file.sha(), "id": target.file.id,
			}}
		}
		item["edit"] = object{"original_message_id": in.Target, "message": edited}
	case "revoke":
		target.revoked = true
		item["revoke"] = object{"original_message_id": in.Target}
	}
	return nil
}
