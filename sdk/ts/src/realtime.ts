/**
 * The live protocol's connection: when to open, when to call it dead, when to try again and which way.
 *
 * It carries frames and knows nothing of what they say beyond `welcome`, `beat` and `bye`; the log is `thread.ts`, the
 * agent's list `feed.ts`, unsent messages `outbox.ts`, and `live.ts` ties them together. Start reading at `connect`.
 */
import { browserEnv, type Env } from './env.js'
import type { ClientFrame, FeedRequestFrame, JoinFrame, LeaveFrame, ServerFrame } from './frames.js'
import { type Closed, closedBy, openSocket, openStream, type Resume, type Transport } from './transport.js'

export type { Resume } from './transport.js'

export type RealtimeState = 'off' | 'connecting' | 'online'

/** Why the client is off: never started or stopped by the app, no usable token, not allowed, or a fault of this client. */
export type OffReason = 'stopped' | 'token' | 'forbidden' | 'protocol'

export interface Status {
  state: RealtimeState
  transport: 'socket' | 'stream' | null
  reason?: OffReason
  /** While connecting: when the next attempt starts. */
  retryAt?: number
}

export interface RealtimeOptions {
  /** Origin of the API, e.g. `https://chat.example.com`, no slash at the end. */
  baseURL: string
  door: { kind: 'shopper'; key: string } | { kind: 'agent' }
  /** The shopper's token; agents have a cookie and leave it out. */
  token?: () => string | null
  /** Called when the server calls the token bad or expired; null means there is none to be had. */
  onToken?: () => Promise<string | null>
  /** Cursors of what is to be received, asked at each (re)connection, after `welcome` was given to `onFrame`. */
  resume: () => Resume
  onFrame: (frame: ServerFrame) => void
  onStatus?: (status: Status) => void
  /** The server closed because a frame was too large. */
  onTooLarge?: () => void
  tab?: string
  env?: Partial<Env>
}

export const connectTimeout = 8_000
export const deadAfter = 45_000
export const staleAfter = 25_000
export const socketRetryEvery = 5 * 60_000
const stableAfter = 10_000
const upgradesBeforeStream = 2

type Timer = 'connect' | 'retry' | 'dead' | 'trial' | 'trialConnect'

/** Full jitter: `0.2 + rand·min(15, 2^n)` seconds. Spreads a storm of 10,000 clients to about 1.6 % of them per 100 ms. */
export function backoff(attempt: number, random: number): number {
  return 200 + random * Math.min(15_000, 1000 * 2 ** attempt)
}

export class Realtime {
  readonly #options: RealtimeOptions
  readonly #env: Env
  readonly #url: string
  #status: Status = { state: 'off', transport: null, reason: 'stopped' }
  #transport: Transport | null = null
  /** A socket tried beside a working stream. */
  #trial: Transport | null = null
  #attempt = 0
  #failedUpgrades = 0
  #failedStreams = 0
  #way: 'socket' | 'stream' = 'socket'
  #lastHeard = 0
  #onlineSince = 0
  #notBefore = 0
  #byeAfter: number | undefined
  /** Raised whenever the connection is replaced, so that what an older one still reports is ignored. */
  #era = 0
  readonly #timers: Record<Timer, unknown> = {
    connect: null,
    retry: null,
    dead: null,
    trial: null,
    trialConnect: null,
  }
  #unlisten: (() => void) | null = null

  constructor(options: RealtimeOptions) {
    this.#options = options
    this.#env = browserEnv(options.env)
    const base = options.baseURL.replace(/\/+$/, '')
    const { door } = options
    this.#url =
      door.kind === 'agent' ? `${base}/v1/agent` : `${base}/v1/shops/${encodeURIComponent(door.key)}`
  }

  get status(): Status {
    return this.#status
  }

  get online(): boolean {
    return this.#status.state === 'online'
  }

  /** How many durable frames may be unanswered on the present way. */
  get window(): number {
    return this.online ? (this.#transport?.window ?? 0) : 0
  }

  /** Starts, or starts again at once after it went off. */
  start(): void {
    if (this.#status.state !== 'off') return
    this.#attempt = 0
    this.#unlisten ??= this.#env.onWake(() => this.#wake())
    this.#connect()
  }

  stop(): void {
    this.#off('stopped')
    this.#unlisten?.()
    this.#unlisten = null
  }

  /** Drops the connection and makes another at once, e.g. with another token. */
  reconnect(): void {
    if (this.#status.state === 'off') this.start()
    else this.#connect()
  }

  /** Sends a frame; false when not online (typing and the like are then simply lost). */
  send(frame: ClientFrame): boolean {
    if (!this.online || !this.#transport) return false
    this.#transport.send(frame)
    return true
  }

  /**
   * Changes what is received: a frame on a socket; on a stream another stream, which asks `resume` for everything, so the
   * caller's cursors must already be what the frame says.
   */
  subscribe(frame: JoinFrame | LeaveFrame | FeedRequestFrame): void {
    if (!this.online) return
    if (this.#transport?.kind === 'socket') this.#transport.send(frame)
    else this.#transport?.resume(this.#options.resume(), true)
  }

  #connect(): void {
    this.#clearTimers()
    this.#drop()
    const token = this.#options.token?.() ?? null
    if (this.#options.door.kind === 'shopper' && token === null) return this.#off('token')
    const era = ++this.#era
    const way = this.#env.WebSocket ? this.#way : 'stream'
    this.#way = way
    this.#byeAfter = undefined
    this.#setStatus({ state: 'connecting', transport: null })
    const events = {
      onFrame: (frame: ServerFrame) => {
        if (era === this.#era) this.#receive(frame)
      },
      onClosed: (closed: Closed) => {
        if (era === this.#era) this.#closed(closed)
      },
    }
    this.#timers.connect = this.#env.setTimeout(() => {
      if (era === this.#era) this.#closed({ code: 1006, opened: false })
    }, connectTimeout)
    try {
      this.#transport =
        way === 'socket'
          ? openSocket(this.#env, this.#door(token), events)
          : openStream(this.#env, this.#door(token), this.#options.resume(), events)
    } catch {
      // A page's policy can make the constructor throw; that is a failed upgrade like any other.
      this.#closed({ code: 1006, opened: false })
    }
  }

  #door(token: string | null) {
    const { tab } = this.#options
    return { url: this.#url, token, ...(tab === undefined ? {} : { tab }) }
  }

  #receive(frame: ServerFrame): void {
    this.#lastHeard = this.#env.now()
    if (frame.type === 'welcome') return this.#welcome(frame)
    if (frame.type === 'bye') this.#byeAfter = frame.retry_after_ms
    this.#options.onFrame(frame)
  }

  #welcome(frame: ServerFrame): void {
    const transport = this.#transport
    if (!transport) return
    this.#clear('connect')
    this.#failedUpgrades = 0
    this.#failedStreams = 0
    this.#notBefore = 0
    if (!this.online) this.#onlineSince = this.#env.now()
    this.#watchSilence()
    if (transport.kind === 'stream' && this.#env.WebSocket) this.#planTrial()
    const era = this.#era
    // The log must know of another epoch before its cursors are asked for, and be online before it flushes.
    this.#status = { state: 'online', transport: transport.kind }
    this.#options.onFrame(frame)
    if (era !== this.#era) return
    transport.resume(this.#options.resume())
    this.#options.onStatus?.(this.#status)
  }

  #closed(closed: Closed): void {
    const era = ++this.#era
    const wasOnline = this.online
    const way = this.#transport?.kind ?? this.#way
    const retryAfter = closed.retryAfterMs ?? this.#byeAfter
    this.#clearTimers()
    this.#drop()
    if (wasOnline && this.#env.now() - this.#onlineSince > stableAfter) this.#attempt = 0
    if (!wasOnline && !closed.opened) this.#countFailure(way)
    switch (closed.code) {
      case 4001:
        this.#setStatus({ state: 'connecting', transport: null })
        void this.#refresh(era)
        return
      case 4003:
        return this.#off('forbidden')
      case 1002:
      case 1003:
      case 1007:
      case 1008:
        // Repeating what the server calls our fault would only repeat the fault.
        return this.#off('protocol')
      case 1009:
        this.#options.onTooLarge?.()
        break
    }
    if (this.#failedUpgrades >= upgradesBeforeStream && way === 'socket') {
      this.#setStatus({ state: 'connecting', transport: null })
      void this.#askReason(era)
      return
    }
    this.#retry(retryAfter)
  }

  #countFailure(way: 'socket' | 'stream'): void {
    if (way === 'socket') {
      this.#failedUpgrades++
    } else if (++this.#failedStreams >= upgradesBeforeStream && this.#env.WebSocket) {
      // Neither way works: the network itself is gone, so the better way has its turn again.
      this.#way = 'socket'
      this.#failedUpgrades = 0
      this.#failedStreams = 0
    }
  }

  #retry(afterMs?: number): void {
    const jitter = backoff(this.#attempt++, this.#env.random())
    // The server's own delay is a floor: jitter on top keeps those that it told the same number apart.
    const delay = (afterMs ?? 0) + jitter * (this.#env.hidden() ? 2 : 1)
    const at = this.#env.now() + delay
    this.#notBefore = afterMs === undefined ? 0 : at
    this.#setStatus({ state: 'connecting', transport: null, retryAt: at })
    this.#timers.retry = this.#env.setTimeout(() => this.#connect(), delay)
  }

  async #refresh(era: number): Promise<void> {
    let token: string | null = null
    try {
      token = (await this.#options.onToken?.()) ?? null
    } catch {
      // The refresh itself failed (offline, perhaps): the next attempt asks again.
      if (era === this.#era) this.#retry()
      return
    }
    if (era !== this.#era) return
    if (token === null) this.#off('token')
    else this.#retry()
  }

  /** A browser does not say why an upgrade failed; a plain request to the same door does. */
  async #askReason(era: number): Promise<void> {
    const token = this.#options.token?.() ?? null
    const path = this.#options.door.kind === 'agent' ? '/me' : '/shopper/unread'
    let response: Response | null = null
    try {
      response = await this.#env.fetch(this.#url + path, {
        headers: token === null ? {} : { Authorization: `Bearer ${token}` },
        cache: 'no-store',
      })
    } catch {
      // No network at all: the socket is as good a try as any.
    }
    if (era !== this.#era) return
    if (response === null) return this.#retry()
    if (!response.ok) {
      this.#failedUpgrades = 0
      return this.#closed({ ...closedBy(response), opened: true })
    }
    this.#way = 'stream'
    this.#failedStreams = 0
    this.#connect()
  }

  #watchSilence(): void {
    this.#clear('dead')
    const left = this.#lastHeard + deadAfter - this.#env.now()
    this.#timers.dead = this.#env.setTimeout(() => {
      if (this.#env.now() - this.#lastHeard >= deadAfter) this.#closed({ code: 1006, opened: true })
      else this.#watchSilence()
    }, left)
  }

  #planTrial(): void {
    this.#clear('trial')
    this.#timers.trial = this.#env.setTimeout(() => this.#trySocket(), socketRetryEvery)
  }

  /** Tries a socket beside the working stream and moves over only when it is welcome: nobody goes offline for a try. */
  #trySocket(): void {
    const era = this.#era
    let trial: Transport | null = null
    const giveUp = () => {
      if (era !== this.#era || trial !== this.#trial) return
      this.#trial?.close()
      this.#trial = null
      this.#clear('trialConnect')
      this.#planTrial()
    }
    const mine = () => trial !== null && (trial === this.#trial || trial === this.#transport)
    const events = {
      onFrame: (frame: ServerFrame) => {
        if (!mine()) return
        if (trial === this.#transport) return this.#receive(frame)
        if (frame.type !== 'welcome' || era !== this.#era) return
        this.#era++
        this.#transport?.close()
        this.#transport = trial
        this.#trial = null
        this.#way = 'socket'
        this.#clearTimers()
        this.#receive(frame)
      },
      onClosed: (closed: Closed) => {
        if (trial !== null && trial === this.#transport) this.#closed(closed)
        else giveUp()
      },
    }
    try {
      trial = openSocket(this.#env, this.#door(this.#options.token?.() ?? null), events)
      this.#trial = trial
      this.#timers.trialConnect = this.#env.setTimeout(giveUp, connectTimeout)
    } catch {
      giveUp()
    }
  }

  #wake(): void {
    const now = this.#env.now()
    const { state, retryAt } = this.#status
    if (state === 'connecting' && retryAt !== undefined && this.#notBefore <= now) this.#connect()
    // A page that slept may hold a socket whose other end is long gone; beats would have come meanwhile.
    else if (state === 'online' && now - this.#lastHeard > staleAfter) this.#connect()
  }

  #off(reason: OffReason): void {
    this.#era++
    this.#clearTimers()
    this.#drop()
    this.#setStatus({ state: 'off', transport: null, reason })
  }

  #drop(): void {
    this.#transport?.close()
    this.#transport = null
    this.#trial?.close()
    this.#trial = null
  }

  #setStatus(status: Status): void {
    this.#status = status
    this.#options.onStatus?.(status)
  }

  #clear(name: Timer): void {
    this.#env.clearTimeout(this.#timers[name])
    this.#timers[name] = null
  }

  #clearTimers(): void {
    for (const name of Object.keys(this.#timers) as Timer[]) this.#clear(name)
  }
}
