package chattest

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

func (m *memory) AddTasks(_ context.Context, tasks ...chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.addTasks(tasks)
	return nil
}

func (m *memory) addTasks(tasks []chat.Task) {
	for _, t := range tasks {
		if t.Dedupe != "" && m.taskKeys[t.Dedupe] {
			continue
		}
		m.taskKeys[t.Dedupe] = true
		if t.ID == "" {
			t.ID = chat.NewID[chat.TaskID](chat.PrefixTask, rand.Reader)
		}
		m.laneSeq++
		t.LaneSeq, t.Claim = m.laneSeq, ""
		m.tasks = append(m.tasks, &taskRow{Task: t, ready: t.DueAt})
	}
}

// heads gives the tasks that are first of their lanes, the first due first.
func (m *memory) heads() (heads []*taskRow) {
	lanes := map[string]bool{}
	for _, t := range m.tasks {
		if t.buried || t.Lane != "" && lanes[t.Lane] {
			continue
		}
		lanes[t.Lane] = true
		heads = append(heads, t)
	}
	slices.SortStableFunc(heads, func(a, b *taskRow) int { return cmp.Compare(a.ready, b.ready) })
	return heads
}

func (m *memory) ClaimTasks(
	_ context.Context, now chat.Millis, lease time.Duration, limit int, skip ...chat.TaskKind,
) (claimed []chat.Task, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.heads() {
		if t.ready > now || len(claimed) == limit {
			break
		}
		if slices.Contains(skip, t.Kind) {
			continue
		}
		t.Attempt++
		t.Claim, t.ready = rand.Text(), now.Add(lease)
		claimed = append(claimed, t.Task)
	}
	return claimed, nil
}

func (m *memory) held(t chat.Task) (int, error) {
	i := slices.IndexFunc(m.tasks, func(r *taskRow) bool { return r.ID == t.ID && r.Claim == t.Claim && r.Claim != "" })
	if i < 0 {
		return i, chat.ErrConflict
	}
	return i, nil
}

func (m *memory) FinishTask(_ context.Context, t chat.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		m.tasks = slices.Delete(m.tasks, i, i+1)
	}
	return err
}

func (m *memory) RetryTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		r := m.tasks[i]
		r.Claim, r.DueAt, r.ready = "", due, due
	}
	return err
}

func (m *memory) PostponeTask(_ context.Context, t chat.Task, due chat.Millis, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		r := m.tasks[i]
		r.Claim, r.DueAt, r.ready = "", due, due
		r.Attempt--
	}
	return err
}

func (m *memory) BuryTask(_ context.Context, t chat.Task, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.held(t)
	if err == nil {
		m.tasks[i].Claim, m.tasks[i].buried = "", true
	}
	return err
}

func (m *memory) NextTask(context.Context) (chat.Millis, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if heads := m.heads(); len(heads) > 0 {
		return heads[0].ready, nil
	}
	return 0, nil
}
