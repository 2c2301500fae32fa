package graph

import (
	"slices"
	"strings"
	"time"
)

type threadKey struct{ person, line string }

// thread is what a person and a line have said to each other.
type thread struct {
	key      threadKey
	messages []*message

	lastInbound time.Time // opens the window
	phoneSeen   time.Time // when the line last had to do with the person's number
	open        bool      // it is on the phone's screen
	typing      time.Time // until then the business seems to be typing
	readByThem  time.Time // the business has read everything until then
	stopped     bool      // the person wrote STOP, and nothing since

	owner    string // app id that owns the thread; empty: the line's own app
	started  bool   // Messenger: Get Started was tapped, or something written
	shown    bool   // it is in the phone's list
	draft    string
	draftRef string // of the m.me link that opened the thread

	pair *bucket
}

func (w *World) thread(p *person, l *line) *thread {
	key := threadKey{p.ID, l.id}
	t := w.threads[key]
	if t == nil {
		t = &thread{key: key, pair: newBucket(pairBurst, 1, pairRefill)}
		w.threads[key] = t
	}
	return t
}

// message is one message, of either side.
type message struct {
	id       string
	line     *line
	person   *person // nil: a number that nobody has
	out      bool    // of the business
	byHand   bool    // of the business, typed in Meta's own app and not sent over the API
	kind     string
	content  object // the body, as sent or received
	text     string // what a person reads first
	replyTo  string
	file     *file
	pictures map[string]*file // of cards, by link
	header   string           // of a template, as the person reads it
	footer   string
	choices  []Choice
	at       time.Time
	clientID string
	to       recipient
	category string // of the template; empty: free-form
	metadata string

	status    string // of the business's: accepted, sent, delivered, read, failed
	sent      time.Time
	delivered time.Time
	read      time.Time
	code      int             // why it failed
	reactions map[bool]string // by out
	tapped    map[int]bool    // of choices
	edited    bool
	revoked   bool
	waiting   bool // for the phone to be on
	order     int
	user      bool // Messenger: sent to a user_ref
}

// Choice is something that a person can tap.
type Choice struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Kind  string `json:"kind"` // reply, list, url, postback, quick_reply, phone, template
	URL   string `json:"url,omitempty"`
	About string `json:"about,omitempty"`
}

// isStop tells whether what a person writes means to hear no more.
func (w *World) isStop(said string) bool {
	said = strings.ToLower(strings.Trim(strings.TrimSpace(said), ".!"))
	return slices.Contains(w.options.StopWords, said)
}

// keep files a message in its thread and in the world.
func (w *World) keep(m *message) {
	w.messages[m.id] = m
	if m.person == nil {
		return
	}
	t := w.thread(m.person, m.line)
	m.order = len(t.messages)
	t.messages = append(t.messages, m)
	w.changed(m.person, m.line)
}
