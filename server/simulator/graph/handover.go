package graph

import (
	"net/http"
)

// owner is the app that may write into a thread; the others hear of it as
// standby.
func (w *World) owner(l *line, p *person) string {
	if p != nil {
		if t := w.threads[threadKey{p.ID, l.id}]; t != nil && t.owner != "" {
			return t.owner
		}
	}
	return l.appID
}

// threadControl are the calls by which apps pass a thread to each other.
func (w *World) threadControl(c *call, l *line, edge string) (any, *failure) {
	if edge == "thread_owner" {
		p := w.byScopedID(l, c.parameter("recipient"))
		if c.method != http.MethodGet || p == nil {
			return nil, fail(100, "").sub(2018001).titled("No matching user found")
		}
		return object{"data": []object{{"thread_owner": object{"app_id": w.owner(l, p)}}}}, nil
	}
	p := w.byScopedID(l, text(child(c.body, "recipient"), "id"))
	if c.method != http.MethodPost || p == nil {
		return nil, fail(100, "").sub(2018001).titled("No matching user found")
	}
	t, before, asking := w.thread(p, l), w.owner(l, p), c.token.app
	metadata := text(c.body, "metadata")
	switch edge {
	case "take_thread_control":
		t.owner = asking
		w.handed(l, p, "take_thread_control", before, asking, metadata)
	case "pass_thread_control", "release_thread_control":
		to := text(c.body, "target_app_id")
		if edge == "release_thread_control" {
			to = pageInbox
		}
		if before != asking {
			return nil, fail(10, "").sub(2018300).titled("The app is not the owner of the thread").as(http.StatusForbidden)
		}
		if to == "" {
			return nil, refused("The parameter target_app_id is required.")
		}
		t.owner = to
		w.handed(l, p, "pass_thread_control", before, to, metadata)
	case "request_thread_control":
		w.enqueue(w.event(l, p, "messaging_handovers", object{
			"request_thread_control": object{"requested_owner_app_id": asking, "metadata": metadata},
		}, "handover:"+w.chance.digits(8))...)
	}
	return object{"success": true}, nil
}

func (w *World) handed(l *line, p *person, what, before, after, metadata string) {
	w.enqueue(w.event(l, p, "messaging_handovers", object{
		what: object{"previous_owner_app_id": before, "new_owner_app_id": after, "metadata": metadata},
	}, "handover:"+w.chance.digits(8))...)
}

// GiveThread makes another app the owner of a thread; "inbox" is Meta's own,
// "" the line's own app again.
func (w *World) GiveThread(personID, lineID, appID string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return err
	}
	if appID == "inbox" {
		appID = pageInbox
	}
	before := w.owner(l, p)
	w.thread(p, l).owner = appID
	w.handed(l, p, "pass_thread_control", before, w.owner(l, p), "")
	return nil
}

// messengerProfile is what a Page shows in a new thread: the Get Started button
// above all.
func (w *World) messengerProfile(c *call, l *line) (any, *failure) {
	known := []string{"get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains", "account_linking_url"}
	switch c.method {
	case http.MethodGet:
		shown := object{}
		for _, key := range known {
			if has(l.profile, key) && (c.parameter("fields") == "" || containsField(c.parameter("fields"), key)) {
				shown[key] = l.profile[key]
			}
		}
		if len(shown) == 0 {
			return object{"data": []object{}}, nil
		}
		return object{"data": []object{shown}}, nil
	case http.MethodPost:
		if has(c.body, "get_started") && text(child(c.body, "get_started"), "payload") == "" {
			return nil, refused("The parameter get_started[payload] is required.")
		}
		found := false
		for _, key := range known {
			if has(c.body, key) {
				l.profile[key], found = clone(object{"v": c.body[key]})["v"], true
			}
		}
		if !found {
			return nil, refused("You must set at least one of the properties of the Messenger profile.")
		}
		for key := range w.threads {
			if key.line == l.id {
				w.changed(w.people[key.person], l)
			}
		}
		return object{"result": "success"}, nil
	case http.MethodDelete:
		for _, key := range list(c.body, "fields") {
			if name, ok := key.(string); ok {
				delete(l.profile, name)
			}
		}
		return object{"result": "success"}, nil
	}
	return nil, absent(c.method, l.id)
}
