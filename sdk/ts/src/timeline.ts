/** Reads a thread: everything to show in order, how far the others are, and what is unread. */
import type { Self } from './frames.js'
import type { Item, ItemState } from './items.js'
import type { Pending, Thread } from './thread.js'

/** Everything to show, in order: the log's slice, then what was acknowledged but not shown back, then what waits. */
export function timeline(thread: Thread): Item[] {
  const marks = othersMarks(thread)
  const shown = thread.items.map((item) => withState(item, marks))
  const pending = thread.pending.map((p) => pendingItem(thread.self, p, marks))
  const acked = pending.filter((i) => i.seq !== undefined).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  return [...shown, ...acked, ...pending.filter((i) => i.seq === undefined)]
}

function withState(item: Item, marks: { read: number; delivered: number }): Item {
  if (!item.mine || item.kind === 'event' || item.seq === undefined) return item
  return { ...item, state: stateAt(item.seq, marks) }
}

function stateAt(seq: number, marks: { read: number; delivered: number }): ItemState {
  if (seq <= marks.read) return 'read'
  return seq <= marks.delivered ? 'delivered' : 'sent'
}

/** How far the other side is: any agent counts for a shopper; the shopper counts for agents. */
function othersMarks(thread: Thread): { read: number; delivered: number } {
  const others = thread.reads.filter((r) => r.kind !== thread.self.kind)
  return {
    read: Math.max(0, ...others.map((r) => r.read)),
    delivered: Math.max(0, ...others.map((r) => r.delivered)),
  }
}

function pendingItem(self: Self, p: Pending, marks: { read: number; delivered: number }): Item {
  // A template is shown once the server has told its name; its text stands for it until then.
  const { attachment_ids, template: _, ...message } = p.draft
  const { kind, id, name } = self
  const state = p.failure ? 'failed' : p.seq === undefined ? 'sending' : stateAt(p.seq, marks)
  return {
    key: `m-${p.clientId}`,
    clientId: p.clientId,
    at: p.at,
    kind: p.kind,
    author: { kind, id, ...(name === undefined ? {} : { name }) },
    mine: true,
    message,
    reactions: [],
    state,
    ...(attachment_ids === undefined ? {} : { attachmentIds: attachment_ids }),
    ...(p.seq === undefined ? {} : { seq: p.seq }),
    ...(p.failure === undefined ? {} : { failure: p.failure }),
  }
}

/** Messages of others above this participant's read mark. */
export function unread(thread: Thread): number {
  const { self } = thread
  const mine = thread.reads.find((r) => r.kind === self.kind && (r.kind === 'shopper' || r.id === self.id))
  const from = mine?.read ?? 0
  const counted = thread.items.filter(
    (i) => i.kind === 'message' && !i.mine && !i.revoked && (i.seq ?? 0) > from,
  ).length
  if (from >= thread.head) return 0
  const covered = thread.low <= from + 1 && thread.seq >= thread.head
  return covered ? counted : Math.max(counted, thread.serverUnread)
}

export function hasOlder(thread: Thread): boolean {
  return thread.low > thread.firstSeq
}
