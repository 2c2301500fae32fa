import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { Client } from '../src/client.js'
import { type ConnectRequest, challenge, connect, connectURL, newState, newVerifier } from '../src/connect.js'
import { IdentityTokens } from '../src/identity.js'
import { Clock, Page } from './world.js'

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../openapi/examples/${name}.json`, import.meta.url), 'utf8'))

let page: Page
beforeEach(() => {
  page = new Page(new Clock())
})

describe('connecting', () => {
  const request: ConnectRequest = {
    name: 'Tagalong for Marl & co',
    platform: 'woocommerce',
    returnURL: 'https://marl.example/back?page=tagalong',
    state: 'abc',
    // RFC 7636, appendix B.
    verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    scopes: ['context:write', 'context:read'],
    identity: true,
    shop: { name: 'Marl', origin: 'https://marl.example', currency: 'EUR', timeZone: 'Europe/Berlin' },
  }

  test('has the challenge of the standard', async () => {
    expect(await challenge(request.verifier)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })

  test('opens a page that is told what is asked for, and not the verifier', async () => {
    const url = await connectURL('https://chat.example/', request)
    expect(url).not.toContain(request.verifier)
    expect(url.split('?')[0]).toBe('https://chat.example/connect')
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      name: 'Tagalong for Marl & co',
      platform: 'woocommerce',
      return_url: 'https://marl.example/back?page=tagalong',
      state: 'abc',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      scopes: 'context:write context:read',
      identity: '1',
      shop_name: 'Marl',
      shop_origin: 'https://marl.example',
      shop_currency: 'EUR',
      shop_time_zone: 'Europe/Berlin',
    })
  })

  test('is not begun with something missing or a weak verifier', async () => {
    for (const wrong of [{ name: '' }, { state: '' }, { scopes: [] }, { verifier: 'short' }])
      await expect(connectURL('https://chat.example', { ...request, ...wrong })).rejects.toThrow(TypeError)
  })

  test('has a new verifier and state each time, long enough', async () => {
    const made = await Promise.all([newVerifier(), newVerifier(), newState(), newState()])
    expect(new Set(made).size).toBe(4)
    for (const text of made) expect(text).toMatch(/^[\w-]{43}$/)
  })

  test('exchanges the code once, even when the answer is lost', async () => {
    page.answer = async () => {
      throw new TypeError('fetch failed')
    }
    const given = { code: 'c', verifier: request.verifier, returnURL: 'https://marl.example/back' }
    const options = { baseURL: 'https://chat.test', env: page.env }
    await expect(connect(given, options)).rejects.toMatchObject({ code: 'no_answer' })
    expect(page.requests).toHaveLength(1)
  })

  test('gives a connection that makes a client and does not print its secrets', async () => {
    page.answer = async () => Response.json(golden('exchangeConnectCode.response'), { status: 201 })
    const sent = golden('exchangeConnectCode.request')
    const connection = await connect(
      { code: sent.code, verifier: sent.code_verifier, returnURL: sent.return_url },
      { baseURL: 'https://chat.test', env: page.env },
    )
    expect(page.requests[0]?.url).toBe('https://chat.test/v1/connect/token')
    expect(JSON.parse(String(page.requests[0]?.init.body))).toEqual(sent)
    expect(page.requests[0]?.init.headers).not.toHaveProperty('Authorization')
    expect(inspect({ connection })).not.toMatch(/example-only/)
    // It can be kept: what is written down is whole.
    expect(JSON.parse(JSON.stringify(connection))).toEqual(golden('exchangeConnectCode.response'))

    page.answer = async () => Response.json(golden('getOwnPluginKey.response'))
    await Client.of(connection, { env: page.env }).self()
    expect(page.requests[1]?.url).toBe(`${connection.api_url}/v1/plugin-key`)
    expect(page.requests[1]?.init.headers).toMatchObject({
      Authorization: `Bearer ${connection.plugin_key.key}`,
    })
  })
})

describe('an identity token', () => {
  const secret = { shopKey: 'pk_1', kid: 'kid_1', secret: 'ids_Grüße', now: () => 1_800_000_000_500 }
  const read = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

  test('says who it is, for whom and how long, signed with the text of the secret', async () => {
    const token = await new IdentityTokens(secret).mint({
      subject: 'cust-77',
      name: 'Lía',
      email: 'lia@example.org',
      emailVerified: true,
    })
    const [head, claims, signature] = token.split('.')
    expect(read(head)).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'kid_1' })
    expect(read(claims)).toEqual({
      aud: 'pk_1',
      sub: 'cust-77',
      exp: 1_800_003_600,
      name: 'Lía',
      email: 'lia@example.org',
      email_verified: true,
    })
    const want = createHmac('sha256', 'ids_Grüße').update(`${head}.${claims}`).digest('base64url')
    expect(signature).toBe(want)
  })

  test('is not made of what the server would refuse', async () => {
    const tokens = new IdentityTokens(secret)
    const day = 24 * 60 * 60_000
    for (const wrong of [
      { subject: '' },
      { subject: 'é'.repeat(101) },
      { subject: 'a\nb' },
      { subject: 'a', lifetimeMs: day + 1 },
      { subject: 'a', lifetimeMs: 0 },
      { subject: 'a', lifetimeMs: Number.NaN },
      { subject: 'a', name: 'n'.repeat(8000) },
    ])
      await expect(tokens.mint(wrong), JSON.stringify(wrong)).rejects.toThrow(RangeError)
    await expect(tokens.mint({ subject: 'é'.repeat(100), lifetimeMs: day })).resolves.toBeTruthy()
  })

  test('needs a secret, which is not printed', () => {
    expect(() => new IdentityTokens({ ...secret, secret: '' })).toThrow(TypeError)
    const tokens = new IdentityTokens(secret)
    expect(inspect({ tokens }, { showHidden: true }) + JSON.stringify(tokens)).not.toContain('Grüße')
    expect(inspect(tokens)).toContain('kid_1')
  })
})
