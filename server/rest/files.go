package rest

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

// Files serves uploaded files on the origin that is theirs alone: GET /files/{attachment}?exp=&sig=. The link is the credential.
func (d *Door) Files() http.Handler {
	return d.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			d.refuse(w, r, errMethod)
			return
		}
		if err := d.sendFile(w, r); err != nil {
			d.refuse(w, r, err)
		}
	}))
}

const fileWithin = 10 * time.Minute

func (d *Door) sendFile(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), fileWithin)
	defer cancel()
	id := chat.AttachmentID(r.URL.Path[min(len("/files/"), len(r.URL.Path)):])
	if r.URL.Path != "/files/"+string(id) || !chat.ValidID(chat.PrefixAttachment, string(id)) {
		return chat.ErrNotFound
	}
	query := r.URL.Query()
	if len(r.URL.RawQuery) > maxQuery || len(query["exp"]) != 1 || len(query["sig"]) != 1 {
		return auth.ErrLinkExpired
	}
	until, err := d.auth.CheckFileURL(id, query.Get("exp"), query.Get("sig"))
	if err != nil {
		return err
	}
	u, err := d.store.UploadByID(ctx, id)
	if err != nil {
		return err
	}
	f, err := d.blobs.Open(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	disposition := "attachment"
	if isImage(u.ContentType) {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", u.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": u.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // the panel and the inbox are other sites than the files
	// What we wrote ourselves, an export, is all that is known of a person: no cache keeps it.
	if u.By.Kind != chat.AuthorSystem {
		h.Set("Cache-Control", "private, immutable, max-age="+strconv.Itoa(int(until.Sub(d.now()).Seconds())))
	}
	h.Set("ETag", `"`+string(id)+`"`)
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fileWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	http.ServeContent(w, r, "", u.CreatedAt.Time(), f)
	return nil
}
