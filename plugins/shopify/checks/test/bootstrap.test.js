/** The script of the extension on a small page: consent, who is signed in, the cart. The widget is played by its queue. */
import { Window } from 'happy-dom'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { read } from './extension.js'

const SCRIPT = read('assets/tagalong-chat.js')
const ID = 'shp_lialialialialialialialiali'

let window
let requests
let answers

beforeEach(() => {
  vi.useFakeTimers()
  requests = []
  answers = { 'cart/update.js': 200, 'cart/add.js': 200 }
})
afterEach(() => {
  vi.useRealTimers()
  window?.close()
})

const base = {
  loader: 'https://chat.example.com/w/pk_1.js',
  proxy: '/apps/tagalong-chat',
  root: '/',
  locale: 'de',
  side: 'start',
  theme: 'dark',
  offset: { x: 4, y: 8, mobile: 12 },
  hide_launcher: true,
  customer: null,
  cart: { items: 0, shopper: null },
  product: null,
}

/** Storage of the shop's site, as one page leaves it to the next. */
const site = () => ({ local: new Map(), session: new Map() })
const storage = map => ({
  getItem: k => map.get(k) ?? null,
  setItem: (k, v) => map.set(k, String(v)),
  removeItem: k => map.delete(k),
})

/** A page with the block's data. `allowed` is the consent; null is a shop without Shopify's consent script. */
function open(data = {}, { allowed = { preferences: true, analytics: true }, kept = site(), shopify = {}, html, early } = {}) {
  window?.close()
  window = new Window({
    url: 'https://lia.example/products/mug',
    settings: { disableJavaScriptFileLoading: true, handleDisabledFileLoadingAsSuccess: true },
  })
  const json = JSON.stringify({ ...base, ...data }).replace(/</g, '\\u003c')
  const block = html ?? `<script type="application/json" data-tagalong-chat>${json}</script>`
  if (!early) window.document.body.innerHTML = block
  else Object.defineProperty(window.document, 'readyState', { value: 'loading' })
  const page = { allowed, calls: [], listeners: {} }
  page.parsed = () => {
    window.document.body.innerHTML = block
    window.document.dispatchEvent(new window.Event('DOMContentLoaded'))
  }
  if (allowed)
    shopify = {
      loadFeatures(features, then) {
        page.features = features
        this.customerPrivacy = {
          preferencesProcessingAllowed: () => page.allowed.preferences,
          analyticsProcessingAllowed: () => page.allowed.analytics,
        }
        then()
      },
      ...shopify,
    }
  const fetch = vi.fn(async (url, init = {}) => {
    requests.push({ url, method: init.method ?? 'GET', body: init.body && JSON.parse(init.body) })
    const [, answer] = Object.entries(answers).find(([end]) => url.endsWith(end)) ?? [, 404]
    const [status, body] = Array.isArray(answer) ? answer : [answer, {}]
    if (status === 0) throw new TypeError('offline')
    return { status, ok: status < 300, json: async () => body }
  })
  const globals = { ...kept, localStorage: storage(kept.local), sessionStorage: storage(kept.session) }
  const scope = Object.assign(window, { Shopify: shopify, fetch })
  Object.defineProperty(scope, 'localStorage', { value: globals.localStorage, configurable: true })
  Object.defineProperty(scope, 'sessionStorage', { value: globals.sessionStorage, configurable: true })
  new Function('window', 'document', 'Shopify', 'fetch', 'URL', 'CustomEvent', 'setTimeout', SCRIPT)(
    scope,
    window.document,
    shopify,
    fetch,
    URL,
    window.CustomEvent,
    setTimeout,
  )
  // The widget comes: it takes what is queued, and each call after that at once.
  const take = ([method, ...args]) => {
    page.calls.push([method, ...args])
    if (method === 'on') page.listeners[args[0]] = args[1]
  }
  page.widget = () => {
    const queued = window.Tagalong?.q ?? []
    window.Tagalong = { q: { push: (...calls) => calls.forEach(take) } }
    queued.forEach(take)
    return page
  }
  page.emit = (event, detail) => page.listeners[event](detail)
  page.called = method => page.calls.filter(c => c[0] === method).map(c => c[1])
  page.scripts = () => [...window.document.querySelectorAll('script[src]')].map(s => s.src)
  page.choose = next => {
    page.allowed = next
    window.document.dispatchEvent(new window.CustomEvent('visitorConsentCollected'))
  }
  return page
}

const settled = () => vi.advanceTimersByTimeAsync(0)
const attribute = id => ({ url: '/cart/update.js', method: 'POST', body: { attributes: { _tagalong_shopper: id } } })

test('it loads the widget once, where the block says, and asks nobody before', () => {
  const page = open().widget()
  expect(page.scripts()).toEqual(['https://chat.example.com/w/pk_1.js'])
  expect(page.called('boot')).toEqual([
    { locale: 'de', side: 'start', theme: 'dark', offset: { x: 4, y: 8, mobile: 12 }, hideLauncher: true },
  ])
  expect(requests).toEqual([])
})

test.each([
  ['without the block', { html: '<p>shop</p>' }, {}],
  ['with data that is none', { html: '<script type="application/json" data-tagalong-chat>{</script>' }, {}],
  ['with a loader that is no web address', {}, { loader: 'javascript:alert(1)' }],
  ['with an empty loader', {}, { loader: '' }],
])('%s nothing happens', (_, options, data) => {
  const page = open(data, options)
  expect(page.scripts()).toEqual([])
  expect(window.Tagalong).toBeUndefined()
})

test('where the script runs before the block is there, it waits for it', () => {
  const page = open({}, { early: true })
  expect(page.scripts()).toEqual([])
  page.parsed()
  expect(page.scripts()).toHaveLength(1)
})

test('a page that waits for no boot gets one all the same', () => {
  open()
  expect(window.Tagalong.manual).toBe(true)
})

// --- Consent ---------------------------------------------------------------------------------------------------------------------

test("it asks Shopify's consent API", () => {
  expect(open().features).toEqual([{ name: 'consent-tracking-api', version: '0.1' }])
})

test.each([
  ['preferences allowed: the chat is kept', { preferences: true, analytics: false }, true],
  ['preferences refused: nothing is stored', { preferences: false, analytics: true }, false],
])('%s', (_, allowed, kept) => {
  expect(open({}, { allowed }).widget().called('consent')).toEqual([kept])
})

test('a shop without the consent API counts as one that said no', () => {
  expect(open({}, { allowed: null }).widget().called('consent')).toEqual([false])
})

test('where the consent API never answers the chat comes all the same', () => {
  const page = open({}, { allowed: null, shopify: { loadFeatures() {} } })
  expect(page.scripts()).toEqual([])
  vi.advanceTimersByTime(3000)
  expect(page.scripts()).toHaveLength(1)
  expect(page.widget().called('consent')).toEqual([false])
})

test('who consents later is kept from then on, and their cart is tied', async () => {
  const page = open({}, { allowed: { preferences: false, analytics: false } }).widget()
  page.emit('open')
  page.emit('shopper', { id: ID })
  await settled()
  expect(requests).toEqual([])
  page.choose({ preferences: true, analytics: true })
  await settled()
  expect(page.called('consent')).toEqual([false, true])
  expect(requests).toEqual([attribute(ID)])
})

test('who takes consent back is taken out of the cart', async () => {
  const page = open().widget()
  page.emit('shopper', { id: ID })
  await settled()
  page.choose({ preferences: false, analytics: false })
  await settled()
  expect(page.called('consent')).toEqual([true, false])
  expect(requests).toEqual([attribute(ID), attribute('')])
  page.choose({ preferences: false, analytics: false })
  await settled()
  expect(requests).toHaveLength(2)
})

// --- The cart --------------------------------------------------------------------------------------------------------------------

test('the cart is tied when there is a shopper, and once', async () => {
  const page = open().widget()
  page.emit('open')
  await settled()
  expect(requests).toEqual([])
  page.emit('shopper', { id: ID })
  page.emit('open')
  page.emit('shopper', { id: ID })
  await settled()
  expect(requests).toEqual([attribute(ID)])
})

test('on the next page it is not tied again', async () => {
  const kept = site()
  open({}, { kept }).widget().emit('shopper', { id: ID })
  await settled()
  open({}, { kept }).widget().emit('shopper', { id: ID })
  await settled()
  open({ cart: { items: 2, shopper: ID } }, { kept }).widget().emit('shopper', { id: ID })
  await settled()
  expect(requests).toEqual([attribute(ID)])
})

test('a new cart of the same session is tied when there is something in it', async () => {
  const kept = site()
  open({}, { kept }).widget().emit('shopper', { id: ID })
  await settled()
  open({ cart: { items: 1, shopper: null } }, { kept }).widget().emit('shopper', { id: ID })
  await settled()
  expect(requests).toEqual([attribute(ID), attribute(ID)])
})

test.each([500, 0])('a cart that could not be tied (%d) is tied later', async status => {
  const page = open().widget()
  answers['cart/update.js'] = status
  page.emit('shopper', { id: ID })
  await settled()
  answers['cart/update.js'] = 200
  page.emit('open')
  await settled()
  expect(requests).toEqual([attribute(ID), attribute(ID)])
})

test('the paths of a shop in another language are used', async () => {
  const page = open({}, { shopify: { routes: { root: '/ar/' } } }).widget()
  page.emit('shopper', { id: ID })
  await settled()
  expect(requests[0].url).toBe('/ar/cart/update.js')
  expect(page.called('cart')[0].url).toBe('/ar/cart')
})

test('a session that is over is taken out of the cart', async () => {
  const page = open().widget()
  page.emit('shopper', { id: ID })
  await settled()
  page.emit('logout')
  await settled()
  expect(requests).toEqual([attribute(ID), attribute('')])
})

test('storage that throws stops nothing', async () => {
  const map = { get: () => { throw new Error('denied') }, set: () => { throw new Error('denied') }, delete: () => { throw new Error('denied') } }
  const page = open({}, { kept: { local: map, session: map } }).widget()
  page.emit('shopper', { id: ID })
  await settled()
  expect(requests).toEqual([attribute(ID)])
})

const product = { external_id: '632910392', variant: '808950810', title: 'Mug', url: 'https://lia.example/products/mug', image_url: '' }

test.each([
  ['the variant of the card', { product: '1', variant: '44', quantity: 2 }, { id: 44, quantity: 2 }],
  ['the page’s own variant', { product: '632910392', quantity: 1 }, { id: 808950810, quantity: 1 }],
  ['an id that JavaScript would round', { product: '1', variant: '9007199254740993', quantity: 1 }, { id: '9007199254740993', quantity: 1 }],
])('a card puts into the cart: %s', async (_, item, line) => {
  const page = open({ product }).widget()
  const heard = vi.fn()
  window.document.addEventListener('tagalong:cart:added', heard)
  expect(await page.called('cart')[0].add(item)).toBe(true)
  expect(requests).toEqual([{ url: '/cart/add.js', method: 'POST', body: { items: [line] } }])
  expect(heard).toHaveBeenCalledOnce()
})

test('a card says when the shop refuses, and when nobody knows which variant', async () => {
  answers['cart/add.js'] = 422
  const page = open({ product }).widget()
  expect(await page.called('cart')[0].add({ product: '1', variant: '44', quantity: 1 })).toBe(false)
  expect(await page.called('cart')[0].add({ product: '1', quantity: 1 })).toBe(false)
  expect(requests).toHaveLength(1)
})

test('the agent sees which product it is about', () => {
  expect(open({ product }).widget().called('setPage')).toEqual([
    { product: { external_id: '632910392', title: 'Mug', url: 'https://lia.example/products/mug' } },
  ])
  expect(open().widget().called('setPage')).toEqual([])
})

// --- Who is signed in ------------------------------------------------------------------------------------------------------------

test('a guest is nobody, and costs no request', async () => {
  const page = open().widget()
  expect(await page.called('identify')[0].jwt()).toBeNull()
  expect(requests).toEqual([])
})

test('a customer is who the app says, when the widget asks', async () => {
  answers['/identity'] = [200, { jwt: 'a.b.c' }]
  const page = open({ customer: 77, proxy: 'a/chat/' }).widget()
  expect(requests).toEqual([])
  expect(await page.called('identify')[0].jwt()).toBe('a.b.c')
  expect(requests).toEqual([{ url: '/a/chat/identity', method: 'GET', body: undefined }])
})

test.each([
  ['knows nobody', [204, {}]],
  ['is not connected', [404, {}]],
  ['says nothing', [200, {}]],
  ['is not there', [0]],
])('an app that %s leaves a guest', async (_, answer) => {
  answers['/identity'] = answer
  expect(await open({ customer: 77 }).widget().called('identify')[0].jwt()).toBeNull()
})

test.each([
  ['who has signed out', null, 1],
  ['another customer', 78, 1],
  ['the same customer', 77, 0],
])('%s on the same device: the chat ends %s', (_, customer, times) => {
  const kept = site()
  open({ customer: 77 }, { kept }).widget().emit('identify', { id: 'x' })
  expect(open({ customer }, { kept }).widget().called('logout')).toHaveLength(times)
  expect(open({ customer }, { kept }).widget().called('logout')).toHaveLength(0)
})
