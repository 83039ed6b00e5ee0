// How often the document is right after a suggestion was taken: real files are cut at random places, the brackets that
// an editor would have closed stand right of the cursor, and the answer is the file's own text, as models write it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { languageIdOfPath } from "../../shared/languages.ts";
import { fitted } from "./fitting.ts";
import { type Chance, createChance } from "./replay/chance.ts";

const closerOf: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
const languages: ReadonlySet<string> = new Set(["javascript", "typescript", "python"]);
const largestFile = 60_000;
const mostFiles = 400;

interface Cut {
  readonly before: string;
  /** The rest of the line as the file has it. */
  readonly rest: string;
  /** The line below it. */
  readonly next: string;
  readonly below: string;
}

/** The answers, by what a model adds to the plain one. */
const forms: ReadonlyMap<string, (cut: Cut, languageId: string) => { readonly text: string; readonly wanted: string }> =
  new Map([
    ["with the closers", ({ before, rest, below }) => ({ text: rest, wanted: before + rest + below })],
    [
      "without the closers",
      ({ before, rest, below }) => {
        const closers = closersFor(before);
        const text = rest.endsWith(closers) ? rest.slice(0, rest.length - closers.length) : rest;
        return { text, wanted: before + rest + below };
      },
    ],
    [
      "fenced",
      ({ before, rest, below }, id) => ({ text: `\`\`\`${id}\n${rest}\n\`\`\``, wanted: before + rest + below }),
    ],
    [
      "current line repeated",
      ({ before, rest, below }) => ({
        text: before.slice(before.lastIndexOf("\n") + 1) + rest,
        wanted: before + rest + below,
      }),
    ],
    ["one line more", ({ before, rest, next, below }) => ({ text: `${rest}\n${next}`, wanted: before + rest + below })],
  ]);

export function benchAcceptance(root: string, samples: number): void {
  const chance = createChance(7);
  console.log("\nAcceptance: share of places where the document is not the true file");
  for (const languageId of languages) {
    const files = sources(root, languageId);
    if (files.length === 0) continue;
    const cuts = Array.from({ length: samples }, () => cutOf(files, chance)).filter((cut) => cut !== undefined);
    for (const [name, form] of forms) {
      const wrong = cuts.filter((cut) => {
        const { text, wanted } = form(cut, languageId);
        return accepted(cut, text, languageId).trimEnd() !== wanted.trimEnd();
      });
      const share = cuts.length === 0 ? 0 : (100 * wrong.length) / cuts.length;
      console.log(`  ${languageId.padEnd(12)} ${name.padEnd(24)} ${share.toFixed(1)} % of ${cuts.length}`);
    }
  }
}

function accepted({ before, below }: Cut, text: string, languageId: string): string {
  const after = closersFor(before) + below;
  const item = fitted(text, { languageId, before, after, lineCount: 1 });
  if (!item) return before + after;
  return before.slice(0, before.length - item.replaceBefore) + item.text + after.slice(item.replaceAfter);
}

/** What an editor has put right of the cursor: what is open on the line, without a look at texts. Of a docstring nothing. */
function closersFor(before: string): string {
  const open: string[] = [];
  let quote = "";
  for (const unit of before.slice(before.lastIndexOf("\n") + 1).replaceAll('"""', "")) {
    if (quote !== "") quote = unit === quote ? "" : quote;
    else if (unit === '"' || unit === "`") quote = unit;
    else if (closerOf.has(unit)) open.push(closerOf.get(unit) ?? "");
    else if (open.at(-1) === unit) open.pop();
  }
  return quote + open.reverse().join("");
}

function cutOf(files: readonly string[], chance: Chance): Cut | undefined {
  const text = files[Math.floor(chance.next() * files.length)];
  if (text === undefined) return undefined;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const at = Math.floor(chance.next() * text.length);
    const end = text.indexOf("\n", at);
    const start = text.lastIndexOf("\n", at - 1) + 1;
    if (end < 0 || end - start > 160) continue;
    // What stands there at the end of lines nobody wants back.
    const rest = text.slice(at, end).trimEnd();
    if (rest.trim().length < 2 || text.slice(start, at).trim().length < 2) continue;
    const below = text.slice(end);
    return { before: text.slice(0, at), rest, next: below.slice(1).split("\n", 1)[0] ?? "", below };
  }
  return undefined;
}

/** Where Linux keeps Python's own modules. */
function pythonFolders(): readonly string[] {
  const lib = "/usr/lib";
  if (!existsSync(lib)) return [];
  return readdirSync(lib)
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => join(lib, name));
}

function sources(root: string, languageId: string): readonly string[] {
  const found: string[] = [];
  const folders = [join(root, "test"), join(root, "server"), join(root, "node_modules"), ...pythonFolders()];
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (found.length >= mostFiles) return found;
      if (!entry.isFile() || languageIdOfPath(entry.name) !== languageId || /\.(?:min|d)\./.test(entry.name)) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8").replaceAll("\r\n", "\n");
      if (text.length < largestFile) found.push(text);
    }
  }
  return found;
}
