package realtime

import (
	"context"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// What this door has to do with conversations that go on elsewhere: a shopper who opens one brings it home, and an agent who reads
// or types in one is seen on the channel.

// isElsewhere tells whether the conversation goes on on another channel, as far as it was heard here.
func (l *log) isElsewhere() bool {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	return l.elsewhere
}

// newPage is how many entries a client asks for that holds none.
const newPage = 50

// opened tells whether the shopper has just opened a conversation that goes on elsewhere. One who goes on from what they hold has
// not: a page that was left open connects again whenever the network was away, while its shopper is on their phone.
func (l *log) opened(after int64) bool {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	return l.elsewhere && (after == 0 || l.last-after >= newPage)
}

// welcomeBack lets the conversation come home. Should it fail, it comes home with the shopper's next word.
func (d *Door) welcomeBack(ctx context.Context, by chat.Caller, id chat.ConversationID) {
	if err := d.o.Service.Returned(ctx, by, id); err != nil {
		d.o.Log.Warn("a conversation could not come home", "conversation", id, "error", err)
	}
}

// nudges lets shoppers on other channels see that an agent has read their word, or is writing. It is a courtesy: what can't be done at
// once is dropped, so that a slow provider holds up nobody.
type nudges struct {
	do    func(by chat.Caller, shop chat.ShopID, id chat.ConversationID, typing bool)
	run   func(func())
	now   func() time.Time
	slots chan struct{}

	mu   sync.Mutex
	last map[chat.ConversationID]nudged
}

// nudged is what a conversation's shopper was last shown.
type nudged struct {
	at     time.Time // of the last one
	typing time.Time
	read   int64
}

const (
	nudgeSlots  = 16
	nudgeWithin = 10 * time.Second
	typingShown = 20 * time.Second // WhatsApp shows it for 25 s (Meta, "Typing indicators"), Messenger for 20
	maxNudged   = 4096
)

func newNudges(do func(chat.Caller, chat.ShopID, chat.ConversationID, bool), run func(func())) *nudges {
	return &nudges{
		do: do, run: run, now: time.Now, slots: make(chan struct{}, nudgeSlots), last: make(map[chat.ConversationID]nudged),
	}
}

// typing shows that an agent writes, as long as it is not being shown already.
func (n *nudges) typing(by chat.Caller, shop chat.ShopID, id chat.ConversationID) {
	n.try(by, shop, id, true, func(was *nudged, now time.Time) bool {
		if now.Sub(was.typing) < typingShown {
			return false
		}
		was.typing = now
		return true
	})
}

// read shows that an agent has read up to an entry; which of them, and how often, is nobody's concern.
func (n *nudges) read(by chat.Caller, shop chat.ShopID, id chat.ConversationID, seq int64) {
	n.try(by, shop, id, false, func(was *nudged, _ time.Time) bool {
		if seq <= was.read {
			return false
		}
		was.read = seq
		return true
	})
}

func (n *nudges) try(by chat.Caller, shop chat.ShopID, id chat.ConversationID, typing bool, due func(*nudged, time.Time) bool) {
	if by.Kind != chat.AuthorAgent {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	was := n.last[id]
	if !due(&was, now) {
		return
	}
	select {
	case n.slots <- struct{}{}:
	default:
		return // busy
	}
	was.at = now
	n.forget(now)
	n.last[id] = was
	n.run(func() {
		defer func() { <-n.slots }()
		n.do(by, shop, id, typing)
	})
}

// forget makes room: of what was long ago nobody needs to know, and at worst somebody is shown something twice.
func (n *nudges) forget(now time.Time) {
	if len(n.last) < maxNudged {
		return
	}
	for id, was := range n.last {
		if now.Sub(was.at) > typingShown || len(n.last) >= maxNudged {
			delete(n.last, id)
		}
	}
}

// nudge asks the use case. Its error is nobody's: the provider's refusals of what matters are told elsewhere.
func (d *Door) nudge(by chat.Caller, shop chat.ShopID, id chat.ConversationID, typing bool) {
	ctx, cancel := context.WithTimeout(d.ctx, nudgeWithin)
	defer cancel()
	if err := d.o.Service.SeenOnChannel(ctx, by, shop, id, typing); err != nil {
		d.o.Log.Debug("a shopper elsewhere was not shown", "conversation", id, "typing", typing, "error", err)
	}
}
