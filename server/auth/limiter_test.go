package auth

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiterLetsABurstThroughAndThenItsRate(t *testing.T) {
	now := time.Unix(1_000, 0)
	l := NewLimiter(0.5, 3, 10, func() time.Time { return now })
	for i := range 3 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatalf("request %d of the burst was refused", i+1)
		}
	}
	ok, wait := l.Allow("a")
	if ok || wait != 2*time.Second {
		t.Errorf("after the burst: %v, wait %v; want refused for 2s", ok, wait)
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("another key pays for the first")
	}
	now = now.Add(2 * time.Second)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("refused after the wait it asked for")
	}
	l.Refund("a")
	if ok, _ := l.Allow("a"); !ok {
		t.Error("a refunded token is gone")
	}
	now = now.Add(-time.Hour) // a clock that goes back neither fills nor empties
	if ok, _ := l.Allow("a"); ok {
		t.Error("a clock that went back gave a token")
	}
}

func TestLimiterForgetsTheQuietestKeyWhenFull(t *testing.T) {
	now := time.Unix(1_000, 0)
	l := NewLimiter(0.001, 1, 3, func() time.Time { return now })
	l.Allow("kept")
	for i := range 100 {
		l.Allow(fmt.Sprint(i))
		if ok, _ := l.Allow("kept"); ok {
			t.Fatal("a key in use was forgotten")
		}
	}
	if len(l.keys) != 3 || l.order.Len() != 3 {
		t.Errorf("%d keys are kept, want 3", len(l.keys))
	}
	if ok, _ := l.Allow("0"); !ok {
		t.Error("a forgotten key is still limited")
	}
}
