import { expect, test } from 'vitest'
import { linkify, webURL } from '../src/panel/linkify'

const links = (text: string) =>
  linkify(text)
    .filter(s => s.href)
    .map(s => s.text)

test('a text comes out whole', () => {
  for (const t of [
    '',
    'plain',
    'see https://a.example/x?y=1#z, please',
    'a\nwww.b.example\n',
    '<b>https://x.example</b>',
  ])
    expect(
      linkify(t)
        .map(s => s.text)
        .join(''),
    ).toBe(t)
})

test('addresses are found and the sentence keeps its punctuation', () => {
  expect(links('See https://shop.example/a, or www.shop.example.')).toEqual([
    'https://shop.example/a',
    'www.shop.example',
  ])
  expect(links('(https://en.example/wiki/Bowl_(vessel))')).toEqual(['https://en.example/wiki/Bowl_(vessel)'])
  expect(links('HTTPS://SHOP.EXAMPLE!')).toEqual(['HTTPS://SHOP.EXAMPLE'])
  expect(links('انظر https://shop.example/ar؟')).toHaveLength(1)
})

test('what could run, or hide where it goes, is no link', () => {
  for (const t of [
    'javascript:alert(1)',
    'JaVaScRiPt://x%0aalert(1)',
    'data:text/html,<script>1</script>',
    'xhttps://a.example',
    'mail me at a@www.example',
    'https://',
    'https://good.example@evil.example/',
    'vbscript:x',
    'file:///etc/passwd',
  ])
    expect(links(t), t).toEqual([])
})

test('only web addresses may be opened', () => {
  expect(webURL('https://a.example/x')).toBe('https://a.example/x')
  for (const u of [
    '',
    undefined,
    '//a.example',
    '/x',
    'javascript:1',
    ' javascript:1',
    'data:image/svg+xml,x',
    'blob:https://a/b',
    'https://u:p@a.example',
  ])
    expect(webURL(u), String(u)).toBeUndefined()
})

test('thirty kilobytes of trouble take no time', () => {
  for (const piece of ['http://a.a.a', '((((', 'https://(', '****', 'www.', 'https://x.example/)))) ']) {
    const text = piece.repeat(30_000 / piece.length)
    const from = performance.now()
    linkify(text)
    expect(performance.now() - from, piece).toBeLessThan(250)
  }
})
