package chattest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// OpenFanout opens a fan-out with the given grace and no settling time, and closes it at the end of the test.
type OpenFanout func(t *testing.T, grace time.Duration) chat.Fanout

// Fanout is the definition of a fan-out within one node: whatever passes may be used as one. Each case runs through in, which may
// put it into a bubble of testing/synctest; nil runs it as it is, in real time.
func Fanout(t *testing.T, open OpenFanout, in func(*testing.T, func(*testing.T))) {
	if in == nil {
		in = func(t *testing.T, body func(*testing.T)) { body(t) }
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T, OpenFanout)
	}{
		{"a topic's subscribers hear what is published, others do not", fanoutReaches},
		{"a change to a conversation reaches those who joined, the shop's agents and the shopper", fanoutCommitted},
		{"what one publisher says arrives in its order", fanoutOrder},
		{"nothing is heard after cancel, which may be called twice", fanoutCancel},
		{"subscribing, cancelling and publishing at once loses nothing for those who stay", fanoutChurn},
		{"a presence is told once, however many attendances there are", fanoutPresenceOnce},
		{"a page change within the grace is no absence", fanoutGrace},
		{"after the grace somebody is gone", fanoutGone},
		{"attending lists people of one kind in one shop", fanoutAttending},
		{"leaving twice counts once", fanoutLeaveTwice},
	} {
		t.Run(c.name, func(t *testing.T) { in(t, func(t *testing.T) { c.run(t, open) }) })
	}
}

// patience is how long a case waits for what must come. Under synctest it costs nothing.
const patience = 10 * time.Second

// ear hears what is published and lets a test wait for it.
type ear chan chat.Live

func listen(t *testing.T, f chat.Fanout, topic chat.Topic) ear {
	t.Helper()
	e := make(ear, 4096)
	t.Cleanup(f.Subscribe(topic, func(l chat.Live) { e <- l }))
	return e
}

func (e ear) next(t *testing.T) chat.Live {
	t.Helper()
	select {
	case l := <-e:
		return l
	case <-time.After(patience):
		t.Fatal("nothing was heard")
		return chat.Live{}
	}
}

func (e ear) silent(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case l := <-e:
		t.Fatalf("heard %+v, want silence", l)
	case <-time.After(d):
	}
}

func typing(c chat.ConversationID, n int) chat.Live {
	return chat.Live{Kind: chat.LiveTyping, Conversation: c, Position: int64(n), Who: chat.Author{Kind: chat.AuthorAgent, ID: "agt_x"}}
}

func newConversationID() chat.ConversationID {
	return chat.NewID[chat.ConversationID](chat.PrefixConversation, rand.Reader)
}

func newShopID() chat.ShopID { return chat.NewID[chat.ShopID](chat.PrefixShop, rand.Reader) }

func newAuthor(k chat.AuthorKind) chat.Author {
	return chat.Author{Kind: k, ID: chat.NewID[string]("x_", rand.Reader), Name: "Nia"}
}

func fanoutReaches(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	a, b := newConversationID(), newConversationID()
	first, second, other := listen(t, f, chat.TopicConversation(a)), listen(t, f, chat.TopicConversation(a)), listen(t, f, chat.TopicConversation(b))
	f.Publish(typing(a, 7))
	for _, e := range []ear{first, second} {
		if l := e.next(t); l.Position != 7 || l.Conversation != a || l.Who.ID != "agt_x" {
			t.Fatalf("heard %+v", l)
		}
	}
	other.silent(t, 50*time.Millisecond)
}

func fanoutCommitted(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	l := chat.Live{
		Kind: chat.LiveCommitted, Shop: newShopID(), Conversation: newConversationID(), Shopper: "shp_one", Prev: 3, Position: 4,
		Committed: &chat.Committed{Entries: []chat.Entry{{Seq: 1, ShopperSeq: 1, Kind: chat.EntryMessage, Message: &chat.Message{Text: "hello"}}}},
	}
	ears := []ear{
		listen(t, f, chat.TopicConversation(l.Conversation)), listen(t, f, chat.TopicShop(l.Shop)), listen(t, f, chat.TopicShopper(l.Shopper)),
	}
	f.Publish(l)
	for _, e := range ears {
		got := e.next(t)
		if got.Prev != 3 || got.Position != 4 || got.Committed == nil || got.Committed.Entries[0].Message.Text != "hello" {
			t.Fatalf("heard %+v", got)
		}
	}
}

func fanoutOrder(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	c := newConversationID()
	e := listen(t, f, chat.TopicConversation(c))
	const publishers, each = 4, 500
	var wg sync.WaitGroup
	for p := range publishers {
		wg.Go(func() {
			for n := range each {
				f.Publish(typing(c, p*each+n))
			}
		})
	}
	wg.Wait()
	last := [publishers]int{}
	for range publishers * each {
		n := int(e.next(t).Position)
		p := n / each
		if n%each != last[p] {
			t.Fatalf("publisher %d: heard number %d, want %d", p, n%each, last[p])
		}
		last[p]++
	}
}

func fanoutCancel(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	c := newConversationID()
	for range 200 {
		var mu sync.Mutex
		over := false
		cancel := f.Subscribe(chat.TopicConversation(c), func(chat.Live) {
			mu.Lock()
			defer mu.Unlock()
			if over {
				t.Error("delivered after cancel had returned")
			}
		})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { f.Publish(typing(c, 1)) })
		}
		cancel()
		mu.Lock()
		over = true
		mu.Unlock()
		wg.Wait()
		cancel()
	}
}

func fanoutChurn(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	c := newConversationID()
	e := listen(t, f, chat.TopicConversation(c))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				f.Subscribe(chat.TopicConversation(c), func(chat.Live) {})()
			}
		})
	}
	for n := range 500 {
		f.Publish(typing(c, n))
	}
	wg.Wait()
	for n := range 500 {
		if got := e.next(t).Position; got != int64(n) {
			t.Fatalf("heard number %d, want %d", got, n)
		}
	}
}

func fanoutPresenceOnce(t *testing.T, open OpenFanout) {
	const grace = 100 * time.Millisecond
	f := open(t, grace)
	shop, who := newShopID(), newAuthor(chat.AuthorShopper)
	e := listen(t, f, chat.TopicShopper(chat.ShopperID(who.ID)))
	if p := f.Presence(t.Context(), shop, who); p != chat.Gone {
		t.Fatalf("before anything they are %s", p)
	}
	one := f.Attend(shop, who)
	if l := e.next(t); l.Kind != chat.LivePresence || l.Presence != chat.Here || l.Shop != shop || l.Who != who {
		t.Fatalf("heard %+v", l)
	}
	two := f.Attend(shop, who)
	one()
	e.silent(t, 3*grace)
	if p := f.Presence(t.Context(), shop, who); p != chat.Here {
		t.Fatalf("with one of two attendances left they are %s", p)
	}
	if p := f.Presence(t.Context(), newShopID(), who); p != chat.Gone {
		t.Fatalf("in another shop they are %s", p)
	}
	two()
}

func fanoutGrace(t *testing.T, open OpenFanout) {
	const grace = 300 * time.Millisecond
	f := open(t, grace)
	shop, who := newShopID(), newAuthor(chat.AuthorShopper)
	leave := f.Attend(shop, who)
	e := listen(t, f, chat.TopicShopper(chat.ShopperID(who.ID)))
	for range 5 {
		leave()
		if p := f.Presence(t.Context(), shop, who); p != chat.Here {
			t.Fatalf("within the grace they are %s", p)
		}
		leave = f.Attend(shop, who)
	}
	e.silent(t, 3*grace)
	leave()
}

func fanoutGone(t *testing.T, open OpenFanout) {
	const grace = 100 * time.Millisecond
	f := open(t, grace)
	shop, who := newShopID(), newAuthor(chat.AuthorAgent)
	shoppers, agents := listen(t, f, chat.TopicAgents(shop)), listen(t, f, chat.TopicShop(shop))
	for range 3 {
		f.Attend(shop, who)()
		for _, want := range []chat.Presence{chat.Here, chat.Gone} {
			for _, e := range []ear{shoppers, agents} {
				if l := e.next(t); l.Presence != want || l.Who.ID != who.ID {
					t.Fatalf("heard %+v, want %s", l, want)
				}
			}
		}
		if p := f.Presence(t.Context(), shop, who); p != chat.Gone {
			t.Fatalf("after the grace they are %s", p)
		}
	}
}

func fanoutAttending(t *testing.T, open OpenFanout) {
	f := open(t, time.Second)
	shop := newShopID()
	var want []string
	for n := range 3 {
		a := newAuthor(chat.AuthorAgent)
		a.Name = fmt.Sprint("Nia ", n)
		want = append(want, a.ID)
		t.Cleanup(f.Attend(shop, a))
		t.Cleanup(f.Attend(shop, a))
		t.Cleanup(f.Attend(shop, newAuthor(chat.AuthorShopper)))
		t.Cleanup(f.Attend(newShopID(), newAuthor(chat.AuthorAgent)))
	}
	var got []string
	for _, a := range f.Attending(t.Context(), shop, chat.AuthorAgent) {
		if a.Name == "" || a.Kind != chat.AuthorAgent {
			t.Fatalf("attending: %+v", a)
		}
		got = append(got, a.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("attending %v, want %v", got, want)
	}
}

func fanoutLeaveTwice(t *testing.T, open OpenFanout) {
	const grace = 100 * time.Millisecond
	f := open(t, grace)
	shop, who := newShopID(), newAuthor(chat.AuthorShopper)
	one, two := f.Attend(shop, who), f.Attend(shop, who)
	one()
	one()
	e := listen(t, f, chat.TopicShopper(chat.ShopperID(who.ID)))
	e.silent(t, 3*grace)
	two()
	if l := e.next(t); l.Presence != chat.Gone {
		t.Fatalf("heard %+v", l)
	}
}
