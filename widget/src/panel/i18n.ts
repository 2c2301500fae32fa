/** The panel's texts. The document carries the messages of its one language; formatters are made once, they are slow to make. */
import type { PanelKey } from '../gen/keys'
import { format, type Message, type Values } from '../shared/message'

export interface Texts {
  readonly locale: string
  t(key: PanelKey, values?: Values): string
  /** Texts of a part that came later. */
  add(more: Record<string, Message>): void
  /** The time of day. */
  time(at: number): string
  /** Today, yesterday, or the date. */
  day(at: number, now: number): string
  date(at: number): string
  price(p: { amount: number; currency: string }): string
}

export function createTexts(locale: string, messages: Record<string, Message>): Texts {
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
  const long = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const withYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' })
  const t = (key: PanelKey, values?: Values) => format(messages[key] ?? key, locale, values)
  return {
    locale,
    t,
    add: more => void Object.assign(messages, more),
    time: at => clock.format(at),
    day(at, now) {
      const days = Math.round((dayStart(now) - dayStart(at)) / 86_400_000)
      if (days === 0) return t('thread.today')
      if (days === 1) return t('thread.yesterday')
      return (days < 180 ? long : withYear).format(at)
    },
    date: at => withYear.format(at),
    price({ amount, currency }) {
      try {
        const f = new Intl.NumberFormat(locale, { style: 'currency', currency })
        return f.format(amount / 10 ** (f.resolvedOptions().maximumFractionDigits ?? 2))
      } catch {
        // A currency that Intl does not take is still worth showing.
        return `${amount / 100} ${currency}`
      }
    },
  }
}

export function dayStart(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}
