package rest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/gabriel-vasile/mimetype"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func (a *api) UploadAttachment(ctx context.Context, q openapi.UploadAttachmentRequestObject) (openapi.UploadAttachmentResponseObject, error) {
	out, err := a.upload(ctx, q.Params.Name, q.Body)
	return openapi.UploadAttachment201JSONResponse(out), err
}

func (a *api) UploadShopperAttachment(ctx context.Context, q openapi.UploadShopperAttachmentRequestObject) (openapi.UploadShopperAttachmentResponseObject, error) {
	out, err := a.upload(ctx, q.Params.Name, q.Body)
	return openapi.UploadShopperAttachment201JSONResponse(out), err
}

// upload takes a file of the caller: found out what it is, cleaned when it is an image, stored, and written down.
func (d *Door) upload(ctx context.Context, name string, body io.Reader) (openapi.Attachment, error) {
	s := sessionOf(ctx)
	u := chat.Upload{
		Attachment: chat.Attachment{ID: chat.NewID[chat.AttachmentID](chat.PrefixAttachment, d.random)},
		Merchant:   s.caller.Merchant, Shop: s.shop.ID, By: s.caller.Author(), CreatedAt: chat.At(d.now()),
	}
	if err := d.keep(ctx, &u.Attachment, body); err != nil {
		return openapi.Attachment{}, err
	}
	u.Name = fileName(name, u.ContentType)
	if err := d.store.CreateUpload(ctx, u); err != nil {
		return openapi.Attachment{}, errors.Join(err, d.blobs.Remove(context.WithoutCancel(ctx), u.ID))
	}
	return d.view(s.caller).Attachment(u.Attachment), nil
}

// sniffed is how much of a file is looked at to tell what it is.
const sniffed = 3 << 10

// keep stores a file and fills in what it is. The bytes decide: a name and a Content-Type are only what somebody says.
func (d *Door) keep(ctx context.Context, a *chat.Attachment, body io.Reader) error {
	in := bufio.NewReaderSize(body, sniffed)
	head, err := in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(head) == 0 {
		return chat.ErrInvalid.With(chat.Field{Path: "body", Message: "is empty"})
	}
	kind, ok := allowed(mimetype.Detect(head))
	if !ok {
		return chat.ErrFileType
	}
	a.ContentType = kind
	if isImage(kind) {
		return d.keepImage(ctx, a, in)
	}
	a.Size, err = d.blobs.Put(ctx, a.ID, in)
	return err
}

const largeImage = 64 << 20

// keepImage stores an image's pixels, and nothing else of the file. It waits in a temporary file, since its size must be known before
// it is decoded, and its decoding must wait for its turn.
func (d *Door) keepImage(ctx context.Context, a *chat.Attachment, in io.Reader) (err error) {
	f, err := os.CreateTemp("", "tagalong-upload-*")
	if err != nil {
		return fmt.Errorf("temporary file of an upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if _, err := io.Copy(f, in); err != nil {
		return err
	}
	p, err := lookAtImage(f, a.ContentType)
	if err != nil {
		return err
	}
	if err := d.images.Acquire(ctx, p.memory); err != nil {
		return err
	}
	defer func() {
		if p.memory > largeImage {
			debug.FreeOSMemory() // else the next one takes as much again before this one's memory is given back
		}
		d.images.Release(p.memory)
	}()
	out, into := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		into.CloseWithError(safely(func() error { return p.rewrite(into, f) }))
	}()
	a.Size, err = d.blobs.Put(ctx, a.ID, out)
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
