// Writes dist/package.json: the same package with its entries at the JavaScript that tsc wrote. `npm pack ./dist`, `npm publish ./dist`.
// Another folder than dist may be named.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const dist = process.argv[2] ?? 'dist'
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const { devDependencies: _dev, scripts: _scripts, private: _private, ...published } = manifest
published.exports = Object.fromEntries(
  Object.entries(manifest.exports).map(([entry, source]) => {
    const base = source.replace('./src/', './').replace(/\.ts$/, '')
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }]
  }),
)
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
for (const file of ['README.md', 'CHANGELOG.md', '../../LICENSE'])
  copyFileSync(file, join(dist, file.replace('../../', '')))
