/**
 * The events of the widget's one global. What a shop's page may ask of it is typed in tagalong.d.ts, for the page's authors too.
 */
import type { EventName } from '../../tagalong'

export interface Events {
  on(name: string, fn: (detail: unknown) => void): void
  off(name: string, fn: (detail: unknown) => void): void
  emit(name: EventName, detail?: unknown): void
}

/** Told again to listeners that come after them, until the session is over. */
const STICKY = /^(ready|shopper)$/

/** Listeners by event; a listener that throws is the shop's own error and stops nobody else. */
export function createEvents(): Events {
  let all: [string, (detail: unknown) => void][] = []
  let last: Record<string, [unknown]> = {}
  return {
    on(name, fn) {
      all = all.concat([[name, fn]])
      if (last[name]) fn(last[name][0])
    },
    off(name, fn) {
      all = all.filter(l => l[0] !== name || l[1] !== fn)
    },
    emit(name, detail) {
      if (STICKY.test(name)) last[name] = [detail]
      if (name === 'logout') last = {}
      for (const [n, fn] of all) {
        if (n !== name) continue
        try {
          fn(detail)
        } catch (e) {
          later(e)
        }
      }
      window.dispatchEvent(new CustomEvent(`tagalong:${name}`, { detail }))
    },
  }
}

/** An error that is not ours to handle shows in the console and stops nothing. */
export function later(e: unknown): void {
  setTimeout(() => {
    throw e
  })
}
