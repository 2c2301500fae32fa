package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

const (
	missed   = 5   // messages that each client of the storm has not seen
	inFlight = 128 // handshakes under way at a time
)

// returner is a shopper who comes back to a conversation of some messages; the first one starts it.
type returner struct {
	shopper      *harness.Shopper
	conversation string
	head         int
}

// storm measures how many clients come back at once, as after a restart: connect, authenticate, join, and resume what they have
// missed from the durable log. Without anything missed it is the price of a connection. The floor only shakes hands.
func storm(ctx context.Context, s settings) error {
	run := &run{}
	defer run.end()
	server := harness.Start(run, harness.Options{Flags: manyMessages})
	returners, err := makeReturners(ctx, server, s.storm, 1+missed)
	if err != nil {
		return err
	}
	const (
		connect = "server: connect, authenticate, join"
		resume  = "server: and resume 5 missed messages"
		bare    = "floor: bare handshake, coder/websocket"
	)
	t := newTable(fmt.Sprintf("Storm of %d clients, %d handshakes at a time, median of %d", s.storm, inFlight, s.rounds))
	for range s.rounds {
		for name, behind := range map[string]int{connect: 0, resume: missed} {
			server.Stop() // nothing in memory helps
			server.Run()
			rate, cost, err := stormOn(ctx, server.PID(), s.storm, func(ctx context.Context, i int) (*websocket.Conn, error) {
				return returners[i].comeBack(ctx, behind)
			})
			if err != nil {
				return err
			}
			_, peak := rss(server.PID())
			t.add(name, rate, cost, peak/1024)
		}
		f, err := startFloor("lean")
		if err != nil {
			return err
		}
		rate, cost, err := stormOn(ctx, f.pid(), s.storm, func(ctx context.Context, i int) (*websocket.Conn, error) { return f.dial(ctx, i/2) })
		_, peak := rss(f.pid())
		f.stop()
		if err != nil {
			return err
		}
		t.add(bare, rate, cost, peak/1024)
	}
	t.print("clients/s", "µs CPU each", "peak RSS MiB")
	atLeast("6: rate with resume / bare handshakes'", t.at(resume, 0)/t.at(bare, 0), 0.40)
	atMost("7: server CPU to connect and join / bare handshake's", t.at(connect, 1)/t.at(bare, 1), 2)
	return nil
}

// makeReturners signs shoppers in and lets each write some messages.
func makeReturners(ctx context.Context, server *harness.Server, n, messages int) ([]returner, error) {
	all := make([]returner, n)
	err := eachOf(n, 32, func(i int) error {
		v := returner{shopper: server.NewShopper(), head: messages}
		k, err := v.shopper.Dial(ctx)
		if err != nil {
			return err
		}
		defer k.Close()
		if err := k.Send(ctx, "", "start", "hello"); err != nil {
			return err
		}
		f, err := k.Await(ctx, func(f harness.Frame) bool { return f.Type == "ack" })
		if err != nil {
			return err
		}
		v.conversation = f.Conversation
		for m := 2; m <= messages; m++ {
			if err := k.Conn.Write(ctx, websocket.MessageText, message(v.conversation, m)); err != nil {
				return err
			}
		}
		for acked := 1; acked < messages; {
			kind, _, err := next(ctx, k)
			if err != nil {
				return err
			}
			if kind == isAck {
				acked++
			}
		}
		all[i] = v
		return nil
	})
	return all, err
}

// comeBack connects and resumes; each missed message must come once and in order.
func (v returner) comeBack(ctx context.Context, behind int) (*websocket.Conn, error) {
	k, err := v.shopper.Dial(ctx)
	if err != nil {
		return nil, err
	}
	after := v.head - behind
	join := fmt.Appendf(nil, `{"type":"join","conversation":"%s","generation":1,"after":%d}`, v.conversation, after)
	if err := k.Conn.Write(ctx, websocket.MessageText, join); err != nil {
		return nil, err
	}
	for joined := false; !joined || after < v.head; {
		kind, b, err := next(ctx, k)
		switch {
		case err != nil:
			return nil, err
		case bytes.Contains(b, []byte(`"type":"joined"`)):
			joined = true
		case kind == isEntry:
			if after++; !bytes.Contains(b, fmt.Appendf(nil, `"seq":%d}`, after)) {
				return nil, fmt.Errorf("not entry %d: %s", after, b)
			}
		}
	}
	return k.Conn, nil
}

// stormOn lets n clients come, and gives how many come per second and what each costs the process.
func stormOn(ctx context.Context, pid, n int, come func(ctx context.Context, i int) (*websocket.Conn, error)) (rate, cost float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	conns := make([]*websocket.Conn, n)
	before, start := cpu(pid), time.Now()
	err = eachOf(n, inFlight, func(i int) (err error) {
		conns[i], err = come(ctx, i)
		return err
	})
	took, spent := time.Since(start), cpu(pid)-before
	for _, c := range conns {
		if c != nil {
			_ = c.CloseNow()
		}
	}
	return float64(n) / took.Seconds(), spent / float64(n) * 1e6, err
}

// eachOf runs f for 0 to n-1, so many at a time.
func eachOf(n, atATime int, f func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for w := range atATime {
		wg.Go(func() {
			for i := w; i < n; i += atATime {
				if errs[i] = f(i); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
