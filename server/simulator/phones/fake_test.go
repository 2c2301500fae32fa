package phones

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

var _ Network = (*fake)(nil)

// fake is a world in memory: one business that says what the test tells it to.
type fake struct {
	mu       sync.Mutex
	now      func() time.Time
	people   []Person
	threads  map[string][]*fakeThread // by person
	media    map[string]fakeMedia
	reading  map[string]bool
	heard    []string // what the business was told of
	watchers map[chan Event]bool
	number   int
}

type fakeThread struct {
	Thread
	messages []Message
	ref      string
}

type fakeMedia struct {
	kind    string
	content []byte
}

func newFake() *fake {
	apps := []App{WhatsApp, Messenger, Instagram}
	return &fake{
		now: time.Now,
		people: []Person{
			{ID: "lucia", Name: "Lucía Gómez", Phone: "+34 600 000 001", Apps: apps, Online: true},
			{ID: "tom", Name: "Tom Weber", Phone: "+49 170 000 0002", Apps: apps, Online: true},
		},
		threads: map[string][]*fakeThread{}, media: map[string]fakeMedia{}, reading: map[string]bool{}, watchers: map[chan Event]bool{},
	}
}

func (f *fake) People() []Person {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.people)
}

func (f *fake) person(id string) (*Person, error) {
	for i := range f.people {
		if f.people[i].ID == id {
			return &f.people[i], nil
		}
	}
	return nil, ErrUnknown
}

func (f *fake) thread(person, id string) (*fakeThread, error) {
	for _, t := range f.threads[person] {
		if t.ID == id {
			return t, nil
		}
	}
	return nil, ErrUnknown
}

func (t *fakeThread) message(id string) (*Message, error) {
	for i := range t.messages {
		if t.messages[i].ID == id {
			return &t.messages[i], nil
		}
	}
	return nil, ErrUnknown
}

func (f *fake) Threads(person string) ([]Thread, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.person(person); err != nil {
		return nil, err
	}
	var threads []Thread
	for _, t := range f.threads[person] {
		shown := t.Thread
		if len(t.messages) > 0 {
			last := t.messages[len(t.messages)-1]
			shown.Last = &last
		}
		threads = append(threads, shown)
	}
	return threads, nil
}

func (f *fake) Messages(person, thread string) ([]Message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		return nil, err
	}
	return slices.Clone(t.messages), nil
}

func (f *fake) Media(person, id string) (string, []byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, found := f.media[person+"/"+id]
	if !found {
		return "", nil, ErrUnknown
	}
	return m.kind, m.content, nil
}

func (f *fake) SendText(person, thread, text, replyTo string) error {
	return f.say(person, thread, Message{Text: text, ReplyTo: replyTo})
}

func (f *fake) SendPhoto(person, thread string, photo Photo) error {
	id := f.keep(person, photo.Type, photo.Content)
	return f.say(person, thread, Message{Text: photo.Caption, Media: []Media{{ID: id, Kind: Image, Name: photo.Name}}})
}

func (f *fake) keep(person, kind string, content []byte) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number++
	id := fmt.Sprintf("media-%d", f.number)
	f.media[person+"/"+id] = fakeMedia{kind, content}
	return id
}

func (f *fake) say(person, thread string, m Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		return err
	}
	p, err := f.person(person)
	if err != nil {
		return err
	}
	m.Mine, m.Status = true, Delivered
	if !p.Online {
		m.Status = Waiting
	}
	f.add(person, t, m)
	f.heard = append(f.heard, "text "+m.Text)
	return nil
}

func (f *fake) add(person string, t *fakeThread, m Message) {
	f.number++
	m.ID = fmt.Sprintf("wamid.%d/+=", f.number)
	if m.At.IsZero() {
		m.At = f.now()
	}
	t.messages = append(t.messages, m)
	if !m.Mine && !f.reading[person+" "+t.ID] {
		t.Unread++
	}
	f.tell(Event{person, t.ID})
}

// answer has the business say something.
func (f *fake) answer(person, thread string, m Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		panic(err)
	}
	f.add(person, t, m)
}

func (f *fake) tell(event Event) {
	for watcher := range f.watchers {
		watcher <- event
	}
}

func (f *fake) change(person, thread, message string, do func(*Message) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		return err
	}
	m, err := t.message(message)
	if err != nil {
		return err
	}
	if err := do(m); err != nil {
		return err
	}
	f.tell(Event{person, thread})
	return nil
}

func (f *fake) Tap(person, thread, message, button string) error {
	title := ""
	err := f.change(person, thread, message, func(m *Message) error {
		title = tapped(m, button)
		if title == "" {
			return ErrUnknown
		}
		f.heard = append(f.heard, "tap "+button)
		return nil
	})
	if err != nil {
		return err
	}
	return f.say(person, thread, Message{Text: title})
}

func tapped(m *Message, id string) (title string) {
	for _, buttons := range [][]Button{m.Buttons, m.Quick} {
		for i, b := range buttons {
			if b.ID == id && !b.Done {
				buttons[i].Done = true
				return b.Title
			}
		}
	}
	for _, card := range m.Cards {
		for _, b := range card.Buttons {
			if b.ID == id {
				return b.Title
			}
		}
	}
	if m.List != nil {
		for _, section := range m.List.Sections {
			for _, row := range section.Rows {
				if row.ID == id {
					return row.Title
				}
			}
		}
	}
	return ""
}

func (f *fake) React(person, thread, message, emoji string) error {
	return f.change(person, thread, message, func(m *Message) error {
		m.Reactions = slices.DeleteFunc(m.Reactions, func(r Reaction) bool { return r.Mine })
		if emoji != "" {
			m.Reactions = append(m.Reactions, Reaction{true, emoji})
		}
		return nil
	})
}

func (f *fake) Edit(person, thread, message, text string) error {
	return f.change(person, thread, message, func(m *Message) error {
		if !m.Mine {
			return &Refusal{"Only your own messages can be edited."}
		}
		m.Text, m.Edited = text, true
		return nil
	})
}

func (f *fake) Delete(person, thread, message string) error {
	return f.change(person, thread, message, func(m *Message) error {
		*m = Message{ID: m.ID, At: m.At, Mine: m.Mine, Deleted: true}
		return nil
	})
}

func (f *fake) OpenLink(person string, link Link) (Opened, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.person(person); err != nil {
		return Opened{}, err
	}
	if !strings.HasPrefix(link.To, "marl") && link.To != "4930123456" {
		return Opened{}, ErrUnknown
	}
	id := person + "-" + string(link.App)
	t, err := f.thread(person, id)
	if err != nil {
		handle := map[App]string{WhatsApp: "+49 30 123456", Messenger: "marl.stoneware", Instagram: "marl.stoneware"}[link.App]
		t = &fakeThread{Thread: Thread{ID: id, App: link.App, Name: "Marl Stoneware", Handle: handle, Verified: true, New: link.App == Messenger}}
		f.threads[person] = append(f.threads[person], t)
	}
	if link.Ref != "" && !t.New {
		f.heard = append(f.heard, "referral "+link.Ref)
	}
	t.ref = link.Ref
	f.tell(Event{person, id})
	return Opened{Thread: id, Draft: link.Text}, nil
}

func (f *fake) GetStarted(person, thread string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		return err
	}
	t.New = false
	f.heard = append(f.heard, "get started "+t.ref)
	f.add(person, t, Message{System: true, Text: "You started the chat"})
	return nil
}

func (f *fake) SetReading(person, thread string, reading bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, err := f.thread(person, thread)
	if err != nil {
		return err
	}
	if reading {
		t.Unread = 0
	}
	f.reading[person+" "+thread] = reading
	f.heard = append(f.heard, fmt.Sprintf("reading %s %v", thread, reading))
	f.tell(Event{person, thread})
	return nil
}

func (f *fake) SetOnline(person string, online bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.person(person)
	if err != nil {
		return err
	}
	p.Online = online
	f.tell(Event{Person: person})
	return nil
}

func (f *fake) Events(ctx context.Context) <-chan Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := make(chan Event, 100)
	f.watchers[events] = true
	context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, events)
		close(events)
	})
	return events
}

func (f *fake) wasTold() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.heard)
}
