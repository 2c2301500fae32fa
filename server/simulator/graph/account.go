package graph

import (
	"fmt"
	"time"
)

// account is a WhatsApp business account.
type account struct {
	id            string
	name          string
	subscribers   []*subscription
	templates     []*template
	contactBook   map[string]bool // BSUIDs
	keepsContacts bool
	openings      map[string]time.Time
	calls         *bucket
}

// routeAccount are the edges of an account, whose calls are counted.
func (w *World) routeAccount(c *call, a *account, edge string) (any, *failure) {
	if !a.calls.take(w.now()) {
		return nil, fail(80007, "")
	}
	switch edge {
	case "":
		return fields(c, object{"id": a.id, "name": a.name, "currency": "EUR", "timezone_id": "1"}), nil
	case "message_templates":
		return w.accountTemplates(c, a)
	case "subscribed_apps":
		return w.accountSubscriptions(c, a)
	case "phone_numbers":
		return w.phoneNumbers(a), nil
	}
	return nil, absent(c.method, a.id)
}

func (w *World) phoneNumbers(a *account) object {
	data := []object{}
	for _, id := range sortedKeys(w.lines) {
		if l := w.lines[id]; l.account == a {
			data = append(data, w.number(l))
		}
	}
	return object{"data": data, "paging": object{"cursors": object{"before": "QVFIU", "after": "QVFIU"}}}
}

// AccountEvent tells the apps of a WhatsApp account of something (account_update,
// phone_number_quality_update, business_capability_update …).
func (w *World) AccountEvent(accountID, field string, value map[string]any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.accounts[accountID] == nil {
		return fmt.Errorf("graph: no account %q", accountID)
	}
	w.enqueue(&update{object: ObjectWhatsApp, account: accountID, field: field, value: clone(value), id: field + ":" + w.chance.digits(8)})
	return nil
}
