package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

// TestAFileSystemWithoutRoom fills a real file system: SQLite meets the end of it at other places than with max_page_count (the log,
// its shared index, the checkpoint).
func TestAFileSystemWithoutRoom(t *testing.T) {
	for _, size := range []int{1_000, 1_400, 2_000, 3_000} {
		t.Run(fmt.Sprintf("%d KiB", size), func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", size)); err != nil {
				t.Skipf("a file system cannot be mounted here: %v", err)
			}
			t.Cleanup(func() { // before TempDir's own cleanup, after the database's Close
				if err := syscall.Unmount(dir, 0); err != nil {
					t.Error(err)
				}
			})
			w := open(t, store.Options{Path: filepath.Join(dir, "tagalong.db")})
			id := w.start(t, "s1").Conversation.ID
			acked, err := w.flood(t, id, "before")
			if !errors.Is(err, chat.ErrStoreFull) {
				t.Fatalf("want store full, got %v", err)
			}
			if n := len(w.log(t, id)); n != acked+1 {
				t.Fatalf("%d entries of %d acknowledged", n, acked+1)
			}
			if err := w.Ready(t.Context()); err == nil {
				t.Log("a last small row found room")
			}
			if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
				t.Fatal(err)
			}
			if err := w.Ready(t.Context()); err != nil {
				t.Fatalf("with room again: %v", err)
			}
			if _, err := w.post(t.Context(), id, "after"); err != nil {
				t.Fatal(err)
			}
			if n := len(w.log(t, id)); n != acked+2 {
				t.Fatalf("%d entries of %d acknowledged", n, acked+2)
			}
			if v, err := w.Pragma(t.Context(), "integrity_check"); err != nil || v[0] != "ok" {
				t.Fatalf("integrity %v, %v", v, err)
			}
		})
	}
}

// flood posts from many callers until the store refuses, and gives the number of what was acknowledged.
func (w *world) flood(t *testing.T, id chat.ConversationID, prefix string) (acked int, refusal error) {
	t.Helper()
	var mu sync.Mutex
	var wait sync.WaitGroup
	deadline := time.Now().Add(time.Minute)
	for i := range 16 {
		wait.Go(func() {
			for n := 0; time.Now().Before(deadline); n++ {
				_, err := w.post(t.Context(), id, fmt.Sprintf("%s-%d-%d", prefix, i, n))
				mu.Lock()
				if err == nil {
					acked++
				} else if refusal == nil || !errors.Is(refusal, chat.ErrStoreFull) {
					refusal = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return acked, refusal
}
