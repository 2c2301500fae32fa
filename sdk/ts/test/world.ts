/**
 * A world for tests: a clock that only moves when told, seeded randomness, and a small server that keeps its promises
 * (durable before ack, dense order, repeats answered with the first answer) while everything around it fails.
 */
import type { Env, SocketLike } from '../src/env.js'
import type { ClientFrame, Entry, Read, SendFrame, ServerFrame } from '../src/frames.js'

/** mulberry32: small, seeded, good enough to spread faults. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Timer {
  id: number
  at: number
  fn: () => void
}

export class Clock {
  now = 1_700_000_000_000
  #timers: Timer[] = []
  #next = 1

  setTimeout = (fn: () => void, ms: number): number => {
    const timer = { id: this.#next++, at: this.now + Math.max(0, Math.ceil(ms)), fn }
    this.#timers.push(timer)
    return timer.id
  }

  clearTimeout = (id: unknown): void => {
    this.#timers = this.#timers.filter((t) => t.id !== id)
  }

  get pending(): number {
    return this.#timers.length
  }

  /** Runs what is due within `ms`, in order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.now + Math.ceil(ms)
    await settle()
    for (;;) {
      const next = this.#timers.reduce<Timer | null>(
        (first, t) =>
          t.at <= until && (!first || t.at < first.at || (t.at === first.at && t.id < first.id)) ? t : first,
        null,
      )
      if (!next) break
      this.clearTimeout(next.id)
      this.now = Math.max(this.now, next.at)
      next.fn()
      await settle()
    }
    this.now = until
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve()
}

/** A socket whose other end the test holds. */
export class FakeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  onerror: SocketLike['onerror'] = null
  readonly url: string
  readonly sent: ClientFrame[] = []
  closed = false
  onSent: (frame: ClientFrame) => void = () => {}
  onClosed: () => void = () => {}

  constructor(url: string) {
    this.url = url
  }
  send(data: string): void {
    if (this.closed) return
    const frame = JSON.parse(data) as ClientFrame
    this.sent.push(frame)
    this.onSent(frame)
  }
  close(): void {
    this.closed = true
    this.onClosed()
  }
  // The server's side.
  open(): void {
    if (!this.closed) this.onopen?.({})
  }
  say(frame: ServerFrame): void {
    if (!this.closed) this.onmessage?.({ data: JSON.stringify(frame) })
  }
  drop(code: number): void {
    if (this.closed) return
    this.closed = true
    this.onclose?.({ code })
  }
}

/** The env of one page: its sockets in order, its fetches answered by `answer`. */
export class Page {
  readonly clock: Clock
  readonly sockets: FakeSocket[] = []
  readonly requests: { url: string; init: RequestInit }[] = []
  isHidden = false
  random: () => number = () => 0.5
  answer: (url: string, init: RequestInit) => Promise<Response> = async () =>
    new Response(null, { status: 204 })
  onSocket: (socket: FakeSocket) => void = () => {}
  #wake: ((reason: 'online' | 'pageshow' | 'visible') => void)[] = []
  readonly env: Env

  constructor(clock: Clock) {
    this.clock = clock
    const page = this
    this.env = {
      now: () => clock.now,
      random: () => this.random(),
      setTimeout: clock.setTimeout,
      clearTimeout: clock.clearTimeout,
      fetch: (input, init = {}) => {
        this.requests.push({ url: String(input), init })
        return this.answer(String(input), init)
      },
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url)
          page.sockets.push(this)
          page.onSocket(this)
        }
      },
      hidden: () => this.isHidden,
      onWake: (fn) => {
        this.#wake.push(fn)
        return () => {
          this.#wake = this.#wake.filter((f) => f !== fn)
        }
      },
    }
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }

  wake(reason: 'online' | 'pageshow' | 'visible'): void {
    for (const fn of this.#wake) fn(reason)
  }
}

export interface Faults {
  /** Chance that a send crashes the server before, and after, its commit. */
  crashBefore: number
  crashAfter: number
  /** Chance that a live entry is lost on its way to a subscriber. */
  loseEntry: number
  /** Chance that a send is refused for a while. */
  refuse: number
}

interface Connection {
  socket: FakeSocket
  joined: boolean
  /** A transient refusal stops those behind it until this one comes again. */
  stoppedAt: string | null
}

/** One shop with one shopper and at most one conversation, behind any number of sockets. */
export class FakeServer {
  readonly log: Entry[] = []
  repeats = 0
  crashes = 0
  faults: Faults = { crashBefore: 0, crashAfter: 0, loseEntry: 0, refuse: 0 }
  epoch = 'e1'
  generation = 1
  readonly conversation = 'cnv_one'
  readonly reads: Read[] = []
  readonly #clock: Clock
  readonly #random: () => number
  readonly #known = new Map<string, Entry>()
  #connections: Connection[] = []
  #downUntil = 0

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
    this.#beatLater()
  }

  accept = (socket: FakeSocket): void => {
    const latency = 5 + Math.floor(this.#random() * 30)
    this.#clock.setTimeout(() => {
      if (this.#clock.now < this.#downUntil) return socket.drop(1006)
      const connection = { socket, joined: false, stoppedAt: null }
      this.#connections.push(connection)
      socket.onSent = (frame) => {
        this.#clock.setTimeout(() => this.#receive(connection, frame, latency), latency)
      }
      socket.open()
    }, latency)
  }

  crash(forMs: number): void {
    this.crashes++
    this.#downUntil = this.#clock.now + forMs
    const connections = this.#connections
    this.#connections = []
    for (const c of connections) c.socket.drop(1006)
  }

  get head(): number {
    return this.log.length
  }

  /** Something the server does by itself: an agent writes. */
  write(text: string): void {
    this.#append({ kind: 'message', author: { kind: 'agent', id: 'agt_1' }, message: { text } })
  }

  #receive(c: Connection, frame: ClientFrame, latency: number): void {
    if (!this.#connections.includes(c)) return
    const say = (answer: ServerFrame) => this.#clock.setTimeout(() => c.socket.say(answer), latency)
    switch (frame.type) {
      case 'hello':
        say(this.#welcome())
        return
      case 'join':
        c.joined = true
        return this.#join(frame.generation, frame.after, say)
      case 'send':
        return this.#send(c, frame, say)
      case 'ping':
        say({ type: 'pong' })
        return
    }
  }

  #welcome(): ServerFrame {
    const { conversation, generation, head, reads } = this
    const conversations =
      head === 0
        ? []
        : [
            {
              id: conversation,
              generation,
              first_seq: 1,
              head,
              state: 'open' as const,
              unread: 0,
              reads: [...reads],
            },
          ]
    return {
      type: 'welcome',
      protocol: 1,
      epoch: this.epoch,
      self: { kind: 'shopper', id: 'shp_1' },
      features: [],
      conversations,
    }
  }

  #join(generation: number, after: number, say: (frame: ServerFrame) => void): void {
    const { conversation, head, reads } = this
    if (generation !== this.generation || after > head || head - after > 500) {
      const entries = this.log.slice(-50)
      say({
        type: 'snapshot',
        conversation,
        generation: this.generation,
        first_seq: 1,
        head,
        entries,
        reads: [...reads],
      })
      return
    }
    say({ type: 'joined', conversation, generation, first_seq: 1, head, reads: [...reads] })
    for (const entry of this.log.slice(after)) say({ type: 'entry', conversation, entry })
  }

  #send(c: Connection, frame: SendFrame, say: (frame: ServerFrame) => void): void {
    const { client_id } = frame
    const refusal = {
      type: 'refused' as const,
      client_id,
      code: 'try_again',
      message: 'Not now.',
      retry_after_ms: 400,
    }
    if (c.stoppedAt !== null && c.stoppedAt !== client_id) return void say(refusal)
    c.stoppedAt = null
    const draw = this.#random()
    const { crashBefore, crashAfter, refuse } = this.faults
    if (draw < crashBefore) return this.crash(this.#random() * 3_000)
    if (draw > 1 - refuse) {
      c.stoppedAt = client_id
      return void say(refusal)
    }
    let entry = this.#known.get(client_id)
    if (entry) this.repeats++
    else {
      const { attachment_ids: _files, template: _template, ...message } = frame.message
      entry = this.#append({ kind: 'message', author: { kind: 'shopper', id: 'shp_1' }, client_id, message })
    }
    this.#known.set(client_id, entry)
    if (draw < crashBefore + crashAfter) return this.crash(this.#random() * 3_000)
    const { conversation, generation } = this
    say({ type: 'ack', client_id, conversation, generation, seq: entry.seq, at: entry.at })
  }

  #append(of: Omit<Entry, 'seq' | 'at' | 'channel'>): Entry {
    const entry: Entry = { ...of, seq: this.head + 1, at: this.#clock.now, channel: 'web' }
    this.log.push(entry)
    for (const c of this.#connections) {
      // One that has not joined hears of the conversation all the same: it is the shopper's own.
      if (c.joined && this.#random() < this.faults.loseEntry) continue
      this.#clock.setTimeout(
        () => c.socket.say({ type: 'entry', conversation: this.conversation, entry }),
        20,
      )
    }
    return entry
  }

  #beatLater(): void {
    this.#clock.setTimeout(() => {
      for (const c of this.#connections) {
        c.socket.say({ type: 'beat', heads: c.joined ? { [this.conversation]: this.head } : {} })
      }
      this.#beatLater()
    }, 25_000)
  }
}

/** One key per message, as first-party storage has them, shared by the tabs of a browser. */
export class Shelf {
  readonly kept = new Map<string, string>()
  storage() {
    const { kept } = this
    return {
      put: async (item: { frame: { client_id: string } }) =>
        void kept.set(item.frame.client_id, JSON.stringify(item)),
      delete: async (clientId: string) => void kept.delete(clientId),
      list: async () => [...kept.values()].map((text) => JSON.parse(text)),
    }
  }
}

/** `navigator.locks` of one browser: first come, first served. */
export class FakeLocks {
  #tails = new Map<string, Promise<unknown>>()
  request<T>(name: string, callback: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(callback)
    this.#tails.set(
      name,
      turn.catch(() => {}),
    )
    return turn
  }
}
