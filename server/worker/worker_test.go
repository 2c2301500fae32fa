package worker_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/worker"
)

// tasks is a small list of tasks behind the store's port.
type tasks struct {
	chat.Tasks
	mu     sync.Mutex
	due    []chat.Task
	done   []chat.TaskID
	buried []chat.TaskID
}

func (s *tasks) ClaimTasks(_ context.Context, now chat.Millis, _ time.Duration, limit int) ([]chat.Task, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var claimed, left []chat.Task
	for _, t := range s.due {
		if t.DueAt <= now && len(claimed) < limit {
			t.Attempt++
			claimed = append(claimed, t)
		} else {
			left = append(left, t)
		}
	}
	s.due = left
	return claimed, nil
}

func (s *tasks) FinishTask(_ context.Context, t chat.Task) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, t.ID)
	return nil
}

func (s *tasks) RetryTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.DueAt = due
	s.due = append(s.due, t)
	return nil
}

func (s *tasks) BuryTask(_ context.Context, t chat.Task, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buried = append(s.buried, t.ID)
	return nil
}

func (s *tasks) NextTask(context.Context) (chat.Millis, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next chat.Millis
	for _, t := range s.due {
		if next == 0 || t.DueAt < next {
			next = t.DueAt
		}
	}
	return next, nil
}

type performer func(chat.Task) error

func (p performer) Perform(_ context.Context, t chat.Task) error { return p(t) }

// run lets a worker work through s for the given virtual time.
func run(t *testing.T, s *tasks, p performer, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := worker.New(worker.Options{Store: s, Performer: p, Attempts: 3}).Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestADueTaskIsDoneOnceAndALaterOneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := chat.At(time.Now())
		s := &tasks{due: []chat.Task{{ID: "now", DueAt: now}, {ID: "later", DueAt: now.Add(3 * time.Second)}}}
		var order []chat.TaskID
		start := time.Now()
		run(t, s, func(k chat.Task) error {
			order = append(order, k.ID)
			if k.ID == "later" && time.Since(start) < 3*time.Second {
				t.Errorf("done %v too early", 3*time.Second-time.Since(start))
			}
			return nil
		}, 10*time.Second)
		if len(order) != 2 || order[0] != "now" || order[1] != "later" || len(s.done) != 2 {
			t.Fatalf("performed %v, finished %v", order, s.done)
		}
	})
}

func TestAFailingTaskIsTriedAgainAndThenSetAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "bad", DueAt: 1}, {ID: "good", DueAt: 1}}}
		tries := 0
		run(t, s, func(k chat.Task) error {
			if k.ID == "good" {
				return nil
			}
			tries++
			return errors.New("no")
		}, time.Hour)
		if tries != 3 || len(s.buried) != 1 || s.buried[0] != "bad" || len(s.done) != 1 {
			t.Fatalf("tries %d, buried %v, done %v", tries, s.buried, s.done)
		}
	})
}

func TestAPanicConcernsItsTaskAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "poison", DueAt: 1}, {ID: "good", DueAt: 1}}}
		run(t, s, func(k chat.Task) error {
			if k.ID == "poison" {
				panic("boom")
			}
			return nil
		}, time.Hour)
		if len(s.buried) != 1 || len(s.done) != 1 || s.done[0] != "good" {
			t.Fatalf("buried %v, done %v", s.buried, s.done)
		}
	})
}

func TestWakeDoesNotWaitForTheIdleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan time.Time, 1)
		w := worker.New(worker.Options{Store: s, Idle: time.Hour, Performer: performer(func(chat.Task) error {
			done <- time.Now()
			return nil
		})})
		var wg sync.WaitGroup
		wg.Go(func() { _ = w.Run(ctx) })
		synctest.Wait()
		start := time.Now()
		s.mu.Lock()
		s.due = []chat.Task{{ID: "new", DueAt: 1}}
		s.mu.Unlock()
		w.Wake()
		if at := <-done; at.Sub(start) > time.Second {
			t.Fatalf("done after %v", at.Sub(start))
		}
		cancel()
		wg.Wait()
	})
}

func TestBackoffGrowsAndStaysBelowAnHour(t *testing.T) {
	for n := 1; n < 40; n++ {
		if d := worker.Backoff(n); d < time.Second || d > time.Hour {
			t.Fatalf("attempt %d waits %v", n, d)
		}
	}
	if worker.Backoff(1) >= worker.Backoff(10) {
		t.Fatal("later attempts wait no longer")
	}
}
