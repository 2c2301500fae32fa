package graph

import (
	"cmp"
	"context"
)

// sendWhatsApp is POST /{phone}/messages. A 200 means accepted, not delivered.
func (w *World) sendWhatsApp(c *call, l *line) (any, *failure) {
	if text(c.body, "messaging_product") != "whatsapp" {
		return nil, fail(100, "").titled("The parameter messaging_product is required.").sub(0)
	}
	if has(c.body, "status") {
		return w.businessReads(c, l)
	}
	to, refusal := w.recipientOf(l, c.body)
	if refusal != nil {
		return nil, refusal
	}
	m := &message{
		line: l, out: true, person: to.person, to: to, content: c.body, at: w.now(),
		kind: cmp.Or(text(c.body, "type"), "text"), clientID: text(c.body, "biz_opaque_callback_data"),
	}
	w.enter(c, m)
	if refusal = w.strike(c, m.text); refusal != nil {
		return nil, refusal
	}
	if refusal = w.checkWhatsApp(m); refusal != nil {
		return nil, refusal
	}
	c.entry.Text, c.entry.Marketing = m.text, m.category == "MARKETING"
	c.entry.OptedOut = c.entry.OptedOut || c.entry.Marketing && to.person != nil && to.person.noPromo[l.id]
	if refusal = w.restrictions(l, m); refusal != nil {
		return nil, refusal
	}
	later, refusal := w.whatsAppWindow(m)
	if refusal != nil {
		return nil, refusal
	}
	if c.struck != nil && c.struck.Kind == FaultAsync {
		later = fail(c.struck.Code, "")
	}
	w.accept(c, m, later)
	answer := object{"id": m.id}
	if m.kind == "template" {
		answer["message_status"] = "accepted"
	}
	return object{"messaging_product": "whatsapp", "contacts": []object{to.contact()}, "messages": []object{answer}}, nil
}

// enter writes what the message is into the journal's entry.
func (w *World) enter(c *call, m *message) {
	m.text = saying(m)
	c.entry.Type, c.entry.Text, c.entry.ClientID = m.kind, m.text, m.clientID
	c.entry.FreeForm = m.kind != "template"
	if m.person != nil {
		c.entry.Person = m.person.ID
		t := w.thread(m.person, m.line)
		c.entry.WindowOpen = within(t.lastInbound, w.now(), serviceWindow)
		c.entry.OptedOut = t.stopped
	}
}

// restrictions are those of the number, and of its rates.
func (w *World) restrictions(l *line, m *message) *failure {
	if l.restricted != 0 {
		return fail(l.restricted, "")
	}
	if !l.sends.take(w.now()) {
		return fail(130429, "")
	}
	if m.person != nil && !w.thread(m.person, l).pair.take(w.now()) {
		return fail(131056, "")
	}
	return nil
}

// whatsAppWindow tells why the message will not arrive (later), or why it is not
// even taken.
func (w *World) whatsAppWindow(m *message) (later, refusal *failure) {
	p := m.person
	if p == nil || p.NoWA {
		return fail(131026, ""), nil
	}
	open := within(w.thread(p, m.line).lastInbound, w.now(), serviceWindow)
	if m.kind != "template" {
		if open {
			return nil, nil
		}
		if w.profile.WindowAtOnce {
			return nil, fail(131047, "")
		}
		return fail(131047, ""), nil
	}
	if m.category == "MARKETING" && p.noPromo[m.line.id] {
		return fail(131050, ""), nil
	}
	if !open && w.overLimit(m.line, p) {
		return fail(131049, "The business has reached its messaging limit."), nil
	}
	return nil, nil
}

// accept takes a message of the business in and lets it take its way.
func (w *World) accept(c *call, m *message, later *failure) {
	if m.id == "" {
		m.id = w.chance.wamid(cmp.Or(m.to.waID, m.line.display))
	}
	m.status = "accepted"
	m.choices = choicesOf(m)
	w.keep(m)
	c.entry.ID, c.entry.Accepted, c.entry.Failing = m.id, true, later != nil
	if later != nil {
		m.code = later.code
		c.entry.Code = later.code
	}
	if m.person != nil {
		t := w.thread(m.person, m.line)
		t.typing = w.now()
		if m.to.waID != "" && later == nil {
			t.phoneSeen = w.now()
		}
	}
	if link, _ := m.link(); link == "" && later == nil && w.early(c) {
		c.hurry = m
		return
	}
	w.depart(m, later)
}

// early tells whether the webhook is to come before the answer.
func (w *World) early(c *call) bool {
	return c.struck != nil && c.struck.Kind == FaultLate || c.struck == nil && w.chance.happens(w.profile.StatusFirst)
}

// depart plans what becomes of an accepted message. A file that it links to is
// fetched first.
func (w *World) depart(m *message, later *failure) {
	link, kind := m.link()
	if link == "" || later != nil {
		w.leave(m, later)
		return
	}
	w.later(0, true, func(ctx context.Context) {
		f := w.fetch(ctx, m.line, link)
		w.mu.Lock()
		defer w.mu.Unlock()
		if f == nil || !f.suits(kind) {
			w.leave(m, fail(131053, ""))
			return
		}
		m.file = f
		w.leave(m, nil)
	})
}

// link is the address of the file of a WhatsApp message, and what the file is to
// be.
func (m *message) link() (link, kind string) {
	if m.line.network != WhatsApp || m.file != nil {
		return "", ""
	}
	holder, kind := m.content, m.kind
	switch m.kind {
	case "interactive":
		holder = child(child(m.content, "interactive"), "header")
		kind = text(holder, "type")
	case "template":
		header := component(objects(child(m.content, "template"), "components"), "header")
		if parameters := objects(header, "parameters"); len(parameters) > 0 {
			holder, kind = parameters[0], text(parameters[0], "type")
		}
	}
	return text(child(holder, kind), "link"), kind
}

func (w *World) leave(m *message, later *failure) {
	w.later(w.chance.within(w.profile.Sent), false, func(context.Context) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if later != nil {
			w.enqueue(w.failed(m, later)...)
			return
		}
		w.enqueue(w.departed(m)...)
	})
}

// businessReads is the read receipt of the business, with or without the typing
// indicator.
func (w *World) businessReads(c *call, l *line) (any, *failure) {
	if text(c.body, "status") != "read" {
		return nil, invalid("The parameter status must be read.")
	}
	id := text(c.body, "message_id")
	if id == "" {
		return nil, missing("message_id")
	}
	m := w.messages[id]
	if m == nil || m.line != l || m.out {
		return nil, invalid("The message ID does not belong to a message that this number received.")
	}
	t := w.thread(m.person, l)
	if m.at.After(t.readByThem) {
		t.readByThem = m.at
	}
	if has(c.body, "typing_indicator") {
		if text(child(c.body, "typing_indicator"), "type") != "text" {
			return nil, invalid("The parameter typing_indicator.type must be text.")
		}
		t.typing = w.now().Add(typingWhatsApp)
	}
	w.changed(m.person, l)
	return object{"success": true}, nil
}

// saying is what a person reads first of a message.
func saying(m *message) string {
	body := m.content
	switch m.kind {
	case "text":
		return text(child(body, "text"), "body")
	case "interactive":
		return text(child(child(body, "interactive"), "body"), "text")
	case "reaction":
		return text(child(body, "reaction"), "emoji")
	case "template":
		return text(child(body, "template"), "name")
	case "location":
		return text(child(body, "location"), "name")
	default:
		return text(child(body, m.kind), "caption")
	}
}

// choicesOf are the things to tap in a WhatsApp message.
func choicesOf(m *message) []Choice {
	if m.line.network != WhatsApp || m.kind != "interactive" {
		return m.choices
	}
	inner := child(m.content, "interactive")
	action := child(inner, "action")
	var all []Choice
	for _, b := range objects(action, "buttons") {
		reply := child(b, "reply")
		all = append(all, Choice{ID: text(reply, "id"), Title: text(reply, "title"), Kind: "reply"})
	}
	if text(inner, "type") == "list" {
		for _, s := range objects(action, "sections") {
			for _, r := range objects(s, "rows") {
				all = append(all, Choice{ID: text(r, "id"), Title: text(r, "title"), About: text(r, "description"), Kind: "list"})
			}
		}
	}
	if p := child(action, "parameters"); text(inner, "type") == "cta_url" {
		all = append(all, Choice{ID: "cta_url", Title: text(p, "display_text"), Kind: "url", URL: text(p, "url")})
	}
	return all
}
