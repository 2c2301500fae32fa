import { expect, test } from 'vitest'
import ar from '../src/gen/ar.json'
import en from '../src/gen/en.json'
import { createTexts } from '../src/panel/i18n'
import { pick } from '../src/shared/locale'
import { format, type Message } from '../src/shared/message'

const english = createTexts('en', en as unknown as Record<string, Message>)
const arabic = createTexts('ar', ar as unknown as Record<string, Message>)

test('placeholders, plurals and numbers', () => {
  expect(english.t('typing.named', { name: 'Nadia' })).toBe('Nadia is writing')
  expect(english.t('thread.latest', { count: 1 })).toBe('1 new message')
  expect(english.t('thread.latest', { count: 1234 })).toBe('1,234 new messages')
  expect(english.t('upload.progress', { name: 'a.png', percent: 0.256 })).toBe('a.png, 26% sent')
})

test('Arabic has all six plural forms', () => {
  const forms = [0, 1, 2, 3, 11, 100].map(over => arabic.t('composer.tooLong', { over }))
  expect(new Set(forms).size).toBe(6)
  expect(forms[1]).toBe('حرف واحد زائد')
})

test('an exact case goes before the plural category', () => {
  const m: Message = [['n', 'plural', { '=1': 'just one', one: 'one', other: [0, ' things'] }]]
  expect(format(m, 'en', { n: 1 })).toBe('just one')
  expect(format(m, 'en', { n: 5 })).toBe('5 things')
  expect(format([['k', 'select', { a: 'A', other: 'O' }]], 'en', { k: 'z' })).toBe('O')
})

test('a value is put in as it is, whatever it looks like', () => {
  expect(english.t('typing.named', { name: '{name} <b>$&' })).toBe('{name} <b>$& is writing')
})

test('days are told by the shopper’s calendar', () => {
  const now = new Date(2026, 10, 21, 0, 5).getTime()
  expect(english.day(now, now)).toBe('Today')
  expect(english.day(now - 10 * 60_000, now)).toBe('Yesterday')
  expect(english.day(new Date(2026, 10, 1, 12).getTime(), now)).toBe('Sunday, November 1')
  expect(english.day(new Date(2024, 1, 29, 12).getTime(), now)).toBe('February 29, 2024')
})

test('money keeps the digits of its currency', () => {
  expect(english.price({ amount: 6400, currency: 'EUR' })).toBe('€64.00')
  expect(english.price({ amount: 1500, currency: 'JPY' })).toBe('¥1,500')
  expect(english.price({ amount: 1234, currency: 'KWD' })).toContain('1.234')
  expect(english.price({ amount: 100, currency: 'nonsense' })).toBe('1 nonsense')
})

test('the first language that is at hand wins', () => {
  expect(pick([undefined, '', 'ar_EG', 'en'], ['en', 'ar'])).toBe('ar')
  expect(pick(['pt-PT'], ['en', 'pt-BR'])).toBe('pt-BR')
  expect(pick(['zh-Hant'], ['zh-Hans', 'zh-Hant'])).toBe('zh-Hant')
  expect(pick(['xx', 'yy'], ['de', 'en'])).toBe('de')
})
