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
const TARGET = ['es2021', 'chrome100', 'safari15', 'firefox100']

async function bundle(entry) {
  const out = await build({
    configFile: false,
    root: path('.'),
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      target: TARGET,
      cssTarget: TARGET.slice(1),
      write: false,
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: path(entry), output: { format: 'iife', codeSplitting: false } },
    },
  })
  const files = [out].flat().flatMap(o => o.output)
  return {
    js: files.find(f => f.type === 'chunk').code.trim(),
    css: files
      .filter(f => f.fileName.endsWith('.css'))
      .map(f => String(f.source))
      .join('')
      .trim(),
  }
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

const loader = (await bundle('src/loader/main.ts')).js
if (loader.split('TAGALONG_CONFIG').length !== 2)
  wrong.push('the loader must name TAGALONG_CONFIG exactly once')
const strings = JSON.parse(readFileSync(path('src/gen/loader.json'), 'utf8'))
const sample = {
  key: 'pk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  name: 'Northwind Outdoor',
  url: 'https://chat.example.com',
  languages: tags,
  color: '#1f5f54',
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
  const { js, css } = await bundle('src/panel/main.tsx')
  // Dev-only strings of the library mention what it never does in this build; the gate reads the output.
  const doc = readFileSync(path('src/panel/panel.html'), 'utf8')
    .replace(/<!--.*?-->\s*/gs, '')
    .replace(/>\s+</g, '><')
    .trim()
    .replace('/*STYLE*/', () => css)
    .replace('/*SCRIPT*/', () => js.replaceAll('</script', '<\\/script'))
  const script = doc.slice(doc.lastIndexOf('<script>') + 8, doc.lastIndexOf('</script>'))
  const style = doc.slice(doc.indexOf('<style>') + 7, doc.indexOf('</style>'))
  for (const tag of tags) {
    const messages = readFileSync(path(`src/gen/${tag}.json`), 'utf8')
    writeFileSync(path(`dist/locales/${tag}.json`), messages)
    const whole = doc
      .replace('{{MESSAGES}}', () => messages)
      .replace(
        '{{SITE}}',
        JSON.stringify({ ...sample, origins: ['https://shop.example.com'], greeting: {}, offline_text: '' }),
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
