package realtime

import (
	"testing"
	"time"
)

func TestABucketGivesItsBurstAndThenItsRate(t *testing.T) {
	var b bucket
	now := time.Unix(1_700_000_000, 0)
	for i := range 20 {
		if wait := b.take(5, 20, now); wait != 0 {
			t.Fatalf("number %d of the burst must wait %s", i, wait)
		}
	}
	if wait := b.take(5, 20, now); wait != 200*time.Millisecond {
		t.Fatalf("after the burst: %s", wait)
	}
	if wait := b.take(5, 20, now.Add(150*time.Millisecond)); wait < 49*time.Millisecond || wait > 51*time.Millisecond {
		t.Fatalf("a little later: %s", wait)
	}
	if wait := b.take(5, 20, now.Add(200*time.Millisecond)); wait != 0 {
		t.Fatalf("when it was said: %s", wait)
	}
	if wait := b.take(5, 20, now.Add(-time.Hour)); wait <= 0 || wait > time.Second {
		t.Fatalf("after the clock was set back: %s", wait)
	}
	later := now.Add(time.Hour)
	for i := range 20 {
		if wait := b.take(5, 20, later); wait != 0 {
			t.Fatalf("number %d after an hour must wait %s", i, wait)
		}
	}
	if wait := b.take(5, 20, later); wait == 0 {
		t.Fatal("an hour gave more than the burst")
	}
}

func TestABucketOfManyAMillisecondIsNotInTheWay(t *testing.T) {
	var b bucket
	now := time.Unix(1_700_000_000, 0)
	for i := range 10_000 {
		if wait := b.take(1e9, 20, now.Add(time.Duration(i)*time.Microsecond)); wait != 0 {
			t.Fatalf("number %d must wait %s", i, wait)
		}
	}
}
