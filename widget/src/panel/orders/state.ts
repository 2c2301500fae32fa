/** What the shopper sees of their orders, as signals: their own list, the form that finds one, and the order that is open. */
import { effect, type Signal, signal } from '@preact/signals'
import type { PanelKey } from '../../gen/keys'
import type { Refused } from '../api'
import type { Model } from '../model'
import type { PublicOrder } from './status'

export type View = 'closed' | 'waiting' | 'list' | 'form' | 'order'

export interface Problem {
  key: PanelKey
  values?: Record<string, number>
}

export interface Orders {
  readonly view: Signal<View>
  /** The shopper's own, as far as that is proven. */
  readonly own: Signal<readonly PublicOrder[]>
  readonly order: Signal<PublicOrder | null>
  readonly problem: Signal<Problem | null>
  readonly busy: Signal<boolean>
  open(): Promise<void>
  show(order: PublicOrder): void
  /** The form for a number and an e-mail address. */
  ask(): void
  /** From an order to where it was found. */
  back(): void
  find(number: string, email: string): Promise<void>
  /** Puts words about this order into the composer. */
  about(order: PublicOrder): void
  close(): void
  /** The sheet has gone. */
  closed(): void
}

export function createOrders(m: Model): Orders {
  const { call } = m.session
  const view = signal<View>('closed')
  const own = signal<readonly PublicOrder[]>([])
  const order = signal<PublicOrder | null>(null)
  const problem = signal<Problem | null>(null)
  const busy = signal(false)
  let from: View = 'form'
  /** There is something in the composer to go on with. */
  let begun = false

  const to = (next: View) => {
    problem.value = null
    view.value = next
  }
  const self: Orders = {
    view,
    own,
    order,
    problem,
    busy,
    async open() {
      own.value = []
      // A search that still waits for the line is not waited for.
      busy.value = false
      // Who has no session has no orders that are known to be theirs, and none is made for looking.
      if (!m.host.row('token')) return to('form')
      to('waiting')
      try {
        own.value = (await call<{ items: PublicOrder[] }>('GET', '/shopper/orders')).items
      } catch {
        // The form still finds one.
      }
      if (view.value === 'waiting') to(own.value.length ? 'list' : 'form')
    },
    show(o) {
      from = view.value
      order.value = o
      to('order')
    },
    ask: () => to('form'),
    back: () => to(view.value === 'order' ? from : 'list'),
    async find(number, email) {
      if (busy.value) return
      problem.value = null
      if (!number.trim() || !/^\S+@\S+$/.test(email.trim())) {
        problem.value = { key: 'orders.incomplete' }
        return
      }
      busy.value = true
      try {
        await m.session.ensure()
        const body = { number: number.trim(), email: email.trim() }
        const found = await call<PublicOrder>('POST', '/shopper/orders/look-up', body)
        if (view.value === 'form') self.show(found)
      } catch (e) {
        problem.value = why(e as Refused)
      }
      busy.value = false
    },
    about(o) {
      const words = m.texts.t('orders.about', { number: o.number ?? o.external_id })
      const text = m.draft.value
      if (!text.includes(words)) m.write(text ? `${text}\n${words} ` : `${words} `)
      begun = true
      self.close()
    },
    close: () => to('closed'),
    closed() {
      if (begun) m.focus.value++
      begun = false
    },
  }
  effect(() => {
    if (m.tracing.value) void self.open()
  })
  return self
}

/** A number that is wrong, an address that is, and neither are the same answer: nothing is given away here either. */
function why({ status, wait = 60 }: Refused): Problem {
  if (status === 429) return { key: 'orders.wait', values: { minutes: Math.ceil(wait / 60) } }
  if (status === 404) return { key: 'orders.notFound' }
  return { key: status === 400 || status === 422 ? 'orders.incomplete' : 'orders.failed' }
}
