import { expect, test, vi } from 'vitest'
import { check } from '../src/loader/frame'
import { frameHost } from '../src/panel/host'
import { HELLO, type PanelSite, type ToLoader } from '../src/shared/bridge'

const site = { origins: ['https://shop.example', 'https://editor.example'] } as PanelSite
const parent = {}

/** A message event as the browser makes it; the constructor of the test's DOM takes no ports. */
function message(over: { source?: unknown; origin?: string; data?: unknown; ports?: unknown[] }): Event {
  const e = new Event('message')
  return Object.assign(e, { source: parent, origin: 'https://shop.example', data: HELLO, ports: [], ...over })
}

function channel() {
  const said: ToLoader[] = []
  const far = { onmessage: (_: { data: unknown }) => {}, postMessage: (m: ToLoader) => said.push(m) }
  return { port: far, said, tell: (data: unknown) => far.onmessage({ data }) }
}

const init = {
  rows: [
    ['token', 't'],
    ['evil', 'x'],
  ],
  open: false,
  full: false,
  theme: 'auto',
  page: { url: '', title: '' },
}

test('the panel hears its parent on a listed origin, once', async () => {
  const on = new EventTarget()
  const first = channel()
  const host = frameHost(site, parent, on)
  on.dispatchEvent(message({ ports: [first.port] }))
  await vi.waitFor(() => expect(first.said).toEqual([{ do: 'ready' }]))
  first.tell({ do: 'init', init })
  expect((await host).row('token')).toBe('t')
  expect((await host).row('evil')).toBeNull()

  const replayed = channel()
  on.dispatchEvent(message({ ports: [replayed.port] }))
  await Promise.resolve()
  expect(replayed.said).toEqual([])
})

test('anyone else is not heard', async () => {
  const on = new EventTarget()
  void frameHost(site, parent, on)
  for (const wrong of [
    { origin: 'https://evil.example' },
    { origin: 'http://shop.example' },
    { origin: 'https://shop.example:8443' },
    { origin: 'null' },
    { source: {} },
    { source: null },
    { data: 'tagalong:2' },
    { data: { tagalong: 1 } },
    { ports: [] },
  ]) {
    const c = channel()
    on.dispatchEvent(message({ ports: [c.port], ...wrong }))
    await Promise.resolve()
    expect(c.said, JSON.stringify(wrong)).toEqual([])
  }
})

test('rows of another tab are taken over, unknown ones are not', async () => {
  const on = new EventTarget()
  const c = channel()
  const waiting = frameHost(site, parent, on)
  on.dispatchEvent(message({ ports: [c.port] }))
  await Promise.resolve()
  c.tell({ do: 'init', init })
  const host = await waiting
  const heard: unknown[] = []
  host.listen(m => heard.push(m))
  c.tell({ do: 'row', key: 'token', value: 'new' })
  c.tell({ do: 'row', key: '__proto__', value: 'x' })
  c.tell({ do: 'row', key: 'out:m1', value: '{}' })
  c.tell({ do: 'row', key: 'out:m1', value: null })
  expect(host.rows()).toEqual([['token', 'new']])
  expect(heard).toHaveLength(4)
})

test('a question to the shop is answered by its number, or in time by nothing', async () => {
  vi.useFakeTimers()
  const on = new EventTarget()
  const c = channel()
  const waiting = frameHost(site, parent, on)
  on.dispatchEvent(message({ ports: [c.port] }))
  await Promise.resolve()
  c.tell({ do: 'init', init })
  const host = await waiting
  const item = { product: '1', quantity: 1 }
  const [who, cart, never] = [host.ask(), host.ask(item), host.ask(item)]
  expect(c.said.slice(1)).toEqual([
    { do: 'ask', id: 0, item: undefined },
    { do: 'ask', id: 1, item },
    { do: 'ask', id: 2, item },
  ])
  c.tell({ do: 'answer', id: 1, value: true })
  c.tell({ do: 'answer', id: 0, value: 'a.b.c' })
  c.tell({ do: 'answer', id: 'constructor', value: 'x' })
  expect(await Promise.all([who, cart])).toEqual(['a.b.c', true])
  vi.advanceTimersByTime(15_000)
  expect(await never).toBeUndefined()
  vi.useRealTimers()
})

test('the loader takes the commands of its list and nothing else', () => {
  for (const good of [
    { do: 'set', key: 'out:m1', value: '{}' },
    { do: 'emit', name: 'message:sent', detail: 1 },
    { do: 'unread', count: 0 },
    { do: 'ask', id: 0 },
    { do: 'ask', id: 1, item: { product: '632910392', variant: '808950810', quantity: 1 } },
    { do: 'ask', id: 1, item: { product: '632910392', quantity: 2 } },
  ])
    expect(check(good), JSON.stringify(good)).toEqual(good)
  for (const bad of [
    null,
    undefined,
    'close',
    42,
    [],
    { do: 'eval', code: '1' },
    { do: 'set', key: 'cart', value: 'x' },
    { do: 'set', key: '../token', value: 'x' },
    { do: 'set', key: 'token', value: 7 },
    { do: 'set', key: 'token', value: 'x'.repeat(64 * 1024 + 1) },
    { do: 'set', key: `out:${'x'.repeat(129)}`, value: 'x' },
    { do: 'delete', key: 'constructor' },
    { do: 'unread', count: '3' },
    { do: 'unread', count: Number.NaN },
    { do: 'unread', count: -1 },
    { do: 'emit', name: 'ready' },
    { do: 'emit', name: 'toString' },
    { do: 'constructor' },
    { do: 'ask', id: 1, item: {} },
    { do: 'ask', id: 1, item: { product: 632910392, quantity: 1 } },
    { do: 'ask', id: 1, item: { product: '1', variant: {}, quantity: 1 } },
    { do: 'ask', id: 1, item: { product: '1', quantity: 0 } },
    { do: 'ask', id: 1, item: { product: '1' } },
  ])
    expect(check(bad), JSON.stringify(bad)).toBeUndefined()
})
