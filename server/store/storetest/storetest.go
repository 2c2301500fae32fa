// Package storetest gives tests databases that are ready to be opened: making one anew takes most of the time of a short test, and ten
// times that under the race detector.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tagalong-chat/tagalong/server/store"
)

// template is an empty database with all migrations and without an epoch, so that each copy of it begins its own.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tagalong-storetest-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path, ctx := filepath.Join(dir, "template.db"), context.Background()
	db, err := store.Open(ctx, store.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	if err := store.NewEpoch(ctx, path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Path gives the path of an empty database of the test's own.
func Path(t testing.TB) string {
	t.Helper()
	b, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tagalong.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
