package chat

import (
	"slices"
	"time"
)

// A conversation's route is the address that its next message goes to. It moves by these steps alone, each of which leaves an entry.

// Reasons of a route's change, beside those of a plan.
const (
	WhyAsked    Reason = "asked"       // an agent chose it
	WhyWrote    Reason = "wrote_there" // the shopper's last word came from there
	WhyCameBack Reason = "came_back"   // the shopper is on the site again
)

// GoTo decides that the conversation goes on at an address. h is the handoff that brings it there; nil: it is the one that the
// conversation has, or none. The address should be as Write.Beside has shown it: it is written whole.
func (c Conversation) GoTo(to Address, h *Handoff, why Reason, now time.Time) (Change, error) {
	if c.Address == to.ID {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.route(to, h, why)
	return ch, nil
}

// ComeHome decides that the conversation goes on on the web. At home it changes nothing.
func (c Conversation) ComeHome(why Reason, now time.Time) (Change, error) {
	if c.Address == "" {
		return Change{}, nil
	}
	ch := c.begin(now)
	ch.comeHome(why)
	return ch, nil
}

// route moves the conversation to an address. What comes from there belongs to this conversation from now on.
func (ch *Change) route(to Address, h *Handoff, why Reason) {
	c := &ch.Conversation
	moved, from := c.Address != to.ID, c.Channel
	c.Address, c.Account, c.Channel, c.Away = to.ID, to.Account, to.Channel, true
	if moved {
		ch.event(Event{Name: EventRouteChanged, Route: &RouteStep{From: from, To: to.Channel, Address: to.ID, Reason: why}}, system)
	}
	if h != nil {
		if old := c.Handoff; old != nil && old.ID != h.ID && old.underWay() {
			ended := *old
			ended.State, ended.Reason = HandoffReturned, "moved_on"
			ch.handoff(ended)
		}
		next := *h
		if old := c.Handoff; old != nil && old.Address == to.ID {
			next.ConfirmedAt = old.ConfirmedAt // the same person, on the shopper's own word
		}
		next.From, next.To, next.Conversation, next.Account, next.Address = from, to.Channel, c.ID, to.Account, to.ID
		ch.step(next, HandoffActive, "", to.Name)
	}
	if to.Conversation != c.ID {
		to.Conversation = c.ID
		ch.address(to)
	}
}

// comeHome moves the conversation back to the web.
func (ch *Change) comeHome(why Reason) {
	c := &ch.Conversation
	if c.Address == "" {
		return
	}
	from := c.Channel
	c.Address, c.Account, c.Channel = "", "", ChannelWeb
	ch.event(Event{Name: EventRouteChanged, Route: &RouteStep{From: from, To: ChannelWeb, Reason: why}}, system)
	if h := c.Handoff; h != nil && h.underWay() {
		ch.step(*h, HandoffReturned, "", "")
	}
}

// step moves a handoff on, makes it the conversation's current one, and tells of it in the log.
func (ch *Change) step(h Handoff, to HandoffState, reason, name string) {
	h.State, h.Reason = to, reason
	h = ch.handoff(h)
	ch.Conversation.Handoff = &h
	s := h.Step()
	s.Name = name
	ch.event(Event{Name: EventHandoff, Handoff: &s}, system)
}

// handoff writes a handoff with the change; the last form of each holds.
func (ch *Change) handoff(h Handoff) Handoff {
	h.UpdatedAt = ch.now
	same := func(o Handoff) bool { return o.ID == h.ID }
	if i := slices.IndexFunc(ch.Handoffs, same); i >= 0 {
		ch.Handoffs[i] = h
	} else {
		ch.Handoffs = append(ch.Handoffs, h)
	}
	return h
}

// address writes an address with the change; the last form of each holds.
func (ch *Change) address(a Address) {
	same := func(o Address) bool { return o.ID == a.ID }
	if i := slices.IndexFunc(ch.Addresses, same); i >= 0 {
		ch.Addresses[i] = a
	} else {
		ch.Addresses = append(ch.Addresses, a)
	}
}

// underWay tells whether the conversation is, or is about to be, where the handoff leads.
func (h Handoff) underWay() bool { return h.State == HandoffLinked || h.State == HandoffActive }

var system = Author{Kind: AuthorSystem}
