/** What the shop's goods become on the page, whatever stands in them. */
import { signal } from '@preact/signals'
import { type ComponentChildren, render } from 'preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Cards } from '../src/panel/orders/Cards'
import { CouponCard } from '../src/panel/orders/Coupon'
import { OrderView } from '../src/panel/orders/Order'
import { OrderCardView } from '../src/panel/orders/OrderCard'
import type { CartItem } from '../tagalong'

const ask = vi.fn(async (_: CartItem): Promise<unknown> => true)
const m = {
  texts: {
    locale: 'en',
    t: (key: string, v: object = {}) => [key, ...Object.values(v)].join(' '),
    date: (at: number) => new Date(at).toISOString().slice(0, 10),
    time: () => '10:00',
    price: (p: { amount: number; currency: string }) => `${p.amount} ${p.currency}`,
  },
  cart: signal<string | undefined>(undefined),
  page: () => 'https://shop.example/de/mug',
  host: { ask },
  reply: vi.fn(),
}

let root: HTMLElement
const draw = (what: ComponentChildren) => render(what, root)
const buttons = () => [...root.querySelectorAll('button')].map(b => b.textContent?.trim())
const addresses = () =>
  [...root.querySelectorAll('[href],[src]')].map(e => e.getAttribute('href') ?? e.getAttribute('src'))

beforeEach(() => {
  root = document.createElement('div')
  document.body.append(root)
  m.cart.value = undefined
  ask.mockReset()
})
afterEach(() => {
  render(null, root)
  root.remove()
})

const mug = { title: 'Mug', product: '1', variant: '2', buttons: [{ kind: 'cart' as const, title: '' }] }

test('a cart button is there while the page has a cart, and says what has become of it', async () => {
  draw(<Cards m={m as never} cards={[mug]} />)
  expect(buttons()).toEqual([])
  m.cart.value = '/cart?a=1'
  draw(<Cards m={m as never} cards={[{ ...mug }]} />)
  expect(buttons()).toEqual(['card.add Mug'])

  let done: (answer: unknown) => void = () => {}
  ask.mockImplementation(() => new Promise(resolve => (done = resolve)))
  const press = () => root.querySelector('button')?.click()
  const state = () => root.querySelector('button')?.dataset.cart
  press()
  press()
  await vi.waitFor(() => expect(state()).toBe('adding'))
  expect(ask.mock.calls, 'pressed twice it is asked for once').toEqual([
    [{ product: '1', variant: '2', quantity: 1 }],
  ])
  done(true)
  await vi.waitFor(() => expect(state()).toBe('added'))
  expect(root.querySelector('[role=status]')?.textContent).toBe('card.added card.cart')
  expect(addresses(), 'against the page, whose links have no host').toEqual(['https://shop.example/cart?a=1'])

  for (const answer of [false, undefined, 'yes']) {
    press()
    await vi.waitFor(() => expect(state()).toBe('adding'))
    done(answer)
    await vi.waitFor(() => expect(state(), String(answer)).toBe('failed'))
  }
})

test('a card that names no product offers no cart', () => {
  m.cart.value = ''
  draw(<Cards m={m as never} cards={[{ title: 'Mug', buttons: mug.buttons }]} />)
  expect(buttons()).toEqual([])
})

test('several cards are a list, with a way along it for who has no finger to move it', () => {
  draw(<Cards m={m as never} cards={[mug, mug]} />)
  expect(root.querySelectorAll('ul > li')).toHaveLength(2)
  expect(root.querySelector('ul')?.tabIndex).toBe(0)
  expect([...root.querySelectorAll('button')].map(b => b.getAttribute('aria-label'))).toEqual([
    'card.previous',
    'card.next',
  ])
})

test('a coupon that has run out cannot be copied', () => {
  draw(<CouponCard m={m as never} c={{ code: 'A', expires_at: Date.now() + 1000 }} />)
  expect(root.querySelector('button')).not.toBeNull()
  draw(<CouponCard m={m as never} c={{ code: 'A', expires_at: Date.now() - 1000 }} />)
  expect(root.querySelector('button')).toBeNull()
  expect(root.textContent).toContain('coupon.over')
})

const evil = '<img src=x onerror=alert(1)>\u202e'
const links = [
  'javascript:alert(1)',
  'data:text/html,x',
  '//evil.example',
  'JaVaScRiPt:alert(1)',
  'https://u:p@evil',
]

test.each(links)('an address that is none leads nowhere: %s', url => {
  m.cart.value = url
  const kinds = ['url', 'cart', 'reply'] as const
  const card = { title: evil, url, image_url: url, buttons: kinds.map(kind => ({ kind, title: evil, url })) }
  draw(<Cards m={m as never} cards={[card]} />)
  expect(addresses()).toEqual([])
  const shipment = { carrier: evil, number: evil, url }
  const item = { title: evil, quantity: 1, image_url: url }
  draw(
    <OrderCardView m={m as never} c={{ external_id: '1', number: evil, items: [item], more: 1, shipment }} />,
  )
  expect(addresses()).toEqual([])
  const parcel = {
    carrier: evil,
    tracking: [{ number: evil, url }],
    events: [{ status: 'delivered' as const, message: evil, at: 1, location: evil }],
  }
  const order = { external_id: '1', number: evil, lines: [item], shipments: [parcel] }
  draw(<OrderView m={m as never} s={{} as never} o={order} />)
  expect(addresses()).toEqual([])
  expect(root.querySelector('img,script,iframe'), 'a text stays a text').toBeNull()
  expect(root.textContent).toContain('<img src=x')
})
