import type { Page } from '@tagalong-chat/sdk/frames'

/**
 * What the agent may know of the page that the shopper looks at: where, without what only the shopper
 * may know. Fragments and user info go, and every parameter that looks like a secret.
 */
const SECRET_NAME =
  /token|secret|passw|pwd|auth|session|signature|jwt|otp|nonce|ticket|credential|mail|phone|^(sid|sig|key|code|state|hash|hmac)$|[_-](key|code|sig|hash|sid)$/i
// A long run of letters and digits without a word in it: a key, a signed value or an encoded one.
const SECRET_VALUE = /^(?=\S*\d)(?=\S*[a-z])[\w.~+/=-]{32,}$|^ey[\w-]+\.[\w-]+\.|@/i

const URL_MAX = 2000

export function cleanURL(raw: string): string {
  let u: URL
  try {
    u = new URL(raw)
  } catch {
    return ''
  }
  if (u.protocol !== 'https:' && u.protocol !== 'http:') return ''
  u.username = ''
  u.password = ''
  u.hash = ''
  const kept: string[] = []
  u.searchParams.forEach((value, name) => {
    if (!SECRET_NAME.test(name) && !SECRET_VALUE.test(value))
      kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  })
  u.search = kept.join('&')
  return u.href.length > URL_MAX ? u.origin + u.pathname.slice(0, URL_MAX - 300) : u.href
}

/**
 * A page as the protocol has it, made of whatever the shop handed over: fields that the server does not know would have the
 * whole frame refused, so each is taken by name and by type. null: not a page that can be told.
 */
export function cleanPage(given: unknown): Page | null {
  const { url, title, product } = object(given)
  const clean = cleanURL(text(url, 10_000))
  if (!clean) return null
  const p = object(product)
  const id = text(p.external_id, 200)
  const name = text(p.title, 300)
  const page: Page = { url: clean, title: text(title, 300) }
  if (!id || !name) return page
  const { amount, currency } = object(p.price)
  const links = { url: cleanURL(text(p.url, 10_000)), image_url: cleanURL(text(p.image_url, 10_000)) }
  page.product = {
    external_id: id,
    title: name,
    ...(links.url && { url: links.url }),
    ...(links.image_url && { image_url: links.image_url }),
    ...(Number.isSafeInteger(amount) &&
      /^[A-Z]{3}$/.test(text(currency, 4)) && {
        price: { amount: amount as number, currency: currency as string },
      }),
  }
  return page
}

const object = (v: unknown) => (v ?? {}) as Record<string, unknown>
const text = (v: unknown, max: number) => (typeof v === 'string' ? v.slice(0, max) : '')
