// How often a file that is answered with a line of its own comes out changed: files that mix tabs of eight columns with
// blanks, as GNU's C, Emacs Lisp and Vim's scripts do. They are read where Linux keeps them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fitted } from "./fitting.ts";
import { type Chance, createChance } from "./replay/chance.ts";

interface Corpus {
  readonly languageId: string;
  readonly folder: string;
  readonly name: RegExp;
}

const linesPerFile = 40;
const largestFile = 200_000;

/** `COPILOT_LSP_BENCH_EMACS` names a folder of Emacs Lisp where Emacs is not installed. */
const corpora: readonly Corpus[] = [
  { languageId: "c", folder: "/usr/include", name: /\.h$/ },
  {
    languageId: "emacs-lisp",
    folder: process.env["COPILOT_LSP_BENCH_EMACS"] ?? "/usr/share/emacs",
    name: /\.el(?:\.gz)?$/,
  },
  { languageId: "vim", folder: "/usr/share/vim", name: /\.vim$/ },
];

export function benchOwnStyle(files: number): void {
  console.log("\nOwn style: files that come out changed when one of their lines is answered");
  for (const { languageId, folder, name } of corpora) {
    if (!existsSync(folder)) {
      console.log(`  ${languageId.padEnd(12)} ${folder} is not there`);
      continue;
    }
    const chance = createChance(11);
    const texts = textsIn(folder, name, files, chance);
    const changed = texts.map((text) => changedLines(text, languageId, chance));
    const count = changed.filter((lines) => lines.length > 0).length;
    const lines = changed.flat();
    console.log(`  ${languageId.padEnd(12)} ${count} of ${texts.length} files, ${lines.length} lines`);
    for (const line of lines.slice(0, 3)) console.log(`    ${JSON.stringify(line)}`);
  }
}

function changedLines(text: string, languageId: string, chance: Chance): readonly string[] {
  const lines = text.split("\n");
  const indented = lines.flatMap((line, index) => (/^[ \t]+\S/.test(line) ? [index] : []));
  const changed: string[] = [];
  for (let sample = 0; sample < linesPerFile && indented.length > 0; sample += 1) {
    const index = indented[Math.floor(chance.next() * indented.length)] ?? 0;
    const line = (lines[index] ?? "").trimEnd();
    const before = lines.slice(0, index).join("\n") + (index === 0 ? "" : "\n");
    const after = `\n${lines.slice(index + 1).join("\n")}`;
    const item = fitted(line, { languageId, before, after, lineCount: lines.length });
    // An answer that stands below already is none, by another rule.
    if (item && item.text !== line) changed.push(`${line} → ${item.text}`);
  }
  return changed;
}

function textsIn(folder: string, name: RegExp, files: number, chance: Chance): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts: string[] = [];
  while (texts.length < files && paths.length > 0) {
    const [path = ""] = paths.splice(Math.floor(chance.next() * paths.length), 1);
    const bytes = readFileSync(path);
    const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").replaceAll("\r\n", "\n");
    if (text.length <= largestFile) texts.push(text);
  }
  return texts;
}
