package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	held   []chat.Task // claimed
	done   []chat.TaskID
	buried []chat.TaskID
	claims int
	broken error
}

// release takes a claimed task back from who holds it.
func (s *tasks) release(t chat.Task) {
	s.held = slices.DeleteFunc(s.held, func(o chat.Task) bool { return o.ID == t.ID })
}

func (s *tasks) ClaimTasks(_ context.Context, now chat.Millis, _ time.Duration, limit int, skip ...chat.TaskKind) ([]chat.Task, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims++
	if s.broken != nil {
		return nil, s.broken
	}
	var claimed, left []chat.Task
	for _, t := range s.due {
		behind := t.Lane != "" && slices.ContainsFunc(append(left, s.held...), func(o chat.Task) bool { return o.Lane == t.Lane })
		if t.DueAt <= now && len(claimed) < limit && !behind && !slices.Contains(skip, t.Kind) {
			t.Attempt++
			claimed = append(claimed, t)
			s.held = append(s.held, t)
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
	s.release(t)
	s.done = append(s.done, t.ID)
	return nil
}

func (s *tasks) RetryTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(t)
	t.DueAt = due
	s.due = append(s.due, t)
	return nil
}

func (s *tasks) PostponeTask(ctx context.Context, t chat.Task, due chat.Millis, reason string) error {
	t.Attempt--
	return s.RetryTask(ctx, t, due, reason)
}

func (s *tasks) BuryTask(_ context.Context, t chat.Task, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(t)
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

// hanging is a performer whose tasks last until their context ends, or as long as it says.
type hanging func(ctx context.Context, t chat.Task) error

func (p hanging) Perform(ctx context.Context, t chat.Task) error { return p(ctx, t) }

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

func TestATaskThatHangsHoldsUpItsLaneAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "slow", Lane: "a", DueAt: 1}, {ID: "behind", Lane: "a", DueAt: 1}}}
		for i := range 100 {
			s.due = append(s.due, chat.Task{ID: chat.TaskID(fmt.Sprint(i)), Lane: fmt.Sprint(i % 10), DueAt: 1})
		}
		begin := time.Now()
		ended := map[chat.TaskID]time.Duration{}
		var mu sync.Mutex
		run(t, s, func(k chat.Task) error {
			if k.ID == "slow" {
				time.Sleep(30 * time.Second)
			}
			mu.Lock()
			defer mu.Unlock()
			ended[k.ID] = time.Since(begin)
			return nil
		}, time.Minute)
		for id, after := range ended {
			if late := id == "slow" || id == "behind"; late != (after >= 30*time.Second) {
				t.Errorf("%s ended after %v", id, after)
			}
		}
		if len(s.done) != 102 {
			t.Errorf("%d were done", len(s.done))
		}
	})
}

func TestAKindThatHangsLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{}
		for i := range 1000 {
			s.due = append(s.due, chat.Task{ID: chat.TaskID(fmt.Sprint("d", i)), Kind: chat.TaskDeliver, DueAt: 1})
		}
		for i := range 100 {
			s.due = append(s.due, chat.Task{ID: chat.TaskID(fmt.Sprint("i", i)), Kind: chat.TaskInbound, DueAt: 2})
		}
		var mu sync.Mutex
		running, most := 0, 0
		begin, last := time.Now(), time.Duration(0)
		run(t, s, func(k chat.Task) error {
			if k.Kind == chat.TaskInbound {
				mu.Lock()
				defer mu.Unlock()
				last = time.Since(begin)
				return nil
			}
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(30 * time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return nil
		}, time.Hour)
		if most != 24 || last > time.Second || len(s.done) != 1100 {
			t.Errorf("%d hung at a time, the last of the others ended after %v, %d were done", most, last, len(s.done))
		}
	})
}

func TestAPostponedTaskComesAgainInTimeAndNeverWearsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "later", DueAt: 1}}}
		begin := time.Now()
		var at []time.Duration
		run(t, s, func(k chat.Task) error {
			if k.Attempt != 1 {
				t.Errorf("attempt %d", k.Attempt)
			}
			at = append(at, time.Since(begin).Round(time.Millisecond))
			if len(at) == 20 {
				return nil
			}
			return fmt.Errorf("deliver: %w", &chat.Postponed{Until: chat.At(time.Now().Add(7 * time.Second)), Reason: "not their turn"})
		}, time.Hour)
		if len(at) != 20 || len(s.buried) != 0 || len(s.done) != 1 {
			t.Fatalf("came %d times, buried %v, done %v", len(at), s.buried, s.done)
		}
		for i, d := range at {
			if want := time.Duration(i) * 7 * time.Second; d < want || d > want+time.Second {
				t.Errorf("time %d came after %v", i, d)
			}
		}
	})
}

func TestATaskThatIsAlwaysDueDoesNotKeepTheWorkerBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "now", DueAt: 1}}}
		n := 0
		run(t, s, func(chat.Task) error { n++; return &chat.Postponed{Reason: "now"} }, 10*time.Second)
		if n < 2 || n > 201 {
			t.Errorf("came %d times in ten seconds", n)
		}
	})
}

func TestKindsHaveTheirOwnNumberOfTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "in", Kind: chat.TaskInbound, DueAt: 1}, {ID: "out", Kind: chat.TaskDeliver, DueAt: 1}}}
		tries := map[chat.TaskID]int{}
		var mu sync.Mutex
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		m := &mourning{performer: func(k chat.Task) error {
			mu.Lock()
			defer mu.Unlock()
			tries[k.ID]++
			panic("boom")
		}}
		if err := worker.New(worker.Options{Store: s, Performer: m}).Run(ctx); err != nil {
			t.Fatal(err)
		}
		if tries["in"] != 5 || tries["out"] != 8 || len(s.buried) != 2 {
			t.Errorf("tried %v, buried %v", tries, s.buried)
		}
		slices.Sort(m.told)
		if !slices.Equal(m.told, []string{"in: task panicked: boom", "out: task panicked: boom"}) {
			t.Errorf("told of %q", m.told)
		}
	})
}

// mourning is a performer that is told of what is set aside.
type mourning struct {
	performer
	mu   sync.Mutex
	told []string
}

func (m *mourning) Buried(_ context.Context, t chat.Task, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told = append(m.told, string(t.ID)+": "+reason)
	return nil
}

func TestStoppingLetsTasksEndAndGivesBackWhatDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "short", DueAt: 1}, {ID: "long", DueAt: 1}}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		err := worker.New(worker.Options{Store: s, Performer: hanging(func(ctx context.Context, k chat.Task) error {
			if k.ID == "short" {
				time.Sleep(5 * time.Second)
				return ctx.Err()
			}
			<-ctx.Done()
			return ctx.Err()
		})}).Run(ctx)
		if err != nil || time.Since(begin) != 11*time.Second {
			t.Errorf("ended after %v with %v", time.Since(begin), err)
		}
		if len(s.done) != 1 || s.done[0] != "short" || len(s.due) != 1 || s.due[0].Attempt != 0 || s.due[0].DueAt > chat.At(time.Now()) {
			t.Errorf("done %v, given back %+v", s.done, s.due)
		}
	})
}

func TestATaskEndsBeforeItsClaimDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "long", DueAt: 1}}}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		begin := time.Now()
		var took time.Duration
		_ = worker.New(worker.Options{Store: s, Performer: hanging(func(ctx context.Context, _ chat.Task) error {
			<-ctx.Done()
			if took == 0 {
				took = time.Since(begin)
			}
			return ctx.Err()
		})}).Run(ctx)
		if took != 81*time.Second {
			t.Errorf("was let run for %v under a claim of 90 s", took)
		}
	})
}

func TestAStoreThatCannotClaimIsNotAskedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tasks{due: []chat.Task{{ID: "x", DueAt: 1}}, broken: chat.ErrTryAgain}
		run(t, s, func(chat.Task) error { return nil }, 10*time.Second)
		if s.claims < 2 || s.claims > 11 {
			t.Errorf("asked %d times in ten seconds", s.claims)
		}
	})
}
