package chattest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

var logCases = []storeCase{
	{"the first message starts a conversation, which is read back as it was decided", logStarts},
	{"a repeated start gives the same conversation and entry, and writes nothing", logRepeatedStart},
	{"sends that name a start before its acknowledgement all reach the one conversation", logPipelinedStart},
	{"two shoppers may use the same client id", logStartsApart},
	{"a start by a shopper of another shop is not found", logForeignStart},
	{"a repeat is answered with the entry of then, however much was said since", logRepeat},
	{"a repeat by another author is another message", logRepeatOfOther},
	{"the same client id with another body is a conflict", logConflict},
	{"a client id that an entry without a key would repeat is a conflict", logUnkeyedRepeat},
	{"who may not see the conversation is not told of a repeat", logMay},
	{"an error of the decision is the caller's alone", logDecisionError},
	{"a decision that panics harms nobody else", logPanic},
	{"a decision that would tear the log is refused", logTornDecision},
	{"an empty change writes nothing", logEmptyChange},
	{"another shop's conversation is not found", logForeignConversation},
	{"many writers make one dense log without repeats", logManyWriters},
	{"then is told of each change once, in the order of positions", logThen},
	{"then is not told of repeats and empty changes", logThenNothing},
	{"a task of a change is there when the change is", logTasks},
	{"a caller who is gone before the write writes nothing", logCancelled},
	{"the epoch has a name and the store is ready", logEpoch},
}

func logStarts(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	c := w.change(t, w.starting(w.shop, p, "s1", draft(byShopper(p), "s1", "Hello")))
	if !c.Created || c.Repeat || !c.Changed() || len(c.Entries) != 1 || c.Prev != 0 || c.Conversation.Position != 1 {
		t.Fatalf("committed %+v", c)
	}
	same(t, "conversation", got(w.Conversation(t.Context(), w.shop.ID, c.Conversation.ID))(t), c.Conversation)
	same(t, "entries", w.log(t, c.Conversation), c.Entries)
	same(t, "text", texts(c.Entries), []string{"Hello"})
	if c.Conversation.Shopper.ID != p.ID || c.Conversation.Merchant != w.shop.Merchant || c.Conversation.Head != 1 {
		t.Fatalf("conversation %+v", c.Conversation)
	}
}

func logRepeatedStart(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	first := w.change(t, w.starting(w.shop, p, "s1", draft(byShopper(p), "s1", "Hello")))
	again := w.change(t, w.starting(w.shop, p, "s1", draft(byShopper(p), "s1", "Hello")))
	if !again.Repeat || again.Created || again.Changed() || again.Conversation.ID != first.Conversation.ID {
		t.Fatalf("committed %+v", again)
	}
	same(t, "entries", again.Entries, first.Entries)
	if n := len(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 10))(t)); n != 1 {
		t.Fatalf("%d conversations", n)
	}
}

func logPipelinedStart(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.shop)
	var wait sync.WaitGroup
	done := make([]chat.Committed, 40)
	errs := make([]error, len(done))
	for i := range done {
		wait.Go(func() {
			d := draft(byShopper(p), fmt.Sprintf("m%d", i/2), fmt.Sprint(i/2)) // each twice
			done[i], errs[i] = w.Change(background(t), w.starting(w.shop, p, "s1", d))
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	created, repeats := 0, 0
	for _, c := range done {
		if c.Conversation.ID != done[0].Conversation.ID {
			t.Fatal("two conversations for one start")
		}
		if c.Created {
			created++
		}
		if c.Repeat {
			repeats++
		}
	}
	es := w.log(t, done[0].Conversation)
	dense(t, es)
	if created != 1 || repeats != 20 || len(es) != 20 {
		t.Fatalf("%d created, %d repeats, %d entries", created, repeats, len(es))
	}
}

func logStartsApart(t *testing.T, w *place) {
	a, _ := w.walkIn(t, w.shop)
	b, _ := w.walkIn(t, w.shop)
	ca := w.change(t, w.starting(w.shop, a, "s1", draft(byShopper(a), "s1", "I am A")))
	cb := w.change(t, w.starting(w.shop, b, "s1", draft(byShopper(b), "s1", "I am B")))
	if !ca.Created || !cb.Created || ca.Conversation.ID == cb.Conversation.ID {
		t.Fatalf("%+v %+v", ca, cb)
	}
}

func logForeignStart(t *testing.T, w *place) {
	p, _ := w.walkIn(t, w.foreign)
	wr := w.starting(w.shop, p, "s1", draft(byShopper(p), "s1", "Hello"))
	_, err := w.Change(t.Context(), wr)
	want(t, err, chat.ErrNotFound)
	wr = w.starting(w.foreign, p, "s1", draft(byShopper(p), "s1", "Hello"))
	wr.Shop = w.shop.ID
	_, err = w.Change(t.Context(), wr)
	want(t, err, chat.ErrNotFound)
	p.ID = newID[chat.ShopperID](chat.PrefixShopper)
	_, err = w.Change(t.Context(), w.starting(w.foreign, p, "s2", draft(byShopper(p), "s2", "Hello")))
	want(t, err, chat.ErrNotFound)
}

func logRepeat(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	first := w.post(t, c, draft(byShopper(p), "m1", "And the red one?"))
	for i := range 5 {
		w.post(t, c, draft(byAgent(w.owner), fmt.Sprintf("a%d", i), "Yes."))
	}
	again := w.post(t, c, draft(byShopper(p), "m1", "And the red one?"))
	if !again.Repeat || again.Changed() {
		t.Fatalf("%+v", again)
	}
	same(t, "entries", again.Entries, first.Entries)
	same(t, "head", again.Conversation, got(w.Conversation(t.Context(), c.Shop, c.ID))(t))
}

func logRepeatOfOther(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	other := w.newAgent(w.shop.Merchant, chat.RoleAgent)
	for _, by := range []chat.Author{byShopper(p), byAgent(w.owner), byAgent(other)} {
		if done := w.post(t, c, draft(by, "m1", "Yes.")); done.Repeat {
			t.Fatalf("a repeat for %s", by.Key())
		}
	}
	known := byShopper(p) // a shopper who was identified may have another id, and still repeats
	known.ID = string(newID[chat.ShopperID](chat.PrefixShopper))
	if done := w.post(t, c, draft(known, "m1", "Yes.")); !done.Repeat {
		t.Fatal("no repeat for the shopper under another id")
	}
}

func logConflict(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	w.post(t, c, draft(byShopper(p), "m1", "two cups"))
	before := w.log(t, c)
	_, err := w.Change(t.Context(), w.posting(w.shop, c.ID, draft(byShopper(p), "m1", "three cups")))
	want(t, err, chat.ErrIDConflict)
	_, err = w.Change(t.Context(), w.starting(w.shop, p, "start", draft(byShopper(p), "m1", "three cups")))
	want(t, err, chat.ErrIDConflict)
	same(t, "log", w.log(t, c), before)
}

func logUnkeyedRepeat(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	d := draft(byShopper(p), "m1", "two cups")
	w.post(t, c, d)
	wr := w.posting(w.shop, c.ID, d)
	wr.Key = nil
	_, err := w.Change(t.Context(), wr)
	want(t, err, chat.ErrIDConflict)
	if n := len(w.log(t, c)); n != 2 {
		t.Fatalf("%d entries", n)
	}
}

func logMay(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	d := draft(byShopper(p), "m1", "two cups")
	w.post(t, c, d)
	no := func(chat.Conversation) error { return chat.ErrNotFound }
	wr := w.posting(w.shop, c.ID, d)
	wr.May = no
	_, err := w.Change(t.Context(), wr)
	want(t, err, chat.ErrNotFound)
	wr = w.starting(w.shop, p, "s2", draft(byShopper(p), "s2", "Hello"))
	wr.May = no
	_, err = w.Change(t.Context(), wr)
	want(t, err, chat.ErrNotFound)
	if n := len(got(w.ConversationsOf(t.Context(), w.shop.ID, p.ID, 10))(t)); n != 1 {
		t.Fatalf("%d conversations", n)
	}
}

var errNo = errors.New("no")

// beside runs bad writes between good ones, so that they share groups, and checks that only they fail.
func beside(t *testing.T, w *place, bad func(chat.Conversation) (chat.Change, error)) (failures []error) {
	t.Helper()
	c, p := w.talk(t, w.shop)
	var wait sync.WaitGroup
	errs := make([]error, 60)
	for i := range errs {
		wait.Go(func() {
			wr := w.posting(w.shop, c.ID, draft(byShopper(p), fmt.Sprint(i), "Hello"))
			if i%3 == 0 {
				wr.Key, wr.Decide = nil, bad
			}
			_, errs[i] = w.Change(background(t), wr)
		})
	}
	wait.Wait()
	for i, err := range errs {
		if i%3 == 0 {
			failures = append(failures, err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	es := w.log(t, c)
	dense(t, es)
	if len(es) != 41 {
		t.Fatalf("%d entries", len(es))
	}
	return failures
}

func logDecisionError(t *testing.T, w *place) {
	for _, err := range beside(t, w, func(chat.Conversation) (chat.Change, error) { return chat.Change{}, errNo }) {
		want(t, err, errNo)
	}
}

func logPanic(t *testing.T, w *place) {
	for _, err := range beside(t, w, func(chat.Conversation) (chat.Change, error) { panic("a bug") }) {
		if err == nil {
			t.Fatal("no error for a decision that panicked")
		}
	}
}

func logTornDecision(t *testing.T, w *place) {
	for name, tear := range map[string]func(*chat.Change){
		"a gap":                   func(ch *chat.Change) { ch.Entries[0].Seq++; ch.Conversation.Head++ },
		"a repeated number":       func(ch *chat.Change) { ch.Entries[0].Seq--; ch.Conversation.Head-- },
		"a head without entries":  func(ch *chat.Change) { ch.Entries = nil },
		"a wrong shopper number":  func(ch *chat.Change) { ch.Entries[0].ShopperSeq += 3; ch.Conversation.ShopperHead += 3 },
		"another conversation":    func(ch *chat.Change) { ch.Conversation.ID = newID[chat.ConversationID](chat.PrefixConversation) },
		"another shop":            func(ch *chat.Change) { ch.Conversation.Shop = w.foreign.ID },
		"a version of the past":   func(ch *chat.Change) { ch.Conversation.Version-- },
		"a version of the future": func(ch *chat.Change) { ch.Conversation.Version++ },
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range beside(t, w, func(c chat.Conversation) (chat.Change, error) {
				ch, err := c.Post(draft(byAgent(w.owner), "torn", "x"), w.now)
				ch.Entries = ch.Entries[len(ch.Entries)-1:] // the message without the events before it, if any
				ch.Entries[0].Seq, ch.Conversation.Head = c.Head+1, c.Head+1
				ch.Entries[0].ShopperSeq, ch.Conversation.ShopperHead = c.ShopperHead+1, c.ShopperHead+1
				tear(&ch)
				return ch, err
			}) {
				if err == nil {
					t.Fatal("it was written")
				}
			}
		})
	}
}

func logEmptyChange(t *testing.T, w *place) {
	c, _ := w.talk(t, w.shop)
	done := w.decide(t, c, func(chat.Conversation) (chat.Change, error) { return chat.Change{}, nil })
	if done.Changed() || done.Repeat || done.Entries != nil {
		t.Fatalf("%+v", done)
	}
	same(t, "conversation", done.Conversation, c)
	same(t, "stored", got(w.Conversation(t.Context(), c.Shop, c.ID))(t), c)
}

func logForeignConversation(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	for _, other := range []chat.Shop{w.foreign, w.sister} {
		_, err := w.Conversation(t.Context(), other.ID, c.ID)
		want(t, err, chat.ErrNotFound)
		_, err = w.Entries(t.Context(), chat.EntryQuery{Shop: other.ID, Conversation: c.ID, Limit: 10})
		want(t, err, chat.ErrNotFound)
		_, err = w.Locate(t.Context(), other.ID, c.ID, chat.ForAgents, 1)
		want(t, err, chat.ErrNotFound)
		_, err = w.Unread(t.Context(), other.ID, c.ID, byAgent(w.owner), 10)
		want(t, err, chat.ErrNotFound)
		_, err = w.Change(t.Context(), w.posting(other, c.ID, draft(byShopper(p), "x", "Hello")))
		want(t, err, chat.ErrNotFound)
		if all := got(w.ConversationsOf(t.Context(), other.ID, p.ID, 10))(t); len(all) != 0 {
			t.Fatalf("%d conversations in another shop", len(all))
		}
	}
	_, err := w.Conversation(t.Context(), w.shop.ID, newID[chat.ConversationID](chat.PrefixConversation))
	want(t, err, chat.ErrNotFound)
	_, err = w.Entries(t.Context(), chat.EntryQuery{Shop: w.shop.ID, Conversation: "cnv_x", Limit: 10})
	want(t, err, chat.ErrNotFound)
}

func logManyWriters(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	const writers, each = 16, 25
	var wait sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wait.Go(func() {
			for n := range each {
				by := byShopper(p)
				if i%2 == 0 {
					by = byAgent(w.owner)
				}
				d := draft(by, fmt.Sprintf("%d-%d", i, n), fmt.Sprintf("%d %d", i, n))
				for range 1 + n%2 { // every other one is sent twice
					done, err := w.Change(background(t), w.posting(w.shop, c.ID, d))
					errs[i] = errors.Join(errs[i], err)
					if k := slices.IndexFunc(done.Entries, func(e chat.Entry) bool { return e.ClientID == d.ClientID }); err == nil && k < 0 {
						errs[i] = errors.Join(errs[i], fmt.Errorf("no entry for %s", d.ClientID))
					}
				}
			}
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	es := w.log(t, c)
	dense(t, es)
	seen := map[string]int64{}
	last := map[string]int{}
	for _, e := range es {
		if e.ClientID == "" {
			continue
		}
		key := e.Author.Key() + e.ClientID
		if seen[key] != 0 {
			t.Fatalf("%s stands at %d and %d", key, seen[key], e.Seq)
		}
		seen[key] = e.Seq
		var i, n int
		if k, err := fmt.Sscanf(e.ClientID, "%d-%d", &i, &n); k == 2 && err == nil {
			if n < last[fmt.Sprint(i)] {
				t.Fatalf("writer %d's messages changed places", i)
			}
			last[fmt.Sprint(i)] = n
		}
	}
	if len(seen) != writers*each+1 {
		t.Fatalf("%d messages", len(seen))
	}
	head := got(w.Conversation(t.Context(), c.Shop, c.ID))(t)
	if head.Head != int64(len(es)) {
		t.Fatalf("head %d of %d entries", head.Head, len(es))
	}
}

func logThen(t *testing.T, w *place) {
	var mu sync.Mutex
	var told []chat.Committed
	then := func(c chat.Committed) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, c)
	}
	var cs []chat.Conversation
	for range 5 {
		c, _ := w.talk(t, w.shop)
		cs = append(cs, c)
	}
	var wait sync.WaitGroup
	errs := make([]error, 100)
	for i := range errs {
		wait.Go(func() {
			wr := w.posting(w.shop, cs[i%len(cs)].ID, draft(byShopper(chat.Shopper{}), fmt.Sprint(i), "x"))
			wr.Then = then
			_, errs[i] = w.Change(background(t), wr)
		})
	}
	wait.Wait()
	must(t, errors.Join(errs...))
	mu.Lock()
	defer mu.Unlock()
	if len(told) != len(errs) {
		t.Fatalf("told %d times", len(told))
	}
	for i, c := range told {
		if p := c.Conversation.Position; p != int64(len(cs)+1+i) || c.Prev != p-1 {
			t.Fatalf("number %d came with position %d after %d", i, p, c.Prev)
		}
	}
}

func logThenNothing(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	told := 0
	then := func(chat.Committed) { told++ }
	for range 2 {
		wr := w.posting(w.shop, c.ID, draft(byShopper(p), "m1", "Hello"))
		wr.Then = then
		w.change(t, wr)
	}
	w.change(t, chat.Write{
		Shop: c.Shop, Conversation: c.ID, Then: then,
		Decide: func(chat.Conversation) (chat.Change, error) { return chat.Change{}, nil },
	})
	same(t, "told", told, 1)
}

func logTasks(t *testing.T, w *place) {
	c, _ := w.talk(t, w.shop)
	w.decide(t, c, func(c chat.Conversation) (chat.Change, error) {
		ch, err := c.Close(byAgent(w.owner), w.now)
		ch.Tasks = []chat.Task{{Kind: chat.TaskSweep, Shop: c.Shop, DueAt: chat.At(w.now), Dedupe: "d1"}, {Kind: chat.TaskSweep, DueAt: chat.At(w.now), Dedupe: "d1"}}
		return ch, err
	})
	tasks := got(w.ClaimTasks(t.Context(), chat.At(w.now), time.Minute, 10))(t)
	if len(tasks) != 1 || tasks[0].Kind != chat.TaskSweep || tasks[0].Shop != c.Shop || tasks[0].ID == "" {
		t.Fatalf("tasks %+v", tasks)
	}
}

func logCancelled(t *testing.T, w *place) {
	c, p := w.talk(t, w.shop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Change(ctx, w.posting(w.shop, c.ID, draft(byShopper(p), "m1", "Hello")))
	want(t, err, context.Canceled)
	if n := len(w.log(t, c)); n != 1 {
		t.Fatalf("%d entries", n)
	}
}

func logEpoch(t *testing.T, w *place) {
	if first := w.Epoch(); first == "" || w.Epoch() != first {
		t.Fatalf("epoch %q, then %q", first, w.Epoch())
	}
	must(t, w.Ready(t.Context()))
}
