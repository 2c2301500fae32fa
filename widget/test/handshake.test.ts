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

test('the loader takes the commands of its list and nothing else', () => {
  expect(check({ do: 'set', key: 'out:m1', value: '{}', more: 1 })).toEqual({
    do: 'set',
    key: 'out:m1',
    value: '{}',
  })
  expect(check({ do: 'emit', name: 'message:sent', detail: 1 })).toEqual({
    do: 'emit',
    name: 'message:sent',
    detail: 1,
  })
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
  ])
    expect(check(bad), JSON.stringify(bad)).toBeUndefined()
})
