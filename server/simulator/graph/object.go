package graph

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// object is a JSON object whose shape depends on what it says it is. Meta's
// bodies are unions many layers deep; reading them key by key lets each refusal
// name the key.
type object = map[string]any

func text(o object, key string) string {
	s, _ := o[key].(string) // absent or of another type: empty, as Meta treats it
	return s
}

func child(o object, key string) object {
	c, _ := o[key].(object)
	return c
}

func list(o object, key string) []any {
	l, _ := o[key].([]any)
	return l
}

// objects are the elements of a list that are objects; others become empty ones,
// so that a refusal still counts them.
func objects(o object, key string) []object {
	all := []object{}
	for _, e := range list(o, key) {
		c, _ := e.(object)
		all = append(all, c)
	}
	return all
}

func has(o object, key string) bool {
	v, ok := o[key]
	return ok && v != nil
}

// number reads a JSON number, or a string of digits: Meta takes both for most
// ids and indexes.
func number(o object, key string) (float64, bool) {
	switch v := o[key].(type) {
	case float64:
		return v, true
	case string:
		var f float64
		if json.Unmarshal([]byte(v), &f) == nil {
			return f, true
		}
	}
	return 0, false
}

func length(s string) int { return utf8.RuneCountInString(s) }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// clone copies JSON, so that what one keeps cannot change under another.
func clone(o object) object {
	if o == nil {
		return nil
	}
	raw, err := json.Marshal(o)
	if err != nil {
		panic("graph: " + err.Error()) // it was JSON before
	}
	var c object
	if err := json.Unmarshal(raw, &c); err != nil {
		panic("graph: " + err.Error())
	}
	return c
}
