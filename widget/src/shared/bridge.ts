/**
 * What the loader (in the shop's page) and the panel (in our frame) say to each other.
 *
 * The window's own message event is used once, to hand over a port; everything after goes through it.
 * Both sides read only the commands named here and check every field: the shop's page is not ours.
 */
import type { CartItem, EventName, Page, Theme } from '../../tagalong'

export type { CartItem, EventName, Page, Theme }

/** The shop as the server knows it; baked into the loader and into the panel's document. */
export interface Site {
  key: string
  name: string
  /** Where the panel and the API live: scheme, host and port, without a slash at the end. */
  url: string
  /** Languages that the shop's widget may speak, the default one first. */
  languages: string[]
  side: 'start' | 'end'
}

/** The site as the panel needs it. */
export interface PanelSite extends Site {
  /** Pages that may frame the panel. */
  origins: string[]
  /** The shop's own greeting in the document's language; empty: ours. */
  greeting: string
  /** What to say while no agent is here. */
  offline_text: string
  /** The panel is a page of its own, not in a frame. */
  hosted: boolean
  /** The shop's colour in the two themes, made readable by the server. */
  light: Paint
  dark: Paint
  /** Paths of the panel's parts that come when they are needed. */
  more: { handoff: string; orders: string }
  /** Shoppers may look up where an order is. */
  orders: boolean
  /** How conversations go along to other channels; absent where the shop offers none. */
  handoff?: Handoff
}

export interface Handoff {
  channels: HandoffChannel[]
  offer_on_leave: boolean
  /** What a shopper agrees to who leaves a number; empty: ours. */
  wording: string
  version: string
}

export interface HandoffChannel {
  channel: string
  /** The shop's own words for the button; empty: ours. */
  label: string
  /** By a link with a code. */
  link: boolean
  /** By a number or an address that the shopper leaves. */
  ask: boolean
}

export interface Paint {
  brand: string
  on: string
  text: string
  soft: string
}

/** What the panel starts from; the first thing it hears on the port. */
export interface Init {
  /** Stored rows without their prefix. */
  rows: [string, string][]
  open: boolean
  /** The panel covers the screen. */
  full: boolean
  theme: Theme
  page: Page
  /** The shop knows who the shopper is: the panel asks when it needs it. */
  identity: boolean
  /** The page can put things into a cart: the address of the cart's page, or ''. */
  cart: string | undefined
  /** For the composer. */
  text: string | undefined
  /** The token of the link that the shopper came back by. */
  back: string | undefined
}

/** The one message that goes over the window, with the port. */
export const HELLO = 'tagalong:1'

/** The events that the panel may cause. */
export const PANEL_EVENT = /^(message:(sent|received)|conversation:started|shopper|identify|error)$/

export type ToLoader =
  | { do: 'ready' }
  | { do: 'close' }
  | { do: 'set'; key: string; value: string }
  | { do: 'delete'; key: string }
  | { do: 'unread'; count: number }
  | { do: 'emit'; name: EventName; detail: unknown }
  | { do: 'gone' }
  /** Asks one of the shop's functions: the cart's with an item, else the one that knows who the shopper is. */
  | { do: 'ask'; id: number; item?: CartItem | undefined }

export type ToPanel =
  | { do: 'init'; init: Init }
  | { do: 'shown'; open: boolean; full: boolean }
  | { do: 'theme'; theme: Theme }
  | { do: 'page'; page: Page }
  /** The shop has just said that it knows who the shopper is. */
  | { do: 'known' }
  | { do: 'cart'; cart: string | undefined }
  /** What the function gave: whether it is in the cart; the shop's word on the shopper, '' for a guest. undefined: it failed. */
  | { do: 'answer'; id: number; value?: unknown }
  | { do: 'text'; text: string }
  | { do: 'row'; key: string; value: string | null }
  | { do: 'logout' }
  /** The pointer has left the page at its top. */
  | { do: 'leaving' }

/**
 * Rows that the panel may keep: the token and whose it is, the outbox (one row a message), the draft, the conversation that going
 * along was offered in, and the number that the shopper has left.
 */
export const ROW = /^(token|shopper|sub|active|draft|left|reach|out:[\w.:-]{1,128})$/

/** The longest value of a row: a frame of the protocol and some room for its envelope. */
export const ROW_MAX = 64 * 1024
