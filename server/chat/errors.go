package chat

import (
	"errors"
	"time"
)

// Kind tells a door what to do with an error: which status, which close code, whether to try again.
type Kind uint8

// Kinds of Error.
const (
	KindInternal     Kind = iota // a fault of ours; logged, never shown
	KindInvalid                  // the request is wrong; sending it again will not help (422, or 400 for its form)
	KindMalformed                // the request's form is wrong (400)
	KindUnauthorized             // no valid credential (401, 4001)
	KindForbidden                // a valid credential without the right (403, 4003)
	KindNotFound                 // unknown, foreign and forbidden objects alike (404)
	KindConflict                 // the state does not allow it (409)
	KindGone                     // was there, is over (410)
	KindTooLarge                 // 413
	KindUnsupported              // 415
	KindRateLimited              // 429 with RetryAfter
	KindUnavailable              // try again (503)
	KindStoreFull                // no room on the disk; reads go on (507)
)

// Error is an error that a caller can act on. Message is for people and holds neither internals nor the caller's input.
type Error struct {
	Kind       Kind
	Code       string // stable, lower_snake_case, listed in the contract
	Message    string
	Fields     []Field
	RetryAfter time.Duration
}

// Field names one wrong value of a request by its path, such as "order.lines[2].quantity".
type Field struct {
	Path    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Is makes errors.Is compare codes, so that a sentinel matches its copies with fields.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// With gives a copy of e that names the wrong fields.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

// After gives a copy of e that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

func fail(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Errors that more than one room returns. Their codes are part of the contract.
var (
	ErrNotFound          = fail(KindNotFound, "not_found", "There is no such object.")
	ErrInvalid           = fail(KindInvalid, "invalid", "Some values are not valid.")
	ErrBadText           = fail(KindInvalid, "bad_text", "The message is empty.")
	ErrTooLong           = fail(KindInvalid, "too_long", "The text is too long.")
	ErrBadAttachment     = fail(KindInvalid, "bad_attachment", "The attachment is not there, or is not yours to send here.")
	ErrBadCursor         = fail(KindMalformed, "bad_cursor", "The cursor is not valid.")
	ErrBadQuery          = fail(KindMalformed, "bad_query", "A query parameter is not valid.")
	ErrIDConflict        = fail(KindConflict, "id_conflict", "This client_id was used before with another body.")
	ErrConflict          = fail(KindConflict, "conflict", "The object has changed meanwhile.")
	ErrChannelOff        = fail(KindConflict, "channel_off", "The shop has no such channel, or it can't be used now.")
	ErrCannotSend        = fail(KindConflict, "cannot_send", "The message can't be sent there now.")
	ErrTemplateRefused   = fail(KindConflict, "template_refused", "The provider does not accept this template now.")
	ErrTemplateParams    = fail(KindInvalid, "template_params", "The template's places are not filled rightly.")
	ErrBadAddress        = fail(KindInvalid, "bad_address", "This is no phone number or e-mail address that can be written to.")
	ErrProvider          = fail(KindConflict, "provider_refused", "The channel's provider has refused this.")
	ErrConversationOver  = fail(KindConflict, "conversation_closed", "The conversation was closed too long ago; start a new one.")
	ErrUnauthenticated   = fail(KindUnauthorized, "unauthenticated", "A valid credential is needed.")
	ErrInvalidToken      = fail(KindUnauthorized, "invalid_token", "The token is not valid.")
	ErrTokenWrongShop    = fail(KindUnauthorized, "token_wrong_shop", "The token belongs to another shop.")
	ErrIdentity          = fail(KindForbidden, "identity_unverified", "The identity could not be verified.")
	ErrForbidden         = fail(KindForbidden, "forbidden", "The role does not allow this.")
	ErrInsufficientScope = fail(KindForbidden, "insufficient_scope", "The plugin key lacks the scope for this.")
	ErrGone              = fail(KindGone, "gone", "The link was used or has expired.")
	ErrIdempotency       = fail(KindInvalid, "idempotency_mismatch", "This Idempotency-Key was used with another request.")
	ErrRateLimited       = fail(KindRateLimited, "rate_limited", "Too many requests; slow down.")
	ErrTryAgain          = fail(KindUnavailable, "try_again", "The server cannot do this right now; try again.")
	ErrStoreFull         = fail(KindStoreFull, "store_full", "The server has no room left; reading still works.")
	ErrFileType          = fail(KindUnsupported, "unsupported_media_type", "Files of this type are not accepted.")
	ErrTooLarge          = fail(KindTooLarge, "too_large", "The body is too large.")
	ErrBadConnect        = fail(KindMalformed, "bad_connect", "The plugin's request to connect is not valid.")
	ErrBadGrant          = fail(KindMalformed, "bad_grant", "The code is not valid, or is over.")
	ErrURL               = fail(KindInvalid, "url_not_allowed", "This address may not be posted to.")
	ErrImageTooLarge     = fail(KindInvalid, "image_too_large", "The image has too many pixels.")
)

// AsError finds the Error in err, if there is one.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
