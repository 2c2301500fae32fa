/**
 * Requests of buyers to be forgotten, or to be told what is kept of them. The same `reference` again gives the same request, so that a
 * call with one may be repeated.
 */
import type { components } from './api.gen.js'
import { at } from './http.js'
import type { ShopCall } from './subscriptions.js'

type Schemas = components['schemas']
export type Redaction = Schemas['Redaction']
export type DataExport = Schemas['DataExport']
export type PrivacyRequest = Schemas['PrivacyRequest']

export class Privacy {
  readonly #call: ShopCall

  constructor(call: ShopCall) {
    this.#call = call
  }

  redact(what: Redaction): Promise<PrivacyRequest> {
    return this.#ask('/privacy/redact', what)
  }

  /** When it is `done`, `get` gives a link to the file. */
  export(what: DataExport): Promise<PrivacyRequest> {
    return this.#ask('/privacy/export', what)
  }

  async list(): Promise<PrivacyRequest[]> {
    return (await this.#call<{ items: PrivacyRequest[] }>('/privacy')).items
  }

  get(id: string): Promise<PrivacyRequest> {
    return this.#call(at('/privacy/{}', id))
  }

  #ask(path: string, body: Redaction | DataExport): Promise<PrivacyRequest> {
    return this.#call(path, { method: 'POST', body, repeatable: body.reference !== undefined })
  }
}
