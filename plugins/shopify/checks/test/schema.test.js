/**
 * What the theme check does not look at: the block's target, the settings' types and lengths, sizes and folders.
 * https://shopify.dev/docs/apps/build/online-store/theme-app-extensions/configuration
 */
import { statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import Ajv from 'ajv'
import { expect, test } from 'vitest'
import { EXTENSION, files, read, schemaOf } from './extension.js'

const text = { type: 'string', minLength: 1 }
const input = (type, more, required = []) => ({
  type: 'object',
  properties: { type: { const: type }, id: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' }, label: text, info: text, ...more },
  required: ['type', 'id', 'label', ...required],
  additionalProperties: false,
})
const shown = type => ({
  type: 'object',
  properties: { type: { const: type }, content: text },
  required: ['type', 'content'],
  additionalProperties: false,
})
const option = { type: 'object', properties: { value: text, label: text }, required: ['value', 'label'], additionalProperties: false }
const number = { type: 'number' }

const BLOCK = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    target: { enum: ['section', 'head', 'body', 'compliance_head'] },
    javascript: text,
    stylesheet: text,
    settings: {
      type: 'array',
      maxItems: 30,
      items: {
        oneOf: [
          shown('header'),
          shown('paragraph'),
          input('checkbox', { default: { type: 'boolean' } }, ['default']),
          input('text', { default: text, placeholder: text }),
          input('color', { default: { type: 'string', pattern: '^#[0-9a-f]{6}$' } }),
          input('select', { default: text, options: { type: 'array', minItems: 1, items: option } }, ['options', 'default']),
          input('range', { min: number, max: number, step: number, unit: { type: 'string', maxLength: 3 }, default: number }, [
            'min',
            'max',
            'step',
            'default',
          ]),
        ],
      },
    },
    enabled_on: { type: 'object' },
  },
  required: ['name', 'target', 'settings'],
  additionalProperties: false,
}

const valid = new Ajv({ strict: false, allErrors: true }).compile(BLOCK)
const schema = schemaOf(read('blocks/chat.liquid'))

test('the block has the form that Shopify asks for', () => {
  expect(valid(schema), JSON.stringify(valid.errors)).toBe(true)
})

test.each([
  ['a target that is not there', s => (s.target = 'footer')],
  ['a type that is not there', s => (s.settings[1].type = 'switch')],
  ['a setting without a label', s => delete s.settings[1].label],
  ['a select without options', s => delete s.settings[3].options],
])('the form is not held by %s', (_, spoil) => {
  const spoiled = structuredClone(schema)
  spoil(spoiled)
  expect(valid(spoiled)).toBe(false)
})

test('it is an app embed of the body, so that it is on each page', () => {
  expect(schema.target).toBe('body')
})

test('ids are there once', () => {
  const ids = schema.settings.flatMap(s => s.id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
})

test('a range has at most 101 steps, and its default is one of them', () => {
  for (const s of schema.settings.filter(s => s.type === 'range')) {
    expect((s.max - s.min) / s.step, s.id).toBeLessThanOrEqual(100)
    expect((s.default - s.min) % s.step, s.id).toBe(0)
  }
})

test('what a select begins with is one of its options', () => {
  for (const s of schema.settings.filter(s => s.type === 'select')) expect(s.options.map(o => o.value)).toContain(s.default)
})

test('each setting is used, and no other', () => {
  const liquid = read('blocks/chat.liquid').replace(/{% schema[\s\S]*/, '') + read('snippets/tagalong-data.liquid')
  const used = new Set([...liquid.matchAll(/settings\.([a-z_]+)/g)].map(m => m[1]))
  expect([...used].sort()).toEqual(schema.settings.flatMap(s => s.id ?? []).sort())
})

const keys = (o, at = '') =>
  Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' ? keys(v, `${at}${k}.`) : [`${at}${k}`]))
const at = (o, path) => path.split('.').reduce((v, k) => v?.[k], o)

test.each(['', '.schema'])('all languages have the same texts (%s)', kind => {
  const [first, ...others] = ['en.default', 'de', 'ar'].map(l => JSON.parse(read(`locales/${l}${kind}.json`)))
  for (const other of others) expect(keys(other).sort()).toEqual(keys(first).sort())
  expect(files('locales').length).toBe(6)
})

test('each text of the settings is there and used, and the name has at most 25 characters', () => {
  const used = [...JSON.stringify(schema).matchAll(/"t:([a-z_.]+)"/g)].map(m => m[1])
  for (const language of ['en.default', 'de', 'ar']) {
    const texts = JSON.parse(read(`locales/${language}.schema.json`))
    expect(keys(texts).sort()).toEqual([...new Set(used)].sort())
    const name = at(texts, 'chat.name')
    expect(name.length).toBeLessThanOrEqual(25)
  }
})

test('there are only the folders and kinds of files that Shopify takes', () => {
  expect(files('.').filter(f => f !== 'shopify.extension.toml')).toEqual(['assets', 'blocks', 'locales', 'snippets'])
  for (const f of files('assets')) expect(f).toMatch(/\.(jpe?g|json|js|css|png|svg|wasm)$/)
  for (const f of [...files('blocks'), ...files('snippets')]) expect(f).toMatch(/\.liquid$/)
})

const size = folder => files(folder).reduce((sum, f) => sum + statSync(`${EXTENSION}${folder}/${f}`).size, 0)

test('it is small: Liquid, assets, and each script as it travels', () => {
  expect(size('blocks') + size('snippets')).toBeLessThan(100_000)
  expect(size('assets')).toBeLessThan(10_000_000)
  for (const f of files('assets').filter(f => f.endsWith('.js'))) expect(gzipSync(read(`assets/${f}`)).length, f).toBeLessThan(10_000)
})
