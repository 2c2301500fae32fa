// Package blob keeps uploaded files: chat.Blobs in a folder, and chat.Intake, which looks at what a file is before it is kept.
//
// It knows bytes and ids, nothing of who may read them: rest signs links. Rows about files are in store. Start reading at Intake.Take.
package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Folder is a chat.Blobs in one directory of the file system. No name leads out of it, not even through a symbolic link.
type Folder struct {
	root *os.Root
}

var _ chat.Blobs = (*Folder)(nil)

const (
	unfinished = ".part-"
	staleAfter = 24 * time.Hour // no upload takes that long; what is older was left by a crash
	fanOut     = 2              // characters of the id that name a subfolder
)

// OpenFolder opens the folder at dir, making it when it is not there. It removes what a crash has left half written.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	f := &Folder{root: root}
	if err := f.sweep(time.Now().Add(-staleAfter)); err != nil {
		return nil, errors.Join(fmt.Errorf("open blobs: %w", err), root.Close())
	}
	return f, nil
}

// Close gives the folder back. Files that are open stay so.
func (f *Folder) Close() error { return f.root.Close() }

func (f *Folder) sweep(before time.Time) error {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if info, err := e.Info(); err != nil || info.ModTime().After(before) {
			continue
		}
		if err := f.root.Remove(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// place gives the subfolder and the path of an id. What is no id has no place.
func place(id chat.AttachmentID) (dir, name string, err error) {
	if !chat.ValidID(chat.PrefixAttachment, string(id)) {
		return "", "", chat.ErrNotFound
	}
	dir = string(id[len(chat.PrefixAttachment) : len(chat.PrefixAttachment)+fanOut])
	return dir, path.Join(dir, string(id)), nil
}

// Put implements chat.Blobs. The file gets its name once all of it is on disk.
func (f *Folder) Put(ctx context.Context, id chat.AttachmentID, r io.Reader) (size int64, err error) {
	dir, name, err := place(id)
	if err != nil {
		return 0, err
	}
	if err := f.makeDir(dir); err != nil {
		return 0, storing(err)
	}
	part := unfinished + rand.Text()
	size, err = f.writeAll(ctx, part, r)
	if err == nil {
		err = f.root.Rename(part, name)
	}
	if err != nil {
		if e := f.root.Remove(part); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return 0, storing(err)
	}
	return size, storing(f.sync(dir))
}

// storing gives what a failed write means for the caller. An error of the reader's passes.
func storing(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("store blob: %w: %w", chat.ErrStoreFull, err)
	}
	return fmt.Errorf("store blob: %w", err)
}

func (f *Folder) makeDir(dir string) error {
	err := f.root.Mkdir(dir, 0o750)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.sync(".")
}

func (f *Folder) writeAll(ctx context.Context, name string, r io.Reader) (size int64, err error) {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if size, err = io.Copy(file, untilDone{ctx, r}); err != nil {
		return 0, err
	}
	return size, file.Sync()
}

// sync makes a directory's names durable.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// untilDone reads until the context is over.
type untilDone struct {
	ctx context.Context //nolint:containedctx // lives for one Put
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// Open implements chat.Blobs.
func (f *Folder) Open(_ context.Context, id chat.AttachmentID) (io.ReadSeekCloser, error) {
	_, name, err := place(id)
	if err != nil {
		return nil, err
	}
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, chat.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(chat.ErrNotFound, err, file.Close())
	}
	return file, nil
}

// Remove implements chat.Blobs.
func (f *Folder) Remove(_ context.Context, id chat.AttachmentID) error {
	dir, name, err := place(id)
	if err != nil {
		return nil //nolint:nilerr // what cannot be there is not there
	}
	err = f.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove blob: %w", err)
	}
	return f.sync(dir)
}
