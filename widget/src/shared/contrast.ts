/**
 * From the shop's one colour to a set that can be read: WCAG 2.2 asks for 4.5:1 between text and its
 * ground and 3:1 for the shapes of controls. A colour that misses is moved towards black or white in
 * small steps until it fits, so that it stays recognisably the shop's.
 */
export type Rgb = [number, number, number]

export interface Brand {
  brand: string
  onBrand: string
  /** The colour as text, and as focus ring, on paper. */
  brandText: string
  /** A tint of paper. */
  brandSoft: string
}

export const DEFAULT_COLOR = '#1f5f54'
const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]
const INK: Rgb = [33, 28, 21]

export function parse(color: string): Rgb {
  const m = /^#([\da-f]{6})$/i.exec(color)
  if (!m) return parse(DEFAULT_COLOR)
  const n = Number.parseInt(m[1] as string, 16)
  return [n >> 16, (n >> 8) & 255, n & 255]
}

export function luminance(c: Rgb): number {
  const [r, g, b] = c.map(v => {
    const s = v / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function ratio(a: Rgb, b: Rgb): number {
  const x = luminance(a)
  const y = luminance(b)
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

export function mix(a: Rgb, b: Rgb, part: number): Rgb {
  return a.map((v, i) => Math.round(v + ((b[i] as number) - v) * part)) as Rgb
}

export function hex(c: Rgb): string {
  return `#${c.map(v => v.toString(16).padStart(2, '0')).join('')}`
}

/** Moves c towards `to` until it stands out from ground. */
function until(c: Rgb, ground: Rgb, to: Rgb, want: number): Rgb {
  for (let p = 0; p < 1; p += 0.04) {
    const moved = mix(c, to, p)
    if (ratio(moved, ground) >= want) return moved
  }
  return to
}

/** The shop's colour as a ground, and the ink to write on it. */
export function ground(color: Rgb): [Rgb, Rgb] {
  if (ratio(color, WHITE) >= 4.5) return [color, WHITE]
  if (ratio(color, INK) >= 4.5) return [color, INK]
  return [until(color, WHITE, BLACK, 4.5), WHITE]
}

export function brand(color: string, paper: Rgb, dark: boolean): Brand {
  const c = parse(color)
  // On dark paper a very dark colour would be a hole, on light paper a very light one a blank.
  const seen = until(c, paper, dark ? WHITE : BLACK, dark ? 1.6 : 1.25)
  const [g, on] = ground(seen)
  const soft = mix(paper, c, dark ? 0.16 : 0.09)
  return {
    brand: hex(g),
    onBrand: hex(on),
    // The tint is the harder ground of the two.
    brandText: hex(until(until(c, paper, dark ? WHITE : BLACK, 4.5), soft, dark ? WHITE : BLACK, 4.5)),
    brandSoft: hex(soft),
  }
}
