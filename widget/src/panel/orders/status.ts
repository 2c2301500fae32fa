/** How far an order is, in the shopper's words: one line for now, and the steps behind and before it. Pure. */
import type { components } from '@tagalong-chat/sdk/api'

type Schemas = components['schemas']
export type PublicOrder = Schemas['PublicOrder']
export type ShipmentStatus = Schemas['ShipmentStatus']

/** What an order and its card have in common. */
export interface Standing {
  financial?: Schemas['FinancialStatus'] | undefined
  fulfillment?: Schemas['FulfillmentStatus'] | undefined
  cancelled: boolean
  /** Of its parcels, the latest first. */
  parcels: readonly (ShipmentStatus | undefined)[]
}

export interface Step {
  name: 'placed' | 'paid' | 'shipped' | 'delivered'
  done: boolean
}

export interface Progress {
  /** A case of the text `orders.is`. */
  now: string
  /** Empty where there is nothing more to come: the order is cancelled. */
  steps: Step[]
}

const PAID = /^(paid|partially_refunded|refunded)$/
const SENT =
  /^(shipped|in_transit|out_for_delivery|attempted|ready_for_pickup|picked_up|delivered|delayed|failure)$/
const THERE = /^(delivered|picked_up)$/

export function progress(o: Standing): Progress {
  const parcels = o.parcels.filter(p => p && p !== 'cancelled') as ShipmentStatus[]
  const paid = PAID.test(o.financial ?? '')
  const shipped = /^(partial|fulfilled)$/.test(o.fulfillment ?? '') || parcels.some(p => SENT.test(p))
  // What is delivered in part is not delivered.
  const delivered = parcels.length > 0 && parcels.every(p => THERE.test(p)) && o.fulfillment !== 'partial'
  const steps: Step[] = [
    { name: 'placed', done: true },
    { name: 'paid', done: paid },
  ]
  if (o.fulfillment !== 'not_required')
    steps.push({ name: 'shipped', done: shipped }, { name: 'delivered', done: delivered })
  return { now: now(o, parcels, { paid, shipped, delivered }), steps: o.cancelled ? [] : steps }
}

function now(
  o: Standing,
  parcels: readonly ShipmentStatus[],
  is: { paid: boolean; shipped: boolean; delivered: boolean },
): string {
  if (o.cancelled) return 'cancelled'
  if (o.financial === 'refunded') return 'refunded'
  if (o.fulfillment === 'returned') return 'returned'
  if (is.delivered) return 'delivered'
  // The parcel that is still on its way says most.
  const moving = parcels.find(p => !THERE.test(p))
  if (moving) return moving
  if (is.shipped) return o.fulfillment === 'partial' ? 'partial' : 'shipped'
  if (is.paid) return o.fulfillment === 'not_required' ? 'paid' : 'preparing'
  return /^(failed|voided|expired)$/.test(o.financial ?? '') ? 'unpaid' : 'placed'
}

export function standing(o: PublicOrder): Standing {
  return {
    financial: o.financial_status,
    fulfillment: o.fulfillment_status,
    cancelled: o.cancelled_at !== undefined,
    parcels: [...o.shipments].sort((a, b) => (b.shipped_at ?? 0) - (a.shipped_at ?? 0)).map(s => s.status),
  }
}
