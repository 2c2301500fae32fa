/** Shopify's own theme check, on the extension and on copies with a fault, so that it is known to look. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import themeCheck from '@shopify/theme-check-node'
import { afterAll, expect, test } from 'vitest'
import { EXTENSION } from './extension.js'

const made = []
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true })
})

async function offenses(change = () => {}) {
  const dir = mkdtempSync(join(tmpdir(), 'theme-'))
  made.push(dir)
  cpSync(EXTENSION, dir, { recursive: true })
  change(dir)
  writeFileSync(join(dir, '.theme-check.yml'), 'extends: theme-check:theme-app-extension\n')
  return (await themeCheck.check(dir)).map(o => `${o.check}: ${o.message}`)
}

const edit = (file, from, to) => dir => {
  const before = readFileSync(join(dir, file), 'utf8')
  expect(before).toContain(from)
  writeFileSync(join(dir, file), before.replace(from, to))
}

test('the theme check finds nothing', async () => {
  expect(await offenses()).toEqual([])
})

test.each([
  ['an asset that is not there', edit('blocks/chat.liquid', '"tagalong-chat.js"', '"other.js"'), 'other.js'],
  ['a snippet that is not there', edit('blocks/chat.liquid', "'tagalong-data'", "'other'"), 'other'],
  ['a text that is not there', edit('blocks/chat.liquid', 'chat.not_connected', 'chat.nothing'), 'chat.nothing'],
  ['a language that lacks a text', edit('locales/de.json', 'not_connected', 'not_there'), 'not_connected'],
  ['a filter that is not there', edit('snippets/tagalong-data.liquid', 'loader | json', 'loader | jason'), 'jason'],
  ['a tag that blocks may not have', edit('blocks/chat.liquid', '{% schema %}', "{% layout 'x' %}{% schema %}"), 'layout'],
  ['a script that stops the page', edit('blocks/chat.liquid', '{% schema %}', '<script src="x.js"></script>{% schema %}'), 'script'],
])('the theme check finds %s', async (_, change, named) => {
  expect((await offenses(change)).join('\n')).toContain(named)
})
