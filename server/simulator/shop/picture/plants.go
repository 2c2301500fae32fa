package picture

import "fmt"

// leaf is drawn from its stalk at the origin, pointing up.
func leaf(c *canvas, x, y, angle, size float64, colour rgb) {
	c.add(`<g transform="translate(%.1f %.1f) rotate(%.0f) scale(%.2f)">`, x, y, angle, size)
	c.path("M0 0 C26 -18 30 -56 0 -84 C-30 -56 -26 -18 0 0 Z", colour.String())
	c.path("M0 0 C26 -18 30 -56 0 -84 Z", colour.dark(.2).String(), `opacity=".55"`)
	c.line("M0 0 L0 -74", 1.6, colour.light(.4).String(), `opacity=".5"`)
	c.add(`</g>`)
}

// eucalyptus are three branches standing in a vase whose mouth is at (x, y).
func eucalyptus(c *canvas, x, y float64, g Glaze) {
	green := hex(0x8A9A86)
	if g.Name == "moss" {
		green = hex(0xB08A5E) // dried, so that the branch does not vanish against the glaze
	}
	for _, b := range []struct{ dx, dy, bend float64 }{{-120, -250, -30}, {36, -310, 26}, {150, -200, 60}} {
		c.line(fmt.Sprintf("M%.0f %.0f q%.0f %.0f %.0f %.0f", x, y+30, b.bend, b.dy*.55, b.dx, b.dy), 4.5, green.dark(.42).String())
		const leaves = 7
		for i := range leaves {
			t := .30 + .70*float64(i)/(leaves-1)
			px := x + 2*t*(1-t)*b.bend + t*t*b.dx
			py := y + 30 + 2*t*(1-t)*b.dy*.55 + t*t*b.dy
			size := .82 - .4*t
			lean := b.dx / 5
			leaf(c, px, py, lean-58, size, green.light(.10*t))
			leaf(c, px, py, lean+58, size, green.dark(.06))
		}
		leaf(c, x+b.dx, y+30+b.dy, b.dx/4, .46, green.light(.12))
	}
}

func sprig(c *canvas) {
	olive := hex(0x76835F)
	c.add(`<g transform="rotate(38)">`)
	c.add(`<g opacity=".28" filter="url(#soft)" transform="translate(10 14)">`)
	c.line("M0 150 C8 60 -6 -40 6 -130", 6, "#2b1a10")
	c.add(`</g>`)
	c.line("M0 150 C8 60 -6 -40 6 -130", 4, olive.dark(.4).String())
	for i := range 7 {
		y := 110 - float64(i)*38
		leaf(c, 2, y, -52, .74-float64(i)*.04, olive.light(.06))
		leaf(c, 2, y-16, 52, .74-float64(i)*.04, olive.dark(.08))
	}
	leaf(c, 6, -128, 4, .5, olive.light(.1))
	c.add(`</g>`)
}

var fronds = []struct{ x, y, angle, size float64 }{
	{-150, -400, -58, 1.7},
	{150, -410, 56, 1.7},
	{-80, -480, -26, 1.9},
	{88, -492, 24, 1.9},
	{-176, -300, -84, 1.4},
	{176, -306, 82, 1.4},
	{2, -530, 0, 2.0},
	{-40, -360, -14, 1.5},
	{52, -350, 20, 1.5},
}

func monstera(c *canvas) {
	for i, f := range fronds {
		colour := hex(0x5E7355).light(float64(i%3) * .08)
		c.line(fmt.Sprintf("M0 -205 Q%.0f %.0f %.0f %.0f", f.x*.2, (f.y-205)/2-20, f.x*.8, f.y+40), 5, colour.dark(.35).String())
	}
	for i, f := range fronds {
		leaf(c, f.x*.8, f.y+44, f.angle, f.size, hex(0x5E7355).light(float64(i%3)*.08))
	}
}

// stems come out of the earth in front of the pot's rim.
func stems(c *canvas) {
	for i, f := range fronds {
		x := float64(i-4) * 9
		c.line(fmt.Sprintf("M%.0f -208 Q%.0f -236 %.0f -262", x, x*.8, f.x*.12), 5, hex(0x4C5F45).String())
	}
}
