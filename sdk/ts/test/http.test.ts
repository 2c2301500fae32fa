import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { Client, type ContextEvent } from '../src/client.js'
import { at, Http, pages, TagalongError } from '../src/http.js'
import { ShopperClient } from '../src/shopper.js'
import { Clock, Page, settle } from './world.js'

let clock: Clock
let page: Page

beforeEach(() => {
  clock = new Clock()
  page = new Page(clock)
})

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'network' | 'hang'

function answers(...list: Answer[]): void {
  let i = 0
  page.answer = async (_url, init) => {
    const answer = list[Math.min(i++, list.length - 1)]
    if (answer === undefined || answer === 'network') throw new TypeError('fetch failed')
    if (answer === 'hang') {
      return new Promise((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })
    }
    const { status = 200, body, headers = {} } = answer
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers })
  }
}

const problem = (status: number, code: string, more: object = {}): Answer => ({
  status,
  body: { status, code, message: 'No.', request_id: 'req_1', ...more },
})

/** Runs a call to its end in virtual time. */
async function finish<T>(call: Promise<T>): Promise<T | TagalongError> {
  let result: T | TagalongError | undefined
  let done = false
  call.then(
    (value) => {
      result = value
      done = true
    },
    (error) => {
      result = error
      done = true
    },
  )
  for (let i = 0; i < 200 && !done; i++) await clock.advance(250)
  await settle()
  if (!done) throw new Error('the call did not end')
  return result as T | TagalongError
}

const http = (more: object = {}) =>
  new Http({ baseURL: 'https://chat.test', token: () => 'tgk_1', env: page.env, ...more })
const keys = () => page.requests.map((r) => (r.init.headers as Record<string, string>)['Idempotency-Key'])

describe('errors', () => {
  test('carry what the server said', async () => {
    answers(problem(422, 'invalid', { fields: [{ path: 'a.b', message: 'too small' }, 7] }))
    const error = await finish(http().call('/x'))
    expect(error).toBeInstanceOf(TagalongError)
    expect(error).toMatchObject({
      status: 422,
      code: 'invalid',
      requestId: 'req_1',
      fields: [{ path: 'a.b', message: 'too small' }],
    })
    expect(page.requests).toHaveLength(1)
  })

  test('of a proxy that knows no JSON still have a code', async () => {
    page.answer = async () =>
      new Response('<h1>Bad gateway</h1>', { status: 400, headers: { 'X-Request-Id': 'r9' } })
    expect(await finish(http().call('/x'))).toMatchObject({ status: 400, code: 'http_400', requestId: 'r9' })
  })

  test('an answer that is no JSON is an error, not undefined', async () => {
    page.answer = async () => new Response('<html>')
    expect(await finish(http().call('/x'))).toMatchObject({ code: 'bad_answer' })
  })
})

describe('retries', () => {
  const post = { method: 'POST', body: {} } as const
  test.each([
    ['a GET after the network failed', 'network', {}, 2],
    ['a GET after 500', problem(500, 'internal'), {}, 2],
    ['a GET after 503', problem(503, 'try_again'), {}, 2],
    ['a GET after 408', problem(408, 'timeout'), {}, 2],
    ['a GET after 429', problem(429, 'rate_limited'), {}, 2],
    ['not a GET after 404', problem(404, 'not_found'), {}, 1],
    ['not a bare POST after 500', problem(500, 'internal'), post, 1],
    ['not a bare POST after the network failed', 'network', post, 1],
    ['a bare POST after 429, which did nothing', problem(429, 'rate_limited'), post, 2],
    ['a POST with a key after 500', problem(500, 'internal'), { ...post, idempotencyKey: true }, 2],
    [
      'a POST with a key still running',
      problem(409, 'idempotency_in_progress'),
      { ...post, idempotencyKey: true },
      2,
    ],
    ['not a conflict of content', problem(409, 'id_conflict'), { ...post, repeatable: true }, 1],
  ] as const)('%s', async (_name, first, call, tries) => {
    answers(first as Answer, { body: { ok: true } })
    const result = await finish(http().call('/x', call))
    expect(page.requests).toHaveLength(tries)
    if (tries === 2) expect(result).toEqual({ ok: true })
    else expect(result).toBeInstanceOf(TagalongError)
  })

  test('come after a try that took too long, while there is time', async () => {
    answers('hang', { body: { ok: true } })
    expect(await finish(http({ tryTimeoutMs: 3000 }).call('/x'))).toEqual({ ok: true })
    expect(page.requests).toHaveLength(2)
  })

  test('come after an answer whose end did not come', async () => {
    let n = 0
    page.answer = async (_url, init) => {
      if (n++ > 0) return Response.json({ ok: true })
      const body = new ReadableStream({
        start(to) {
          to.enqueue(new TextEncoder().encode('{"ok":'))
          init.signal?.addEventListener('abort', () => to.error(new DOMException('aborted', 'AbortError')))
        },
      })
      return new Response(body)
    }
    expect(await finish(http({ tryTimeoutMs: 3000 }).call('/x'))).toEqual({ ok: true })
    expect(page.requests).toHaveLength(2)
  })

  test('do not come for a POST that took too long and may have been done', async () => {
    answers('hang')
    const call = http({ tryTimeoutMs: 3000 }).call('/x', { method: 'POST', body: {} })
    expect(await finish(call)).toMatchObject({ status: 0, code: 'timeout' })
    expect(page.requests).toHaveLength(1)
  })

  test('use one idempotency key for all tries of a call, and another for the next call', async () => {
    answers('network', problem(502, 'x'), { body: {} })
    const client = http()
    await finish(client.call('/x', { method: 'POST', body: {}, idempotencyKey: true }))
    await finish(client.call('/x', { method: 'POST', body: {}, idempotencyKey: true }))
    const [a, b, c, d] = keys()
    expect(a).toMatch(/^[a-z2-7]{26}$/)
    expect([b, c]).toEqual([a, a])
    expect(d).not.toBe(a)
  })

  test('wait as long as Retry-After says', async () => {
    answers({ status: 429, headers: { 'Retry-After': '7' } }, { body: {} })
    const start = clock.now
    await finish(http().call('/x'))
    expect(clock.now - start).toBeGreaterThanOrEqual(7_000)
    expect(page.requests).toHaveLength(2)
  })

  test('do not wait past the deadline', async () => {
    answers({ status: 429, headers: { 'Retry-After': '60' } })
    const start = clock.now
    expect(await finish(http().call('/x'))).toMatchObject({ status: 429, retryAfterMs: 60_000 })
    expect(clock.now - start).toBeLessThan(1_000)
  })

  test('end with the last error', async () => {
    answers(problem(503, 'try_again'))
    expect(await finish(http({ retries: 2 }).call('/x'))).toMatchObject({ code: 'try_again' })
    expect(page.requests).toHaveLength(3)
  })

  test('a server that never answers meets the deadline', async () => {
    answers('hang')
    expect(await finish(http({ timeoutMs: 5_000 }).call('/x'))).toMatchObject({ status: 0, code: 'deadline' })
    expect(page.requests).toHaveLength(1)
  })

  test('stop when the caller gives up', async () => {
    answers('network')
    const abort = new AbortController()
    const call = http().call('/x', { signal: abort.signal })
    abort.abort()
    expect(await finish(call)).toMatchObject({ status: 0 })
    expect(page.requests.length).toBeLessThanOrEqual(1)
  })
})

describe('requests', () => {
  test('say who calls, and with which key', async () => {
    answers({ body: {} })
    await finish(
      http({ userAgent: 'my-plugin/1.2' }).call('/x', { query: { a: 'b c', none: undefined, n: 0 } }),
    )
    expect(page.requests[0]?.url).toBe('https://chat.test/x?a=b+c&n=0')
    expect(page.requests[0]?.init.headers).toMatchObject({
      Authorization: 'Bearer tgk_1',
      'User-Agent': expect.stringMatching(/^my-plugin\/1\.2 tagalong-ts\/[\d.]+$/),
    })
  })

  test('paths are escaped', () => {
    expect(at('/orders/{}/x/{}', '../a b', '#1')).toBe('/orders/..%2Fa%20b/x/%231')
  })

  test('a list is read to its end', async () => {
    const seen: (string | undefined)[] = []
    const list = pages(async (cursor) => {
      seen.push(cursor)
      return cursor === undefined ? { items: [1, 2], next: 'c2' } : { items: [3] }
    })
    const items = []
    for await (const item of list) items.push(item)
    expect(items).toEqual([1, 2, 3])
    expect(seen).toEqual([undefined, 'c2'])
  })
})

describe('the clients', () => {
  const client = () =>
    new Client({ baseURL: 'https://chat.test', shop: 'shop_1', key: 'tgk_1', env: page.env })
  const event = (i: number): ContextEvent => ({
    id: `e${i}`,
    type: 'order.deleted',
    occurred_at: '2026-11-21T19:34:16.123456Z',
    version: i,
    external_id: String(i),
  })

  const applies = () => {
    page.answer = async (_url, init) => {
      const { events } = JSON.parse(String(init.body)) as { events: { id: string }[] }
      return new Response(JSON.stringify({ results: events.map(({ id }) => ({ id, outcome: 'applied' })) }))
    }
  }

  test('events are pushed a hundred at a time, and each has its result', async () => {
    applies()
    const events = Array.from({ length: 250 }, (_, i) => event(i))
    const results = await finish(client().pushEvents(events))
    expect(page.requests).toHaveLength(3)
    expect(page.requests[0]?.url).toBe('https://chat.test/v1/shops/shop_1/events')
    expect(new Set(keys()).size).toBe(3)
    expect((results as { id: string }[]).map((r) => r.id)).toEqual(events.map((e) => e.id))
  })

  test('large events go in smaller batches', async () => {
    applies()
    await finish(
      client().pushEvents(Array.from({ length: 10 }, (_, i) => ({ ...event(i), hint: 'ü'.repeat(50_000) }))),
    )
    expect(page.requests).toHaveLength(5)
    for (const { init } of page.requests) {
      expect(new TextEncoder().encode(String(init.body)).length).toBeLessThan(256 * 1024)
    }
  })

  test.each([
    ['none', undefined],
    ['one less', [{ id: event(0).id }]],
    ['another order', [{ id: event(1).id }, { id: event(0).id }]],
    ['somebody else’s', [{ id: event(0).id }, { id: 'x' }]],
    ['what is no result', [{ id: event(0).id }, null]],
  ])('results that are not those of the events are refused: %s', async (_, results) => {
    answers({ body: { results } })
    const error = await finish(client().pushEvents([event(0), event(1)]))
    expect(error).toBeInstanceOf(TagalongError)
    expect(error).toMatchObject({ status: 200, code: 'bad_answer' })
  })

  test('a post repeats its client_id', async () => {
    answers('network', { status: 201, body: { seq: 3 } })
    await finish(client().post('cnv_1', { text: 'hi' }))
    const bodies = page.requests.map((r) => JSON.parse(String(r.init.body)))
    expect(bodies).toHaveLength(2)
    expect(bodies[0]).toEqual(bodies[1])
    expect(bodies[0]).toMatchObject({ kind: 'message', message: { text: 'hi' } })
  })

  test('a log is read page by page', async () => {
    page.answer = async (url) => {
      const after = Number(new URL(url).searchParams.get('after'))
      const items = after >= 3 ? [] : [{ seq: after + 1 }]
      return new Response(JSON.stringify({ items, generation: 1, first_seq: 1, head: 3 }))
    }
    const seqs: number[] = []
    for await (const entry of client().log('cnv_1')) seqs.push(entry.seq)
    expect(seqs).toEqual([1, 2, 3])
    expect(page.requests).toHaveLength(3)
  })

  test('a shopper uploads bytes as they are', async () => {
    answers({ status: 201, body: { id: 'att_1' } })
    const shopper = new ShopperClient({
      baseURL: 'https://chat.test',
      key: 'pk_1',
      token: () => 'tgs_1',
      env: page.env,
    })
    await finish(shopper.upload('a b.png', new Uint8Array([1, 2])))
    expect(page.requests[0]?.url).toBe('https://chat.test/v1/shops/pk_1/shopper/attachments?name=a+b.png')
    expect(page.requests[0]?.init.headers).toMatchObject({ 'Content-Type': 'application/octet-stream' })
  })

  test('a shopper without a token still makes a session', async () => {
    answers({ status: 201, body: { token: 'tgs_1', shopper: { id: 'shp_1' }, expires_at: 1 } })
    const shopper = new ShopperClient({
      baseURL: 'https://chat.test',
      key: 'pk_1',
      token: () => null,
      env: page.env,
    })
    expect(await finish(shopper.createSession('de'))).toMatchObject({ token: 'tgs_1' })
    expect(page.requests[0]?.init.headers).not.toHaveProperty('Authorization')
  })

  test('a shopper goes on elsewhere and comes back', async () => {
    const golden = (name: string) =>
      JSON.parse(readFileSync(new URL(`../../../openapi/examples/${name}.json`, import.meta.url), 'utf8'))
    const bodies = () => page.requests.map((r) => JSON.parse(String(r.init.body ?? 'null')) as unknown)
    const shopper = new ShopperClient({
      baseURL: 'https://chat.test',
      key: 'pk_1',
      token: () => 'tgs_1',
      env: page.env,
    })
    answers(
      { status: 201, body: golden('createHandoff.response') },
      { status: 204 },
      { body: golden('listShopperHandoffs.response') },
      { body: golden('confirmHandoff.response') },
      { status: 204 },
      { body: golden('resumeConversation.response') },
    )
    const offer = await finish(shopper.offerHandoff(golden('createHandoff.request')))
    if (offer instanceof TagalongError) throw offer
    expect(offer.qr.path).toMatch(/^M/)
    await finish(shopper.clickedHandoff(offer.id))
    expect(await finish(shopper.handoffs())).toEqual(golden('listShopperHandoffs.response').items)
    await finish(shopper.confirmHandoff(offer.id, false))
    await finish(shopper.consent(golden('giveConsent.request')))
    expect(await finish(shopper.resume('back_1'))).toEqual(golden('resumeConversation.response'))
    const base = 'https://chat.test/v1/shops/pk_1'
    expect(page.requests.map((r) => `${r.init.method} ${r.url.replace(base, '')}`)).toEqual([
      'POST /shopper/handoffs',
      `POST /shopper/handoffs/${offer.id}/click`,
      'GET /shopper/handoffs',
      `POST /shopper/handoffs/${offer.id}/confirm`,
      'POST /shopper/consents',
      'POST /resume',
    ])
    expect(bodies()).toEqual([
      golden('createHandoff.request'),
      null,
      null,
      { mine: false },
      golden('giveConsent.request'),
      { token: 'back_1' },
    ])
  })

  test('a link is asked for once: a repeat would make another one', async () => {
    answers('network')
    const shopper = new ShopperClient({ baseURL: 'https://chat.test', key: 'pk_1', env: page.env })
    expect(await finish(shopper.offerHandoff({ channel: 'whatsapp' }))).toMatchObject({ status: 0 })
    expect(page.requests).toHaveLength(1)
  })
})
