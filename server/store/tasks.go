package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const taskColumns = `id, kind, shop, due_at, lane, lane_seq, dedupe, attempt, claim, payload`

// firstOfLane keeps all but the head of a lane out.
const firstOfLane = `(t.lane = '' OR NOT EXISTS (SELECT 1 FROM tasks o
	WHERE o.lane = t.lane AND o.lane_seq < t.lane_seq AND o.buried_at = 0 AND o.lane <> ''))`

func scanTask(row scanner) (t chat.Task, err error) {
	var payload string
	err = row.Scan(&t.ID, &t.Kind, &t.Shop, &t.DueAt, &t.Lane, &t.LaneSeq, &t.Dedupe, &t.Attempt, &t.Claim, &payload)
	if payload != "" {
		t.Payload = []byte(payload)
	}
	return t, err
}

// AddTasks implements chat.Tasks.
func (d *DB) AddTasks(ctx context.Context, tasks ...chat.Task) error {
	return doing("add tasks", d.do(ctx, func(g *group) error { return g.addTasks(tasks) }))
}

func (g *group) addTasks(tasks []chat.Task) error {
	for _, t := range tasks {
		if t.Dedupe != "" {
			key := sha256.Sum256([]byte(t.Dedupe))
			n, err := g.changed(`INSERT INTO task_keys (hash) VALUES ($1) ON CONFLICT DO NOTHING`, key[:16])
			if err != nil {
				return fmt.Errorf("add task: %w", err)
			}
			if n == 0 {
				continue
			}
		}
		if t.ID == "" {
			t.ID = chat.NewID[chat.TaskID](chat.PrefixTask, g.c.db.random)
		}
		_, err := g.exec(`INSERT INTO tasks (id, kind, shop, due_at, ready_at, lane, dedupe, attempt, claim, reason, buried_at, payload)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7, '', '', 0, $8)`,
			t.ID, t.Kind, t.Shop, t.DueAt, t.Lane, t.Dedupe, t.Attempt, string(t.Payload))
		if err != nil {
			return fmt.Errorf("add task: %w", err)
		}
	}
	return nil
}

// ClaimTasks implements chat.Tasks.
func (d *DB) ClaimTasks(ctx context.Context, now chat.Millis, lease time.Duration, limit int) (tasks []chat.Task, err error) {
	err = d.do(ctx, func(g *group) error {
		tasks, err = many(g, scanTask, `SELECT `+taskColumns+` FROM tasks t WHERE ready_at <= $1 AND buried_at = 0 AND `+firstOfLane+`
			ORDER BY ready_at, lane_seq LIMIT $2`, now, limit)
		if err != nil {
			return err
		}
		for i := range tasks {
			t := &tasks[i]
			t.Attempt++
			t.Claim = chat.NewID[string]("", d.random)
			_, err := g.exec(`UPDATE tasks SET attempt = $1, claim = $2, ready_at = $3 WHERE id = $4`, t.Attempt, t.Claim, now.Add(lease), t.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, doing("claim tasks", err)
	}
	return tasks, nil
}

// holding runs a statement on a task while its claim holds.
func (d *DB) holding(ctx context.Context, query string, args ...any) error {
	return doing("finish task", d.do(ctx, func(g *group) error {
		n, err := g.changed(query, args...)
		if err == nil && n == 0 {
			return chat.ErrConflict
		}
		return err
	}))
}

// FinishTask implements chat.Tasks.
func (d *DB) FinishTask(ctx context.Context, t chat.Task) error {
	return d.holding(ctx, `DELETE FROM tasks WHERE id = $1 AND claim = $2 AND claim <> ''`, t.ID, t.Claim)
}

// RetryTask implements chat.Tasks.
func (d *DB) RetryTask(ctx context.Context, t chat.Task, due chat.Millis, reason string) error {
	return d.holding(ctx, `UPDATE tasks SET claim = '', due_at = $3, ready_at = $3, reason = $4 WHERE id = $1 AND claim = $2 AND claim <> ''`,
		t.ID, t.Claim, due, reason)
}

// BuryTask implements chat.Tasks.
func (d *DB) BuryTask(ctx context.Context, t chat.Task, reason string) error {
	return d.holding(ctx, `UPDATE tasks SET claim = '', buried_at = $3, reason = $4 WHERE id = $1 AND claim = $2 AND claim <> ''`,
		t.ID, t.Claim, chat.At(d.now()), reason)
}

// NextTask implements chat.Tasks.
func (d *DB) NextTask(ctx context.Context) (at chat.Millis, err error) {
	at, err = one(d.reader(ctx), scanValue[chat.Millis], nil,
		`SELECT ready_at FROM tasks t WHERE buried_at = 0 AND `+firstOfLane+` ORDER BY ready_at, lane_seq LIMIT 1`)
	return at, doing("find next task", err)
}
