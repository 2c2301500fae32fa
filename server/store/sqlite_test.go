package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
	"github.com/tagalong-chat/tagalong/server/store"
)

func TestADatabaseThatWouldLoseAcknowledgedMessagesIsRefused(t *testing.T) {
	for _, sync := range []string{"NORMAL", "off", "0", "nonsense"} {
		path := filepath.Join(t.TempDir(), "tagalong.db")
		if _, err := store.Open(t.Context(), store.Options{Path: path, Synchronous: sync}); err == nil {
			t.Errorf("synchronous=%s was accepted", sync)
		}
	}
	db := bare(t, store.Options{Synchronous: "NORMAL", AllowUnsafe: true})
	if v, err := db.Pragma(t.Context(), "synchronous"); err != nil || v[0] != "1" {
		t.Errorf("synchronous is %v, %v", v, err)
	}
}

func TestEveryConnectionHasTheSettings(t *testing.T) {
	db := bare(t, store.Options{})
	for name, want := range map[string][]string{
		"synchronous":        {"2", "2", "2"},
		"journal_mode":       {"wal", "wal", "wal"},
		"foreign_keys":       {"1", "1", "1"},
		"secure_delete":      {"1", "1", "0"}, // readers delete nothing
		"wal_autocheckpoint": {"0", "1000", "1000"},
		"query_only":         {"0", "0", "1"},
	} {
		if have, err := db.Pragma(t.Context(), name); err != nil || !slices.Equal(have, want) {
			t.Errorf("%s is %v, not %v (%v)", name, have, want, err)
		}
	}
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder with % and ? in it", "tagalong.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{DB: db, path: path}
	w.fill(t)
	c := w.start(t, "s1").Conversation
	epoch := w.Epoch()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatalf("the second Close: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 1 {
		t.Fatalf("after closing there are %v, %v", left, err)
	}
	if _, err := w.post(t.Context(), c.ID, "late"); !errors.Is(err, chat.ErrTryAgain) {
		t.Fatalf("a write after closing: %v", err)
	}
	w.DB = bare(t, store.Options{Path: path})
	if w.Epoch() != epoch {
		t.Fatal("the epoch changed")
	}
	again, err := w.post(t.Context(), c.ID, "m1")
	if err != nil || again.Conversation.Head != 2 || again.Conversation.Position != 2 {
		t.Fatalf("%+v, %v", again, err)
	}
	other := w.start(t, "s2").Conversation
	if other.Position != 3 {
		t.Fatalf("position %d", other.Position)
	}
	w.log(t, c.ID)
}

func TestCloseAnswersEverybody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{DB: db, path: path}
	w.fill(t)
	id := w.start(t, "s1").Conversation.ID
	const callers = 100
	acked := make([]bool, callers)
	errs := make([]error, callers)
	var wait, begun sync.WaitGroup
	begun.Add(callers)
	for i := range callers {
		wait.Go(func() {
			begun.Done()
			_, errs[i] = w.post(context.Background(), id, fmt.Sprint(i))
			acked[i] = errs[i] == nil
		})
	}
	begun.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wait.Wait()
	w.DB = bare(t, store.Options{Path: path})
	stored := map[string]bool{}
	for _, e := range w.log(t, id) {
		stored[e.ClientID] = true
	}
	for i := range callers {
		if acked[i] != stored[fmt.Sprint(i)] {
			t.Errorf("message %d: acknowledged %t, stored %t", i, acked[i], stored[fmt.Sprint(i)])
		}
		if errs[i] != nil && !errors.Is(errs[i], chat.ErrTryAgain) {
			t.Errorf("message %d: %v", i, errs[i])
		}
	}
}

// TestLanesThatWaitCostAClaimNothing fills many lanes whose heads are put off, as the addresses of an account that is down have, and
// a long one. What is behind the heads is not looked at: see the plans, which have no other index than tasks_ready.
func TestLanesThatWaitCostAClaimNothing(t *testing.T) {
	w := open(t, store.Options{})
	var tasks []chat.Task
	for i := range 50_000 {
		lane := "deliver:long"
		if i%2 == 0 {
			lane = fmt.Sprintf("deliver:adr_%d", i%2_000)
		}
		tasks = append(tasks, chat.Task{Kind: chat.TaskDeliver, DueAt: 1, Lane: lane})
	}
	if err := w.AddTasks(t.Context(), tasks...); err != nil {
		t.Fatal(err)
	}
	lanes := 0
	for {
		claimed, err := w.ClaimTasks(t.Context(), 1, time.Hour, 1_000)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			break
		}
		lanes += len(claimed)
		for _, task := range claimed {
			if err := w.PostponeTask(t.Context(), task, 100, "the account is down"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if lanes != 1_001 {
		t.Fatalf("%d lanes had a head", lanes)
	}
	if next, err := w.NextTask(t.Context()); err != nil || next != 100 {
		t.Fatalf("next at %d, %v", next, err)
	}
	if ready, err := w.ReadyAt50(t.Context()); err != nil || ready != 0 {
		t.Fatalf("%d tasks behind the heads would be looked at, %v", ready, err)
	}
}

// held stops the committer inside a decision until release is called.
func (w *world) held(t *testing.T, id chat.ConversationID) (release func()) {
	t.Helper()
	begun, free := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := w.Change(context.Background(), chat.Write{
			Shop: w.shop.ID, Conversation: id,
			Decide: func(chat.Conversation) (chat.Change, error) { close(begun); <-free; return chat.Change{}, nil },
		})
		done <- err
	}()
	<-begun
	return sync.OnceFunc(func() {
		close(free)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestAFullQueueAsksToTryAgain(t *testing.T) {
	w := open(t, store.Options{QueueLength: 3})
	id := w.start(t, "s1").Conversation.ID
	release := w.held(t, id)
	defer release()
	const callers = 10
	results := make(chan error, callers)
	for i := range callers {
		go func() {
			_, err := w.post(context.Background(), id, fmt.Sprint(i))
			results <- err
		}()
	}
	for range callers - 3 { // those who found no room; the others wait
		if err := <-results; !errors.Is(err, chat.ErrTryAgain) {
			t.Fatalf("want try again, got %v", err)
		}
	}
	release()
	for range 3 {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.log(t, id)); n != 4 {
		t.Fatalf("%d entries", n)
	}
}

func TestACallerWhoGoesAwayWhileWaitingTakesTheWriteAlong(t *testing.T) {
	w := open(t, store.Options{})
	id := w.start(t, "s1").Conversation.ID
	release := w.held(t, id)
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	decided := false
	go func() {
		_, err := w.Change(ctx, chat.Write{
			Shop: w.shop.ID, Conversation: id,
			Decide: func(c chat.Conversation) (chat.Change, error) { decided = true; return chat.Change{}, nil },
		})
		result <- err
	}()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Fatalf("want canceled, got %v", err)
	}
	release()
	if _, err := w.post(t.Context(), id, "m1"); err != nil { // the committer is past it now
		t.Fatal(err)
	}
	if decided {
		t.Fatal("it was decided all the same")
	}
}

func TestARowThatTheDatabaseRefusesHarmsItsWriteAlone(t *testing.T) {
	w := open(t, store.Options{})
	id := w.start(t, "s1").Conversation.ID
	release := w.held(t, id)
	var wait sync.WaitGroup
	errs := make([]error, 60)
	for i := range errs {
		wait.Go(func() {
			wr := w.write(w.draft(fmt.Sprint(i), "Hello"))
			wr.Conversation = id
			if i%10 == 3 {
				decide := wr.Decide
				wr.Decide = func(c chat.Conversation) (chat.Change, error) {
					ch, err := decide(c)
					ch.Conversation.Shopper.ID = "shp_nobody" // breaks a foreign key, when the group is written
					return ch, err
				}
			}
			_, errs[i] = w.Change(context.Background(), wr)
		})
	}
	release()
	wait.Wait()
	for i, err := range errs {
		if (err != nil) != (i%10 == 3) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if n := len(w.log(t, id)); n != 1+54 {
		t.Errorf("%d entries", n)
	}
	if p, err := w.FeedPosition(t.Context(), w.shop.ID); err != nil || p != 1+54 {
		t.Errorf("position %d, %v", p, err)
	}
}

func TestTwoProcessesMayWriteTheSameDatabase(t *testing.T) {
	w := open(t, store.Options{})
	id := w.start(t, "s1").Conversation.ID
	other := *w
	other.DB = bare(t, store.Options{Path: w.path})
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, w := range []*world{w, &other} {
		wait.Go(func() {
			for n := range 60 {
				_, err := w.post(context.Background(), id, fmt.Sprintf("m%d-%d", i, n/2)) // each twice
				if n%20 == 0 {
					wr := w.write(w.draft(fmt.Sprintf("s%d-%d", i, n), "Hello"))
					wr.Start = &chat.Start{
						ClientID: fmt.Sprintf("s%d-%d", i, n),
						New:      chat.NewConversation(chat.ConversationID(fmt.Sprintf("cnv_%d_%d", i, n)), w.shop, w.shopper, time.Now()),
					}
					_, e := w.Change(context.Background(), wr)
					err = errors.Join(err, e)
				}
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := len(w.log(t, id)); n != 61 {
		t.Fatalf("%d entries", n)
	}
	f, err := other.Feed(t.Context(), w.shop.ID, 0, 100)
	if err != nil || f.Position != 61+6 || len(f.Conversations) != 7 {
		t.Fatalf("position %d, %d conversations, %v", f.Position, len(f.Conversations), err)
	}
}

func TestTheDatabaseIsForItsOwnersEyesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db := bare(t, store.Options{Path: path})
	if err := db.Backup(t.Context(), path+".copy"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".copy"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode())
		}
	}
}

func TestABackupIsAnotherHistory(t *testing.T) {
	w := open(t, store.Options{})
	id := w.start(t, "s1").Conversation.ID
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := w.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := w.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Fatalf("a backup over another: %v", err)
	}
	if _, err := w.post(t.Context(), id, "after-the-backup"); err != nil {
		t.Fatal(err)
	}
	restored := *w
	restored.DB = bare(t, store.Options{Path: path})
	if e := restored.Epoch(); e == w.Epoch() || e == "" {
		t.Fatalf("epoch %q", e)
	}
	if n := len(restored.log(t, id)); n != 1 {
		t.Fatalf("%d entries in the backup", n)
	}
	if _, err := restored.post(t.Context(), id, "another-history"); err != nil {
		t.Fatal(err)
	}
	again := bare(t, store.Options{Path: path})
	if again.Epoch() != restored.Epoch() {
		t.Fatal("the restored database changed its epoch again")
	}
}

func TestADatabaseBroughtBackByOtherMeansCanBeGivenANewEpoch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.NewEpoch(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if again := bare(t, store.Options{Path: path}); again.Epoch() == db.Epoch() {
		t.Fatal("the epoch is the same")
	}
	if err := store.NewEpoch(t.Context(), path+"-not-there"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a database that is not there: %v", err)
	}
}

func TestNothingOfAnErasedShopperIsLeftInTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path, Seal: sealer(t, 1)})
	if err != nil {
		t.Fatal(err)
	}
	marker := chattest.Plant(t, db)
	if !slices.Contains(grep(t, path, "walk-in control"), "") { // grep finds nothing that was never there
		t.Fatal("grep finds what is not there")
	}
	if err := db.Empty(); err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{marker, strings.ToLower(marker)} {
		if found := grep(t, path, m); !slices.Equal(found, []string{""}) {
			t.Errorf("%q is still in %v", m, found)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if found := grep(t, path, marker); !slices.Equal(found, []string{""}) {
		t.Errorf("after closing %q is still in %v", marker, found)
	}
}

func TestTheMarkerCanBeFoundBeforeItIsErased(t *testing.T) {
	w := open(t, store.Options{})
	w.start(t, "planted-here")
	if err := w.Empty(); err != nil {
		t.Fatal(err)
	}
	if found := grep(t, w.path, "planted-here"); !slices.Contains(found, filepath.Base(w.path)) {
		t.Fatalf("found in %v", found)
	}
}

// grep gives the files of the database that hold the text, and "" at the end.
func grep(t *testing.T, path, text string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			found = append(found, filepath.Base(f))
		}
	}
	return append(found, "")
}

func TestAFullDiskMakesTheStoreReadOnlyAndItRecovers(t *testing.T) {
	w := open(t, store.Options{})
	id := w.start(t, "s1").Conversation.ID
	if err := w.Exec(t.Context(), `PRAGMA max_page_count = 1`); err != nil { // SQLite raises it to what there is, and no more
		t.Fatal(err)
	}
	acked := 1
	var err error
	for i := 0; err == nil && i < 5_000; i++ {
		if _, err = w.post(t.Context(), id, fmt.Sprintf("m%d", i)); err == nil {
			acked++
		}
	}
	if !errors.Is(err, chat.ErrStoreFull) {
		t.Fatalf("want store full, got %v", err)
	}
	if n := len(w.log(t, id)); n != acked {
		t.Fatalf("%d entries of %d acknowledged", n, acked)
	}
	if err := w.Exec(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if err := w.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	done, err := w.post(t.Context(), id, "after")
	if err != nil || done.Entries[0].Seq != int64(acked+1) {
		t.Fatalf("%+v, %v", done, err)
	}
}

func TestHousekeepingKeepsUpWithManyWebhooks(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	if err := w.CreateProviderApp(t.Context(), chat.ProviderApp{ID: "app_1", Merchant: w.shop.Merchant}); err != nil {
		t.Fatal(err)
	}
	err := w.Exec(t.Context(), `INSERT INTO raws (id, app, merchant, provider, hash, at, state, attempt, error, body)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
		SELECT 'raw_' || i, 'app_1', '', 'meta', randomblob(32), $1, 'done', 1, '', x'00' FROM n`, chat.At(now))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(chat.RawFor + time.Millisecond)
	if err := w.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := w.RawBodies(t.Context()); err != nil || left != 0 {
		t.Fatalf("%d bodies are left, %v", left, err)
	}
}

func TestHousekeepingRemovesResumeLinksAMonthAfterTheirEnd(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	end := chat.At(now)
	l := chat.ResumeLink{Hash: [32]byte{1}, Merchant: w.shop.Merchant, Shop: w.shop.ID, Shopper: w.shopper.ID, ExpiresAt: end}
	if err := w.CreateResumeLink(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		after time.Duration
		there bool
	}{{30 * 24 * time.Hour, true}, {time.Millisecond, false}} {
		now = now.Add(x.after)
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ResumeLink(t.Context(), l.Hash, end-1); (err == nil) != x.there {
			t.Errorf("after %v: %v", x.after, err)
		}
	}
}

func TestHousekeepingRemovesWhatIsOverAndNothingElse(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := open(t, store.Options{Now: func() time.Time { return now }})
	push := func(id, key string) chat.FoldResult {
		t.Helper()
		r, err := w.Fold(t.Context(), chat.Batch{
			Shop: w.shop.ID, Once: &chat.Once{Credential: "c", Route: "r", Key: key}, Events: []chat.ContextEvent{{ID: id}},
			Fold: func(*chat.Record, chat.ContextEvent) (chat.Folded, error) {
				return chat.Folded{Outcome: chat.OutcomeStale}, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	push("e1", "k1")
	for _, x := range []struct {
		after             time.Duration
		replay, duplicate bool
	}{
		{23 * time.Hour, true, true},
		{2 * time.Hour, false, true},        // the answer is over, the event's id is not
		{31 * 24 * time.Hour, false, false}, // both are
	} {
		now = now.Add(x.after)
		if err := w.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := push("e1", "k1")
		if r.Replay != x.replay || !x.replay && (r.Results[0].Outcome == chat.OutcomeDuplicate) != x.duplicate {
			t.Errorf("after %v: %+v", x.after, r)
		}
	}
}

// TestAnOldCopyIsMigrated opens a copy of each older version of the schema, with rows in it as that version wrote them.
func TestAnOldCopyIsMigrated(t *testing.T) {
	versions, err := store.Versions(t.Context(), filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			script, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("%05d.sql", v)))
			if err != nil {
				t.Fatalf("each version needs rows of its time: %v", err)
			}
			path := filepath.Join(t.TempDir(), "tagalong.db")
			if err := store.MigrateTo(t.Context(), path, v, string(script)); err != nil {
				t.Fatal(err)
			}
			w := &world{DB: bare(t, store.Options{Path: path}), path: path}
			if w.Epoch() != "oldepoch" {
				t.Errorf("epoch %q", w.Epoch())
			}
			w.shop, err = w.ShopByKey(t.Context(), "pk_old")
			if err != nil {
				t.Fatal(err)
			}
			w.shopper, err = w.Shopper(t.Context(), w.shop.ID, "shp_old")
			if err != nil || w.shopper.Name != "Mira" {
				t.Fatalf("%+v, %v", w.shopper, err)
			}
			es := w.log(t, "cnv_old")
			if len(es) != 2 || es[0].Message.Text != "Hello" || es[1].Event.Name != chat.EventClosed {
				t.Fatalf("entries %+v", es)
			}
			again, err := w.Change(t.Context(), w.repeat("cnv_old", "m1", "Hello"))
			if err != nil || !again.Repeat {
				t.Fatalf("%+v, %v", again, err)
			}
			done, err := w.post(t.Context(), "cnv_old", "m2")
			if err != nil || done.Conversation.Head != 4 || done.Conversation.Position != 8 {
				t.Fatalf("%+v, %v", done, err)
			}
			r, err := w.Record(t.Context(), w.shop.ID, chat.RecordOrder, "1001")
			if err != nil || r.Version != 7 {
				t.Fatalf("%+v, %v", r, err)
			}
			for _, want := range [][]chat.TaskID{{"tsk_1", "tsk_3"}, {"tsk_2"}} { // the second of a lane waits for the first
				tasks, err := w.ClaimTasks(t.Context(), 1, time.Hour, 10)
				var have []chat.TaskID
				for _, task := range tasks {
					have = append(have, task.ID)
					err = errors.Join(err, w.FinishTask(t.Context(), task))
				}
				if err != nil || !slices.Equal(have, want) {
					t.Fatalf("tasks %v, %v", have, err)
				}
			}
			found, err := w.RecordsByKey(t.Context(), w.shop.ID, chat.RecordOrder, "number:1001", false, 10)
			if err != nil || len(found) != 1 || !slices.Equal(found[0].Keys, []string{"number:1001"}) {
				t.Fatalf("%+v, %v", found, err)
			}
			known, err := w.ShoppersByEmail(t.Context(), w.shop.ID, "mira@marl.example")
			if err != nil || len(known) != 1 || known[0].ID != "shp_old" {
				t.Fatalf("%+v, %v", known, err)
			}
			if v >= 2 {
				w.oldChannels(t)
			}
			if v >= 3 {
				w.oldPlugins(t)
			}
		})
	}
}

// oldChannels checks the rows of channels in an old copy.
func (w *world) oldChannels(t *testing.T) {
	t.Helper()
	found, err := w.AddressesByKeys(t.Context(), "acc_old", []string{"wa:16505551234"})
	if err != nil || len(found) != 1 || found[0].ID != "adr_old" || found[0].LastInboundAt != 5 {
		t.Fatalf("%+v, %v", found, err)
	}
	if a, err := w.AccountsOf(t.Context(), w.shop.ID); err != nil || len(a) != 1 || a[0].Name != "Marl" {
		t.Fatalf("%+v, %v", a, err)
	}
	d, err := w.SentUpto(t.Context(), "adr_old", 9, chat.DeliveryRead, 10)
	if err != nil || len(d) != 1 || d[0].Parts[0].ProviderID != "wamid.old" || d[0].Cost.Amount != 7 {
		t.Fatalf("%+v, %v", d, err)
	}
}

// oldPlugins checks the rows of what plugins use in an old copy.
func (w *world) oldPlugins(t *testing.T) {
	t.Helper()
	d, err := w.HookDelivery(t.Context(), w.shop.ID, "evd_old")
	if err != nil || d.Webhook != "whk_old" || d.Attempts[0].Status != 204 || string(d.Body) != `{"id":"evt_old"}` {
		t.Fatalf("%+v, %v", d, err)
	}
	hooks, err := w.Webhooks(t.Context(), w.shop.ID)
	if err != nil || len(hooks) != 1 || hooks[0].URL != "https://marl.example/hook" || !hooks[0].Enabled {
		t.Fatalf("%+v, %v", hooks, err)
	}
	r, err := w.PrivacyRequest(t.Context(), w.shop.ID, "prv_old")
	if err != nil || r.Counts.Orders != 1 || r.Reference != "ref-1" {
		t.Fatalf("%+v, %v", r, err)
	}
}

// repeat is the write of a draft that an old copy knows under a hash of zeros.
func (w *world) repeat(id chat.ConversationID, clientID, text string) chat.Write {
	wr := w.write(w.draft(clientID, text))
	wr.Conversation = id
	wr.Key.Hash = [32]byte{}
	return wr
}

func TestADatabaseOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	if err := store.MigrateTo(t.Context(), path, 1, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
		t.Fatal(err)
	}
	if db, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Errorf("opened: %v", db.Close())
	}
}

func TestAChangeOfAShopCountsAtOnceForThoseWhoAskByKey(t *testing.T) {
	w := open(t, store.Options{})
	s := w.shop
	for _, name := range []string{"first", "second"} { // each is remembered before the next change
		s.Name = name
		if err := w.UpdateShop(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if have, err := w.ShopByKey(t.Context(), s.Key); err != nil || have.Name != name {
				t.Fatalf("%q, %v after a change to %q", have.Name, err, name)
			}
		}
	}
	old := s.Key
	s.Key = chat.NewID[string](chat.PrefixShopKey, rand.Reader)
	if err := w.UpdateShop(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ShopByKey(t.Context(), old); !errors.Is(err, chat.ErrNotFound) {
		t.Fatalf("the old key: %v", err)
	}
}
