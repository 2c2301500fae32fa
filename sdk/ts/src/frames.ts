/**
 * The frames of the live protocol as discriminated unions.
 *
 * The contract describes them as two flat objects (`ClientFrame`, `ServerFrame`) because unions generate clumsy Go; here
 * every `type` has its own interface, so that a `switch` narrows. `test/frames.test.ts` holds both descriptions together.
 * A client ignores frames and fields that it does not know: a newer server may speak to an older client.
 */
import type { components } from './api.gen.js'

type Schemas = components['schemas']

export type Author = Schemas['Author']
export type AuthorKind = Schemas['AuthorKind']
export type Money = Schemas['Money']
export type Attachment = Schemas['Attachment']
export type Choice = Schemas['Choice']
export type Card = Schemas['Card']
export type CardButton = Schemas['Button']
export type Coupon = Schemas['CouponOffer']
/** A message as it stands in the log. */
export type Message = Schemas['Message']
/** A message as a client sends it: attachments are uploaded first and named by id. */
export type Draft = Schemas['Draft']
export type LogEvent = Schemas['Event']
export type EventName = Schemas['EventName']
export type Amend = Schemas['Amend']
export type AmendAction = Schemas['AmendAction']
/** One line of a log. `seq` is the audience's own number: an agent and a shopper count differently. */
export type Entry = Schemas['Entry']
/** How far one participant has read and received a conversation. Both marks only rise. */
export type Read = Schemas['Reads']
export type ConversationHead = Schemas['ConversationHead']
/** The inbox's row of a conversation. */
export type Conversation = Schemas['Conversation']
export type Page = Schemas['Page']
export type Self = Schemas['Self']
export type Order = Schemas['Order']
export type Cart = Schemas['Cart']
export type Shipment = Schemas['Shipment']
export type Customer = Schemas['Customer']
export type Shopper = Schemas['Shopper']
/** One message of a conversation on its way to an address elsewhere; agents only. */
export type Delivery = Schemas['Delivery']
export type DeliveryState = Schemas['DeliveryState']
export type Channel = Schemas['Channel']
export type HandoffStep = Schemas['HandoffStep']

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
  /** Agents only: one of the shopper's addresses; absent lets the server choose. */
  to?: string
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
/** The shops to follow, in place of those before. */
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
  participant: Author
  read: number
  delivered: number
}
export interface TypingNotice {
  type: 'typing'
  conversation: string
  author: Author
  /** Seen by agents only: a colleague writes a note. */
  note?: boolean
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
/** A delivery of a joined conversation is new or has changed. */
export interface DeliveryFrame {
  type: 'delivery'
  conversation: string
  delivery: Delivery
}
/** A change of a shop with its place in the shop's feed, and one of the things that can change. */
export interface FeedFrame {
  type: 'feed'
  shop: string
  position: number
  prev: number
  summary?: Conversation
  order?: Order
  cart?: Cart
  shipment?: Shipment
  customer?: Customer
  shopper?: Shopper
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
  | DeliveryFrame
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

// For a refusal that names no delay. One that does is transient whatever its code, and an unknown code is permanent.
const transientCodes = new Set([
  'rate_limited',
  'too_many_connections',
  'try_again',
  'draining',
  'store_full',
  'internal',
  'timeout',
])

export function isTransient(refusal: { code: string; retry_after_ms?: number }): boolean {
  return refusal.retry_after_ms !== undefined || transientCodes.has(refusal.code)
}
