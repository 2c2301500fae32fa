// Puts a .br and a .gz beside every compressible file of dist, so that the server never compresses at run time,
// and removes what an earlier build left behind.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const compressible = /\.(?:html|js|css|svg|json|webmanifest|txt)$/;

const newest = statSync(join(dist, "index.html")).mtimeMs;
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  const info = statSync(path);
  if (!info.isFile() || name === ".keep") continue;
  // The build writes all its files within moments; anything a minute older is of another build.
  if (/\.(?:br|gz)$/.test(name) || (name.startsWith("assets/") && info.mtimeMs < newest - 60_000)) {
    rmSync(path);
    continue;
  }
  if (!compressible.test(name)) continue;
  const body = readFileSync(path);
  const br = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gz = gzipSync(body, { level: 9 });
  if (br.length < body.length) writeFileSync(`${path}.br`, br);
  if (gz.length < body.length) writeFileSync(`${path}.gz`, gz);
}
