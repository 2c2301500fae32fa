package channeltest

import (
	"context"
	"io"
	"strings"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Files are the files of the cases.
type Files struct{ Sizes map[chat.AttachmentID]int64 } // in bytes

// FilesOf gives the files that the cases send.
func FilesOf(cases []Case) Files {
	f := Files{map[chat.AttachmentID]int64{}}
	for _, c := range cases {
		for _, a := range c.Envelope.Message.Attachments {
			f.Sizes[a.ID] = a.Size
		}
	}
	return f
}

type reader struct{ *strings.Reader }

func (reader) Close() error { return nil }

// Open implements chat.Blobs.
func (f Files) Open(_ context.Context, id chat.AttachmentID) (io.ReadSeekCloser, error) {
	size, ok := f.Sizes[id]
	if !ok {
		return nil, chat.ErrNotFound
	}
	return reader{strings.NewReader(strings.Repeat("x", int(size)))}, nil
}

// Put implements chat.Blobs. Nothing is ever stored by sending.
func (Files) Put(context.Context, chat.AttachmentID, io.Reader) (int64, error) {
	return 0, chat.ErrForbidden
}

// Remove implements chat.Blobs.
func (Files) Remove(context.Context, chat.AttachmentID) error { return chat.ErrForbidden }
