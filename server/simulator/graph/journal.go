package graph

import (
	"slices"
	"time"
)

// Kinds of entries.
const (
	EntryRequest      = "request"      // a call of the Graph API and its answer
	EntryMedia        = "media"        // a call of a host of files and its answer
	EntryInbound      = "inbound"      // a person did what the business is to hear of
	EntryStatus       = "status"       // a message of the business moved on
	EntryTry          = "try"          // a webhook and its answer
	EntryForgery      = "forgery"      // a webhook that somebody else sent, and its answer
	EntryHandshake    = "handshake"    // the check of a callback address
	EntryUnsubscribed = "unsubscribed" // webhooks failed for too long
	EntryGivenUp      = "given_up"     // a webhook that nobody took
	EntryOverflow     = "overflow"     // more to do than a world holds
)

// Entry is one thing that happened. It holds no token and no secret.
type Entry struct {
	N    int       `json:"n"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`

	Line    string `json:"line,omitempty"`    // phone number id, Page id or Instagram account id
	Network string `json:"network,omitempty"` // of the line, where it is a call
	Person  string `json:"person,omitempty"`  // our own name of the person
	App     string `json:"app,omitempty"`

	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"` // without the query
	URL    string `json:"url,omitempty"`  // of a webhook
	Body   string `json:"body,omitempty"` // as received or sent, cut where it is long
	Status int    `json:"status,omitempty"`
	Code   int    `json:"code,omitempty"` // of the error in the answer or status
	Sub    int    `json:"subcode,omitempty"`
	Fault  string `json:"fault,omitempty"` // the planned fault that struck

	// Of a message.
	ID         string `json:"id,omitempty"`
	ClientID   string `json:"client_id,omitempty"` // biz_opaque_callback_data or metadata
	Type       string `json:"type,omitempty"`
	Text       string `json:"text,omitempty"`
	Accepted   bool   `json:"accepted,omitempty"`
	Dropped    bool   `json:"dropped,omitempty"`    // accepted, and the client did not get to know
	FreeForm   bool   `json:"free_form,omitempty"`  // no template
	WindowOpen bool   `json:"window,omitempty"`     // at the time of the request
	Marketing  bool   `json:"marketing,omitempty"`  // a marketing template
	OptedOut   bool   `json:"opted_out,omitempty"`  // the person had said STOP, or wants no marketing and this is
	Failing    bool   `json:"failing,omitempty"`    // accepted, and will not arrive
	NewStatus  string `json:"new_status,omitempty"` // of EntryStatus

	// Of a webhook.
	IDs     []string `json:"ids,omitempty"`
	Attempt int      `json:"attempt,omitempty"`
	Error   string   `json:"error,omitempty"`

	// Of a call of a host of files.
	Token   bool `json:"token,omitempty"`   // a token was in it
	Foreign bool `json:"foreign,omitempty"` // and the host is not Meta's own: it must not be
}

// journalLimit is how many entries a world keeps unless told otherwise; the
// oldest go first.
const journalLimit = 100_000

// maxBody is how much of a body an entry keeps.
const maxBody = 8 << 10

// note writes an entry; the caller holds w.mu.
func (w *World) note(e Entry) *Entry {
	w.entries++
	e.N, e.At = w.entries, w.now()
	if len(e.Body) > maxBody {
		e.Body = e.Body[:maxBody]
	}
	if len(w.journal) >= w.options.JournalLimit {
		w.journal = slices.Delete(w.journal, 0, max(1, len(w.journal)/10))
	}
	w.journal = append(w.journal, &e)
	return &e
}

// Journal is what happened, oldest first.
func (w *World) Journal() []Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Entry, len(w.journal))
	for i, e := range w.journal {
		all[i] = *e
		all[i].IDs = slices.Clone(e.IDs)
	}
	return all
}
