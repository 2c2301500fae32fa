package realtime

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// post writes n messages of the person past the door.
func (w *world) post(v person, id openapi.ConversationID, n int) {
	w.t.Helper()
	for range n {
		w.say(v, id, "x")
	}
}

func (w *world) say(v person, id openapi.ConversationID, text string) {
	w.t.Helper()
	_, err := w.svc.Send(context.Background(), v.by, chat.SendRequest{
		Conversation: chat.ConversationID(id), ClientID: clientID(), Message: chat.Message{Text: text},
	})
	w.must(err)
}

func TestAJoinReplaysWhatFollowsTheCursor(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	c := w.shopper(v)
	id := c.begin("1")
	w.post(v, id, 600)
	for _, x := range []struct {
		name              string
		generation, after int64
		snapshot          bool
		first, n          int64
	}{
		{"nothing to replay", 1, 601, false, 0, 0},
		{"the last ten", 1, 591, false, 592, 10},
		{"five hundred", 1, 101, false, 102, 500},
		{"more than five hundred", 1, 100, true, 552, 50},
		{"a cursor beyond the head", 1, 602, true, 552, 50},
		{"another generation", 2, 601, true, 552, 50},
		{"nothing held", 0, 0, true, 552, 50},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := w.shopper(v)
			c.send(openapi.ClientFrame{Type: "join", Conversation: id, Generation: x.generation, After: x.after})
			c.send(openapi.ClientFrame{Type: "ping"})
			frames := c.until("pong")
			var seqs []int64
			snapshot := false
			for _, f := range frames {
				switch f.Type {
				case "snapshot":
					snapshot = true
					for _, e := range f.Entries {
						seqs = append(seqs, e.Seq)
					}
					fallthrough
				case "joined":
					if *f.Head != 601 || f.FirstSeq != 1 || f.Generation != 1 {
						t.Fatalf("%s %+v", f.Type, f)
					}
				case "entry":
					seqs = append(seqs, f.Entry.Seq)
				}
			}
			if snapshot != x.snapshot || int64(len(seqs)) != x.n {
				t.Fatalf("snapshot %v with %d entries", snapshot, len(seqs))
			}
			for i, n := range seqs {
				if n != x.first+int64(i) {
					t.Fatalf("entry %d has seq %d", i, n)
				}
			}
		})
	}
}

func TestAHoleInWhatComesLiveIsReadFromTheStore(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	c := w.shopper(v)
	id := c.begin("1")
	c.join(id, 1, 0)
	c.next("entry")
	// The live words of 2 and 3 are lost; 4 comes, then 2 after all, then 4 again.
	lossy := chat.NewService(chat.Deps{Store: w.db, Fanout: deaf{w.fanout}})
	var late []chat.Live
	for n := 2; n <= 4; n++ {
		sent, err := lossy.Send(context.Background(), v.by, chat.SendRequest{
			Conversation: chat.ConversationID(id), ClientID: clientID(), Message: chat.Message{Text: fmt.Sprint(n)},
		})
		w.must(err)
		done := sent.Committed
		late = append(late, chat.Live{
			Kind: chat.LiveCommitted, Merchant: done.Conversation.Merchant, Shop: w.shop.ID, Conversation: done.Conversation.ID, Shopper: v.ID,
			Committed: &done, Prev: done.Prev, Position: done.Conversation.Position,
		})
	}
	for _, i := range []int{2, 0, 2, 1} {
		w.fanout.Publish(late[i])
	}
	for n := int64(2); n <= 4; n++ {
		if e := c.next("entry"); e.Entry.Seq != n || e.Entry.Message.Text != fmt.Sprint(n) {
			t.Fatalf("entry %+v, want %d", e.Entry, n)
		}
	}
	w.post(v, id, 1)
	if e := c.next("entry"); e.Entry.Seq != 5 {
		t.Fatalf("entry %+v, want 5", e.Entry)
	}
	if w.door.Metrics.Reread.Load() == 0 {
		t.Fatal("nothing was read again")
	}
}

// deaf is a fan-out that loses everything.
type deaf struct{ chat.Fanout }

func (deaf) Publish(chat.Live) {}

// TestNobodyMissesOrRepeatsAnything lets clients of both sides join, lose their connection and resume at random while messages
// flow, with a fan-out that loses one word in ten. Each client's log must be a contiguous part of the stored one.
func TestNobodyMissesOrRepeatsAnything(t *testing.T) {
	const writers, each, readers = 3, 40, 4
	w := newWorld(t, Limits{PerSession: 1000, PerIP: 1000, Messages: 1e6, MessageBurst: 1e6})
	v := w.person()
	id := w.shopper(v).begin("start")
	cookie := w.signIn(w.agent)
	lossy := chat.NewService(chat.Deps{Store: w.db, Fanout: &leaky{Fanout: w.fanout}})
	var writing, reading sync.WaitGroup
	for n := range writers {
		writing.Go(func() {
			for i := range each {
				by, r := v.by, chat.SendRequest{Conversation: chat.ConversationID(id), ClientID: fmt.Sprint(n, "-", i), Message: chat.Message{Text: "x"}}
				if n == 0 { // an agent, whose notes the shopper must not count
					by, r.Shop = w.agentCaller(), w.shop.ID
					if i%3 == 0 {
						r.Kind = chat.EntryNote
					}
				}
				if _, err := lossy.Send(context.Background(), by, r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	logs := make([]logbook, readers)
	for n := range readers {
		reading.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(n)))
			for done := false; !done; {
				select {
				case <-stop:
					done = true // once more, to the end
				default:
				}
				c := (*client)(nil)
				if n%2 == 0 {
					c = w.shopper(v)
				} else {
					c = w.inbox(cookie)
				}
				logs[n].follow(t, c, id, random, done)
				_ = c.ws.CloseNow()
			}
		})
	}
	writing.Wait()
	w.post(v, id, 1) // so that a word lost at the end shows
	close(stop)
	reading.Wait()
	conv, err := w.svc.Conversation(context.Background(), v.by, w.shop.ID, chat.ConversationID(id))
	w.must(err)
	for n := range readers {
		want := conv.ShopperHead
		if n%2 == 1 {
			want = conv.Head
		}
		if logs[n].last != want {
			t.Errorf("reader %d ended at %d, want %d", n, logs[n].last, want)
		}
	}
}

// logbook is what a client holds of a log.
type logbook struct{ last int64 }

// follow joins and takes entries for a while, or, when final, up to the head.
func (l *logbook) follow(t *testing.T, c *client, id openapi.ConversationID, random *rand.Rand, final bool) {
	c.send(openapi.ClientFrame{Type: "join", Conversation: id, Generation: 1, After: l.last})
	if final {
		c.send(openapi.ClientFrame{Type: "ping"})
	}
	joined := false // before that, a shopper is told of entries elsewhere, to make them join
	end := time.After(time.Duration(random.IntN(20_000)) * time.Microsecond)
	if final {
		end = nil
	}
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				t.Errorf("closed: %v", websocket.CloseStatus(<-c.closed))
				return
			}
			switch {
			case f.Type == "joined":
				joined = true
			case f.Type == "entry" && joined:
				if f.Entry.Seq != l.last+1 {
					t.Errorf("entry %d after %d", f.Entry.Seq, l.last)
					return
				}
				l.last++
			case f.Type == "snapshot" || f.Type == "refused":
				t.Errorf("%s %s", f.Type, f.Code)
				return
			case f.Type == "pong":
				return
			}
		case <-end:
			return
		}
	}
}

// leaky loses one word in ten.
type leaky struct {
	chat.Fanout
	mu sync.Mutex
	n  int
}

func (f *leaky) Publish(l chat.Live) {
	f.mu.Lock()
	f.n++
	lost := f.n%10 == 0
	f.mu.Unlock()
	if !lost {
		f.Fanout.Publish(l)
	}
}

func TestALeftConversationIsSilent(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	id := w.shopper(v).begin("1")
	a := w.inbox(w.signIn(w.agent))
	a.join(id, 1, 1)
	a.send(openapi.ClientFrame{Type: "leave", Conversation: id})
	a.sync()
	w.post(v, id, 3)
	a.send(openapi.ClientFrame{Type: "ping"})
	for _, f := range a.until("pong") {
		if f.Type == "entry" {
			t.Fatalf("entry %+v", f.Entry)
		}
	}
}

func TestASecondTabHearsOfAConversationThatTheFirstBegins(t *testing.T) {
	w := newWorld(t, Limits{})
	v := w.person()
	one, two, stranger := w.shopper(v), w.shopper(v), w.shopper(w.person())
	id := one.begin("from the first tab")
	if e := two.next("entry"); e.Conversation != id || e.Entry.Seq != 1 || e.Entry.Message.Text != "from the first tab" {
		t.Fatalf("entry %+v", e)
	}
	stranger.send(openapi.ClientFrame{Type: "ping"})
	if list := stranger.until("pong"); len(list) != 1 {
		t.Fatalf("a stranger got %+v", list)
	}
}
