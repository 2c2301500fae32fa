/**
 * The panel's parts that come when they are needed: handoff/, going on elsewhere and coming back, and orders/, what a message carries of
 * the shop's goods and where an order is. Each is a file of its own; the policy allows it by its address, which holds its hash. It brings
 * its texts and styles, and uses the library of this part, handed over as `tagalongKit`.
 */
import { computed, effect, signal, useSignal } from '@preact/signals'
import type { Message } from '@tagalong-chat/sdk/frames'
import type { Item } from '@tagalong-chat/sdk/thread'
import { type ComponentChildren, Fragment, h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Model } from './model'

export interface More {
  /** Settled when the link that the shopper came by has been exchanged, or there was none; the conversation that it opens. */
  ready: Promise<string | undefined>
  /** Under the header: questions and notices. */
  Top(): ComponentChildren
  /** Above the composer. */
  Bar(): ComponentChildren
  /** Over everything. */
  Sheet(): ComponentChildren
  /** In the header's menu; `done` closes it. */
  Menu(props: { done(): void }): ComponentChildren
  /** A step of a handoff in words; null for one that needs none. */
  event(item: Item): string | null
  /** How a message came. */
  mark(item: Item): ComponentChildren
  /** Instead of what cannot be shown. */
  unsupported(): string
}

export interface Goods {
  /** Product cards, a coupon, an order. */
  Carried(props: { message: Message }): ComponentChildren
  /** Over everything: the shopper's orders. */
  Sheet(): ComponentChildren
}

/** Whether a message has something that orders/ draws. */
export const carries = (m: Message | undefined) => m && (m.cards || m.coupon || m.order)

/** In the order that the build gives them out again. */
const kit = [h, Fragment, computed, effect, signal, useEffect, useRef, useSignal]

export function followMore(m: Model): void {
  const asked = { handoff: false, orders: false }
  async function load<T>(part: keyof typeof asked, begin: (loaded: T) => unknown) {
    if (asked[part]) return
    asked[part] = true
    try {
      Object.assign(window, { tagalongKit: kit })
      const file = (await import(/* @vite-ignore */ m.site.url + m.site.more[part])) as {
        default(m: Model): T
      }
      await begin(file.default(m))
    } catch {
      // Not here now: the next message, or the next press, asks again.
      asked[part] = false
    }
  }
  effect(() => {
    const items = m.items.value
    const goes = items.some(i => i.channel && i.channel !== 'web')
    if (asked.handoff || (!m.host.init.back && !goes && !(m.site.handoff && items.length))) return
    let conversation: string | undefined
    void load<More>('handoff', async more => {
      m.more.value = more
      conversation = await more.ready
    }).then(() => m.host.init.back && m.cameBack(conversation))
  })
  effect(() => {
    if (m.tracing.value || m.items.value.some(i => carries(i.message)))
      void load<Goods>('orders', goods => {
        m.goods.value = goods
      })
  })
}
