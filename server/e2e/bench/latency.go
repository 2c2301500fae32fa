package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// latency measures the time from a message's send to its arrival at the other connection, at a fixed load spread evenly over rooms
// and time.
func latency(ctx context.Context, s settings) error {
	t := newTable(fmt.Sprintf("Delivery at %d messages/s, %d rooms, %v, median of %d", s.rate, s.rooms, s.duration, s.rounds))
	for range s.rounds {
		for _, kind := range []struct {
			name    string
			measure func() ([]time.Duration, error)
		}{
			{durable, func() ([]time.Duration, error) { return serverTimes(ctx, s) }},
			{bareRelay, func() ([]time.Duration, error) { return relayTimes(ctx, s) }},
		} {
			times, err := kind.measure()
			if err != nil {
				return err
			}
			t.add(kind.name, percentile(times, 50), percentile(times, 99), float64(len(times))/s.duration.Seconds())
		}
	}
	t.print("p50 ms", "p99 ms", "messages/s")
	fmt.Printf("  p99 / relay's %.2f\n", t.at(durable, 1)/t.at(bareRelay, 1))
	atMost("5: p50 / relay's", t.at(durable, 0)/t.at(bareRelay, 0), 5)
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
	return openLoop(ctx, rooms, s)
}

// openLoop sends at the fixed rate, whether answers come or not, and gives the times of what arrived. All must arrive.
func openLoop(ctx context.Context, rooms []*room, s settings) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, s.duration+patience)
	defer cancel()
	var listeners, senders sync.WaitGroup
	for _, r := range rooms {
		listeners.Go(func() { r.listen(ctx) })
		listeners.Go(func() { // acks and own entries are read, so that nothing stands still
			for {
				if _, _, err := next(ctx, r.from); err != nil {
					return
				}
			}
		})
	}
	gap := time.Duration(float64(time.Second) * float64(len(rooms)) / float64(s.rate))
	start := time.Now()
	errs := make([]error, len(rooms))
	for i, r := range rooms {
		senders.Go(func() {
			due := start.Add(gap * time.Duration(i) / time.Duration(len(rooms)))
			for due.Sub(start) < s.duration && errs[i] == nil {
				<-time.After(time.Until(due))
				r.begin()
				errs[i] = r.send(ctx)
				due = due.Add(gap)
			}
		})
	}
	senders.Wait()
	<-time.After(settleAfter) // the last ones arrive
	cancel()
	listeners.Wait()
	var all []time.Duration
	sent := 0
	for _, r := range rooms {
		all = append(all, r.times...)
		sent += r.sent
		r.close()
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(all) < sent {
		return nil, fmt.Errorf("%d of %d messages have not arrived %v after the last one", sent-len(all), sent, settleAfter)
	}
	return all, nil
}

// begin notes when the next message is sent.
func (r *room) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started["m"+strconv.Itoa(r.sent+1)] = time.Now()
}

// listen takes the times of what the second connection gets.
func (r *room) listen(ctx context.Context) {
	for {
		kind, b, err := next(ctx, r.to)
		if err != nil {
			return
		}
		if kind != isEntry {
			continue
		}
		now, id := time.Now(), member(b, "client_id")
		r.mu.Lock()
		if at, ok := r.started[id]; ok {
			r.times = append(r.times, now.Sub(at))
			delete(r.started, id)
		}
		r.mu.Unlock()
	}
}
