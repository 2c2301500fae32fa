/**
 * Messages and amends that the server has not acknowledged yet, kept so that they survive a reload.
 *
 * The storage port holds one key per message: two tabs that share one key for all lose each other's messages. Frames are
 * sent in the order they were queued, pipelined up to the transport's window, and leave on their ack. A transient refusal
 * stops those behind it; a permanent one marks the message failed and the rest goes on. Repeats are harmless: the server
 * answers a client_id that it knows with the first answer.
 */
import { browserEnv, type Env } from './env.js'
import { type AckFrame, type DurableFrame, isTransient, type RefusedFrame } from './frames.js'
import { checkFrame } from './limits.js'
import type { Failure } from './thread.js'

export interface OutboxItem {
  frame: DurableFrame
  /** When it was queued, UTC ms. */
  at: number
  /** Sorts items of one tab that were queued within a millisecond. */
  order: number
  failure?: Failure
}

/** One key per message, named by client_id. `list` gives everything that is kept, in any order. */
export interface OutboxStorage {
  put(item: OutboxItem): Promise<void>
  delete(clientId: string): Promise<void>
  list(): Promise<OutboxItem[]>
}

/** `navigator.locks` is one. */
export interface Locks {
  request<T>(name: string, callback: () => Promise<T>): Promise<T>
}

export interface OutboxOptions {
  storage: OutboxStorage
  /** Sends a frame; false when the connection is not there. */
  send: (frame: DurableFrame) => boolean
  /** How many frames may be unanswered now; 0 when offline. */
  window: () => number
  onFailed?: (clientId: string, failure: Failure) => void
  /** The message that started a conversation has been answered: it has an id now. */
  onStarted?: (start: string, conversation: string, generation: number | undefined) => void
  onChange?: (size: number) => void
  /** With locks, of several tabs with the same name only one flushes. */
  locks?: Locks
  lockName?: string
  env?: Partial<Pick<Env, 'now' | 'random' | 'setTimeout' | 'clearTimeout'>>
}

export class MemoryStorage implements OutboxStorage {
  readonly #items = new Map<string, OutboxItem>()
  async put(item: OutboxItem): Promise<void> {
    this.#items.set(item.frame.client_id, item)
  }
  async delete(clientId: string): Promise<void> {
    this.#items.delete(clientId)
  }
  async list(): Promise<OutboxItem[]> {
    return [...this.#items.values()]
  }
}

/** The server names a delay with most refusals; this is for the one that does not. */
const defaultRetryAfter = 1_000

// The server takes 5 messages a second in the long run. A client that keeps running into that limit is closed, so after
// a first refusal the rest of the queue is sent one by one, a little faster with each ack and slower with each refusal.
const firstGap = 200
const minGap = 150
const maxGap = 2_000

export class Outbox {
  readonly #options: OutboxOptions
  readonly #env: Env
  readonly #items = new Map<string, OutboxItem>()
  /** Sent on this connection and not answered. */
  readonly #inFlight = new Set<string>()
  /** Items whose `put` succeeded: of these only does absence in the storage mean that another tab was done with them. */
  readonly #stored = new Set<string>()
  #order = 0
  #blockedUntil = 0
  #timer: unknown = null
  /** Ends the flush that holds the lock. */
  #release: (() => void) | null = null
  #waiting = false
  /** Time between sends after a transient refusal, one at a time; 0 = as many as the window takes. Ends with the queue. */
  #gap = 0
  /** After a 1009 with several in flight nobody knows which it was: one at a time until the culprit shows. */
  #single = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#env = browserEnv(options.env)
  }

  /** What is kept, in the order of sending; the failed ones are where they were queued. */
  get items(): OutboxItem[] {
    return [...this.#items.values()].sort((a, b) => a.at - b.at || a.order - b.order)
  }

  /** How many still want to be sent. */
  get size(): number {
    return this.#queue().length
  }

  /** Reads what an earlier page left. Call it before the first `flush`. */
  async load(): Promise<OutboxItem[]> {
    for (const item of await this.#options.storage.list()) {
      this.#stored.add(item.frame.client_id)
      if (!this.#items.has(item.frame.client_id)) this.#items.set(item.frame.client_id, item)
    }
    this.#changed()
    return this.items
  }

  /**
   * Takes a frame. The answer is null, or why the server would never take it (then nothing is kept). A storage that
   * throws costs the survival of a reload, not the message.
   */
  async queue(frame: DurableFrame): Promise<Failure | null> {
    const failure = checkFrame(frame)
    if (failure) return failure
    const item = { frame, at: this.#env.now(), order: this.#order++ }
    this.#items.set(frame.client_id, item)
    this.#changed()
    await this.#keep(item)
    this.flush()
    return null
  }

  /** Sends a failed message again, behind everything that waits; false when it is not kept here. */
  async retry(clientId: string): Promise<boolean> {
    const item = this.#items.get(clientId)
    if (!item?.failure) return false
    const { failure: _gone, ...again } = item
    const moved = { ...again, at: this.#env.now(), order: this.#order++ }
    this.#items.set(clientId, moved)
    this.#changed()
    await this.#keep(moved)
    this.flush()
    return true
  }

  async discard(clientId: string): Promise<void> {
    await this.#forget(clientId)
  }

  /** Call when the connection comes online, and whenever something may have changed. Never throws, never doubles. */
  flush(): void {
    if (this.#options.window() === 0 || this.size === 0) return
    if (this.#release) return this.#pump()
    if (this.#waiting) return
    this.#waiting = true
    const { locks, lockName } = this.#options
    const run = () => this.#hold()
    const done = locks && lockName !== undefined ? locks.request(lockName, run) : run()
    void done.catch(() => {}).finally(() => this.#ended())
  }

  /** Call when the connection ended: what was not answered will be sent again. */
  offline(): void {
    this.#inFlight.clear()
    this.#end()
  }

  acked(frame: AckFrame): void {
    this.#inFlight.delete(frame.client_id)
    this.#gap = this.#gap === 0 ? 0 : Math.max(minGap, this.#gap * 0.97)
    this.delivered(frame.client_id, frame.conversation, frame.generation)
  }

  /**
   * The log of `conversation` shows the message, which is as good as an ack: another tab sent it, or an ack was lost.
   * What is in flight here waits for its own answer all the same: that may be a transient refusal of the repeat, and
   * then the server holds back all behind it until it comes again.
   */
  delivered(clientId: string, conversation: string, generation?: number): void {
    const item = this.#items.get(clientId)
    if (!item) return
    const start = item.frame.type === 'send' ? item.frame.start : undefined
    if (start !== undefined) this.#resolve(start, conversation, generation)
    if (this.#inFlight.has(clientId)) return
    void this.#forget(clientId)
    this.#pump()
  }

  refused(frame: RefusedFrame): void {
    const clientId = frame.client_id
    if (clientId === undefined || !this.#items.has(clientId)) return
    if (isTransient(frame)) return this.#pause(clientId, frame.retry_after_ms ?? defaultRetryAfter)
    this.#fail(clientId, { code: frame.code, message: frame.message })
    this.#pump()
  }

  /** The server closed with 1009. Frames are answered in order, so the head is to blame once it travels alone. */
  tooLarge(): void {
    const [head, second] = this.#queue().filter((i) => this.#inFlight.has(i.frame.client_id))
    if (!head) return
    if (second) this.#single = true
    else this.#fail(head.frame.client_id, { code: 'too_large', message: 'The message is too large.' })
  }

  // Under the lock: read what other tabs kept, then send until nothing is left or the connection is gone.
  async #hold(): Promise<void> {
    try {
      await this.#reread()
    } catch {
      // Storage is gone; what is in memory is still to be sent.
    }
    const { window } = this.#options
    if (window() === 0 || this.size === 0) return
    const over = new Promise<void>((resolve) => {
      this.#release = resolve
    })
    this.#pump()
    await over
  }

  #ended(): void {
    this.#waiting = false
    this.flush()
  }

  #end(): void {
    this.#env.clearTimeout(this.#timer)
    this.#timer = null
    this.#gap = 0
    const release = this.#release
    this.#release = null
    release?.()
  }

  async #reread(): Promise<void> {
    const kept = await this.#options.storage.list()
    const ids = new Set(kept.map((i) => i.frame.client_id))
    for (const item of kept) {
      this.#stored.add(item.frame.client_id)
      if (!this.#items.has(item.frame.client_id)) this.#items.set(item.frame.client_id, item)
    }
    for (const item of this.items) {
      // Another tab sent it meanwhile; the log will show it here.
      if (!ids.has(item.frame.client_id) && this.#stored.has(item.frame.client_id)) {
        this.#items.delete(item.frame.client_id)
      }
    }
    this.#changed()
  }

  #pump(): void {
    if (!this.#release) return
    const now = this.#env.now()
    const queue = this.#queue()
    if (queue.length === 0) return this.#end()
    if (now < this.#blockedUntil) return this.#wait(this.#blockedUntil - now)
    const room = this.#options.window()
    const window = this.#single || this.#gap > 0 ? Math.min(1, room) : room
    for (const item of queue) {
      if (this.#inFlight.size >= window) return
      const id = item.frame.client_id
      if (this.#inFlight.has(id)) continue
      this.#inFlight.add(id)
      if (this.#gap > 0) this.#blockedUntil = now + this.#gap
      if (!this.#options.send(item.frame)) return this.offline()
    }
  }

  #wait(ms: number): void {
    this.#env.clearTimeout(this.#timer)
    this.#timer = this.#env.setTimeout(() => this.#pump(), ms)
  }

  #pause(clientId: string, ms: number): void {
    // One that was behind another refusal waits for that one; its own delay says nothing more.
    if (!this.#inFlight.has(clientId)) return
    // Those behind it are refused too or are repeats when sent again; either way order holds.
    const queue = this.#queue()
    const at = queue.findIndex((i) => i.frame.client_id === clientId)
    for (const item of queue.slice(at)) this.#inFlight.delete(item.frame.client_id)
    this.#gap = Math.min(maxGap, Math.max(firstGap, this.#gap * 1.5))
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#env.now() + ms)
    this.#pump()
  }

  #fail(clientId: string, failure: Failure): void {
    const item = this.#items.get(clientId)
    if (!item) return
    this.#inFlight.delete(clientId)
    this.#single = false
    const failed = { ...item, failure }
    this.#items.set(clientId, failed)
    void this.#keep(failed)
    this.#changed()
    this.#options.onFailed?.(clientId, failure)
  }

  /** Later messages of a conversation that had no id yet now have one, also after a reload. */
  #resolve(start: string, conversation: string, generation: number | undefined): void {
    for (const item of this.#items.values()) {
      if (item.frame.type !== 'send' || item.frame.start !== start) continue
      const { start: _known, ...frame } = item.frame
      const named = { ...item, frame: { ...frame, conversation } }
      this.#items.set(item.frame.client_id, named)
      if (!this.#inFlight.has(item.frame.client_id)) void this.#keep(named)
    }
    this.#options.onStarted?.(start, conversation, generation)
  }

  #queue(): OutboxItem[] {
    return this.items.filter((i) => i.failure === undefined)
  }

  async #keep(item: OutboxItem): Promise<void> {
    const id = item.frame.client_id
    try {
      await this.#options.storage.put(item)
      this.#stored.add(id)
    } catch {
      return
    }
    // Acknowledged while it was being written: do not leave it behind.
    if (!this.#items.has(id)) await this.#forget(id)
  }

  async #forget(clientId: string): Promise<void> {
    this.#items.delete(clientId)
    this.#stored.delete(clientId)
    this.#inFlight.delete(clientId)
    this.#single = false
    this.#changed()
    try {
      await this.#options.storage.delete(clientId)
    } catch {
      // It stays and is sent again after a reload: a repeat, which the server knows.
    }
  }

  #changed(): void {
    this.#options.onChange?.(this.size)
  }
}
