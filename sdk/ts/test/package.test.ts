/** The package as it is published, in a clean folder of somebody else's, with Node alone: its entries, types and examples. */
import { execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

const run = promisify(execFile)
// Processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })
const root = new URL('..', import.meta.url).pathname
const golden = (name: string) =>
  JSON.parse(readFileSync(join(root, `../../openapi/examples/${name}.json`), 'utf8'))

let folder: string
let packed: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagalong-sdk-'))
  const built = join(folder, 'built')
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', built], {
    cwd: root,
  })
  await run('node', ['scripts/manifest.mjs', built], { cwd: root })
  const { stdout } = await run('npm', ['pack', built, '--json', '--pack-destination', folder], { cwd: root })
  const [made] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  packed = made.files.map((f) => f.path)
  const home = join(folder, 'node_modules/@tagalong-chat/sdk')
  mkdirSync(home, { recursive: true })
  await run('tar', ['-xzf', join(folder, made.filename), '--strip-components=1', '-C', home])
  cpSync(join(root, 'examples'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

test('holds the code, its types and its papers, and nothing to be installed beside it', () => {
  const manifest = JSON.parse(
    readFileSync(join(folder, 'node_modules/@tagalong-chat/sdk/package.json'), 'utf8'),
  )
  for (const unwanted of ['dependencies', 'devDependencies', 'peerDependencies', 'scripts', 'private'])
    expect(manifest).not.toHaveProperty(unwanted)
  expect(packed).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json']))
  expect(
    packed.filter((f) => !/^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$|\.(js|d\.ts)$/.test(f)),
  ).toEqual([])
  for (const { types, default: code } of Object.values(manifest.exports) as {
    types: string
    default: string
  }[])
    expect(packed).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]))
})

test('every entry loads in Node, and has types for whoever resolves as Node does', async () => {
  const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const names = Object.keys(entries).map((e) => `@tagalong-chat/sdk${e.slice(1)}`)
  const load = names.map((n) => `await import('${n}')`).join('\n')
  await run('node', ['--input-type=module', '-e', load], { cwd: folder })

  const use = `import { Client, parseMoney, type ContextEvent } from '@tagalong-chat/sdk'
import { verifyWebhook } from '@tagalong-chat/sdk/webhook'
export const client = new Client({ baseURL: '', shop: 'shop_1', key: 'tgk_1' })
export const cents: number = parseMoney('1', 'EUR').amount
export const event: Promise<{ type: string }> = verifyWebhook('', {}, { secrets: [] })
// @ts-expect-error an event has a type
export const bad: ContextEvent = { id: '1' }
`
  writeFileSync(join(folder, 'use.ts'), use)
  // Not a word of Node: a plugin may run elsewhere.
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  const said = await run(join(root, 'node_modules/.bin/tsc'), [], { cwd: folder }).catch((e) => e)
  expect(said.stdout).toBe('')
})

// Examples.

/** Tagalong as far as an example meets it. */
async function tagalong(answer: (method: string, path: string, body: unknown) => unknown) {
  const asked: { line: string; body: unknown; headers: IncomingMessage['headers'] }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const path = (request.url ?? '').split('?')[0] ?? ''
    const sent = text === '' ? undefined : JSON.parse(text)
    asked.push({ line: `${request.method} ${path}`, body: sent, headers: request.headers })
    const body = answer(request.method ?? '', path, sent)
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(body ?? { code: 'not_found', message: 'No.', request_id: 'req_9' }))
  })
  return { asked, url: await listening(server) }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const example = (name: string, env: Record<string, string>) =>
  run('node', [`${name}.mjs`], { cwd: folder, env: { ...process.env, ...env } })

/** An example that serves, and what it prints. */
async function serving(name: string, env: Record<string, string>) {
  const child = spawn('node', [`${name}.mjs`], {
    cwd: folder,
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ends.push(() => child.kill())
  const lines: string[] = []
  let waiting: (() => void) | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter(Boolean))
    waiting?.()
  })
  const line = async (n: number) => {
    while (lines.length <= n) await new Promise<void>((resolve) => (waiting = resolve))
    return lines[n] ?? ''
  }
  return { url: `http://127.0.0.1:${/\d+$/.exec(await line(0))?.[0]}`, line, lines }
}

test('the README shows the example that is run here', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  for (const name of ['push-order', 'webhook'])
    expect(readme).toContain(readFileSync(join(root, `examples/${name}.mjs`), 'utf8').trim())
  for (const file of readdirSync(join(root, 'examples'))) expect(readme).toContain(`examples/${file}`)
})

test('push-order tells of an order', async () => {
  const { asked, url } = await tagalong((_, __, body) => ({
    results: (body as { events: { id: string }[] }).events.map(({ id }) => ({ id, outcome: 'applied' })),
  }))
  const { stdout } = await example('push-order', {
    TAGALONG_URL: url,
    TAGALONG_SHOP: 'shop_1',
    TAGALONG_KEY: 'tgk_1',
  })
  expect(stdout.trim()).toBe('applied')
  const [call] = asked
  expect(call?.line).toBe('POST /v1/shops/shop_1/events')
  expect(call?.headers).toMatchObject({
    authorization: 'Bearer tgk_1',
    'user-agent': expect.stringMatching(/^my-plugin\/1\.0 tagalong-ts\/[\d.]+$/),
    'idempotency-key': expect.stringMatching(/^[a-z2-7]{26}$/),
  })
  expect(call?.body).toMatchObject({
    events: [{ order: { totals: { total: { amount: 5470, currency: 'EUR' } } } }],
  })
})

test('webhook believes ours, once, and nobody else', async () => {
  const secret = Buffer.from('a secret of 24 bytes----')
  const { url, line, lines } = await serving('webhook', {
    TAGALONG_WEBHOOK_SECRETS: `whsec_${Buffer.from('another').toString('base64')} whsec_${secret.toString('base64')}`,
  })
  const body = JSON.stringify(golden('webhook.ping'))
  const send = (key: Buffer) => {
    const at = String(Math.floor(Date.now() / 1000))
    const mac = createHmac('sha256', key).update(`evt_1.${at}.${body}`).digest('base64')
    const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': at, 'webhook-signature': `v1,${mac}` }
    return fetch(url, { method: 'POST', headers, body })
  }
  expect([(await send(secret)).status, (await send(secret)).status]).toEqual([204, 204])
  expect((await send(Buffer.from('not ours'))).status).toBe(401)
  expect(await line(1)).toBe(`ping ${golden('webhook.ping').id}`)
  expect(lines).toHaveLength(2)
})

test('identity says who is signed in, and nothing of a guest', async () => {
  const { url } = await serving('identity', {
    TAGALONG_SHOP_KEY: 'pk_1',
    TAGALONG_IDENTITY_KID: 'kid_1',
    TAGALONG_IDENTITY_SECRET: 's',
  })
  expect((await fetch(url)).status).toBe(204)
  const answer = await fetch(url, { headers: { cookie: 'session=lia' } })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const claims = JSON.parse(Buffer.from((await answer.text()).split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ aud: 'pk_1', sub: 'cust-77' })
})

test('connect goes there and back, and takes no code that it did not ask for', async () => {
  const { asked, url } = await tagalong((_, path) => {
    if (path === '/v1/connect/token') return { ...golden('exchangeConnectCode.response'), api_url: url }
    return path === '/v1/plugin-key' ? golden('getOwnPluginKey.response') : undefined
  })
  const plugin = await serving('connect', { TAGALONG_URL: url })
  const press = await fetch(plugin.url, { redirect: 'manual' })
  const there = new URL(press.headers.get('location') ?? '')
  expect(`${there.origin}${there.pathname}`).toBe(`${url}/connect`)
  const back = (state: string) => fetch(`${there.searchParams.get('return_url')}?code=c1&state=${state}`)
  const state = there.searchParams.get('state') ?? ''
  expect((await back('somebody-else')).status).toBe(400)
  expect((await back(state)).status, 'one try for each press').toBe(400)
  expect(asked).toHaveLength(0)

  const again = new URL((await fetch(plugin.url, { redirect: 'manual' })).headers.get('location') ?? '')
  const done = await back(again.searchParams.get('state') ?? '')
  expect(await done.text()).toBe(`Connected to ${golden('getOwnPluginKey.response').shop.name}.`)
  expect(asked.map((a) => a.line)).toEqual(['POST /v1/connect/token', 'GET /v1/plugin-key'])
  expect(asked[0]?.body).toMatchObject({ code: 'c1', code_verifier: expect.stringMatching(/^[\w-]{43}$/) })
  const printed = await plugin.line(1)
  expect(printed).toContain('Connection { shop:')
  expect(printed).not.toContain('example-only')
})

test('answer answers the shopper, and goes on when one cannot be answered', async () => {
  const at = '/v1/shops/shop_marlmarlmarlmarlmarlmarlma/conversations'
  const self = golden('getOwnPluginKey.response')
  const said = (kind: string) => ({ head: 7, items: [{ seq: 7, kind: 'message', author: { kind } }] })
  const { asked, url } = await tagalong((method, path) => {
    const base = `/v1/shops/${self.shop.id}/conversations`
    if (path === '/v1/plugin-key') return self
    if (path === base) return { items: ['a', 'b', 'c'].map((id) => ({ id })) }
    if (method === 'GET') return said(path.includes('/b/') ? 'agent' : 'shopper')
    return path === `${base}/a/entries` ? { seq: 8 } : undefined
  })
  const { stdout } = await example('answer', { TAGALONG_URL: url, TAGALONG_KEY: 'tgk_1' })
  expect(stdout.trim().split('\n').slice(1)).toEqual(['answered a', 'c: not_found (request req_9)'])
  const posts = asked.filter((a) => a.line.startsWith('POST'))
  expect(posts.map((p) => p.line.replace(at, ''))).toHaveLength(2)
  expect(posts[0]?.body).toMatchObject({ client_id: 'answer-a-7' })
})
