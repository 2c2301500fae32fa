package store

import (
	"context"
	"errors"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	housekeepEvery  = time.Minute
	housekeepRows   = 500 // most that are removed at once, so that no group waits for long
	housekeepRounds = 100 // most times that this is done for a kind in a minute
	eventIDsFor     = 30 * 24 * time.Hour
	resumeLinksFor  = 30 * 24 * time.Hour // after their end
	grantsFor       = 24 * time.Hour      // after their end: a used code that comes again ends its key
)

// stale is a statement that removes what is older than it may be, a little at a time.
type stale struct {
	query string // with the time, and how many rows at most
	after time.Duration
}

// over lists what is removed when its time is over.
var over = []stale{
	{`DELETE FROM idempotency WHERE (credential, route, key) IN (SELECT credential, route, key FROM idempotency WHERE at < $1 LIMIT $2)`, answersFor},
	{`DELETE FROM context_events WHERE (shop, id) IN (SELECT shop, id FROM context_events WHERE at < $1 LIMIT $2)`, eventIDsFor},
	{`DELETE FROM agent_sessions WHERE hash IN (SELECT hash FROM agent_sessions WHERE expires_at < $1 LIMIT $2)`, 0},
	{`DELETE FROM shopper_sessions WHERE hash IN (SELECT hash FROM shopper_sessions WHERE expires_at < $1 LIMIT $2)`, 0},
	{`DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < $1 LIMIT $2)`, 0},
	{`DELETE FROM resume_links WHERE hash IN (SELECT hash FROM resume_links WHERE expires_at < $1 LIMIT $2)`, resumeLinksFor},
	{`DELETE FROM grants WHERE hash IN (SELECT hash FROM grants WHERE expires_at < $1 LIMIT $2)`, grantsFor},
	{`DELETE FROM password_resets WHERE hash IN (SELECT hash FROM password_resets WHERE expires_at < $1 LIMIT $2)`, 0},
}

// housekeep removes what is over, a little at a time, for as long as the database is open.
func (d *DB) housekeep() {
	t := time.NewTicker(housekeepEvery)
	defer t.Stop()
	for {
		select {
		case <-d.stop:
			return
		case <-t.C:
		}
		if err := d.tidy(context.Background()); err != nil && !errors.Is(err, chat.ErrTryAgain) {
			d.log.Warn("housekeeping failed", "error", err)
		}
	}
}

// tidy is one round of housekeeping.
func (d *DB) tidy(ctx context.Context) error {
	now := chat.At(d.now())
	return doing("tidy", errors.Join(d.remove(ctx, now, over), d.remove(ctx, now, staleRaws)))
}

// remove removes what is stale, group by group, until nothing is left or the round is long enough.
func (d *DB) remove(ctx context.Context, now chat.Millis, all []stale) error {
	for _, o := range all {
		for range housekeepRounds {
			var n int64
			err := d.do(ctx, func(g *group) (err error) {
				n, err = g.changed(o.query, now.Add(-o.after), housekeepRows)
				return err
			})
			if err != nil {
				return err
			}
			if n < housekeepRows {
				break
			}
		}
	}
	return nil
}
