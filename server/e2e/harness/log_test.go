package harness_test

import (
	"errors"
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

func entries(ids ...string) []harness.Entry {
	var log []harness.Entry
	for i, id := range ids {
		e := harness.Entry{Seq: int64(i + 1), Kind: "message", ClientID: id}
		e.Message.Text = "text of " + id
		log = append(log, e)
	}
	return log
}

// The checks decide whether the other tests mean anything, so that each must see what it is for.
func TestChecksSeeWhatTheyAreFor(t *testing.T) {
	log := entries("a", "b", "c", "d")
	renumbered := entries("a", "b", "c")
	renumbered[2].Seq = 4
	changed := entries("a", "b", "c", "d")
	changed[1].Message.Text = "another text"
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"a log as it was acknowledged", harness.CheckLog(log, map[string]int64{"a": 1, "d": 4}), false},
		{"a log with a hole", harness.CheckLog(renumbered, nil), true},
		{"a message twice", harness.CheckLog(entries("a", "b", "a"), nil), true},
		{"an acknowledged message that is not there", harness.CheckLog(log, map[string]int64{"e": 5}), true},
		{"an acknowledged message in another place", harness.CheckLog(log, map[string]int64{"a": 2}), true},
		{"nothing seen", harness.CheckSeen(log, nil), false},
		{"all seen", harness.CheckSeen(log, log), false},
		{"a part seen", harness.CheckSeen(log, log[1:3]), false},
		{"one missed", harness.CheckSeen(log, append(entries("a"), log[2:]...)), true},
		{"one seen twice", harness.CheckSeen(log, append(entries("a", "b"), log[1:]...)), true},
		{"another text seen", harness.CheckSeen(log, changed), true},
		{"more seen than is stored", harness.CheckSeen(log[:3], log), true},
	} {
		if got := c.err != nil; got != c.want {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if err := harness.CheckLog(log, map[string]int64{"e": 5}); !errors.Is(err, harness.ErrLost) {
		t.Errorf("a loss is not called one: %v", err)
	}
}
