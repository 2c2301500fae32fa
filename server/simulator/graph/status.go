package graph

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"
)

// Ranks of a message of the business.
const (
	statusAccepted  = "accepted"
	statusSent      = "sent"
	statusDelivered = "delivered"
	statusRead      = "read"
	statusFailed    = "failed"
)

// departed moves a message on to sent and plans its arrival. What it returns is
// to be told to the business. Caller holds w.mu, here and below.
func (w *World) departed(m *message) []*update {
	m.status, m.sent = statusSent, w.now()
	w.changed(m.person, m.line)
	failing := w.chance.happens(w.profile.FailAfterSent) && m.line.network == WhatsApp && m.kind != "reaction"
	if failing {
		w.later(w.chance.within(w.profile.Delivered), false, func(context.Context) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.enqueue(w.failed(m, fail(131026, ""))...)
		})
	} else {
		w.later(w.chance.within(w.profile.Delivered), false, func(context.Context) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.enqueue(w.arrived(m)...)
		})
	}
	if m.line.network == WhatsApp {
		return []*update{w.statusUpdate(m, statusSent)}
	}
	return w.echo(m)
}

// arrived moves a message on to the person's phone.
func (w *World) arrived(m *message) []*update {
	p := m.person
	if p == nil || m.status == statusFailed {
		return nil
	}
	if p.blocked[m.line.id] {
		if m.line.network == WhatsApp {
			return w.failed(m, fail(130403, ""))
		}
		return nil
	}
	if p.Away {
		m.waiting = true
		return nil
	}
	m.waiting, m.delivered = false, w.now()
	w.changed(p, m.line)
	if m.kind == "reaction" {
		w.reacted(m)
		return nil // nothing but sent is told of a reaction
	}
	m.status = statusDelivered
	if m.category == "" {
		w.thread(p, m.line).typing = time.Time{}
	}
	w.readSoon(m)
	if m.line.network == WhatsApp && w.chance.happens(w.profile.FailAfterDelivered) {
		return []*update{w.statusUpdate(m, statusDelivered), w.failedStatus(m, fail(131026, ""))}
	}
	return w.tellDelivered(m)
}

func (w *World) tellDelivered(m *message) []*update {
	switch {
	case m.line.network == Instagram || m.user:
		return nil // no such event there
	case m.line.network == Messenger:
		return w.event(m.line, m.person, "message_deliveries", object{
			"delivery": object{"mids": []string{m.id}, "watermark": m.delivered.UnixMilli()},
		}, m.id+":delivered")
	case w.chance.happens(w.profile.ReadWithoutDelivered):
		return nil
	}
	return []*update{w.statusUpdate(m, statusDelivered)}
}

// readSoon has the person read what arrives in the open thread.
func (w *World) readSoon(m *message) {
	if !w.thread(m.person, m.line).open {
		return
	}
	w.later(w.chance.within(w.profile.Read), false, func(context.Context) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.thread(m.person, m.line).open {
			w.enqueue(w.looked(m.person, m.line)...)
		}
	})
}

// looked is the person reading what has arrived.
func (w *World) looked(p *person, l *line) []*update {
	var told []*update
	var last *message
	for _, m := range w.thread(p, l).messages {
		if !m.out || m.delivered.IsZero() || !m.read.IsZero() || m.kind == "reaction" || m.status == statusFailed {
			continue
		}
		m.read, m.status, last = w.now(), statusRead, m
		if l.network == WhatsApp && !p.NoReads {
			told = append(told, w.statusUpdate(m, statusRead))
		}
	}
	if last == nil {
		return nil
	}
	w.changed(p, l)
	switch {
	case p.NoReads:
		return nil
	case l.network == Messenger:
		return w.event(l, p, "message_reads", object{"read": object{"watermark": last.read.UnixMilli()}}, last.id+":read")
	case l.network == Instagram:
		return w.event(l, p, "messaging_seen", object{"read": object{"mid": last.id}}, last.id+":read")
	}
	return told
}

// failed ends a message that does not arrive.
func (w *World) failed(m *message, f *failure) []*update {
	m.status, m.code = statusFailed, f.code
	w.changed(m.person, m.line)
	return []*update{w.failedStatus(m, f)}
}

// reacted puts an emoji of the business to a message, or takes it away.
func (w *World) reacted(m *message) {
	r := child(m.content, "reaction")
	target := w.messages[text(r, "message_id")]
	if target == nil {
		return
	}
	target.react(true, text(r, "emoji"))
}

func (m *message) react(out bool, emoji string) {
	if m.reactions == nil {
		m.reactions = map[bool]string{}
	}
	if emoji == "" {
		delete(m.reactions, out)
		return
	}
	m.reactions[out] = emoji
}

// statusUpdate is a WhatsApp status as the business hears it.
func (w *World) statusUpdate(m *message, status string) *update {
	s := object{"id": m.id, "status": status, "timestamp": unix(w.now())}
	w.name(s, m)
	if m.clientID != "" {
		s["biz_opaque_callback_data"] = m.clientID
	}
	if status == statusSent || status == statusDelivered {
		s["pricing"] = object{
			"billable": true, "pricing_model": "PMP", "type": "regular", "category": cmp.Or(strings.ToLower(m.category), "service"),
		}
	}
	w.note(Entry{Kind: EntryStatus, Line: m.line.id, Person: personID(m.person), ID: m.id, ClientID: m.clientID, NewStatus: status})
	u := &update{object: ObjectWhatsApp, line: m.line, field: "messages", list: "statuses", item: s, id: m.id + ":" + status}
	if m.person != nil {
		u.contact = w.contact(m.person, m.line)
	}
	return u
}

// name says in a status whom it is about.
func (w *World) name(s object, m *message) {
	if m.to.waID != "" || m.person != nil && w.showsPhone(m.person, m.line) {
		s["recipient_id"] = cmp.Or(m.to.waID, phoneOf(m.person))
	}
	if m.person != nil {
		s["recipient_user_id"] = m.person.UserID
	}
}

func phoneOf(p *person) string {
	if p == nil {
		return ""
	}
	return p.Phone
}

// failedStatus has no contacts, and names only what the message was sent to.
func (w *World) failedStatus(m *message, f *failure) *update {
	s := object{"id": m.id, "status": statusFailed, "timestamp": unix(w.now()), "errors": []object{f.inStatus()}}
	if m.to.waID != "" {
		s["recipient_id"] = m.to.waID
	} else {
		s["recipient_user_id"] = m.to.userID
	}
	if m.clientID != "" {
		s["biz_opaque_callback_data"] = m.clientID
	}
	w.note(Entry{
		Kind: EntryStatus, Line: m.line.id, Person: personID(m.person), ID: m.id, ClientID: m.clientID,
		NewStatus: statusFailed, Code: f.code,
	})
	return &update{object: ObjectWhatsApp, line: m.line, field: "messages", list: "statuses", item: s, id: m.id + ":" + statusFailed}
}

// hurry sends the first webhook of a message before its answer.
func (w *World) hurry(ctx context.Context, m *message) {
	w.mu.Lock()
	updates := w.subscribed(w.departed(m))
	var parcels []*parcel
	for _, u := range updates {
		parcels = append(parcels, w.pack([]*update{u}))
	}
	w.mu.Unlock()
	for _, p := range parcels {
		w.try(context.WithoutCancel(ctx), p)
	}
}

// SetAway turns a phone off or on. What was sent meanwhile arrives then.
func (w *World) SetAway(personID string, away bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return err
	}
	p.Away = away
	w.changed(p, nil)
	if away {
		return nil
	}
	outgoing := p.outgoing
	p.outgoing = nil
	for _, send := range outgoing {
		send()
	}
	for _, id := range sortedKeys(w.lines) {
		for _, m := range w.thread(p, w.lines[id]).messages {
			if m.waiting && m.out {
				w.enqueue(w.arrived(m)...)
			}
		}
	}
	return nil
}

// Look opens a thread on the person's phone, so that everything in it is read,
// now and while it stays open. Leave closes it.
func (w *World) Look(personID, lineID string) error { return w.look(personID, lineID, true) }

// Leave closes a thread on the phone.
func (w *World) Leave(personID, lineID string) error { return w.look(personID, lineID, false) }

func (w *World) look(personID, lineID string, open bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return err
	}
	w.thread(p, l).open = open
	w.changed(p, l)
	if open && !p.Away {
		w.enqueue(w.looked(p, l)...)
	}
	return nil
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func personID(p *person) string {
	if p == nil {
		return ""
	}
	return p.ID
}
