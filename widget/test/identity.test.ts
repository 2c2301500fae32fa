/** When the panel asks the shop who the shopper is, and what it makes of the answer. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Host } from '../src/panel/host'
import { createTexts } from '../src/panel/i18n'
import { createModel, type Model } from '../src/panel/model'
import type { PanelSite, ToLoader, ToPanel } from '../src/shared/bridge'

const site = { key: 'pk_1', name: 'Marl', url: 'https://chat.example' } as PanelSite
const page = { url: 'https://shop.example/', title: 'Shop' }

let calls: string[]
interface Socket {
  onopen?: (e: object) => void
  onclose?: (e: { code: number }) => void
}
let sockets: Socket[]
let made: Model[]
beforeEach(() => {
  calls = []
  sockets = []
  made = []
  vi.stubGlobal('fetch', async (url: string, o: RequestInit) => {
    calls.push(`${o.method} ${url.replace('https://chat.example/v1/shops/pk_1', '')}`)
    if (url.endsWith('/sessions')) return Response.json({ token: 'tgs_1', shopper: { id: 'shp_1' } })
    return Response.json({ shopper: { id: 'shp_2', identified: true } })
  })
  vi.stubGlobal(
    'WebSocket',
    class {
      constructor() {
        calls.push('connect')
        sockets.push(this as Socket)
      }
      send() {}
      close() {}
    },
  )
})
afterEach(() => {
  for (const m of made) m.session.live.stop()
  vi.unstubAllGlobals()
})

function open(over: { open?: boolean; identity?: boolean; token?: string; answer?: unknown } = {}) {
  const rows = new Map<string, string>(over.token ? [['token', over.token]] : [])
  const told: ToLoader[] = []
  let tell: (m: ToPanel) => void = () => {}
  const ask = vi.fn(async () => over.answer)
  const host: Host = {
    init: {
      rows: [],
      open: over.open ?? false,
      full: false,
      theme: 'auto',
      page,
      identity: over.identity ?? false,
      cart: undefined,
      text: undefined,
      back: undefined,
    },
    row: k => rows.get(k) ?? null,
    rows: () => [...rows],
    set: (k, v) => void rows.set(k, v),
    delete: k => void rows.delete(k),
    tell: m => void told.push(m),
    ask,
    listen: fn => {
      tell = fn
    },
  }
  made.push(createModel(site, host, createTexts('en', {})))
  return { ask, told, rows, tell: (m: ToPanel) => tell(m) }
}
const shown: ToPanel = { do: 'shown', open: true, full: false }

test('a panel that nobody has looked at asks nothing', async () => {
  const { ask, tell } = open({ identity: true, answer: 'a.b.c' })
  expect([ask.mock.calls.length, calls]).toEqual([0, []])
  tell(shown)
  tell({ ...shown, open: false })
  tell(shown)
  await vi.waitFor(() => expect(calls).toContain('POST /shopper/identity'))
  expect(ask, 'once').toHaveBeenCalledTimes(1)
  expect(calls[0]).toBe('POST /sessions')
})

test('nobody of an earlier session is shown before the shop has answered', async () => {
  let answer: (jwt: string) => void = () => {}
  const { tell } = open({
    identity: true,
    token: 'tgs_0',
    answer: new Promise(resolve => (answer = resolve)),
  })
  tell(shown)
  tell(shown)
  await Promise.resolve()
  expect(calls).toEqual([])
  answer('a.b.c')
  await vi.waitFor(() => expect(calls[0]).toBe('POST /shopper/identity'))
})

test.each([
  ['', 'a guest'],
  [undefined, 'one whom the shop cannot tell'],
])('with %j, %s, it goes on with the session that there is', async (answer, _) => {
  const { tell } = open({ identity: true, token: 'tgs_0', answer })
  tell(shown)
  await vi.waitFor(() => expect(calls).toEqual(['connect']))
})

test('a session that is over is begun anew, and the shop is asked whose it is', async () => {
  const { ask, tell } = open({ identity: true, answer: 'a.b.c' })
  tell(shown)
  await vi.waitFor(() => expect(sockets).toHaveLength(1))
  expect(ask).toHaveBeenCalledTimes(1)
  calls = []
  sockets[0]?.onopen?.({})
  sockets[0]?.onclose?.({ code: 4001 })
  await vi.waitFor(() => expect(calls).toContain('POST /shopper/identity'))
  expect([calls[0], ask.mock.calls.length]).toEqual(['POST /sessions', 2])
})

test('a page that learns later who it is says so, and an open panel asks at once', async () => {
  const { ask, tell } = open({ open: true, answer: 'a.b.c' })
  expect(ask).not.toHaveBeenCalled()
  tell({ do: 'known' })
  await vi.waitFor(() => expect(calls).toContain('POST /shopper/identity'))
  tell({ do: 'known' })
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2))
})

test('a word that the server does not believe is an error, and a guest', async () => {
  vi.stubGlobal('fetch', async (url: string) =>
    url.endsWith('/sessions')
      ? Response.json({ token: 'tgs_1', shopper: { id: 'shp_1' } })
      : Response.json({ code: 'identity_unverified' }, { status: 403 }),
  )
  const { told, tell } = open({ identity: true, answer: 'nonsense' })
  tell(shown)
  await vi.waitFor(() =>
    expect(told).toContainEqual({ do: 'emit', name: 'error', detail: { code: 'identity_unverified' } }),
  )
  expect(calls).toContain('connect')
})
