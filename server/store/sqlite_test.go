package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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
