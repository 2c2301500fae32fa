package widget

import (
	"fmt"
	"testing"
)

func TestTheLauncherCanBeReadOnEveryColour(t *testing.T) {
	colors := []string{"#ffffff", "#000000", "#A8482A", "#ffff00", "#00ff00", "#777777", "#7f7f7f", "#ff8800", "", "red", "#12345", "#zzzzzz"}
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				colors = append(colors, fmt.Sprintf("#%02x%02x%02x", r, g, b))
			}
		}
	}
	for _, c := range colors {
		p := ground(c)
		back, ok := parseColor(p[0])
		front, ok2 := parseColor(p[1])
		if !ok || !ok2 {
			t.Fatalf("%q gave %v", c, p)
		}
		if got := ratio(back, front); got < 4.5 {
			t.Errorf("%q: %v has a contrast of %.2f", c, p, got)
		}
	}
}
