package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// latency measures the time from a message's send to its arrival at the other connection, at a fixed load spread evenly over rooms
// and time.
func latency(ctx context.Context, s settings) error {
	t := newTable(fmt.Sprintf("Delivery at %d messages/s, %d rooms, %v, median of %d", s.rate, s.rooms, s.duration, s.rounds))
	for range s.rounds {
		for name, measure := range map[string]func() ([]time.Duration, error){
			"server, durable":                      func() ([]time.Duration, error) { return serverTimes(ctx, s) },
			"floor: bare relay, no store, no auth": func() ([]time.Duration, error) { return relayTimes(ctx, s) },
		} {
			times, err := measure()
			if err != nil {
				return err
			}
			t.add(name, percentile(times, 50), percentile(times, 99), float64(len(times))/s.duration.Seconds())
		}
	}
	slices.Sort(t.order)
	t.print("p50 ms", "p99 ms", "messages/s")
	own, relay := t.medians("server, durable"), t.medians("floor: bare relay, no store, no auth")
	fmt.Printf("  p50 / relay's %5.2f   (goal: at most 5)\n  p99 / relay's %5.2f\n", own[0]/relay[0], own[1]/relay[1])
	return nil
}

func percentile(v []time.Duration, p int) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return float64(v[min(len(v)-1, len(v)*p/100)]) / float64(time.Millisecond)
}

func serverTimes(ctx context.Context, s settings) ([]time.Duration, error) {
	t := &run{}
	defer t.end()
	server := harness.Start(t, harness.Options{Flags: manyMessages})
	rooms, err := openRooms(ctx, server, s.rooms)
	if err != nil {
		return nil, err
	}
	return openLoop(ctx, rooms, s), nil
}

// openLoop sends at the fixed rate, whether answers come or not, and gives the times of what arrived.
func openLoop(ctx context.Context, rooms []*room, s settings) []time.Duration {
	ctx, cancel := context.WithCancel(ctx)
	var listeners, senders sync.WaitGroup
	for _, r := range rooms {
		listeners.Go(func() { r.listen(ctx) })
		listeners.Go(func() { // acks and own entries are read, so that nothing stands still
			for {
				if _, err := r.from.Read(ctx); err != nil {
					return
				}
			}
		})
	}
	gap := time.Duration(float64(time.Second) * float64(len(rooms)) / float64(s.rate))
	start := time.Now()
	for i, r := range rooms {
		senders.Go(func() {
			next := start.Add(gap * time.Duration(i) / time.Duration(len(rooms)))
			for next.Sub(start) < s.duration {
				<-time.After(time.Until(next))
				if r.send(ctx, true) != nil {
					return
				}
				next = next.Add(gap)
			}
		})
	}
	senders.Wait()
	<-time.After(500 * time.Millisecond) // the last ones arrive
	cancel()
	listeners.Wait()
	var all []time.Duration
	for _, r := range rooms {
		all = append(all, r.times...)
		r.close()
	}
	return all
}
