/**
 * The widget's one global, `Tagalong`: what a shop's page may ask of it. Every method is safe before the
 * script has loaded (through the queue), after it, and after destroy(). Nothing here throws.
 */
import type { EventName, Page, Theme } from '../shared/bridge'

export interface BootOptions {
  locale?: string
  theme?: Theme
  side?: 'start' | 'end'
  /** Distance from the corner in px; `mobile` replaces y on narrow screens (above a sticky bar). */
  offset?: { x?: number; y?: number; mobile?: number }
  zIndex?: number
  hideLauncher?: boolean
}

export interface EventDetail {
  ready: undefined
  open: undefined
  close: undefined
  unread: { count: number }
  /** Whose session this is; told again to listeners that come later. */
  shopper: { id: string }
  'message:sent': { conversation: string; client_id: string }
  'message:received': { conversation: string; seq: number }
  'conversation:started': { conversation: string }
  identify: { id: string; name?: string }
  logout: undefined
  locale: { locale: string }
  error: { code: 'frame_blocked' | 'identity_unverified' | 'unavailable' }
}

export interface Tagalong {
  boot(options?: BootOptions): void
  open(): void
  close(): void
  toggle(): void
  /** Shows or hides the launcher, and the panel with it. */
  show(): void
  hide(): void
  isOpen(): boolean
  unread(): number
  identify(identity: { jwt: string; name?: string }): void
  logout(): void
  setLocale(locale: string): void
  setTheme(theme: Theme): void
  setPage(page: Partial<Page>): void
  /** Puts text into the composer; newMessage also opens the chat. */
  prefill(text: string): void
  newMessage(text?: string): void
  consent(given: boolean): void
  on<N extends EventName>(event: N, listener: (detail: EventDetail[N]) => void): void
  off<N extends EventName>(event: N, listener: (detail: EventDetail[N]) => void): void
  destroy(): void
}

/** A call kept until the script is here: `Tagalong.q.push(['open'])`. */
export type Queued = [method: keyof Tagalong, ...args: unknown[]]

export interface Stub {
  q?: Queued[]
  /** With true the widget waits for boot(). */
  manual?: boolean
}

export interface Events {
  on(name: string, fn: (detail: unknown) => void): void
  off(name: string, fn: (detail: unknown) => void): void
  emit(name: EventName, detail?: unknown): void
}

/** Told again to listeners that come after them. */
const STICKY = /^(ready|shopper)$/

/** Listeners by event; a listener that throws is the shop's own error and stops nobody else. */
export function createEvents(): Events {
  let all: [string, (detail: unknown) => void][] = []
  const last: Record<string, [unknown]> = {}
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
