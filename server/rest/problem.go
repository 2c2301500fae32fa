package rest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// Errors of this door; those of chat and auth come besides.
var (
	errMethod      = &chat.Error{Kind: chat.KindMalformed, Code: "method_not_allowed", Message: "This path does not take that method."}
	errMisdirected = &chat.Error{Kind: chat.KindMalformed, Code: "misdirected", Message: "This host does not serve that path."}
	errTimeout     = &chat.Error{Kind: chat.KindMalformed, Code: "timeout", Message: "The request came too slowly."}
	errEncoding    = &chat.Error{Kind: chat.KindUnsupported, Code: "unsupported_encoding", Message: "A Content-Encoding is not accepted."}
	errContentType = &chat.Error{Kind: chat.KindUnsupported, Code: "unsupported_media_type", Message: "The Content-Type is not accepted here."}
	errBadJSON     = &chat.Error{Kind: chat.KindMalformed, Code: "bad_json", Message: "The body is not valid JSON."}
)

// gate gives the errors of reading a request, which are no fault of ours, their code.
func gate(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return chat.ErrTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded): // the read deadline; the context's own is ours
		return errTimeout
	case errors.Is(err, io.ErrUnexpectedEOF): // the client went away, or announced more than it sent
		return errBadJSON
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return chat.ErrTryAgain
	}
	return err
}

// refuse answers with a problem, and logs what is our fault: the one place where an error of a request stops.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	id := RequestID(r.Context())
	err = gate(err)
	p := wire.Problem(err, id)
	if p.Status == http.StatusInternalServerError {
		d.log.ErrorContext(r.Context(), "request failed", slog.String("request", id), slog.String("method", r.Method),
			slog.String("route", r.Pattern), slog.Any("error", err))
	}
	body, err2 := json.Marshal(p)
	if err2 != nil {
		body = []byte("{}") // plain strings and numbers always encode
	}
	h := w.Header()
	if wait := retryAfter(err); wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(int(p.Status))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever has gone cannot be told
	}
}

// Problem answers with a problem, for other doors.
func (d *Door) Problem(w http.ResponseWriter, r *http.Request, err error) { d.refuse(w, r, err) }

// Misdirected answers a request for a host that is not ours: nothing is ever made from a Host header.
func (d *Door) Misdirected() http.Handler {
	return d.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.refuse(w, r, errMisdirected) }))
}

// retryAfter tells how long the caller should wait before the same again: as the error says, or what is usual for its kind.
func retryAfter(err error) time.Duration {
	e, ok := chat.AsError(err)
	if !ok {
		return 0
	}
	usual := map[chat.Kind]time.Duration{
		chat.KindRateLimited: time.Second, chat.KindUnavailable: time.Second, chat.KindStoreFull: time.Minute,
	}
	return max(e.RetryAfter, usual[e.Kind])
}
