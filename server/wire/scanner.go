package wire

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// scanner walks JSON text and compares it with a shape. It stops at the first fault of form and gathers faults of content.
type scanner struct {
	data    []byte
	at      int
	depth   int
	path    []step
	unknown []chat.Field
	wrong   []chat.Field
	spans   spans // where the values of the outermost object's fields are
	inside  bool  // of the outermost object
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner takes a scanner from the pool; release gives it back.
func newScanner(data []byte) *scanner {
	c := scanners.Get().(*scanner)
	*c = scanner{data: data, path: c.path[:0]}
	return c
}

func (c *scanner) release() {
	c.data, c.unknown, c.wrong = nil, nil, nil
	scanners.Put(c)
}

// span is a part of the data.
type span struct{ start, end int }

// spans has a span for each field of an object.
type spans [maxFields]span

// step is one part of a path: a name or, where it is empty, an index.
type step struct {
	name  string
	index int
}

const maxFaults = 20

func (c *scanner) document(s *shape) (fieldSet, error) {
	if !utf8.Valid(c.data) {
		return 0, errBadJSON
	}
	c.space()
	var seen fieldSet
	var err error
	if s.kind == object && c.peek() == '{' {
		seen, err = c.object(s)
	} else {
		err = c.value(s)
	}
	if err != nil {
		return 0, err
	}
	if c.space(); c.at != len(c.data) {
		return 0, errBadJSON
	}
	return seen, nil
}

func (c *scanner) peek() byte {
	if c.at < len(c.data) {
		return c.data[c.at]
	}
	return 0
}

func (c *scanner) space() {
	for c.at < len(c.data) {
		switch c.data[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

var anyShape = &shape{kind: anything}

// value scans one value. One of another kind than wanted is noted, and scanned all the same.
func (c *scanner) value(s *shape) error {
	switch b := c.peek(); {
	case b == '{':
		if s.kind == mapping || s.kind == anything {
			return c.mapping(s)
		}
		if s.kind != object {
			c.mismatch(s)
			return c.mapping(anyShape)
		}
		_, err := c.object(s)
		return err
	case b == '[':
		if s.kind != list && s.kind != anything {
			c.mismatch(s)
			s = anyShape
		}
		return c.list(s)
	case b == '"':
		return c.text(s)
	case b == '-' || b >= '0' && b <= '9':
		return c.number(s)
	case b == 't':
		return c.literal("true", s, s.kind == flag)
	case b == 'f':
		return c.literal("false", s, s.kind == flag)
	case b == 'n':
		return c.literal("null", s, s.nullable)
	}
	return errBadJSON
}

func (c *scanner) literal(word string, s *shape, fits bool) error {
	if !strings.HasPrefix(string(c.data[c.at:min(len(c.data), c.at+len(word))]), word) {
		return errBadJSON
	}
	c.at += len(word)
	if !fits && s.kind != anything {
		c.mismatch(s)
	}
	return nil
}

func (c *scanner) enter() error {
	c.at++
	if c.depth++; c.depth > maxDepth {
		return errBadJSON
	}
	c.space()
	return nil
}

// next steps to the following member, or out of the list or object; more tells which.
func (c *scanner) next(end byte) (more bool, err error) {
	c.space()
	switch c.peek() {
	case ',':
		c.at++
		c.space()
		return true, nil
	case end:
		c.at++
		c.depth--
		return false, nil
	}
	return false, errBadJSON
}

func (c *scanner) object(s *shape) (seen fieldSet, err error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	outermost := !c.inside
	c.inside = true
	var strange map[string]bool // unknown names, to find them twice
	for more := !c.empty('}'); more; {
		name, err := c.name()
		if err != nil {
			return 0, err
		}
		i, known := s.index[string(name)]
		switch {
		case known && seen.has(i), !known && strange[string(name)]:
			return 0, errBadJSON // a key twice: parsers disagree on which one counts
		case known:
			seen |= 1 << i
			c.path = append(c.path, step{name: s.fields[i].name})
			start := c.at
			err = c.value(s.fields[i].shape)
			if outermost {
				c.spans[i] = span{start, c.at}
			}
		default:
			if strange == nil {
				strange = map[string]bool{}
			}
			strange[string(name)] = true
			c.path = append(c.path, step{name: harmless(name)})
			c.unknown = c.fault(c.unknown, "is not known here")
			err = c.value(anyShape)
		}
		c.path = c.path[:len(c.path)-1]
		if err != nil {
			return 0, err
		}
		if more, err = c.next('}'); err != nil {
			return 0, err
		}
	}
	c.missing(s, seen)
	return seen, nil
}

// empty steps out of a list or object that has nothing in it.
func (c *scanner) empty(end byte) bool {
	if c.peek() != end {
		return false
	}
	c.at++
	c.depth--
	return true
}

func (c *scanner) missing(s *shape, seen fieldSet) {
	if s.required&^seen == 0 {
		return
	}
	for i, f := range s.fields {
		if s.required.has(i) && !seen.has(i) {
			c.path = append(c.path, step{name: f.name})
			c.wrong = c.fault(c.wrong, "is missing")
			c.path = c.path[:len(c.path)-1]
		}
	}
}

func (c *scanner) mapping(s *shape) error {
	if err := c.enter(); err != nil {
		return err
	}
	elem := anyShape
	if s.kind == mapping {
		elem = s.elem
	}
	seen := map[string]bool{}
	for more := !c.empty('}'); more; {
		name, err := c.name()
		if err != nil {
			return err
		}
		if seen[string(name)] {
			return errBadJSON
		}
		seen[string(name)] = true
		c.path = append(c.path, step{name: harmless(name)})
		err = c.value(elem)
		c.path = c.path[:len(c.path)-1]
		if err != nil {
			return err
		}
		if more, err = c.next('}'); err != nil {
			return err
		}
	}
	return nil
}

func (c *scanner) list(s *shape) error {
	if err := c.enter(); err != nil {
		return err
	}
	elem := anyShape
	if s.kind == list {
		elem = s.elem
	}
	c.path = append(c.path, step{})
	for more := !c.empty(']'); more; {
		if err := c.value(elem); err != nil {
			return err
		}
		var err error
		if more, err = c.next(']'); err != nil {
			return err
		}
		c.path[len(c.path)-1].index++
	}
	c.path = c.path[:len(c.path)-1]
	return nil
}

// name scans a key and the colon after it.
func (c *scanner) name() ([]byte, error) {
	if c.peek() != '"' {
		return nil, errBadJSON
	}
	name, err := c.str()
	if err != nil {
		return nil, err
	}
	if c.space(); c.peek() != ':' {
		return nil, errBadJSON
	}
	c.at++
	c.space()
	return name, nil
}

func (c *scanner) text(s *shape) error {
	v, err := c.str()
	switch {
	case err != nil:
		return err
	case s.kind != text && s.kind != anything:
		c.mismatch(s)
	case s.enum != nil && !s.enum.has(v):
		c.wrong = c.fault(c.wrong, "is none of the values that are known")
	}
	return nil
}

// str scans a string and gives its content. Without escapes it is a part of the data.
func (c *scanner) str() ([]byte, error) {
	start := c.at
	escaped := false
	for c.at++; c.at < len(c.data); c.at++ {
		switch b := c.data[c.at]; {
		case b == '"':
			c.at++
			if !escaped {
				return c.data[start+1 : c.at-1], nil
			}
			var s string
			if json.Unmarshal(c.data[start:c.at], &s) != nil {
				return nil, errBadJSON
			}
			return []byte(s), nil
		case b < ' ':
			return nil, errBadJSON
		case b == '\\':
			escaped = true
			if !c.escape() {
				return nil, errBadJSON
			}
		}
	}
	return nil, errBadJSON
}

// escape scans the escape at c.at and stops at its last byte. NUL and lone surrogates are refused: no text needs them, and not
// every store and reader can hold them.
func (c *scanner) escape() bool {
	c.at++
	switch c.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
	default:
		return false
	}
	r, ok := c.hex(c.at + 1)
	if !ok || r == 0 || r >= 0xdc00 && r <= 0xdfff {
		return false
	}
	c.at += 4
	if r < 0xd800 || r > 0xdbff {
		return true
	}
	if c.at+2 >= len(c.data) || c.data[c.at+1] != '\\' || c.data[c.at+2] != 'u' {
		return false
	}
	low, ok := c.hex(c.at + 3)
	if !ok || low < 0xdc00 || low > 0xdfff {
		return false
	}
	c.at += 6
	return true
}

func (c *scanner) hex(at int) (rune, bool) {
	if at+4 > len(c.data) {
		return 0, false
	}
	var r rune
	for _, b := range c.data[at : at+4] {
		switch {
		case b >= '0' && b <= '9':
			r = r<<4 | rune(b-'0')
		case b|0x20 >= 'a' && b|0x20 <= 'f':
			r = r<<4 | rune(b|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (c *scanner) number(s *shape) error {
	start := c.at
	whole, ok := c.numeral()
	if !ok {
		return errBadJSON
	}
	switch s.kind {
	case anything:
	case number:
		if _, err := strconv.ParseFloat(string(c.data[start:c.at]), 64); err != nil {
			c.wrong = c.fault(c.wrong, "is out of range")
		}
	case integer:
		if !whole {
			c.mismatch(s)
		} else if _, err := strconv.ParseInt(string(c.data[start:c.at]), 10, s.bits); err != nil {
			c.wrong = c.fault(c.wrong, "is out of range")
		}
	default:
		c.mismatch(s)
	}
	return nil
}

// numeral scans a number by the grammar of JSON; whole tells that it has neither fraction nor exponent.
func (c *scanner) numeral() (whole, ok bool) {
	if c.peek() == '-' {
		c.at++
	}
	switch b := c.peek(); {
	case b == '0':
		c.at++
	case b >= '1' && b <= '9':
		c.digits()
	default:
		return false, false
	}
	whole = true
	if c.peek() == '.' {
		whole = false
		c.at++
		if !c.digits() {
			return false, false
		}
	}
	if c.peek()|0x20 == 'e' {
		whole = false
		c.at++
		if b := c.peek(); b == '+' || b == '-' {
			c.at++
		}
		if !c.digits() {
			return false, false
		}
	}
	return whole, true
}

func (c *scanner) digits() bool {
	start := c.at
	for b := c.peek(); b >= '0' && b <= '9'; b = c.peek() {
		c.at++
	}
	return c.at > start
}

func (c *scanner) mismatch(s *shape) {
	c.wrong = c.fault(c.wrong, "must be "+s.kind.String())
}

func (c *scanner) fault(to []chat.Field, message string) []chat.Field {
	if len(to) >= maxFaults {
		return to
	}
	return append(to, chat.Field{Path: c.where(), Message: message})
}

func (c *scanner) where() string {
	var b strings.Builder
	for _, s := range c.path {
		if s.name == "" {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}

// harmless gives a name that a stranger chose in a form that may be shown back to them: an answer is no place for their text.
func harmless(name []byte) string {
	if len(name) == 0 || len(name) > 40 {
		return "?"
	}
	for _, b := range name {
		if (b|0x20 < 'a' || b|0x20 > 'z') && (b < '0' || b > '9') && b != '_' && b != '-' {
			return "?"
		}
	}
	return string(name)
}
