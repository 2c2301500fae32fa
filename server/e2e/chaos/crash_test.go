package chaos_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
	"github.com/tagalong-chat/tagalong/server/e2e/powercut"
)

// acksPerTrial is the least that must have been acknowledged between two faults, so that each of them had something to lose.
const acksPerTrial = 60

func TestKill9LosesNothingAcknowledged(t *testing.T) {
	rnd, n := seeded(t), trials(t, 10)
	s := harness.Start(t, harness.Options{Flags: unlimited})
	c := newCrowd(t, s)
	for i := range 8 {
		c.shopper("steady", [...]func(*harness.Shopper) opening{bySocket, byStream}[i%2])
	}
	begun := 0
	for range n {
		fresh := []*member{}
		for _, by := range []func(*harness.Shopper) opening{bySocket, byStream} { // the kill may come before, in or after their first message
			_, m := c.shopper("fresh", by)
			fresh = append(fresh, m)
		}
		begun += len(fresh)
		c.more(acksPerTrial + rnd.IntN(60))
		s.Kill()
		s.Run()
		for _, m := range fresh {
			m.Quieten()
		}
	}
	finish(t, c, n)
	if got, want := conversations(t, s), begun+8; got != want {
		t.Errorf("%d shoppers began %d conversations", want, got)
	}
}

// conversations counts all of the shop's.
func conversations(t *testing.T, s *harness.Server) int {
	t.Helper()
	for n, cursor := 0, ""; ; {
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		if status := s.Plugin("GET", "/v1/shops/"+s.Shop+"/conversations?state=all&limit=100"+cursor, nil, &page); status != 200 {
			t.Fatalf("list conversations: %d", status)
		}
		if n += len(page.Items); page.Next == "" {
			return n
		}
		cursor = "&cursor=" + page.Next
	}
}

// finish expects that after n faults everything is as it was told, and that the disk is whole.
func finish(t *testing.T, c *crowd, n int) {
	t.Helper()
	if err := c.settle(); err != nil {
		t.Fatal(err)
	}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	c.s.Kill()
	if err := intact(c.s.Data); err != nil {
		t.Fatal(err)
	}
	snapshots, repeats := 0, 0
	for _, m := range c.members {
		snapshots, repeats = snapshots+m.Snapshots, repeats+m.Repeats
	}
	t.Logf("%d faults, %d clients, %d acknowledged, 0 lost; %d snapshots, %d repeats on the wire", n, len(c.members), c.count(), snapshots, repeats)
	c.s.Run()
}

func TestAPowerCutLosesNothingAcknowledged(t *testing.T) {
	rnd, n := seeded(t), trials(t, 10)
	c, disk := plugIn(t)
	for range n {
		cut(t, c, disk, rnd)
	}
	finish(t, c, n)
}

// The canary: without fsync the same test must fail, or it would prove nothing.
func TestAPowerCutAtSynchronousNormalIsNoticed(t *testing.T) {
	rnd, n := seeded(t), min(trials(t, 3), 20)
	acked, missed, noticed := 0, 0, 0
	for range n {
		c, disk := plugIn(t, "-unsafe-synchronous", "NORMAL")
		cut(t, c, disk, rnd)
		if errors.Is(c.check(), harness.ErrLost) {
			noticed++
		}
		acked, missed = acked+c.count(), missed+c.missed()
		c.end()
		c.s.Kill()
	}
	if noticed == 0 {
		t.Fatalf("%d messages were acknowledged without fsync and none was missed after %d cuts: this test cannot see a lost fsync", acked, n)
	}
	t.Logf("%d cuts, %d noticed: %d acknowledged, %d of them lost, as they must be", n, noticed, acked, missed)
}

// plugIn starts a server on a disk that can lose its power, with a crowd at work.
func plugIn(t *testing.T, flags ...string) (*crowd, *powercut.Disk) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount the file system that loses its power")
	}
	disk, err := powercut.Mount(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := disk.Close(); err != nil {
			t.Error(err)
		}
	})
	s := harness.Start(t, harness.Options{Data: disk.Dir, Flags: append(append([]string{}, unlimited...), flags...)})
	c := newCrowd(t, s)
	for i := range 8 {
		c.shopper("shopper", [...]func(*harness.Shopper) opening{bySocket, bySocket, bySocket, byStream}[i%4])
	}
	return c, disk
}

// cut lets some messages be acknowledged and takes the power. The process dies first, since what it would have written after the
// cut no disk has ever got.
func cut(t *testing.T, c *crowd, disk *powercut.Disk, rnd *rand.Rand) {
	t.Helper()
	c.more(acksPerTrial + rnd.IntN(60))
	c.s.Kill()
	if _, err := disk.Cut(rnd); err != nil {
		t.Fatal(err)
	}
	if err := disk.Restart(); err != nil {
		t.Fatal(err)
	}
	c.s.Run()
}
