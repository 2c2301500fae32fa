import { expect, test } from 'vitest'
import { brand, parse, type Rgb, ratio } from '../src/shared/contrast'

const LIGHT: Rgb = [251, 249, 245]
const DARK: Rgb = [26, 24, 21]

// Fifty colours that shops really have: the well-known ones of brands, the extremes, and what lies between.
const COLORS = `
  #a8482a #1f5f54 #000000 #ffffff #ffcc00 #ffff00 #00ff00 #00ffff #ff00ff #ff0000
  #0000ff #e60023 #1db954 #ff5a00 #ff6600 #0061fe #4285f4 #25d366 #1877f2 #ff4500
  #e4405f #5865f2 #6441a5 #ff9900 #f7df1e #96bf48 #7f54b3 #00a4ef #f25022 #7fba00
  #ffb900 #d4af37 #c0c0c0 #808080 #777777 #767676 #f5f5dc #ffe4e1 #fafad2 #2b2b2b
  #123524 #4b0082 #8b4513 #a0522d #bc8f8f #ffc0cb #b0e0e6 #98fb98 #dda0dd #f0e68c`
  .trim()
  .split(/\s+/)

test('there are fifty colours', () => expect(new Set(COLORS).size).toBe(50))

for (const [name, paper, dark] of [
  ['light', LIGHT, false],
  ['dark', DARK, true],
] as const) {
  test(`every brand colour can be read on ${name} paper`, () => {
    for (const c of COLORS) {
      const b = brand(c, paper, dark)
      expect(ratio(parse(b.brand), parse(b.onBrand)), `${c}: ink on brand`).toBeGreaterThanOrEqual(4.5)
      expect(ratio(parse(b.brandText), paper), `${c}: brand text on paper`).toBeGreaterThanOrEqual(4.5)
      expect(
        ratio(parse(b.brandText), parse(b.brandSoft)),
        `${c}: brand text on its tint`,
      ).toBeGreaterThanOrEqual(4.5)
      // The bubble must be told from the paper that it lies on.
      expect(ratio(parse(b.brand), paper), `${c}: brand on paper`).toBeGreaterThanOrEqual(1.2)
    }
  })
}

test('a colour that is readable as it is stays as it is', () => {
  expect(brand('#A8482A', LIGHT, false).brand).toBe('#a8482a')
})

test('what is no colour is the default one', () => {
  for (const bad of ['', 'red', '#fff', 'url(x)', '#12345g'])
    expect(brand(bad, LIGHT, false).brand).toBe('#1f5f54')
})
