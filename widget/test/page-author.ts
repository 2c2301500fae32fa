/** What the author of a page or a plugin writes: compiled with the rest, so that the types hold what the README says. */
import type { CartItem } from '../tagalong'

export function page(): void {
  window.Tagalong = window.Tagalong || { q: [] }
  const { q } = window.Tagalong
  q.push(['identify', { jwt: () => fetch('/identity').then(r => (r.ok ? r.text() : null)) }])
  q.push(['on', 'shopper', ({ id }) => document.body.setAttribute('data-shopper', id)])
  q.push(['on', 'message:received', ({ conversation, seq }) => [conversation.length, seq + 1]])
  q.push([
    'cart',
    { add: (item: CartItem) => fetch('/cart/add', { method: 'POST', body: item.product }).then(r => r.ok) },
  ])
  q.push([
    'setPage',
    { product: { external_id: '1', title: 'Mug', price: { amount: 1999, currency: 'EUR' } } },
  ])
  q.push(['consent', false], ['boot', { side: 'start', offset: { mobile: 72 } }])
  // @ts-expect-error there is no such call
  q.push(['order'])
  // @ts-expect-error money is in minor units, with its currency
  q.push(['setPage', { product: { external_id: '1', title: 'Mug', price: 19.99 } }])
}

export function later(tagalong: NonNullable<Window['Tagalong']>): string | undefined {
  if (!('key' in tagalong)) return undefined
  tagalong('on', 'unread', ({ count }) => count + 1)
  tagalong('open')
  return tagalong('shopper') ?? tagalong.shopper()
}
