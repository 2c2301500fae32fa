/**
 * What the agent may know of the page that the shopper looks at: where, without what only the shopper
 * may know. Fragments and user info go, and every parameter that looks like a secret.
 */
const SECRET_NAME =
  /token|secret|passw|pwd|auth|session|signature|jwt|otp|nonce|ticket|credential|mail|phone|^(sid|sig|key|code|state|hash|hmac)$|[_-](key|code|sig|hash|sid)$/i
// A long run of letters and digits without a word in it: a key, a signed value or an encoded one.
const SECRET_VALUE = /^(?=\S*\d)(?=\S*[a-z])[\w.~+/=-]{32,}$|^ey[\w-]+\.[\w-]+\.|@/i

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
  return u.href.slice(0, 2048)
}
