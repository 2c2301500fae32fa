package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tagalong-chat/tagalong/server/blob"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func open(t *testing.T, dir string) *blob.Folder {
	t.Helper()
	f, err := blob.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func newID() chat.AttachmentID {
	return chat.NewID[chat.AttachmentID](chat.PrefixAttachment, rand.Reader)
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatWasPutIsReadAgainAndCanBeSought(t *testing.T) {
	f, id := open(t, t.TempDir()), newID()
	want := bytes.Repeat([]byte("cup "), 100_000)
	size, err := f.Put(t.Context(), id, bytes.NewReader(want))
	if err != nil || size != int64(len(want)) {
		t.Fatalf("size %d, %v", size, err)
	}
	r, err := f.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := r.Seek(int64(len(want)-4), io.SeekStart); err != nil {
		t.Fatal(err)
	}
	tail, err := io.ReadAll(r)
	if err != nil || string(tail) != "cup " {
		t.Fatalf("read %q, %v", tail, err)
	}
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f, id := open(t, dir), newID()
	broken := errors.New("the phone is out of reach")
	_, err := f.Put(t.Context(), id, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Fatalf("the reader's error should pass, got %v", err)
	}
	if _, err := f.Open(t.Context(), id); !errors.Is(err, chat.ErrNotFound) {
		t.Fatalf("want not found, got %v", err)
	}
	if left := files(t, dir); left != nil {
		t.Fatalf("left behind: %v", left)
	}
}

func TestAnUploadEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	endless := readerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
	if _, err := f.Put(ctx, newID(), endless); !errors.Is(err, context.Canceled) {
		t.Fatalf("want canceled, got %v", err)
	}
	if left := files(t, dir); left != nil {
		t.Fatalf("left behind: %v", left)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestARemovedFileIsGoneAndRemovingItAgainIsNoError(t *testing.T) {
	dir := t.TempDir()
	f, id := open(t, dir), newID()
	if _, err := f.Put(t.Context(), id, strings.NewReader("cup")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Open(t.Context(), id); !errors.Is(err, chat.ErrNotFound) {
		t.Fatalf("want not found, got %v", err)
	}
	if left := files(t, dir); left != nil {
		t.Fatalf("left behind: %v", left)
	}
}

func TestNamesThatAreNoIDsLeadNowhere(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "blobs")
	f := open(t, inside)
	for _, id := range []chat.AttachmentID{
		"", "att_", "../secret", "att_../../../../secret/aaaaaaaaaaaa", "att_ABCDEFGHIJKLMNOPQRSTUVWXYZ", chat.AttachmentID(outside),
		".part-x", "att_aaaaaaaaaaaaaaaaaaaaaaaa/a",
	} {
		if _, err := f.Open(t.Context(), id); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("open %q: want not found, got %v", id, err)
		}
		if _, err := f.Put(t.Context(), id, strings.NewReader("x")); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("put %q: want not found, got %v", id, err)
		}
		if err := f.Remove(t.Context(), id); err != nil {
			t.Errorf("remove %q: %v", id, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Fatal(err)
	}
}

func TestALinkInTheFolderDoesNotLeadOut(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "blobs")
	f, id := open(t, inside), newID()
	sub := filepath.Join(inside, string(id[4:6]))
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(sub, string(id))); err != nil {
		t.Fatal(err)
	}
	if r, err := f.Open(t.Context(), id); err == nil {
		b, _ := io.ReadAll(r)
		t.Fatalf("read %q through a link", b)
	}
}

func TestOpeningRemovesWhatACrashLeftLongAgoAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	id := newID()
	if _, err := open(t, dir).Put(t.Context(), id, strings.NewReader("cup")); err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(dir, ".part-old"), filepath.Join(dir, ".part-young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old part is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("an upload that is under way was removed: %v", err)
	}
	r, err := f.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
