package graph

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/phones"
)

// Phones shows a world as its people see it on their phones.
type Phones struct{ world *World }

var _ phones.Network = Phones{}

// Phones returns the people's side of the world.
func (w *World) Phones() Phones { return Phones{w} }

// signLife is how long a message can be edited; the applications refuse later.
const (
	signLife   = 15 * time.Minute
	revokeLife = 48 * time.Hour
)

// People are all in the order they came.
func (n Phones) People() []phones.Person {
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	apps := n.world.networks()
	all := []phones.Person{}
	for _, id := range n.world.order {
		p := n.world.people[id]
		all = append(all, phones.Person{ID: p.ID, Name: p.Name, Phone: readable(p.Phone), Apps: apps, Online: !p.Away})
	}
	return all
}

// networks are those on which there is somebody to write to.
func (w *World) networks() []phones.App {
	var apps []phones.App
	for _, network := range []string{WhatsApp, Messenger, Instagram} {
		for _, l := range w.lines {
			if l.network == network && !slices.Contains(apps, phones.App(network)) {
				apps = append(apps, phones.App(network))
			}
		}
	}
	return apps
}

// readable writes a number in groups: +49 170 000 0002.
func readable(phone string) string {
	code := callingCode(phone)
	rest := strings.TrimPrefix(phone, code)
	groups := []string{"+" + code}
	for len(rest) > 4 {
		groups, rest = append(groups, rest[:3]), rest[3:]
	}
	return strings.Join(append(groups, rest), " ")
}

// threadID is line and person in one: a line's id has digits alone.
func threadID(key threadKey) string { return key.line + "-" + key.person }

// find resolves a thread of a person. Caller holds the lock.
func (n Phones) find(personID, id string) (*person, *line, *thread, error) {
	lineID, owner, _ := strings.Cut(id, "-")
	p, l := n.world.people[personID], n.world.lines[lineID]
	t := n.world.threads[threadKey{personID, lineID}]
	if p == nil || l == nil || t == nil || owner != personID {
		return nil, nil, nil, phones.ErrUnknown
	}
	return p, l, t, nil
}

// Threads are those with something in them, or opened by a link.
func (n Phones) Threads(personID string) ([]phones.Thread, error) {
	w := n.world
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[personID]
	if p == nil {
		return nil, phones.ErrUnknown
	}
	type dated struct {
		phones.Thread
		at time.Time
	}
	all := []dated{}
	for _, id := range sortedKeys(w.lines) {
		t := w.threads[threadKey{personID, id}]
		if t == nil {
			continue
		}
		shown, at := w.threadView(p, w.lines[id], t)
		if shown.Last != nil || t.shown {
			all = append(all, dated{shown, at})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return b.at.Compare(a.at) })
	threads := make([]phones.Thread, 0, len(all))
	for _, d := range all {
		threads = append(threads, d.Thread)
	}
	return threads, nil
}

func (w *World) threadView(p *person, l *line, t *thread) (phones.Thread, time.Time) {
	handle := l.username
	if l.network == WhatsApp {
		handle = readable(l.display)
	}
	shown := phones.Thread{
		ID: threadID(t.key), App: phones.App(l.network), Name: cmp.Or(l.name, handle), Handle: handle, Verified: true,
		New:    l.network != WhatsApp && !t.started && has(l.profile, "get_started"),
		Typing: w.now().Before(t.typing) && !p.Away,
	}
	var at time.Time
	for _, m := range t.messages {
		if !m.visible() {
			continue
		}
		view := w.view(m, t)
		shown.Last, at = &view, m.seenAt()
		if m.out && m.read.IsZero() {
			shown.Unread++
		}
	}
	return shown, at
}

// visible tells whether a phone shows the message.
func (m *message) visible() bool { return m.kind != "reaction" && (!m.out || !m.delivered.IsZero()) }

func (m *message) seenAt() time.Time {
	if m.out {
		return m.delivered
	}
	return m.at
}

// Messages are what a thread shows.
func (n Phones) Messages(personID, thread string) ([]phones.Message, error) {
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	_, _, t, err := n.find(personID, thread)
	if err != nil {
		return nil, err
	}
	all := []phones.Message{}
	for _, m := range t.messages {
		if m.visible() {
			all = append(all, n.world.view(m, t))
		}
	}
	slices.SortStableFunc(all, func(a, b phones.Message) int { return a.At.Compare(b.At) })
	return all, nil
}

// Media is a file of one of the person's messages.
func (n Phones) Media(personID, id string) (contentType string, content []byte, err error) {
	w := n.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, t := range w.threads {
		if key.person != personID {
			continue
		}
		for _, m := range t.messages {
			if f := m.fileByID(id); f != nil && m.visible() {
				return f.mime, f.data, nil
			}
		}
	}
	return "", nil, phones.ErrUnknown
}

func (m *message) fileByID(id string) *file {
	if m.file != nil && m.file.id == id {
		return m.file
	}
	for _, f := range m.pictures {
		if f.id == id {
			return f
		}
	}
	return nil
}

// say has the person send something in a thread.
func (n Phones) say(personID, thread string, in Inbound) error {
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	p, l, t, err := n.find(personID, thread)
	if err != nil {
		return err
	}
	if l.network != WhatsApp && !t.started && has(l.profile, "get_started") {
		return &phones.Refusal{Reason: "the thread begins with Get Started"}
	}
	_, err = n.world.say(p, l, in)
	return refusal(err)
}

// refusal tells a person what the application would.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, errBlocked) {
		return &phones.Refusal{Reason: "you have blocked this business"}
	}
	return &phones.Refusal{Reason: strings.TrimPrefix(err.Error(), "graph: ")}
}

// SendText says something.
func (n Phones) SendText(personID, thread, text, replyTo string) error {
	return n.say(personID, thread, Inbound{Text: text, ReplyTo: replyTo})
}

// SendPhoto sends a picture.
func (n Phones) SendPhoto(personID, thread string, photo phones.Photo) error {
	return n.say(personID, thread, Inbound{
		Type: "image", Text: photo.Caption, Media: photo.Content, MIME: photo.Type, Filename: photo.Name,
	})
}

// React puts an emoji to a message.
func (n Phones) React(personID, thread, message, emoji string) error {
	if _, err := n.message(personID, thread, message); err != nil {
		return err
	}
	return n.say(personID, thread, Inbound{Type: "reaction", Target: message, Emoji: emoji})
}

// Edit changes the person's own message.
func (n Phones) Edit(personID, thread, message, text string) error {
	if err := n.own(personID, thread, message, signLife, "edit"); err != nil {
		return err
	}
	return n.say(personID, thread, Inbound{Type: "edit", Target: message, Text: text})
}

// Delete takes the person's own message back.
func (n Phones) Delete(personID, thread, message string) error {
	if err := n.own(personID, thread, message, revokeLife, "delete"); err != nil {
		return err
	}
	return n.say(personID, thread, Inbound{Type: "revoke", Target: message})
}

func (n Phones) message(personID, thread, id string) (*message, error) {
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	_, _, t, err := n.find(personID, thread)
	if err != nil {
		return nil, err
	}
	m := n.world.messages[id]
	if m == nil || m.person == nil || m.person.ID != personID || m.line.id != t.key.line || !m.visible() {
		return nil, phones.ErrUnknown
	}
	return m, nil
}

// own checks that a message is the person's and young enough.
func (n Phones) own(personID, thread, id string, life time.Duration, what string) error {
	m, err := n.message(personID, thread, id)
	if err != nil {
		return err
	}
	switch {
	case m.out:
		return &phones.Refusal{Reason: "only your own messages can be changed"}
	case what == "edit" && m.line.network == Instagram && m.file != nil:
		return &phones.Refusal{Reason: "a picture cannot be edited"}
	case n.world.now().Sub(m.at) > life:
		return &phones.Refusal{Reason: "it is too late to " + what + " this message"}
	}
	return nil
}

// OpenLink taps a link of a chat.
func (n Phones) OpenLink(personID string, link phones.Link) (phones.Opened, error) {
	w := n.world
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[personID]
	if p == nil {
		return phones.Opened{}, phones.ErrUnknown
	}
	l := w.lineOn(string(link.App), link.To)
	if l == nil {
		return phones.Opened{}, phones.ErrUnknown
	}
	draft, err := w.open(p, l, Draft{Text: link.Text, Ref: link.Ref})
	if err != nil {
		return phones.Opened{}, refusal(err)
	}
	return phones.Opened{Thread: threadID(threadKey{personID, l.id}), Draft: draft.Text}, nil
}

// GetStarted taps the button of a new thread.
func (n Phones) GetStarted(personID, thread string) error {
	lineID, _, _ := strings.Cut(thread, "-")
	if _, err := n.Messages(personID, thread); err != nil {
		return err
	}
	_, err := n.world.Start(personID, lineID)
	return refusal(err)
}

// SetReading opens or closes a thread on the screen.
func (n Phones) SetReading(personID, thread string, reading bool) error {
	lineID, _, _ := strings.Cut(thread, "-")
	if _, err := n.Messages(personID, thread); err != nil {
		return err
	}
	return n.world.look(personID, lineID, reading)
}

// SetOnline turns a phone on or off.
func (n Phones) SetOnline(personID string, online bool) error {
	if n.world.SetAway(personID, !online) != nil {
		return phones.ErrUnknown
	}
	return nil
}

// Events tells of changes until ctx ends.
func (n Phones) Events(ctx context.Context) <-chan phones.Event {
	wake, take, stop := n.world.Watch()
	events := make(chan phones.Event)
	go func() {
		defer close(events)
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-wake:
			}
			for _, c := range take() {
				e := phones.Event{Person: c.Person}
				if c.Line != "" {
					e.Thread = threadID(threadKey{c.Person, c.Line})
				}
				select {
				case <-ctx.Done():
					return
				case events <- e:
				}
			}
		}
	}()
	return events
}

// Tap presses what a message offers.
func (n Phones) Tap(personID, thread, messageID, button string) error {
	m, err := n.message(personID, thread, messageID)
	if err != nil {
		return err
	}
	w := n.world
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(m.choices, func(c Choice) bool { return c.ID == button })
	if i := buttonIndex(button); i >= 0 && i < len(m.choices) {
		at = i
	}
	switch {
	case at < 0:
		return phones.ErrUnknown
	case m.tapped[at] && once(m.choices[at].Kind):
		return &phones.Refusal{Reason: "it was pressed before"}
	case m.person.blocked[m.line.id]:
		return refusal(errBlocked)
	}
	if _, err := w.tapped(m.person, m, m.choices[at]); err != nil {
		return refusal(err)
	}
	if m.tapped == nil {
		m.tapped = map[int]bool{}
	}
	m.tapped[at] = true
	return nil
}

// once are the buttons that fade when they were pressed.
func once(kind string) bool { return kind == "reply" || kind == "template" }
