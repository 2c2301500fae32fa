import type { Item } from '@tagalong-chat/sdk/thread'
import { expect, test } from 'vitest'
import { layout } from '../src/panel/layout'

const noon = new Date(2026, 10, 20, 12).getTime()
const min = 60_000
let n = 0
const item = (over: Partial<Item>): Item => ({
  key: `k${n++}`,
  at: noon,
  kind: 'message',
  author: { kind: 'shopper', id: 'shp_1' },
  mine: true,
  reactions: [],
  state: 'sent',
  ...over,
})
const agent = (id: string, at: number) => item({ mine: false, author: { kind: 'agent', id }, at })
const kinds = (rows: ReturnType<typeof layout>) =>
  rows.map(r => (r.kind === 'message' ? `${r.first ? '<' : ''}m${r.last ? '>' : ''}` : r.kind)).join(' ')

test('a run is one author within five minutes', () => {
  const rows = layout([
    item({}),
    item({ at: noon + min }),
    item({ at: noon + 20 * min }),
    agent('a', noon + 21 * min),
  ])
  expect(kinds(rows)).toBe('day <m m> <m> <m>')
})

test('two agents are two runs, and a day ends a run', () => {
  const late = new Date(2026, 10, 20, 23, 59).getTime()
  const rows = layout([agent('a', late), agent('b', late), agent('b', late + 2 * min)])
  expect(kinds(rows)).toBe('day <m> <m> day <m>')
})

test('a failed message stands alone with its reason', () => {
  const rows = layout([item({ state: 'failed' }), item({ at: noon + min })])
  expect(kinds(rows)).toBe('day <m> <m>')
  expect(rows.every(r => r.kind !== 'message' || r.foot)).toBe(true)
})

test('events that say nothing to a shopper are not shown', () => {
  const event = (name: 'closed' | 'tagged' | 'handoff' | 'joined') =>
    item({ kind: 'event', mine: false, event: { name } })
  expect(kinds(layout([event('tagged'), event('handoff'), event('joined'), event('closed')]))).toBe(
    'day event event event',
  )
})

test('keys are unique, or rows would be mixed up when drawn', () => {
  const rows = layout([
    agent('a', noon),
    item({}),
    agent('a', noon + 24 * 60 * min),
    item({ at: noon + 24 * 60 * min }),
  ])
  expect(new Set(rows.map(r => r.key)).size).toBe(rows.length)
})
