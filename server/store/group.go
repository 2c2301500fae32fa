package store

import (
	"fmt"
	"maps"
	"runtime/debug"

	"github.com/tagalong-chat/tagalong/server/chat"
)

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
	if w.Natural != nil {
		was, found, err := g.seen(*w.Natural)
		if err != nil {
			return chat.Committed{}, g.concern(err)
		}
		if found {
			c, err := g.repeated(was)
			return c, g.concern(err)
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
	ch, err := g.decide(w, h)
	if err != nil {
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
		Conversation: next.Conversation, Entries: ch.Entries, Receipts: ch.Receipts, Deliveries: ch.Deliveries, Created: created,
		Prev: next.Position - 1,
	}, nil
}

// decide asks for the decision, against the head and what the write wants it to see beside.
func (g *group) decide(w *chat.Write, h *head) (ch chat.Change, err error) {
	if w.DecideWith == nil {
		err = g.guard(func() (err error) { ch, err = w.Decide(h.Conversation); return err })
		return ch, err
	}
	seen, err := g.see(w.Shop, w.Beside)
	if err != nil {
		return ch, g.concern(err)
	}
	err = g.guard(func() (err error) { ch, err = w.DecideWith(h.Conversation, seen); return err })
	return ch, err
}

// concern lets an error that is the caller's pass, and breaks the group for one of the database.
func (g *group) concern(err error) error {
	if _, ok := chat.AsError(err); !ok && err != nil {
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
	for _, d := range ch.Deliveries {
		if d.Conversation != c.ID || d.Shop != c.Shop {
			return fmt.Errorf("decision on %s has a delivery of another conversation", c.ID)
		}
	}
	for _, h := range ch.Handoffs {
		if h.Shop != c.Shop {
			return fmt.Errorf("decision on %s has a handoff of another shop", c.ID)
		}
	}
	return nil
}

// take brings a decided change into the group.
func (g *group) take(w *chat.Write, h *head, ch chat.Change) (_ *head, err error) {
	next := *h
	next.Conversation = ch.Conversation
	if err := g.unrepeated(w, h, ch.Entries); err != nil {
		return nil, err
	}
	if next.fresh && next.num == 0 {
		if next.num, err = g.number(); err != nil {
			return nil, err
		}
	}
	if err := g.atOnce(next.num, ch); err != nil {
		return nil, err
	}
	if next.Position, err = g.position(next.Shop); err != nil {
		return nil, err
	}
	next.dirty, next.moved = true, h.moved || next.Shopper.ID != h.Shopper.ID
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
