/** Makes the widget the page's one global, and makes up for the calls that came before it. */
import type { Queued } from '../../tagalong'
import { later } from './api'
import { type Config, createWidget } from './widget'

type Any = (...args: unknown[]) => unknown

export function install(config: Config, target: { Tagalong?: unknown }): void {
  const before = target.Tagalong as { key?: string; q?: Queued[]; manual?: boolean } | undefined
  // A second copy of the script, or a second shop's: the first stays.
  if (before?.key) return

  const widget = createWidget(config)
  const call = (method: string, ...args: unknown[]) => {
    try {
      return (widget as unknown as Record<string, Any | undefined>)[method]?.(...args)
    } catch (e) {
      // The page's own script goes on, whatever it handed us; the mistake shows in the console.
      later(e)
    }
  }
  const push = (...calls: Queued[]) => {
    for (const [method, ...args] of calls) call(method, ...args)
  }
  const all = Object.assign(call, { key: config.key, q: { push } }) as unknown as Record<string, unknown>
  for (const m of Object.keys(widget)) all[m] = (...args: unknown[]) => call(m, ...args)
  target.Tagalong = all
  const queued = before?.q ?? []
  if (!before?.manual) widget.boot()
  push(...queued)
}
