// Package store is the durable memory: chat.Store on SQLite, through database/sql.
//
// It is not the place for rules. What may happen is decided in chat; this package keeps what was decided, finds it again, and
// numbers the feed. All writes go through one goroutine, the committer (commit.go), which writes many changes, a group (group.go), in one transaction;
// reads (one file a noun) run beside it on connections of their own and see what is committed.
//
// Reads and the files named by a noun speak SQL that is meant for more than one database; what is SQLite's alone stands in
// sqlite.go, commit_sqlite.go and migrations/sqlite. Start reading at commit.go.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Options of Open. Only Path is needed.
type Options struct {
	Path   string           // of the database file; -wal and -shm files lie beside it
	Log    *slog.Logger     // default: slog.Default
	Now    func() time.Time // default: time.Now. Housekeeping alone asks it
	Random io.Reader        // default: crypto/rand
	Seal   Seal             // of secrets; without one none can be written or read

	// Synchronous is SQLite's setting of that name, FULL by default. Open refuses anything else, since an acknowledgement
	// means durable, unless AllowUnsafe says that this is a test of what happens otherwise.
	Synchronous string
	AllowUnsafe bool

	QueueLength int // writes that may wait, default 4,096; more are refused with chat.ErrTryAgain
}

// DB is a chat.Store on one SQLite file.
type DB struct {
	log    *slog.Logger
	now    func() time.Time
	random io.Reader
	seal   Seal
	path   string

	write *sql.DB // one connection, the committer's
	reads *sql.DB
	check *sql.DB // one connection, for checkpoints
	stmts sync.Map
	shops shopCache

	commits *committer
	epoch   string
	salt    []byte
	stop    chan struct{}
	running sync.WaitGroup
	closed  sync.Once
}

var _ chat.Store = (*DB)(nil)

// Open opens the database at o.Path, making or migrating it first. Close it after use.
func Open(ctx context.Context, o Options) (_ *DB, err error) {
	if o.Path == "" {
		return nil, errors.New("store: a path is needed")
	}
	d := &DB{log: o.Log, now: o.Now, random: o.Random, seal: o.Seal, path: o.Path, stop: make(chan struct{})}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.random == nil {
		d.random = rand.Reader
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.closeConnections())
		}
	}()
	if err := d.connect(ctx, o); err != nil {
		return nil, err
	}
	if err := migrate(ctx, d.write); err != nil {
		return nil, err
	}
	if err := d.begin(ctx); err != nil {
		return nil, fmt.Errorf("read the database's epoch: %w", err)
	}
	if d.commits, err = newCommitter(ctx, d, o.QueueLength); err != nil {
		return nil, err
	}
	d.running.Go(d.commits.run)
	d.running.Go(d.commits.tell)
	d.running.Go(d.checkpoint)
	d.running.Go(d.housekeep)
	if err := d.sealOld(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("seal old secrets: %w", err), d.Close())
	}
	if err := d.keyOld(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("give keys to old records: %w", err), d.Close())
	}
	return d, nil
}

// begin reads the epoch and the salt, or makes them in a new database. A backup has no epoch: its history ends where it was made,
// and what happens from now on is another one.
func (d *DB) begin(ctx context.Context) error {
	err := d.write.QueryRowContext(ctx, `SELECT epoch, salt FROM meta`).Scan(&d.epoch, &d.salt)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if len(d.salt) == 0 {
		d.salt = make([]byte, 32)
		if _, err := io.ReadFull(d.random, d.salt); err != nil {
			return err
		}
	}
	if d.epoch != "" {
		return nil
	}
	d.epoch = chat.NewID[string]("", d.random)
	_, err = d.write.ExecContext(ctx,
		`INSERT INTO meta (one, epoch, salt) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch`, d.epoch, d.salt)
	return err
}

// Epoch implements chat.Log.
func (d *DB) Epoch() string { return d.epoch }

// Ready implements chat.Store: it commits a row.
func (d *DB) Ready(ctx context.Context) error {
	return d.do(ctx, func(g *group) error {
		_, err := g.exec(`UPDATE meta SET ready = ready + 1`)
		return err
	})
}

// Close writes what is waiting, answers its callers, and closes the database. Later writes get chat.ErrTryAgain.
func (d *DB) Close() error {
	var err error
	d.closed.Do(func() {
		close(d.stop)
		d.commits.close()
		d.running.Wait()
		err = d.closeConnections()
	})
	return err
}

func (d *DB) closeConnections() error {
	var errs []error
	d.stmts.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close())
		return true
	})
	for _, c := range []*sql.DB{d.reads, d.check, d.write} { // the last to close writes the log back and removes it
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
