// What is typed: stretches of real source files from the packages that are installed here, in several languages.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Stretch {
  readonly name: string;
  readonly languageId: string;
  /** The document before the typing begins, around the cursor. */
  readonly head: string;
  /** What is typed, whole lines. */
  readonly body: string;
  readonly tail: string;
}

// Among the development dependencies for these files alone: eventsource-parser.
const files = [
  ["typescript", "node_modules/eventsource-parser/src/parse.ts"],
  ["typescript", "node_modules/ajv-formats/src/limit.ts"],
  ["typescript", "node_modules/zod/src/v4/core/registries.ts"],
  ["javascript", "node_modules/postcss/lib/container.js"],
  ["javascript", "node_modules/semver/classes/range.js"],
  ["javascript", "node_modules/undici/lib/dispatcher/pool-base.js"],
  ["python", "/usr/lib/python3/dist-packages/apt/cache.py"],
  ["python", "/usr/lib/python3.13/textwrap.py"],
  ["python", "/usr/lib/python3.12/textwrap.py"],
  ["python", "/usr/lib/python3.11/textwrap.py"],
  ["shellscript", "/usr/bin/ldd"],
  ["json", "node_modules/undici/package.json"],
] as const;
const maxPerLanguage = 3;

/** `lines`: how many of each file; from a third into it, so that there is something before and after. */
export function readCorpus(root: string, lines: number): readonly Stretch[] {
  const taken = new Map<string, number>();
  const stretches: Stretch[] = [];
  for (const [languageId, name] of files) {
    const path = name.startsWith("/") ? name : join(root, name);
    const count = taken.get(languageId) ?? 0;
    if (!existsSync(path) || count >= maxPerLanguage) continue;
    taken.set(languageId, count + 1);
    const all = readFileSync(path, "utf8").replaceAll("\r\n", "\n").split("\n");
    const first = Math.min(Math.floor(all.length / 3), Math.max(0, all.length - lines));
    const end = Math.min(all.length, first + lines);
    stretches.push({
      name: name.replace(/^.*node_modules\//, ""),
      languageId,
      head: all.slice(0, first).map(withBreak).join(""),
      body: all.slice(first, end).map(withBreak).join(""),
      tail: all.slice(end).join("\n"),
    });
  }
  return stretches;
}

const withBreak = (line: string): string => `${line}\n`;
