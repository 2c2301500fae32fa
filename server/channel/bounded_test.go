package channel

import (
	"fmt"
	"testing"
)

func TestABoundedMapForgetsWhatWasQuietForLongest(t *testing.T) {
	b := newBounded[string, *int](3)
	made := 0
	get := func(key string) int {
		return *b.at(key, func() *int { made++; n := made; return &n })
	}
	a := get("a")
	get("b")
	get("c")
	if get("a") != a {
		t.Error("a was made anew")
	}
	get("d") // b goes
	if get("a") != a || made != 4 {
		t.Errorf("a is %d, %d were made", get("a"), made)
	}
	if before := made; get("b") != before+1 {
		t.Error("b was not forgotten")
	}
	for i := range 1000 {
		get(fmt.Sprint(i))
	}
	if len(b.items) != 3 || b.order.Len() != 3 {
		t.Errorf("holds %d and %d", len(b.items), b.order.Len())
	}
}
