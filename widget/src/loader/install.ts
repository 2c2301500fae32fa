/** Makes the widget the page's one global, and makes up for the calls that came before it. */
import { later, type Queued, type Stub, type Tagalong } from './api'
import { type Config, createWidget } from './widget'

type Global = Tagalong &
  ((method: keyof Tagalong, ...args: unknown[]) => void) & { key: string; q: { push: unknown } }

export function install(config: Config, target: { Tagalong?: unknown }): void {
  const before = target.Tagalong as (Stub & { key?: string }) | undefined
  // A second copy of the script, or a second shop's: the first stays.
  if (before?.key) return

  const widget = createWidget(config)
  const call = (method: keyof Tagalong, ...args: unknown[]) => {
    const fn = widget[method] as ((...a: unknown[]) => unknown) | undefined
    if (typeof fn !== 'function') return
    try {
      return fn(...args)
    } catch (e) {
      // The page's own script goes on, whatever it handed us; the mistake shows in the console.
      later(e)
    }
  }
  const push = (...calls: Queued[]) => {
    for (const [method, ...args] of calls) call(method, ...args)
  }
  const all = Object.assign(call, { key: config.key, q: { push } }) as unknown as Global &
    Record<string, unknown>
  for (const m of Object.keys(widget) as (keyof Tagalong)[])
    (all as Record<string, unknown>)[m] = (...args: unknown[]) => call(m, ...args)
  target.Tagalong = all
  const queued = Array.isArray(before?.q) ? before.q : []
  if (!before?.manual) widget.boot()
  push(...queued)
}
