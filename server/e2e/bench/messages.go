package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// manyMessages lifts the limits that are there for people.
var manyMessages = []string{"-message-rate", "1000000"}

const (
	durable     = "server, durable"
	unsafe      = "server, without durability (sync off)"
	bareRelay   = "floor: bare relay, no store, no auth"
	bareWriter  = "floor: bare grouped SQLite writer, FULL"
	bareFlush   = "floor: one flush of the disk, 16 KiB"
	settleAfter = 300 * time.Millisecond
	patience    = 30 * time.Second // for what should not take any time
)

// messages measures durable acknowledged messages per second in a closed loop: each room sends its next message when the one
// before was acknowledged and both connections have it.
func messages(ctx context.Context, s settings) error {
	t := newTable(fmt.Sprintf("Messages per second, closed loop, %d rooms of two, %v, median of %d", s.rooms, s.duration, s.rounds))
	for range s.rounds {
		for _, kind := range []struct {
			name    string
			measure func() (rate, cost float64, err error)
		}{
			{durable, func() (float64, float64, error) { return serverRate(ctx, s) }},
			{bareRelay, func() (float64, float64, error) { return relayRate(ctx, s) }},
			{unsafe, func() (float64, float64, error) { return serverRate(ctx, s, "-unsafe-synchronous", "OFF") }},
			{bareWriter, func() (float64, float64, error) { return sqliteRate(s) }},
		} {
			rate, cost, err := kind.measure()
			if err != nil {
				return err
			}
			t.add(kind.name, rate, cost)
		}
	}
	t.print("messages/s", "µs CPU each")
	fmt.Printf("  durable / not durable %.2f, / bare writer %.2f\n", t.at(durable, 0)/t.at(unsafe, 0), t.at(durable, 0)/t.at(bareWriter, 0))
	atLeast("2: rate / relay's", t.at(durable, 0)/t.at(bareRelay, 0), 0.40)
	atMost("3: server CPU per message / relay's", t.at(durable, 1)/t.at(bareRelay, 1), 2.70)
	return nil
}

func serverRate(ctx context.Context, s settings, flags ...string) (rate, cost float64, err error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: append(append([]string{}, manyMessages...), flags...)})
	rooms, err := openRooms(ctx, server, s.rooms)
	if err != nil {
		return 0, 0, err
	}
	before := cpu(server.PID())
	n, took, err := closedLoop(ctx, rooms, s.duration)
	if err != nil {
		return 0, 0, err
	}
	return float64(n) / took.Seconds(), (cpu(server.PID()) - before) / float64(n) * 1e6, nil
}

// closedLoop lets every room send for d and gives the number of messages that were acknowledged and delivered to both.
func closedLoop(ctx context.Context, rooms []*room, d time.Duration) (n int, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, d+patience)
	defer cancel()
	start := time.Now()
	stop := start.Add(d)
	errs := make([]error, len(rooms))
	var wg sync.WaitGroup
	for i, r := range rooms {
		wg.Go(func() {
			for time.Now().Before(stop) && errs[i] == nil {
				errs[i] = errors.Join(r.send(ctx), r.settled(ctx))
			}
		})
	}
	wg.Wait()
	took = time.Since(start)
	for _, r := range rooms {
		n += r.sent
		r.close()
	}
	return n, took, errors.Join(errs...)
}

// settled waits until the room's last message is acknowledged and both connections have it as an entry.
func (r *room) settled(ctx context.Context) error {
	for acked, entered := false, false; !acked || !entered; {
		switch kind, _, err := next(ctx, r.from); {
		case err != nil:
			return err
		case kind == isAck:
			acked = true
		case kind == isEntry:
			entered = true
		}
	}
	for {
		if kind, _, err := next(ctx, r.to); err != nil || kind == isEntry {
			return err
		}
	}
}
