/**
 * Tells when the shopper moves inside the shop without a page load. The shop's history object is never
 * patched: the Navigation API or popstate tell most, a look at the address each second tells the rest,
 * and nothing of this runs before the panel needs it.
 */
import type { Page } from '../shared/bridge'

/** The page as it is, overlaid by what the shop said of it. The panel takes secrets out before it tells anyone. */
export function currentPage(given: Partial<Page>): Page {
  const { url = location.href, title = document.title, product } = given
  return { url, title, product }
}

export function watchPage(signal: AbortSignal, moved: () => void): void {
  let last = location.href
  let title = document.title
  const look = () => {
    if (location.href === last && document.title === title) return
    last = location.href
    title = document.title
    moved()
  }
  const navigation = (window as { navigation?: EventTarget }).navigation
  navigation?.addEventListener('currententrychange', () => setTimeout(look), { signal })
  window.addEventListener('popstate', look, { signal })
  const timer = setInterval(() => document.hidden || look(), 1000)
  signal.addEventListener('abort', () => clearInterval(timer))
}
