/**
 * The frames of the live protocol as discriminated unions.
 *
 * The contract describes them as two flat objects (`ClientFrame`, `ServerFrame`) because unions generate clumsy Go; here
 * every `type` has its own interface, so that a `switch` narrows. `test/frames.test.ts` holds both descriptions together.
 * A client ignores frames and fields that it does not know: a newer server may speak to an older client.
 */

export type AuthorKind = 'shopper' | 'agent' | 'bot' | 'plugin' | 'system'

export interface Author {
  kind: AuthorKind
  id?: string
  name?: string
}

export interface Money {
  /** Minor units: cents, yen, fils. */
  amount: number
  /** ISO 4217. */
  currency: string
}

export interface Attachment {
  id: string
  name: string
  content_type: string
  size: number
  width?: number
  height?: number
  url: string
}

export interface Choice {
  id: string
  title: string
}

export interface CardButton {
  kind: 'url' | 'reply'
  title: string
  url?: string
}

export interface Card {
  title: string
  subtitle?: string
  image_url?: string
  url?: string
  price?: Money
  buttons?: CardButton[]
}

export interface Coupon {
  code: string
  description?: string
  expires_at?: number
}

interface Body {
  text?: string
  language?: string
  choices?: Choice[]
  /** The id of the choice that the shopper picked. */
  choice?: string
  cards?: Card[]
  coupon?: Coupon
  /** External id of an order of this shop. */
  order?: string
  /** seq of the entry that this message answers. */
  reply_to?: number
}

/** A message as it stands in the log. */
export interface Message extends Body {
  attachments?: Attachment[]
}

/** A message as a client sends it: attachments are uploaded first and named by id. */
export interface Draft extends Body {
  attachment_ids?: string[]
}

export type EventName =
  | 'started'
  | 'joined'
  | 'assigned'
  | 'unassigned'
  | 'closed'
  | 'reopened'
  | 'tagged'
  | 'order_changed'
  | 'identified'
  | 'route_changed'
  | 'handoff'

export interface LogEvent {
  name: EventName
  agent?: { id: string; name: string }
  tags?: string[]
  order?: {
    external_id: string
    number?: string
    change?: string
    financial_status?: string
    fulfillment_status?: string
    total?: Money
  }
  handoff?: unknown
}

export type AmendAction = 'edit' | 'revoke' | 'react'

export interface Amend {
  target: number
  action: AmendAction
  text?: string
  /** Absent or empty takes the author's reaction back. */
  emoji?: string
}

export interface Entry {
  seq: number
  at: number
  kind: 'message' | 'note' | 'event' | 'amend'
  author: Author
  channel?: string
  client_id?: string
  message?: Message
  event?: LogEvent
  amend?: Amend
  /** The body was erased; the entry stays so that the log stays dense. */
  blanked?: boolean
}

/** How far one participant has read and received a conversation. Both marks only rise. */
export interface Read {
  kind: 'shopper' | 'agent'
  id?: string
  read: number
  delivered: number
}

export interface ConversationHead {
  id: string
  generation: number
  first_seq: number
  head: number
  state: 'open' | 'closed'
  unread: number
  reads: Read[]
}

/** The inbox's row of a conversation. */
export interface Conversation {
  id: string
  shop: string
  shopper: { id: string; name?: string; email?: string; identified: boolean; language?: string }
  state: 'open' | 'closed'
  assignee?: { id: string; name: string }
  tags: string[]
  generation: number
  first_seq: number
  head: number
  position: number
  channel: string
  last_message?: { seq: number; at: number; author: Author; text: string; attachments: number }
  unread: number
  reads: Read[]
  order?: {
    external_id: string
    number: string
    total?: Money
    financial_status?: string
    fulfillment_status?: string
    at?: number
  }
  created_at: number
  updated_at: number
}

export interface Page {
  url: string
  title: string
  product?: { external_id: string; title: string; url?: string; image_url?: string; price?: Money }
}

// Client frames.

export interface HelloFrame {
  type: 'hello'
  token?: string
  protocol: 1
  tab?: string
}
export interface JoinFrame {
  type: 'join'
  conversation: string
  generation: number
  after: number
}
export interface LeaveFrame {
  type: 'leave'
  conversation: string
}
export interface SendFrame {
  type: 'send'
  client_id: string
  conversation?: string
  start?: string
  kind?: 'message' | 'note'
  message: Draft
}
export interface AmendFrame {
  type: 'amend'
  client_id: string
  conversation: string
  target: number
  action: AmendAction
  text?: string
  emoji?: string
}
export interface TypingFrame {
  type: 'typing'
  conversation?: string
  note?: boolean
}
export interface ReadFrame {
  type: 'read'
  conversation: string
  seq: number
  state?: 'delivered' | 'read'
}
export interface PageFrame {
  type: 'page'
  page: Page
}
export interface FeedRequestFrame {
  type: 'feed'
  feeds: { shop: string; after?: number }[]
}
export interface ViewingFrame {
  type: 'viewing'
  conversation?: string
}
export interface PingFrame {
  type: 'ping'
}

export type ClientFrame =
  | HelloFrame
  | JoinFrame
  | LeaveFrame
  | SendFrame
  | AmendFrame
  | TypingFrame
  | ReadFrame
  | PageFrame
  | FeedRequestFrame
  | ViewingFrame
  | PingFrame

/** The frames that the outbox keeps until they are acknowledged or refused for good. */
export type DurableFrame = SendFrame | AmendFrame

// Server frames.

export interface Self {
  kind: 'shopper' | 'agent'
  id: string
  name?: string
  identified?: boolean
}
export interface WelcomeFrame {
  type: 'welcome'
  protocol: number
  epoch: string
  self: Self
  features: string[]
  conversations?: ConversationHead[]
  shops?: { shop: string; position: number }[]
}
export interface JoinedFrame {
  type: 'joined'
  conversation: string
  generation: number
  first_seq: number
  head: number
  reads: Read[]
}
export interface EntryFrame {
  type: 'entry'
  conversation: string
  entry: Entry
}
export interface AckFrame {
  type: 'ack'
  client_id: string
  conversation: string
  generation: number
  seq: number
  at: number
}
export interface RefusedFrame {
  type: 'refused'
  client_id?: string
  conversation?: string
  code: string
  message: string
  retry_after_ms?: number
}
export interface ReceiptFrame {
  type: 'receipt'
  conversation: string
  participant: { kind: 'shopper' | 'agent'; id?: string }
  read: number
  delivered: number
}
export interface TypingNotice {
  type: 'typing'
  conversation: string
  author: Author
}
export interface PresenceFrame {
  type: 'presence'
  conversation?: string
  shop?: string
  who: Author
  state: 'here' | 'gone' | 'unknown'
  page?: Page
  viewing?: string
}
/** A change of a shop: what the agent may see of it, with its place in the shop's feed. */
export interface FeedFrame {
  type: 'feed'
  shop: string
  position: number
  prev: number
  conversation?: Conversation
  order?: Record<string, unknown>
  cart?: Record<string, unknown>
  shipment?: Record<string, unknown>
  customer?: Record<string, unknown>
  shopper?: Record<string, unknown>
}
export interface SnapshotFrame {
  type: 'snapshot'
  conversation?: string
  generation?: number
  first_seq?: number
  head?: number
  entries?: Entry[]
  reads?: Read[]
  /** With `position`: the whole list of this shop is to be read again over REST. */
  shop?: string
  position?: number
}
export interface BeatFrame {
  type: 'beat'
  heads?: Record<string, number>
  positions?: Record<string, number>
}
export interface ByeFrame {
  type: 'bye'
  code: string
  retry_after_ms?: number
}
export interface PongFrame {
  type: 'pong'
}

export type ServerFrame =
  | WelcomeFrame
  | JoinedFrame
  | EntryFrame
  | AckFrame
  | RefusedFrame
  | ReceiptFrame
  | TypingNotice
  | PresenceFrame
  | FeedFrame
  | SnapshotFrame
  | BeatFrame
  | ByeFrame
  | PongFrame

/** Reads one frame from the wire; null when it is not an object with a type. Unknown types pass: callers ignore them. */
export function parseFrame(text: string): ServerFrame | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return typeof (value as { type?: unknown }).type === 'string' ? (value as ServerFrame) : null
}

// Refusals that may succeed later. A refusal that names a delay is transient whatever its code.
const transientCodes = new Set([
  'rate_limited',
  'try_again',
  'busy',
  'unavailable',
  'internal',
  'store_full',
  'draining',
])

export function isTransient(refusal: { code: string; retry_after_ms?: number }): boolean {
  return refusal.retry_after_ms !== undefined || transientCodes.has(refusal.code)
}
