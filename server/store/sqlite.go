package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	busyTimeout     = 5 * time.Second
	checkpointEvery = 500 * time.Millisecond
	checkpointWait  = 200 * time.Millisecond // the longest that a checkpoint which needs the write lock waits for readers, and so holds up writers
	longLog         = 64 << 20               // bytes; a write-ahead log above this is begun again from its start
	pageSize        = 4096
)

// connect opens the three pools: one connection that writes, some that read, and one that checkpoints, so that no commit waits for
// the log to be written back.
func (d *DB) connect(ctx context.Context, o Options) error {
	sync := strings.ToUpper(o.Synchronous)
	if sync == "" {
		sync = "FULL"
	}
	if sync != "FULL" && !o.AllowUnsafe {
		return fmt.Errorf("store: synchronous=%s would lose acknowledged messages with the power", sync)
	}
	err := private(o.Path)
	if err != nil {
		return err
	}
	// secure_delete: what was erased is overwritten, not only unlinked.
	d.write, err = openPool(o.Path, sync, 1, busyTimeout, "secure_delete(ON)", "cache_size(-16384)", "wal_autocheckpoint(0)",
		fmt.Sprintf("journal_size_limit(%d)", 2*longLog))
	if err != nil {
		return err
	}
	if err := confirm(ctx, d.write, sync); err != nil {
		return err
	}
	if d.check, err = openPool(o.Path, sync, 1, checkpointWait, "secure_delete(ON)", "cache_size(-512)"); err != nil {
		return err
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	d.reads, err = openPool(o.Path, sync, readers, busyTimeout, "query_only(ON)", "cache_size(-2048)")
	return err
}

// private makes the file that SQLite is to open or write, when it is not there yet: for its owner's eyes alone, whatever the folder
// and the umask allow. SQLite gives the log and its index the mode of the database: https://www.sqlite.org/src/file/src/os_unix.c,
// findCreateFileMode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return f.Close()
}

// openPool opens connections with the given pragmas. They stand in the address, so that every connection has them, also one that
// database/sql opens later. (Of the drivers at hand one begins with synchronous=NORMAL and one with FULL.)
func openPool(path, synchronous string, size int, busy time.Duration, pragmas ...string) (*sql.DB, error) {
	q := url.Values{}
	for _, p := range append([]string{
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "journal_mode(WAL)", "synchronous(" + synchronous + ")",
		"foreign_keys(ON)", "temp_store(MEMORY)",
	}, pragmas...) {
		q.Add("_pragma", p)
	}
	q.Set("_txlock", "deferred")
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	p, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	return p, nil
}

// confirm reads the settings back: a mistyped or ignored pragma is silent.
func confirm(ctx context.Context, p *sql.DB, synchronous string) error {
	want := map[string]string{"OFF": "0", "NORMAL": "1", "FULL": "2", "EXTRA": "3"}[synchronous]
	for pragma, want := range map[string]string{"synchronous": want, "journal_mode": "wal", "foreign_keys": "1", "secure_delete": "1"} {
		var got string
		if err := p.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return fmt.Errorf("open database: %w", err)
		}
		if got != want {
			return fmt.Errorf("open database: %s is %q, not %q", pragma, got, want)
		}
	}
	return nil
}

// checkpoint writes the log back into the database, on a connection of its own, while there is something to write back.
func (d *DB) checkpoint() {
	timer := time.NewTimer(checkpointEvery)
	defer timer.Stop()
	for {
		select {
		case <-d.stop:
			return
		case <-d.commits.dirty:
		}
		timer.Reset(checkpointEvery)
		select {
		case <-d.stop:
			return
		case <-timer.C:
		}
		d.writeBack()
	}
}

// writeBack is one checkpoint. A passive one disturbs nobody, but while writers go on it never reaches the log's end, and the log
// grows; so a long log is then begun again, which holds writers up for the little that the passive one has left. After an erasure
// the log is emptied, since it still holds the old pages.
func (d *DB) writeBack() {
	pages, err := d.checkpointNow("PASSIVE")
	if err == nil && pages*pageSize > longLog {
		d.commits.between(d.stop, func() { _, err = d.checkpointNow("RESTART") })
	}
	if err == nil && d.commits.scrub.Swap(false) {
		d.commits.between(d.stop, func() { _, err = d.checkpointNow("TRUNCATE") })
		if err != nil {
			d.commits.scrub.Store(true)
		}
	}
	switch {
	case errors.Is(err, errReaders):
		d.commits.touch() // again, soon
	case err != nil:
		d.log.Warn("checkpoint failed", "error", err)
	}
}

var errReaders = errors.New("readers still use the log")

// checkpointNow writes the log back and gives its length in pages.
func (d *DB) checkpointNow(mode string) (pages int, err error) {
	var busy, done int
	if err := d.check.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &done); err != nil {
		return 0, err
	}
	if busy != 0 && mode != "PASSIVE" {
		return pages, errReaders
	}
	return pages, nil
}

// Backup writes a copy of the database as it is now to path, which must not be there yet; the server may run meanwhile. Whoever opens
// the copy begins a new epoch, so that clients which have seen more than the copy knows are told to start over. A database that is
// brought back in any other way (a copied file, a disk's snapshot) needs NewEpoch before it is opened.
func (d *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, os.ErrExist)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("back up: %w", err)
	}
	if err := private(part); err != nil {
		return err
	}
	p, err := openPool(d.path, "FULL", 1, busyTimeout)
	if err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, `VACUUM INTO $1`, part)
	if err := errors.Join(err, p.Close()); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := NewEpoch(ctx, part); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// NewEpoch marks the closed database at path as brought back from the past: its next Open begins a new epoch.
func NewEpoch(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("new epoch: %w", err)
	}
	p, err := openPool(path, "FULL", 1, busyTimeout)
	if err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, `UPDATE meta SET epoch = ''`)
	if err := errors.Join(err, p.Close()); err != nil {
		return fmt.Errorf("new epoch: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// trouble tells what an error of the database means for a caller: nil when it is no trouble of the disk's.
func trouble(err error) *chat.Error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the log's shared index cannot grow
		return chat.ErrStoreFull
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return chat.ErrStoreFull
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL:
		return chat.ErrTryAgain
	}
	return nil
}

// taken tells that a unique key is in use.
func taken(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
