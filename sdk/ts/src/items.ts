/** Entries of a log as lines to show, with what came later (edits, revocations, reactions) folded in. */
import type { Author, Entry, LogEvent, Message, Self } from './frames.js'

export type ItemState = 'sending' | 'sent' | 'delivered' | 'read' | 'failed'

export interface Reaction {
  emoji: string
  authors: Author[]
}

/** One line to show. */
export interface Item {
  /** Stable from the optimistic message to the entry that replaces it. */
  key: string
  /** Absent while it is not in the log. */
  seq?: number
  at: number
  kind: 'message' | 'note' | 'event'
  author: Author
  mine: boolean
  channel?: string
  clientId?: string
  message?: Message
  /** Attachments of a message not in the log yet are known by id only. */
  attachmentIds?: string[]
  event?: LogEvent
  editedAt?: number
  revoked?: boolean
  blanked?: boolean
  reactions: Reaction[]
  /** Of own messages and notes only. */
  state?: ItemState
  failure?: Failure
}

export interface Failure {
  code: string
  message: string
}

export function toItem(self: Self, entry: Entry): Item {
  return {
    key: entry.client_id === undefined ? `s-${entry.seq}` : `m-${entry.client_id}`,
    seq: entry.seq,
    at: entry.at,
    kind: entry.kind === 'amend' ? 'message' : entry.kind,
    author: entry.author,
    mine: isMine(self, entry.author),
    reactions: [],
    ...(entry.channel === undefined ? {} : { channel: entry.channel }),
    ...(entry.client_id === undefined ? {} : { clientId: entry.client_id }),
    ...(entry.message === undefined ? {} : { message: entry.message }),
    ...(entry.event === undefined ? {} : { event: entry.event }),
    ...(entry.blanked === undefined ? {} : { blanked: entry.blanked }),
  }
}

export function applyAmend(item: Item, entry: Entry): Item {
  const amend = entry.amend
  if (!amend) return item
  switch (amend.action) {
    case 'edit':
      if (item.revoked || item.blanked) return item
      return { ...item, message: { ...item.message, text: amend.text ?? '' }, editedAt: entry.at }
    case 'revoke': {
      const { message: _gone, ...rest } = item
      return { ...rest, revoked: true, reactions: [] }
    }
    case 'react':
      return item.revoked
        ? item
        : { ...item, reactions: react(item.reactions, entry.author, amend.emoji ?? '') }
    default:
      return item
  }
}

/** One reaction per author: a new one replaces the old, an empty one takes it back. */
function react(reactions: readonly Reaction[], author: Author, emoji: string): Reaction[] {
  const others = reactions
    .map((r) => ({ emoji: r.emoji, authors: r.authors.filter((a) => !sameAuthor(a, author)) }))
    .filter((r) => r.authors.length > 0)
  if (emoji === '') return others
  const same = others.find((r) => r.emoji === emoji)
  if (!same) return [...others, { emoji, authors: [author] }]
  return others.map((r) => (r === same ? { emoji, authors: [...r.authors, author] } : r))
}

export function sameAuthor(a: Author, b: Author): boolean {
  return a.kind === b.kind && a.id === b.id
}

/** A conversation has one shopper (whose id may change when the shop identifies them), but many agents. */
export function isMine(self: Self, author: Author): boolean {
  if (author.kind !== self.kind) return false
  return self.kind === 'shopper' || author.id === self.id
}
