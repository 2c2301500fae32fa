import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Host } from '../src/panel/host'
import { openSession, subject } from '../src/panel/session'
import type { PanelSite, ToLoader } from '../src/shared/bridge'

const site = { key: 'pk_1', url: 'https://chat.example' } as PanelSite
const jwt = (sub: string) => `h.${btoa(JSON.stringify({ sub }))}.s`

interface Asked {
  method: string
  path: string
  token: string | null
}
let asked: Asked[]
let answers: Record<string, () => Response | Promise<Response>>
let made: number

beforeEach(() => {
  asked = []
  made = 0
  answers = {
    '/sessions': () =>
      Response.json({ token: `tgs_${++made}`, shopper: { id: `shp_${made}` }, expires_at: 1 }),
    '/shopper/identity': () =>
      Response.json({ shopper: { id: `shp_${made}`, name: 'Mara', identified: true } }),
    '/session': () => new Response(null, { status: 204 }),
  }
  vi.stubGlobal('fetch', async (url: string, o: RequestInit) => {
    const path = url.replace('https://chat.example/v1/shops/pk_1', '')
    const token = (o.headers as Record<string, string>).Authorization?.slice(7) ?? null
    asked.push({ method: o.method ?? 'GET', path, token })
    const answer = answers[path]
    if (!answer) throw new TypeError('offline')
    return answer()
  })
  // A socket that never opens: these tests are about who the shopper is, not about the line.
  vi.stubGlobal(
    'WebSocket',
    class {
      send() {}
      close() {}
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const renewed = vi.fn()

function open(rows: Record<string, string> = {}) {
  const kept = new Map(Object.entries(rows))
  const told: ToLoader[] = []
  const host: Host = {
    init: undefined as never,
    row: k => kept.get(k) ?? null,
    rows: () => [...kept],
    set: (k, v) => void kept.set(k, v),
    delete: k => void kept.delete(k),
    tell: m => void told.push(m),
    ask: async () => undefined,
    listen() {},
  }
  const session = openSession(site, host, 'en', () => {}, renewed)
  const events = () => told.flatMap(m => (m.do === 'emit' ? [m.name] : [m.do]))
  return { session, kept, events }
}

test('several who need a session make one', async () => {
  const { session, kept, events } = open()
  await Promise.all([session.ensure(), session.ensure(), session.ensure()])
  expect(asked).toEqual([{ method: 'POST', path: '/sessions', token: null }])
  expect([kept.get('token'), kept.get('shopper')]).toEqual(['tgs_1', 'shp_1'])
  expect(events()).toEqual(['shopper'])
  session.live.stop()
})

test('a session that is there is used', async () => {
  const { session } = open({ token: 'tgs_old' })
  await session.ensure()
  expect(asked).toEqual([])
  session.live.stop()
})

test('a server that is away is asked again, one that refuses is not', async () => {
  vi.useFakeTimers()
  let n = 0
  const good = answers['/sessions'] as () => Response
  answers['/sessions'] = () => (n++ < 2 ? new Response('', { status: 503 }) : good())
  const { session, kept } = open()
  const done = session.ensure()
  await vi.advanceTimersByTimeAsync(10_000)
  await done
  expect([n, kept.get('token')]).toEqual([3, 'tgs_1'])
  session.live.stop()

  answers['/sessions'] = () => Response.json({ code: 'not_found' }, { status: 404 })
  const other = open()
  await expect(other.session.ensure()).rejects.toMatchObject({ status: 404, code: 'not_found' })
})

test('the next person on this device has a session of their own', async () => {
  const { session, kept, events } = open()
  await session.identify(jwt('mara'))
  await session.identify(jwt('mara'))
  expect(asked.filter(a => a.path === '/sessions')).toHaveLength(1)
  await session.identify(jwt('jonas'))
  expect(asked.slice(-3)).toEqual([
    { method: 'DELETE', path: '/session', token: 'tgs_1' },
    { method: 'POST', path: '/sessions', token: null },
    { method: 'POST', path: '/shopper/identity', token: 'tgs_2' },
  ])
  expect([kept.get('token'), kept.get('sub')]).toEqual(['tgs_2', 'jonas'])
  expect(events()).toEqual(['shopper', 'identify', 'identify', 'shopper', 'identify'])
  session.live.stop()
})

test('who cannot prove themselves goes on as a guest', async () => {
  answers['/shopper/identity'] = () => Response.json({ code: 'identity_unverified' }, { status: 403 })
  const { session, kept, events } = open()
  await expect(session.identify('nonsense')).rejects.toMatchObject({ code: 'identity_unverified' })
  expect(kept.get('token')).toBe('tgs_1')
  expect(kept.has('sub')).toBe(false)
  expect(events()).toEqual(['shopper'])
  session.live.stop()
})

test('logout ends the session here even when the server does not hear of it', async () => {
  delete answers['/session']
  const { session, events } = open({ token: 'tgs_old' })
  await session.logout()
  expect(asked).toEqual([{ method: 'DELETE', path: '/session', token: 'tgs_old' }])
  expect(events()).toEqual(['gone'])
})

test('a token says whom it speaks of, or nothing', () => {
  expect(subject(jwt('mara'))).toBe('mara')
  for (const bad of ['', 'a', 'a.b.c', `a.${btoa('{}')}.c`, `a.${btoa('{"sub":7}')}.c`])
    expect(subject(bad)).toBe('')
})
