/**
 * Our signatures, made in Go by the code that the app verifies with, held against Shopify's own library; and what the library must
 * refuse, so that a check which takes anything is seen.
 */
import '@shopify/shopify-api/adapters/node'
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api'
import { beforeAll, expect, test } from 'vitest'

let ours
let shopify

beforeAll(() => {
  const app = fileURLToPath(new URL('../..', import.meta.url))
  ours = JSON.parse(execFileSync('go', ['run', './cmd/signatures'], { cwd: app, encoding: 'utf8' }))
  shopify = shopifyApi({
    apiKey: ours.api_key,
    apiSecretKey: ours.api_secret,
    apiVersion: ApiVersion.July25,
    scopes: [],
    hostName: 'app.example.test',
    isEmbeddedApp: true,
    logger: { level: LogSeverity.Error, log: async () => {} },
  })
})

const webhook = ({ body = ours.webhook.body, headers = ours.webhook.headers } = {}) =>
  shopify.webhooks.validate({ rawBody: body, rawRequest: { method: 'POST', url: '/webhooks', headers } })

/** A query as the library wants it: a repeated key is a list. */
function query(text) {
  const all = {}
  for (const [k, v] of new URLSearchParams(text)) all[k] = k in all ? [all[k], v].flat() : v
  return all
}

test('a webhook', async () => {
  expect(await webhook()).toMatchObject({ valid: true })
})

test('a webhook with another body, another signature, without one', async () => {
  const without = name => Object.fromEntries(Object.entries(ours.webhook.headers).filter(([k]) => k.toLowerCase() !== name))
  expect(await webhook({ body: `${ours.webhook.body} ` })).toMatchObject({ valid: false, reason: 'invalid_hmac' })
  expect(await webhook({ headers: { ...without('x-shopify-hmac-sha256'), 'X-Shopify-Hmac-Sha256': 'AAAA' } })).toMatchObject({ valid: false })
  expect(await webhook({ headers: without('x-shopify-hmac-sha256') })).toMatchObject({ valid: false, reason: 'missing_hmac' })
  expect(await webhook({ headers: without('x-shopify-topic') })).toMatchObject({ valid: false, reason: 'missing_headers' })
})

test('the query of an installation', async () => {
  expect(await shopify.utils.validateHmac(query(ours.oauth_query))).toBe(true)
  expect(await shopify.utils.validateHmac({ ...query(ours.oauth_query), shop: 'mallory.myshopify.com' })).toBe(false)
})

test('a request through the app proxy, with a key that is there twice', async () => {
  const signed = query(ours.proxy_query)
  expect(Object.values(signed).some(Array.isArray)).toBe(true)
  expect(await shopify.utils.validateHmac(signed, { signator: 'appProxy' })).toBe(true)
  expect(await shopify.utils.validateHmac({ ...signed, logged_in_customer_id: '1' }, { signator: 'appProxy' })).toBe(false)
})

test('a session token', async () => {
  expect(await shopify.session.decodeSessionToken(ours.session_token)).toMatchObject({ aud: ours.api_key })
  const [head, claims, signature] = ours.session_token.split('.')
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url')), sub: '1' })).toString('base64url')
  await expect(shopify.session.decodeSessionToken(`${head}.${forged}.${signature}`)).rejects.toThrow()
})
