package graph

import (
	"fmt"
	"net/http"
	"time"
)

// Breach is something that must not be, found in the journal.
type Breach struct {
	Rule   string `json:"rule"`
	Entry  int    `json:"entry"` // its number
	Detail string `json:"detail"`
}

// Rules that a client must keep, whatever happens to it.
const (
	RuleOnce     = "once"     // a message is accepted once for one client id
	RuleWindow   = "window"   // nothing free-form outside a window
	RuleOptOut   = "opt_out"  // nothing to whom wants nothing
	RuleToken    = "token"    // no token to a host of files that is not Meta's own
	RuleForgery  = "forgery"  // no webhook believed that Meta did not sign
	RuleClientID = "client"   // every message names itself
	RuleComplete = "complete" // the journal holds all that happened
)

// Doubt is a message that was accepted twice because the first answer was lost:
// nobody can tell such a client what became of it, so it is no breach.
type Doubt struct {
	ClientID string `json:"client_id"`
	Accepted int    `json:"accepted"`
}

// Report is what the journal tells about a client.
type Report struct {
	Breaches []Breach `json:"breaches"`
	Doubts   []Doubt  `json:"doubts"`
	Accepted int      `json:"accepted"` // messages
	Refused  int      `json:"refused"`
	Taken    int      `json:"taken"` // webhooks
}

// Invariants reads the journal for breaches.
func (w *World) Invariants() Report {
	var r Report
	sends := map[string][]Entry{}
	var ids []string
	entries := w.Journal()
	if len(entries) > 0 && entries[0].N > 1 {
		r.breach(RuleComplete, entries[0], "the journal was longer than it may be")
	}
	for _, e := range entries {
		switch e.Kind {
		case EntryRequest:
			if e.Type == "" {
				continue
			}
			r.judge(e)
			if e.Accepted && e.ClientID != "" {
				if sends[e.ClientID] == nil {
					ids = append(ids, e.ClientID)
				}
				sends[e.ClientID] = append(sends[e.ClientID], e)
			}
		case EntryMedia:
			if e.Token && e.Foreign {
				r.breach(RuleToken, e, "a token came to a host that is not Meta's own")
			}
		case EntryTry:
			if e.Status == http.StatusOK && e.Error == "" {
				r.Taken++
			}
		case EntryForgery:
			if e.Status/100 == 2 {
				r.breach(RuleForgery, e, "a webhook with a wrong signature was taken")
			}
		case EntryOverflow:
			r.breach(RuleComplete, e, "more was to do than a world holds")
		}
	}
	for _, id := range ids {
		r.count(id, sends[id])
	}
	return r
}

// judge looks at one send.
func (r *Report) judge(e Entry) {
	if !e.Accepted {
		r.Refused++
		return
	}
	r.Accepted++
	if e.ClientID == "" && e.Network != Instagram { // whose API knows no such thing
		r.breach(RuleClientID, e, "a message without a name of the client's")
	}
	if e.OptedOut {
		r.breach(RuleOptOut, e, "to "+e.Person+", who wants nothing")
	}
	if e.FreeForm && !e.WindowOpen && e.Person != "" {
		r.breach(RuleWindow, e, "to "+e.Person+", whose window is closed")
	}
}

// count looks at all sends of one client id, in order. One more is forgiven
// where the client cannot have known of the first.
func (r *Report) count(id string, sends []Entry) {
	if len(sends) < 2 {
		return
	}
	if len(sends) == 2 && sends[0].Dropped {
		r.Doubts = append(r.Doubts, Doubt{ClientID: id, Accepted: 2})
		return
	}
	r.breach(RuleOnce, sends[len(sends)-1], fmt.Sprintf("%s was accepted %d times", id, len(sends)))
}

func (r *Report) breach(rule string, e Entry, detail string) {
	r.Breaches = append(r.Breaches, Breach{Rule: rule, Entry: e.N, Detail: detail})
}

// ClientDied tells that the client was ended by force just now: it may have got
// answers of the last moments without having kept them, so those count as lost.
func (w *World) ClientDied(moments time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.journal {
		if e.Accepted && w.now().Sub(e.At) <= moments {
			e.Dropped = true
		}
	}
}

// Said is something that a person let a business know: the business must have it
// exactly once, however often it was told.
type Said struct {
	Person string `json:"person"`
	Line   string `json:"line"`
	ID     string `json:"id"`
	Type   string `json:"type"`
	Text   string `json:"text"`
	Taken  int    `json:"taken"` // times that a webhook with it was answered with 200
}

// Said lists what all people have let businesses know, in order.
func (w *World) Said() []Said {
	taken := map[string]int{}
	entries := w.Journal()
	for _, e := range entries {
		if e.Kind != EntryTry || e.Status != http.StatusOK || e.Error != "" {
			continue
		}
		for _, id := range e.IDs {
			taken[id]++
		}
	}
	var all []Said
	for _, e := range entries {
		if e.Kind == EntryInbound {
			all = append(all, Said{Person: e.Person, Line: e.Line, ID: e.ID, Type: e.Type, Text: e.Text, Taken: taken[e.ID]})
		}
	}
	return all
}
