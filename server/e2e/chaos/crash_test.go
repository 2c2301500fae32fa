// Package chaos breaks the real server in the middle of its work and looks whether it has lied.
package chaos_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
	"github.com/tagalong-chat/tagalong/server/e2e/powercut"
)

// trials is how often each crash is tried: TAGALONG_TRIALS, or a number that suits a run before each change.
func trials(t *testing.T, short int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("TAGALONG_TRIALS")); err == nil {
		return n
	}
	return short
}

// seeded gives randomness that can be had again with TAGALONG_SEED.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("TAGALONG_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("TAGALONG_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// writer is a shopper who sends as fast as the server acknowledges, until the connection breaks.
type writer struct {
	shopper      *harness.Shopper
	conversation string
	sent         int
	acked        map[string]int64 // by client id, in the shopper's numbering
}

const inFlight = 8

// burst sends until ctx ends or the connection breaks, and notes what was acknowledged.
func (w *writer) burst(ctx context.Context) error {
	k, err := w.shopper.Dial(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	send := func() error {
		w.sent++
		return k.Send(ctx, w.conversation, fmt.Sprintf("m%d", w.sent), fmt.Sprintf("message %d", w.sent))
	}
	if w.conversation == "" {
		if err := send(); err != nil {
			return err
		}
	} else {
		for range inFlight {
			if err := send(); err != nil {
				return err
			}
		}
	}
	for {
		f, err := k.Read(ctx)
		if err != nil {
			return err
		}
		switch f.Type {
		case "ack":
			w.acked[f.ClientID] = f.Seq
			w.conversation = f.Conversation
		case "refused":
			if f.RetryAfterMs == 0 {
				return fmt.Errorf("refused: %s", f.Code)
			}
			continue // over the rate: it is not acknowledged, so nothing is promised
		default:
			continue
		}
		if err := send(); err != nil {
			return err
		}
	}
}

// crowd lets writers send until the server is gone.
func crowd(ws []*writer, during func()) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for _, w := range ws {
		wg.Go(func() { _ = w.burst(ctx) }) // it ends with the server, which is the point
	}
	during()
	wg.Wait()
}

func newWriters(s *harness.Server, n int) []*writer {
	ws := make([]*writer, n)
	for i := range ws {
		ws[i] = &writer{shopper: s.NewShopper(), acked: map[string]int64{}}
	}
	return ws
}

// verify reads each writer's log from the server and counts acknowledged messages that are not there as acknowledged.
func verify(s *harness.Server, ws []*writer) (acked, lost int, err error) {
	for _, w := range ws {
		acked += len(w.acked)
		if w.conversation == "" {
			continue
		}
		if e := harness.CheckLog(s.ConversationLog(w.conversation), unnumbered(w.acked)); e != nil {
			lost, err = lost+1, e
		}
	}
	return acked, lost, err
}

// unnumbered drops the numbers: a shopper's are not those of the whole log, which is read here.
func unnumbered(acked map[string]int64) map[string]int64 {
	out := map[string]int64{}
	for id := range acked {
		out[id] = 0
	}
	return out
}

var unlimited = []string{"-message-rate", "1000000"}

func TestKill9LosesNothingAcknowledged(t *testing.T) {
	rnd, n := seeded(t), trials(t, 10)
	s := harness.Start(t, harness.Options{Flags: unlimited})
	ws := newWriters(s, 8)
	for range n {
		crowd(ws, func() {
			<-time.After(time.Duration(50+rnd.IntN(250)) * time.Millisecond) // a moment in the middle of the burst
			s.Kill()
		})
		s.Run()
	}
	acked, _, err := verify(s, ws)
	if err != nil {
		t.Fatal(err)
	}
	if acked < n*10 {
		t.Fatalf("only %d messages were acknowledged in %d trials: the test proves nothing", acked, n)
	}
	t.Logf("%d kills, %d acknowledged, 0 lost", n, acked)
}

func TestAPowerCutLosesNothingAcknowledged(t *testing.T) {
	acked, lost, err := powerCuts(t, trials(t, 8))
	if err != nil || lost > 0 {
		t.Fatalf("%d acknowledged, %d conversations with losses: %v", acked, lost, err)
	}
	t.Logf("%d acknowledged, 0 lost", acked)
}

// The canary: without fsync the same test must fail, or it would prove nothing.
func TestAPowerCutAtSynchronousNormalIsNoticed(t *testing.T) {
	acked, lost, err := powerCuts(t, trials(t, 4), "-unsafe-synchronous", "NORMAL")
	if lost == 0 && err == nil {
		t.Fatalf("%d messages were acknowledged without fsync and none was missed: this test cannot see a lost fsync", acked)
	}
	t.Logf("%d acknowledged; noticed: %v", acked, err)
}

func powerCuts(t *testing.T, n int, flags ...string) (acked, lost int, err error) {
	rnd := seeded(t)
	for range n {
		disk, err := powercut.Mount(t.TempDir())
		if err != nil {
			t.Fatalf("the power-cut test needs FUSE and the right to mount: %v", err)
		}
		a, l, err := powerCut(t, disk, rnd, flags)
		acked, lost = acked+a, lost+l
		if cerr := disk.Close(); cerr != nil {
			t.Error(cerr)
		}
		if err != nil {
			return acked, lost, err
		}
	}
	return acked, lost, nil
}

func powerCut(t *testing.T, disk *powercut.Disk, rnd *rand.Rand, flags []string) (acked, lost int, err error) {
	s := harness.Start(t, harness.Options{Data: disk.Dir, Flags: append(append([]string{}, unlimited...), flags...)})
	defer s.Kill()
	ws := newWriters(s, 8)
	crowd(ws, func() {
		<-time.After(time.Duration(100+rnd.IntN(400)) * time.Millisecond)
		s.Kill()
	})
	if _, err := disk.Cut(rnd); err != nil {
		t.Fatal(err)
	}
	if err := disk.Restart(); err != nil {
		t.Fatal(err)
	}
	s.Run()
	return verify(s, ws)
}
