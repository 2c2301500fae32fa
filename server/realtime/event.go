package realtime

import (
	"sync/atomic"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// event is a live event on its way through one room, with the frames that have been made of it. Whoever needs one first makes it;
// a connection that held the event while it was reading may come later, on another goroutine.
type event struct {
	chat.Live
	codec *codec

	logs     [2]atomic.Pointer[logFrames] // by audience
	typing   [2]atomic.Pointer[frame]
	presence frame // made and used under the room's lock alone
}

// logFrames are a commit's frames for one audience.
type logFrames struct {
	entries    []numbered
	receipts   []frame
	deliveries []frame // agents are told of them
}

type numbered struct {
	n     int64
	frame frame
}

// log gives the frames of a commit for an audience.
func (ev *event) log(a chat.Audience) *logFrames {
	if l := ev.logs[a].Load(); l != nil {
		return l
	}
	l := new(logFrames)
	for _, e := range ev.Committed.Entries {
		if n := e.Number(a); n != 0 {
			l.entries = append(l.entries, numbered{n, ev.codec.entry(e, a)})
		}
	}
	for _, w := range ev.Committed.Receipts {
		l.receipts = append(l.receipts, ev.codec.receipt(ev.Conversation, w, a))
	}
	if a == chat.ForAgents {
		for _, d := range ev.Committed.Deliveries {
			l.deliveries = append(l.deliveries, encode(wire.DeliveryFrame(d)))
		}
	}
	ev.logs[a].Store(l)
	return l
}

// typed gives the frame of a typing event; shoppers get none of a note.
func (ev *event) typed(a chat.Audience) frame {
	if f := ev.typing[a].Load(); f != nil {
		return *f
	}
	f := ev.codec.typing(ev.Live, a)
	ev.typing[a].Store(&f)
	return f
}

// by tells whether the caller did it themselves.
func (ev *event) by(c chat.Caller) bool {
	a := c.Author()
	return ev.Who.Kind == a.Kind && ev.Who.ID == a.ID
}
