/**
 * Says to the widget who a signed-in shopper is: a JWT (HS256) signed with one of the shop's identity secrets.
 *
 * Mint one for whoever is signed in on this very request, and hand it to their browser alone: never into a page that is cached. For
 * servers: whoever has the secret can be anybody.
 */
import { base64url, shownAs, webCrypto } from './crypto.js'

export interface IdentitySecret {
  /** The shop's public key, `pk_…`. */
  shopKey: string
  /** Id of the secret, `kid_…`. */
  kid: string
  /** Its text, as it was shown. */
  secret: string
  now?: () => number
}

export interface Identity {
  /** The shop's own id of the buyer. It never changes for a person, and is never another's. */
  subject: string
  name?: string
  email?: string
  /** Whether the shop has made sure that the address is theirs. */
  emailVerified?: boolean
  /** In E.164. */
  phone?: string
  /** An hour by default; at most a day. */
  lifetimeMs?: number
}

/** The server's limits. */
const maxLifetime = 24 * 60 * 60_000
const maxSubject = 200
const maxToken = 8 * 1024

const utf8 = new TextEncoder()

export class IdentityTokens {
  readonly #of: IdentitySecret

  constructor(secret: IdentitySecret) {
    // With an empty secret anybody could sign.
    if (!secret.shopKey || !secret.kid || !secret.secret)
      throw new TypeError('A shop key, and the id and text of an identity secret are needed.')
    this.#of = secret
    shownAs(this, `IdentityTokens { kid: '${secret.kid}' }`)
  }

  async mint(who: Identity): Promise<string> {
    check(who)
    const { shopKey, kid, secret, now = Date.now } = this.#of
    // No `iat`: the server would refuse a token from a clock that is a minute fast, and it proves nothing.
    const claims = {
      aud: shopKey,
      sub: who.subject,
      exp: Math.floor((now() + (who.lifetimeMs ?? 60 * 60_000)) / 1000),
      name: who.name,
      email: who.email,
      email_verified: who.emailVerified,
      phone: who.phone,
    }
    const content = `${part({ alg: 'HS256', typ: 'JWT', kid })}.${part(claims)}`
    const { subtle } = await webCrypto()
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const key = await subtle.importKey('raw', utf8.encode(secret), hmac, false, ['sign'])
    const signature = await subtle.sign('HMAC', key, utf8.encode(content))
    const token = `${content}.${base64url(new Uint8Array(signature))}`
    if (token.length > maxToken) throw new RangeError('The identity token is too long: shorten the name.')
    return token
  }
}

function check({ subject, lifetimeMs = 1 }: Identity): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server refuses
  if (!subject || utf8.encode(subject).length > maxSubject || /[\u0000-\u001f\u007f\ufffd]/.test(subject))
    throw new RangeError('The subject must be 1 to 200 bytes of UTF-8 without control characters.')
  if (!(lifetimeMs > 0) || lifetimeMs > maxLifetime) throw new RangeError('The lifetime is at most a day.')
}

const part = (value: object) => base64url(utf8.encode(JSON.stringify(value)))
