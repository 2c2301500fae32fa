import { beforeEach, describe, expect, test } from 'vitest'
import type { ServerFrame } from '../src/frames.js'
import { backoff, Realtime, type RealtimeOptions, type Resume, type Status } from '../src/realtime.js'
import { Clock, Page, seeded } from './world.js'

const welcome: ServerFrame = {
  type: 'welcome',
  protocol: 1,
  epoch: 'e1',
  self: { kind: 'shopper', id: 'shp_1' },
  features: [],
}

let clock: Clock
let page: Page
let statuses: Status[]
let frames: ServerFrame[]
let resume: Resume
let token: string | null

beforeEach(() => {
  clock = new Clock()
  page = new Page(clock)
  statuses = []
  frames = []
  resume = { joins: [], feeds: [] }
  token = 'tgs_1'
})

function client(more: Partial<RealtimeOptions> = {}): Realtime {
  return new Realtime({
    baseURL: 'https://chat.test/',
    door: { kind: 'shopper', key: 'pk_1' },
    token: () => token,
    resume: () => resume,
    onFrame: (frame) => frames.push(frame),
    onStatus: (status) => statuses.push(status),
    env: page.env,
    ...more,
  })
}

function online(more: Partial<RealtimeOptions> = {}): Realtime {
  const realtime = client(more)
  realtime.start()
  page.socket.open()
  page.socket.say(welcome)
  return realtime
}

describe('connecting', () => {
  test('says hello on open, is online on welcome, and joins what is resumed', () => {
    resume.joins = [{ conversation: 'cnv_1', generation: 3, after: 7 }]
    const realtime = client({ tab: 't1' })
    realtime.start()
    expect(page.socket.url).toBe('wss://chat.test/v1/shops/pk_1/socket')
    expect(realtime.status.state).toBe('connecting')
    page.socket.open()
    expect(page.socket.sent).toEqual([{ type: 'hello', protocol: 1, token: 'tgs_1', tab: 't1' }])
    expect(realtime.online).toBe(false)
    page.socket.say(welcome)
    expect(realtime.online).toBe(true)
    expect(page.socket.sent[1]).toEqual({ type: 'join', conversation: 'cnv_1', generation: 3, after: 7 })
    expect(statuses.at(-1)).toEqual({ state: 'online', transport: 'socket' })
  })

  test('an agent needs no token and asks for the feeds', () => {
    resume.feeds = [{ shop: 'shop_1', after: 9 }]
    online({ door: { kind: 'agent' }, token: () => null })
    expect(page.socket.url).toBe('wss://chat.test/v1/agent/socket')
    expect(page.socket.sent).toEqual([
      { type: 'hello', protocol: 1 },
      { type: 'feed', feeds: [{ shop: 'shop_1', after: 9 }] },
    ])
  })

  test('a shopper without a token stays off', () => {
    token = null
    client().start()
    expect(statuses.at(-1)).toMatchObject({ state: 'off', reason: 'token' })
    expect(page.sockets).toHaveLength(0)
  })

  test('gives up one attempt after 8 s without a welcome, and tries again', async () => {
    client().start()
    page.socket.open()
    await clock.advance(7_999)
    expect(page.sockets).toHaveLength(1)
    await clock.advance(1)
    expect(page.socket.closed).toBe(true)
    await clock.advance(1_000)
    expect(page.sockets).toHaveLength(2)
  })

  test('frames are refused while offline and sent while online', () => {
    const realtime = client()
    realtime.start()
    expect(realtime.send({ type: 'ping' })).toBe(false)
    expect(realtime.window).toBe(0)
    page.socket.open()
    page.socket.say(welcome)
    expect(realtime.send({ type: 'ping' })).toBe(true)
    expect(realtime.window).toBeGreaterThan(1)
  })

  test('a stopped client ignores what its socket still says', () => {
    const realtime = online()
    const { socket } = page
    realtime.stop()
    socket.closed = false
    socket.say({ type: 'pong' })
    expect(frames.map((f) => f.type)).toEqual(['welcome'])
    expect(clock.pending).toBe(0)
  })
})

describe('losing the connection', () => {
  test('45 s of silence mean that the server is dead', async () => {
    online()
    await clock.advance(44_000)
    page.socket.say({ type: 'beat' })
    await clock.advance(44_999)
    expect(page.sockets).toHaveLength(1)
    await clock.advance(1)
    expect(statuses.at(-1)?.state).toBe('connecting')
    await clock.advance(2_000)
    expect(page.sockets).toHaveLength(2)
  })

  test('never gives up, and waits at most 15.2 s between attempts', async () => {
    page.random = () => 1
    page.answer = async () => {
      throw new TypeError('offline')
    }
    client().start()
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      page.socket.drop(1006)
      await clock.advance(0)
      waits.push((statuses.at(-1)?.retryAt ?? 0) - clock.now)
      await clock.advance(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([1200, 2200, 4200, 8200, 15200, 15200, 15200, 15200, 15200, 15200, 15200, 15200])
    expect(page.sockets).toHaveLength(13)
  })

  test('a hidden page waits twice as long', () => {
    online()
    page.isHidden = true
    page.socket.drop(1006)
    expect((statuses.at(-1)?.retryAt ?? 0) - clock.now).toBe(2 * 700)
  })

  test('the delays start anew only after a connection that lasted', async () => {
    page.random = () => 1
    online()
    const wait = () => (statuses.at(-1)?.retryAt ?? 0) - clock.now
    page.socket.drop(1006)
    expect(wait()).toBe(1200)
    await clock.advance(1200)
    page.socket.open()
    page.socket.say(welcome)
    await clock.advance(500)
    page.socket.drop(1006)
    expect(wait()).toBe(2200)
    await clock.advance(2200)
    page.socket.open()
    page.socket.say(welcome)
    await clock.advance(10_001)
    page.socket.drop(1006)
    expect(wait()).toBe(1200)
  })

  test.each([
    [1013, 5_000],
    [4029, 9_000],
    [4012, 2_000],
  ])('close %i after a bye waits at least its retry_after', (code, after) => {
    online()
    page.socket.say({ type: 'bye', code: 'busy', retry_after_ms: after })
    page.socket.drop(code)
    expect((statuses.at(-1)?.retryAt ?? 0) - clock.now).toBe(after + 700)
    page.wake('online')
    expect(page.sockets).toHaveLength(1)
  })

  test.each([
    [4003, 'forbidden'],
    [1002, 'protocol'],
    [1003, 'protocol'],
    [1007, 'protocol'],
    [1008, 'protocol'],
  ] as const)('close %i stops with reason %s', async (code, reason) => {
    const realtime = online()
    page.socket.drop(code)
    expect(statuses.at(-1)).toEqual({ state: 'off', transport: null, reason })
    await clock.advance(600_000)
    expect(page.sockets).toHaveLength(1)
    realtime.start()
    expect(page.sockets).toHaveLength(2)
  })

  test.each([1001, 1006, 1011, 4008, 4090, 4408])('close %i connects again', async (code) => {
    online()
    page.socket.drop(code)
    await clock.advance(2_000)
    expect(page.sockets).toHaveLength(2)
  })

  test('1009 tells the outbox and connects again', async () => {
    let told = 0
    online({ onTooLarge: () => told++ })
    page.socket.drop(1009)
    expect(told).toBe(1)
    await clock.advance(2_000)
    expect(page.sockets).toHaveLength(2)
  })
})

describe('a token that is refused', () => {
  test('is refreshed, and the next hello carries the new one', async () => {
    online({
      onToken: async () => {
        token = 'tgs_2'
        return token
      },
    })
    page.socket.drop(4001)
    await clock.advance(2_000)
    page.socket.open()
    expect(page.socket.sent[0]).toMatchObject({ token: 'tgs_2' })
  })

  test('without another one the client is off', async () => {
    online({ onToken: async () => null })
    page.socket.drop(4001)
    await clock.advance(10)
    expect(statuses.at(-1)).toMatchObject({ state: 'off', reason: 'token' })
  })

  test('a refresh that fails is tried again later, not taken for an answer', async () => {
    let tries = 0
    online({
      onToken: async () => {
        tries++
        throw new Error('offline')
      },
    })
    page.socket.drop(4001)
    await clock.advance(2_000)
    page.socket.open()
    page.socket.drop(4001)
    await clock.advance(10)
    expect(tries).toBe(2)
  })
})

describe('waking up', () => {
  test.each(['online', 'pageshow', 'visible'] as const)('%s ends the wait at once', (reason) => {
    online()
    page.socket.drop(1006)
    page.wake(reason)
    expect(page.sockets).toHaveLength(2)
  })

  test('a fresh connection is kept, a stale one replaced', async () => {
    online()
    await clock.advance(25_000)
    page.wake('visible')
    expect(page.sockets).toHaveLength(1)
    await clock.advance(1)
    page.wake('visible')
    expect(page.sockets).toHaveLength(2)
  })

  test('an attempt under way is left alone', () => {
    client().start()
    page.wake('online')
    expect(page.sockets).toHaveLength(1)
  })
})

describe('where sockets do not get through', () => {
  interface Stream {
    url: string
    headers: Record<string, string>
    say: (frame: ServerFrame) => void
    end: () => void
    aborted: () => boolean
  }
  let streams: Stream[]
  let posts: string[]
  let reasons: number

  beforeEach(() => {
    streams = []
    posts = []
    reasons = 0
    page.answer = async (url, init) => {
      if (url.includes('/stream')) return stream(url, init)
      if (url.endsWith('/frames')) {
        posts.push(String(init.body))
        return new Response(null, { status: 204 })
      }
      reasons++
      return new Response('{"unread":0}')
    }
  })

  function stream(url: string, init: RequestInit): Response {
    const encoder = new TextEncoder()
    let controller: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start: (c) => {
        controller = c
      },
    })
    init.signal?.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')))
    streams.push({
      url,
      headers: init.headers as Record<string, string>,
      say: (frame) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(frame)}\n\n`)),
      end: () => controller.close(),
      aborted: () => init.signal?.aborted === true,
    })
    return new Response(body)
  }

  async function fallBack(more: Partial<RealtimeOptions> = {}): Promise<Realtime> {
    const realtime = client(more)
    realtime.start()
    page.socket.drop(1006)
    await clock.advance(1_000)
    page.socket.drop(1006)
    await clock.advance(10)
    return realtime
  }

  test('after two failed upgrades asks for the reason, then opens a stream and sends by POST', async () => {
    resume.joins = [{ conversation: 'cnv_1', generation: 1, after: 4 }]
    const realtime = await fallBack()
    expect(reasons).toBe(1)
    expect(streams[0]?.url).toBe('https://chat.test/v1/shops/pk_1/stream?join=cnv_1.1.4')
    expect(streams[0]?.headers.Authorization).toBe('Bearer tgs_1')
    streams[0]?.say(welcome)
    await clock.advance(0)
    expect(realtime.status).toMatchObject({ state: 'online', transport: 'stream' })
    expect(realtime.window).toBe(1)
    realtime.send({ type: 'typing', conversation: 'cnv_1' })
    realtime.send({ type: 'ping' })
    await clock.advance(0)
    expect(posts).toEqual(['{"type":"typing","conversation":"cnv_1"}'])
  })

  test('the answer of a POST is a frame like any other', async () => {
    const realtime = await fallBack()
    streams[0]?.say(welcome)
    await clock.advance(0)
    const ack = { type: 'ack', client_id: 'c1', conversation: 'cnv_1', generation: 1, seq: 1, at: 1 }
    page.answer = async () => new Response(JSON.stringify(ack))
    realtime.send({ type: 'send', client_id: 'c1', start: 'c1', message: { text: 'hi' } })
    await clock.advance(0)
    expect(frames.at(-1)).toEqual(ack)
  })

  test('another conversation is another stream, without going offline', async () => {
    const realtime = await fallBack()
    streams[0]?.say(welcome)
    await clock.advance(0)
    resume.joins = [{ conversation: 'cnv_2', generation: 1, after: 0 }]
    realtime.subscribe({ type: 'join', conversation: 'cnv_2', generation: 1, after: 0 })
    await clock.advance(0)
    expect(streams[0]?.aborted()).toBe(true)
    expect(streams[1]?.url).toContain('join=cnv_2.1.0')
    expect(realtime.online).toBe(true)
    streams[1]?.say(welcome)
    await clock.advance(0)
    expect(streams).toHaveLength(2)
  })

  test('a socket is tried every five minutes and taken when it is welcome', async () => {
    const realtime = await fallBack()
    streams[0]?.say(welcome)
    const beats = setBeats(() => streams[0]?.say({ type: 'beat' }))
    await clock.advance(299_000)
    expect(page.sockets).toHaveLength(2)
    await clock.advance(1_000)
    expect(page.sockets).toHaveLength(3)
    page.socket.drop(1006)
    expect(realtime.status.transport).toBe('stream')
    await clock.advance(300_000)
    expect(page.sockets).toHaveLength(4)
    page.socket.open()
    expect(realtime.status.transport).toBe('stream')
    page.socket.say(welcome)
    expect(realtime.status).toEqual({ state: 'online', transport: 'socket' })
    expect(streams[0]?.aborted()).toBe(true)
    beats.stop()
    page.socket.drop(1006)
    await clock.advance(2_000)
    expect(page.sockets).toHaveLength(5)
  })

  function setBeats(say: () => void) {
    let timer: unknown
    const beat = () => {
      say()
      timer = clock.setTimeout(beat, 25_000)
    }
    beat()
    return { stop: () => clock.clearTimeout(timer) }
  }

  test.each([
    [401, { state: 'off', reason: 'token' }],
    [403, { state: 'off', reason: 'forbidden' }],
    [404, { state: 'off', reason: 'forbidden' }],
  ])('the reason %i is acted on', async (status, expected) => {
    page.answer = async () => new Response('{}', { status })
    await fallBack({ onToken: async () => null })
    expect(statuses.at(-1)).toMatchObject(expected)
    expect(streams).toHaveLength(0)
  })

  test('a busy server is given the time it asks for', async () => {
    page.answer = async () => new Response('{}', { status: 429, headers: { 'Retry-After': '30' } })
    await fallBack()
    expect((statuses.at(-1)?.retryAt ?? 0) - clock.now).toBeGreaterThanOrEqual(29_900)
  })

  test('without any network the socket stays the way', async () => {
    page.answer = async () => {
      throw new TypeError('offline')
    }
    await fallBack()
    await clock.advance(30_000)
    expect(page.sockets.length).toBeGreaterThan(2)
    expect(streams).toHaveLength(0)
  })

  test('without WebSocket at all the stream is the way', async () => {
    const realtime = client({ env: { ...page.env, WebSocket: null } })
    realtime.start()
    await clock.advance(0)
    streams[0]?.say(welcome)
    await clock.advance(0)
    expect(realtime.status.transport).toBe('stream')
    streams[0]?.end()
    await clock.advance(2_000)
    expect(streams).toHaveLength(2)
  })
})

test('10,000 clients that lost a server come back spread out', () => {
  const random = seeded(7)
  const slots = new Map<number, number>()
  // Each tries until an attempt falls after the server's return, 20 s later.
  for (let i = 0; i < 10_000; i++) {
    let at = 0
    for (let attempt = 0; at < 20_000; attempt++) at += backoff(attempt, random())
    const slot = Math.floor(at / 100)
    slots.set(slot, (slots.get(slot) ?? 0) + 1)
  }
  expect(Math.max(...slots.values())).toBeLessThanOrEqual(200)
})
