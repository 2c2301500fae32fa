package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/store"
)

func TestWhatADeadServerHadClaimedIsDoneAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tagalong.db")
	db, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	now := chat.At(time.Now())
	if err := db.AddTasks(t.Context(), chat.Task{Kind: chat.TaskSweep, DueAt: now}); err != nil {
		t.Fatal(err)
	}
	if claimed, err := db.ClaimTasks(t.Context(), now, time.Hour, 10); err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, error %v", claimed, err)
	}
	if err := db.Close(); err != nil { // as good as dead: nothing was finished
		t.Fatal(err)
	}
	db, err = store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if claimed, err := db.ClaimTasks(t.Context(), now, time.Hour, 10); err != nil || len(claimed) != 0 {
		t.Fatalf("while the claim holds %v are claimed, error %v", claimed, err)
	}
	if err := db.ReleaseClaims(t.Context()); err != nil {
		t.Fatal(err)
	}
	if claimed, err := db.ClaimTasks(t.Context(), now, time.Hour, 10); err != nil || len(claimed) != 1 || claimed[0].Attempt != 2 {
		t.Errorf("claimed %v, error %v", claimed, err)
	}
}
