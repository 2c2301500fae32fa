package graph

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Draft is what a link puts before a person: nothing is sent yet.
type Draft struct {
	Line string `json:"line"`
	Text string `json:"text"` // in the field, to be sent, changed or deleted
	Ref  string `json:"ref"`  // of m.me and ig.me; the person does not see it

	// Start says that the thread is new and shows a Get Started button, whose tap
	// brings the ref.
	Start bool `json:"start"`
}

// errNoLink is the error for an address that is no chat link.
var errNoLink = errors.New("graph: not a wa.me, m.me or ig.me link")

// Click has a person open a chat link on the phone. Of WhatsApp nothing is told.
// In a Messenger thread that exists, the ref is told at once; in a new one it
// comes with Get Started, if the Page has the button, or never.
func (w *World) Click(personID, link string) (Draft, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.person(personID)
	if err != nil {
		return Draft{}, err
	}
	kind, name, query, err := chatLink(link)
	if err != nil {
		return Draft{}, err
	}
	draft := Draft{Text: query.Get("text"), Ref: query.Get("ref")}
	if kind == "wa.me/message" {
		q := w.links[name]
		if q == nil {
			return Draft{}, errNoLink
		}
		name, draft.Text = q.line.display, q.text
	}
	network := map[string]string{"m.me": Messenger, "ig.me": Instagram}[kind]
	l := w.lineOn(cmp.Or(network, WhatsApp), name)
	if l == nil {
		return Draft{}, fmt.Errorf("graph: the link leads to nobody: %s", link)
	}
	return w.open(p, l, draft)
}

// open shows a thread as a link does.
func (w *World) open(p *person, l *line, draft Draft) (Draft, error) {
	if len(draft.Ref) > maxRef {
		return Draft{}, fmt.Errorf("graph: the ref is longer than %d", maxRef)
	}
	draft.Line = l.id
	t := w.thread(p, l)
	t.draft, t.shown = draft.Text, true
	w.changed(p, l)
	if l.network == WhatsApp {
		draft.Ref = ""
		return draft, nil
	}
	w.openByRef(p, t, l, &draft)
	return draft, nil
}

// lineOn finds whom a link of a network names.
func (w *World) lineOn(network, name string) *line {
	for _, id := range sortedKeys(w.lines) {
		l := w.lines[id]
		same := l.id == name || l.display != "" && l.display == digits(name) || l.username != "" && strings.EqualFold(l.username, name)
		if l.network == network && same {
			return l
		}
	}
	return nil
}

const maxRef = 2083

func (w *World) openByRef(p *person, t *thread, l *line, draft *Draft) {
	ref := draft.Ref
	if p.OldApp || w.chance.happens(w.profile.LostReferral) {
		ref = ""
	}
	if t.started {
		if ref == "" {
			return
		}
		w.enqueue(w.refer(p, l, ref)...)
		t.lastInbound = w.now()
		return
	}
	draft.Start = has(l.profile, "get_started")
	t.draftRef = ref
}

func (w *World) refer(p *person, l *line, ref string) []*update {
	id := w.chance.mid()
	w.note(Entry{Kind: EntryInbound, Line: l.id, Person: p.ID, ID: id, Type: "referral", Text: ref})
	return w.event(l, p, "messaging_referrals", object{"referral": referral(ref)}, id)
}

func referral(ref string) object {
	return object{"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
}

// Start has a person tap Get Started in a new thread. Where a link opened it,
// its ref goes along.
func (w *World) Start(personID, lineID string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return "", err
	}
	t := w.thread(p, l)
	button := child(l.profile, "get_started")
	if l.network == WhatsApp || t.started || button == nil {
		return "", fmt.Errorf("graph: %s shows %s no Get Started button", l.id, p.ID)
	}
	postback := object{"mid": w.chance.mid(), "title": "Get Started", "payload": text(button, "payload")}
	if t.draftRef != "" {
		postback["referral"] = referral(t.draftRef)
	}
	return w.postback(p, l, postback), nil
}

func (w *World) postback(p *person, l *line, postback object) string {
	t := w.thread(p, l)
	t.started, t.draftRef, t.lastInbound, t.stopped = true, "", w.now(), false
	id := text(postback, "mid")
	w.note(Entry{Kind: EntryInbound, Line: l.id, Person: p.ID, ID: id, Type: "postback", Text: text(postback, "title")})
	w.enqueue(w.event(l, p, "messaging_postbacks", object{"postback": postback}, id)...)
	w.changed(p, l)
	return id
}

// chatLink takes a link apart. A host that is none of Meta's may stand before
// it, as where a demo keeps everything on one machine: http://x/wa.me/1555….
func chatLink(link string) (kind, name string, query url.Values, err error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", "", nil, errNoLink
	}
	host, path := strings.TrimPrefix(u.Hostname(), "www."), strings.Trim(u.Path, "/")
	switch host {
	case "wa.me", "m.me", "ig.me", "api.whatsapp.com":
	default:
		host, path, _ = strings.Cut(path, "/")
	}
	query = u.Query()
	switch {
	case host == "api.whatsapp.com":
		return "wa.me", digits(query.Get("phone")), query, nil
	case host == "wa.me" && strings.HasPrefix(path, "message/"):
		return "wa.me/message", strings.TrimPrefix(path, "message/"), query, nil
	case host == "wa.me" && path != "" && digits(path) == path:
		return "wa.me", path, query, nil
	case host == "m.me" && path != "":
		return "m.me", path, query, nil
	case host == "ig.me" && strings.HasPrefix(path, "m/"):
		return "ig.me", strings.TrimPrefix(path, "m/"), query, nil
	}
	return "", "", nil, errNoLink
}
