/** Subscriptions to webhooks: who is told of what. `verifyWebhook` checks what comes then. They need the scope `webhooks:write`. */
import type { components } from './api.gen.js'
import { at, type Call, pages } from './http.js'

type Schemas = components['schemas']
/** A URL and the events that it is told. */
export type Subscription = Schemas['Webhook']
export type NewSubscription = Schemas['NewWebhook']
export type SubscriptionPatch = Schemas['WebhookPatch']
/** An event's way to one subscription. */
export type WebhookDelivery = Schemas['WebhookDelivery']
export type WebhookType = Schemas['WebhookType']

/** A call below the shop's path. */
export type ShopCall = <T>(path: string, call?: Call) => Promise<T>

export class Subscriptions {
  readonly #call: ShopCall

  constructor(call: ShopCall) {
    this.#call = call
  }

  async list(): Promise<Subscription[]> {
    return (await this.#call<Schemas['WebhookList']>('/webhooks')).items
  }

  /** Its `secret` is in this answer alone. Not repeated: look into `list` when the answer is lost. */
  create(subscription: NewSubscription): Promise<Subscription> {
    return this.#call('/webhooks', { method: 'POST', body: subscription })
  }

  get(id: string): Promise<Subscription> {
    return this.#call(at('/webhooks/{}', id))
  }

  update(id: string, patch: SubscriptionPatch): Promise<Subscription> {
    return this.#call(at('/webhooks/{}', id), { method: 'PATCH', body: patch })
  }

  /** Deletes it with its log. */
  delete(id: string): Promise<void> {
    return this.#call(at('/webhooks/{}', id), { method: 'DELETE' })
  }

  /** Gives a new `secret`, in this answer alone; the old one signs too for 24 hours. Not repeated: each call makes another. */
  rotate(id: string): Promise<Subscription> {
    return this.#call(at('/webhooks/{}/rotate', id), { method: 'POST' })
  }

  /** Sends a `ping` there. */
  ping(id: string): Promise<WebhookDelivery> {
    return this.#call(at('/webhooks/{}/ping', id), { method: 'POST' })
  }

  /** Newest first, page by page as they are read. */
  deliveries(
    id: string,
    of: { state?: WebhookDelivery['state'] } = {},
  ): AsyncGenerator<WebhookDelivery, void, undefined> {
    return pages((cursor) =>
      this.#call<Schemas['WebhookDeliveryList']>(at('/webhooks/{}/deliveries', id), {
        query: { ...of, cursor, limit: 100 },
      }),
    )
  }

  /** With its body. */
  delivery(id: string, delivery: string): Promise<WebhookDelivery> {
    return this.#call(at('/webhooks/{}/deliveries/{}', id, delivery))
  }

  /** Sends it again, under the id that it had. */
  replay(id: string, delivery: string): Promise<WebhookDelivery> {
    return this.#call(at('/webhooks/{}/deliveries/{}/replay', id, delivery), { method: 'POST' })
  }
}
