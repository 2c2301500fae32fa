package rest

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"
)

func TestACodesPathCoversItsDarkModulesAndNoOther(t *testing.T) {
	for _, link := range []string{"x", "https://wa.me/15550783881?text=" + strings.Repeat("Hallo%20", 40) + "K7Q-4MXP"} {
		got, err := drawn(link)
		if err != nil {
			t.Fatal(err)
		}
		want, err := qr.Encode(link, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		dark := map[[2]int]bool{}
		for part := range strings.SplitAfterSeq(got.Path, "z") {
			if part == "" {
				continue
			}
			var x, y, run, back int
			if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%dz", &x, &y, &run, &back); err != nil || run != back {
				t.Fatalf("%q: %v", part, err)
			}
			for i := range run {
				dark[[2]int{x + i, y}] = true
			}
		}
		for y := range want.Size {
			for x := range want.Size {
				if dark[[2]int{x, y}] != want.Black(x, y) {
					t.Fatalf("module %d %d of %d differs", x, y, want.Size)
				}
			}
		}
		if int(got.Size) != want.Size {
			t.Errorf("size %d, want %d", got.Size, want.Size)
		}
	}
	if _, err := drawn(strings.Repeat("x", 5000)); err == nil {
		t.Error("a link that no code can hold was drawn")
	}
}
