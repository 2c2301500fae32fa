/**
 * The frames of `frames.ts` against the contract: its flat schemas at compile time, its golden examples at run time.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { components } from '../src/api.gen.js'
import { type ClientFrame, parseFrame, type ServerFrame } from '../src/frames.js'
import { Live, type LiveEvent } from '../src/live.js'
import { timeline } from '../src/thread.js'
import { Clock, Page } from './world.js'

type Flat = components['schemas']

test('every frame of ours is one of the contract, and we know every type of it (checked by the compiler)', () => {
  expectTypeOf<ClientFrame>().toExtend<Flat['ClientFrame']>()
  // A code that is newer than this client is a string like the others.
  expectTypeOf<Exclude<ServerFrame, { code: string }>>().toExtend<Flat['ServerFrame']>()
  expectTypeOf<Flat['ClientFrame']['type']>().toEqualTypeOf<ClientFrame['type']>()
  expectTypeOf<Flat['ServerFrame']['type']>().toEqualTypeOf<ServerFrame['type']>()
})

type Fields<F extends { type: string }> = { [T in F['type']]: (keyof Extract<F, { type: T }>)[] }

const clientFields: Fields<ClientFrame> = {
  hello: ['type', 'protocol', 'token', 'tab'],
  join: ['type', 'conversation', 'generation', 'after'],
  leave: ['type', 'conversation'],
  send: ['type', 'client_id', 'conversation', 'start', 'kind', 'message', 'to'],
  amend: ['type', 'client_id', 'conversation', 'target', 'action', 'text', 'emoji'],
  typing: ['type', 'conversation', 'note'],
  read: ['type', 'conversation', 'seq', 'state'],
  page: ['type', 'page'],
  feed: ['type', 'feeds'],
  viewing: ['type', 'conversation'],
  ping: ['type'],
}
const serverFields: Fields<ServerFrame> = {
  welcome: ['type', 'protocol', 'epoch', 'self', 'features', 'conversations', 'shops'],
  joined: ['type', 'conversation', 'generation', 'first_seq', 'head', 'reads'],
  entry: ['type', 'conversation', 'entry'],
  ack: ['type', 'client_id', 'conversation', 'generation', 'seq', 'at'],
  refused: ['type', 'client_id', 'conversation', 'code', 'message', 'retry_after_ms'],
  receipt: ['type', 'conversation', 'participant', 'read', 'delivered'],
  typing: ['type', 'conversation', 'author', 'note'],
  presence: ['type', 'conversation', 'shop', 'who', 'state', 'page', 'viewing'],
  delivery: ['type', 'conversation', 'delivery'],
  feed: ['type', 'shop', 'position', 'prev', 'summary', 'order', 'cart', 'shipment', 'customer', 'shopper'],
  snapshot: [
    'type',
    'conversation',
    'generation',
    'first_seq',
    'head',
    'entries',
    'reads',
    'shop',
    'position',
  ],
  beat: ['type', 'heads', 'positions'],
  bye: ['type', 'code', 'retry_after_ms'],
  pong: ['type'],
}

const folder = new URL('../../../openapi/examples/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const names = readdirSync(folder)

describe('golden frames', () => {
  test.each(names.filter((n) => n.startsWith('client.')))('%s has fields that we know', (name) => {
    const frame = JSON.parse(read(name)) as ClientFrame
    expect(clientFields[frame.type]).toEqual(expect.arrayContaining(Object.keys(frame)))
  })

  test.each(names.filter((n) => n.startsWith('server.')))('%s has fields that we know', (name) => {
    const frame = parseFrame(read(name))
    if (!frame) throw new Error('not a frame')
    expect(serverFields[frame.type]).toEqual(expect.arrayContaining(Object.keys(frame)))
  })

  test('every type has one', () => {
    const types = (side: string) =>
      new Set(names.filter((n) => n.startsWith(side)).map((n) => n.split('.')[1]))
    expect([...types('client.')].sort()).toEqual(Object.keys(clientFields).sort())
    expect([...types('server.')].sort()).toEqual(Object.keys(serverFields).sort())
  })
})

describe('a session that receives the golden frames', () => {
  const conversation = 'cnv_mugmugmugmugmugmugmugmugmu'
  let clock: Clock
  let page: Page
  let events: LiveEvent[]

  beforeEach(() => {
    clock = new Clock()
    page = new Page(clock)
    events = []
  })

  async function session(kind: 'shopper' | 'agent'): Promise<Live> {
    const live = new Live({
      baseURL: 'https://chat.test',
      door: kind === 'shopper' ? { kind, key: 'pk_1' } : { kind },
      token: () => 'tgs_1',
      env: page.env,
    })
    live.subscribe((event) => events.push(event))
    await live.start()
    page.socket.open()
    return live
  }

  const say = (...golden: string[]) => {
    for (const name of golden) page.socket.say(JSON.parse(read(`server.${name}.json`)) as ServerFrame)
  }

  test('as a shopper', async () => {
    const live = await session('shopper')
    say('welcome')
    expect(live.self).toMatchObject({ kind: 'shopper', identified: true })
    expect(page.socket.sent.at(-1)).toEqual({ type: 'join', conversation, generation: 1, after: 0 })
    say('snapshot', 'typing', 'receipt', 'presence', 'pong', 'beat')
    const thread = live.thread(conversation)
    if (!thread) throw new Error('no thread')
    expect(timeline(thread).map((i) => [i.seq, i.kind, i.mine, i.state])).toEqual([
      [1, 'message', true, 'read'],
      [2, 'event', false, undefined],
      [3, 'message', expect.any(Boolean), timeline(thread)[2]?.state],
      [4, 'message', expect.any(Boolean), timeline(thread)[3]?.state],
    ])
    expect(thread.typing.map((t) => t.author.name)).toEqual(['Ada'])
    expect(events.filter((e) => e.type === 'presence')).toHaveLength(1)
    expect(page.socket.sent).toHaveLength(2)
  })

  test('as an agent', async () => {
    await session('agent')
    say('welcome.agent')
    expect(events).toContainEqual({ type: 'reload', shop: 'shop_marlmarlmarlmarlmarlmarlma' })
    expect(page.socket.sent.at(-1)).toEqual({
      type: 'feed',
      feeds: [{ shop: 'shop_marlmarlmarlmarlmarlmarlma', after: 1207 }],
    })
    say('feed', 'feed.order')
    const changes = events.flatMap((e) => (e.type === 'feed' ? [e.change.order?.external_id] : []))
    expect(changes).toEqual(['1001'])
    say('snapshot.feed')
    expect(events.filter((e) => e.type === 'reload')).toHaveLength(2)
    say('delivery')
    const golden = JSON.parse(read('server.delivery.json')) as { delivery: unknown }
    expect(events.at(-1)).toMatchObject({ type: 'delivery', delivery: golden.delivery })
  })

  test('and an agent who names the address that an answer goes to', async () => {
    const live = await session('agent')
    say('welcome.agent')
    await live.send({ text: 'It is on its way.' }, { key: conversation, address: 'adr_1' })
    expect(page.socket.sent.at(-1)).toMatchObject({ type: 'send', conversation, to: 'adr_1' })
    await live.send({ text: 'Bye.' }, { key: conversation })
    expect(page.socket.sent.at(-1)).not.toHaveProperty('to')
  })
})
