import { describe, expect, test } from 'vitest'
import { Live } from '../src/live.js'
import { timeline } from '../src/thread.js'
import { Clock, FakeLocks, FakeServer, Page, Shelf, seeded } from './world.js'

const calm = { crashBefore: 0, crashAfter: 0, loseEntry: 0, refuse: 0 }

function world(seed: number) {
  const clock = new Clock()
  const random = seeded(seed)
  const server = new FakeServer(clock, random)
  const shelf = new Shelf()
  const locks = new FakeLocks()
  const open = () => {
    const page = new Page(clock)
    page.random = random
    page.onSocket = server.accept
    page.answer = async () => {
      throw new TypeError('offline')
    }
    const live = new Live({
      baseURL: 'https://chat.test',
      door: { kind: 'shopper', key: 'pk_1' },
      token: () => 'tgs_1',
      storage: shelf.storage(),
      locks,
      env: page.env,
    })
    return { live, page }
  }
  return { clock, random, server, shelf, open }
}

function texts(live: Live, key: string): (string | undefined)[] {
  const thread = live.thread(key)
  return thread ? timeline(thread).map((i) => i.message?.text) : []
}

describe('a shopper writing through a failing world', () => {
  test.each(Array.from({ length: 16 }, (_, i) => i + 1))(
    'seed %i: 200 messages, none lost, none doubled, order kept',
    async (seed) => {
      const { clock, random, server, shelf, open } = world(seed)
      server.faults = { crashBefore: 0.03, crashAfter: 0.04, loseEntry: 0.05, refuse: 0.05 }
      const writer = open().live
      const watcher = open().live
      await writer.start()
      await watcher.start()
      const wanted: string[] = []
      let key: string | undefined
      for (let i = 0; i < 200; i++) {
        wanted.push(`m${i}`)
        const sent = await writer.send({ text: `m${i}` }, key === undefined ? {} : { key })
        key = sent.key
        await clock.advance(random() * 400)
      }
      await clock.advance(60_000)
      server.faults = calm
      await clock.advance(60_000)

      const stored = server.log.map((e) => e.message?.text)
      expect(stored).toEqual(wanted)
      expect(texts(writer, server.conversation)).toEqual(wanted)
      expect(texts(watcher, server.conversation)).toEqual(wanted)
      expect(writer.outboxSize).toBe(0)
      expect(shelf.kept.size).toBe(0)
      expect(server.crashes).toBeGreaterThan(5)
      expect(server.repeats).toBeGreaterThan(0)
    },
  )

  test.each([11, 12, 13])('seed %i: pages that are killed and reopened lose nothing', async (seed) => {
    const { clock, random, server, open } = world(seed)
    server.faults = { crashBefore: 0.05, crashAfter: 0.05, loseEntry: 0.05, refuse: 0.02 }
    const wanted: string[] = []
    for (let life = 0; life < 8; life++) {
      const { live } = open()
      await live.start()
      for (let i = 0; i < 10; i++) {
        const text = `l${life}m${i}`
        wanted.push(text)
        const key = live.keys[0]
        await live.send({ text }, key === undefined ? {} : { key })
        await clock.advance(random() * 300)
      }
      live.stop()
    }
    const last = open().live
    await last.start()
    await clock.advance(60_000)
    server.faults = calm
    await clock.advance(60_000)
    expect(server.log.map((e) => e.message?.text)).toEqual(wanted)
    expect(texts(last, server.conversation).length).toBeGreaterThanOrEqual(50)
    expect(texts(last, server.conversation)).toEqual(wanted.slice(-texts(last, server.conversation).length))
  })

  test('two tabs that queued offline send six of six, each once', async () => {
    const { clock, server, open } = world(21)
    server.crash(10_000)
    const a = open().live
    const b = open().live
    await a.start()
    await b.start()
    for (const i of [1, 2, 3]) {
      await a.send({ text: `a${i}` }, { key: server.conversation })
      await clock.advance(10)
      await b.send({ text: `b${i}` }, { key: server.conversation })
      await clock.advance(10)
    }
    await clock.advance(60_000)
    const stored = server.log.map((e) => e.message?.text)
    expect(stored).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
    expect(server.repeats).toBe(0)
    expect(texts(a, server.conversation)).toEqual(stored)
    expect(texts(b, server.conversation)).toEqual(stored)
  })
})
