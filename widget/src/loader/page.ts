/**
 * Tells when the shopper moves inside the shop without a page load. The shop's history object is never
 * patched: a look at the address each second is soon enough for an agent, catches every way of moving,
 * and does not run before the panel needs it.
 */
import type { Page } from '../../tagalong'

/** The page as it is, overlaid by what the shop said of it. The panel takes secrets out before it tells anyone. */
export function currentPage(given: Partial<Page>): Page {
  const { url = location.href, title = document.title, product } = given
  return { url, title, product }
}

export function watchPage(signal: AbortSignal, moved: () => void): void {
  const where = () => location.href + document.title
  let last = where()
  const timer = setInterval(() => {
    const now = where()
    if (document.hidden || now === last) return
    last = now
    moved()
  }, 1000)
  signal.addEventListener('abort', () => clearInterval(timer))
}
