package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// manyMessages lifts the limits that are there for people.
var manyMessages = []string{"-message-rate", "1000000"}

// messages measures durable acknowledged messages per second in a closed loop: each room sends its next message when the one
// before was acknowledged and both connections have it.
func messages(ctx context.Context, s settings) error {
	t := newTable(fmt.Sprintf("Messages per second, closed loop, %d rooms of two, %v, median of %d", s.rooms, s.duration, s.rounds))
	for range s.rounds {
		for _, kind := range []struct {
			name  string
			flags []string
		}{{"server, durable", nil}, {"server, without durability (sync off)", []string{"-unsafe-synchronous", "OFF"}}} {
			rate, cost, err := serverRate(ctx, s, kind.flags)
			if err != nil {
				return err
			}
			t.add(kind.name, rate, cost)
		}
		rate, cost, err := relayRate(ctx, s)
		if err != nil {
			return err
		}
		t.add("floor: bare relay, no store, no auth", rate, cost)
		if rate, err = sqliteRate(s); err != nil {
			return err
		}
		t.add("floor: bare grouped SQLite writer, FULL", rate, 0)
	}
	t.print("messages/s", "server µs CPU")
	own := t.medians("server, durable")
	for _, floor := range t.order[1:] {
		m := t.medians(floor)
		fmt.Printf("  durable / %-40s %5.2f\n", floor, own[0]/m[0])
	}
	relay := t.medians("floor: bare relay, no store, no auth")
	fmt.Printf("  CPU per durable message / relay's %18.2f   (goal: at most 2.70; rate at least 0.40)\n", own[1]/relay[1])
	return nil
}

func serverRate(ctx context.Context, s settings, flags []string) (rate, cost float64, err error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: append(append([]string{}, manyMessages...), flags...)})
	rooms, err := openRooms(ctx, server, s.rooms)
	if err != nil {
		return 0, 0, err
	}
	before := cpu(server.PID())
	n, took := closedLoop(ctx, rooms, s.duration)
	return float64(n) / took.Seconds(), (cpu(server.PID()) - before) / float64(n) * 1e6, nil
}

// closedLoop lets every room send for d and gives the number of messages that were acknowledged and delivered.
func closedLoop(ctx context.Context, rooms []*room, d time.Duration) (int64, time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	start := time.Now()
	stop := start.Add(d)
	var wg, listeners sync.WaitGroup
	for _, r := range rooms {
		listeners.Go(func() { r.listen(ctx) })
		wg.Go(func() {
			for time.Now().Before(stop) {
				if r.send(ctx, false) != nil {
					return
				}
				if !r.settled(ctx) {
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	cancel()
	listeners.Wait()
	var n int64
	for _, r := range rooms {
		n += min(r.done.Load(), r.seen.Load())
		r.close()
	}
	return n, took
}

// settled waits until the room's last message is acknowledged and has come back as an entry.
func (r *room) settled(ctx context.Context) bool {
	acked, entered := false, false
	for !acked || !entered {
		f, err := r.from.Read(ctx)
		if err != nil {
			return false
		}
		switch f.Type {
		case "ack":
			acked = true
			r.done.Add(1)
		case "entry":
			entered = true
		case "refused":
			panic("refused: " + string(f.Code))
		}
	}
	return true
}
