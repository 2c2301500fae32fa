package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
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
			{bareFlush, func() ([]time.Duration, error) { return flushTimes(s) }},
		} {
			times, err := kind.measure()
			if err != nil {
				return err
			}
			t.add(kind.name, percentile(times, 50), percentile(times, 99), float64(len(times))/s.duration.Seconds())
		}
	}
	t.print("p50 ms", "p99 ms", "per second")
	fmt.Printf("  p99 / relay's %.2f; p50 / two flushes %.2f\n", t.at(durable, 1)/t.at(bareRelay, 1), t.at(durable, 0)/t.at(bareFlush, 0)/2)
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
	ctx, cancel := context.WithTimeout(ctx, s.duration+2*patience)
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
	for waited := time.Duration(0); underway(rooms) > 0 && waited < patience; waited += settleAfter {
		<-time.After(settleAfter) // the last ones arrive
	}
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
		return nil, fmt.Errorf("%d of %d messages have not arrived %v after the last one", sent-len(all), sent, patience)
	}
	return all, nil
}

func underway(rooms []*room) (n int) {
	for _, r := range rooms {
		r.mu.Lock()
		n += len(r.started)
		r.mu.Unlock()
	}
	return n
}

// flushTimes measures what nobody who commits can be faster than: 16 KiB written over what a file holds already, and on the disk.
func flushTimes(s settings) (times []time.Duration, err error) {
	run := &run{}
	defer run.end()
	f, err := os.OpenFile(run.TempDir()+"/flush", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	const block, blocks = 16 << 10, 64
	if _, err := f.Write(make([]byte, block*blocks)); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	b := make([]byte, block)
	for stop := time.Now().Add(s.duration); time.Now().Before(stop); {
		b[0]++ // something has changed
		start := time.Now()
		if _, err := f.WriteAt(b, int64(len(times)%blocks*block)); err != nil {
			return nil, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
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
