/** Every operation that the app sends, against Shopify's published schema of the version that it asks for. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { buildClientSchema, NoDeprecatedCustomRule, parse, validate } from 'graphql'
import { beforeAll, expect, test } from 'vitest'

const APP = fileURLToPath(new URL('../..', import.meta.url))
/** The app's own copy of the schema is cut; it is no operation. */
const operations = readdirSync(join(APP, 'admin')).filter(f => f.endsWith('.graphql') && f !== 'schema.graphql')

/** The version that the app's webhooks and calls have. */
const version = () => /^api_version = "(\d{4}-\d{2})"$/m.exec(readFileSync(join(APP, 'shopify.app.toml'), 'utf8'))[1]

function schemaOf(name) {
  const file = join(APP, 'checks/node_modules/@shopify/dev-mcp/dist/data', `admin_${name}.json.gz`)
  const { data: introspection, __schema } = JSON.parse(gunzipSync(readFileSync(file)))
  return buildClientSchema(introspection ?? { __schema })
}

let schema
beforeAll(() => {
  schema = schemaOf(version())
})

const problems = source => validate(schema, parse(source)).map(e => e.message)

test('there are operations', () => {
  expect(operations.length).toBeGreaterThan(0)
})

test.each(operations)('%s is valid', file => {
  expect(problems(readFileSync(join(APP, 'admin', file), 'utf8'))).toEqual([])
})

/** What is deprecated today is gone in a year. */
test.each(operations)('%s asks for nothing deprecated', file => {
  const source = parse(readFileSync(join(APP, 'admin', file), 'utf8'))
  expect(validate(schema, source, [NoDeprecatedCustomRule]).map(e => e.message)).toEqual([])
})

test('the check sees a field and an argument that are not there', () => {
  expect(problems('{ shop { nome } }')).toHaveLength(1)
  expect(problems('{ orders(first: 1, seach: "x") { nodes { id } } }')).toHaveLength(1)
})
