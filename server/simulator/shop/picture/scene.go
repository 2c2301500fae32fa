package picture

import (
	"fmt"
	"io/fs"
)

// The size of a product picture.
const (
	Width  = 800
	Height = 960
)

// Still is the picture of one product: the piece on a table, in window light.
func Still(name, glaze string) ([]byte, error) {
	p, ok := pieces[name]
	if !ok {
		return nil, fmt.Errorf("piece %q: %w", name, fs.ErrNotExist)
	}
	g, ok := GlazeNamed(glaze)
	if !ok {
		return nil, fmt.Errorf("glaze %q: %w", glaze, fs.ErrNotExist)
	}
	c := newCanvas(name + glaze)
	if p.flat {
		c.linen(g)
		c.group(Width/2, Height/2, p.scale, func() { p.draw(c, g) })
		return c.document(Width, Height), nil
	}
	c.room(Width, Height, 640, g)
	c.stand(p, g, Width/2, 800-p.lift, p.scale)
	return c.document(Width, Height), nil
}

// Shelf is the wide picture of the home page: the shop's pieces side by side.
func Shelf() []byte {
	const width, height, board = 1600, 900, 720
	c := newCanvas("shelf")
	c.room(width, height, 700, Glaze{Wall: hex(0xE9DCCB), Table: hex(0xC9AE8E)})
	for _, s := range []struct {
		piece, glaze string
		x, y, scale  float64
	}{
		{"planter", "chalk", 1420, board - 6, .90},
		{"vase", "rust", 330, board - 4, .88},
		{"moonjar", "sand", 660, board, 1.0},
		{"pitcher", "moss", 1190, board + 2, .98},
		{"bowl", "ink", 930, board + 54, .92},
		{"mug", "chalk", 470, board + 84, .92},
		{"teapot", "rust", 1290, board + 96, .80},
		{"candle", "ink", 170, board + 74, .74},
		{"salt", "sand", 720, board + 108, .72},
	} {
		g, _ := GlazeNamed(s.glaze)
		c.stand(pieces[s.piece], g, s.x, s.y, s.scale)
	}
	return c.document(width, height)
}

// stand puts a piece on the table, with its shadow falling to the right.
func (c *canvas) stand(p piece, g Glaze, x, y, scale float64) {
	c.group(x, y, scale, func() {
		c.ellipse(p.width*.62, 2, p.width*1.15, p.width*.16, "#3a2213", `opacity=".34" filter="url(#softer)"`)
		c.ellipse(8, 6, p.width*.72, p.width*.13, "#2b1a10", `opacity=".5" filter="url(#soft)"`)
		p.draw(c, g)
	})
}

func (c *canvas) room(width, height, horizon float64, g Glaze) {
	c.add(`<rect width="%.0f" height="%.0f" fill="%s"/>`, width, height, c.fade(0, horizon, g.Wall.light(.30), g.Wall.dark(.06), 1, 1))
	c.add(`<rect y="%.0f" width="%.0f" height="%.0f" fill="%s"/>`, horizon, width, height-horizon, c.fade(horizon, height, g.Table.light(.06), g.Table.dark(.10), 1, 1))
	c.add(`<rect y="%.0f" width="%.0f" height="26" fill="%s" opacity=".55" filter="url(#soft)"/>`, horizon-14, width, g.Table.dark(.14))
	// a window's light on the wall, with its cross bar
	c.add(`<g opacity=".5" filter="url(#soft)" fill="#fffaf0"><path d="M%.0f 70 L%.0f 40 L%.0f %.0f L%.0f %.0f Z"/></g>`,
		width*.10, width*.40, width*.52, horizon*.86, width*.22, horizon*.92)
	c.add(`<g opacity=".22" filter="url(#soft)" stroke="%s" stroke-width="14"><path d="M%.0f %.0f L%.0f %.0f M%.0f 54 L%.0f %.0f"/></g>`, g.Wall.dark(.2),
		width*.15, horizon*.46, width*.46, horizon*.40, width*.25, width*.37, horizon*.89)
}

// linen is a table seen from above.
func (c *canvas) linen(g Glaze) {
	c.add(`<rect width="%d" height="%d" fill="%s"/>`, Width, Height, g.Table)
	for i := 0; i < Height; i += 6 {
		c.add(`<path d="M0 %d H%d" stroke="#fff" stroke-width="2" opacity="%.2f"/>`, i, Width, .03+c.rand.Float64()*.07)
	}
	for i := 0; i < Width; i += 6 {
		c.add(`<path d="M%d 0 V%d" stroke="#2b1a10" stroke-width="2" opacity="%.2f"/>`, i, Height, .01+c.rand.Float64()*.035)
	}
	c.add(`<rect width="%d" height="%d" fill="%s"/>`, Width, Height, c.fade(0, Height, rgb{255, 250, 240}, rgb{60, 36, 20}, .32, .16))
}
