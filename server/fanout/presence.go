package fanout

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// presence counts attendances. One person may attend many times (tabs, devices); that is one presence.
type presence struct {
	grace   time.Duration
	settled time.Time // before it, who is not here is unknown
	now     func() time.Time
	publish func(chat.Live)

	// turn puts changes and their publications into one order; it is taken before mu, and mu is free while publishing, so that
	// whoever hears of a change may ask.
	turn sync.Mutex
	mu   sync.Mutex
	here map[crowd]map[string]*attendance // by id
}

// crowd is everybody of one kind in a shop: few agents are not looked for among many shoppers.
type crowd struct {
	shop chat.ShopID
	kind chat.AuthorKind
}

type person struct {
	kind chat.AuthorKind
	id   string
}

type attendance struct {
	who   chat.Author
	count int
	leave *time.Timer // runs while count is 0
}

func (p *presence) init(o Options, publish func(chat.Live)) {
	p.grace, p.now, p.publish = o.Grace, o.Now, publish
	p.settled = o.Now().Add(o.Settle)
	p.here = make(map[crowd]map[string]*attendance)
}

// Attend tells that somebody is here until leave is called.
func (l *Local) Attend(shop chat.ShopID, who chat.Author) (leave func()) {
	l.presence.enter(shop, who)
	return (&visit{presence: &l.presence, shop: shop, who: person{who.Kind, who.ID}}).end
}

// visit is one attendance of a person.
type visit struct {
	presence *presence
	shop     chat.ShopID
	who      person
	over     atomic.Bool
}

func (v *visit) end() {
	if !v.over.Swap(true) {
		v.presence.leave(v.shop, v.who)
	}
}

// Presence tells whether somebody is here.
func (l *Local) Presence(_ context.Context, shop chat.ShopID, who chat.Author) chat.Presence {
	p := &l.presence
	p.mu.Lock()
	_, here := p.here[crowd{shop, who.Kind}][who.ID]
	p.mu.Unlock()
	switch {
	case here:
		return chat.Here
	case p.now().Before(p.settled):
		return chat.Unknown
	}
	return chat.Gone
}

// Attending lists who of a kind is here in the shop, by id.
func (l *Local) Attending(_ context.Context, shop chat.ShopID, kind chat.AuthorKind) []chat.Author {
	p := &l.presence
	p.mu.Lock()
	var list []chat.Author
	for _, a := range p.here[crowd{shop, kind}] {
		list = append(list, a.who)
	}
	p.mu.Unlock()
	slices.SortFunc(list, func(a, b chat.Author) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (p *presence) enter(shop chat.ShopID, who chat.Author) {
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.add(shop, who) {
		p.tell(shop, who, chat.Here)
	}
}

// add counts an attendance and tells whether the person was not here before.
func (p *presence) add(shop chat.ShopID, who chat.Author) (came bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	where := crowd{shop, who.Kind}
	people := p.here[where]
	if people == nil {
		people = make(map[string]*attendance)
		p.here[where] = people
	}
	a := people[who.ID]
	if a == nil {
		a, came = new(attendance), true
		people[who.ID] = a
	}
	if a.leave != nil {
		a.leave.Stop()
		a.leave = nil
	}
	a.who = who // the name may have changed
	a.count++
	return came
}

func (p *presence) leave(shop chat.ShopID, who person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.here[crowd{shop, who.kind}][who.id]
	if a == nil {
		return // closed meanwhile
	}
	if a.count--; a.count > 0 {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(p.grace, func() { p.expire(shop, a, func() bool { return a.leave == timer }) })
	a.leave = timer
}

// expire ends a presence unless the person came back since the timer was set.
func (p *presence) expire(shop chat.ShopID, a *attendance, current func() bool) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.mu.Lock()
	over := current() && a.count == 0
	if over {
		p.drop(shop, a)
	}
	p.mu.Unlock()
	if over {
		p.tell(shop, a.who, chat.Gone)
	}
}

func (p *presence) drop(shop chat.ShopID, a *attendance) {
	a.leave = nil
	where := crowd{shop, a.who.Kind}
	delete(p.here[where], a.who.ID)
	if len(p.here[where]) == 0 {
		delete(p.here, where)
	}
}

func (p *presence) tell(shop chat.ShopID, who chat.Author, state chat.Presence) {
	l := chat.Live{Kind: chat.LivePresence, Shop: shop, Who: who, Presence: state}
	switch who.Kind {
	case chat.AuthorShopper:
		l.Shopper = chat.ShopperID(who.ID)
	case chat.AuthorAgent:
		l.Agent = chat.AgentID(who.ID)
	}
	p.publish(l)
}

// Close forgets who was here and stops the timers. Nobody is told: a stopping process does not know whether they are gone.
func (l *Local) Close() {
	p := &l.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, people := range p.here {
		for _, a := range people {
			if a.leave != nil {
				a.leave.Stop()
			}
		}
	}
	clear(p.here)
}
