/**
 * The shopper's few REST calls beside the live connection: a session, identity, the unread count, older entries, uploads.
 */
import type { Attachment, Entry } from './frames.js'
import { at, Http, type HttpOptions } from './http.js'

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

  #path(rest: string): string {
    return at('/v1/shops/{}', this.#key) + rest
  }
}
