/**
 * How a plugin comes to its key: an authorization code with PKCE (RFC 6749 §4.1, RFC 7636). Its "Connect" button opens `connectURL` in
 * the merchant's browser; the merchant agrees there and comes back to the return URL with a code; `connect` exchanges it.
 */
import type { components } from './api.gen.js'
import { base64url, shownAs, webCrypto } from './crypto.js'
import { Http, type HttpOptions } from './http.js'

type Schemas = components['schemas']
export type Scope = Schemas['Scope']
/** What a plugin needs from then on: keep it where only its server can read it. `console.log` does not show its secrets. */
export type Connection = Schemas['Connection']

export interface ConnectRequest {
  /** The plugin's name, as the merchant reads it. */
  name: string
  /** What the shop runs on: `woocommerce`. */
  platform?: string
  /** Where the code goes: https, no fragment; http on a loopback address only. */
  returnURL: string
  /** Comes back as it is; see `newState`. */
  state: string
  /** Stays here: only its `challenge` goes into the URL. */
  verifier: string
  scopes: readonly Scope[]
  /** Ask for a secret too that says who signed-in shoppers are; see `IdentityTokens`. */
  identity?: boolean
  /** Fills in the form for a merchant who makes a new shop. */
  shop?: {
    name?: string
    origin?: string
    currency?: string
    language?: string
    timeZone?: string
    test?: boolean
  }
}

/** A secret for one try to connect. Keep it on the server, with the merchant's session, until the code comes. */
export function newVerifier(): Promise<string> {
  return randomText()
}

/** A text that the return URL must bring back: compare it, so that nobody else's code is taken in. */
export function newState(): Promise<string> {
  return randomText()
}

async function randomText(): Promise<string> {
  return base64url((await webCrypto()).getRandomValues(new Uint8Array(32)))
}

/** What stands for a verifier until it is shown. */
export async function challenge(verifier: string): Promise<string> {
  const digest = await (await webCrypto()).subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url(new Uint8Array(digest))
}

/** The page that the "Connect" button opens. `baseURL` is the one address of Tagalong that a plugin knows. */
export async function connectURL(baseURL: string, request: ConnectRequest): Promise<string> {
  const { name, platform, returnURL, state, verifier, scopes, identity, shop = {} } = request
  if (!name || !returnURL || !state || scopes.length === 0)
    throw new TypeError('A name, return URL, state and scopes are needed.')
  if (!/^[\w.~-]{43,128}$/.test(verifier))
    throw new TypeError('The verifier must have 43 to 128 characters: newVerifier makes one.')
  const url = new URL(`${baseURL.replace(/\/+$/, '')}/connect`)
  const query: Record<string, string | undefined> = {
    name,
    platform,
    return_url: returnURL,
    state,
    code_challenge: await challenge(verifier),
    code_challenge_method: 'S256',
    scopes: scopes.join(' '),
    identity: identity ? '1' : undefined,
    shop_name: shop.name,
    shop_origin: shop.origin,
    shop_currency: shop.currency,
    shop_language: shop.language,
    shop_time_zone: shop.timeZone,
    test: shop.test ? '1' : undefined,
  }
  for (const [key, value] of Object.entries(query)) if (value) url.searchParams.set(key, value)
  return url.href
}

/**
 * Exchanges a code for a key. The code works once: a second call with it answers `gone` and ends the key. So it is not repeated when
 * the answer is lost; let the merchant connect again then.
 */
export async function connect(
  given: { code: string; verifier: string; returnURL: string },
  options: Omit<HttpOptions, 'token'>,
): Promise<Connection> {
  const connection = await new Http(options).call<Connection>('/v1/connect/token', {
    method: 'POST',
    body: { code: given.code, code_verifier: given.verifier, return_url: given.returnURL },
  })
  return shownAs(
    connection,
    `Connection { shop: '${connection.shop.id}', key: '${connection.plugin_key.id}' }`,
  )
}
