package realtime

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// statusOf maps an error's kind to an HTTP status.
func statusOf(k chat.Kind) int {
	switch k {
	case chat.KindInvalid:
		return http.StatusUnprocessableEntity
	case chat.KindMalformed:
		return http.StatusBadRequest
	case chat.KindUnauthorized:
		return http.StatusUnauthorized
	case chat.KindForbidden:
		return http.StatusForbidden
	case chat.KindNotFound:
		return http.StatusNotFound
	case chat.KindConflict:
		return http.StatusConflict
	case chat.KindGone:
		return http.StatusGone
	case chat.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case chat.KindUnsupported:
		return http.StatusUnsupportedMediaType
	case chat.KindRateLimited:
		return http.StatusTooManyRequests
	case chat.KindUnavailable:
		return http.StatusServiceUnavailable
	case chat.KindStoreFull:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

var errInternal = &chat.Error{Kind: chat.KindInternal, Code: "internal", Message: "Something went wrong here."}

// writeProblem answers with problem+json. It is used where Options name no other writer.
func writeProblem(w http.ResponseWriter, _ *http.Request, err error) {
	e, ok := chat.AsError(err)
	if !ok {
		e = errInternal
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((e.RetryAfter+time.Second-1)/time.Second)))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(statusOf(e.Kind))
	_ = json.NewEncoder(w).Encode(struct {
		Status  int    `json:"status"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}{statusOf(e.Kind), e.Code, e.Message}) // the client may be gone
}
