// The script of the shop's pages, run against a page that is just enough of one: `node --test tests/`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import vm from 'node:vm'

const source = readFileSync(new URL('../assets/chat.js', import.meta.url), 'utf8')
const ID = `shp_${'a'.repeat(26)}`

/** A page with the script on it; `answers` are what fetch gives, by address. */
function page(config, { answers = {}, stored = {}, consent, https = true } = {}) {
  const all = { cookies: [], calls: [], scripts: [], events: [], asked: [], stored }
  const listeners = {}
  const win = {
    tagalongChat: config && { ...config },
    location: { protocol: https ? 'https:' : 'http:' },
    localStorage: {
      getItem: k => all.stored[k] ?? null,
      setItem: (k, v) => {
        all.stored[k] = v
      },
      removeItem: k => {
        delete all.stored[k]
      },
    },
    fetch: async (url, init) => {
      all.asked.push([url, init])
      const body = answers[url]
      return { ok: body !== undefined, json: async () => body }
    },
  }
  if (consent) win.wp_has_consent = what => consent.includes(what)
  win.Tagalong = { q: { push: call => all.calls.push(call) } }
  const document = {
    get cookie() {
      return ''
    },
    set cookie(text) {
      all.cookies.push(text)
    },
    addEventListener: (name, fn) => {
      listeners[name] = fn
    },
    createElement: () => ({ attributes: {}, setAttribute(k, v) { this.attributes[k] = v } }),
    head: { appendChild: script => all.scripts.push(script) },
    body: { dispatchEvent: e => all.events.push(e.type) },
  }
  class CustomEvent {
    constructor(type) {
      this.type = type
    }
  }
  all.load = () => vm.runInNewContext(source, { window: win, document, URLSearchParams, CustomEvent, String, Array })
  all.fire = name => listeners[name]?.()
  all.call = name => all.calls.find(c => c[0] === name)
  all.tell = (event, detail) => all.calls.find(c => c[0] === 'on' && c[1] === event)[2](detail)
  all.load()
  return all
}

const CONFIG = { loader: 'https://chat.example/w/pk.js', user: '', cookie: 'tagalong_shopper', consent: 'marketing' }

test('loads the chat once, and leaves it to optimizers', () => {
  const p = page(CONFIG)
  p.load()
  assert.equal(p.scripts.length, 1)
  assert.equal(p.scripts[0].src, CONFIG.loader)
  assert.equal(p.scripts[0].async, true)
  assert.deepEqual(Object.keys(p.scripts[0].attributes), ['data-cfasync', 'data-no-optimize', 'nowprocket'])
})

test('does nothing without a connection', () => {
  const p = page(undefined)
  assert.deepEqual([p.scripts, p.calls], [[], []])
})

test('sets the cookie when there is a shopper, and takes it back when they sign out', () => {
  const p = page(CONFIG)
  assert.deepEqual(p.cookies, [], 'nothing before the first interaction')
  p.tell('shopper', { id: ID })
  assert.equal(p.cookies[0], `tagalong_shopper=${ID}; path=/; SameSite=Lax; max-age=7776000; Secure`)
  p.tell('logout')
  assert.equal(p.cookies[1], 'tagalong_shopper=; path=/; SameSite=Lax; max-age=0; Secure')
})

test('writes no id that is none into the cookie', () => {
  const p = page(CONFIG)
  p.tell('shopper', { id: 'x; domain=evil.example' })
  assert.match(p.cookies[0], /^tagalong_shopper=; .*max-age=0/)
})

test('asks the consent plugin, and listens when the answer changes', () => {
  const consent = []
  const p = page(CONFIG, { consent, https: false })
  p.tell('shopper', { id: ID })
  assert.match(p.cookies[0], /^tagalong_shopper=; /)
  consent.push('marketing')
  p.fire('wp_listen_for_consent_change')
  assert.equal(p.cookies[1], `tagalong_shopper=${ID}; path=/; SameSite=Lax; max-age=7776000`)
})

test('sets no cookie where the merchant has switched it off', () => {
  const p = page({ ...CONFIG, cookie: undefined })
  p.tell('shopper', { id: ID })
  assert.deepEqual(p.cookies, [])
})

test('asks who is signed in only when the chat needs it, with the nonce', async () => {
  const url = 'https://shop.example/wp-json/tagalong-chat/v1/identity'
  const p = page({ ...CONFIG, user: 'u1', identity: url, nonce: 'n1' }, { answers: { [url]: { jwt: 'a.b.c' } } })
  assert.deepEqual(p.asked, [])
  assert.equal(await p.call('identify')[1].jwt(), 'a.b.c')
  assert.equal(p.asked[0][1].headers['X-WP-Nonce'], 'n1')
  assert.equal(p.asked[0][1].cache, 'no-store')
  assert.equal(p.stored['tagalong-chat-user'], 'u1')
})

test('a guest, and a failing endpoint, are nobody', async () => {
  const url = 'https://shop.example/wp-json/tagalong-chat/v1/identity'
  for (const answers of [{ [url]: { jwt: null } }, {}]) {
    const p = page({ ...CONFIG, user: 'u1', identity: url, nonce: 'n1' }, { answers })
    assert.equal(await p.call('identify')[1].jwt(), null)
    assert.equal(p.stored['tagalong-chat-user'], undefined)
  }
})

test('signs the shopper out of the chat when they have signed out of the shop, or another has signed in', () => {
  for (const user of ['', 'u2']) {
    const p = page({ ...CONFIG, user }, { stored: { 'tagalong-chat-user': 'u1' } })
    assert.deepEqual(p.call('logout'), ['logout'])
    assert.deepEqual(p.stored, {}, 'once')
  }
  assert.equal(page({ ...CONFIG, user: 'u1' }, { stored: { 'tagalong-chat-user': 'u1' } }).call('logout'), undefined)
  assert.equal(page(CONFIG).call('logout'), undefined)
})

test('puts a product or its variation into the cart, and tells the theme', async () => {
  const add = 'https://shop.example/?wc-ajax=add_to_cart'
  const p = page({ ...CONFIG, cart: { add, url: '/cart' } }, { answers: { [add]: { fragments: {}, cart_hash: 'h' } } })
  const cart = p.call('cart')[1]
  assert.equal(cart.url, '/cart')
  assert.equal(await cart.add({ product: '11', variant: '31', quantity: 2 }), true)
  assert.equal(String(p.asked[0][1].body), 'product_id=31&quantity=2')
  assert.deepEqual(p.events, ['wc-blocks_added_to_cart'])
  await cart.add({ product: '11' })
  assert.equal(String(p.asked[1][1].body), 'product_id=11&quantity=1')
})

test('says so when the shop does not take it', async () => {
  const add = 'https://shop.example/?wc-ajax=add_to_cart'
  for (const answers of [{ [add]: { error: true, product_url: '/p' } }, {}]) {
    const p = page({ ...CONFIG, cart: { add, url: '/cart' } }, { answers })
    assert.equal(await p.call('cart')[1].add({ product: '11' }), false)
    assert.deepEqual(p.events, [])
  }
})

test('tells which product the page shows', () => {
  const product = { external_id: '11', title: 'Blue Mug', url: 'https://shop.example/mug' }
  assert.deepEqual(page({ ...CONFIG, product }).call('setPage')[1].product, product)
  assert.equal(page(CONFIG).call('setPage'), undefined)
})
