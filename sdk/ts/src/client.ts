/**
 * The client for servers and plugins: push a shop's order context, read its conversations, answer in them.
 *
 * A thin layer over `http.ts`, which retries; the types are the contract's. Credentials: a plugin key of one shop.
 */
import type { components } from './api.gen.js'
import type { Connection } from './connect.js'
import { shownAs } from './crypto.js'
import type { Conversation, Draft, Entry, Order } from './frames.js'
import { at, type Call, Http, type HttpOptions, pages, TagalongError } from './http.js'
import { newClientId } from './id.js'
import { Privacy } from './privacy.js'
import { Subscriptions } from './subscriptions.js'

type Schemas = components['schemas']
export type ContextEvent = Schemas['ContextEvent']
export type EventResult = Schemas['EventResult']
export type EntryList = Schemas['EntryList']
export type Product = Schemas['Product']
export type ShopCoupon = Schemas['Coupon']
export type ShopperContext = Schemas['ShopperContext']
/** A plugin key as it sees itself, with its shop. */
export type OwnPluginKey = Schemas['OwnPluginKey']

export interface ClientOptions extends Omit<HttpOptions, 'token'> {
  /** The shop that the key is of, `shop_…`. */
  shop: string
  /** The plugin key, `tgk_…`. Keep it on a server: it opens the shop's conversations. */
  key: string
}

export interface ConversationFilter {
  state?: 'open' | 'closed' | 'all'
  assignee?: string
}

/** The server's limits on one request (the second with some air); longer lists are sent in several. */
export const maxBatch = 100
const maxBatchBytes = 240 * 1024

export class Client {
  readonly #http: Http
  readonly #shop: string
  readonly #newId: () => string
  /** Who is told of what. */
  readonly webhooks: Subscriptions
  readonly privacy: Privacy

  constructor(options: ClientOptions & { newId?: () => string }) {
    const { shop, key, newId, ...http } = options
    if (!shop || !key) throw new TypeError('The id of a shop and a plugin key are needed.')
    this.#http = new Http({ ...http, token: () => key })
    this.#shop = shop
    this.#newId = newId ?? newClientId
    this.webhooks = new Subscriptions((path, call) => this.#call(path, call))
    this.privacy = new Privacy((path, call) => this.#call(path, call))
    // Neither console.log nor JSON.stringify shows the key: it is held by a function.
    shownAs(this, `Client { shop: '${shop}' }`)
  }

  /** A client with what `connect` gave. */
  static of(connection: Connection, options: Partial<HttpOptions> = {}): Client {
    const { api_url, shop, plugin_key } = connection
    return new Client({ baseURL: api_url, ...options, shop: shop.id, key: plugin_key.key })
  }

  /** A client with a key alone, as a merchant pastes it: the server says which shop it opens. */
  static async open(options: Omit<ClientOptions, 'shop'>): Promise<{ client: Client; self: OwnPluginKey }> {
    const { key, ...http } = options
    const self = await new Http({ ...http, token: () => key }).call<OwnPluginKey>('/v1/plugin-key')
    return { client: new Client({ ...options, shop: self.shop.id }), self }
  }

  /** What this client's key may do, and in which shop. */
  self(): Promise<OwnPluginKey> {
    return this.#http.call('/v1/plugin-key')
  }

  /** Revokes this client's key, and the identity secret that came with it: for a plugin that is uninstalled. */
  disconnect(): Promise<void> {
    return this.#http.call('/v1/plugin-key', { method: 'DELETE' })
  }

  /**
   * Pushes events and gives one result for each, in their order. An event with outcome `invalid` has not been taken and
   * will not be by sending it again; the others are safe. More than fit
   * into one request go in several, one after another: when
   * one fails for good, those before it have been taken, and pushing all again is harmless.
   */
  async pushEvents(
    events: readonly ContextEvent[],
    options: { signal?: AbortSignal } = {},
  ): Promise<EventResult[]> {
    const results: EventResult[] = []
    for (const batch of batches(events)) {
      const answer = await this.#call<Schemas['EventResults']>('/events', {
        method: 'POST',
        body: { events: batch },
        idempotencyKey: true,
        ...options,
      })
      results.push(...matched(batch, answer))
    }
    return results
  }

  order(externalId: string): Promise<Order> {
    return this.#call(at('/orders/{}', externalId))
  }

  /** All orders, the latest change first, page by page as they are read. */
  orders(): AsyncGenerator<Order, void, undefined> {
    return pages((cursor) => this.#call<Schemas['OrderList']>('/orders', { query: { cursor, limit: 100 } }))
  }

  /** The newest, or those with words that begin like those of `q` in their title, SKU or handle. */
  async products(of: { q?: string; limit?: number } = {}): Promise<Product[]> {
    return (await this.#call<Schemas['ProductList']>('/products', { query: of })).items
  }

  product(externalId: string): Promise<Product> {
    return this.#call(at('/products/{}', externalId))
  }

  /** Those that may be used now. */
  async coupons(): Promise<ShopCoupon[]> {
    return (await this.#call<Schemas['CouponList']>('/coupons')).items
  }

  /** What is known to be a shopper's: customer, orders with their parcels, carts. What they merely claim is for agents alone. */
  context(shopper: string): Promise<ShopperContext> {
    return this.#call(at('/shoppers/{}/context', shopper))
  }

  conversation(id: string): Promise<Conversation> {
    return this.#call(at('/conversations/{}', id))
  }

  conversations(filter: ConversationFilter = {}): AsyncGenerator<Conversation, void, undefined> {
    const { state, assignee } = filter
    return pages((cursor) =>
      this.#call<Schemas['ConversationList']>('/conversations', {
        query: { state, assignee, cursor, limit: 100 },
      }),
    )
  }

  /** A part of a log, ascending: just below `before`, just above `after`, or the latest. */
  entries(
    conversation: string,
    of: { before?: number; after?: number; limit?: number } = {},
  ): Promise<EntryList> {
    return this.#call(at('/conversations/{}/entries', conversation), { query: of })
  }

  /** The whole log from `after` on, page by page. */
  async *log(conversation: string, after = 0): AsyncGenerator<Entry, void, undefined> {
    for (let seq = after; ; ) {
      const page = await this.entries(conversation, { after: seq, limit: 200 })
      yield* page.items
      const last = page.items.at(-1)
      if (last === undefined || last.seq >= page.head) return
      seq = last.seq
    }
  }

  /** Posts a message, or a note that only agents see. With a `clientId` of yours a repeat answers with the first entry. */
  post(
    conversation: string,
    message: Draft,
    options: { kind?: 'message' | 'note'; clientId?: string; signal?: AbortSignal } = {},
  ): Promise<Entry> {
    const { kind = 'message', clientId = this.#newId(), signal } = options
    return this.#call(at('/conversations/{}/entries', conversation), {
      method: 'POST',
      body: { client_id: clientId, kind, message },
      repeatable: true,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  #call<T>(path: string, call?: Call): Promise<T> {
    return this.#http.call<T>(at('/v1/shops/{}', this.#shop) + path, call)
  }
}

/** Callers tell by the place which event a result is of. */
function matched(
  batch: readonly ContextEvent[],
  answer: Partial<Schemas['EventResults']> | undefined,
): EventResult[] {
  const results = answer?.results ?? []
  if (results.length === batch.length && results.every((r, i) => r?.id === batch[i]?.id)) return results
  const message = 'The results are not those of the events that were sent.'
  throw new TagalongError({ status: 200, code: 'bad_answer', message })
}

function batches(events: readonly ContextEvent[]): ContextEvent[][] {
  const utf8 = new TextEncoder()
  const all: ContextEvent[][] = []
  let open: ContextEvent[] = []
  let size = 0
  for (const event of events) {
    const bytes = utf8.encode(JSON.stringify(event)).length + 1
    if (open.length === maxBatch || (open.length > 0 && size + bytes > maxBatchBytes)) {
      all.push(open)
      open = []
      size = 0
    }
    open.push(event)
    size += bytes
  }
  return open.length > 0 ? [...all, open] : all
}
