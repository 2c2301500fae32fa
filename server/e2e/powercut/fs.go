// Package powercut is a file system that forgets, as a disk does when the power goes: whatever was not synced is lost, in part or
// in whole, when Cut is called.
//
// It is a FUSE mount over a folder of the real disk. Each file has two lives: what programs see, and what a power cut leaves. A
// write goes to the first and is kept in a journal; fsync and fdatasync bring the journal of that file into the second. Names are
// durable when they are made: SQLite syncs its folder, and what is proven here is the content. Cut applies a random part of the
// writes that were not synced, torn at 512-byte sectors and in any order, since that is what a disk's cache may have kept.
package powercut

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

const sector = 512

// Disk is a mounted file system that forgets.
type Disk struct {
	Dir string // where programs see it

	seen   string // backing folder: what programs see
	server *fuse.Server

	mu    sync.Mutex
	files map[string]*journal // by name
	cut   bool
	Syncs int // how often a file was synced
}

// journal holds what a power cut would take from a file.
type journal struct {
	durable []byte // the content at the last sync
	writes  []write
}

type write struct {
	off      int64
	data     []byte // nil: a truncation to off
	truncate bool
}

// Mount makes an empty disk under dir. It needs the rights to mount (root), and FUSE.
func Mount(dir string) (*Disk, error) {
	d := &Disk{Dir: filepath.Join(dir, "disk"), seen: filepath.Join(dir, "seen"), files: map[string]*journal{}}
	return d, d.mount()
}

func (d *Disk) mount() error {
	for _, p := range []string{d.Dir, d.seen} {
		if err := os.MkdirAll(p, 0o700); err != nil {
			return err
		}
	}
	loop, err := fs.NewLoopbackRoot(d.seen)
	if err != nil {
		return err
	}
	root := &node{LoopbackNode: loop.(*fs.LoopbackNode), disk: d}
	root.RootData.RootNode = root
	d.server, err = fs.Mount(d.Dir, root, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMount: true, FsName: "powercut", ExplicitDataCacheControl: true, MaxWrite: 128 << 10,
	}})
	if err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	return nil
}

// Cut takes the power: the mount ends, and the folder holds what a disk would, with a random part of what was not synced. It
// gives the number of writes that were lost. Programs that have files open must be dead.
func (d *Disk) Cut(rnd *rand.Rand) (lost int, err error) {
	d.mu.Lock()
	d.cut = true
	d.mu.Unlock()
	if err := d.server.Unmount(); err != nil {
		return 0, fmt.Errorf("unmount: %w", err)
	}
	d.server.Wait()
	for name, j := range d.files {
		if _, err := os.Stat(filepath.Join(d.seen, name)); os.IsNotExist(err) {
			continue
		}
		content, n := j.survive(rnd)
		lost += n
		if err := os.WriteFile(filepath.Join(d.seen, name), content, 0o600); err != nil {
			return lost, err
		}
	}
	return lost, nil
}

// Restart mounts what the cut has left.
func (d *Disk) Restart() error {
	d.cut, d.files = false, map[string]*journal{}
	return d.mount()
}

// Close ends the mount without a cut.
func (d *Disk) Close() error {
	if d.cut {
		return nil
	}
	return d.server.Unmount()
}

// survive gives what is left of a file: its last synced content and a random part of the writes since, sector by sector.
func (j *journal) survive(rnd *rand.Rand) (content []byte, lost int) {
	content = append([]byte(nil), j.durable...)
	for _, w := range j.writes {
		if w.truncate {
			if rnd.IntN(2) == 0 {
				content = resize(content, int(w.off))
			} else {
				lost++
			}
			continue
		}
		whole := true
		for at := 0; at < len(w.data); at += sector {
			end := min(at+sector, len(w.data))
			if rnd.IntN(2) == 0 {
				whole = false
				continue
			}
			content = put(content, w.off+int64(at), w.data[at:end])
		}
		if !whole {
			lost++
		}
	}
	return content, lost
}

func put(content []byte, off int64, data []byte) []byte {
	if end := int(off) + len(data); end > len(content) {
		content = resize(content, end)
	}
	copy(content[off:], data)
	return content
}

func resize(content []byte, size int) []byte {
	if size <= len(content) {
		return content[:size]
	}
	return append(content, make([]byte, size-len(content))...)
}

func (d *Disk) journal(name string) *journal {
	j := d.files[name]
	if j == nil {
		content, err := os.ReadFile(filepath.Join(d.seen, name)) // there before the mount: durable
		if err != nil {
			content = nil
		}
		j = &journal{durable: content}
		d.files[name] = j
	}
	return j
}

func (d *Disk) record(name string, w write) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.journal(name)
	j.writes = append(j.writes, w)
}

func (d *Disk) sync(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.journal(name)
	for _, w := range j.writes {
		if w.truncate {
			j.durable = resize(j.durable, int(w.off))
		} else {
			j.durable = put(j.durable, w.off, w.data)
		}
	}
	j.writes = j.writes[:0]
	d.Syncs++
}

// node passes everything on to the backing folder and keeps the journal.
type node struct {
	*fs.LoopbackNode
	disk *Disk
}

var (
	_ = fs.NodeOpener((*node)(nil))
	_ = fs.NodeCreater((*node)(nil))
	_ = fs.NodeSetattrer((*node)(nil))
	_ = fs.NodeRenamer((*node)(nil))
	_ = fs.NodeUnlinker((*node)(nil))
)

func (n *node) name() string { return n.Path(nil) }

// WrapChild makes every node below one of ours.
func (n *node) WrapChild(_ context.Context, ops fs.InodeEmbedder) fs.InodeEmbedder {
	return &node{LoopbackNode: ops.(*fs.LoopbackNode), disk: n.disk}
}

func (n *node) Open(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	n.disk.mu.Lock()
	n.disk.journal(n.name())
	n.disk.mu.Unlock()
	fh, _, errno := n.LoopbackNode.Open(ctx, flags&^syscall.O_APPEND)
	if errno != 0 {
		return nil, 0, errno
	}
	if flags&syscall.O_TRUNC != 0 {
		n.disk.record(n.name(), write{truncate: true})
	}
	return &file{FileHandle: fh, node: n}, 0, 0
}

func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	inode, fh, _, errno := n.LoopbackNode.Create(ctx, name, flags&^syscall.O_APPEND, mode, out)
	if errno != 0 {
		return nil, nil, 0, errno
	}
	child := inode.Operations().(*node)
	n.disk.mu.Lock()
	n.disk.files[filepath.Join(n.name(), name)] = &journal{}
	n.disk.mu.Unlock()
	return inode, &file{FileHandle: fh, node: child, path: filepath.Join(n.name(), name)}, 0, 0
}

func (n *node) Setattr(ctx context.Context, fh fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		n.disk.record(n.name(), write{off: int64(size), truncate: true})
	}
	var inner fs.FileHandle
	if f, ok := fh.(*file); ok {
		inner = f.FileHandle
	}
	return n.LoopbackNode.Setattr(ctx, inner, in, out)
}

func (n *node) Rename(ctx context.Context, name string, parent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	errno := n.LoopbackNode.Rename(ctx, name, parent, newName, flags)
	if errno == 0 {
		from, to := filepath.Join(n.name(), name), filepath.Join(parent.EmbeddedInode().Path(nil), newName)
		n.disk.mu.Lock()
		if j, ok := n.disk.files[from]; ok {
			n.disk.files[to] = j
			delete(n.disk.files, from)
		}
		n.disk.mu.Unlock()
	}
	return errno
}

func (n *node) Unlink(ctx context.Context, name string) syscall.Errno {
	errno := n.LoopbackNode.Unlink(ctx, name)
	if errno == 0 {
		n.disk.mu.Lock()
		delete(n.disk.files, filepath.Join(n.name(), name))
		n.disk.mu.Unlock()
	}
	return errno
}

// file is an open file.
type file struct {
	fs.FileHandle
	node *node
	path string
}

var (
	_ = fs.FileReader((*file)(nil))
	_ = fs.FileWriter((*file)(nil))
	_ = fs.FileFsyncer((*file)(nil))
	_ = fs.FileFlusher((*file)(nil))
	_ = fs.FileReleaser((*file)(nil))
	_ = fs.FileGetattrer((*file)(nil))
	_ = fs.FileSetlkwer((*file)(nil))
	_ = fs.FileSetlker((*file)(nil))
	_ = fs.FileGetlker((*file)(nil))
	_ = fs.FileAllocater((*file)(nil))
)

func (f *file) name() string {
	if f.path != "" {
		return f.path
	}
	return f.node.name()
}

func (f *file) Read(ctx context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	return f.FileHandle.(fs.FileReader).Read(ctx, dest, off)
}

func (f *file) Write(ctx context.Context, data []byte, off int64) (uint32, syscall.Errno) {
	n, errno := f.FileHandle.(fs.FileWriter).Write(ctx, data, off)
	if errno == 0 {
		f.node.disk.record(f.name(), write{off: off, data: append([]byte(nil), data[:n]...)})
	}
	return n, errno
}

func (f *file) Fsync(context.Context, uint32) syscall.Errno {
	f.node.disk.sync(f.name()) // the backing folder itself needs no sync: the cut is simulated
	return 0
}

func (f *file) Flush(ctx context.Context) syscall.Errno {
	return f.FileHandle.(fs.FileFlusher).Flush(ctx)
}

func (f *file) Release(ctx context.Context) syscall.Errno {
	return f.FileHandle.(fs.FileReleaser).Release(ctx)
}

func (f *file) Getattr(ctx context.Context, out *fuse.AttrOut) syscall.Errno {
	return f.FileHandle.(fs.FileGetattrer).Getattr(ctx, out)
}

func (f *file) Getlk(ctx context.Context, owner uint64, lk *fuse.FileLock, flags uint32, out *fuse.FileLock) syscall.Errno {
	return f.FileHandle.(fs.FileGetlker).Getlk(ctx, owner, lk, flags, out)
}

func (f *file) Setlk(ctx context.Context, owner uint64, lk *fuse.FileLock, flags uint32) syscall.Errno {
	return f.FileHandle.(fs.FileSetlker).Setlk(ctx, owner, lk, flags)
}

func (f *file) Setlkw(ctx context.Context, owner uint64, lk *fuse.FileLock, flags uint32) syscall.Errno {
	return f.FileHandle.(fs.FileSetlkwer).Setlkw(ctx, owner, lk, flags)
}

func (f *file) Allocate(context.Context, uint64, uint64, uint32) syscall.Errno {
	return syscall.ENOSYS // a size that was only promised would escape the journal
}
