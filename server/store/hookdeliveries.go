package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const hookDeliveryColumns = `d.id, d.shop, d.webhook, d.event, d.state, d.next_at, d.created_at, d.data`

// hookDeliveryData is what the row of a delivery to a webhook carries beside its columns.
type hookDeliveryData struct {
	Type     chat.NoticeType    `json:"type"`
	Round    int                `json:"round,omitempty"`
	Tries    int                `json:"tries,omitempty"`
	Attempts []chat.HookAttempt `json:"attempts,omitempty"`
}

func encodeHookDelivery(d chat.HookDelivery) (string, error) {
	b, err := json.Marshal(hookDeliveryData{d.Type, d.Round, d.Tries, d.Attempts})
	return string(b), err
}

func scanHookDelivery(row scanner, more ...any) (d chat.HookDelivery, err error) {
	var data []byte
	err = row.Scan(append([]any{&d.ID, &d.Shop, &d.Webhook, &d.Event, &d.State, &d.NextAt, &d.CreatedAt, &data}, more...)...)
	if err != nil {
		return d, err
	}
	var v hookDeliveryData
	if err := json.Unmarshal(data, &v); err != nil {
		return d, fmt.Errorf("decode webhook delivery: %w", err)
	}
	d.Type, d.Round, d.Tries, d.Attempts = v.Type, v.Round, v.Tries, v.Attempts
	return d, nil
}

// AddHookEvent implements chat.Hooks. The task of a delivery stands where it stands. A delivery to a webhook that has gone
// meanwhile, or is another shop's, is left out with its task.
func (d *DB) AddHookEvent(ctx context.Context, e chat.HookEvent, ds []chat.HookDelivery, tasks []chat.Task) error {
	subjects, err := subjectsOf(e.Body)
	if err != nil {
		return fmt.Errorf("add webhook event: %w", err)
	}
	return doing("add webhook event", d.do(ctx, func(g *group) error {
		fresh, err := g.changed(`INSERT INTO hook_events (id, shop, type, at, body) SELECT $1, id, $2, $3, $4 FROM shops WHERE id = $5
			ON CONFLICT DO NOTHING`, e.ID, e.Type, e.At, string(e.Body), e.Shop)
		if err != nil {
			return err
		}
		if fresh > 0 {
			if err := g.addHookSubjects(e, subjects); err != nil {
				return err
			}
		}
		var due []chat.Task
		for i, d := range ds {
			d.Event, d.Shop, d.Type = e.ID, e.Shop, e.Type
			added, err := g.addHookDelivery(d)
			if err != nil {
				return err
			}
			if added && i < len(tasks) {
				due = append(due, tasks[i])
			}
		}
		return g.addTasks(due)
	}))
}

func (g *group) addHookDelivery(d chat.HookDelivery) (added bool, err error) {
	data, err := encodeHookDelivery(d)
	if err != nil {
		return false, err
	}
	n, err := g.changed(`INSERT INTO hook_deliveries (id, shop, webhook, event, state, next_at, ended_at, created_at, data)
		SELECT $1, w.shop, w.id, e.id, $2, $3, $4, $5, $6 FROM webhooks w CROSS JOIN hook_events e ON e.id = $7 AND e.shop = w.shop
		WHERE w.id = $8 AND w.shop = $9 ON CONFLICT DO NOTHING`,
		d.ID, d.State, d.NextAt, hookEnded(d), d.CreatedAt, data, d.Event, d.Webhook, d.Shop)
	return n > 0, err
}

// hookEnded gives when a delivery was made or given up; 0: it is still on its way.
func hookEnded(d chat.HookDelivery) chat.Millis {
	switch n := len(d.Attempts); {
	case d.State == chat.HookPending:
		return 0
	case n > 0:
		return d.Attempts[n-1].At
	}
	return d.CreatedAt
}

// HookDelivery implements chat.Hooks.
func (d *DB) HookDelivery(ctx context.Context, shop chat.ShopID, id chat.HookDeliveryID) (chat.HookDelivery, error) {
	v, err := one(d.reader(ctx), func(row scanner) (chat.HookDelivery, error) {
		var body string
		v, err := scanHookDelivery(row, &body)
		if body != "" {
			v.Body = json.RawMessage(body)
		}
		return v, err
	}, chat.ErrNotFound, `SELECT `+hookDeliveryColumns+`, e.body FROM hook_deliveries d CROSS JOIN hook_events e ON e.id = d.event
		WHERE d.id = $1 AND d.shop = $2`, id, shop)
	return v, doing("read webhook delivery", err)
}

// HookDeliveries implements chat.Hooks.
func (d *DB) HookDeliveries(ctx context.Context, q chat.HookQuery) ([]chat.HookDelivery, error) {
	query := `SELECT ` + hookDeliveryColumns + ` FROM hook_deliveries d WHERE webhook = $1 AND +shop = $2 AND ($3 = '' OR state = $3)`
	if q.State == chat.HookPending || q.State == chat.HookDead { // these have an index
		query = `SELECT ` + hookDeliveryColumns + ` FROM hook_deliveries d WHERE webhook = $1 AND +shop = $2 AND state = $3 AND state <> 'delivered'`
	}
	all, err := many(d.reader(ctx), func(row scanner) (chat.HookDelivery, error) { return scanHookDelivery(row) },
		query+` AND ($4 = '' OR num < (SELECT num FROM hook_deliveries WHERE id = $4)) ORDER BY num DESC LIMIT $5`,
		q.Webhook, q.Shop, q.State, q.Before, q.Limit)
	return all, doing("list webhook deliveries", err)
}

// UpdateHookDelivery implements chat.Hooks. An attempt is a success when its answer was one of 200 to 299.
func (d *DB) UpdateHookDelivery(ctx context.Context, v chat.HookDelivery, tasks ...chat.Task) error {
	return doing("update webhook delivery", d.do(ctx, func(g *group) error {
		was, err := one(g, func(row scanner) (chat.HookDelivery, error) { return scanHookDelivery(row) }, chat.ErrNotFound,
			`SELECT `+hookDeliveryColumns+` FROM hook_deliveries d WHERE id = $1 AND shop = $2`, v.ID, v.Shop)
		if err != nil {
			return err
		}
		v.Type = was.Type
		data, err := encodeHookDelivery(v)
		if err != nil {
			return err
		}
		err = g.must(`UPDATE hook_deliveries SET state = $1, next_at = $2, ended_at = $3, data = $4 WHERE id = $5`,
			v.State, v.NextAt, hookEnded(v), data, v.ID)
		if err != nil {
			return err
		}
		if n := len(v.Attempts); n > 0 {
			if err := g.markWebhook(was.Webhook, v.Attempts[n-1]); err != nil {
				return err
			}
		}
		return g.addTasks(tasks)
	}))
}

func (g *group) markWebhook(id chat.WebhookID, a chat.HookAttempt) error {
	if a.Error == "" && a.Status/100 == 2 {
		return g.must(`UPDATE webhooks SET last_success_at = MAX(last_success_at, $1) WHERE id = $2`, a.At, id)
	}
	return g.must(`UPDATE webhooks SET last_failure_at = MAX(last_failure_at, $1) WHERE id = $2`, a.At, id)
}

// staleHooks lists what SweepHooks removes: deliveries, and then the events that they named.
var staleHooks = []stale{
	{`DELETE FROM hook_deliveries WHERE num IN (SELECT num FROM hook_deliveries WHERE ended_at > 0 AND ended_at < $1 LIMIT $2)`, 0},
	{`DELETE FROM hook_events WHERE id IN (SELECT id FROM hook_events e WHERE at < $1
		AND NOT EXISTS (SELECT 1 FROM hook_deliveries d WHERE d.event = e.id) LIMIT $2)`, 0},
}

// SweepHooks implements chat.Hooks. An event is younger than its deliveries' ends, so one that none names goes when it would have.
func (d *DB) SweepHooks(ctx context.Context, before chat.Millis) error {
	return doing("sweep webhooks", d.remove(ctx, before, staleHooks))
}
