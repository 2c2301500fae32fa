import type { components } from '@tagalong-chat/sdk/api'
import { NEW_TAB, webURL } from '../linkify'
import type { Model } from '../model'
import { BagIcon } from './icons'
import { Shot } from './Shot'
import { Steps } from './Steps'
import { progress } from './status'

type OrderCard = components['schemas']['OrderCard']

/** An order's number, set apart from the direction of the text around it. */
export const numberOf = (number: string) => `\u2068${number}\u2069`

/** An order that somebody of the shop sent: how it stood then. */
export function OrderCardView({ m, c }: { m: Model; c: OrderCard }) {
  const { t, date, price } = m.texts
  const parcel = c.shipment
  const at = progress({
    financial: c.financial_status,
    fulfillment: c.fulfillment_status,
    cancelled: c.cancelled === true,
    parcels: [parcel?.status],
  })
  return (
    <div class="parcel card">
      <div class="about">
        <strong>{t('order.label', { id: numberOf(c.number) })}</strong>
        {c.placed_at !== undefined && <span>{date(c.placed_at)}</span>}
      </div>
      <Steps m={m} at={at} />
      <ul class="lines">
        {c.items.map((l, i) => (
          <li key={i}>
            {l.image_url && <Shot url={l.image_url} small />}
            <span class="what" dir="auto">
              {l.title}
            </span>
            <span class="many-of">{t('orders.quantity', { count: l.quantity })}</span>
          </li>
        ))}
        {c.more > 0 && <li class="rest">{t('orders.more', { count: c.more })}</li>}
      </ul>
      {c.total && (
        <p class="sum">
          <span>{t('orders.total')}</span>
          <b>{price(c.total)}</b>
        </p>
      )}
      {parcel && (
        <TrackLink m={m} carrier={parcel.carrier} number={parcel.number} url={parcel.url} class="actions" />
      )}
    </div>
  )
}

/** To the carrier's page where it is known, else the number to look up there. */
export function TrackLink(p: {
  m: Model
  carrier: string | undefined
  number: string | undefined
  url: string | undefined
  class: string
}) {
  const { t } = p.m.texts
  const url = webURL(p.url)
  const number = p.number && <bdi class="track">{p.number}</bdi>
  if (!url)
    return number ? (
      <p class="sum">
        <span>{p.carrier || t('orders.parcel')}</span>
        {number}
      </p>
    ) : null
  return (
    <div class={p.class}>
      <a href={url} {...NEW_TAB}>
        {t('orders.track')} {number}
      </a>
    </div>
  )
}

export function OrderChip({ m, id }: { m: Model; id: string }) {
  return (
    <span class="order">
      <BagIcon />
      <bdi>{m.texts.t('order.label', { id })}</bdi>
    </span>
  )
}
