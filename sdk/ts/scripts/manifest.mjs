// Writes dist/package.json: the same package with its entries at the JavaScript that tsc wrote. `npm publish dist`.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const { devDependencies: _dev, scripts: _scripts, ...published } = manifest
published.exports = Object.fromEntries(
  Object.entries(manifest.exports).map(([entry, source]) => {
    const base = source.replace('./src/', './').replace(/\.ts$/, '')
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }]
  }),
)
writeFileSync('dist/package.json', `${JSON.stringify(published, null, 2)}\n`)
copyFileSync('README.md', 'dist/README.md')
