package blob

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/sync/semaphore"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Intake is the chat.Intake in front of a chat.Blobs, for files of the web and of channels alike. The bytes decide what a file is: a
// name and a Content-Type are only what somebody says. Images are decoded and written anew; everything else is kept as it came, to be
// downloaded only.
type Intake struct {
	blobs  chat.Blobs
	images *semaphore.Weighted // bytes that images being decoded may take
}

var _ chat.Intake = (*Intake)(nil)

// NewIntake makes an Intake.
func NewIntake(blobs chat.Blobs) *Intake {
	return &Intake{blobs: blobs, images: semaphore.NewWeighted(imageMemory)}
}

// sniffed is how much of a file is looked at to tell what it is.
const sniffed = 3 << 10

// Take implements chat.Intake. The upload's name becomes one that fits what the file is.
func (i *Intake) Take(ctx context.Context, u chat.Upload, r io.Reader, limit int64) (chat.Upload, error) {
	in := bufio.NewReaderSize(&limited{r, limit}, sniffed)
	head, err := in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return u, err
	}
	if len(head) == 0 {
		return u, chat.ErrInvalid.With(chat.Field{Path: "body", Message: "is empty"})
	}
	kind, ok := kindOf(mimetype.Detect(head), u.Name)
	if !ok {
		return u, chat.ErrFileType
	}
	u.ContentType = kind
	if isImage(kind) {
		err = i.keepImage(ctx, &u.Attachment, in)
	} else {
		u.Size, err = i.blobs.Put(ctx, u.ID, in)
	}
	u.Name = fileName(u.Name, u.ContentType)
	return u, err
}

// limited reads at most left bytes; more are an error, not an end.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1] // one more than allowed, to see whether it is there
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, chat.ErrTooLarge
	}
	return n, err
}

const largeImage = 64 << 20

// keepImage stores an image's pixels, and nothing else of the file. It waits in a temporary file, since its size must be known before
// it is decoded, and its decoding must wait for its turn.
func (i *Intake) keepImage(ctx context.Context, a *chat.Attachment, in io.Reader) (err error) {
	f, err := os.CreateTemp("", "tagalong-upload-*")
	if err != nil {
		return fmt.Errorf("temporary file of an upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if _, err := io.Copy(f, in); err != nil {
		return err
	}
	whole, err := still(f, a.ContentType)
	if err != nil {
		return chat.ErrFileType
	}
	p, err := lookAtImage(whole, a.ContentType)
	if err != nil {
		return err
	}
	if err := i.images.Acquire(ctx, p.memory); err != nil {
		return err
	}
	defer func() {
		if p.memory > largeImage {
			debug.FreeOSMemory() // else the next one takes as much again before this one's memory is given back
		}
		i.images.Release(p.memory)
	}()
	out, into := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		into.CloseWithError(safely(func() error { return p.rewrite(into, whole) }))
	}()
	a.Size, err = i.blobs.Put(ctx, a.ID, out)
	out.CloseWithError(context.Canceled) // an encoder that nobody reads from any more must end
	<-done
	a.ContentType, a.Width, a.Height = p.contentType, p.width, p.height
	return err
}

// safely keeps a decoder that panics over a strange file from taking the server down.
func safely(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = chat.ErrFileType
		}
	}()
	return f()
}
