package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// fixture reads one of the bodies that Meta documents, with its placeholders
// filled.
func fixture(t *testing.T, name string, fill ...string) object {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".json")
	must(t, err)
	var o object
	must(t, json.Unmarshal([]byte(strings.NewReplacer(fill...).Replace(string(raw))), &o))
	return o
}

// shape lists the paths of a JSON value with the types of what is there. Lists
// are taken for what they hold.
func shape(v any) []string {
	paths := map[string]bool{}
	var walk func(string, any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case object:
			for key, inner := range v {
				walk(path+"."+key, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path+"[]", inner)
			}
		default:
			paths[fmt.Sprintf("%s %T", path, v)] = true
		}
	}
	walk("", v)
	return slices.Sorted(maps.Keys(paths))
}

// covers checks that a body has everything that Meta's has, with the same types.
// What it may have beside is named: Meta adds keys too.
func covers(t *testing.T, got, want any, except ...string) {
	t.Helper()
	have := shape(got)
	for _, path := range shape(want) {
		optional := slices.ContainsFunc(except, func(part string) bool { return strings.Contains(path, part) })
		if !optional && !slices.Contains(have, path) {
			t.Errorf("no %s in\n%s", path, strings.Join(have, "\n"))
		}
	}
}

func toJSON(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	var out any
	must(t, json.Unmarshal(raw, &out))
	return out
}
