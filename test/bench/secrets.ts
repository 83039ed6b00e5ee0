// How often the secret guard takes for a secret what is none: over the sources of the installed packages, which are public
// and hold none. And how long it reads.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findSecrets } from "../../server/privacy/secrets.ts";

const sources = /\.(?:[cm]?[jt]sx?|json|md|ya?ml|py|sh)$/;

export function benchSecrets(root: string): Promise<void> {
  let files = 0;
  let touched = 0;
  let chars = 0;
  let spentMs = 0;
  const kinds = new Map<string, number>();
  for (const entry of readdirSync(join(root, "node_modules"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !sources.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    const startMs = performance.now();
    const found = findSecrets(text);
    spentMs += performance.now() - startMs;
    files += 1;
    chars += text.length;
    if (found.length > 0) touched += 1;
    for (const { name } of found) kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  console.log(`\nSecret guard over ${files} public source files`);
  console.log(`  files touched   ${touched} (${((100 * touched) / files).toFixed(3)} %; bar: 0.2 %)`);
  for (const [kind, count] of kinds) console.log(`    ${kind}: ${count}`);
  console.log(`  time            ${((1000 * spentMs) / (chars / 1024)).toFixed(1)} us per KB (bar: 10)`);
  return Promise.resolve();
}
