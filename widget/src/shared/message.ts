/**
 * Evaluates messages as scripts/locales.mjs leaves them: a plain text, or parts. A part is a text, 0 (the
 * number of the plural around it), [name], [name, 'number' | 'percent'] or [name, 'plural' | 'select', cases].
 */
export type Part =
  | string
  | 0
  | [name: string]
  | [name: string, kind: string]
  | [name: string, kind: string, cases: Record<string, Message>]
export type Message = string | Part[]
export type Values = Record<string, string | number>

export function format(message: Message, locale: string, values: Values = {}, around?: number): string {
  if (typeof message === 'string') return message
  let out = ''
  for (const part of message) {
    if (typeof part === 'string') out += part
    else if (part === 0) out += numberIn(locale, 'decimal', around ?? 0)
    else out += argument(part, locale, values)
  }
  return out
}

function argument(part: [string, string?, Record<string, Message>?], locale: string, values: Values): string {
  const [name, kind, cases] = part
  const value = values[name] ?? ''
  if (!kind) return String(value)
  if (!cases) return numberIn(locale, kind === 'percent' ? 'percent' : 'decimal', Number(value))
  if (kind === 'select') return format(cases[value] ?? cases.other ?? '', locale, values)
  const n = Number(value)
  const chosen = cases[`=${n}`] ?? cases[new Intl.PluralRules(locale).select(n)] ?? cases.other ?? ''
  return format(chosen, locale, values, n)
}

function numberIn(locale: string, style: 'decimal' | 'percent', n: number): string {
  return new Intl.NumberFormat(locale, { style, maximumFractionDigits: 0 }).format(n)
}
