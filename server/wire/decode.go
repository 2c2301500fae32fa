package wire

import (
	"encoding/json"
	"reflect"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Reasons why Decode refuses; both are part of the contract.
var (
	errBadJSON = &chat.Error{Kind: chat.KindMalformed, Code: "bad_json", Message: "The body is not valid JSON."}
	errUnknown = &chat.Error{Kind: chat.KindMalformed, Code: "unknown_field", Message: "The body has a field that is not known here."}
)

// maxDepth is how deep JSON may be nested; the contract's deepest schema needs ten.
const maxDepth = 32

// Decode reads JSON into a type of the contract, and takes nothing that encoding/json would quietly repair: unknown fields, keys in
// another case, a key twice, null, anything after the end, invalid UTF-8, lone surrogates, NUL, or more than 32 levels.
//
// It checks the shape that the type gives: kinds, integers and their range, enums, required fields. Lengths and meaning are the
// domain's to check. The error is a *chat.Error: bad_json, unknown_field, or invalid with the paths of all that is wrong.
func Decode(data []byte, into any) error {
	if _, err := check(data, shapeOf(reflect.TypeOf(into).Elem())); err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return errBadJSON // a check that is weaker than encoding/json: the fuzz test looks for it
	}
	return nil
}

// check scans data once against the shape.
func check(data []byte, s *shape) (fieldSet, error) {
	c := newScanner(data)
	defer c.release()
	return c.check(s)
}

// check gives which of the outermost object's fields are there.
func (c *scanner) check(s *shape) (fieldSet, error) {
	seen, err := c.document(s)
	switch {
	case err != nil:
		return 0, err
	case c.unknown != nil:
		return 0, errUnknown.With(c.unknown...)
	case c.wrong != nil:
		return 0, chat.ErrInvalid.With(c.wrong...)
	}
	return seen, nil
}
