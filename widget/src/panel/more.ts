/**
 * The panel's second part (handoff/): going on elsewhere and coming back. It is a file of its own, loaded when a conversation may
 * go along, or has; the policy allows it by its address, which holds its hash. It brings its texts and styles, and uses the
 * library of this part, handed over as `tagalongKit`.
 */
import { computed, effect, signal, useSignal } from '@preact/signals'
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

/** In the order that the build gives them out again. */
const kit = [h, Fragment, computed, effect, signal, useEffect, useRef, useSignal]

export function followMore(m: Model): void {
  let asked = false
  const load = async () => {
    let conversation: string | undefined
    try {
      Object.assign(window, { tagalongKit: kit })
      const part = (await import(/* @vite-ignore */ m.site.url + m.site.more)) as { default(m: Model): More }
      const more = part.default(m)
      m.more.value = more
      conversation = await more.ready
    } catch {
      // Not here now: the next message asks again.
      asked = false
    }
    if (m.host.init.back) m.cameBack(conversation)
  }
  effect(() => {
    const items = m.items.value
    const goes = items.some(i => i.channel && i.channel !== 'web')
    if (asked || (!m.host.init.back && !goes && !(m.site.handoff && items.length))) return
    asked = true
    void load()
  })
}
