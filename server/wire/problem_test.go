package wire_test

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/wire"
)

// statuses reads the table of error codes in the document.
func statuses(t *testing.T) map[string]int32 {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]int32{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \| ([45]\d\d) \|`).FindAllStringSubmatch(doc.Info.Description, -1) {
		n, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		table[row[1]] = int32(n)
	}
	return table
}

func TestProblemsHaveTheStatusThatTheContractGivesTheirCode(t *testing.T) {
	table := statuses(t)
	all := []*chat.Error{
		chat.ErrNotFound, chat.ErrInvalid, chat.ErrBadText, chat.ErrTooLong, chat.ErrBadCursor, chat.ErrBadQuery, chat.ErrIDConflict,
		chat.ErrConflict, chat.ErrConversationOver, chat.ErrUnauthenticated, chat.ErrInvalidToken, chat.ErrTokenWrongShop, chat.ErrIdentity,
		chat.ErrForbidden, chat.ErrInsufficientScope, chat.ErrGone, chat.ErrIdempotency, chat.ErrRateLimited, chat.ErrTryAgain,
		chat.ErrStoreFull, chat.ErrBadAttachment, chat.ErrFileType, chat.ErrTooLarge, chat.ErrImageTooLarge, wire.ErrBadFrame,
		{Code: "method_not_allowed"},
		{Code: "misdirected"},
		{Code: "timeout"},
		{Code: "headers_too_large"},
		{Code: "internal"},
	}
	for _, e := range all {
		p := wire.Problem(fmt.Errorf("doing something: %w", e), "req_1")
		if !p.Code.Valid() || table[string(p.Code)] != p.Status {
			t.Errorf("%s goes out as %d %s, the table says %d", e.Code, p.Status, p.Code, table[string(p.Code)])
		}
		if p.Message != e.Message || p.RequestID != "req_1" {
			t.Errorf("%+v", p)
		}
	}
}

func TestAnErrorOfOursTellsNothing(t *testing.T) {
	p := wire.Problem(errors.New("pq: password of tagalong is hunter2"), "req_1")
	if p.Status != 500 || p.Code != openapi.ErrorCodeInternal || mustJSON(t, p) != `{"code":"internal","message":"Something went wrong on our side.","request_id":"req_1","status":500}` {
		t.Errorf("%s", mustJSON(t, p))
	}
	if f := wire.Refused(errors.New("secret"), "c", "v"); f.Code != openapi.ErrorCodeInternal || f.Message != p.Message {
		t.Errorf("%+v", f)
	}
}

func TestAProblemNamesTheFieldsAndARefusalTheWait(t *testing.T) {
	p := wire.Problem(chat.ErrInvalid.With(chat.Field{Path: "a.b", Message: "is wrong"}), "")
	if len(p.Fields) != 1 || p.Fields[0].Path != "a.b" {
		t.Errorf("%+v", p)
	}
	if f := wire.Refused(chat.ErrRateLimited.After(1500e6), "c", ""); f.RetryAfterMs != 1500 || f.Code != openapi.ErrorCodeRateLimited {
		t.Errorf("%+v", f)
	}
}
