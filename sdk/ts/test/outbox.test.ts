import { beforeEach, describe, expect, test } from 'vitest'
import type { AckFrame, DurableFrame, SendFrame } from '../src/frames.js'
import { checkFrame } from '../src/limits.js'
import { MemoryStorage, Outbox, type OutboxOptions } from '../src/outbox.js'
import { Clock, Page, settle } from './world.js'

let clock: Clock
let storage: MemoryStorage
let sent: DurableFrame[]
let window: number
let failed: string[]

beforeEach(() => {
  clock = new Clock()
  storage = new MemoryStorage()
  sent = []
  failed = []
  window = 32
})

function box(more: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({
    storage,
    send: (frame) => {
      sent.push(frame)
      return true
    },
    window: () => window,
    onFailed: (clientId, failure) => failed.push(`${clientId} ${failure.code}`),
    env: new Page(clock).env,
    ...more,
  })
}

const frame = (id: string, more: Partial<SendFrame> = {}): SendFrame => ({
  type: 'send',
  client_id: id,
  conversation: 'cnv_1',
  message: { text: id },
  ...more,
})
const ack = (id: string): AckFrame => ({
  type: 'ack',
  client_id: id,
  conversation: 'cnv_1',
  generation: 1,
  seq: 1,
  at: 1,
})
const refused = (id: string, code: string, retry?: number) =>
  ({
    type: 'refused',
    client_id: id,
    code,
    message: code,
    ...(retry === undefined ? {} : { retry_after_ms: retry }),
  }) as const
const ids = () => sent.map((f) => f.client_id)

async function filled(...names: string[]): Promise<Outbox> {
  const outbox = box()
  for (const name of names) await outbox.queue(frame(name))
  await settle()
  return outbox
}

describe('sending', () => {
  test('is in order and pipelined, and an ack takes the message away', async () => {
    const outbox = await filled('a', 'b', 'c')
    expect(ids()).toEqual(['a', 'b', 'c'])
    outbox.acked(ack('a'))
    await settle()
    expect((await storage.list()).map((i) => i.frame.client_id)).toEqual(['b', 'c'])
    expect(ids()).toEqual(['a', 'b', 'c'])
  })

  test('holds the rest back at a full window', async () => {
    window = 2
    const outbox = await filled('a', 'b', 'c')
    expect(ids()).toEqual(['a', 'b'])
    outbox.acked(ack('a'))
    expect(ids()).toEqual(['a', 'b', 'c'])
  })

  test('after a lost connection repeats what was not answered', async () => {
    const outbox = await filled('a', 'b')
    outbox.acked(ack('a'))
    outbox.offline()
    await settle()
    outbox.flush()
    await settle()
    expect(ids()).toEqual(['a', 'b', 'b'])
  })

  test('waits while offline', async () => {
    window = 0
    const outbox = await filled('a')
    expect(ids()).toEqual([])
    window = 32
    outbox.flush()
    await settle()
    expect(ids()).toEqual(['a'])
  })

  test('survives a reload, in the order of queueing', async () => {
    window = 0
    await filled('b', 'a')
    window = 32
    const next = box()
    expect((await next.load()).map((i) => i.frame.client_id)).toEqual(['b', 'a'])
    next.flush()
    await settle()
    expect(ids()).toEqual(['b', 'a'])
  })

  test('goes on when the storage throws', async () => {
    const broken = {
      put: () => Promise.reject(new Error('SecurityError')),
      delete: () => Promise.reject(new Error('SecurityError')),
      list: () => Promise.reject(new Error('SecurityError')),
    }
    const outbox = box({ storage: broken })
    expect(await outbox.queue(frame('a'))).toBeNull()
    await settle()
    outbox.acked(ack('a'))
    await settle()
    expect(ids()).toEqual(['a'])
    expect(outbox.size).toBe(0)
  })

  test('what another tab sent meanwhile is not sent again', async () => {
    window = 0
    const outbox = await filled('a', 'b')
    await storage.delete('a')
    window = 32
    outbox.flush()
    await settle()
    expect(ids()).toEqual(['b'])
  })
})

describe('refusals', () => {
  test('a transient one stops those behind it; after the delay they go again in order, carefully', async () => {
    const outbox = await filled('a', 'b', 'c')
    outbox.refused(refused('a', 'rate_limited', 700))
    outbox.refused(refused('b', 'try_again', 1_000))
    outbox.refused(refused('c', 'try_again', 1_000))
    await outbox.queue(frame('d'))
    await clock.advance(699)
    expect(ids()).toEqual(['a', 'b', 'c'])
    await clock.advance(1)
    expect(ids().slice(3)).toEqual(['a'])
    outbox.acked(ack('a'))
    await clock.advance(199)
    expect(ids().slice(4)).toEqual([])
    await clock.advance(1)
    expect(ids().slice(4)).toEqual(['b'])
    outbox.acked(ack('b'))
    await clock.advance(200)
    outbox.acked(ack('c'))
    await clock.advance(200)
    expect(ids().slice(4)).toEqual(['b', 'c', 'd'])
    outbox.acked(ack('d'))
    await settle()
    for (const id of ['e', 'f']) await outbox.queue(frame(id))
    await settle()
    expect(ids().slice(7)).toEqual([])
    await clock.advance(200)
    expect(ids().slice(7)).toEqual(['e', 'f'])
    expect(failed).toEqual([])
  })

  test('a transient code without a delay waits a second', async () => {
    const outbox = await filled('a')
    outbox.refused(refused('a', 'try_again'))
    await clock.advance(999)
    expect(ids()).toEqual(['a'])
    await clock.advance(1)
    expect(ids()).toEqual(['a', 'a'])
  })

  test('a permanent one marks the message failed and the rest goes on', async () => {
    window = 1
    const outbox = await filled('a', 'b')
    outbox.refused(refused('a', 'bad_text'))
    expect(failed).toEqual(['a bad_text'])
    expect(ids()).toEqual(['a', 'b'])
    expect(outbox.size).toBe(1)
    expect(outbox.items.map((i) => i.failure?.code)).toEqual(['bad_text', undefined])
  })

  test('a failed message is kept over a reload and goes to the end when tried again', async () => {
    const outbox = await filled('a')
    outbox.refused(refused('a', 'bad_text'))
    await settle()
    const next = box()
    await next.load()
    await clock.advance(1)
    await next.queue(frame('b'))
    expect(await next.retry('a')).toBe(true)
    await settle()
    expect(ids()).toEqual(['a', 'b', 'a'])
    expect(await next.retry('b')).toBe(false)
  })

  test('a message that the log shows while its answer is out still waits for the answer', async () => {
    const outbox = await filled('a', 'b')
    outbox.delivered('a', 'cnv_1')
    outbox.refused(refused('a', 'try_again', 100))
    await clock.advance(100)
    expect(ids()).toEqual(['a', 'b', 'a'])
  })

  test('a message that another tab got through leaves when the log shows it', async () => {
    window = 0
    const outbox = await filled('a')
    outbox.delivered('a', 'cnv_1')
    await settle()
    expect(outbox.items).toEqual([])
    expect(await storage.list()).toEqual([])
  })
})

test('a long queue settles at what the server takes, with few refusals', async () => {
  // 5 a second, 20 at once; each further refusal counts against the client.
  let tokens = 20
  let refusals = 0
  let at = clock.now
  const outbox: Outbox = box({
    send: (f) => {
      tokens = Math.min(20, tokens + (clock.now - at) / 200)
      at = clock.now
      const taken = tokens >= 1
      if (taken) tokens--
      else refusals++
      const wait = (1 - tokens) * 200
      clock.setTimeout(
        () =>
          taken ? outbox.acked(ack(f.client_id)) : outbox.refused(refused(f.client_id, 'rate_limited', wait)),
        30,
      )
      return true
    },
  })
  window = 16
  for (let i = 0; i < 200; i++) await outbox.queue(frame(`m${i}`))
  const start = clock.now
  while (outbox.size > 0 && clock.now - start < 120_000) await clock.advance(1_000)
  expect(outbox.size).toBe(0)
  expect(clock.now - start).toBeLessThan(45_000)
  expect(refusals).toBeLessThan(40)
})

describe('a frame that is too large (1009)', () => {
  test('fails at once when it travelled alone', async () => {
    const outbox = await filled('a')
    outbox.tooLarge()
    expect(failed).toEqual(['a too_large'])
  })

  test('among several is found by sending one at a time', async () => {
    const outbox = await filled('a', 'b', 'c')
    outbox.tooLarge()
    outbox.offline()
    await settle()
    expect(failed).toEqual([])
    outbox.flush()
    await settle()
    expect(ids().slice(3)).toEqual(['a'])
    outbox.tooLarge()
    outbox.offline()
    await settle()
    expect(failed).toEqual(['a too_large'])
    outbox.flush()
    await settle()
    expect(ids().slice(4)).toEqual(['b', 'c'])
  })
})

describe('a conversation that has no id yet', () => {
  test('gets its name from the first answer, also in what waits and in the storage', async () => {
    window = 1
    const started: string[] = []
    const outbox = box({ onStarted: (start, conversation) => started.push(`${start} ${conversation}`) })
    for (const id of ['a', 'b', 'c']) {
      const { conversation: _none, ...first } = frame(id)
      await outbox.queue({ ...first, start: 'a' })
    }
    await settle()
    outbox.acked(ack('a'))
    await settle()
    expect(started).toEqual(['a cnv_1'])
    expect(sent[1]).toEqual(frame('b'))
    expect((await storage.list()).map((i) => i.frame)).toEqual([frame('b'), frame('c')])
  })
})

describe('sizes', () => {
  test.each([
    ['8,000 code points', { text: '😀'.repeat(8_000) }, null],
    ['8,001 code points', { text: 'a'.repeat(8_001) }, 'too_long'],
    ['32,000 bytes in fewer code points', { text: '€'.repeat(8_000) }, null],
    ['nothing', {}, 'bad_text'],
    ['space', { text: ' \n\t' }, 'bad_text'],
    ['choices without a question', { choices: [{ id: '1', title: 'Yes' }] }, 'bad_text'],
    ['an order alone', { order: '1' }, null],
    ['an attachment alone', { attachment_ids: ['att_1'] }, null],
    ['a choice alone', { choice: 'c' }, null],
    ['a template alone', { template: { id: 'tpl_1' } }, null],
    ['a frame over 32 KiB', { text: 'a', cards: [{ title: 'a'.repeat(33_000) }] }, 'too_large'],
  ])('%s', (_name, message, code) => {
    expect(checkFrame(frame('a', { message }))?.code ?? null).toBe(code)
  })

  test('what does not fit is not queued', async () => {
    const outbox = box()
    expect(await outbox.queue(frame('a', { message: { text: '' } }))).toMatchObject({ code: 'bad_text' })
    expect(outbox.size).toBe(0)
    expect(await storage.list()).toEqual([])
  })

  test('an amend is measured by its own text', () => {
    const amend = { type: 'amend', client_id: 'a', conversation: 'c', target: 1 } as const
    expect(checkFrame({ ...amend, action: 'edit', text: 'a'.repeat(8_001) })?.code).toBe('too_long')
    expect(checkFrame({ ...amend, action: 'revoke' })).toBeNull()
  })
})
