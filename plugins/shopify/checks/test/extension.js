/** Where the theme app extension lies, and how its files are read. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const EXTENSION = fileURLToPath(new URL('../../extension/', import.meta.url))

export const read = name => readFileSync(EXTENSION + name, 'utf8')
export const files = folder => readdirSync(EXTENSION + folder).sort()

/** The {% schema %} of a block. */
export function schemaOf(source) {
  const found = /{%-?\s*schema\s*-?%}([\s\S]*?){%-?\s*endschema\s*-?%}/.exec(source)
  if (!found) throw new Error('the block has no schema')
  return JSON.parse(found[1])
}
