import { signal } from '@preact/signals'
import type { Item } from '@tagalong-chat/sdk/thread'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isOpen, watchLeaving } from '../src/panel/handoff/leave'
import { countries, homeCountry, international } from '../src/panel/handoff/phone'
import { createReach } from '../src/panel/handoff/reach'
import { createHandoffs } from '../src/panel/handoff/state'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

let seq = 0
const said = (mine: boolean, more: Partial<Item> = {}): Item => ({
  key: `k${++seq}`,
  seq,
  at: 0,
  kind: 'message',
  author: { kind: mine ? 'shopper' : 'agent' },
  mine,
  reactions: [],
  message: { text: 'x' },
  ...more,
})
const step = (id: string, state: 'linked' | 'active' | 'returned', name?: string): Item =>
  said(false, {
    kind: 'event',
    event: { name: 'handoff', handoff: { id, from: 'web', to: 'whatsapp', state, ...(name && { name }) } },
  })

const whatsapp = { channel: 'whatsapp', label: '', link: true, ask: true }
const email = { channel: 'email', label: '', link: false, ask: true }

/** The panel around the second part, with a server that answers what the test says. */
function world(answer: (method: string, path: string, body: unknown) => unknown = () => ({ items: [] })) {
  const rows = new Map<string, string>()
  const calls: [string, string, unknown][] = []
  const m = {
    site: {
      name: 'Marl',
      handoff: { channels: [whatsapp, email], offer_on_leave: true, wording: '', version: '' },
    },
    texts: { locale: 'en', t: (key: string, v: object = {}) => [key, ...Object.values(v)].join(' ') },
    items: signal<readonly Item[]>([]),
    here: signal<readonly string[]>([]),
    leaving: signal(0),
    open: signal(true),
    focus: signal(0),
    connection: signal('online'),
    host: {
      row: (k: string) => rows.get(k) ?? null,
      set: (k: string, v: string) => rows.set(k, v),
      init: {},
    },
    session: {
      ensure: async () => {},
      call: async (method: string, path: string, body: unknown) => {
        calls.push([method, path, body])
        const a = answer(method, path, body)
        if (a instanceof Error) throw Object.assign(a, { status: 500 })
        return a
      },
    },
    conversation: () => 'cnv_1',
    page: () => 'https://shop.example/mug',
  }
  return { m, rows, calls, start: () => createHandoffs(m as never) }
}
const settle = () => vi.advanceTimersByTimeAsync(0)

let made = 0
const offers = (method: string, path: string) =>
  method === 'GET'
    ? { items: [] }
    : path === '/shopper/handoffs'
      ? {
          id: `hnd_${++made}`,
          channel: 'whatsapp',
          url: 'https://wa.me/1',
          code: 'K7Q-4MXP',
          notice: 'By sending it you agree.',
          expires_at: Date.now() + 1_800_000,
          qr: { size: 21, path: 'M0 0z' },
        }
      : null

test('a link is asked for with where the shopper is, and lost with the sheet', async () => {
  const w = world(offers)
  const s = w.start()
  s.show(whatsapp)
  await settle()
  expect(s.offer.value?.code).toBe('K7Q-4MXP')
  const asked = w.calls.find(c => c[0] === 'POST')
  expect(asked?.[2]).toEqual({
    channel: 'whatsapp',
    language: 'en',
    conversation: 'cnv_1',
    page: 'https://shop.example/mug',
  })
  s.show(whatsapp)
  s.hide()
  await settle()
  expect(s.offer.value, 'an answer that comes too late').toBeNull()
})

test('a code that runs out is replaced while it is looked at, and not after', async () => {
  const w = world(offers)
  const s = w.start()
  s.show(whatsapp)
  await settle()
  const first = s.offer.value?.id
  await vi.advanceTimersByTimeAsync(1_800_000)
  expect(s.offer.value?.id).not.toBe(first)
  expect(s.renewed.value).toBe(true)
  s.hide()
  const count = w.calls.length
  await vi.advanceTimersByTimeAsync(4_000_000)
  expect(w.calls).toHaveLength(count)
})

test('whoever comes with the code that is shown is connected, and whoever comes with another is not', async () => {
  const w = world(offers)
  const s = w.start()
  s.show(whatsapp)
  await settle()
  w.m.items.value = [step('hnd_other', 'linked', 'Tom')]
  expect(s.connected.value).toBe(false)
  w.m.items.value = [...w.m.items.value, step(s.offer.value?.id ?? '', 'linked', 'Lucía')]
  expect(s.connected.value).toBe(true)
  const count = w.calls.filter(c => c[0] === 'POST').length
  await vi.advanceTimersByTimeAsync(2_000_000)
  expect(
    w.calls.filter(c => c[0] === 'POST'),
    'a code that was used needs no other',
  ).toHaveLength(count)
})

test('who came is asked about until the shopper has said, also after a reload', async () => {
  let confirmed = false
  const list = () => ({
    items: [{ id: 'hnd_1', channel: 'whatsapp', state: 'active', confirmed, updated_at: 1 }],
  })
  const w = world((method, _path, body) => {
    if (method === 'GET') return list()
    confirmed = true
    return body
  })
  const s = w.start()
  await settle()
  expect(s.pending.value).toEqual({ id: 'hnd_1', channel: 'whatsapp', name: '' })
  w.m.items.value = [step('hnd_1', 'linked', 'Lucía')]
  await settle()
  expect(s.pending.value?.name).toBe('Lucía')
  expect(
    s.ways.value.map(c => c.channel),
    'where it goes on already is not offered',
  ).toEqual(['email'])
  await s.answer(true)
  expect(w.calls).toContainEqual(['POST', '/shopper/handoffs/hnd_1/confirm', { mine: true }])
  expect(s.pending.value).toBeNull()
  expect(s.notice.value).toContain('handoff.thanks')
})

test('a refused answer is said, and the question stays', async () => {
  const items = [{ id: 'hnd_1', channel: 'whatsapp', state: 'linked', confirmed: false, updated_at: 1 }]
  const w = world(method => (method === 'GET' ? { items } : new Error('no')))
  const s = w.start()
  await settle()
  await s.answer(false)
  expect(s.notice.value).toBe('handoff.failed')
  expect(s.pending.value?.id).toBe('hnd_1')
  expect(s.busy.value).toBe(false)
})

test('a link that cannot be had is said, and asked for again', async () => {
  let down = true
  const w = world((method, path) => (method === 'POST' && down ? new Error('down') : offers(method, path)))
  const s = w.start()
  s.show(whatsapp)
  await settle()
  expect(s.failed.value).toBe(true)
  down = false
  s.again()
  await settle()
  expect(s.failed.value).toBe(false)
  expect(s.offer.value).not.toBeNull()
})

test('the consent is written down as it was read, and can be taken back', async () => {
  const w = world(() => null)
  const r = createReach(w.m as never)
  const left = { channel: 'email', value: 'a@b.example', purposes: ['conversation' as const] }
  await r.give(left, 'You may write to me.')
  expect(w.calls.at(-1)).toEqual([
    'POST',
    '/shopper/consents',
    {
      ...left,
      granted: true,
      wording: 'You may write to me.',
      version: 'standard',
      language: 'en',
      page: 'https://shop.example/mug',
      conversation: 'cnv_1',
    },
  ])
  expect(createReach(w.m as never).left.value, 'after a reload').toEqual([left])
  await r.takeBack(left, 'No more.')
  expect(w.calls.at(-1)?.[2]).toMatchObject({ granted: false, wording: 'No more.', value: 'a@b.example' })
  expect(createReach(w.m as never).left.value).toEqual([])
  w.rows.set('reach', '{"broken":')
  expect(createReach(w.m as never).left.value).toEqual([])
})

test('what the server refused is not kept', async () => {
  const w = world(() => new Error('bad_address'))
  const r = createReach(w.m as never)
  await expect(r.give({ channel: 'email', value: 'x', purposes: ['conversation'] }, 'w')).rejects.toThrow()
  expect(r.left.value).toEqual([])
})

test('a question is open while the last word is the shopper’s and the server has it', () => {
  expect(isOpen([])).toBe(false)
  expect(isOpen([said(true)])).toBe(true)
  expect(isOpen([said(true), said(false)])).toBe(false)
  expect(isOpen([said(true), step('h', 'linked')])).toBe(true)
  const { seq: _, ...unsent } = said(true)
  expect(isOpen([unsent])).toBe(false)
  expect(isOpen([said(false), said(true, { revoked: true })])).toBe(false)
})

test('going along is offered to who leaves with an open question, once', async () => {
  const w = world()
  const l = watchLeaving(w.m as never)
  w.m.leaving.value++
  expect(l.shown.value, 'nothing was asked').toBe(false)
  w.m.items.value = [said(true)]
  expect(l.shown.value, 'that was before').toBe(false)
  w.m.leaving.value++
  expect(l.shown.value).toBe(true)
  l.dismiss()
  w.m.leaving.value++
  await vi.advanceTimersByTimeAsync(100_000)
  expect(l.shown.value).toBe(false)
  const reloaded = watchLeaving(w.m as never)
  w.m.leaving.value++
  expect(reloaded.shown.value, 'remembered').toBe(false)
})

test('a closed panel offers nothing, and has it still when it is opened', async () => {
  const w = world()
  w.m.open.value = false
  w.m.items.value = [said(true)]
  const l = watchLeaving(w.m as never)
  w.m.leaving.value++
  await vi.advanceTimersByTimeAsync(60_000)
  expect(l.shown.value).toBe(false)
  w.m.open.value = true
  await vi.advanceTimersByTimeAsync(46_000)
  expect(l.shown.value).toBe(true)
})

test('an answer takes the offer away', () => {
  const w = world()
  w.m.items.value = [said(true)]
  const l = watchLeaving(w.m as never)
  w.m.leaving.value++
  w.m.items.value = [...w.m.items.value, said(false)]
  expect(l.shown.value).toBe(false)
})

test('nobody there for three quarters of a minute is a reason too, unless an agent is', async () => {
  const alone = world()
  alone.m.items.value = [said(true)]
  const l = watchLeaving(alone.m as never)
  await vi.advanceTimersByTimeAsync(44_000)
  expect(l.shown.value).toBe(false)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(l.shown.value).toBe(true)

  const kept = world()
  kept.m.items.value = [said(true)]
  const k = watchLeaving(kept.m as never)
  kept.m.here.value = ['Noor']
  await vi.advanceTimersByTimeAsync(100_000)
  expect(k.shown.value).toBe(false)
})

test('a shop that does not want it offered does not offer it', () => {
  const w = world()
  w.m.site.handoff.offer_on_leave = false
  w.m.items.value = [said(true)]
  const l = watchLeaving(w.m as never)
  w.m.leaving.value++
  expect(l.shown.value).toBe(false)
  expect(w.rows.has('left')).toBe(false)
})

test('a number gets the code of its country', () => {
  for (const [typed, region, want] of [
    ['0170 0000002', 'DE', '+491700000002'],
    ['+34 600 000 001', 'DE', '+34600000001'],
    ['0034 600-000-001', 'DE', '+34600000001'],
    ['+49 (0)170 0000002', 'ES', '+491700000002'],
    ['600 000 001', 'ES', '+34600000001'],
    ['02 1234567', 'IT', '+39021234567'],
    ['(555) 078-3881', 'US', '+15550783881'],
    ['600000001', '', '600000001'],
  ] as const)
    expect(international(typed, region), `${typed} in ${region}`).toBe(want)
})

test('each country has one code, and home is where the browser says', () => {
  expect(new Set(countries.map(c => c.region)).size).toBe(countries.length)
  expect(countries.every(c => /^[1-9]\d{0,2}$/.test(c.code))).toBe(true)
  expect(homeCountry(['en', 'de-AT', 'en-US'])).toBe('AT')
  expect(homeCountry(['zh-Hant-TW'])).toBe('TW')
  expect(homeCountry(['en', 'xx-QQ'])).toBe('')
})
