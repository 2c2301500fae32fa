/**
 * One conversation's log as a client sees it: a pure reducer over frames. `items.ts` makes lines of its entries, `timeline.ts` reads it.
 *
 * The state holds a contiguous slice `low..seq` of the log (`seq` is this audience's own number) and, apart from it,
 * the messages of this device that the server has not shown back yet. A frame that would leave a hole is not applied;
 * it sets `behind`, and the owner of the connection joins again from `cursor(state)`.
 */
import type {
  AckFrame,
  Author,
  BeatFrame,
  ConversationHead,
  Draft,
  DurableFrame,
  Entry,
  EntryFrame,
  JoinedFrame,
  Read,
  ReceiptFrame,
  Self,
  SendFrame,
  SnapshotFrame,
  TypingNotice,
} from './frames.js'
import { applyAmend, type Failure, type Item, isMine, sameAuthor, toItem } from './items.js'

export type { Failure, Item, ItemState, Reaction } from './items.js'
export { hasOlder, timeline, unread } from './timeline.js'

/** A message of this device that is not in the log as this client holds it. */
export interface Pending {
  clientId: string
  kind: 'message' | 'note'
  draft: Draft
  at: number
  /** Known once acknowledged; it leaves when the entry arrives. */
  seq?: number
  failure?: Failure
}

export interface TypingAuthor {
  author: Author
  until: number
}

export interface Thread {
  /** null until the server answered the message that starts it. */
  conversation: string | null
  /** client_id of the message that starts it, while it has no id. */
  start: string | null
  self: Self
  epoch: string | null
  generation: number
  firstSeq: number
  head: number
  /** The slice held is `low..seq`; empty when low = seq + 1. */
  low: number
  seq: number
  /** Messages, notes and events of the slice, amends folded in. */
  items: readonly Item[]
  /** Amends of the slice by target, kept for older pages that bring the target later. */
  amends: Readonly<Record<number, readonly Entry[]>>
  pending: readonly Pending[]
  reads: readonly Read[]
  typing: readonly TypingAuthor[]
  closed: boolean
  /** The slice is known not to reach the head, or its place in the log is not known: join from `cursor`. */
  behind: boolean
  /** A join is on its way: what does not fit meanwhile will be in its answer. */
  syncing: boolean
  /** The server's count and what came since, for as long as the slice does not cover what is unread. */
  serverUnread: number
}

export type ThreadAction =
  | { type: 'welcome'; epoch: string; self: Self; head?: ConversationHead }
  | JoinedFrame
  | EntryFrame
  | AckFrame
  | ReceiptFrame
  | SnapshotFrame
  | BeatFrame
  | (TypingNotice & { now: number })
  /** A join was sent: until it is answered no second one is needed. */
  | { type: 'joining' }
  | { type: 'queued'; frame: DurableFrame; at: number; failure?: Failure }
  | { type: 'failed'; clientId: string; failure: Failure }
  | { type: 'retried'; clientId: string }
  | { type: 'discarded'; clientId: string }
  | { type: 'started'; conversation: string; generation: number }
  | { type: 'older'; entries: readonly Entry[]; before: number }
  | { type: 'seen'; seq: number }
  | { type: 'tick'; now: number }

export const typingLasts = 6_000

export function newThread(of: { self: Self; conversation?: string; start?: string }): Thread {
  return {
    conversation: of.conversation ?? null,
    start: of.start ?? null,
    self: of.self,
    epoch: null,
    generation: 0,
    firstSeq: 1,
    head: 0,
    low: 1,
    seq: 0,
    items: [],
    amends: {},
    pending: [],
    reads: [],
    typing: [],
    closed: false,
    behind: false,
    syncing: false,
    serverUnread: 0,
  }
}

/** Where to join from. A thread that holds nothing starts near the head: the rest comes in older pages. */
export function cursor(thread: Thread, page = 50): { generation: number; after: number } {
  if (holdsNothing(thread)) {
    return { generation: thread.generation, after: Math.max(thread.firstSeq - 1, thread.head - page, 0) }
  }
  return { generation: thread.generation, after: thread.seq }
}

export function reduce(thread: Thread, action: ThreadAction): Thread {
  switch (action.type) {
    case 'welcome':
      return welcome(thread, action)
    case 'joining':
      return joining(thread)
    case 'joined':
      return joined(thread, action)
    case 'entry':
      return entry(thread, action.entry)
    case 'snapshot':
      return snapshot(thread, action)
    case 'ack':
      return ack(thread, action)
    case 'receipt':
      return receipt(thread, action)
    case 'typing':
      return typing(thread, action.author, action.now)
    case 'beat':
      return beat(thread, action)
    case 'queued':
      return queued(thread, action)
    case 'failed':
      return eachPending(thread, action.clientId, (p) => ({ ...p, failure: action.failure }))
    case 'retried':
      return retried(thread, action.clientId)
    case 'discarded':
      return { ...thread, pending: thread.pending.filter((p) => p.clientId !== action.clientId) }
    case 'started':
      return started(thread, action.conversation, action.generation)
    case 'older':
      return older(thread, action.entries, action.before)
    case 'seen':
      return seen(thread, action.seq)
    case 'tick':
      return tick(thread, action.now)
  }
}

// Following the log.

function welcome(thread: Thread, action: Extract<ThreadAction, { type: 'welcome' }>): Thread {
  const known = action.head
  const restored = thread.epoch !== null && thread.epoch !== action.epoch
  const erased = known !== undefined && !holdsNothing(thread) && known.generation !== thread.generation
  const base = restored || erased ? emptied(thread) : thread
  const next = { ...base, epoch: action.epoch, self: action.self, typing: [], syncing: false }
  if (known === undefined) return { ...next, behind: thread.conversation !== null }
  return {
    ...next,
    generation: known.generation,
    firstSeq: known.first_seq,
    head: Math.max(known.head, next.seq),
    closed: known.state === 'closed',
    reads: known.reads.reduce(raise, next.reads),
    serverUnread: known.unread,
    behind: true,
  }
}

function joining(thread: Thread): Thread {
  const asked = { ...thread, behind: false, syncing: true }
  if (!holdsNothing(thread)) return asked
  const { after } = cursor(thread)
  return { ...asked, low: after + 1, seq: after }
}

function joined(thread: Thread, frame: JoinedFrame): Thread {
  if (!holdsNothing(thread) && frame.generation !== thread.generation) return thread
  return {
    ...thread,
    syncing: false,
    generation: frame.generation,
    firstSeq: frame.first_seq,
    head: Math.max(frame.head, thread.seq),
    low: Math.max(thread.low, frame.first_seq),
    reads: frame.reads.reduce(raise, thread.reads),
  }
}

function entry(thread: Thread, entry: Entry): Thread {
  if (entry.seq <= thread.seq) return thread
  const head = Math.max(thread.head, entry.seq)
  if (entry.seq !== thread.seq + 1) return { ...thread, head, behind: !thread.syncing }
  const isNew = entry.seq > thread.head && entry.kind === 'message' && !isMine(thread.self, entry.author)
  const serverUnread = thread.serverUnread + (isNew ? 1 : 0)
  const grown = append({ ...thread, head, seq: entry.seq, serverUnread }, entry)
  return withoutPending(stopTyping(grown, entry.author), entry)
}

function snapshot(thread: Thread, frame: SnapshotFrame): Thread {
  const entries = [...(frame.entries ?? [])].sort((a, b) => a.seq - b.seq)
  const head = frame.head ?? entries.at(-1)?.seq ?? 0
  const low = entries[0]?.seq ?? head + 1
  const empty: Thread = {
    ...emptied(thread),
    generation: frame.generation ?? thread.generation,
    firstSeq: frame.first_seq ?? low,
    head,
    low,
    seq: entries.at(-1)?.seq ?? head,
    // Watermarks of another generation or epoch are not comparable.
    reads: frame.reads ?? [],
    behind: false,
    syncing: false,
  }
  const full = entries.reduce(append, empty)
  return entries.reduce(withoutPending, { ...full, behind: full.seq < head })
}

function beat(thread: Thread, frame: BeatFrame): Thread {
  const head = thread.conversation === null ? undefined : frame.heads?.[thread.conversation]
  if (head === undefined || head <= thread.seq) return thread
  return { ...thread, head: Math.max(head, thread.head), behind: true }
}

function older(thread: Thread, entries: readonly Entry[], before: number): Thread {
  // The slice moved while the page was on its way (a snapshot, another page): this page does not fit any more.
  if (before !== thread.low) return thread
  const page = entries.filter((e) => e.seq < before).sort((a, b) => a.seq - b.seq)
  const low = page[0]?.seq ?? thread.firstSeq
  const amends = page.filter((e) => e.kind === 'amend').reduce(keepAmend, thread.amends)
  const shown = page.filter((e) => e.kind !== 'amend').map((e) => toItem(thread.self, e))
  const next = { ...thread, low, amends, items: [...shown, ...thread.items] }
  // Amends of this page may change what stands in it or before it; those of later pages may change what it brought.
  return { ...next, items: next.items.map((item) => refold(next, item)) }
}

function emptied(thread: Thread): Thread {
  return { ...thread, head: 0, low: 1, seq: 0, items: [], amends: {}, reads: [], serverUnread: 0 }
}

function holdsNothing(thread: Thread): boolean {
  return thread.items.length === 0 && thread.low > thread.seq && Object.keys(thread.amends).length === 0
}

// Folding entries into items.

function append(thread: Thread, entry: Entry): Thread {
  if (entry.kind === 'amend') return fold(thread, entry)
  const closed =
    entry.event?.name === 'closed' ? true : entry.event?.name === 'reopened' ? false : thread.closed
  return { ...thread, closed, items: [...thread.items, toItem(thread.self, entry)] }
}

function fold(thread: Thread, amend: Entry): Thread {
  const target = amend.amend?.target
  if (target === undefined) return thread
  const items = thread.items.map((item) => (item.seq === target ? applyAmend(item, amend) : item))
  return { ...thread, amends: keepAmend(thread.amends, amend), items }
}

function keepAmend(amends: Thread['amends'], amend: Entry): Thread['amends'] {
  const target = amend.amend?.target
  if (target === undefined) return amends
  const list = [...(amends[target] ?? []), amend].sort((a, b) => a.seq - b.seq)
  return { ...amends, [target]: list }
}

function refold(thread: Thread, item: Item): Item {
  const amends = item.seq === undefined ? undefined : thread.amends[item.seq]
  return amends === undefined ? item : amends.reduce(applyAmend, { ...item, reactions: [] })
}

// Messages of this device.

function queued(thread: Thread, action: Extract<ThreadAction, { type: 'queued' }>): Thread {
  // Amends show when the log has them; only messages are shown ahead.
  if (action.frame.type !== 'send') return thread
  const frame: SendFrame = action.frame
  const held = thread.pending.some((p) => p.clientId === frame.client_id)
  if (held || thread.items.some((i) => i.clientId === frame.client_id && i.mine)) return thread
  const pending: Pending = {
    clientId: frame.client_id,
    kind: frame.kind ?? 'message',
    draft: frame.message,
    at: action.at,
    ...(action.failure === undefined ? {} : { failure: action.failure }),
  }
  return { ...thread, pending: [...thread.pending, pending] }
}

function ack(thread: Thread, frame: AckFrame): Thread {
  const next = started(thread, frame.conversation, frame.generation)
  const acked = eachPending(next, frame.client_id, ({ failure: _none, ...p }) => ({
    ...p,
    seq: frame.seq,
    at: frame.at,
  }))
  // The entry may have come first; then nothing is left to wait for.
  const pending =
    frame.seq <= acked.seq ? acked.pending.filter((p) => p.clientId !== frame.client_id) : acked.pending
  return { ...acked, pending, head: Math.max(acked.head, frame.seq) }
}

function started(thread: Thread, conversation: string, generation: number): Thread {
  if (thread.conversation !== null) return thread
  return { ...thread, conversation, generation, behind: true }
}

function retried(thread: Thread, clientId: string): Thread {
  const pending = thread.pending.find((p) => p.clientId === clientId)
  if (!pending) return thread
  const { failure: _gone, ...again } = pending
  return { ...thread, pending: [...thread.pending.filter((p) => p !== pending), again] }
}

function eachPending(thread: Thread, clientId: string, change: (p: Pending) => Pending): Thread {
  if (!thread.pending.some((p) => p.clientId === clientId)) return thread
  return { ...thread, pending: thread.pending.map((p) => (p.clientId === clientId ? change(p) : p)) }
}

function withoutPending(thread: Thread, entry: Entry): Thread {
  if (entry.client_id === undefined || !isMine(thread.self, entry.author)) return thread
  const pending = thread.pending.filter((p) => p.clientId !== entry.client_id)
  return pending.length === thread.pending.length ? thread : { ...thread, pending }
}

// Receipts and typing.

function receipt(thread: Thread, frame: ReceiptFrame): Thread {
  const { kind, id } = frame.participant
  if (kind !== 'shopper' && kind !== 'agent') return thread
  const mark: Read = { kind, read: frame.read, delivered: frame.delivered }
  return { ...thread, reads: raise(thread.reads, id === undefined ? mark : { ...mark, id }) }
}

function raise(reads: readonly Read[], mark: Read): readonly Read[] {
  const at = reads.findIndex((r) => r.kind === mark.kind && (r.kind === 'shopper' || r.id === mark.id))
  const old = reads[at]
  if (old === undefined) return [...reads, mark]
  if (mark.read <= old.read && mark.delivered <= old.delivered) return reads
  const risen = {
    ...mark,
    read: Math.max(old.read, mark.read),
    delivered: Math.max(old.delivered, mark.delivered),
  }
  return reads.map((r, i) => (i === at ? risen : r))
}

function seen(thread: Thread, seq: number): Thread {
  const { kind, id } = thread.self
  const serverUnread = seq >= thread.head ? 0 : thread.serverUnread
  return { ...thread, serverUnread, reads: raise(thread.reads, { kind, id, read: seq, delivered: seq }) }
}

function typing(thread: Thread, author: Author, now: number): Thread {
  if (isMine(thread.self, author)) return thread
  const others = thread.typing.filter((t) => !sameAuthor(t.author, author))
  return { ...thread, typing: [...others, { author, until: now + typingLasts }] }
}

function stopTyping(thread: Thread, author: Author): Thread {
  const typing = thread.typing.filter((t) => !sameAuthor(t.author, author))
  return typing.length === thread.typing.length ? thread : { ...thread, typing }
}

function tick(thread: Thread, now: number): Thread {
  const typing = thread.typing.filter((t) => t.until > now)
  return typing.length === thread.typing.length ? thread : { ...thread, typing }
}
