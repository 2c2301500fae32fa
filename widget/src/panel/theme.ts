/** Puts the theme and the shop's colour on the document. Through the CSSOM: the panel's policy has no style attributes. */
import { effect } from '@preact/signals'
import { brand, type Rgb } from '../shared/contrast'
import type { Model } from './model'

/** --tg-paper of the two themes. */
const PAPER: Record<'light' | 'dark', Rgb> = { light: [251, 249, 245], dark: [26, 24, 21] }

export function followTheme(m: Model): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const theme = m.theme.value === 'auto' ? (dark.matches ? 'dark' : 'light') : m.theme.value
    const { dataset, style } = document.documentElement
    dataset.theme = theme
    const b = brand(m.site.color, PAPER[theme], theme === 'dark')
    style.setProperty('--tg-brand', b.brand)
    style.setProperty('--tg-on-brand', b.onBrand)
    style.setProperty('--tg-brand-text', b.brandText)
    style.setProperty('--tg-brand-soft', b.brandSoft)
  }
  effect(apply)
  dark.addEventListener('change', apply)
}
