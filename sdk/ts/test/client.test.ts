/** What each method asks for, held against the contract's own operations and examples; and what is printed of a client. */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Client } from '../src/client.js'
import { TagalongError } from '../src/http.js'
import { ShopperClient } from '../src/shopper.js'
import { Clock, Page } from './world.js'

const contract = new URL('../../../openapi/', import.meta.url)
const golden = (name: string) => JSON.parse(readFileSync(new URL(`examples/${name}.json`, contract), 'utf8'))

/** `METHOD /path` of every operation, by its id. */
function operations(): Map<string, string> {
  const found = new Map<string, string>()
  let path = ''
  let method = ''
  for (const line of readFileSync(new URL('openapi.yaml', contract), 'utf8').split('\n')) {
    path = /^ {2}(\/v1\/\S+):$/.exec(line)?.[1] ?? path
    method = /^ {4}(get|post|put|patch|delete):$/.exec(line)?.[1] ?? method
    const id = /^ {6}operationId: (\w+)$/.exec(line)?.[1]
    if (id) found.set(id, `${method.toUpperCase()} ${path}`)
  }
  return found
}

const key = 'tgk_example-only-not-a-key'

function open(answer: unknown) {
  const page = new Page(new Clock())
  page.answer = async () =>
    answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer)
  const options = { baseURL: 'https://chat.test', env: page.env }
  return {
    page,
    client: new Client({ ...options, shop: 'shop_1', key }),
    shopper: new ShopperClient({ ...options, key: 'pk_1', token: () => 'tgs_1' }),
  }
}
type World = ReturnType<typeof open>

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}

const cases: Record<string, (w: World) => Promise<unknown>> = {
  getOwnPluginKey: ({ client }) => client.self(),
  deleteOwnPluginKey: ({ client }) => client.disconnect(),
  listProducts: ({ client }) => client.products({ q: 'mug' }),
  getProduct: ({ client }) => client.product('1001'),
  listCoupons: ({ client }) => client.coupons(),
  getShopperContext: ({ client }) => client.context('shp_1'),
  getOrder: ({ client }) => client.order('1001'),
  listWebhooks: ({ client }) => client.webhooks.list(),
  createWebhook: ({ client }) => client.webhooks.create(golden('createWebhook.request')),
  getWebhook: ({ client }) => client.webhooks.get('whk_1'),
  updateWebhook: ({ client }) => client.webhooks.update('whk_1', golden('updateWebhook.request')),
  deleteWebhook: ({ client }) => client.webhooks.delete('whk_1'),
  rotateWebhook: ({ client }) => client.webhooks.rotate('whk_1'),
  pingWebhook: ({ client }) => client.webhooks.ping('whk_1'),
  listWebhookDeliveries: ({ client }) => all(client.webhooks.deliveries('whk_1', { state: 'dead' })),
  getWebhookDelivery: ({ client }) => client.webhooks.delivery('whk_1', 'evd_1'),
  replayWebhookDelivery: ({ client }) => client.webhooks.replay('whk_1', 'evd_1'),
  redactPersonalData: ({ client }) => client.privacy.redact(golden('redactPersonalData.request')),
  exportPersonalData: ({ client }) => client.privacy.export(golden('exportPersonalData.request')),
  listPrivacyRequests: ({ client }) => client.privacy.list(),
  getPrivacyRequest: ({ client }) => client.privacy.get('prv_1'),
  listShopperOrders: ({ shopper }) => shopper.orders(),
  lookUpOrder: ({ shopper }) => shopper.lookUpOrder('#1001', 'lia@example.org'),
}

const known = operations()

/** The contract's path with our values in its places, as a pattern. */
const shape = (operation: string) => new RegExp(`^${operation.replace(/\{\w+\}/g, '[^/?]+')}$`)

const example = (name: string): unknown => {
  try {
    const { next: _one, ...page } = golden(name)
    return page
  } catch {
    return undefined
  }
}

test.each(Object.entries(cases))('%s is asked for as the contract has it', async (id, run) => {
  const operation = known.get(id)
  expect(operation, 'an operation of the contract').toBeDefined()
  const answer = example(`${id}.response`)
  const world = open(answer)
  const got = await run(world)
  const { url, init } = world.page.requests[0] as { url: string; init: RequestInit }
  expect(`${init.method} ${url.replace('https://chat.test', '').split('?')[0]}`).toMatch(
    shape(operation ?? ''),
  )
  const body = example(`${id}.request`)
  if (body !== undefined) expect(JSON.parse(String(init.body))).toEqual(body)
  if (answer !== undefined) expect([answer, (answer as { items?: unknown }).items]).toContainEqual(got)
})

test('a list is read page by page, as far as it is read', async () => {
  const page = new Page(new Clock())
  let n = 0
  page.answer = async () =>
    Response.json({ items: [{ id: ++n }, { id: ++n }], next: n < 6 ? `c${n}` : undefined })
  const client = new Client({ baseURL: 'https://chat.test', env: page.env, shop: 'shop_1', key })
  const read: number[] = []
  for await (const delivery of client.webhooks.deliveries('whk_1')) {
    read.push(Number(delivery.id))
    if (read.length === 3) break
  }
  expect(read).toEqual([1, 2, 3])
  expect(page.requests.map((r) => new URL(r.url).searchParams.get('cursor'))).toEqual([null, 'c2'])
})

test('a key is never printed: not of a client, nor of an error that its call threw', async () => {
  const page = new Page(new Clock())
  const client = new Client({ baseURL: 'https://chat.test', env: page.env, retries: 0, shop: 'shop_1', key })
  const shown = (value: unknown) =>
    inspect(value, { depth: 9, showHidden: true }) + JSON.stringify(value) + String(value)
  page.answer = async () => {
    throw new TypeError('fetch failed')
  }
  const lost = await client.self().catch((e) => e)
  page.answer = async () =>
    Response.json({ code: 'unauthorized', message: 'No.', request_id: 'r1' }, { status: 401 })
  const refused = await client.self().catch((e) => e)
  expect([lost, refused].map((e) => e instanceof TagalongError)).toEqual([true, true])
  for (const value of [client, { client }, lost, refused]) expect(shown(value)).not.toContain('example-only')
  expect(inspect(client)).toBe("Client { shop: 'shop_1' }")
})

test('a client has a shop and a key', () => {
  expect(() => new Client({ baseURL: 'https://chat.test', shop: '', key })).toThrow(TypeError)
  expect(() => new Client({ baseURL: 'https://chat.test', shop: 'shop_1', key: '' })).toThrow(TypeError)
})

test('a key alone is asked which shop it opens', async () => {
  const page = new Page(new Clock())
  page.answer = async (url) =>
    Response.json(url.endsWith('/plugin-key') ? golden('getOwnPluginKey.response') : { items: [] })
  const { client, self } = await Client.open({ baseURL: 'https://chat.test', env: page.env, key })
  await client.coupons()
  expect(page.requests[1]?.url).toBe(`https://chat.test/v1/shops/${self.shop.id}/coupons`)
})
