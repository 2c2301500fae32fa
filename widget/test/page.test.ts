import { expect, test } from 'vitest'
import { cleanPage, cleanURL } from '../src/panel/page'

test('an ordinary address stays', () => {
  expect(cleanURL('https://shop.example/p/bowl?variant=12&q=deep%20blue')).toBe(
    'https://shop.example/p/bowl?variant=12&q=deep%20blue',
  )
})

test('what only the shopper may know goes', () => {
  const cases: [string, string][] = [
    ['https://u:p@shop.example/', 'https://shop.example/'],
    ['https://shop.example/#access_token=abc', 'https://shop.example/'],
    ['https://shop.example/reset?reset_token=abc&lang=en', 'https://shop.example/reset?lang=en'],
    ['https://shop.example/?key=abc&page=2', 'https://shop.example/?page=2'],
    ['https://shop.example/?email=a%40b.example', 'https://shop.example/'],
    ['https://shop.example/?who=a%40b.example', 'https://shop.example/'],
    [`https://shop.example/o?h=${'a1B2'.repeat(10)}`, 'https://shop.example/o'],
    ['https://shop.example/?x=eyJhbGciOi.eyJzdWIi.sig', 'https://shop.example/'],
    ['https://shop.example/checkout?order_key=wc_1', 'https://shop.example/checkout'],
  ]
  for (const [raw, clean] of cases) expect(cleanURL(raw), raw).toBe(clean)
})

test('what is no web address is nothing', () => {
  for (const u of ['', 'about:blank', 'javascript:1', 'file:///x', 'nonsense']) expect(cleanURL(u)).toBe('')
})

test('a page is what the protocol knows of it', () => {
  expect(
    cleanPage({
      url: 'https://shop.example/p/1?token=x',
      title: 'Bowl',
      cart: { items: 3 },
      product: {
        external_id: '1',
        title: 'Bowl',
        url: 'https://shop.example/p/1',
        image_url: 'javascript:1',
        price: { amount: 6400, currency: 'EUR', tax: 1 },
        sku: 'B-1',
      },
    }),
  ).toEqual({
    url: 'https://shop.example/p/1',
    title: 'Bowl',
    product: {
      external_id: '1',
      title: 'Bowl',
      url: 'https://shop.example/p/1',
      price: { amount: 6400, currency: 'EUR' },
    },
  })
})

test('nonsense from the shop costs the nonsense, not the page', () => {
  const url = 'https://shop.example/'
  for (const product of [null, 'x', 7, {}, { external_id: 1, title: 'B' }, { external_id: '1' }, []])
    expect(cleanPage({ url, title: 'T', product })).toEqual({ url, title: 'T' })
  expect(cleanPage({ url, title: 7 })).toEqual({ url, title: '' })
  expect(
    cleanPage({ url, product: { external_id: '1', title: 'B', price: { amount: 1.5, currency: 'euro' } } })
      ?.product,
  ).toEqual({
    external_id: '1',
    title: 'B',
  })
  for (const bad of [null, undefined, 'x', {}, { url: 'about:blank' }]) expect(cleanPage(bad)).toBeNull()
})

test('an address is never longer than the protocol allows', () => {
  expect(cleanURL(`https://shop.example/p?q=${'%20a'.repeat(2000)}`)).toBe('https://shop.example/p')
  expect(cleanURL(`https://shop.example/${'a/'.repeat(3000)}`).length).toBeLessThanOrEqual(2000)
})
