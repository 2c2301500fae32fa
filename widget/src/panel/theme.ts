/** Puts the theme and the shop's colour on the document. Through the CSSOM: the panel's policy has no style attributes. */
import { effect } from '@preact/signals'
import type { Model } from './model'

export function followTheme(m: Model): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const theme = m.theme.value === 'auto' ? (dark.matches ? 'dark' : 'light') : m.theme.value
    const { dataset, style } = document.documentElement
    dataset.theme = theme
    const paint = m.site[theme]
    style.setProperty('--tg-brand', paint.brand)
    style.setProperty('--tg-on-brand', paint.on)
    style.setProperty('--tg-brand-text', paint.text)
    style.setProperty('--tg-brand-soft', paint.soft)
  }
  effect(apply)
  dark.addEventListener('change', apply)
}
