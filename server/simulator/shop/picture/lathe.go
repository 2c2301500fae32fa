package picture

import (
	"fmt"
	"math"
	"strings"
)

// ring is one height of a turned profile and the radius there.
type ring struct{ y, r float64 }

// body is a turned piece. Its axis is x = 0, its foot stands at y = 0 and
// heights are negative, so that a piece can be put anywhere by its foot.
type body struct {
	profile []ring  // from the rim down
	tilt    float64 // how much of a circle the camera sees: ry / rx
	dip     float64 // where the glaze ends, as a share of the height; 1 = to the foot
	open    bool    // the rim shows the inside
	matt    bool    // no highlight
	rings   int     // throwing rings
}

func (c *canvas) turn(b body, g Glaze) {
	widest := 0.0
	for _, p := range b.profile {
		widest = max(widest, p.r)
	}
	rim, foot := b.profile[0], b.profile[len(b.profile)-1]
	outline := b.outline()
	clip := c.id()
	c.def(`<clipPath id="%s"><path d="%s"/></clipPath>`, clip, outline)

	c.path(outline, c.round(widest, g.Clay))
	c.add(`<g clip-path="url(#%s)">`, clip)
	c.glaze(b, g, widest)
	for i := range b.rings {
		at := float64(i+1) / float64(b.rings+1)
		y := rim.y + (foot.y-rim.y)*at
		c.line(arc(y, b.radius(y), b.tilt), 2, "#fff", `opacity=".09"`)
		c.line(arc(y+3, b.radius(y), b.tilt), 2, "#2b1a10", `opacity=".06"`)
	}
	c.speckle(b, widest)
	c.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, -widest, rim.y-40, 2*widest, foot.y-rim.y+120,
		c.fade(rim.y, foot.y+30, rgb{40, 24, 16}, rgb{40, 24, 16}, 0, .22))
	if !b.matt {
		c.line(b.flank(-.56, .12, .72), widest*.085, "#fff", `opacity=".42" filter="url(#soft)"`)
		c.line(b.flank(-.60, .16, .40), widest*.03, "#fff", `opacity=".40" filter="url(#soft)"`)
	}
	c.add(`</g>`)
	if b.open {
		c.rim(rim, b.tilt, g)
	}
}

// glaze covers the body from the rim to the dip line, which runs a little
// uneven and is darker where the glaze has gathered.
func (c *canvas) glaze(b body, g Glaze, widest float64) {
	rim, foot := b.profile[0], b.profile[len(b.profile)-1]
	if b.dip >= 1 {
		c.path(b.outline(), c.round(widest, g.Base))
		return
	}
	y := rim.y + (foot.y-rim.y)*b.dip
	local := b.radius(y)
	var edge strings.Builder
	const steps = 14
	for i := range steps + 1 {
		x := widest * (1 - 2*float64(i)/steps)
		sag := b.tilt * math.Sqrt(max(local*local-x*x, 0)) * .9
		wobble := (c.rand.Float64() - .5) * local * .04
		fmt.Fprintf(&edge, " L%.1f %.1f", x, y+sag+wobble)
	}
	top := rim.y - widest
	c.path(fmt.Sprintf("M%.1f %.1f L%.1f %.1f%s Z", -widest, top, widest, top, edge.String()), c.round(widest, g.Base))
	line := "M" + strings.TrimPrefix(edge.String(), " L")
	c.line(line, widest*.035, g.Base.dark(.35).String(), `opacity=".55"`)
	c.line(line, widest*.012, "#fff", `opacity=".35" transform="translate(0 -5)"`)
}

// speckle is the iron in the clay coming through the glaze.
func (c *canvas) speckle(b body, widest float64) {
	rim, foot := b.profile[0], b.profile[len(b.profile)-1]
	area := widest * (foot.y - rim.y)
	for range int(area / 650) {
		around := (c.rand.Float64() - .5) * math.Pi
		y := rim.y + c.rand.Float64()*(foot.y-rim.y+b.tilt*widest)
		r := b.radius(y)
		size := 1 + c.rand.Float64()*c.rand.Float64()*3.2
		c.add(`<ellipse cx="%.1f" cy="%.1f" rx="%.1f" ry="%.1f" fill="#3a2418" opacity="%.2f"/>`,
			r*math.Sin(around), y, size*max(math.Cos(around), .25), size, .12+c.rand.Float64()*.3)
	}
}

func (c *canvas) rim(top ring, tilt float64, g Glaze) {
	rx, ry := top.r, top.r*tilt
	lip := max(top.r*.055, 5)
	c.ellipse(0, top.y, rx, ry, c.round(rx, g.Base.light(.12)))
	inner := c.id()
	c.def(`<linearGradient id="%s" x1="0" x2="1" y1="0" y2=".35"><stop offset="0" stop-color="%s"/><stop offset=".55" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>`,
		inner, g.Inner.dark(.55), g.Inner.dark(.30), g.Inner.dark(.04))
	c.ellipse(0, top.y+lip*.2, rx-lip, ry-lip*.7, "url(#"+inner+")")
	c.line(fmt.Sprintf("M%.1f %.1f A%.1f %.1f 0 0 0 %.1f %.1f", -rx*.86, top.y+ry*.50, rx, ry, rx*.10, top.y+ry*.985),
		max(lip*.28, 2), "#fff", `opacity=".6"`)
}

// outline is the silhouette: rim, right flank, foot, left flank.
func (b body) outline() string {
	rim, foot := b.profile[0], b.profile[len(b.profile)-1]
	right := curve(b.profile, 1)
	left := make([]ring, len(b.profile))
	for i, p := range b.profile {
		left[len(left)-1-i] = p
	}
	return fmt.Sprintf("M%.1f %.1f A%.1f %.1f 0 0 1 %.1f %.1f%s A%.1f %.1f 0 0 1 %.1f %.1f%s Z",
		-rim.r, rim.y, rim.r, rim.r*b.tilt, rim.r, rim.y, right,
		foot.r, foot.r*b.tilt, -foot.r, foot.y, curve(left, -1))
}

// flank is a line that follows the profile at a share of the radius.
func (b body) flank(share, from, to float64) string {
	rim, foot := b.profile[0], b.profile[len(b.profile)-1]
	const steps = 8
	var points []ring
	for i := range steps + 1 {
		y := rim.y + (foot.y-rim.y)*(from+(to-from)*float64(i)/steps)
		points = append(points, ring{y, b.radius(y) * share})
	}
	return fmt.Sprintf("M%.1f %.1f%s", points[0].r, points[0].y, curve(points, 1))
}

func (b body) radius(y float64) float64 {
	for i := 1; i < len(b.profile); i++ {
		upper, lower := b.profile[i-1], b.profile[i]
		if y <= lower.y {
			t := min(max((y-upper.y)/(lower.y-upper.y), 0), 1)
			return upper.r + (lower.r-upper.r)*t*t*(3-2*t)
		}
	}
	return b.profile[len(b.profile)-1].r
}

// curve runs smoothly through the rings (Catmull-Rom as cubic Béziers).
func curve(points []ring, side float64) string {
	at := func(i int) ring { return points[min(max(i, 0), len(points)-1)] }
	var out strings.Builder
	for i := 0; i+1 < len(points); i++ {
		p0, p1, p2, p3 := at(i-1), at(i), at(i+1), at(i+2)
		fmt.Fprintf(&out, " C%.1f %.1f %.1f %.1f %.1f %.1f",
			side*(p1.r+(p2.r-p0.r)/6), p1.y+(p2.y-p0.y)/6,
			side*(p2.r-(p3.r-p1.r)/6), p2.y-(p3.y-p1.y)/6,
			side*p2.r, p2.y)
	}
	return out.String()
}

func arc(y, r, tilt float64) string {
	return fmt.Sprintf("M%.1f %.1f A%.1f %.1f 0 0 0 %.1f %.1f", -r, y, r, r*tilt, r, y)
}
