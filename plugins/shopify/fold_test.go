package shopify_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
)

// folded is what Tagalong makes of events, in whatever order they came: of each object the snapshots and deletions count by
// (version, occurred_at), newer patches are laid over, and the scans of a parcel are united.
func folded(t *testing.T, events map[string]tagalong.Event) map[string]string {
	t.Helper()
	byObject := map[string][]tagalong.Event{}
	for _, e := range events {
		name, _ := object(t, e)
		byObject[name] = append(byObject[name], e)
	}
	state := map[string]string{}
	for name, list := range byObject {
		slices.SortFunc(list, compare)
		var now map[string]any
		for _, e := range list {
			_, body := object(t, e)
			switch {
			case body == nil:
				now = nil
			case e.Mode != "patch":
				now = body
			default:
				now = patched(now, body, e.Clear)
			}
		}
		raw, err := json.Marshal(now)
		if err != nil {
			t.Fatal(err)
		}
		state[name] = string(raw)
	}
	return state
}

func compare(a, b tagalong.Event) int {
	switch {
	case a.Version != b.Version:
		return int(a.Version - b.Version)
	case a.OccurredAt != b.OccurredAt:
		return strings.Compare(a.OccurredAt, b.OccurredAt)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return strings.Compare(string(x), string(y))
}

// object is the event's, without what differs between two tellings of one state.
func object(t *testing.T, e tagalong.Event) (name string, body map[string]any) {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	noun, _, _ := strings.Cut(string(e.Type), ".")
	if e.ExternalID != "" {
		return noun + " " + e.ExternalID, nil
	}
	body, ok := all[noun].(map[string]any)
	if !ok {
		t.Fatalf("event %s has no %s", e.ID, noun)
	}
	id, _ := body["external_id"].(string)
	return noun + " " + id, body
}

func patched(base, patch map[string]any, clear []string) map[string]any {
	next := maps.Clone(base)
	if next == nil {
		next = map[string]any{}
	}
	for name, value := range patch {
		if name == "events" {
			value = union(next["events"], value)
		}
		inner, isObject := value.(map[string]any)
		if old, ok := next[name].(map[string]any); ok && isObject {
			value = patched(old, inner, nil)
		}
		next[name] = value
	}
	for _, name := range clear {
		outer, inner, dotted := strings.Cut(name, ".")
		if !dotted {
			delete(next, outer)
		} else if in, ok := next[outer].(map[string]any); ok {
			in = maps.Clone(in)
			delete(in, inner)
			next[outer] = in
		}
	}
	return next
}

func union(a, b any) any {
	byID := map[string]any{}
	for _, list := range []any{a, b} {
		items, _ := list.([]any)
		for _, item := range items {
			one, _ := item.(map[string]any)
			id, _ := one["id"].(string)
			byID[id] = item
		}
	}
	var all []any
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, byID[id])
	}
	return all
}
