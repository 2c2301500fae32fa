package tagalong

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

// Error is what the server answered instead of success; with Status 0 there was no answer, and Err says why.
type Error struct {
	Status int
	// Code is stable, for programs; the contract lists all. Ours are "no_answer" and "bad_answer".
	Code    string
	Message string
	// RequestID names this very call in the server's log: quote it to support.
	RequestID string
	// Fields says what is wrong where, with code "invalid".
	Fields []FieldProblem
	// RetryAfter is how long the server asked to wait.
	RetryAfter time.Duration
	Err        error
}

func (e *Error) Error() string {
	text := "tagalong: " + e.Code
	if e.Status != 0 {
		text = fmt.Sprintf("tagalong: %d %s", e.Status, e.Code)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, f := range e.Fields {
		text += fmt.Sprintf(" [%s: %s]", f.Path, f.Message)
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// IsCode tells whether err is an [Error] with this code.
func IsCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func noAnswer(err error) *Error {
	return &Error{Code: "no_answer", Message: err.Error(), Err: err}
}

// readError believes a proxy in between nothing but its status.
func readError(resp *http.Response, body []byte) *Error {
	e := &Error{
		Status:     resp.StatusCode,
		Code:       "http_" + strconv.Itoa(resp.StatusCode),
		RequestID:  resp.Header.Get("X-Request-Id"),
		RetryAfter: retryAfter(resp.Header, time.Now()),
	}
	var problem api.Problem
	if json.Unmarshal(body, &problem) != nil || problem.Code == "" {
		return e
	}
	e.Code, e.Message, e.Fields = string(problem.Code), problem.Message, problem.Fields
	if problem.RequestID != "" {
		e.RequestID = problem.RequestID
	}
	return e
}
