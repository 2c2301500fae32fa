// Builds the loader (one script) and the panel (one document with its code and styles inside), and fails
// when one is over its budget or holds a construct that a strict page policy forbids.
//   npm run build -- --loader     only the loader
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import './locales.mjs'

const BUDGET = { loader: 6000, panel: 35000 }
const path = p => fileURLToPath(new URL(`../${p}`, import.meta.url))
// From here on private names stay as they are; lowered to weak maps they cost kilobytes.
const TARGET = 'es2022'
const CSS_TARGET = ['chrome100', 'safari15.4', 'firefox100']

/**
 * The panel never hands markup to the page and its policy would not let it; the one place of the library that could is
 * turned into text, so that nothing in the bundle can.
 */
const noMarkup = {
  name: 'no-markup',
  transform(code, id) {
    if (!id.endsWith('/preact/dist/preact.mjs')) return null
    if (code.split('.innerHTML').length !== 3) throw new Error('preact changed: look at its innerHTML again')
    return { code: code.replaceAll('.innerHTML', '.textContent'), map: null }
  },
}

/** Keys of texts are for people; the bundle and the messages in the document name them by a letter or two. */
const short = new Map(
  Object.keys(JSON.parse(readFileSync(path('src/gen/en.json'), 'utf8'))).map((key, i) => [
    key,
    i.toString(36),
  ]),
)
const shortKeys = {
  name: 'short-keys',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/src/panel/')) return null
    // The classic runtime makes smaller calls; only the bundle uses it, so only the bundle needs its names.
    const names = id.endsWith('.tsx') ? "import { h, Fragment } from 'preact'\n" : ''
    return {
      code:
        names +
        code.replace(/'([a-z]+\.[\w.]+)'/gi, (all, key) => (short.has(key) ? `'${short.get(key)}'` : all)),
      map: null,
    }
  },
}

async function bundle(entry) {
  const out = await build({
    configFile: false,
    root: path('.'),
    logLevel: 'warn',
    plugins: [shortKeys, noMarkup],
    oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
    build: {
      target: TARGET,
      cssTarget: CSS_TARGET,
      write: false,
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: path(entry),
        output: entry.endsWith('.css') ? {} : { format: 'iife', codeSplitting: false },
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
function settleTokens(css) {
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
const strings = JSON.parse(readFileSync(path('src/gen/loader.json'), 'utf8'))
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
  loader.replace('TAGALONG_CONFIG', JSON.stringify({ ...sample, paint: ['#1f5f54', '#ffffff'], strings })),
  BUDGET.loader,
)
writeFileSync(path('dist/loader.js'), loader)
writeFileSync(path('dist/locales/loader.json'), JSON.stringify(strings))

if (!process.argv.includes('--loader')) {
  const js = await bundle('src/panel/main.tsx')
  const css = settleTokens(await bundle('src/panel/panel.css'))
  const doc = readFileSync(path('src/panel/panel.html'), 'utf8')
    .replace(/<!--.*?-->\s*/gs, '')
    .replace(/>\s+</g, '><')
    .trim()
    .replace('/*STYLE*/', () => css)
    .replace('/*SCRIPT*/', () => js.replaceAll('</script', '<\\/script'))
  const script = doc.slice(doc.lastIndexOf('<script>') + 8, doc.lastIndexOf('</script>'))
  const style = doc.slice(doc.indexOf('<style>') + 7, doc.indexOf('</style>'))
  for (const tag of tags) {
    const long = JSON.parse(readFileSync(path(`src/gen/${tag}.json`), 'utf8'))
    const messages = JSON.stringify(
      Object.fromEntries(Object.entries(long).map(([k, v]) => [short.get(k), v])),
    )
    writeFileSync(path(`dist/locales/${tag}.json`), messages)
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
        }),
      )
    gate(`panel ${tag}`, script, whole, BUDGET.panel)
  }
  writeFileSync(path('dist/panel.html'), doc)
  writeFileSync(path('dist/hashes.json'), JSON.stringify({ script: hash(script), style: hash(style) }))
}

if (wrong.length) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
