package widget

import (
	"fmt"
	"math"
	"strconv"
)

const defaultColor = "#1f5f54"

type rgb [3]float64

var (
	white = rgb{255, 255, 255}
	ink   = rgb{33, 28, 21}
)

// ground is the shop's colour as the ground of the launcher and the ink that can be read on it (WCAG 2.2:
// 4.5:1). It is worked out here, once, so that the loader need not carry the sums; shared/contrast.ts does
// the same for the panel.
func ground(color string) [2]string {
	c, ok := parseColor(color)
	if !ok {
		c, _ = parseColor(defaultColor)
	}
	if ratio(c, white) >= 4.5 {
		return [2]string{c.hex(), white.hex()}
	}
	if ratio(c, ink) >= 4.5 {
		return [2]string{c.hex(), ink.hex()}
	}
	dark := c
	for part := 0.0; part < 1 && ratio(dark, white) < 4.5; part += 0.04 {
		dark = rgb{math.Round(c[0] * (1 - part)), math.Round(c[1] * (1 - part)), math.Round(c[2] * (1 - part))}
	}
	return [2]string{dark.hex(), white.hex()}
}

func parseColor(s string) (rgb, bool) {
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

func (c rgb) hex() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

func (c rgb) luminance() float64 {
	var l [3]float64
	for i, v := range c {
		v /= 255
		if v <= 0.04045 {
			l[i] = v / 12.92
		} else {
			l[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

func ratio(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
