/**
 * Types of `Tagalong`, the one global that the widget puts on a shop's page. Self-contained: a plugin or a theme copies this file, or
 * refers to it, and has `window.Tagalong` typed.
 *
 * Every call is safe before the script has loaded (through the queue), after it, and after destroy(). Nothing throws.
 */

export type Theme = 'light' | 'dark' | 'auto'

export interface BootOptions {
  locale?: string
  theme?: Theme
  side?: 'start' | 'end'
  /** Distance from the corner in px; `mobile` replaces y on narrow screens (above a sticky bar). */
  offset?: { x?: number; y?: number; mobile?: number }
  zIndex?: number
  hideLauncher?: boolean
}

/** The product that a page shows, so that the agent sees what is asked about. */
export interface Product {
  /** The platform's id, as the plugin sends it with its products. */
  external_id: string
  title: string
  url?: string
  image_url?: string
  /** In minor units: 1999 is 19.99 EUR, and 1999 JPY. */
  price?: { amount: number; currency: string }
}

export interface Page {
  url: string
  title: string
  product?: Product | undefined
}

export interface Identity {
  /**
   * The shop's signed word on who the shopper is, or a function that fetches it. The function is asked when the panel needs it: when it
   * is first opened, and again when the session is over; never by loading a page alone. Nothing (null, '') is a guest.
   */
  jwt: string | (() => string | null | undefined | Promise<string | null | undefined>)
}

/** What a card's button puts into the cart: the ids are those that the plugin sends with its products. */
export interface CartItem {
  product: string
  variant?: string
  quantity: number
}

export interface Cart {
  /** Puts it into the shop's cart. False, or an error, tells the shopper that it did not work. */
  add(item: CartItem): unknown
  /** The page of the cart, for "View cart". */
  url?: string
}

export interface EventDetail {
  ready: undefined
  open: undefined
  close: undefined
  unread: { count: number }
  /** Whose session this is; told again to listeners that come later, until the session is over. */
  shopper: { id: string }
  'message:sent': { conversation: string; client_id: string }
  'message:received': { conversation: string; seq: number }
  'conversation:started': { conversation: string }
  identify: { id: string; name?: string }
  /** The session is over, and nothing of the shopper is kept on this device. */
  logout: undefined
  locale: { locale: string }
  error: { code: 'frame_blocked' | 'identity_unverified' | 'unavailable' }
}

export type EventName = keyof EventDetail

export interface Tagalong {
  boot(options?: BootOptions): void
  open(): void
  close(): void
  toggle(): void
  /** Shows or hides the launcher, and the panel with it. */
  show(): void
  hide(): void
  isOpen(): boolean
  unread(): number
  /** The id of the shopper whose session this is; undefined before the first interaction. */
  shopper(): string | undefined
  identify(identity: Identity): void
  logout(): void
  setLocale(locale: string): void
  setTheme(theme: Theme): void
  /** What the shop knows about the page at the present address; it is forgotten when the address changes. */
  setPage(page: Partial<Page>): void
  /** How the page puts something into its cart; cards then offer it. null takes it back. */
  cart(cart: Cart | null): void
  /** Puts text into the composer; newMessage also opens the chat. */
  prefill(text: string): void
  newMessage(text?: string): void
  /** False: nothing is stored, and what was is forgotten. True keeps it again. */
  consent(given: boolean): void
  on<N extends EventName>(event: N, listener: (detail: EventDetail[N]) => void): void
  off<N extends EventName>(event: N, listener: (detail: EventDetail[N]) => void): void
  destroy(): void
}

type Listening<N extends EventName> = [method: 'on' | 'off', event: N, listener: (detail: EventDetail[N]) => void]
type Other = Exclude<keyof Tagalong, 'on' | 'off'>

/** A call in the queue: `Tagalong.q.push(['open'])`. */
export type Queued =
  | { [N in EventName]: Listening<N> }[EventName]
  | { [M in Other]: [method: M, ...args: Parameters<Tagalong[M]>] }[Other]

export interface Queue {
  push<N extends EventName>(call: Listening<N>): unknown
  push(...calls: Queued[]): unknown
}

/** What a page may leave for the script to find. */
export interface Stub {
  q: Queue
  /** With true the widget waits for boot(). */
  manual?: boolean
}

/** The global once the script is here: also a function, and its queue does at once what is pushed. */
export interface Global extends Tagalong, Stub {
  <M extends Other>(method: M, ...args: Parameters<Tagalong[M]>): ReturnType<Tagalong[M]>
  <N extends EventName>(method: 'on' | 'off', event: N, listener: (detail: EventDetail[N]) => void): void
  readonly key: string
}

declare global {
  interface Window {
    Tagalong?: Stub | Global
  }
}
