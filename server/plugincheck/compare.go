package plugincheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// ignored are the paths of an event that say who sent it; they change with each release.
var ignored = []string{"source.plugin", "source.platform_version"}

// maxDifferences is how many of one object are told.
const maxDifferences = 5

// differences of two JSON values, by path. Numbers are compared digit by digit: no float comes near them.
func differences(got, want json.RawMessage) []string {
	a, errA := decode(got)
	b, errB := decode(want)
	if errA != nil || errB != nil {
		if bytes.Equal(got, want) {
			return nil
		}
		return []string{fmt.Sprintf("got %s, want %s", brief(string(got)), brief(string(want)))}
	}
	var all []string
	compare("", a, b, &all)
	if len(all) > maxDifferences {
		all = append(all[:maxDifferences], fmt.Sprintf("and %d more", len(all)-maxDifferences))
	}
	return all
}

func decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func compare(path string, got, want any, all *[]string) {
	if slices.Contains(ignored, path) {
		return
	}
	if a, ok := got.(map[string]any); ok {
		if b, ok := want.(map[string]any); ok {
			compareObjects(path, a, b, all)
			return
		}
	}
	if a, ok := got.([]any); ok {
		if b, ok := want.([]any); ok && len(a) == len(b) {
			for i := range a {
				compare(fmt.Sprintf("%s[%d]", path, i), a[i], b[i], all)
			}
			return
		}
	}
	if g, w := show(got), show(want); g != w {
		*all = append(*all, fmt.Sprintf("%s is %s, want %s", path, brief(g), brief(w)))
	}
}

func compareObjects(path string, got, want map[string]any, all *[]string) {
	names := slices.Collect(maps.Keys(got))
	for name := range want {
		if _, both := got[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		below := name
		if path != "" {
			below = path + "." + name
		}
		a, hasA := got[name]
		b, hasB := want[name]
		switch {
		case slices.Contains(ignored, below):
		case !hasA:
			*all = append(*all, fmt.Sprintf("%s is missing, want %s", below, brief(show(b))))
		case !hasB:
			*all = append(*all, fmt.Sprintf("%s is %s, want none", below, brief(show(a))))
		default:
			compare(below, a, b, all)
		}
	}
}

func show(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func brief(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

func eventID(raw json.RawMessage) string {
	var named struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(raw, &named)
	return named.ID
}
