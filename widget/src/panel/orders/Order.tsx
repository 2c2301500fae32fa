import { useEffect, useRef } from 'preact/hooks'
import type { Model } from '../model'
import { TrackLink } from './OrderCard'
import { Shot } from './Shot'
import { Steps } from './Steps'
import type { Orders } from './state'
import { type PublicOrder, progress, standing } from './status'

type Parcel = PublicOrder['shipments'][number]

/** This many events of a parcel say enough; the carrier's page has the rest. */
const EVENTS = 6

/** One order as its shopper may see it: how far it is, what is in it, and where its parcels are. */
export function OrderView({ m, s, o }: { m: Model; s: Orders; o: PublicOrder }) {
  const { t, date, price } = m.texts
  const ask = useRef<HTMLButtonElement>(null)
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => top.current?.focus(), [])
  const { total, refunded } = o.totals ?? {}
  return (
    <>
      <div ref={top} class="opened" tabIndex={-1} data-order={o.external_id}>
        {o.placed_at !== undefined && <p>{t('orders.placed', { date: date(o.placed_at) })}</p>}
        <Steps m={m} at={progress(standing(o))} />
      </div>
      {o.shipments.map((p, i) => (
        <ParcelView key={i} m={m} p={p} />
      ))}
      <ul class="lines">
        {o.lines.map((l, i) => (
          <li key={i}>
            {l.image_url && <Shot url={l.image_url} small />}
            <span class="what" dir="auto">
              {l.title}
              {l.variant_title && <small>{l.variant_title}</small>}
            </span>
            <span class="many-of">{t('orders.quantity', { count: l.quantity })}</span>
            {l.total && <span class="cost">{price(l.total)}</span>}
          </li>
        ))}
      </ul>
      {total && (
        <p class="sum">
          <span>{t('orders.total')}</span>
          <b>{price(total)}</b>
        </p>
      )}
      {refunded && refunded.amount > 0 && (
        <p class="sum">
          <span>{t('orders.refunded')}</span>
          <b>{price(refunded)}</b>
        </p>
      )}
      <button ref={ask} type="button" class="go" onClick={() => s.about(o)}>
        {t('orders.ask')}
      </button>
    </>
  )
}

function ParcelView({ m, p }: { m: Model; p: Parcel }) {
  const { t, date, time } = m.texts
  const events = [...(p.events ?? [])].sort((a, b) => b.at - a.at).slice(0, EVENTS)
  const expected = p.delivered_at === undefined && p.estimated_delivery_at
  return (
    <section class="parcel">
      <p class="sum">
        <b dir="auto">{p.carrier || t('orders.parcel')}</b>
        {p.status && <span>{t('orders.is', { status: p.status })}</span>}
      </p>
      {expected && <p class="expected">{t('orders.expected', { date: date(expected) })}</p>}
      {events.length > 0 && (
        <ol class="events">
          {events.map((e, i) => (
            <li key={i}>
              <span dir="auto">{e.message || t('orders.is', { status: e.status })}</span>
              <small>{[e.location, `${date(e.at)}, ${time(e.at)}`].filter(Boolean).join(' · ')}</small>
            </li>
          ))}
        </ol>
      )}
      {p.tracking?.map(n => (
        <TrackLink key={n.number} m={m} carrier={p.carrier} number={n.number} url={n.url} class="actions" />
      ))}
    </section>
  )
}
