/**
 * The shopper's few REST calls beside the live connection: a session, identity, the unread count, older entries, uploads, and
 * going on elsewhere and coming back.
 */
import type { components } from './api.gen.js'
import type { Attachment, Entry } from './frames.js'
import { at, Http, type HttpOptions } from './http.js'

type Schemas = components['schemas']
export type NewHandoff = Schemas['NewHandoff']
export type HandoffOffer = Schemas['HandoffOffer']
export type ShopperHandoff = Schemas['ShopperHandoff']
export type NewConsent = Schemas['NewConsent']
export type Resumed = Schemas['Resumed']
export type PublicOrder = Schemas['PublicOrder']

export interface ShopperSession {
  token: string
  shopper: { id: string }
  expires_at: number
}

export interface ShopperOptions extends HttpOptions {
  /** The shop's public key, `pk_…`. */
  key: string
}

export class ShopperClient {
  readonly #http: Http
  readonly #key: string

  constructor(options: ShopperOptions) {
    this.#http = new Http(options)
    this.#key = options.key
  }

  /** A new anonymous shopper. Call it at the first interaction, not on load. */
  createSession(language?: string): Promise<ShopperSession> {
    // Repeating it can at worst leave an empty session behind.
    const body = language === undefined ? {} : { language }
    return this.#http.call(this.#path('/sessions'), { method: 'POST', body, repeatable: true })
  }

  /** Revokes the token. */
  logout(): Promise<void> {
    return this.#http.call(this.#path('/session'), { method: 'DELETE' })
  }

  /** Proves who the shopper is with the shop's signed word. Connect anew afterwards: their conversations may be joined. */
  identify(jwt: string): Promise<{ shopper: { id: string; name?: string; identified: boolean } }> {
    return this.#http.call(this.#path('/shopper/identity'), {
      method: 'POST',
      body: { jwt },
      repeatable: true,
    })
  }

  async unread(): Promise<number> {
    return (await this.#http.call<{ unread: number }>(this.#path('/shopper/unread'))).unread
  }

  async entries(
    conversation: string,
    of: { before?: number; after?: number; limit?: number } = {},
  ): Promise<Entry[]> {
    const path = this.#path(at('/shopper/conversations/{}/entries', conversation))
    return (await this.#http.call<{ items: Entry[] }>(path, { query: of })).items
  }

  upload(name: string, data: Blob | Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Attachment> {
    return this.#http.call(this.#path('/shopper/attachments'), {
      method: 'POST',
      query: { name },
      body: data,
      repeatable: true,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  /** A link that takes the conversation to a channel. Link and code are in this answer alone; a repeat makes another. */
  offerHandoff(handoff: NewHandoff): Promise<HandoffOffer> {
    return this.#http.call(this.#path('/shopper/handoffs'), { method: 'POST', body: handoff })
  }

  /** Those that are open or under way, newest first. */
  async handoffs(): Promise<ShopperHandoff[]> {
    return (await this.#http.call<{ items: ShopperHandoff[] }>(this.#path('/shopper/handoffs'))).items
  }

  /** Says that the link was opened. */
  clickedHandoff(id: string): Promise<void> {
    const path = this.#path(at('/shopper/handoffs/{}/click', id))
    return this.#http.call(path, { method: 'POST', repeatable: true })
  }

  /** Says whether the person who came with the code is this shopper; `conflict` when nobody has come, or it was answered otherwise. */
  confirmHandoff(id: string, mine: boolean): Promise<ShopperHandoff> {
    const path = this.#path(at('/shopper/handoffs/{}/confirm', id))
    return this.#http.call(path, { method: 'POST', body: { mine }, repeatable: true })
  }

  /** Leaves a number or an address, or takes it back, with the wording that was read. */
  consent(consent: NewConsent): Promise<void> {
    return this.#http.call(this.#path('/shopper/consents'), { method: 'POST', body: consent })
  }

  /** The shopper's own orders, as far as that is proven. */
  async orders(): Promise<PublicOrder[]> {
    return (await this.#http.call<Schemas['PublicOrderList']>(this.#path('/shopper/orders'))).items
  }

  /**
   * The order with this number, if it was placed with this e-mail address; else `not_found`, whichever of the two is wrong. Tries are
   * counted: not repeated.
   */
  lookUpOrder(number: string, email: string): Promise<PublicOrder> {
    return this.#http.call(this.#path('/shopper/orders/look-up'), { method: 'POST', body: { number, email } })
  }

  /** Exchanges the token of a return link. With `resumed` the answer holds the token of a new session: use that from then on. */
  resume(token: string): Promise<Resumed> {
    return this.#http.call(this.#path('/resume'), { method: 'POST', body: { token } })
  }

  #path(rest: string): string {
    return at('/v1/shops/{}', this.#key) + rest
  }
}
