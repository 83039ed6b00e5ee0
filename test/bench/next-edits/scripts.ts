// Refactorings of real files, those of the packages that are installed here: a name gets another one, a function an
// argument, a list of like statements one more. Chosen by chance that is the same in every run.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wordsOf } from "../../../server/edits/memory/words.ts";
import { createChance, type Chance } from "../replay/chance.ts";
import { type Refactoring, withWord } from "./refactoring.ts";

// Small files are done at once, and nobody works in generated ones.
const folders = [
  "node_modules/eventsource-parser/src",
  "node_modules/ajv-formats/src",
  "node_modules/zod/src/v4/core",
  "node_modules/zod/src/v4/classic",
  "node_modules/postcss/lib",
  "node_modules/semver/classes",
  "node_modules/semver/internal",
  "node_modules/undici/lib/dispatcher",
  "node_modules/undici/lib/core",
  "node_modules/undici/lib/handler",
  "node_modules/ajv/lib/compile",
  "node_modules/ajv/lib/vocabularies",
] as const;
const languages: Readonly<Record<string, string>> = { ts: "typescript", js: "javascript" };
const [fewestLines, mostLines] = [40, 700];
const mostPerFile = 4;
/** Lines with a name that is worth a rename by more than the fingers. */
const [fewestPlaces, mostPlaces] = [4, 15];
/** As long is a long function. */
const localLines = 40;

const keywords = new Set(
  "if else for while do switch case return break continue function class interface type enum const let var new in of null undefined true false this super import from export default async await try catch finally throw typeof instanceof void delete static get set extends implements string number boolean unknown never any require module exports length push Error Object Array String Number Map Set Promise".split(
    " ",
  ),
);

interface SourceFile {
  readonly path: string;
  readonly languageId: string;
  readonly lines: readonly string[];
}

/** At least `count` that change something elsewhere, as far as there are files, and some after which nothing has to change. */
export function scriptedRefactorings(root: string, count: number, noneCount: number): readonly Refactoring[] {
  const chance = createChance(19);
  const files = readFiles(root);
  const found: Refactoring[] = [];
  const makers = [renameLocalIn, argumentIn, fieldIn, renameIn, renameLocalIn, argumentIn, fieldIn];
  for (let round = 0; round < mostPerFile * makers.length && found.length < count; round += 1) {
    for (const [index, file] of files.entries()) {
      if (found.length >= count) break;
      const make = makers[(round + index) % makers.length] ?? renameIn;
      const next = make(file, chance);
      if (next && !found.some(({ name }) => name === next.name)) found.push(next);
    }
  }
  return [...found, ...files.flatMap((file) => literalIn(file, chance) ?? []).slice(0, noneCount)];
}

function readFiles(root: string): readonly SourceFile[] {
  return folders.flatMap((folder) => {
    let names: readonly string[] = [];
    try {
      names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).toSorted();
    } catch {
      // Another version of the package has it elsewhere.
    }
    return names.flatMap((name) => {
      const languageId = languages[/(?<!\.d)\.(ts|js)$/.exec(name)?.[1] ?? ""];
      if (languageId === undefined) return [];
      const lines = readFileSync(join(root, folder, name), "utf8")
        .replaceAll("\r\n", "\n")
        .split("\n");
      if (lines.length < fewestLines || lines.length > mostLines) return [];
      return [{ path: `${folder.replace(/^node_modules\//, "")}/${name}`, languageId, lines }];
    });
  });
}

function pick<T>(chance: Chance, from: readonly T[]): T | undefined {
  return from[Math.floor(chance.next() * from.length)];
}

/** Lines on which each name stands outside of strings and comments. */
function namesOf({ lines }: SourceFile): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    if (/^\s*(?:\/\/|\/?\*)/.test(line) || /["'`]/.test(line)) continue;
    for (const word of new Set(wordsOf(line))) {
      if (!/^[\p{L}_$][\p{L}\p{N}_$]{2,}$/u.test(word) || keywords.has(word)) continue;
      places.set(word, [...(places.get(word) ?? []), index]);
    }
  }
  return places;
}

const renameIn = (file: SourceFile, chance: Chance) => renamed(file, chance, mostLines);
const renameLocalIn = (file: SourceFile, chance: Chance) => renamed(file, chance, localLines);

/** A name that stands on some lines, not further apart, and nowhere in a string or comment. */
function renamed(file: SourceFile, chance: Chance, within: number): Refactoring | undefined {
  const { lines } = file;
  const names = [...namesOf(file)].filter(([name, places]) => {
    if ((places.at(-1) ?? 0) - (places[0] ?? 0) > within) return false;
    const all = lines.filter((line) => wordsOf(line).includes(name)).length;
    return places.length >= fewestPlaces && places.length <= mostPlaces && all === places.length;
  });
  const [from = "", places = []] = pick(chance, names) ?? [];
  const [firstLine] = places;
  if (firstLine === undefined) return undefined;
  const to =
    pick(chance, [`next${from[0]?.toUpperCase()}${from.slice(1)}`, `${from}Value`, `plain_${from}`, "renamedThing"]) ??
    from;
  const after = lines.map((line) => withWord(line, from, to));
  return { ...of(file), name: `rename ${from} in ${file.path}`, kind: "rename", after, firstLine, newWord: to };
}

const declaration = /^\s*(?:export\s+)?(?:async\s+)?function\s+([\p{L}_$][\p{L}\p{N}_$]*)\s*\(([^()]*)\)/u;

/** A function that is called on two lines at least, with its arguments on one line. */
function argumentIn(file: SourceFile, chance: Chance): Refactoring | undefined {
  const { lines } = file;
  const functions = lines.flatMap((line, index) => {
    const name = declaration.exec(line)?.[1];
    if (name === undefined) return [];
    const calls = lines.flatMap((other, at) => (at !== index && callOf(other, name) ? [at] : []));
    return calls.length >= 2 && calls.length <= 10 ? [{ name, index, calls }] : [];
  });
  const found = pick(chance, functions);
  if (!found) return undefined;
  const { name, index, calls } = found;
  const newWord = "callOptions";
  const after = lines.map((line, at) => {
    if (at === index) {
      const list = declaration.exec(line)?.[2] ?? "";
      const type = file.languageId === "typescript" ? ": CallOptions" : "";
      return line.replace(
        `(${list})`,
        () => `(${list.trim() === "" ? "" : `${list.replace(/,\s*$/, "")}, `}${newWord}${type})`,
      );
    }
    if (!calls.includes(at)) return line;
    const { start, end } = callOf(line, name) ?? { start: 0, end: 0 };
    const list = line.slice(start, end);
    return `${line.slice(0, start)}${list.trim() === "" ? "" : `${list}, `}${newWord}${line.slice(end)}`;
  });
  return {
    ...of(file),
    name: `argument of ${name} in ${file.path}`,
    kind: "argument",
    after,
    firstLine: index,
    newWord,
  };
}

/** The place of a call's arguments, where the call is alone on its line. */
function callOf(line: string, name: string): { readonly start: number; readonly end: number } | undefined {
  if (/^\s*(?:\/\/|\*)|function/.test(line)) return undefined;
  const words = wordsOf(line);
  if (words.filter((word) => word === name).length !== 1) return undefined;
  const at = words.slice(0, words.indexOf(name)).join("").length + name.length;
  if (line[at] !== "(") return undefined;
  let depth = 0;
  for (let end = at; end < line.length; end += 1) {
    if (line[end] === "(") depth += 1;
    if (line[end] === ")") depth -= 1;
    if (depth === 0) return { start: at + 1, end };
  }
  return undefined;
}

const statement =
  /^\s*(?:(?:this|self|[\p{L}_$][\p{L}\p{N}_$]*)\.)?([\p{L}_$][\p{L}\p{N}_$]*)\s*[?]?\s*[=:]\s*[^{(]*[,;]$/u;

/** A field that two lines at least are about, each a statement or an entry of its own: it gets a neighbour. */
function fieldIn(file: SourceFile, chance: Chance): Refactoring | undefined {
  const { lines } = file;
  const fields = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const name = statement.exec(line)?.[1];
    if (name !== undefined && !keywords.has(name)) fields.set(name, [...(fields.get(name) ?? []), index]);
  }
  const usable = [...fields].filter(([, places]) => places.length >= 2 && places.length <= 6);
  const [name = "", places = []] = pick(chance, usable) ?? [];
  const [firstLine] = places;
  if (firstLine === undefined) return undefined;
  const newWord = `${name}Limit`;
  const after = lines.flatMap((line, at) => (places.includes(at) ? [line, withWord(line, name, newWord)] : [line]));
  return { ...of(file), name: `field ${newWord} in ${file.path}`, kind: "field", after, firstLine, newWord };
}

/** A number that becomes another one. */
function literalIn(file: SourceFile, chance: Chance): Refactoring | undefined {
  const places = file.lines.flatMap((line, index) => (/=\s*\d+\b/.test(line) ? [index] : []));
  const firstLine = pick(chance, places);
  if (firstLine === undefined) return undefined;
  const after = file.lines.map((line, at) => (at === firstLine ? line.replace(/(=\s*)\d+\b/, "$14711") : line));
  return { ...of(file), name: `number in ${file.path}`, kind: "none", after, firstLine, newWord: undefined };
}

function of({ path, languageId, lines }: SourceFile): Pick<Refactoring, "path" | "languageId" | "before"> {
  return { path, languageId, before: lines };
}
