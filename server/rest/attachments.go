package rest

import (
	"context"
	"errors"
	"io"
	"strings"

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

// upload takes a file of the caller in, and writes it down.
func (d *Door) upload(ctx context.Context, name string, body io.Reader) (openapi.Attachment, error) {
	s := sessionOf(ctx)
	u := chat.Upload{
		Attachment: chat.Attachment{ID: chat.NewID[chat.AttachmentID](chat.PrefixAttachment, d.random), Name: name},
		Merchant:   s.caller.Merchant, Shop: s.shop.ID, By: s.caller.Author(), CreatedAt: chat.At(d.now()),
	}
	u, err := d.intake.Take(ctx, u, body, maxUpload)
	if err != nil {
		return openapi.Attachment{}, err
	}
	if err := d.store.CreateUpload(ctx, u); err != nil {
		return openapi.Attachment{}, errors.Join(err, d.blobs.Remove(context.WithoutCancel(ctx), u.ID))
	}
	return d.view(s.caller).Attachment(u.Attachment), nil
}

// isImage tells whether files of this type were decoded and written anew, so that they may be shown and not only downloaded.
func isImage(kind string) bool { return strings.HasPrefix(kind, "image/") }
