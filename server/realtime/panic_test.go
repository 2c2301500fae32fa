package realtime

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestAPanicCostsOneConnectionAtMost(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	victim, other := w.shopper(v), w.shopper(w.person())
	id := other.begin("hello")
	other.join(id, 1, 1)

	w.door.mu.Lock()
	conns := slices.Collect(maps.Keys(w.door.conns))
	w.door.mu.Unlock()
	for _, c := range conns {
		if c.who().Shopper == v.ID {
			c.do(func(context.Context) { panic("a frame of the victim's") })
		}
	}
	if code := victim.code(); code != closeInternal {
		t.Fatalf("closed with %d", code)
	}
	w.door.crew.run(func() { panic("some work") })
	w.fanout.Publish(chat.Live{Kind: chat.LiveCommitted, Conversation: chat.ConversationID(id)}) // without what was committed
	other.send(say(id, "after", "still here"))
	if e := other.next("entry"); e.Entry.ClientID != "after" {
		t.Fatalf("entry %+v", e.Entry)
	}
	other.send(openapi.ClientFrame{Type: "ping"})
	other.until("pong")
	if n := w.door.Metrics.Panics.Load(); n < 2 {
		t.Fatalf("%d panics were counted", n)
	}
}
