package handoff_test

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

// TestEveryoneTellsOneStory plays a town of people against a misbehaving Meta, with SIGKILL in between.
func TestEveryoneTellsOneStory(t *testing.T) {
	seeds, conversations := setting("TAGALONG_TRIALS", 1), setting("TAGALONG_CONVERSATIONS", 60)
	first := firstSeed()
	for seed := first; seed < first+uint64(seeds); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { playTown(t, seed, conversations) })
	}
}

func playTown(t *testing.T, seed uint64, conversations int) {
	t.Logf("TAGALONG_SEED=%d", seed)
	w := newTown(t, seed, graph.Nasty())
	rnd := mathrand.New(mathrand.NewPCG(seed, 1))
	w.addFaults()
	talks := make([]*talk, conversations)
	for i := range talks {
		p, err := w.world.AddPerson(graph.Person{ID: fmt.Sprintf("p%04d", i), Name: fmt.Sprintf("p%04d", i), NoReads: rnd.IntN(4) == 0})
		must(t, err)
		talks[i] = &talk{w: w, rnd: mathrand.New(mathrand.NewPCG(seed, uint64(i)+2)), person: p.ID, line: number}
		if rnd.IntN(3) == 0 {
			talks[i].line = page
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(60+conversations)*time.Second)
	defer cancel()
	done := make(chan struct{})
	kills := make(chan int, 1)
	go func() { kills <- w.killNowAndThen(rnd, done) }()
	errs := together(talks, 16, func(k *talk) error { return k.play(ctx) })
	close(done)
	n := <-kills
	for _, err := range errs {
		t.Error(err)
	}
	if t.Failed() {
		t.Log(w.Log())
		return
	}
	w.check(talks, n)
}

// together does f for all, some at a time.
func together(talks []*talk, at int, f func(*talk) error) (errs []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	turns := make(chan *talk)
	for range at {
		wg.Go(func() {
			for k := range turns {
				if err := f(k); err != nil {
					mu.Lock()
					errs = append(errs, fmt.Errorf("%s: %w", k.person, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, k := range talks {
		turns <- k
	}
	close(turns)
	wg.Wait()
	return errs
}

// killNowAndThen ends the server without warning, and starts it again, until done.
func (w *town) killNowAndThen(rnd *mathrand.Rand, done chan struct{}) (n int) {
	for {
		select {
		case <-done:
			return n
		case <-time.After(time.Duration(300+rnd.IntN(1500)) * time.Millisecond):
			w.Kill()
			w.world.ClientDied(2 * time.Second) // whose answers it may have had, and not kept
			w.Run()
			n++
		}
	}
}

// addFaults has sends fail in all ways that are known, some of them so that nobody can tell what became of them.
func (w *town) addFaults() {
	for _, f := range []graph.Fault{
		{Kind: graph.FaultDrop, Percent: 2},
		{Kind: graph.FaultReset, Percent: 2},
		{Kind: graph.FaultTruncated, Percent: 1},
		{Kind: graph.FaultHTTP, Status: 503, Percent: 2},
		{Kind: graph.FaultOKError, Code: 2, Percent: 1},
		{Kind: graph.FaultRate, Percent: 1},
		{Kind: graph.FaultLate, Percent: 2},
	} {
		w.world.AddFault(f)
	}
}

// check waits until nothing moves any more and holds the three stories against each other.
func (w *town) check(talks []*talk, kills int) {
	t := w.t
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	story, err := w.settled(ctx)
	if err != nil {
		t.Fatalf("%v\n%s", err, w.Log())
	}
	report := w.world.Invariants()
	for _, b := range report.Breaches {
		t.Errorf("the journal: %s: %s (entry %d)", b.Rule, b.Detail, b.Entry)
	}
	story.checkSaid(t, w.world.Said())
	story.checkAnswers(t, talks)
	t.Logf("%d conversations, %d kills, %d messages accepted, %d refused, %d webhooks, %d sent a second time after a lost answer; %d inbound",
		len(story.conversations), kills, report.Accepted, report.Refused, report.Taken, len(report.Doubts), len(w.world.Said()))
}

var errMoving = errors.New("messages are still under way")

// settled reads the server's story when all deliveries are settled and all webhooks taken in.
func (w *town) settled(ctx context.Context) (*story, error) {
	var last error
	for {
		s, err := w.read(ctx)
		if err != nil {
			return nil, errors.Join(last, err)
		}
		if last = s.moving(w.world); last == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errMoving, last)
		case <-time.After(2 * time.Second):
		}
	}
}
