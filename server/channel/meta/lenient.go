package meta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// Meta writes one and the same thing as a string here and as a number there, and its apps add fields without notice. These types read
// what can be read; what is of another shape is as if it were not there, so that one strange field costs nothing but itself.

// word is a string that may come as a number.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	*w = ""
	switch {
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*w = word(s)
	case b[0] != '{' && b[0] != '[' && !bytes.Equal(b, []byte("null")):
		*w = word(b)
	}
	return nil
}

// ident is a word that names somebody or something. Empty, when it can be no name.
type ident string

const maxIdent = 300

func (i *ident) UnmarshalJSON(b []byte) error {
	var w word
	if err := w.UnmarshalJSON(b); err != nil {
		return err
	}
	*i = ident(strings.TrimSpace(string(w)))
	odd := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }
	if len(*i) > maxIdent || strings.IndexFunc(string(*i), odd) >= 0 {
		*i = ""
	}
	return nil
}

// stamp is a time: seconds or milliseconds since 1970, as a number or as a string, or in words.
type stamp chat.Millis

const (
	notSeconds = 100_000_000_000   // as seconds: the year 5138; as milliseconds: 1973
	tooLate    = 4_102_444_800_000 // 2100: no message is from then
)

func (s *stamp) UnmarshalJSON(b []byte) error {
	*s = 0
	text := strings.Trim(string(b), `"`)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		n = inWords(text)
	}
	if n > 0 && n < notSeconds {
		n *= 1000
	}
	if n > 0 && n < tooLate {
		*s = stamp(n)
	}
	return nil
}

func inWords(text string) int64 {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli()
		}
	}
	return 0
}

// list is an array whose elements are read one by one, so that a broken one costs nothing but itself.
type list []json.RawMessage

func (l *list) UnmarshalJSON(b []byte) error {
	*l = nil
	if b[0] != '[' {
		return nil
	}
	return json.Unmarshal(b, (*[]json.RawMessage)(l))
}

// decode reads what can be read into v. An error: it is no object at all.
func decode(raw json.RawMessage, v any) error {
	trimmed := bytes.TrimLeft(raw, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return errors.New("not an object")
	}
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, v); err != nil && !errors.As(err, &odd) {
		return fmt.Errorf("read JSON: %w", err)
	}
	return nil
}

// maxDepth of a webhook. Meta's deepest is below 20.
const maxDepth = 64

// tooDeep tells whether a text of JSON nests deeper than is sane. It looks at brackets outside of strings alone.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
