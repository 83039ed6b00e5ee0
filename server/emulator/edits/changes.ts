// What the latest edits have begun: names that got another name, functions that got an argument, lists of fields that got
// one more. A change is a rule that can be applied to other lines.

import { callsIn, declares, parameterName } from "./calls.ts";
import { codeWords, isName } from "./code-words.ts";
import type { EditScene, Patch } from "./edit-scene.ts";

export type Change =
  /** A word that gave way to another one, or to a few. */
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  /** A function that takes one argument more, at `index`; `count` with it. */
  | {
      readonly kind: "argument";
      readonly callee: string;
      readonly index: number;
      readonly count: number;
      /** What a call says there. */
      readonly text: string;
    }
  /** A line that was added beside one that says the same of another name. */
  | { readonly kind: "field"; readonly like: string; readonly name: string };

/** Oldest first, each once. What was taken back later is none. */
export function changesIn(scene: EditScene): readonly Change[] {
  const changes: Change[] = [];
  for (const patch of scene.history) {
    for (const change of changesOf(patch, scene)) {
      const isSame = (other: Change): boolean => JSON.stringify(other) === JSON.stringify(change);
      const undone = changes.findIndex((other) => isReverse(other, change));
      if (undone >= 0) changes.splice(undone, 1);
      else if (!changes.some(isSame)) changes.push(change);
    }
  }
  return changes;
}

function isReverse(one: Change, other: Change): boolean {
  return one.kind === "rename" && other.kind === "rename" && one.from === other.to && one.to === other.from;
}

function changesOf(patch: Patch, scene: EditScene): readonly Change[] {
  const { removed, added, path } = patch;
  if (removed.length === 0) return [addedField(patch, scene)].filter((change) => change !== undefined);
  if (removed.length !== added.length) return [];
  const found = removed.map((line, index) => lineChange(line, added[index] ?? "", path));
  return found.filter((change) => change !== undefined);
}

function lineChange(before: string, after: string, path: string): Change | undefined {
  return renamed(before, after) ?? addedArgument(before, after, path);
}

/** One word that became the same other words wherever the line differs. */
function renamed(before: string, after: string): Change | undefined {
  const old = codeWords(before);
  const now = codeWords(after);
  const last = old.length - 1;
  let start = 0;
  while (start < old.length && old[start]?.text === now[start]?.text) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[last - end]?.text === now.at(-1 - end)?.text)
    end += 1;
  const gone = old.slice(start, old.length - end);
  const come = now.slice(start, now.length - end).map(({ text }) => text);
  const [first] = gone;
  if (!first?.isName || first.isInString) return undefined;
  if (gone.length === 1) {
    const to = come.join("");
    return to === "" || /[\s(),;]/.test(to) ? undefined : { kind: "rename", from: first.text, to };
  }
  // Several places of one line: they must all say the same.
  if (old.length !== now.length) return undefined;
  const to = come[0] ?? "";
  const isEach = gone.every(({ text }, index) => text === come[index] || (text === first.text && come[index] === to));
  return isEach && isName(to) ? { kind: "rename", from: first.text, to } : undefined;
}

function addedArgument(before: string, after: string, path: string): Change | undefined {
  const old = callsIn(before);
  for (const call of callsIn(after)) {
    const { callee } = call;
    const former = old.find((other) => other.callee === callee);
    if (!former || former.arguments.length + 1 !== call.arguments.length) continue;
    const texts = former.arguments.map((text) => text.trim());
    const now = call.arguments.map((text) => text.trim());
    const index = now.findIndex((text, at) => text !== texts[at]);
    if (now.toSpliced(index, 1).join() !== texts.join()) continue;
    const said = now[index] ?? "";
    const text = declares(after) ? parameterName(said, path) : said;
    if (text !== "") return { kind: "argument", callee, index, count: call.arguments.length, text };
  }
  return undefined;
}

/** A line that stands beside one which differs from it in names only, such as the next field of a class. */
function addedField({ added, path, newStart }: Patch, scene: EditScene): Change | undefined {
  const line = added.find((text) => text.trim() !== "") ?? "";
  if (path !== scene.path) return undefined;
  const near = newStart - scene.fileStart;
  const at = scene.file[near] === line ? near : scene.file.indexOf(line);
  if (at < 0) return undefined;
  for (const beside of [scene.file[at - 1], scene.file[at + 1]]) {
    const change = beside === undefined ? undefined : likeLine(beside, line);
    if (change) return change;
  }
  return undefined;
}

function likeLine(beside: string, line: string): Change | undefined {
  const [like, ...otherNames] = namesOf(beside);
  const [name, ...ownNames] = namesOf(line);
  if (like === undefined || name === undefined || like === name) return undefined;
  // The same signs around the names: a declaration beside a declaration.
  const isAlike = signsOf(beside) === signsOf(line) || otherNames.join() === ownNames.join();
  return isAlike ? { kind: "field", like, name } : undefined;
}

const modifier = /^(?:readonly|private|public|protected|static|const|let|var|final|pub|self|this|export)$/;

function namesOf(line: string): readonly string[] {
  return codeWords(line)
    .filter((word) => word.isName && !word.isInString && !modifier.test(word.text))
    .map(({ text }) => text);
}

function signsOf(line: string): string {
  return codeWords(line)
    .filter((word) => !word.isName && word.text.trim() !== "")
    .map(({ text }) => text)
    .join("");
}
