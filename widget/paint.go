package widget

import (
	"fmt"
	"math"
	"strconv"
)

// From the shop's one colour to a set that can be read: WCAG 2.2 asks for 4.5:1 between text and its ground. A colour that
// misses is moved towards black or white in small steps until it fits, so that it stays recognisably the shop's. It is worked
// out here, once a configuration, so that neither the loader nor the panel carries the sums.

const defaultColor = "#1f5f54"

type rgb [3]float64

var (
	white = rgb{255, 255, 255}
	black = rgb{}
	ink   = rgb{33, 28, 21}

	// --tg-paper of the two themes in src/tokens.css.
	lightPaper = rgb{251, 249, 245}
	darkPaper  = rgb{26, 24, 21}
)

// paint is what the panel makes of the shop's colour, in one theme.
type paint struct {
	Brand     string `json:"brand"`
	OnBrand   string `json:"on"`
	BrandText string `json:"text"` // the colour as text and focus ring, on paper and on its tint
	BrandSoft string `json:"soft"` // a tint of the paper
}

func panelPaint(color string, paper rgb) paint {
	c := parseOrDefault(color)
	dark := paper == darkPaper
	away, part := black, 0.09
	// On dark paper a very dark colour would be a hole, on light paper a very light one a blank.
	seen := c.until(paper, black, 1.25)
	if dark {
		away, part = white, 0.16
		seen = c.until(paper, white, 1.6)
	}
	back, front := seen.ground()
	soft := paper.mix(c, part)
	return paint{
		Brand: back.hex(), OnBrand: front.hex(), BrandSoft: soft.hex(),
		// The tint may be the harder ground of the two.
		BrandText: c.until(paper, away, 4.5).until(soft, away, 4.5).hex(),
	}
}

// launcherPaint is the launcher's ground and the ink that can be read on it.
func launcherPaint(color string) [2]string {
	back, front := parseOrDefault(color).ground()
	return [2]string{back.hex(), front.hex()}
}

// ground is the colour as a ground and an ink for it.
func (c rgb) ground() (back, front rgb) {
	if ratio(c, white) >= 4.5 {
		return c, white
	}
	if ratio(c, ink) >= 4.5 {
		return c, ink
	}
	return c.until(white, black, 4.5), white
}

// until moves the colour towards another one until it stands out from a ground.
func (c rgb) until(ground, towards rgb, want float64) rgb {
	for part := 0.0; part < 1; part += 0.04 {
		if moved := c.mix(towards, part); ratio(moved, ground) >= want {
			return moved
		}
	}
	return towards
}

func (c rgb) mix(with rgb, part float64) rgb {
	for i := range c {
		c[i] = math.Round(c[i] + (with[i]-c[i])*part)
	}
	return c
}

func parseOrDefault(s string) rgb {
	if c, ok := parseColor(s); ok {
		return c
	}
	c, _ := parseColor(defaultColor)
	return c
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
