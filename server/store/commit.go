package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
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

// group is one transaction in the making: what its members see is the committed state with their predecessors' changes over it.
type group struct {
	c       *committer
	heads   map[chat.ConversationID]*head
	feeds   map[chat.ShopID]int64
	keys    map[entryKey]pending // entries with a client id that are not written yet
	starts  map[startKey]chat.ConversationID
	rows    []row
	lastNum int64
	broken  error // the transaction cannot go on
}

// head is a conversation's head with what only the store knows of it.
type head struct {
	chat.Conversation
	num   int64
	start string // client id of the start, while the row is not written yet
	fresh bool   // not written yet
	dirty bool   // written, and changed since
	moved bool   // to another shopper since
}

// entryKey is what makes a repeat: the author within the conversation, and the client id.
type entryKey struct {
	conversation int64
	author       string
	clientID     string
}

// startKey is what makes a start: the shopper and the client id.
type startKey struct {
	shopper  chat.ShopperID
	clientID string
}

// pending is an entry that is not written yet.
type pending struct {
	entry chat.Entry
	hash  []byte
}

type row struct {
	num int64
	pending
}

// do decides one job and takes its change into the group. A job that fails leaves the group as it was.
func (g *group) do(j *job) {
	if j.write != nil {
		j.answer, j.err = g.change(j.write)
		return
	}
	j.err = g.aside(j)
}

// aside runs a closure in a savepoint.
func (g *group) aside(j *job) error {
	if j.log { // what it reads must be there, and what it changes must be undone with it
		if err := g.flush(); err != nil {
			g.fail(err)
			return err
		}
		heads, feeds := maps.Clone(g.heads), maps.Clone(g.feeds)
		defer func() {
			if j.err != nil {
				g.heads, g.feeds = heads, feeds
			}
		}()
	}
	if _, err := g.exec(`SAVEPOINT one`); err != nil {
		g.fail(err)
		return err
	}
	j.err = g.guard(func() error { return j.run(g) })
	if j.err == nil && j.log {
		j.err = g.flush()
	}
	if g.broken == nil && trouble(j.err) != nil {
		g.fail(j.err) // SQLite may have rolled the whole transaction back
	}
	if g.broken != nil {
		return j.err
	}
	end := `RELEASE one`
	if j.err != nil {
		end = `ROLLBACK TO one`
		if j.log {
			g.rows, g.keys, g.starts = nil, map[entryKey]pending{}, map[startKey]chat.ConversationID{}
		}
	}
	if _, err := g.exec(end); err != nil {
		g.fail(err)
	}
	return j.err
}

// guard turns a panic into an error, so that it concerns its job alone.
func (g *group) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			g.c.db.log.Error("a write panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("write panicked: %v", p)
		}
	}()
	return f()
}

func (g *group) fail(err error) {
	if g.broken == nil {
		g.broken = err
	}
}

// change finds the head, takes out a repeat, decides, and numbers what was decided.
func (g *group) change(w *chat.Write) (chat.Committed, error) {
	h, created, err := g.target(w)
	if err != nil {
		return chat.Committed{}, g.concern(err)
	}
	if w.May != nil {
		if err := g.guard(func() error { return w.May(h.Conversation) }); err != nil {
			return chat.Committed{}, err
		}
	}
	if w.Key != nil && !created {
		was, found, err := g.sent(h, w.Key)
		if err != nil {
			return chat.Committed{}, g.concern(err)
		}
		if found {
			return chat.Committed{Conversation: h.Conversation, Entries: []chat.Entry{was}, Repeat: true, Prev: h.Position}, nil
		}
	}
	var ch chat.Change
	if err := g.guard(func() (err error) { ch, err = w.Decide(h.Conversation); return err }); err != nil {
		return chat.Committed{}, err
	}
	if ch.Empty() {
		return chat.Committed{Conversation: h.Conversation, Prev: h.Position}, nil
	}
	if err := fits(h.Conversation, ch); err != nil {
		return chat.Committed{}, err
	}
	next, err := g.take(w, h, ch)
	if err != nil {
		return chat.Committed{}, g.concern(err)
	}
	return chat.Committed{
		Conversation: next.Conversation, Entries: ch.Entries, Receipts: ch.Receipts, Created: created, Prev: next.Position - 1,
	}, nil
}

// concern lets an error that is the caller's pass, and breaks the group for one of the database.
func (g *group) concern(err error) error {
	if _, ok := chat.AsError(err); !ok {
		g.fail(err)
	}
	return err
}

// fits guards the log against a wrong decision: the change must be of this head, and its entries dense from it.
func fits(c chat.Conversation, ch chat.Change) error {
	n := ch.Conversation
	if n.ID != c.ID || n.Shop != c.Shop || n.Merchant != c.Merchant || n.Version != c.Version+1 {
		return fmt.Errorf("decision on %s is of another head", c.ID)
	}
	seq, shopper := max(c.Head, c.FirstSeq-1), c.ShopperHead
	for _, e := range ch.Entries {
		seq++
		if e.ShopperSeq != 0 {
			shopper++
		}
		if e.Conversation != c.ID || e.Seq != seq || e.ShopperSeq != 0 && e.ShopperSeq != shopper {
			return fmt.Errorf("decision on %s leaves a gap in its log", c.ID)
		}
	}
	if len(ch.Entries) > 0 && n.Head != seq || len(ch.Entries) == 0 && n.Head != c.Head || n.ShopperHead != shopper {
		return fmt.Errorf("decision on %s has a wrong head", c.ID)
	}
	return nil
}

// take brings a decided change into the group.
func (g *group) take(w *chat.Write, h *head, ch chat.Change) (*head, error) {
	next := *h
	next.Conversation = ch.Conversation
	if err := g.unrepeated(w, h, ch.Entries); err != nil {
		return nil, err
	}
	if err := g.bind(ch.Conversation, ch.Bind); err != nil {
		return nil, err
	}
	if err := g.addTasks(ch.Tasks); err != nil {
		return nil, err
	}
	position, err := g.position(next.Shop)
	if err != nil {
		return nil, err
	}
	next.Position, next.dirty = position, true
	next.moved = h.moved || next.Shopper.ID != h.Shopper.ID
	if next.fresh && next.num == 0 {
		if next.num, err = g.number(); err != nil {
			return nil, err
		}
	}
	for _, e := range ch.Entries {
		p := pending{entry: e}
		if e.ClientID != "" {
			if k := w.Key; k != nil && k.ClientID == e.ClientID && k.Author.Key() == e.Author.Key() {
				p.hash = k.Hash[:]
			}
			g.keys[entryKey{next.num, e.Author.Key(), e.ClientID}] = p
		}
		g.rows = append(g.rows, row{next.num, p})
	}
	if next.fresh && next.start != "" {
		g.starts[startKey{next.Shopper.ID, next.start}] = next.ID
	}
	g.heads[next.ID] = &next
	return &next, nil
}

// unrepeated refuses an entry whose client id was used before by an author for whom the write has not asked.
func (g *group) unrepeated(w *chat.Write, h *head, entries []chat.Entry) error {
	if h.fresh && h.num == 0 {
		return nil
	}
	for _, e := range entries {
		if e.ClientID == "" || w.Key != nil && w.Key.ClientID == e.ClientID && w.Key.Author.Key() == e.Author.Key() {
			continue
		}
		_, found, err := g.sent(h, &chat.SendKey{Author: e.Author, ClientID: e.ClientID})
		if err != nil {
			return err
		}
		if found {
			return chat.ErrIDConflict
		}
	}
	return nil
}

// position gives the next position in the shop's feed.
func (g *group) position(shop chat.ShopID) (int64, error) {
	p, ok := g.feeds[shop]
	if !ok {
		if p, ok = g.c.feeds[shop]; !ok {
			var err error
			if p, err = feedPosition(g, shop); err != nil {
				return 0, err
			}
		}
	}
	g.feeds[shop] = p + 1
	return p + 1, nil
}

// keep takes the committed group over as what the next one begins with.
func (g *group) keep() {
	c := g.c
	for id, h := range g.heads {
		c.heads.put(id, *h)
	}
	maps.Copy(c.feeds, g.feeds)
	c.lastNum = g.lastNum
}
