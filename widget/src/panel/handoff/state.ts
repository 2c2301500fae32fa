/** What the shopper sees and does about going on elsewhere, as signals: the offer that is open, who came by it, what is asked. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { components } from '@tagalong-chat/sdk/api'
import type { HandoffChannel } from '../../shared/bridge'
import type { Model } from '../model'
import { type Leave, watchLeaving } from './leave'
import { channelName } from './names'
import { createReach, type Left, type Reach } from './reach'

type Schemas = components['schemas']
export type Offer = Schemas['HandoffOffer']
export type Taken = Schemas['ShopperHandoff']

/** What the sheet shows: a link to go on by, or the form for a number. */
export interface Sheet {
  channel: HandoffChannel
  form: boolean
}

export interface Handoffs {
  readonly sheet: Signal<Sheet | null>
  readonly offer: Signal<Offer | null>
  readonly failed: Signal<boolean>
  /** The code ran out while it was shown. */
  readonly renewed: Signal<boolean>
  /** The shopper has come on the channel with the code that is shown. */
  readonly connected: ReadonlySignal<boolean>
  /** Somebody came with a code, and the shopper has not said whether it was them. */
  readonly pending: ReadonlySignal<{ id: string; channel: string; name: string } | null>
  /** Channels that the conversation may go along to and does not yet. */
  readonly ways: ReadonlySignal<readonly HandoffChannel[]>
  readonly notice: Signal<string | null>
  /** The shopper's answer is on its way. */
  readonly busy: Signal<boolean>
  /** Numbers and addresses that the shopper has left. */
  readonly reach: Reach
  /** Whether to offer going along to who is about to leave. */
  readonly leave: Leave
  name(channel: string): string
  show(channel: HandoffChannel, form?: boolean): void
  hide(): void
  /** Asks for a link again, after a failure. */
  again(): void
  clicked(): void
  answer(mine: boolean): Promise<void>
  withdraw(left: Left, wording: string): void
}

/** States in which somebody is there. */
const THERE = /^(linked|active|returned)$/
const HALF_HOUR = 30 * 60_000

export function createHandoffs(m: Model): Handoffs {
  const { call } = m.session
  const { t } = m.texts
  const sheet = signal<Sheet | null>(null)
  const offer = signal<Offer | null>(null)
  const failed = signal(false)
  const renewed = signal(false)
  const taken = signal<readonly Taken[]>([])
  const notice = signal<string | null>(null)
  const busy = signal(false)
  let lapse: ReturnType<typeof setTimeout> | undefined

  const name = (channel: string) => channelName(channel, m.texts)
  const steps = computed(() => m.items.value.flatMap(i => (i.event?.handoff ? [i.event.handoff] : [])))
  const step = (id: string | undefined) => steps.value.findLast(s => s.id === id)

  async function ask(again: boolean) {
    clearTimeout(lapse)
    const now = sheet.value
    if (!now || now.form) return
    failed.value = false
    try {
      await m.session.ensure()
      const conversation = m.conversation()
      const page = m.page()
      const got = await call<Offer>('POST', '/shopper/handoffs', {
        channel: now.channel.channel,
        language: m.texts.locale,
        ...(conversation && { conversation }),
        ...(page && { page }),
      })
      if (sheet.value !== now) return
      offer.value = got
      renewed.value = again
      // Clocks differ: neither at once nor never.
      const left = Math.min(HALF_HOUR, Math.max(60_000, got.expires_at - Date.now()))
      lapse = setTimeout(() => connected.value || void ask(true), left)
    } catch {
      failed.value = sheet.value === now
    }
  }

  async function refresh() {
    try {
      taken.value = (await call<{ items: Taken[] }>('GET', '/shopper/handoffs')).items
    } catch {
      // Asked again with the next step or connection.
    }
  }

  const connected = computed(() => /^(linked|active)$/.test(step(offer.value?.id)?.state ?? ''))
  // Each step may be one to ask about, and each connection may have missed some.
  effect(() => {
    if (m.open.value && m.connection.value === 'online' && steps.value.length >= 0) void refresh()
  })

  const reach = createReach(m)
  return {
    sheet,
    offer,
    failed,
    renewed,
    connected,
    notice,
    busy,
    pending: computed(() => {
      const h = taken.value.find(h => !h.confirmed && THERE.test(h.state))
      if (!h) return null
      const named = steps.value.findLast(s => s.id === h.id && s.name)
      return { id: h.id, channel: h.channel, name: named?.name ?? '' }
    }),
    ways: computed(() => {
      const there = taken.value.filter(h => /^(linked|active)$/.test(h.state)).map(h => h.channel as string)
      return (m.site.handoff?.channels ?? []).filter(c => !there.includes(c.channel))
    }),
    reach,
    leave: watchLeaving(m),
    name,
    show(channel, form = !channel.link) {
      sheet.value = { channel, form }
      offer.value = null
      renewed.value = false
      void ask(false)
    },
    hide() {
      clearTimeout(lapse)
      sheet.value = null
    },
    again: () => void ask(false),
    clicked() {
      // Only counted: that it could not be is no trouble of the shopper's.
      if (offer.value) call('POST', `/shopper/handoffs/${offer.value.id}/click`).catch(() => {})
    },
    async answer(mine) {
      const h = taken.value.find(h => !h.confirmed && THERE.test(h.state))
      if (!h || busy.value) return
      busy.value = true
      try {
        await call('POST', `/shopper/handoffs/${h.id}/confirm`, { mine })
        notice.value = t(mine ? 'handoff.thanks' : 'handoff.undone', { channel: name(h.channel) })
      } catch {
        notice.value = t('handoff.failed')
      }
      await refresh()
      busy.value = false
    },
    withdraw(left, wording) {
      reach.takeBack(left, wording).then(
        () => {
          notice.value = t('handoff.withdrawn', { value: `\u2066${left.value}\u2069` })
        },
        () => {
          notice.value = t('handoff.failed')
        },
      )
    },
  }
}
