package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Message is a message as a test sees it.
type Message struct {
	ID        string    `json:"id"`
	Out       bool      `json:"out"`               // of the business
	ByHand    bool      `json:"by_hand,omitempty"` // of the business, not over the API
	Type      string    `json:"type"`
	Text      string    `json:"text"`
	ReplyTo   string    `json:"reply_to,omitempty"`
	At        time.Time `json:"at"`
	ClientID  string    `json:"client_id,omitempty"`
	Category  string    `json:"category,omitempty"` // of a template
	Status    string    `json:"status,omitempty"`   // of the business's
	Code      int       `json:"code,omitempty"`     // why it failed
	Seen      bool      `json:"seen"`               // it is on the phone
	Read      bool      `json:"read"`
	Waiting   bool      `json:"waiting,omitempty"` // for the phone to be on
	Edited    bool      `json:"edited,omitempty"`
	Revoked   bool      `json:"revoked,omitempty"`
	Choices   []Choice  `json:"choices,omitempty"`
	MIME      string    `json:"mime,omitempty"`
	Size      int       `json:"size,omitempty"`
	Reaction  string    `json:"reaction,omitempty"`  // of the person
	Reaction2 string    `json:"reaction2,omitempty"` // of the business
	Content   object    `json:"content,omitempty"`   // the body, as it came
}

// Thread is what a person and a line have said to each other, oldest first. A
// person sees of the business's what has Seen.
func (w *World) Thread(personID, lineID string) ([]Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return nil, err
	}
	all := []Message{}
	for _, m := range w.thread(p, l).messages {
		all = append(all, m.public())
	}
	return all, nil
}

func (m *message) public() Message {
	v := Message{
		ID: m.id, Out: m.out, ByHand: m.byHand, Type: m.kind, Text: m.text, ReplyTo: m.replyTo, At: m.at, ClientID: m.clientID,
		Category: m.category, Status: m.status, Code: m.code, Seen: !m.out || !m.delivered.IsZero(), Read: !m.read.IsZero(),
		Waiting: m.waiting, Edited: m.edited, Revoked: m.revoked, Choices: slices.Clone(m.choices),
		Reaction: m.reactions[false], Reaction2: m.reactions[true], Content: clone(m.content),
	}
	if m.file != nil {
		v.MIME, v.Size = m.file.mime, len(m.file.data)
	}
	return v
}

// Presence is what a person sees of a business in a thread beside messages.
type Presence struct {
	Typing bool      `json:"typing"`
	ReadTo time.Time `json:"read_to"` // the business has read what was said until then
	Draft  string    `json:"draft"`
	Owner  string    `json:"owner"` // app that may write
}

// Presence tells what the business shows of itself in a thread.
func (w *World) Presence(personID, lineID string) (Presence, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, l, err := w.pair(personID, lineID)
	if err != nil {
		return Presence{}, err
	}
	t := w.thread(p, l)
	return Presence{Typing: w.now().Before(t.typing), ReadTo: t.readByThem, Draft: t.draft, Owner: w.owner(l, p)}, nil
}

// Outcome is what became of an accepted message, and the most of it that the
// business's server has taken.
type Outcome struct {
	ID       string `json:"id"`
	ClientID string `json:"client_id"`
	Status   string `json:"status"`
	Told     string `json:"told"` // the highest rank in webhooks that were answered with 200; failed ends
}

// Outcomes lists the accepted messages of all lines, in order.
func (w *World) Outcomes() []Outcome {
	told := map[string]string{}
	entries := w.Journal()
	for _, e := range entries {
		if e.Kind != EntryTry || e.Status != http.StatusOK || e.Error != "" {
			continue
		}
		for _, name := range e.IDs {
			id, status, _ := strings.Cut(name, ":")
			if rank(status) > rank(told[id]) {
				told[id] = status
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Outcome
	for _, e := range entries {
		if m := w.messages[e.ID]; e.Kind == EntryRequest && e.Accepted && m != nil {
			all = append(all, Outcome{ID: m.id, ClientID: m.clientID, Status: m.status, Told: told[m.id]})
		}
	}
	return all
}

// rank orders statuses: a failure counts where nothing says that the message
// arrived, and never against that.
func rank(status string) int {
	return map[string]int{statusAccepted: 1, "echo": 2, statusSent: 2, statusFailed: 3, statusDelivered: 4, statusRead: 5}[status]
}
