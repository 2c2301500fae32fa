package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// shape is what the scanner knows of a Go type: the JSON that it takes.
type shape struct {
	kind     kind
	nullable bool
	bits     int            // of an integer
	enum     *enum          // of a text; nil: any
	elem     *shape         // of a list's items and a mapping's values
	index    map[string]int // of an object: name → place in fields
	fields   []field
	required fieldSet
}

type field struct {
	name  string
	shape *shape
}

type kind uint8

const (
	anything kind = iota
	object
	mapping
	list
	text
	integer
	number
	flag
)

func (k kind) String() string {
	return [...]string{"anything", "an object", "an object", "a list", "a string", "an integer", "a number", "true or false"}[k]
}

// maxFields is the most fields that one type of the contract may have.
const maxFields = 64

// fieldSet is a set of an object's fields, by their place.
type fieldSet uint64

func (s fieldSet) has(i int) bool { return s>>i&1 == 1 }

var shapes sync.Map // reflect.Type → *shape

// shapeOf gives the shape of a type of the contract. The contract has no recursive types.
func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s, _ := shapes.LoadOrStore(t, newShape(t))
	return s.(*shape)
}

type valuer interface{ Valid() bool }

var valuerType = reflect.TypeFor[valuer]()

func newShape(t reflect.Type) *shape {
	if t == reflect.TypeFor[json.RawMessage]() { // what is looked at later, by itself
		return &shape{kind: anything}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem())
	case reflect.Struct:
		return objectShape(t)
	case reflect.Slice:
		return &shape{kind: list, elem: shapeOf(t.Elem())}
	case reflect.Map:
		if t.Key().Kind() == reflect.Bool { // nullable.Nullable: a value, or null, or absent
			s := *shapeOf(t.Elem())
			s.nullable = true
			return &s
		}
		return &shape{kind: mapping, elem: shapeOf(t.Elem())}
	case reflect.String:
		return &shape{kind: text, enum: enumOf(t)}
	case reflect.Int, reflect.Int64:
		return &shape{kind: integer, bits: 64}
	case reflect.Int32:
		return &shape{kind: integer, bits: 32}
	case reflect.Float64, reflect.Float32:
		return &shape{kind: number}
	case reflect.Bool:
		return &shape{kind: flag}
	case reflect.Interface:
		return &shape{kind: anything}
	default:
		panic(fmt.Sprintf("wire: the contract has no type like %s", t))
	}
}

// enum tells the values of a generated enum from others. The generated Valid method is asked once for each valid value: asking it
// makes garbage, and there are few of them.
type enum struct {
	valid func(string) bool
	known atomic.Pointer[map[string]bool]
}

func enumOf(t reflect.Type) *enum {
	if !t.Implements(valuerType) {
		return nil
	}
	e := &enum{valid: func(s string) bool {
		v := reflect.New(t).Elem()
		v.SetString(s)
		return v.Interface().(valuer).Valid()
	}}
	e.known.Store(&map[string]bool{})
	return e
}

func (e *enum) has(value []byte) bool {
	known := e.known.Load()
	if (*known)[string(value)] {
		return true
	}
	s := string(value)
	if !e.valid(s) {
		return false
	}
	more := maps.Clone(*known)
	more[s] = true
	e.known.CompareAndSwap(known, &more) // who loses the race learns it next time
	return true
}

func objectShape(t reflect.Type) *shape {
	s := &shape{kind: object, index: map[string]int{}}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		i := len(s.fields)
		s.index[name] = i
		s.fields = append(s.fields, field{name, shapeOf(f.Type)})
		if !strings.Contains(options, "omitempty") {
			s.required |= 1 << i
		}
	}
	if len(s.fields) > maxFields {
		panic(fmt.Sprintf("wire: %s has more than %d fields", t, maxFields))
	}
	return s
}
