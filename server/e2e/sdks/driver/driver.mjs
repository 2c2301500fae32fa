// Does what it is told with the TypeScript SDK, as it is built, for the tests that hold the SDKs to each other.
import { readFileSync } from 'node:fs'

const sdk = (file) => import(new URL(`../../../../sdk/ts/dist/${file}.js`, import.meta.url))
const { Client } = await sdk('client')
const { TagalongError } = await sdk('http')
const { connect, connectURL } = await sdk('connect')
const { IdentityTokens } = await sdk('identity')
const { parseMoney } = await sdk('money')
const { verifyWebhook } = await sdk('webhook')

const given = JSON.parse(readFileSync(0, 'utf8'))
const { TAGALONG_URL: baseURL, TAGALONG_SHOP: shop, TAGALONG_KEY: key } = process.env
const userAgent = 'driver/1'
const client = new Client({ baseURL, shop, key, userAgent })

const calls = {
  push: async ({ events }) => (await client.pushEvents(events)).map((r) => `${r.id} ${r.outcome}`),
  order: async ({ id }) => (await client.order(id)).number,
  orders: async () => {
    const ids = []
    for await (const order of client.orders()) ids.push(order.external_id)
    return ids
  },
  post: async ({ conversation, text }) => (await client.post(conversation, { text })).seq,
  self: async () => (await client.self()).shop.name,
  disconnect: async () => {
    await client.disconnect()
    return 'done'
  },
  redact: async ({ reference, orders }) =>
    (await client.privacy.redact({ orders, ...(reference ? { reference } : {}) })).state,
  connect: async ({ code, verifier, return_url: returnURL }) =>
    (await connect({ code, verifier, returnURL }, { baseURL, userAgent })).plugin_key.key,
  connect_url: ({ name, return_url: returnURL, state, verifier }) =>
    connectURL(baseURL, {
      name,
      platform: 'own',
      returnURL,
      state,
      verifier,
      scopes: ['context:write', 'context:read'],
      identity: true,
      shop: { name: 'Marl & Co', test: true },
    }),
  money: ({ amounts }) =>
    amounts.map(([decimal, currency]) => {
      try {
        const money = parseMoney(decimal, currency)
        return `${money.amount} ${money.currency}`
      } catch {
        return 'refused'
      }
    }),
  mint: ({ subject, name, lifetime, shop_key: shopKey, kid, secret }) =>
    new IdentityTokens({ shopKey, kid, secret }).mint({
      subject,
      ...(name ? { name } : {}),
      ...(lifetime ? { lifetimeMs: lifetime * 1000 } : {}),
    }),
  verify: async ({ secrets, headers, body }) => (await verifyWebhook(body, headers, { secrets })).type,
}

let out
try {
  out = { value: await calls[given.call](given) }
} catch (error) {
  const known = error instanceof TagalongError
  out = {
    error: known
      ? { status: error.status, code: error.code, request_id: error.requestId, fields: error.fields.map((f) => f.path) }
      : { refused: true },
  }
}
process.stdout.write(JSON.stringify(out))
