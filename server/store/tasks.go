package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const taskColumns = `id, kind, shop, due_at, lane, lane_seq, dedupe, attempt, claim, payload`

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
		_, err := g.exec(`INSERT INTO tasks (id, kind, shop, due_at, ready_at, lane, dedupe, attempt, claim, reason, buried_at, payload, waits)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7, '', '', 0, $8,
			EXISTS (SELECT 1 FROM tasks WHERE lane = $5 AND lane <> '' AND buried_at = 0))`,
			t.ID, t.Kind, t.Shop, t.DueAt, t.Lane, t.Dedupe, t.Attempt, string(t.Payload))
		if err != nil {
			return fmt.Errorf("add task: %w", err)
		}
	}
	return nil
}

// ClaimTasks implements chat.Tasks. Of a lane only the head does not wait, so what is claimed is found at the index's beginning.
// What is skipped comes as JSON, which SQLite reads as rows.
func (d *DB) ClaimTasks(
	ctx context.Context, now chat.Millis, lease time.Duration, limit int, skip ...chat.TaskKind,
) (tasks []chat.Task, err error) {
	not, err := json.Marshal(append([]chat.TaskKind{}, skip...))
	if err != nil {
		return nil, fmt.Errorf("claim tasks: %w", err)
	}
	err = d.do(ctx, func(g *group) error {
		tasks, err = many(g, scanTask, `SELECT `+taskColumns+` FROM tasks t WHERE ready_at <= $1 AND buried_at = 0 AND waits = 0
			AND kind NOT IN (SELECT w.value FROM json_each($3) w) ORDER BY ready_at, lane_seq LIMIT $2`, now, limit, string(not))
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

// holding runs a statement on a task while its claim holds. When the task is gone by it, the next of its lane need not wait any more.
func (d *DB) holding(ctx context.Context, t chat.Task, gone bool, query string, args ...any) error {
	return doing("finish task", d.do(ctx, func(g *group) error {
		lanes, err := many(g, scanValue[string], query+` RETURNING lane`, append([]any{t.ID, t.Claim}, args...)...)
		if err == nil && len(lanes) == 0 {
			return chat.ErrConflict
		}
		if err != nil || !gone || lanes[0] == "" {
			return err
		}
		_, err = g.exec(`UPDATE tasks SET waits = 0
			WHERE lane_seq = (SELECT MIN(lane_seq) FROM tasks WHERE lane = $1 AND lane <> '' AND buried_at = 0)`, lanes[0])
		return err
	}))
}

// FinishTask implements chat.Tasks.
func (d *DB) FinishTask(ctx context.Context, t chat.Task) error {
	return d.holding(ctx, t, true, `DELETE FROM tasks WHERE id = $1 AND claim = $2 AND claim <> ''`)
}

// RetryTask implements chat.Tasks.
func (d *DB) RetryTask(ctx context.Context, t chat.Task, due chat.Millis, reason string) error {
	return d.holding(ctx, t, false,
		`UPDATE tasks SET claim = '', due_at = $3, ready_at = $3, reason = $4 WHERE id = $1 AND claim = $2 AND claim <> ''`, due, reason)
}

// PostponeTask implements chat.Tasks.
func (d *DB) PostponeTask(ctx context.Context, t chat.Task, due chat.Millis, reason string) error {
	return d.holding(ctx, t, false, `UPDATE tasks SET claim = '', due_at = $3, ready_at = $3, reason = $4, attempt = attempt - 1
		WHERE id = $1 AND claim = $2 AND claim <> ''`, due, reason)
}

// BuryTask implements chat.Tasks.
func (d *DB) BuryTask(ctx context.Context, t chat.Task, reason string) error {
	return d.holding(ctx, t, true, `UPDATE tasks SET claim = '', buried_at = $3, reason = $4 WHERE id = $1 AND claim = $2 AND claim <> ''`,
		chat.At(d.now()), reason)
}

// NextTask implements chat.Tasks.
func (d *DB) NextTask(ctx context.Context) (at chat.Millis, err error) {
	at, err = one(d.reader(ctx), scanValue[chat.Millis], nil,
		`SELECT ready_at FROM tasks t WHERE buried_at = 0 AND waits = 0 ORDER BY ready_at, lane_seq LIMIT 1`)
	return at, doing("find next task", err)
}

// ReleaseClaims gives back what a process had claimed that is gone. A SQLite database has one server at a time, which calls this
// before its worker starts: what it finds claimed then, nobody is doing. The try that was cut off counts.
func (d *DB) ReleaseClaims(ctx context.Context) error {
	return doing("release claims", d.do(ctx, func(g *group) error {
		_, err := g.exec(`UPDATE tasks SET claim = '', ready_at = due_at WHERE claim <> '' AND buried_at = 0`)
		return err
	}))
}
