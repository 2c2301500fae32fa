package graph

import (
	"slices"
)

// update is one thing that an app is to hear of.
type update struct {
	app    string // set by subscribed
	object string
	line   *line
	person *person
	field  string // of WhatsApp's changes, and of a subscription
	id     string // names it in the journal: a message's id, or id:status

	// WhatsApp.
	account string // of a change that belongs to no number
	list    string // messages, statuses, message_echoes …
	item    object
	contact object
	value   object // a whole value, instead of list and item

	// Messenger and Instagram.
	event   object
	standby bool
	change  object // a change of a Page

	callback *Callback // instead of the app's
}

// contact is how a WhatsApp webhook names a person.
func (w *World) contact(p *person, l *line) object {
	profile := object{"name": p.Name}
	c := object{"profile": profile, "user_id": p.UserID}
	if p.Username != "" {
		profile["username"] = "@" + p.Username
	}
	if w.showsPhone(p, l) {
		c["wa_id"] = p.Phone
	}
	return c
}

// subscribed makes one update for each app that wants to hear it.
func (w *World) subscribed(updates []*update) []*update {
	var all []*update
	for _, u := range updates {
		for _, s := range w.subscribers(u) {
			if w.apps[s.app] == nil || !s.wants(u) {
				continue
			}
			own := *u
			own.app, own.callback = s.app, s.callback
			if u.line != nil && u.event != nil {
				owner := w.owner(u.line, u.person)
				own.standby = owner != s.app
				if own.standby && !slices.Contains(s.fields, "standby") {
					continue
				}
			}
			all = append(all, &own)
		}
	}
	return all
}

func (w *World) subscribers(u *update) []*subscription {
	if u.account != "" {
		return w.accounts[u.account].subscribers
	}
	if u.line.account != nil {
		return u.line.account.subscribers
	}
	return u.line.subscribers
}

// whatsAppEntries writes updates as the entries of a webhook: by account, then
// by number and field, with several messages and statuses in one value.
func (w *World) whatsAppEntries(updates []*update) []object {
	var entries []object
	byAccount := map[string]object{}
	values := map[string]object{}
	for _, u := range updates {
		id := u.account
		if id == "" {
			id = u.line.account.id
		}
		entry := byAccount[id]
		if entry == nil {
			entry = object{"id": id, "changes": []object{}}
			byAccount[id] = entry
			entries = append(entries, entry)
		}
		if u.field != "messages" {
			entry["time"] = w.now().Unix()
		}
		if u.value != nil {
			entry["changes"] = append(entry["changes"].([]object), object{"field": u.field, "value": u.value})
			continue
		}
		key := u.line.id + " " + u.field
		value := values[key]
		if value == nil {
			value = object{
				"messaging_product": "whatsapp",
				"metadata":          object{"display_phone_number": u.line.display, "phone_number_id": u.line.id},
			}
			values[key] = value
			entry["changes"] = append(entry["changes"].([]object), object{"field": u.field, "value": value})
		}
		items, _ := value[u.list].([]object)
		value[u.list] = append(items, u.item)
		if u.contact != nil {
			addContact(value, u.contact)
		}
	}
	return entries
}

func addContact(value, contact object) {
	contacts, _ := value["contacts"].([]object)
	for _, c := range contacts {
		if c["user_id"] == contact["user_id"] {
			return
		}
	}
	value["contacts"] = append(contacts, contact)
}

// pageEntries writes updates as the entries of a Page or an Instagram account.
func (w *World) pageEntries(updates []*update) []object {
	var entries []object
	byLine := map[string]object{}
	for _, u := range updates {
		entry := byLine[u.line.id]
		if entry == nil {
			entry = object{"id": u.line.id, "time": w.now().UnixMilli()}
			byLine[u.line.id] = entry
			entries = append(entries, entry)
		}
		key, item := "messaging", u.event
		switch {
		case u.change != nil:
			key, item = "changes", u.change
		case u.standby:
			key = "standby"
		}
		events, _ := entry[key].([]object)
		entry[key] = append(events, item)
	}
	return entries
}
