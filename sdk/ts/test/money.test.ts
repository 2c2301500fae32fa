import { describe, expect, test } from 'vitest'
import { exponentOf, formatMoney, parseMoney } from '../src/money.js'

describe('a decimal of a storefront', () => {
  test.each([
    ['49.90', 'EUR', 4990],
    ['0.29', 'EUR', 29],
    ['19.99', 'usd', 1999],
    ['1.005', 'EUR', 101],
    ['1.004999', 'EUR', 100],
    ['-1.005', 'EUR', -101],
    ['-0.001', 'EUR', 0],
    ['.5', 'EUR', 50],
    ['7', 'EUR', 700],
    ['007.10', 'EUR', 710],
    ['1099', 'JPY', 1099],
    ['1098.5', 'JPY', 1099],
    ['1.2345', 'KWD', 1235],
    ['0.0001', 'CLF', 1],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %d', (decimal, currency, amount) => {
    expect(parseMoney(decimal, currency)).toEqual({ amount, currency: currency.toUpperCase() })
  })

  test.each(['', '.', '1.', '1,50', '1e3', ' 1', '1 ', '+1', '--1', '0x10', 'NaN', '1.2.3', '٣'])(
    '"%s" is refused',
    (decimal) => {
      expect(() => parseMoney(decimal, 'EUR')).toThrow(RangeError)
    },
  )

  test.each(['90071992547409.92', '90071992547409.915', '1'.repeat(40)])('%s is too large', (decimal) => {
    expect(() => parseMoney(decimal, 'EUR')).toThrow('too large')
  })

  test.each(['', 'EU', 'EURO', 'E1R', '€'])('"%s" is no currency', (currency) => {
    expect(() => parseMoney('1', currency)).toThrow('not a currency')
  })
})

test.each([
  [4990, 'EUR', '49.90'],
  [5, 'EUR', '0.05'],
  [-5, 'EUR', '-0.05'],
  [0, 'EUR', '0.00'],
  [1099, 'JPY', '1099'],
  [-1235, 'KWD', '-1.235'],
  [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91'],
])('%d %s is written %s, and read back', (amount, currency, text) => {
  expect(formatMoney({ amount, currency })).toBe(text)
  expect(parseMoney(text, currency).amount).toBe(amount)
})

test('what is no amount in minor units is not written', () => {
  expect(() => formatMoney({ amount: 19.99, currency: 'EUR' })).toThrow(RangeError)
  expect(exponentOf('constructor')).toBe(2)
})
