package realtime

import (
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestAMessageReachesTheOtherSideAndIsAcknowledged(t *testing.T) {
	w := newWorld(t, Limits{})
	s := w.shopper(w.person())
	id := s.begin("Is the mug dishwasher safe?")
	s.join(id, 1, 0)
	if e := s.next("entry"); e.Entry.Message.Text != "Is the mug dishwasher safe?" || e.Entry.Seq != 1 {
		t.Fatalf("entry %+v", e.Entry)
	}
	a := w.inbox(w.signIn(w.agent))
	a.join(id, 0, 0)
	if e := a.next("entry"); e.Entry.Seq != 1 {
		t.Fatalf("entry %+v", e.Entry)
	}
	a.send(say(id, clientID(), "Yes, it is."))
	ack := a.next("ack")
	var joined, answer *openapi.Entry
	for answer == nil {
		switch e := s.next("entry").Entry; e.Kind {
		case "event":
			joined = e
		case "message":
			answer = e
		}
	}
	if joined == nil || answer.Message.Text != "Yes, it is." || answer.Seq != 3 {
		t.Fatalf("the shopper got %+v, %+v", joined, answer)
	}
	if ack.Seq != 4 { // the agent's numbers count the assignment too
		t.Fatalf("the agent's ack has seq %d", ack.Seq)
	}
}
