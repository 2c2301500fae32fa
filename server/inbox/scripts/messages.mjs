// Compiles locales/*.json (ICU messages) to src/i18n/compiled/*.json with the formatjs compiler, so that the
// browser gets a syntax tree and no parser. A message that is plain text stays a plain string.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "locales");
const target = join(root, "src/i18n/compiled");
mkdirSync(target, { recursive: true });

for (const file of readdirSync(source).filter((name) => name.endsWith(".json"))) {
  const out = join(target, file);
  const cli = join(root, "node_modules/.bin/formatjs");
  execFileSync(cli, ["compile", join(source, file), "--ast", "--format", "simple", "--out-file", out], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const messages = JSON.parse(readFileSync(out, "utf8"));
  for (const [key, tree] of Object.entries(messages)) {
    if (tree.length === 1 && tree[0].type === 0) messages[key] = tree[0].value;
  }
  writeFileSync(out, JSON.stringify(messages));
}
