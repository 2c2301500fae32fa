package realtime

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestASlowReaderIsClosedAndOthersDoNotNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		v := w.person()
		quick := w.shopper(v)
		id := quick.begin("one")
		quick.join(id, 1, 0)
		slow := w.line()
		for _, f := range []openapi.ClientFrame{
			{Type: "hello", Protocol: 1, Token: v.token}, {Type: "join", Conversation: id, Generation: 1, After: 1},
		} {
			_, err := slow.Write(masked(finText, string(explicit(f))))
			w.must(err)
		}
		synctest.Wait()
		start := time.Now()
		for i := range 400 {
			w.say(v, id, strings.Repeat("x", 1000))
			if i%20 == 0 {
				synctest.Wait() // the quick reader has its turn
			}
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("the writer waited %s for the slow reader", d)
		}
		for n := int64(1); n <= 401; n++ {
			if e := quick.next("entry"); e.Entry.Seq != n {
				t.Fatalf("the quick reader got %d, want %d", e.Entry.Seq, n)
			}
		}
		if n := w.door.Metrics.Slow.Load(); n != 1 {
			t.Fatalf("%d slow connections", n)
		}
		if code := slow.end(); code != closeSlow {
			t.Fatalf("closed with %d", code)
		}
		w.stop()
	})
}

func TestManySmallFramesAtOnceMakeNobodySlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		v := w.person()
		c := w.shopper(v)
		id := c.begin("one")
		c.join(id, 1, 0)
		w.post(v, id, 600)
		for n := int64(1); n <= 601; n++ {
			if e := c.next("entry"); e.Entry.Seq != n {
				t.Fatalf("entry %d, want %d", e.Entry.Seq, n)
			}
		}
		w.stop()
	})
}

func TestAReaderThatStopsForGoodIsCutSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		v := w.person()
		quick := w.shopper(v)
		id := quick.begin("one")
		_ = quick.ws.CloseNow()
		slow := w.line()
		for _, f := range []openapi.ClientFrame{
			{Type: "hello", Protocol: 1, Token: v.token}, {Type: "join", Conversation: id, Generation: 1, After: 1},
		} {
			_, err := slow.Write(masked(finText, string(explicit(f))))
			w.must(err)
		}
		synctest.Wait()
		before := w.door.Connections()
		for range 400 {
			w.say(v, id, strings.Repeat("x", 1000))
		}
		time.Sleep(3 * time.Second) // virtual
		synctest.Wait()
		if n := w.door.Connections(); n != before-1 {
			t.Fatalf("%d connections, %d before", n, before)
		}
		w.stop()
	})
}
