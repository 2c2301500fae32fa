/**
 * The client for servers and plugins: push a shop's order context, read its conversations, answer in them.
 *
 * A thin layer over `http.ts`, which retries; the types are the contract's. Credentials: a plugin key of one shop.
 */
import type { components } from './api.gen.js'
import type { Conversation, Draft, Entry, Order } from './frames.js'
import { at, type Call, Http, type HttpOptions, pages } from './http.js'
import { newClientId } from './id.js'

type Schemas = components['schemas']
export type ContextEvent = Schemas['ContextEvent']
export type EventResult = Schemas['EventResult']
export type EntryList = Schemas['EntryList']

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

  constructor(options: ClientOptions & { newId?: () => string }) {
    const { shop, key, newId, ...http } = options
    this.#http = new Http({ ...http, token: () => key })
    this.#shop = shop
    this.#newId = newId ?? newClientId
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
      results.push(...answer.results)
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
