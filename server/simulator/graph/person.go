package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Person is somebody with a phone. Name alone is enough: the rest is invented.
type Person struct {
	ID       string `json:"id"` // our own name, as the control API has it
	Name     string `json:"name"`
	Phone    string `json:"phone"`              // digits, country code first: the wa_id
	Username string `json:"username,omitempty"` // of WhatsApp: the phone is hidden then
	UserID   string `json:"user_id"`            // business-scoped user id (BSUID)
	Handle   string `json:"handle,omitempty"`   // of Instagram
	Picture  string `json:"picture,omitempty"`  // address
	NoReads  bool   `json:"no_reads,omitempty"` // read receipts are off
	Away     bool   `json:"away,omitempty"`     // the phone is off
	Tester   bool   `json:"tester,omitempty"`   // has a role in the app
	NoWA     bool   `json:"no_whatsapp,omitempty"`
	OldApp   bool   `json:"old_app,omitempty"` // taps on an m.me link lose the ref
}

type person struct {
	Person
	blocked  map[string]bool   // by line
	noPromo  map[string]bool   // by line: asked WhatsApp for no more marketing
	outgoing []func()          // what waits for the phone to be on
	scoped   map[string]string // ids towards lines
}

// AddPerson adds a person and returns it complete.
func (w *World) AddPerson(p Person) (Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.Name == "" && p.ID == "" {
		return Person{}, fmt.Errorf("graph: a person needs a name")
	}
	p.ID, p.Name = cmp.Or(p.ID, p.Name), cmp.Or(p.Name, p.ID)
	if w.people[p.ID] != nil {
		return Person{}, fmt.Errorf("graph: person %s is there already", p.ID)
	}
	p.Phone = digits(p.Phone)
	for p.Phone == "" {
		if phone := "1" + w.chance.digits(3) + "555" + w.chance.digits(4); w.byPhone(phone) == nil {
			p.Phone = phone
		}
	}
	if w.byPhone(p.Phone) != nil {
		return Person{}, fmt.Errorf("graph: the number of %s is somebody else's", p.ID)
	}
	if p.UserID == "" {
		p.UserID = w.newUserID(p.Phone)
	}
	w.people[p.ID] = &person{Person: p, blocked: map[string]bool{}, noPromo: map[string]bool{}, scoped: map[string]string{}}
	w.order = append(w.order, p.ID)
	w.changed(w.people[p.ID], nil)
	return p, nil
}

// People are all, in the order they came.
func (w *World) People() []Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Person, 0, len(w.order))
	for _, id := range w.order {
		all = append(all, w.people[id].Person)
	}
	return all
}

func (w *World) person(id string) (*person, error) {
	if p := w.people[id]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("graph: no person %q", id)
}

func (w *World) byPhone(phone string) *person {
	for _, id := range w.order {
		if w.people[id].Phone == phone {
			return w.people[id]
		}
	}
	return nil
}

func (w *World) byUserID(id string) *person {
	for _, name := range w.order {
		if w.people[name].UserID == id {
			return w.people[name]
		}
	}
	return nil
}

// scopedID is the person's id towards a Page (PSID) or an Instagram account
// (IGSID).
func (p *person) scopedID(l *line) string {
	id := p.scoped[l.id]
	if id == "" {
		digits := 17
		if l.network == Instagram {
			digits = 16
		}
		id = scoped(digits, l.network, l.id, p.ID)
		p.scoped[l.id] = id
	}
	return id
}

// ScopedID is the id by which a line knows a person: PSID, IGSID, or on WhatsApp
// the wa_id.
func (w *World) ScopedID(personID, lineID string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return "", err
	}
	if l.network == WhatsApp {
		return p.Phone, nil
	}
	return p.scopedID(l), nil
}

func (w *World) pair(personID, lineID string) (*person, *line, error) {
	p, err := w.person(personID)
	if err != nil {
		return nil, nil, err
	}
	l, err := w.line(lineID)
	return p, l, err
}

// byScopedID finds who a line knows by an id.
func (w *World) byScopedID(l *line, id string) *person {
	for _, name := range w.order {
		if w.people[name].scopedID(l) == id {
			return w.people[name]
		}
	}
	return nil
}

// newUserID invents a BSUID: the country of the phone, a dot, and digits.
func (w *World) newUserID(phone string) string {
	return country(phone) + "." + w.chance.digits(20)
}

// countries by calling code, as far as demos and tests go.
func countries() map[string]string {
	return map[string]string{
		"1": "US", "33": "FR", "34": "ES", "44": "GB", "46": "SE", "49": "DE", "52": "MX", "55": "BR",
		"91": "IN", "20": "EG", "961": "LB", "962": "JO", "966": "SA", "971": "AE",
	}
}

func country(phone string) string {
	if code := callingCode(phone); code != "" {
		return countries()[code]
	}
	return "US"
}

// callingCode is the country code that a number begins with; empty when it is
// none of those known here.
func callingCode(phone string) string {
	for n := min(3, len(phone)); n > 0; n-- {
		if _, ok := countries()[phone[:n]]; ok {
			return phone[:n]
		}
	}
	return ""
}

// showsPhone tells whether a line gets to see the number of a person with a
// username: it does for 30 days after it last had to do with the number, and
// while the person is in the contact book (Meta: "Business-scoped user IDs").
func (w *World) showsPhone(p *person, l *line) bool {
	if p.Username == "" {
		return true
	}
	t := w.threads[threadKey{p.ID, l.id}]
	known := t != nil && w.now().Before(t.phoneSeen.Add(phoneMemory)) && !t.phoneSeen.IsZero()
	return known || l.account != nil && l.account.contactBook[p.UserID]
}

const phoneMemory = 30 * 24 * time.Hour

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
