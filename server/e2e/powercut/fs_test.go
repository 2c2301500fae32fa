package powercut_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/powercut"
)

func TestACutKeepsWhatWasSyncedAndLosesTheRest(t *testing.T) {
	disk, err := powercut.Mount(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	name := filepath.Join(disk.Dir, "f")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	synced := make([]byte, 8192)
	for i := range synced {
		synced[i] = 'a'
	}
	write := func(b []byte, off int64) {
		if _, err := f.WriteAt(b, off); err != nil {
			t.Fatal(err)
		}
	}
	write(synced, 0)
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	late := make([]byte, 64<<10)
	for i := range late {
		late[i] = 'b'
	}
	write(late, 8192)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	lost, err := disk.Cut(rand.New(rand.NewPCG(1, 2)))
	if err != nil || lost == 0 {
		t.Fatalf("lost %d writes, %v", lost, err)
	}
	if err := disk.Restart(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil || len(got) < 8192 || string(got[:8192]) != string(synced) {
		t.Fatalf("the synced part is gone: %d bytes, %v", len(got), err)
	}
	kept := 0
	for _, b := range got[8192:] {
		if b == 'b' {
			kept++
		}
	}
	if kept == 0 || kept == len(late) {
		t.Fatalf("%d of %d bytes survived that were never synced: neither none nor all is what a disk does", kept, len(late))
	}
}
