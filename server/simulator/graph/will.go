package graph

import "fmt"

// Block keeps a line from reaching a person, and the person from writing to it.
func (w *World) Block(personID, lineID string, blocked bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return err
	}
	p.blocked[l.id] = blocked
	w.changed(p, l)
	return nil
}

// Promotions is WhatsApp's own switch for marketing messages of a business. The
// business hears of it (field user_preferences).
func (w *World) Promotions(personID, lineID string, wanted bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return err
	}
	if l.network != WhatsApp {
		return fmt.Errorf("graph: %s has no such switch", l.network)
	}
	p.noPromo[l.id] = !wanted
	preference := object{
		"category": "marketing_messages", "timestamp": w.now().Unix(), "user_id": p.UserID,
		"value": "stop", "detail": "User requested to stop marketing messages",
	}
	if wanted {
		preference["value"], preference["detail"] = "resume", "User requested to resume marketing messages"
	}
	if w.showsPhone(p, l) {
		preference["wa_id"] = p.Phone
	}
	id := "pref:" + w.chance.digits(8)
	w.note(Entry{Kind: EntryInbound, Line: l.id, Person: p.ID, ID: id, Type: "user_preferences", Text: text(preference, "value")})
	w.enqueue(&update{
		object: ObjectWhatsApp, line: l, person: p, field: "user_preferences", list: "user_preferences",
		item: preference, id: id, contact: w.contact(p, l),
	})
	return nil
}

// ChangePhone gives a person another number. Numbers that they wrote to are told,
// and that the BSUID is another one.
func (w *World) ChangePhone(personID, phone string) (userID string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return "", err
	}
	phone = digits(phone)
	if phone == "" || w.byPhone(phone) != nil {
		return "", fmt.Errorf("graph: %s cannot have the number %q", personID, phone)
	}
	old, oldUser := p.Phone, p.UserID
	p.Phone, p.UserID = phone, w.newUserID(phone)
	for _, id := range sortedKeys(w.lines) {
		l := w.lines[id]
		if l.network != WhatsApp || len(w.thread(p, l).messages) == 0 {
			continue
		}
		w.system(p, l, old, oldUser, object{
			"type": "user_changed_number", "wa_id": phone,
			"body": fmt.Sprintf("User %s changed from %s to %s", p.Name, old, phone),
		})
		w.system(p, l, old, oldUser, object{
			"type": "user_changed_user_id", "user_id": p.UserID,
			"body": fmt.Sprintf("User %s changed from %s to %s", p.Name, oldUser, p.UserID),
		})
	}
	w.changed(p, nil)
	return p.UserID, nil
}

func (w *World) system(p *person, l *line, phone, userID string, system object) {
	id := w.chance.wamid(phone)
	item := object{"id": id, "timestamp": unix(w.now()), "type": "system", "system": system, "from_user_id": userID}
	if p.Username == "" {
		item["from"] = phone
	}
	w.note(Entry{Kind: EntryInbound, Line: l.id, Person: p.ID, ID: id, Type: "system", Text: text(system, "body")})
	w.enqueue(&update{object: ObjectWhatsApp, line: l, person: p, field: "messages", list: "messages", item: item, id: id})
}

// AdoptUsername hides a person's number behind a username of WhatsApp; "" shows
// it again.
func (w *World) AdoptUsername(personID, username string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return err
	}
	p.Username = username
	w.changed(p, nil)
	return nil
}

// SetReadReceipts turns what a person tells of reading on or off.
func (w *World) SetReadReceipts(personID string, on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return err
	}
	p.NoReads = !on
	return nil
}
