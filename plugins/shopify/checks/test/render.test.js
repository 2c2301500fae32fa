/** The block as Shopify would print it, by liquidjs: what a guest and a customer get, and what a hostile setting cannot do. */
import { Liquid } from 'liquidjs'
import { describe, expect, test } from 'vitest'
import { read, schemaOf } from './extension.js'

/** `changed` stands in for files of the extension, by their names. */
function engine(changed) {
  const liquid = new Liquid({ templates: { 'tagalong-data.liquid': changed['snippets/tagalong-data.liquid'] }, extname: '.liquid' })
  liquid.registerTag('schema', {
    parse(_, tokens) {
      while (tokens.length) if (/endschema/.test(tokens.shift().getText())) return
      throw new Error('the schema does not end')
    },
    render: () => '',
  })
  // Escapes nothing, unlike Shopify's own: what keeps a value inside the script element must be the block's doing.
  liquid.registerFilter('json', v => JSON.stringify(v ?? null))
  liquid.registerFilter('t', key => key.split('.').reduce((o, k) => o[k], JSON.parse(read('locales/en.default.json'))))
  liquid.registerFilter('image_url', v => `//cdn.shopify.com/${v}`)
  return liquid
}

const defaults = Object.fromEntries(
  schemaOf(read('blocks/chat.liquid')).settings.flatMap(s => (s.id && 'default' in s ? [[s.id, s.default]] : [])),
)
const connected = { tagalong_url: 'https://chat.example.com', shop_key: 'pk_1' }

const FILES = Object.fromEntries(['blocks/chat.liquid', 'snippets/tagalong-data.liquid'].map(f => [f, read(f)]))

function page({ settings = {}, ...globals } = {}, changed = FILES) {
  return engine(changed).parseAndRenderSync(
    changed['blocks/chat.liquid'],
    { block: { settings: { ...defaults, ...settings }, shopify_attributes: '' } },
    {
      globals: {
        app: {},
        request: { locale: { iso_code: 'de' }, origin: 'https://lia.example', design_mode: false },
        routes: { root_url: '/' },
        cart: { item_count: 0, attributes: {} },
        ...globals,
      },
    },
  )
}

/** The one script element of the page, read as a browser would: it ends at the first end tag. */
function data(html) {
  const found = /<script type="application\/json" data-tagalong-chat>([\s\S]*?)<\/script/i.exec(html)
  return found && JSON.parse(found[1])
}

test('a guest gets place, language and loader, and nobody', () => {
  expect(data(page({ settings: connected }))).toEqual({
    loader: 'https://chat.example.com/w/pk_1.js',
    proxy: '/apps/tagalong-chat',
    root: '/',
    locale: 'de',
    side: 'end',
    theme: 'auto',
    offset: { x: 20, y: 20, mobile: 20 },
    hide_launcher: false,
    customer: null,
    cart: { items: 0, shopper: null },
    product: null,
  })
})

test('of a customer there is the id and nothing else', () => {
  const customer = { id: 207119551, email: 'lia@example.org', first_name: 'Lia', phone: '+49151' }
  const html = page({ settings: connected, customer })
  expect(data(html).customer).toBe(207119551)
  for (const secret of ['lia@example.org', 'Lia', '+49151']) expect(html).not.toContain(secret)
})

test('a product page says which one, and no price', () => {
  const product = {
    id: 632910392,
    title: 'Mug "small" </script>',
    url: '/products/mug',
    featured_image: 'mug.jpg',
    price: 2490,
    selected_or_first_available_variant: { id: 808950810 },
  }
  const html = page({ settings: connected, product, cart: { item_count: 2, attributes: { _tagalong_shopper: 'shp_1' } } })
  expect(data(html).product).toEqual({
    external_id: '632910392',
    variant: '808950810',
    title: 'Mug "small" </script>',
    url: 'https://lia.example/products/mug',
    image_url: 'https://cdn.shopify.com/mug.jpg',
  })
  expect(data(html).cart).toEqual({ items: 2, shopper: 'shp_1' })
  expect(html).not.toContain('2490')
})

test('a product without picture and variant is one too', () => {
  const { product } = data(page({ settings: connected, product: { id: 1, title: 'Card', url: '/products/card' } }))
  expect(product).toEqual({ external_id: '1', variant: '', title: 'Card', url: 'https://lia.example/products/card', image_url: '' })
})

describe('where the loader comes from', () => {
  const app = { metafields: { tagalong: { loader_url: { value: 'https://chat.example.com/w/pk_2.js' } } } }
  test('a connected app needs no settings', () => {
    expect(data(page({ app })).loader).toBe('https://chat.example.com/w/pk_2.js')
  })
  test('settings stand over it', () => {
    expect(data(page({ app, settings: connected })).loader).toBe('https://chat.example.com/w/pk_1.js')
  })
  test('a slash at the end and blanks are no matter', () => {
    const settings = { tagalong_url: ' https://chat.example.com/ ', shop_key: ' pk_1 ' }
    expect(data(page({ settings })).loader).toBe('https://chat.example.com/w/pk_1.js')
  })
  test('half of the settings is nothing', () => {
    expect(page({ settings: { shop_key: 'pk_1' } }).trim()).toBe('')
  })
  test('with neither there is nothing on the page', () => {
    expect(page().trim()).toBe('')
  })
  test('but a note in the theme editor', () => {
    const request = { locale: { iso_code: 'de' }, origin: '', design_mode: true }
    expect(page({ request })).toContain('not connected yet')
  })
  test('switched off it is not there, connected or not', () => {
    expect(page({ app, settings: { enabled: false } }).trim()).toBe('')
  })
})

const HOSTILE = ['</script><img src=x onerror=alert(1)>', '"}</SCRIPT >', '{{ shop.name }}', "'; alert(1) //", '<!--<script>', 'a\u2028b']

test.each(HOSTILE)('%j in a setting stays a value', hostile => {
  const texts = Object.fromEntries(['proxy', 'shop_key', 'side', 'theme'].map(id => [id, hostile]))
  const html = page({ settings: { ...connected, ...texts } })
  expect(data(html).proxy).toBe(hostile)
  expect(data(html).loader).toBe(`https://chat.example.com/w/${hostile.trim()}.js`)
  expect(html.match(/<\/script/gi)).toHaveLength(1)
  expect(html).not.toContain('<img')
  expect(html).not.toContain('<!--')
})

test.each([
  ['the block does not escape', 'blocks/chat.liquid', " | replace: '<', escaped", ''],
  ['is not put through json', 'snippets/tagalong-data.liquid', 'settings.proxy | json', 'settings.proxy'],
])('what %s would be seen', (_, file, from, to) => {
  const sources = { ...FILES }
  expect(sources[file]).toContain(from)
  sources[file] = sources[file].replace(from, to)
  expect(() => data(page({ settings: { ...connected, proxy: HOSTILE[0] } }, sources))).toThrow()
})
