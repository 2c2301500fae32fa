// The size gate: what a browser loads before the queue is interactive (the entry, what it imports statically, and its
// styles) within 150 KB gzip; any lazy chunk within 60 KB. KB = 1000 bytes, as everywhere in this project.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const initialLimit = 150_000;
const lazyLimit = 60_000;

const gzip = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const html = readFileSync(join(dist, "index.html"), "utf8");
const initial = new Set([...html.matchAll(/(?:src|href)="\/inbox\/(assets\/[^"]+)"/g)].map((m) => m[1]));

let total = gzip(join(dist, "index.html"));
let failed = false;
for (const name of initial) total += gzip(join(dist, name));
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
console.log(`initial: ${kb(total)} gzip of ${kb(initialLimit)}`);
if (total > initialLimit) failed = true;

for (const name of readdirSync(join(dist, "assets"))) {
  if (!/\.(?:js|css)$/.test(name) || initial.has(`assets/${name}`)) continue;
  const size = gzip(join(dist, "assets", name));
  console.log(`lazy:    ${kb(size)} ${name}`);
  if (size > lazyLimit) failed = true;
}

// Preact itself can set innerHTML, but only for dangerouslySetInnerHTML, which the linter bans; so our sources are
// searched for it, and the bundle for what nothing of ours or of theirs may contain.
const inSources = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/i;
const inBundle = /\beval\(|new Function\(|document\.write\(/;
const source = join(dist, "../src");
for (const name of readdirSync(source, { recursive: true }).filter((n) => /\.tsx?$/.test(n))) {
  if (inSources.test(readFileSync(join(source, name), "utf8"))) {
    console.error(`src/${name} names something that Trusted Types refuse`);
    failed = true;
  }
}
for (const name of readdirSync(join(dist, "assets")).filter((n) => n.endsWith(".js"))) {
  if (inBundle.test(readFileSync(join(dist, "assets", name), "utf8"))) {
    console.error(`${name} contains a call that Trusted Types refuse`);
    failed = true;
  }
}
if (failed) {
  console.error("the size gate failed");
  process.exit(1);
}
