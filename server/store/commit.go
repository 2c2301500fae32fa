package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tagalong-chat/tagalong/server/chat"
)

const (
	groupSize    = 256   // most writes in one transaction
	queueLength  = 4_096 // most writes that wait
	headsInCache = 8_192
)

// committer is the one goroutine that writes. It takes what waits, decides and writes it in one transaction, and hands it to a
// second goroutine that tells of it (Write.Then) and answers the callers, in order, while the next group is written. It waits for
// nobody: while one group is written, the next one gathers.
type committer struct {
	db    *DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt

	mu    sync.RWMutex // guards queue against a send after its close
	gone  bool
	queue chan *job
	done  chan []*job   // committed groups, to be told of in order
	dirty chan struct{} // says to the checkpointer that the log has grown
	pause chan func()   // run between groups, when nobody writes
	scrub atomic.Bool   // erased rows are still in the log

	// What the last committed transaction left behind. It is dropped whenever another process has written or a commit failed.
	heads   *lru[chat.ConversationID, head]
	feeds   map[chat.ShopID]int64
	lastNum int64
	version int64 // of the database, as SQLite counts the commits of others
}

// job is one caller's write.
type job struct {
	write  *chat.Write        // a change of a conversation, or
	run    func(*group) error // anything else
	log    bool               // run reads or writes conversations or positions
	then   func()             // tells of what run has written, once it is on disk
	taken  atomic.Bool        // by the committer, or by a caller who went away
	done   chan struct{}
	answer chat.Committed
	err    error
}

func newCommitter(ctx context.Context, d *DB, length int) (*committer, error) {
	if length <= 0 {
		length = queueLength
	}
	c := &committer{
		db: d, stmts: map[string]*sql.Stmt{}, queue: make(chan *job, length), done: make(chan []*job, 4),
		dirty: make(chan struct{}, 1), pause: make(chan func()),
		heads: newLRU[chat.ConversationID, head](headsInCache), feeds: map[chat.ShopID]int64{},
	}
	var err error
	if c.conn, err = d.write.Conn(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return c, nil
}

// Change implements chat.Log.
func (d *DB) Change(ctx context.Context, w chat.Write) (chat.Committed, error) {
	j := &job{write: &w}
	if err := d.commits.submit(ctx, j); err != nil {
		return chat.Committed{}, err
	}
	return j.answer, nil
}

// do runs a write that is no change of a conversation's log, in a savepoint of its own. It may be run again when a neighbour in
// its group fails.
func (d *DB) do(ctx context.Context, run func(*group) error) error {
	return d.commits.submit(ctx, &job{run: run})
}

// doLog is do for a write that touches conversations or gives feed positions; then tells of it.
func (d *DB) doLog(ctx context.Context, run func(*group) error, then func()) error {
	return d.commits.submit(ctx, &job{run: run, log: true, then: then})
}

// submit queues the job and waits for its answer. A caller who goes away before the job is begun takes it along; after that the
// answer is near.
func (c *committer) submit(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.done = make(chan struct{})
	if !c.enqueue(j) {
		return chat.ErrTryAgain
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-j.done
	}
	return j.err
}

func (c *committer) enqueue(j *job) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.gone {
		return false
	}
	select {
	case c.queue <- j:
		return true
	default:
		return false
	}
}

func (c *committer) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	close(c.queue)
}

func (c *committer) run() {
	defer close(c.done)
	defer c.release()
	for {
		select {
		case f := <-c.pause:
			f()
		case j, ok := <-c.queue:
			if !ok {
				return
			}
			c.group(j)
		}
	}
}

// group commits j and whatever else waits.
func (c *committer) group(j *job) {
	jobs := make([]*job, 1, 16)
	jobs[0] = j
gather:
	for len(jobs) < groupSize {
		select {
		case j, ok := <-c.queue:
			if !ok {
				break gather
			}
			jobs = append(jobs, j)
		default:
			break gather
		}
	}
	jobs = slices.DeleteFunc(jobs, func(j *job) bool { return !j.taken.CompareAndSwap(false, true) })
	if len(jobs) > 0 {
		c.commit(jobs)
		c.touch()
	}
}

// between runs f while nobody writes; false when the committer ends first.
func (c *committer) between(stop <-chan struct{}, f func()) bool {
	done := make(chan struct{})
	select {
	case c.pause <- func() { defer close(done); f() }:
		<-done
		return true
	case <-stop:
		return false
	}
}

func (c *committer) touch() {
	select {
	case c.dirty <- struct{}{}:
	default:
	}
}

// release gives the connection and its statements back.
func (c *committer) release() {
	for _, s := range c.stmts {
		if err := s.Close(); err != nil {
			c.db.log.Warn("close statement", "error", err)
		}
	}
	if err := c.conn.Close(); err != nil {
		c.db.log.Warn("close connection", "error", err)
	}
}

// commit writes a group and answers it. When the group fails for one of its members' sake, each is tried on its own, so that only
// the one fails; when the disk fails, all do.
func (c *committer) commit(jobs []*job) {
	err := c.attempt(jobs)
	if err != nil {
		c.forget()
	}
	switch t := trouble(err); {
	case err == nil:
	case t != nil:
		c.db.log.Error("commit failed", "writes", len(jobs), "error", err)
		c.answer(jobs, t)
	case len(jobs) > 1:
		for _, j := range jobs {
			j.answer, j.err = chat.Committed{}, nil
			c.commit([]*job{j})
		}
	default:
		c.answer(jobs, err)
	}
}

func (c *committer) answer(jobs []*job, err error) {
	if err != nil {
		for _, j := range jobs {
			j.answer, j.err = chat.Committed{}, err
		}
	}
	c.done <- jobs
}

// tell tells of what was written and answers, group after group, so that what is published comes in the order of the positions.
func (c *committer) tell() {
	for jobs := range c.done {
		for _, j := range jobs {
			if j.err == nil {
				c.then(j)
			}
			close(j.done)
		}
	}
}

func (c *committer) then(j *job) {
	defer func() {
		if p := recover(); p != nil { // it is written, so it is acknowledged
			c.db.log.Error("telling of a write panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	switch {
	case j.then != nil:
		j.then()
	case j.write != nil && j.write.Then != nil && j.answer.Changed():
		j.write.Then(j.answer)
	}
}

// attempt decides and writes the jobs in one transaction. An error means that nothing was written and nobody was answered.
func (c *committer) attempt(jobs []*job) (err error) {
	g, err := c.begin()
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the committer panicked: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			c.rollback()
		}
	}()
	for _, j := range jobs {
		g.do(j)
		if g.broken != nil {
			return g.broken
		}
	}
	if err := g.flush(); err != nil {
		return err
	}
	if _, err := g.exec(`COMMIT`); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	g.keep()
	c.answer(jobs, nil)
	return nil
}

// forget drops what is remembered of the database, because it may no longer be so.
func (c *committer) forget() {
	c.heads.clear()
	clear(c.feeds)
	c.lastNum = 0
}
