package picture

import "fmt"

// Glaze is the colouring of a piece.
type Glaze struct {
	Name  string
	Base  rgb // the glaze itself
	Clay  rgb // bare clay below the dip line
	Inner rgb // the inside
	Wall  rgb // the wall behind the piece
	Table rgb
}

type rgb struct{ r, g, b float64 }

func hex(n uint32) rgb {
	return rgb{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)}
}

func (c rgb) mix(other rgb, share float64) rgb {
	return rgb{
		c.r + (other.r-c.r)*share,
		c.g + (other.g-c.g)*share,
		c.b + (other.b-c.b)*share,
	}
}

func (c rgb) dark(share float64) rgb  { return c.mix(rgb{38, 26, 20}, share) }
func (c rgb) light(share float64) rgb { return c.mix(rgb{255, 250, 240}, share) }

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", clamp(c.r), clamp(c.g), clamp(c.b))
}

func clamp(v float64) int { return int(min(max(v+0.5, 0), 255)) }

var (
	stoneware = hex(0xB98A63)
	paleClay  = hex(0xD9C2A3)
	darkClay  = hex(0x8A5A3E)
)

// Glazes lists the shop's colours by name; the first is the default.
var Glazes = []Glaze{
	{"sand", hex(0xE7DAC3), stoneware, hex(0xEFE5D3), hex(0xEDE3D5), hex(0xDCCBB5)},
	{"moss", hex(0x7C8B66), stoneware, hex(0xC9CDB2), hex(0xE6E6D8), hex(0xCFCDB8)},
	{"ink", hex(0x33455C), paleClay, hex(0x93A3B3), hex(0xE1E4E4), hex(0xC9CBC8)},
	{"rust", hex(0xB0583A), paleClay, hex(0xE3BFA3), hex(0xF0E0D2), hex(0xE0C8B3)},
	{"chalk", hex(0xF3EFE7), darkClay, hex(0xF7F3EC), hex(0xE3DAD0), hex(0xCDBFB0)},
}

// GlazeNamed returns the glaze of that name.
func GlazeNamed(name string) (Glaze, bool) {
	for _, g := range Glazes {
		if g.Name == name {
			return g, true
		}
	}
	return Glaze{}, false
}
