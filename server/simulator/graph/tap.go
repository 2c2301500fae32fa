package graph

import (
	"fmt"
	"slices"
)

// Tap has a person tap something in a message: a button, a row of a list, a
// quick reply, a link. Of a link nobody is told; its address is returned. Of the
// rest the id of what was sent is.
func (w *World) Tap(personID, messageID, choiceID string) (id, address string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return "", "", err
	}
	m := w.messages[messageID]
	if m == nil || m.person != p || !m.out || m.delivered.IsZero() {
		return "", "", fmt.Errorf("graph: %s sees no message %q", personID, messageID)
	}
	at := slices.IndexFunc(m.choices, func(c Choice) bool { return c.ID == choiceID })
	if at < 0 {
		return "", "", fmt.Errorf("graph: message %s has nothing %q to tap", messageID, choiceID)
	}
	choice := m.choices[at]
	if choice.Kind == "url" {
		return "", choice.URL, nil
	}
	if p.blocked[m.line.id] {
		return "", "", errBlocked
	}
	id, err = w.tapped(p, m, choice)
	return id, "", err
}

func (w *World) tapped(p *person, m *message, c Choice) (string, error) {
	switch c.Kind {
	case "reply":
		return w.say(p, m.line, Inbound{Type: "interactive", Text: c.Title, ReplyTo: m.id, More: object{
			"interactive": object{"type": "button_reply", "button_reply": object{"id": c.ID, "title": c.Title}},
		}})
	case "list":
		row := object{"id": c.ID, "title": c.Title}
		if c.About != "" {
			row["description"] = c.About
		}
		return w.say(p, m.line, Inbound{Type: "interactive", Text: c.Title, ReplyTo: m.id, More: object{
			"interactive": object{"type": "list_reply", "list_reply": row},
		}})
	case "template":
		return w.say(p, m.line, Inbound{Type: "button", Text: c.Title, ReplyTo: m.id, More: object{
			"button": object{"payload": c.ID, "text": c.Title},
		}})
	case "quick_reply":
		return w.say(p, m.line, Inbound{Type: "text", Text: c.Title, More: object{"quick_reply": object{"payload": c.ID}}})
	case "postback":
		return w.postback(p, m.line, object{"mid": w.chance.mid(), "title": c.Title, "payload": c.ID}), nil
	}
	return "", fmt.Errorf("graph: %s is not to be tapped", c.Kind)
}
