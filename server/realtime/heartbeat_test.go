package realtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestAnIdleConnectionBeatsAndLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		c := w.shopper(w.person())
		id := c.begin("hello")
		c.join(id, 1, 0)
		start := time.Now()
		for range 10 {
			f := c.next("beat")
			if f.Heads[id] != 1 {
				t.Fatalf("beat %+v", f)
			}
		}
		if d := time.Since(start); d < 9*25*time.Second || d > 10*25*time.Second {
			t.Fatalf("ten beats took %s", d)
		}
		c.sync()
		w.stop()
	})
}

func TestAPeerThatNeverPongsIsClosedWithin40Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		v := w.person()
		l := w.line()
		_, err := l.Write(masked(finText, string(explicit(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: v.token}))))
		w.must(err)
		start := time.Now()
		code := l.endWithin(time.Minute)
		if code != closeNoPong {
			t.Fatalf("closed with %d", code)
		}
		if d := time.Since(start); d > 40*time.Second {
			t.Fatalf("after %s", d)
		}
		if n := w.door.Metrics.Dead.Load(); n != 1 {
			t.Fatalf("%d dead connections were counted", n)
		}
		w.stop()
	})
}

func TestAPeerThatVanishesLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		c := w.shopper(w.person())
		id := c.begin("hello")
		c.join(id, 1, 0)
		_ = c.ws.CloseNow()
		synctest.Wait()
		time.Sleep(5 * time.Second) // virtual
		synctest.Wait()
		if n := w.door.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		if n := w.door.hub.rooms(); n != 0 {
			t.Errorf("%d rooms are left", n)
		}
		if n := w.fanout.Topics(); n != 0 {
			t.Errorf("%d topics are left", n)
		}
		w.stop()
	})
}

func TestDrainingAcknowledgesWhatCameAndSpreadsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		var all []*client
		for range 10 {
			all = append(all, w.shopper(w.person()))
		}
		start := time.Now()
		for _, c := range all {
			c.send(say("", clientID(), "before you go"))
		}
		drained := make(chan error, 1)
		go func() { drained <- w.door.Drain(context.Background(), 10*time.Second) }()
		var last time.Duration
		for _, c := range all {
			c.next("ack")
			f := c.next("bye")
			if f.Code != "draining" || f.RetryAfterMs < drainRetry.Milliseconds() {
				t.Fatalf("bye %+v", f)
			}
			if code := c.code(); code != closeDraining {
				t.Fatalf("closed with %d", code)
			}
			last = max(last, time.Since(start))
		}
		w.must(<-drained)
		if last < 8*time.Second || last > 12*time.Second {
			t.Fatalf("the last one went after %s", last)
		}
		if status, code := w.refusedUpgrade(w.socketPath(), w.agentHeader(""), "chat.localhost"); status != 403 && status != 503 {
			t.Fatalf("status %d %q while draining", status, code)
		}
		w.stop()
	})
}
