/**
 * A live session of one shopper or one agent: connection, logs, outbox and feed tied together.
 *
 * This is what an app uses. It holds no view state: subscribe, and read `thread(key)` with `timeline` and `unread`.
 * A thread's key is the conversation's id, or, until the first message is answered, the client_id that starts it; the
 * `renamed` event tells when the one becomes the other (both keys work from then on).
 */
import { browserEnv, type Env } from './env.js'
import { followFeed, type Positions } from './feed.js'
import {
  type AmendAction,
  type AmendFrame,
  type Delivery,
  type Draft,
  type Entry,
  type FeedFrame,
  isTransient,
  type Page,
  type PresenceFrame,
  type RefusedFrame,
  type Self,
  type SendFrame,
  type ServerFrame,
  type WelcomeFrame,
} from './frames.js'
import { newClientId } from './id.js'
import { type Locks, MemoryStorage, Outbox, type OutboxItem, type OutboxStorage } from './outbox.js'
import { Realtime, type Status } from './realtime.js'
import { cursor, type Failure, hasOlder, newThread, type Thread, type ThreadAction } from './thread.js'
import { Threads } from './threads.js'

export interface LiveOptions {
  /** Origin of the API, e.g. `https://chat.example.com`. */
  baseURL: string
  door: { kind: 'shopper'; key: string } | { kind: 'agent' }
  token?: () => string | null
  onToken?: () => Promise<string | null>
  /** Where unsent messages live; memory by default. */
  storage?: OutboxStorage
  /** `navigator.locks` where there is one. */
  locks?: Locks
  /** Reads a page of entries before `before`, over REST; needed by `older`. */
  readOlder?: (conversation: string, before: number, limit: number) => Promise<Entry[]>
  tab?: string
  newId?: () => string
  env?: Partial<Env>
}

export type LiveEvent =
  | { type: 'status'; status: Status }
  | { type: 'welcome'; welcome: WelcomeFrame }
  | { type: 'thread'; key: string; thread: Thread }
  | { type: 'renamed'; from: string; to: string }
  | { type: 'entry'; key: string; entry: Entry }
  | { type: 'presence'; presence: PresenceFrame }
  /** Agents only: a message on its way to an address elsewhere got further, or did not. */
  | { type: 'delivery'; conversation: string; delivery: Delivery }
  | { type: 'feed'; change: FeedFrame }
  /** The whole list of this shop is to be read again over REST. */
  | { type: 'reload'; shop: string }
  | { type: 'refused'; refused: RefusedFrame }
  | { type: 'outbox'; size: number }

export interface Sent {
  key: string
  clientId: string
  /** Why it can never be sent; it is shown as failed and not kept. */
  failure: Failure | null
}

const typingEvery = 3_000
const rejoinAfter = 2_000

export class Live {
  readonly #options: LiveOptions
  readonly #env: Env
  readonly #realtime: Realtime
  readonly #outbox: Outbox
  readonly #newId: () => string
  readonly #threads = new Threads((key, thread) => this.#emit({ type: 'thread', key, thread }))
  readonly #joined = new Set<string>()
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #typedAt = new Map<string, number>()
  readonly #readAt = new Map<string, number>()
  #positions: Positions = {}
  #askedFrom: Positions | null = null
  #welcome: WelcomeFrame | null = null
  #page: Page | null = null
  #viewing: string | null = null
  #ticking: unknown = null
  #rejoining: unknown = null
  #loading: Promise<unknown> | null = null

  constructor(options: LiveOptions) {
    this.#options = options
    this.#env = browserEnv(options.env)
    this.#newId = options.newId ?? newClientId
    this.#realtime = new Realtime({
      baseURL: options.baseURL,
      door: options.door,
      resume: () => this.#resume(),
      onFrame: (frame) => this.#receive(frame),
      onStatus: (status) => this.#status(status),
      onTooLarge: () => this.#outbox.tooLarge(),
      env: this.#env,
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(options.onToken === undefined ? {} : { onToken: options.onToken }),
      ...(options.tab === undefined ? {} : { tab: options.tab }),
    })
    this.#outbox = new Outbox({
      storage: options.storage ?? new MemoryStorage(),
      send: (frame) => this.#realtime.send(frame),
      window: () => this.#realtime.window,
      onFailed: (clientId, failure) => this.#everywhere({ type: 'failed', clientId, failure }),
      onStarted: (start, conversation, generation) => this.#named(start, conversation, generation ?? 0),
      onChange: (size) => this.#emit({ type: 'outbox', size }),
      env: this.#env,
      ...(options.locks === undefined ? {} : { locks: options.locks }),
      lockName: `tagalong:${options.door.kind === 'shopper' ? options.door.key : 'agent'}:outbox`,
    })
  }

  get status(): Status {
    return this.#realtime.status
  }

  get self(): Self | null {
    return this.#welcome?.self ?? null
  }

  /** What the server said last at a connection. */
  get welcome(): WelcomeFrame | null {
    return this.#welcome
  }

  get outboxSize(): number {
    return this.#outbox.size
  }

  get keys(): string[] {
    return this.#threads.keys
  }

  thread(key: string): Thread | undefined {
    return this.#threads.get(key)
  }

  subscribe(fn: (event: LiveEvent) => void): () => void {
    this.#listeners.add(fn)
    return () => this.#listeners.delete(fn)
  }

  /** Loads what an earlier page left unsent and shows it, then connects. */
  async start(): Promise<void> {
    this.#loading ??= this.#outbox.load().then((items) => {
      for (const item of items) this.#showKept(item)
    })
    try {
      await this.#loading
    } catch {
      // Storage is not there: the session works without what it kept.
    }
    this.#realtime.start()
  }

  stop(): void {
    this.#realtime.stop()
    this.#env.clearTimeout(this.#ticking)
    this.#env.clearTimeout(this.#rejoining)
    this.#ticking = null
    this.#rejoining = null
  }

  /** Connects anew at once, e.g. with another token or after the shopper was identified. */
  reconnect(): void {
    this.#realtime.reconnect()
  }

  /**
   * Follows a conversation. A shopper's own are followed by themselves. With its head (the inbox's row has it) a long
   * log is not replayed from its beginning.
   */
  open(conversation: string, known?: { generation: number; first_seq: number; head: number }): void {
    if (this.#joined.has(conversation)) return
    this.#joined.add(conversation)
    if (!this.#threads.get(conversation)) {
      const thread = newThread({ self: this.#me(), conversation })
      const at = known && { generation: known.generation, firstSeq: known.first_seq, head: known.head }
      this.#threads.put(conversation, { ...thread, ...at })
    }
    this.#join(conversation)
  }

  /** Stops following; the log held so far stays until `forget`. */
  leave(conversation: string): void {
    if (!this.#joined.delete(conversation)) return
    this.#realtime.subscribe({ type: 'leave', conversation })
  }

  forget(conversation: string): void {
    this.leave(conversation)
    this.#threads.delete(conversation)
  }

  /**
   * Sends a message: into a conversation, or, without one, into the one that this device is starting. An agent may name the
   * shopper's address that it goes to.
   */
  async send(
    draft: Draft,
    to: { key?: string; kind?: 'message' | 'note'; address?: string } = {},
  ): Promise<Sent> {
    const clientId = this.#newId()
    const key = to.key === undefined ? (this.#threads.starting ?? clientId) : this.#threads.key(to.key)
    const thread = this.#threads.get(key)
    // A key that this session does not hold is a conversation's id, or the start of one from before a reload.
    const known = thread?.conversation ?? (thread === undefined && key.startsWith('cnv_') ? key : null)
    const frame: SendFrame = {
      type: 'send',
      client_id: clientId,
      ...(known === null ? { start: thread?.start ?? key } : { conversation: known }),
      ...(to.kind === undefined ? {} : { kind: to.kind }),
      ...(to.address === undefined ? {} : { to: to.address }),
      message: draft,
    }
    this.#threads.show(key, frame, this.#env.now(), this.#me())
    const failure = await this.#outbox.queue(frame)
    if (failure) this.#dispatch(key, { type: 'failed', clientId, failure })
    return { key: this.#threads.key(key), clientId, failure }
  }

  /** Edits, revokes or reacts; it shows when the log has it. */
  async amend(
    conversation: string,
    target: number,
    action: AmendAction,
    what: { text?: string; emoji?: string } = {},
  ): Promise<Sent> {
    const clientId = this.#newId()
    const frame: AmendFrame = { type: 'amend', client_id: clientId, conversation, target, action, ...what }
    return { key: conversation, clientId, failure: await this.#outbox.queue(frame) }
  }

  /** Sends a failed message again; false when it was never kept (too long, say), and must be written anew. */
  async retry(clientId: string): Promise<boolean> {
    if (!(await this.#outbox.retry(clientId))) return false
    this.#everywhere({ type: 'retried', clientId })
    return true
  }

  async discard(clientId: string): Promise<void> {
    this.#everywhere({ type: 'discarded', clientId })
    await this.#outbox.discard(clientId)
  }

  /** Tells the others; call it at each key press, it sends once in 3 s. */
  typing(key: string, note = false): void {
    const conversation = this.#threads.get(key)?.conversation
    const now = this.#env.now()
    if (!conversation || now - (this.#typedAt.get(conversation) ?? -typingEvery) < typingEvery) return
    this.#typedAt.set(conversation, now)
    this.#realtime.send({ type: 'typing', conversation, ...(note ? { note } : {}) })
  }

  /** Everything up to `seq` (default: all that is held) was read, or only delivered. Watermarks rise; less is ignored. */
  read(key: string, seq?: number, state: 'read' | 'delivered' = 'read'): void {
    const thread = this.#threads.get(key)
    if (!thread?.conversation) return
    const upTo = seq ?? thread.seq
    const mark = `${thread.conversation} ${state}`
    if (upTo <= (this.#readAt.get(mark) ?? 0)) return
    const sent = this.#realtime.send({ type: 'read', conversation: thread.conversation, seq: upTo, state })
    if (sent) this.#readAt.set(mark, upTo)
    if (state === 'read') this.#dispatch(thread.conversation, { type: 'seen', seq: upTo })
  }

  /** The page that the shopper is on; repeated at each connection. */
  page(page: Page): void {
    this.#page = page
    this.#realtime.send({ type: 'page', page })
  }

  /** The conversation that the agent looks at, null for none; repeated at each connection. */
  viewing(conversation: string | null): void {
    this.#viewing = conversation
    this.#realtime.send({ type: 'viewing', ...(conversation === null ? {} : { conversation }) })
  }

  /** Reads a page of older entries; false when there are none. */
  async older(key: string, limit = 50): Promise<boolean> {
    const thread = this.#threads.get(key)
    const { readOlder } = this.#options
    if (!readOlder || !thread?.conversation || !hasOlder(thread)) return false
    const entries = await readOlder(thread.conversation, thread.low, limit)
    this.#dispatch(thread.conversation, { type: 'older', entries, before: thread.low })
    return true
  }

  /** Sends what waits, if the connection is there. */
  flush(): void {
    this.#outbox.flush()
  }

  // Receiving.

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame)
      case 'entry':
        this.#shownBack(frame.conversation, frame.entry)
        this.#followOwn(frame.conversation)
        this.#dispatch(frame.conversation, frame)
        return this.#emit({ type: 'entry', key: frame.conversation, entry: frame.entry })
      case 'ack':
        this.#outbox.acked(frame)
        this.#followOwn(frame.conversation)
        return this.#dispatch(frame.conversation, frame)
      case 'refused':
        return this.#refused(frame)
      case 'joined':
      case 'receipt':
        return this.#dispatch(frame.conversation, frame)
      case 'typing':
        this.#dispatch(frame.conversation, { ...frame, now: this.#env.now() })
        return this.#tickLater()
      case 'beat':
        this.#feed(frame)
        return this.#everywhere(frame)
      case 'snapshot':
        if (frame.conversation === undefined) return this.#feed(frame)
        for (const entry of frame.entries ?? []) this.#shownBack(frame.conversation, entry)
        return this.#dispatch(frame.conversation, frame)
      case 'feed':
        return this.#feed(frame)
      case 'presence':
        return this.#emit({ type: 'presence', presence: frame })
      case 'delivery':
        return this.#emit({ type: 'delivery', conversation: frame.conversation, delivery: frame.delivery })
    }
  }

  #welcomed(frame: WelcomeFrame): void {
    // Positions of another epoch count other changes.
    if (this.#welcome && this.#welcome.epoch !== frame.epoch) this.#positions = {}
    this.#askedFrom = null
    this.#welcome = frame
    this.#feed(frame)
    for (const head of frame.conversations ?? []) {
      if (!this.#threads.get(head.id))
        this.#threads.put(head.id, newThread({ self: frame.self, conversation: head.id }))
      this.#joined.add(head.id)
    }
    for (const key of this.keys) {
      const head = frame.conversations?.find((c) => c.id === key)
      const known = head === undefined ? {} : { head }
      this.#threads.update(key, { type: 'welcome', epoch: frame.epoch, self: frame.self, ...known })
    }
    this.#emit({ type: 'welcome', welcome: frame })
  }

  /** A shopper's conversation that another tab or device started, or that this one wrote to without opening it. */
  #followOwn(conversation: string): void {
    if (this.#options.door.kind === 'shopper') this.open(conversation)
  }

  #shownBack(conversation: string, entry: Entry): void {
    if (entry.client_id !== undefined) this.#outbox.delivered(entry.client_id, conversation)
  }

  #refused(frame: RefusedFrame): void {
    if (frame.client_id !== undefined) this.#outbox.refused(frame)
    else if (frame.conversation !== undefined && isTransient(frame)) this.#rejoinLater(frame.retry_after_ms)
    else if (frame.conversation !== undefined) this.#joined.delete(frame.conversation)
    this.#emit({ type: 'refused', refused: frame })
  }

  #feed(frame: Parameters<typeof followFeed>[1]): void {
    const step = followFeed(this.#positions, frame)
    this.#positions = step.positions
    if (step.ask) this.#askFeeds(frame.type === 'beat')
    if (step.change) this.#emit({ type: 'feed', change: step.change })
    for (const shop of step.reload) this.#emit({ type: 'reload', shop })
  }

  #status(status: Status): void {
    if (status.state === 'online') {
      if (this.#page) this.#realtime.send({ type: 'page', page: this.#page })
      if (this.#viewing !== null) this.#realtime.send({ type: 'viewing', conversation: this.#viewing })
      this.#outbox.flush()
    } else {
      this.#outbox.offline()
    }
    this.#emit({ type: 'status', status })
  }

  // Following logs.

  #resume() {
    const joins = [...this.#joined].flatMap((conversation) => {
      const thread = this.#threads.get(conversation)
      if (!thread) return []
      this.#threads.update(conversation, { type: 'joining' })
      return [{ conversation, ...cursor(thread) }]
    })
    return { joins, feeds: this.#feeds() }
  }

  /** Frames that are on their way show the same hole again: one question about it is enough, until a beat still sees it. */
  #askFeeds(again: boolean): void {
    if (this.#askedFrom === this.#positions && !again) return
    this.#askedFrom = this.#positions
    this.#realtime.subscribe({ type: 'feed', feeds: this.#feeds() })
  }

  #feeds() {
    return Object.entries(this.#positions).map(([shop, after]) => ({ shop, after }))
  }

  #join(conversation: string): void {
    const thread = this.#threads.get(conversation)
    if (!thread || this.status.state !== 'online') return
    const at = cursor(thread)
    this.#threads.update(conversation, { type: 'joining' })
    this.#realtime.subscribe({ type: 'join', conversation, ...at })
  }

  #rejoinLater(afterMs = rejoinAfter): void {
    this.#env.clearTimeout(this.#rejoining)
    this.#rejoining = this.#env.setTimeout(() => {
      for (const conversation of this.#joined) this.#join(conversation)
    }, afterMs)
  }

  /** Applies an action, and joins again when the log turns out to have a hole. */
  #dispatch(key: string, action: ThreadAction): void {
    const thread = this.#threads.update(key, action)
    if (thread?.behind && thread.conversation !== null && this.#joined.has(thread.conversation)) {
      this.#join(thread.conversation)
    }
  }

  #everywhere(action: ThreadAction): void {
    for (const key of this.keys) this.#dispatch(key, action)
  }

  #tickLater(): void {
    if (this.#ticking !== null) return
    this.#ticking = this.#env.setTimeout(() => {
      this.#ticking = null
      this.#everywhere({ type: 'tick', now: this.#env.now() })
      if (this.#threads.typing) this.#tickLater()
    }, 1_000)
  }

  // Showing what waits.

  #showKept(item: OutboxItem): void {
    const { frame } = item
    const key = frame.conversation ?? (frame.type === 'send' ? frame.start : undefined)
    if (key === undefined) return
    this.#threads.show(key, frame, item.at, this.#me())
    if (item.failure)
      this.#threads.update(key, { type: 'failed', clientId: frame.client_id, failure: item.failure })
  }

  /** The conversation that this device started got its id: its thread moves there and is followed. */
  #named(start: string, conversation: string, generation: number): void {
    if (!this.#threads.rename(start, conversation, generation)) return
    this.#emit({ type: 'renamed', from: start, to: conversation })
    if (this.#joined.has(conversation)) return
    this.#joined.add(conversation)
    this.#join(conversation)
  }

  /** Before the first welcome nobody knows their id; the welcome puts it right. */
  #me(): Self {
    return this.self ?? { kind: this.#options.door.kind, id: '' }
  }

  #emit(event: LiveEvent): void {
    for (const fn of this.#listeners) fn(event)
  }
}
