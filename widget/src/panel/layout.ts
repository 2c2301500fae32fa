/** Turns the thread into rows to draw: day marks, runs of one author, and where times and states stand. Pure. */
import type { Item } from '@tagalong-chat/sdk/thread'
import { dayStart } from './i18n'

export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'event'; key: string; item: Item }
  | { kind: 'message'; key: string; item: Item; first: boolean; last: boolean; foot: boolean }

/** Messages of one author within this time are one run. */
const RUN = 5 * 60_000

const shown = (i: Item) =>
  i.kind === 'message' ||
  (i.kind === 'event' && /^(closed|reopened|joined|handoff)$/.test(i.event?.name ?? ''))

export function layout(all: readonly Item[]): Row[] {
  const items = all.filter(shown)
  const lastMine = items.findLast(i => i.mine && i.kind === 'message')
  const rows: Row[] = []
  items.forEach((item, n) => {
    const before = items[n - 1]
    const after = items[n + 1]
    const day = dayStart(item.at)
    if (!before || dayStart(before.at) !== day)
      rows.push({ kind: 'day', key: `d-${day}-${item.key}`, at: item.at })
    if (item.kind === 'event') {
      rows.push({ kind: 'event', key: item.key, item })
      return
    }
    const last = !together(item, after)
    rows.push({
      kind: 'message',
      key: item.key,
      item,
      first: !together(before, item),
      last,
      // The state is told where it changes: at the end of a run, on the newest own message, and where something is wrong.
      foot: last || item === lastMine || item.state === 'failed',
    })
  })
  return rows
}

/** What is not in the log yet goes by the web. */
const way = (i: Item) => i.channel ?? 'web'

function together(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b || a.kind !== 'message' || b.kind !== 'message') return false
  if (a.mine !== b.mine || a.state === 'failed' || way(a) !== way(b)) return false
  if (!a.mine && (a.author.id !== b.author.id || a.author.kind !== b.author.kind)) return false
  return b.at - a.at < RUN && dayStart(a.at) === dayStart(b.at)
}
