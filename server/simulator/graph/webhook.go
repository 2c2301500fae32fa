package graph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// outbox gathers the updates of one app.
type outbox struct {
	waiting []*update
	planned bool
}

// parcel is one POST: a body that is signed and sent as it is, over and over.
type parcel struct {
	app     string
	object  string
	url     string
	body    []byte
	ids     []string
	lines   []*line
	attempt int
	first   time.Time
}

// enqueue has the apps that subscribed hear of updates. Caller holds w.mu, here
// and below, except where something is sent.
func (w *World) enqueue(updates ...*update) {
	for _, u := range w.subscribed(updates) {
		if w.chance.happens(w.profile.Reordering) {
			w.postpone(u, w.chance.within(w.profile.Overtake))
		} else {
			w.gather(u)
		}
		if w.chance.happens(w.profile.Duplicates) {
			w.postpone(u, w.chance.within(Span{10 * time.Millisecond, 3 * time.Second}))
		}
	}
}

func (w *World) postpone(u *update, d time.Duration) {
	w.later(d, false, func(context.Context) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.gather(u)
	})
}

// gather puts an update to those that leave together.
func (w *World) gather(u *update) {
	box := w.outboxes[u.app]
	if box == nil {
		box = &outbox{}
		w.outboxes[u.app] = box
	}
	box.waiting = append(box.waiting, u)
	if box.planned {
		return
	}
	box.planned = true
	w.later(w.chance.within(w.profile.Hold), false, func(context.Context) {
		w.mu.Lock()
		defer w.mu.Unlock()
		box.planned = false
		w.dispatch(box)
	})
}

// dispatch packs what has gathered.
func (w *World) dispatch(box *outbox) {
	waiting := box.waiting
	box.waiting = nil
	for len(waiting) > 0 {
		most := 1
		if w.profile.Batch > 1 {
			most = 1 + w.chance.IntN(w.profile.Batch)
		}
		var batch []*update
		batch, waiting = w.together(waiting, most)
		p := w.pack(batch)
		w.later(0, true, func(ctx context.Context) { w.try(ctx, p) })
		w.forge(p)
	}
}

// together takes updates that may share a body: of one object and callback, and
// of one business unless the profile mixes them.
func (w *World) together(waiting []*update, most int) (batch, rest []*update) {
	first := waiting[0]
	for _, u := range waiting {
		fits := u.object == first.object && u.target() == first.target() && (w.profile.Mix || u.entry() == first.entry())
		if fits && len(batch) < most {
			batch = append(batch, u)
		} else {
			rest = append(rest, u)
		}
	}
	return batch, rest
}

func (u *update) entry() string {
	if u.account != "" {
		return u.account
	}
	return u.line.entry()
}

func (u *update) target() string {
	if u.callback != nil {
		return u.callback.URL
	}
	return ""
}

func (w *World) pack(batch []*update) *parcel {
	first := batch[0]
	body := object{"object": first.object}
	if first.object == ObjectWhatsApp {
		body["entry"] = w.whatsAppEntries(batch)
	} else {
		body["entry"] = w.pageEntries(batch)
	}
	if w.chance.happens(w.profile.Unknown) {
		body["x_unknown"] = object{"of": "a later version", "list": []int{1, 2, 3}}
	}
	if w.chance.happens(w.profile.LargeBody) {
		body["x_padding"] = strings.Repeat("0123456789abcdef", (3<<20-64<<10)/16)
	}
	p := &parcel{app: first.app, object: first.object, body: escape(plainJSON(body)), first: w.now()}
	p.url = w.apps[first.app].callback(first.object).URL
	if first.callback != nil {
		p.url = first.callback.URL
	}
	for _, u := range batch {
		p.ids = append(p.ids, u.id)
		if u.line != nil && !slices.Contains(p.lines, u.line) {
			p.lines = append(p.lines, u.line)
		}
	}
	return p
}

// forge sends beside a genuine webhook one that somebody without the secret made
// up. It must not be believed.
func (w *World) forge(p *parcel) {
	signature := ""
	switch {
	case w.chance.happens(w.profile.NoSignature):
	case w.chance.happens(w.profile.BadSignature):
		signature = Signature("not the secret", p.body)
	default:
		return
	}
	w.later(0, true, func(ctx context.Context) {
		status, err := w.deliver(ctx, p.url, p.body, signature)
		w.mu.Lock()
		defer w.mu.Unlock()
		e := Entry{Kind: EntryForgery, App: p.app, URL: p.url, IDs: p.ids, Status: status}
		if err != nil {
			e.Error = err.Error()
		}
		w.note(e)
	})
}

// try sends a parcel once, and plans the next attempt where it was not taken.
func (w *World) try(ctx context.Context, p *parcel) {
	w.mu.Lock()
	a := w.apps[p.app]
	verified := a != nil && a.verified[p.url]
	var signature string
	if a != nil {
		signature = Signature(a.secret(p.object), p.body)
	}
	p.attempt++
	attempt := p.attempt
	w.mu.Unlock()
	if !verified {
		return // nobody has shown an address
	}
	status, err := w.deliver(ctx, p.url, p.body, signature)
	w.mu.Lock()
	defer w.mu.Unlock()
	e := Entry{Kind: EntryTry, App: p.app, URL: p.url, Body: string(p.body), IDs: p.ids, Attempt: attempt, Status: status}
	if err != nil {
		e.Error = err.Error()
	}
	w.note(e)
	if err == nil && status == http.StatusOK {
		w.taken(p)
		return
	}
	if ctx.Err() == nil {
		w.again(p)
	}
}

func (w *World) deliver(ctx context.Context, address string, body []byte, signature string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "facebookexternalua")
	if signature != "" {
		request.Header.Set("X-Hub-Signature-256", signature)
	}
	response, err := w.options.Client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("webhook: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	return response.StatusCode, err
}

// Retries, by object: WhatsApp doubles a minute for seven days, Instagram for a
// day and a half. A Page gets a few at once, then one every five minutes for an
// hour, and after that its app hears no more (Meta: "Webhooks for Messenger
// Platform").
const (
	whatsAppPatience  = 7 * 24 * time.Hour
	instagramPatience = 36 * time.Hour
	pagePatience      = time.Hour
	longestPause      = 6 * 60 // units
	pagePause         = 5
	pageAtOnce        = 3
)

func (w *World) again(p *parcel) {
	unit := cmp.Or(w.profile.RetryUnit, time.Minute)
	pause := time.Duration(min(1<<min(p.attempt-1, 12), longestPause)) * unit
	patience := whatsAppPatience
	switch {
	case p.object == ObjectInstagram:
		patience = instagramPatience
	case p.object == ObjectPage && p.attempt <= pageAtOnce:
		patience, pause = pagePatience, unit/60
	case p.object == ObjectPage:
		patience, pause = pagePatience, pagePause*unit
	}
	if w.now().Add(pause).Sub(p.first) > patience {
		w.note(Entry{Kind: EntryGivenUp, App: p.app, URL: p.url, IDs: p.ids, Attempt: p.attempt})
		w.unsubscribe(p)
		return
	}
	w.later(pause, true, func(ctx context.Context) { w.try(ctx, p) })
}

// unsubscribe ends the webhooks of a Page that nobody has taken one of for an
// hour.
func (w *World) unsubscribe(p *parcel) {
	for _, l := range p.lines {
		before := len(l.subscribers)
		if l.network != Messenger || l.taken.After(p.first) {
			continue
		}
		l.subscribers = slices.DeleteFunc(l.subscribers, of(p.app))
		if len(l.subscribers) < before {
			w.note(Entry{Kind: EntryUnsubscribed, Line: l.id, App: p.app})
		}
	}
}

func (w *World) taken(p *parcel) {
	for _, l := range p.lines {
		l.taken = w.now()
	}
	// A person's message is at the business when its server has taken it.
	for _, id := range p.ids {
		if m := w.messages[id]; m != nil && !m.out && m.delivered.IsZero() {
			m.delivered = w.now()
			w.changed(m.person, m.line)
		}
	}
}
