package wire

import (
	"net/http"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

var (
	internal  = &chat.Error{Kind: chat.KindInternal, Code: "internal", Message: "Something went wrong on our side."}
	errorCode = map[string]openapi.ErrorCode{ // where the contract says it more plainly
		chat.ErrGone.Code: openapi.ErrorCodeLinkUsed, "code_used": openapi.ErrorCodeGone,
	}
)

// Statuses of codes whose kind does not tell.
var statusOf = map[openapi.ErrorCode]int{
	openapi.ErrorCodeMethodNotAllowed: http.StatusMethodNotAllowed,
	openapi.ErrorCodeMisdirected:      http.StatusMisdirectedRequest,
	openapi.ErrorCodeTimeout:          http.StatusRequestTimeout,
	openapi.ErrorCodeHeadersTooLarge:  http.StatusRequestHeaderFieldsTooLarge,
}

var statusOfKind = map[chat.Kind]int{
	chat.KindInvalid:      http.StatusUnprocessableEntity,
	chat.KindMalformed:    http.StatusBadRequest,
	chat.KindUnauthorized: http.StatusUnauthorized,
	chat.KindForbidden:    http.StatusForbidden,
	chat.KindNotFound:     http.StatusNotFound,
	chat.KindConflict:     http.StatusConflict,
	chat.KindGone:         http.StatusGone,
	chat.KindTooLarge:     http.StatusRequestEntityTooLarge,
	chat.KindUnsupported:  http.StatusUnsupportedMediaType,
	chat.KindRateLimited:  http.StatusTooManyRequests,
	chat.KindUnavailable:  http.StatusServiceUnavailable,
	chat.KindStoreFull:    http.StatusInsufficientStorage,
}

// Cause finds what may be told of an error: one that the caller can act on as it is, any other as internal.
func Cause(err error) *chat.Error {
	if e, ok := chat.AsError(err); ok {
		return e
	}
	return internal
}

// Problem gives an error as the contract tells it.
func Problem(err error, requestID string) openapi.Problem {
	e := Cause(err)
	p := openapi.Problem{Status: http.StatusInternalServerError, Code: code(e), Message: e.Message, RequestID: requestID}
	if s, ok := statusOf[p.Code]; ok {
		p.Status = int32(s)
	} else if s, ok := statusOfKind[e.Kind]; ok {
		p.Status = int32(s)
	}
	p.Fields = convert(e.Fields, fieldProblem)
	return p
}

func code(e *chat.Error) openapi.ErrorCode {
	if c, ok := errorCode[e.Code]; ok {
		return c
	}
	return openapi.ErrorCode(e.Code)
}

func fieldProblem(f chat.Field) openapi.FieldProblem {
	return openapi.FieldProblem{Path: f.Path, Message: f.Message}
}
