// Builds the loader (one script) and the panel (one document with its code and styles inside), and fails
// when one is over its budget or holds a construct that a strict page policy forbids.
//   npm run build -- --loader     only the loader
// The panel's later parts are modules of their own for each language, with their texts and styles inside.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import './locales.mjs'

const BUDGET = { loader: 6000, panel: 35000, handoff: 9000, orders: 9000 }
/** The panel's later parts, and which texts each brings. */
const PARTS = { handoff: /^(handoff|sheet)\./, orders: /^(orders?|card|coupon|sheet)\./ }
const path = p => fileURLToPath(new URL(`../${p}`, import.meta.url))
// From here on private names stay as they are; lowered to weak maps they cost kilobytes.
const TARGET = 'es2022'
const CSS_TARGET = ['chrome100', 'safari15.4', 'firefox100']

/**
 * The panel never hands markup to the page and its policy would not let it; what the library has for that is taken out, so that
 * nothing in the bundle can.
 */
const MARKUP = [
  [
    'h?(l||y&&(h.__html==y.__html||h.__html==t.innerHTML)||(t.innerHTML=h.__html),r.__k=[]):(y&&(t.textContent=""),',
    '(',
  ],
  ['"dangerouslySetInnerHTML"==s?y=k:', ''],
  ['"dangerouslySetInnerHTML"==s?h=k:', ''],
]
const noMarkup = {
  name: 'no-markup',
  transform(code, id) {
    if (!id.endsWith('/preact/dist/preact.mjs')) return null
    for (const [from, to] of MARKUP) {
      if (code.split(from).length !== 2) throw new Error('preact changed: look at its innerHTML again')
      code = code.replace(from, to)
    }
    return { code, map: null }
  },
}

/**
 * Keys of texts are for people; the bundle names a text by its place in the document's list. Those of the later parts come after
 * those of the first.
 */
const later = key => Object.values(PARTS).some(of => of.test(key))
const keys = Object.keys(JSON.parse(readFileSync(path('src/gen/en.json'), 'utf8')))
const first = keys.filter(k => !later(k))
const short = new Map([...first, ...keys.filter(later)].map((key, i) => [key, String(i)]))
const strings = JSON.parse(readFileSync(path('src/gen/loader.json'), 'utf8'))
const loaderKeys = Object.keys(strings.en)
const shortKeys = {
  name: 'short-keys',
  enforce: 'pre',
  transform(code, id) {
    if (id.endsWith('/src/loader/widget.ts'))
      return {
        code: code.replace(/\bsay\('(\w+)'/g, (_, key) => `say(${loaderKeys.indexOf(key)}`),
        map: null,
      }
    if (!/\/src\/panel\/.*\.tsx?$/.test(id)) return null
    // The classic runtime makes smaller calls; only the bundle uses it, so only the bundle needs its names.
    const names = id.endsWith('.tsx') ? "import { h, Fragment } from 'preact'\n" : ''
    return {
      code:
        names +
        code
          .replace(/'([a-z]+\.[\w.]+)'/gi, (all, key) => (short.has(key) ? `'${short.get(key)}'` : all))
          .replace(/--tg-[\w-]+/g, name => tokens.get(name)),
      map: null,
    }
  },
}

/** A shopper follows no shop: what agents need to keep the feeds of theirs whole stays out. */
const noFeeds = {
  name: 'no-feeds',
  load: id =>
    id.endsWith('/sdk/ts/src/feed.ts')
      ? 'export const followFeed = positions => ({ positions, reload: [] })'
      : null,
}

/** The later parts use the library of the first, which hands it over; its names are what is imported anywhere in it. */
const handedOver = {
  name: 'handed-over',
  enforce: 'pre',
  resolveId: id => (/^(preact|preact\/hooks|@preact\/signals)$/.test(id) ? '\0kit' : null),
  load: id =>
    id === '\0kit'
      ? `const kit = window.tagalongKit\n${kitNames.map((n, i) => `export const ${n} = kit[${i}]`).join('\n')}`
      : null,
}
const kitNames = /const kit = \[([^\]]*)\]/
  .exec(readFileSync(path('src/panel/more.ts'), 'utf8'))[1]
  .match(/\w+/g)

async function bundle(entry, { format = 'iife', plugins = [] } = {}) {
  const out = await build({
    configFile: false,
    root: path('.'),
    logLevel: 'warn',
    plugins: [shortKeys, noFeeds, noMarkup, ...plugins],
    oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
    build: {
      target: TARGET,
      cssTarget: CSS_TARGET,
      write: false,
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: path(entry),
        output: entry.endsWith('.css') ? {} : { format, codeSplitting: false },
        // What a module gives is not dropped for being asked for by nobody in the bundle.
        preserveEntrySignatures: format === 'es' ? 'strict' : false,
      },
    },
  })
  const files = [out].flat().flatMap(o => o.output)
  const of = end => files.find(f => f.fileName.endsWith(end))
  return entry.endsWith('.css') ? String(of('.css').source).trim() : of('.js').code.trim()
}

/**
 * The tokens are shared with the inbox. Those that are the same in every theme become their values here, those that the panel
 * does not use stay out, and so do the marks of the CSS compiler for light-dark(), which we do not use.
 */
function settleTokens(whole) {
  // Where motion is to be reduced the panel has none at all: the shorter times are the inbox's.
  const css = whole.replace(/@media \(prefers-reduced-motion:reduce\)\{:root\{[^}]*\}\}/, '')
  const given = new Map()
  for (const [, name, value] of css.matchAll(/(--[\w-]+):([^;}]*)/g))
    given.set(name, [...(given.get(name) ?? []), value])
  const fixed = name => given.get(name)?.length === 1 && !name.startsWith('--tg-brand')
  let out = css
  // A token may stand in another one's value.
  for (let round = 0; round < 2; round++)
    out = out.replace(/var\((--tg-[\w-]+)\)/g, (all, n) => (fixed(n) ? given.get(n)[0].trim() : all))
  const used = new Set(out.match(/(?<=var\()--tg-[\w-]+/g))
  return out.replace(/(--[\w-]+):[^;}]*;?/g, (all, n) => (used.has(n) ? all : ''))
}

/** Tokens have names for people too. The four of the shop's colour are set by theme.ts, which is built with these. */
const tokens = new Map()
function shortTokens(css) {
  return css.replace(/--tg-(on-brand|brand(-text|-soft)?):[^;}]*;?/g, '').replace(/--tg-[\w-]+/g, name => {
    if (!tokens.has(name)) tokens.set(name, `--${tokens.size.toString(36)}`)
    return tokens.get(name)
  })
}

const hash = text => `sha256-${createHash('sha256').update(text).digest('base64')}`
const sizes = text => ({
  gz: gzipSync(text, { level: 9 }).length,
  br: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
})
const wrong = []

function gate(name, code, whole, budget) {
  const { gz, br } = sizes(whole)
  console.log(`${name}: ${gz} B gz, ${br} B br (budget ${budget} gz)`)
  if (gz > budget) wrong.push(`${name} is ${gz - budget} bytes over its budget`)
  const bad = code.match(
    /\binnerHTML\b|\bouterHTML\b|\binsertAdjacentHTML\b|\beval\s*\(|\bnew Function\b|\bdocument\.write\b/,
  )
  if (bad) wrong.push(`${name} holds ${bad[0]}`)
}

mkdirSync(path('dist/locales'), { recursive: true })
const tags = readdirSync(path('locales')).map(f => f.slice(0, -5))

const loader = await bundle('src/loader/main.ts')
if (loader.split('TAGALONG_CONFIG').length !== 2)
  wrong.push('the loader must name TAGALONG_CONFIG exactly once')
const lists = Object.fromEntries(
  Object.entries(strings).map(([tag, of]) => [tag, loaderKeys.map(key => of[key])]),
)
const paint = { brand: '#1f5f54', on: '#ffffff', text: '#1f5f54', soft: '#e6eeea' }
const sample = {
  key: 'pk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  name: 'Northwind Outdoor',
  url: 'https://chat.example.com',
  languages: tags,
  side: 'end',
}
gate(
  'loader',
  loader,
  loader.replace(
    'TAGALONG_CONFIG',
    JSON.stringify({ ...sample, paint: ['#1f5f54', '#ffffff'], strings: lists }),
  ),
  BUDGET.loader,
)
writeFileSync(path('dist/loader.js'), loader)
writeFileSync(path('dist/locales/loader.json'), JSON.stringify(lists))

if (!process.argv.includes('--loader')) {
  const parts = Object.keys(PARTS)
  const styles = [await bundle('src/panel/panel.css')]
  const codes = {}
  for (const part of parts) {
    styles.push(await bundle(`src/panel/${part}/${part}.css`))
    codes[part] = await bundle(`src/panel/${part}/index.tsx`, { format: 'es', plugins: [handedOver] })
  }
  const [css, ...moreCss] = shortTokens(settleTokens(styles.join('/*|*/'))).split('/*|*/')
  const js = await bundle('src/panel/main.tsx')
  const doc = readFileSync(path('src/panel/panel.html'), 'utf8')
    .replace(/<!--.*?-->\s*/gs, '')
    .replace(/>\s+</g, '><')
    .trim()
    .replace('/*STYLE*/', () => css)
    .replace('/*SCRIPT*/', () => js.replaceAll('</script', '<\\/script'))
  const script = doc.slice(doc.lastIndexOf('<script>') + 8, doc.lastIndexOf('</script>'))
  const style = doc.slice(doc.indexOf('<style>') + 7, doc.indexOf('</style>'))
  const names = {}
  rmSync(path('dist/more'), { recursive: true, force: true })
  mkdirSync(path('dist/more'))
  for (const tag of tags) {
    const long = JSON.parse(readFileSync(path(`src/gen/${tag}.json`), 'utf8'))
    const messages = JSON.stringify(first.map(k => long[k]))
    writeFileSync(path(`dist/locales/${tag}.json`), messages)
    names[tag] = {}
    parts.forEach((part, i) => {
      const texts = Object.fromEntries(
        keys.filter(k => PARTS[part].test(k)).map(k => [short.get(k), long[k]]),
      )
      const file = codes[part]
        .replace('MORE_TEXTS', () => JSON.stringify(texts))
        .replace('MORE_CSS', () => JSON.stringify(moreCss[i]))
      gate(`${part} ${tag}`, file, file, BUDGET[part])
      const name = `${tag}.${createHash('sha256').update(file).digest('hex').slice(0, 16)}.js`
      writeFileSync(path(`dist/more/${name}`), file)
      names[tag][part] = name
    })
    const whole = doc
      .replace('{{MESSAGES}}', () => messages)
      .replace(
        '{{SITE}}',
        JSON.stringify({
          ...sample,
          origins: ['https://shop.example.com'],
          greeting: '',
          offline_text: '',
          light: paint,
          dark: paint,
          more: Object.fromEntries(parts.map(part => [part, `/panel/${names[tag][part]}`])),
          orders: true,
          handoff: {
            channels: ['whatsapp', 'messenger', 'instagram'].map(channel => ({
              channel,
              label: '',
              link: true,
              ask: false,
            })),
            offer_on_leave: true,
            wording: '',
            version: '',
          },
        }),
      )
    gate(`panel ${tag}`, script, whole, BUDGET.panel)
  }
  writeFileSync(path('dist/panel.html'), doc)
  writeFileSync(
    path('dist/hashes.json'),
    JSON.stringify({ script: hash(script), style: hash(style), more: names }),
  )
}

if (wrong.length) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
