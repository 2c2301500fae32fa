package picture

import (
	"fmt"
	"maps"
	"slices"
)

// piece draws one product with its foot at the origin.
type piece struct {
	draw  func(*canvas, Glaze)
	width float64 // of the shadow on the table
	scale float64 // in its own picture
	lift  float64 // how far above the usual line it stands there
	flat  bool    // seen from above: lies on the table instead of standing
}

var pieces = map[string]piece{
	"mug":      {mug, 150, 1.62, 60, false},
	"bowl":     {bowl, 190, 1.30, 60, false},
	"vase":     {vase, 120, .98, 0, false},
	"teapot":   {teapot, 190, 1.24, 60, false},
	"espresso": {espresso, 210, 1.42, 60, false},
	"moonjar":  {moonJar, 190, 1.12, 10, false},
	"plate":    {plate, 0, 1, 0, true},
	"salt":     {saltCellar, 120, 1.72, 60, false},
	"pitcher":  {pitcher, 140, 1.16, 10, false},
	"candle":   {candle, 170, 1.36, 60, false},
	"planter":  {planter, 130, 1.06, 0, false},
	"butter":   {butterDish, 230, 1.14, 60, false},
}

// Pieces lists the names that Still knows.
func Pieces() []string { return slices.Sorted(maps.Keys(pieces)) }

func mug(c *canvas, g Glaze) {
	handle := "M104 -176 C196 -196 214 -60 100 -58"
	c.line(handle, 34, g.Base.dark(.40).String())
	c.line(handle, 27, g.Base.dark(.12).String())
	c.line(handle, 8, g.Base.light(.4).String(), `opacity=".65" transform="translate(-3 -5)"`)
	c.turn(body{
		profile: []ring{{-220, 112}, {-190, 108}, {-110, 110}, {-40, 112}, {-10, 100}, {0, 90}},
		tilt:    .2, dip: .74, open: true, rings: 5,
	}, g)
}

func bowl(c *canvas, g Glaze) {
	c.turn(body{
		profile: []ring{{-170, 210}, {-130, 200}, {-80, 172}, {-36, 118}, {-18, 84}, {0, 82}},
		tilt:    .27, dip: .70, open: true, rings: 3,
	}, g)
	// what the inside of a bowl shows beyond its rim: the pool of glaze below
	c.ellipse(26, -146, 104, 19, g.Base.light(.2).String(), `opacity=".45" filter="url(#soft)"`)
}

func vase(c *canvas, g Glaze) {
	eucalyptus(c, -6, -470, g)
	c.turn(body{
		profile: []ring{{-480, 52}, {-462, 44}, {-420, 34}, {-360, 38}, {-290, 82}, {-190, 124}, {-90, 116}, {-20, 82}, {0, 74}},
		tilt:    .16, dip: .78, open: true, rings: 4,
	}, g)
}

func teapot(c *canvas, g Glaze) {
	handle := "M120 -190 C262 -236 268 -30 124 -62"
	c.line(handle, 34, g.Base.dark(.42).String())
	c.line(handle, 26, g.Base.dark(.16).String())
	c.line(handle, 7, g.Base.light(.4).String(), `opacity=".6" transform="translate(-3 -6)"`)
	spout := "M-110 -64 C-190 -70 -196 -170 -250 -222 C-256 -238 -232 -250 -218 -238 C-182 -206 -172 -168 -112 -160 Z"
	c.path(spout, c.round(250, g.Base.dark(.05)))
	c.line("M-236 -226 C-196 -186 -186 -120 -130 -98", 9, "#fff", `opacity=".35" filter="url(#soft)"`)
	c.ellipse(-234, -236, 17, 8, g.Inner.dark(.5).String(), `transform="rotate(28 -234 -236)"`)
	c.turn(body{
		profile: []ring{{-232, 74}, {-214, 108}, {-160, 152}, {-100, 164}, {-46, 142}, {-12, 102}, {0, 92}},
		tilt:    .18, dip: .80, rings: 4,
	}, g)
	lid := g
	lid.Clay = g.Base
	c.group(0, -222, 1, func() {
		c.ellipse(0, 6, 88, 17, g.Base.dark(.5).String(), `opacity=".45"`)
		c.turn(body{profile: []ring{{-44, 22}, {-34, 46}, {-14, 78}, {0, 84}}, tilt: .18, dip: 1}, lid)
		wood := Glaze{Base: hex(0x9A6B45), Clay: hex(0x9A6B45)}
		c.group(0, -44, 1, func() {
			c.turn(body{profile: []ring{{-38, 14}, {-30, 23}, {-14, 21}, {0, 13}}, tilt: .3, dip: 1, matt: true}, wood)
		})
	})
}

func espresso(c *canvas, g Glaze) {
	cup := body{profile: []ring{{-136, 88}, {-110, 88}, {-60, 82}, {-20, 64}, {0, 54}}, tilt: .22, dip: .66, open: true, rings: 3}
	other := Glazes[0]
	if g.Name == other.Name {
		other = Glazes[3]
	}
	c.group(84, -34, .94, func() {
		c.ellipse(6, 4, 78, 20, "#2b1a10", `opacity=".32" filter="url(#soft)"`)
		c.turn(cup, other)
	})
	c.ellipse(-66, 12, 86, 24, "#2b1a10", `opacity=".36" filter="url(#soft)"`)
	c.group(-78, 8, 1, func() {
		c.turn(cup, g)
		c.ellipse(2, -128, 70, 12, "#3b2216")
		c.ellipse(-10, -129, 48, 7, "#8a5a35", `opacity=".8"`)
	})
}

func moonJar(c *canvas, g Glaze) {
	c.turn(body{
		profile: []ring{{-400, 76}, {-384, 70}, {-340, 138}, {-270, 196}, {-200, 212}, {-120, 188}, {-50, 126}, {-16, 84}, {0, 82}},
		tilt:    .18, dip: .86, open: true, rings: 2,
	}, g)
}

func plate(c *canvas, g Glaze) {
	round := func(r float64, from, to rgb) {
		id := c.id()
		c.def(`<linearGradient id="%s" x1=".1" y1=".05" x2=".9" y2=".95"><stop offset="0" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>`, id, from, to)
		c.ellipse(0, 0, r, r, "url(#"+id+")")
	}
	c.ellipse(26, 34, 298, 298, "#2b1a10", `opacity=".38" filter="url(#softer)"`)
	round(300, g.Clay.light(.1), g.Clay.dark(.35))
	round(292, g.Base.light(.34), g.Base.dark(.16))
	round(212, g.Base.dark(.22), g.Base.light(.22))
	round(202, g.Base.light(.05), g.Base.dark(.06))
	for r := 190.0; r > 20; r -= 24 {
		c.add(`<circle r="%.0f" fill="none" stroke="#fff" stroke-width="2" opacity=".10"/><circle r="%.0f" fill="none" stroke="#2b1a10" stroke-width="2" opacity=".05"/>`, r, r-3)
	}
	for range 190 {
		x, y := (c.rand.Float64()-.5)*580, (c.rand.Float64()-.5)*580
		if x*x+y*y > 280*280 {
			continue
		}
		c.ellipse(x, y, .8+c.rand.Float64()*2.4, .8+c.rand.Float64()*2.4, "#3a2418", fmt.Sprintf(`opacity="%.2f"`, .12+c.rand.Float64()*.3))
	}
	c.line("M-262 -88 A276 276 0 0 1 -60 -270", 16, "#fff", `opacity=".45" filter="url(#soft)"`)
	c.group(40, 60, .8, func() { sprig(c) })
}

func saltCellar(c *canvas, g Glaze) {
	c.turn(body{profile: []ring{{-130, 92}, {-112, 98}, {-70, 104}, {-26, 96}, {0, 80}}, tilt: .22, dip: .62, rings: 2}, g)
	wood := Glaze{Base: hex(0xA9774C), Clay: hex(0xA9774C)}
	c.group(0, -130, 1, func() {
		c.ellipse(0, 4, 96, 22, "#2b1a10", `opacity=".4"`)
		c.turn(body{profile: []ring{{-30, 90}, {-16, 97}, {0, 96}}, tilt: .22, dip: 1, matt: true}, wood)
		c.ellipse(0, -30, 90, 20, wood.Base.light(.18).String())
		for i := range 4 {
			c.add(`<ellipse cx="-8" cy="-30" rx="%d" ry="%.1f" fill="none" stroke="#6b4528" stroke-width="1.6" opacity=".4"/>`, 18+i*19, 3.6+float64(i)*4.2)
		}
		c.group(0, -34, 1, func() {
			c.turn(body{profile: []ring{{-34, 12}, {-26, 20}, {-10, 16}, {0, 11}}, tilt: .3, dip: 1, matt: true}, wood)
		})
	})
}

func pitcher(c *canvas, g Glaze) {
	handle := "M72 -322 C216 -360 212 -120 108 -112"
	c.line(handle, 34, g.Base.dark(.42).String())
	c.line(handle, 26, g.Base.dark(.14).String())
	c.line(handle, 8, g.Base.light(.4).String(), `opacity=".6" transform="translate(-3 -6)"`)
	c.path("M-84 -352 C-128 -374 -140 -366 -132 -350 C-122 -330 -96 -312 -78 -290 Z", c.round(140, g.Base.light(.06)))
	c.turn(body{
		profile: []ring{{-356, 88}, {-330, 80}, {-280, 74}, {-210, 104}, {-130, 134}, {-60, 126}, {-14, 100}, {0, 92}},
		tilt:    .2, dip: .72, open: true, rings: 5,
	}, g)
	c.path("M-82 -352 C-104 -366 -128 -368 -132 -358 C-116 -352 -100 -344 -76 -340 Z", g.Inner.dark(.28).String())
}

func candle(c *canvas, g Glaze) {
	halo := c.id()
	c.def(`<radialGradient id="%s"><stop offset="0" stop-color="#ffdf9e" stop-opacity=".95"/><stop offset="1" stop-color="#ffdf9e" stop-opacity="0"/></radialGradient>`, halo)
	c.turn(body{profile: []ring{{-54, 170}, {-40, 166}, {-14, 132}, {0, 122}}, tilt: .25, dip: .62, open: true}, g)
	c.turn(body{profile: []ring{{-96, 52}, {-80, 50}, {-44, 56}}, tilt: .25, dip: 1, open: true}, g)
	wax := Glaze{Base: hex(0xF6EBD6), Clay: hex(0xF6EBD6), Inner: hex(0xF9E7C4)}
	c.group(0, -94, 1, func() {
		c.turn(body{profile: []ring{{-214, 30}, {-208, 32}, {0, 34}}, tilt: .24, dip: 1, matt: true}, wax)
		c.ellipse(0, -214, 30, 8, "#fff3d6")
		c.line("M0 -214 L2 -236", 4, "#4a3325")
		c.ellipse(0, -262, 150, 150, "url(#"+halo+")", `opacity=".7"`)
		c.path("M2 -302 C26 -268 22 -236 2 -234 C-18 -236 -22 -266 2 -302 Z", "#ffb648")
		c.path("M2 -276 C14 -256 12 -240 2 -239 C-8 -240 -10 -256 2 -276 Z", "#fff1c4")
	})
}

func planter(c *canvas, g Glaze) {
	monstera(c)
	c.turn(body{profile: []ring{{-214, 136}, {-196, 138}, {-180, 130}, {-90, 116}, {-10, 96}, {0, 92}}, tilt: .2, dip: .60, rings: 4}, g)
	c.ellipse(0, -214, 136, 27, c.round(136, g.Base.light(.12)))
	c.ellipse(0, -212, 124, 23, "#3d2a1d")
	stems(c)
}

func butterDish(c *canvas, g Glaze) {
	c.path("M-236 -34 L236 -34 Q246 -34 240 -20 L226 -4 Q220 4 208 4 L-208 4 Q-220 4 -226 -4 L-240 -20 Q-246 -34 -236 -34 Z", c.round(240, g.Clay))
	c.path("M-236 -40 L236 -40 Q248 -38 241 -24 L-241 -24 Q-248 -38 -236 -40 Z", c.round(240, g.Base.light(.1)))
	lid := "M-190 -36 C-196 -112 -186 -152 -140 -158 L140 -158 C186 -152 196 -112 190 -36 Z"
	clip := c.id()
	c.def(`<clipPath id="%s"><path d="%s"/></clipPath>`, clip, lid)
	c.path(lid, c.round(196, g.Base))
	c.add(`<g clip-path="url(#%s)">`, clip)
	c.speckle(body{profile: []ring{{-158, 180}, {-36, 190}}, tilt: 0}, 190)
	c.add(`<rect x="-200" y="-160" width="400" height="130" fill="%s"/>`, c.fade(-158, -30, rgb{40, 24, 16}, rgb{40, 24, 16}, 0, .24))
	c.line("M-150 -140 C-60 -150 40 -150 120 -142", 12, "#fff", `opacity=".5" filter="url(#soft)"`)
	c.add(`</g>`)
	c.line("M-190 -37 L190 -37", 4, "#2b1a10", `opacity=".35"`)
	wood := Glaze{Base: hex(0x9A6B45), Clay: hex(0x9A6B45)}
	c.group(0, -156, 1, func() {
		c.turn(body{profile: []ring{{-44, 20}, {-32, 30}, {-12, 24}, {0, 16}}, tilt: .28, dip: 1, matt: true}, wood)
	})
}
