import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import type { Refused } from '../src/panel/api'
import { createOrders } from '../src/panel/orders/state'
import { type PublicOrder, progress, type Standing, standing } from '../src/panel/orders/status'

const is = (over: Partial<Standing> = {}) => progress({ cancelled: false, parcels: [], ...over })
const done = (over: Partial<Standing>) =>
  is(over)
    .steps.filter(s => s.done)
    .map(s => s.name)

test('an order goes from placed to delivered', () => {
  expect([is().now, done({})]).toEqual(['placed', ['placed']])
  expect(is({ financial: 'paid' }).now).toBe('preparing')
  expect(done({ financial: 'paid' })).toEqual(['placed', 'paid'])
  const sent = { financial: 'paid', fulfillment: 'fulfilled' } as const
  expect(is({ ...sent, parcels: ['out_for_delivery'] }).now).toBe('out_for_delivery')
  expect(done({ ...sent, parcels: ['in_transit'] })).toEqual(['placed', 'paid', 'shipped'])
  expect(is({ ...sent, parcels: ['delivered'] }).now).toBe('delivered')
  expect(done({ ...sent, parcels: ['picked_up'] })).toHaveLength(4)
})

test('what is there in part is not all there', () => {
  expect(done({ fulfillment: 'partial', parcels: ['delivered'] })).toEqual(['placed', 'shipped'])
  expect(is({ fulfillment: 'partial', parcels: ['delivered'] }).now).toBe('partial')
  expect(is({ fulfillment: 'fulfilled', parcels: ['delivered', 'delayed'] }).now).toBe('delayed')
  expect(is({ fulfillment: 'fulfilled', parcels: ['cancelled', 'delivered'] }).now).toBe('delivered')
})

test('a label alone is not on its way', () => {
  expect(is({ financial: 'paid', parcels: ['label_created'] }).now).toBe('label_created')
  expect(done({ financial: 'paid', parcels: ['label_created'] })).toEqual(['placed', 'paid'])
})

test('paid on delivery is sent before it is paid', () => {
  expect(done({ financial: 'pending', fulfillment: 'fulfilled' })).toEqual(['placed', 'shipped'])
})

test('an end that is no delivery is said as what it is', () => {
  expect(is({ cancelled: true, financial: 'refunded' })).toEqual({ now: 'cancelled', steps: [] })
  expect(is({ financial: 'refunded', fulfillment: 'fulfilled' }).now).toBe('refunded')
  expect(is({ fulfillment: 'returned' }).now).toBe('returned')
  expect(is({ financial: 'failed' }).now).toBe('unpaid')
  expect(is({ financial: 'paid', fulfillment: 'not_required' }).steps.map(s => s.name)).toEqual([
    'placed',
    'paid',
  ])
})

const order = (id: string, over: Partial<PublicOrder> = {}): PublicOrder => ({
  external_id: id,
  number: `#${id}`,
  lines: [],
  shipments: [],
  ...over,
})

test('the latest parcel comes first', () => {
  const o = order('1', {
    shipments: [
      { status: 'delivered', shipped_at: 1, tracking: [], events: [] },
      { status: 'in_transit', shipped_at: 2, tracking: [], events: [] },
    ],
  })
  expect(standing(o).parcels).toEqual(['in_transit', 'delivered'])
})

/** The panel around this part, with a server that answers what the test says. */
function world(
  answer: (method: string, path: string, body: unknown) => unknown,
  token: string | null = 'tgs_1',
) {
  const calls: unknown[][] = []
  const m = {
    texts: { t: (key: string, v: object = {}) => [key, ...Object.values(v)].join(' ') },
    tracing: signal(0),
    draft: signal(''),
    focus: signal(0),
    host: { row: () => token },
    write: (text: string) => {
      m.draft.value = text
    },
    session: {
      ensure: async () => void calls.push(['ensure']),
      call: async (...call: [string, string, unknown]) => {
        calls.push(call)
        return answer(...call)
      },
    },
  }
  return { m, s: createOrders(m as never), calls }
}

test('who has orders that are known to be theirs sees them, and anyone else is asked', async () => {
  const mine = world(() => ({ items: [order('1001')] }))
  await mine.s.open()
  expect([mine.s.view.value, mine.s.own.value[0]?.number]).toEqual(['list', '#1001'])
  mine.s.ask()
  mine.s.back()
  expect(mine.s.view.value).toBe('list')

  const none = world(() => ({ items: [] }))
  none.m.tracing.value++
  await Promise.resolve()
  await Promise.resolve()
  expect(none.s.view.value).toBe('form')

  const down = world(() => Promise.reject({ status: 503 } satisfies Refused))
  await down.s.open()
  expect(down.s.view.value).toBe('form')
})

test('looking makes no session, asking for an order does', async () => {
  const { s, calls } = world((_, path) => (path.endsWith('look-up') ? order('1001') : null), null)
  await s.open()
  expect([s.view.value, calls]).toEqual(['form', []])
  await s.find(' #1001 ', ' lia@example.org ')
  const body = { number: '#1001', email: 'lia@example.org' }
  expect(calls).toEqual([['ensure'], ['POST', '/shopper/orders/look-up', body]])
  expect([s.view.value, s.order.value?.external_id]).toEqual(['order', '1001'])
  s.back()
  expect(s.view.value).toBe('form')
})

test('a number that is not there gives nothing away, and too many tries have to wait', async () => {
  let refused: Refused = { status: 404, code: 'not_found' }
  const { s, calls } = world(() => Promise.reject(refused))
  s.ask()
  await s.find('1001', 'lia@example.org')
  expect(s.problem.value).toEqual({ key: 'orders.notFound' })
  refused = { status: 429, code: 'rate_limited', wait: 130 }
  await s.find('1001', 'lia@example.org')
  expect(s.problem.value).toEqual({ key: 'orders.wait', values: { minutes: 3 } })
  refused = { status: 0 }
  await s.find('1001', 'lia@example.org')
  expect(s.problem.value).toEqual({ key: 'orders.failed' })
  const before = calls.length
  await s.find('', 'lia@example.org')
  await s.find('1001', 'lia')
  expect(s.problem.value).toEqual({ key: 'orders.incomplete' })
  expect([calls.length, s.busy.value, s.view.value]).toEqual([before, false, 'form'])
})

test('a question about an order is put beside what is already written, once', async () => {
  const { m, s } = world(() => null)
  m.draft.value = 'Hello'
  s.show(order('1001'))
  s.about(order('1001'))
  // What is modal keeps the focus until it has gone.
  expect(m.focus.value).toBe(0)
  s.closed()
  s.closed()
  expect([m.draft.value, s.view.value, m.focus.value]).toEqual(['Hello\norders.about #1001 ', 'closed', 1])
  s.about(order('1001'))
  expect(m.draft.value).toBe('Hello\norders.about #1001 ')
})
