/**
 * Money in minor units: cents, yen, fils. By string arithmetic alone: 0.29 has no exact number, and 19.99 * 100 is not 1999.
 */
import type { Money } from './frames.js'

/** Digits after the point of the currencies whose number is not 2 (ISO 4217, table A.1). */
const exponents = new Map([
  ...of(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...of(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...of(4, 'CLF UYW'),
])

function of(exponent: number, currencies: string): [string, number][] {
  return currencies.split(' ').map((c) => [c, exponent])
}

/** How many digits after the point the currency has: 2 for most, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): number {
  return exponents.get(currency) ?? 2
}

/**
 * From a storefront's decimal, as in `"49.90"`. Digits beyond the currency's own are rounded half up (away from zero). Throws a
 * `RangeError` for what is no decimal, no currency, or too large to be exact.
 */
export function parseMoney(decimal: string, currency: string): Money {
  const code = currency.toUpperCase()
  if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`"${currency}" is not a currency.`)
  const parts = /^(-?)(?:(\d+)(?:\.(\d+))?|\.(\d+))$/.exec(decimal)
  if (!parts) throw new RangeError(`"${decimal}" is not a decimal amount.`)
  const [, minus, whole = '', after = '', alone = ''] = parts
  const exponent = exponentOf(code)
  const fraction = after + alone
  const up = (fraction[exponent] ?? '0') >= '5' ? 1 : 0
  // 16 digits and more are beyond what a number holds exactly, or so near that the next line says so.
  const digits = (whole + fraction.padEnd(exponent, '0').slice(0, exponent)).replace(/^0+/, '')
  const amount = digits.length > 16 ? Number.POSITIVE_INFINITY : Number(digits) + up
  if (!Number.isSafeInteger(amount)) throw new RangeError(`The amount "${decimal}" is too large.`)
  return { amount: minus && amount > 0 ? -amount : amount, currency: code }
}

/** The inverse: `"49.90"`, with as many digits as the currency has. For people, use `Intl.NumberFormat`. */
export function formatMoney({ amount, currency }: Money): string {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not an amount in minor units.`)
  const exponent = exponentOf(currency)
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
  const sign = amount < 0 ? '-' : ''
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
