package picture

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// canvas collects SVG. Definitions and drawing are kept apart, because a
// gradient must be able to appear while a shape is being drawn.
type canvas struct {
	defs, body strings.Builder
	ids        int
	rand       *rand.Rand
}

func newCanvas(seed string) *canvas {
	var h uint64 = 1469598103934665603 // FNV-1a, so that a piece keeps its speckles
	for _, b := range []byte(seed) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	c := &canvas{rand: rand.New(rand.NewPCG(h, 7))} //nolint:gosec // speckles are not a secret
	c.def(`<filter id="soft" x="-60%%" y="-60%%" width="220%%" height="220%%"><feGaussianBlur stdDeviation="9"/></filter>`)
	c.def(`<filter id="softer" x="-60%%" y="-120%%" width="220%%" height="340%%"><feGaussianBlur stdDeviation="22"/></filter>`)
	return c
}

func (c *canvas) id() string {
	c.ids++
	return fmt.Sprintf("d%d", c.ids)
}

func (c *canvas) def(format string, args ...any) { fmt.Fprintf(&c.defs, format, args...) }
func (c *canvas) add(format string, args ...any) { fmt.Fprintf(&c.body, format, args...) }

func (c *canvas) group(x, y, scale float64, draw func()) {
	c.add(`<g transform="translate(%.1f %.1f) scale(%.3f)">`, x, y, scale)
	draw()
	c.add(`</g>`)
}

func (c *canvas) ellipse(x, y, rx, ry float64, fill string, extra ...string) {
	c.add(`<ellipse cx="%.1f" cy="%.1f" rx="%.1f" ry="%.1f" fill="%s" %s/>`, x, y, rx, ry, fill, strings.Join(extra, " "))
}

func (c *canvas) path(d, fill string, extra ...string) {
	c.add(`<path d="%s" fill="%s" %s/>`, d, fill, strings.Join(extra, " "))
}

func (c *canvas) line(d string, width float64, stroke string, extra ...string) {
	c.add(`<path d="%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-linecap="round" stroke-linejoin="round" %s/>`,
		d, stroke, width, strings.Join(extra, " "))
}

// round is the light on a turned body of radius r: from the left, with a core
// shadow on the right and a little light thrown back by the table.
func (c *canvas) round(r float64, base rgb) string {
	id := c.id()
	c.def(`<linearGradient id="%s" gradientUnits="userSpaceOnUse" x1="%.1f" x2="%.1f" y1="0" y2="0">`, id, -r, r)
	for _, stop := range []struct {
		at     float64
		colour rgb
	}{
		{0, base.dark(.20)},
		{.16, base.dark(.03)},
		{.33, base.light(.30)},
		{.52, base},
		{.76, base.dark(.24)},
		{.93, base.dark(.44)},
		{1, base.dark(.34)},
	} {
		c.def(`<stop offset="%.2f" stop-color="%s"/>`, stop.at, stop.colour)
	}
	c.def(`</linearGradient>`)
	return "url(#" + id + ")"
}

// fade is a vertical gradient between two colours.
func (c *canvas) fade(y1, y2 float64, from, to rgb, fromOpacity, toOpacity float64) string {
	id := c.id()
	c.def(`<linearGradient id="%s" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="%.1f" y2="%.1f">`+
		`<stop offset="0" stop-color="%s" stop-opacity="%.2f"/><stop offset="1" stop-color="%s" stop-opacity="%.2f"/></linearGradient>`,
		id, y1, y2, from, fromOpacity, to, toOpacity)
	return "url(#" + id + ")"
}

func (c *canvas) document(width, height int) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`, width, height, width, height)
	out.WriteString("<defs>" + c.defs.String() + "</defs>")
	out.WriteString(c.body.String())
	out.WriteString("</svg>")
	return []byte(out.String())
}
