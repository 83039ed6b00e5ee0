// What has to be done for an editor, and the changes of its files: the text as it is and as it will be. Making the same
// change twice gives the same text, and the line ends of a person stay what they are.

import {
  applyEdits,
  type JSONPath,
  modify,
  type ParseError,
  parse,
  printParseErrorCode,
  stripComments,
} from "jsonc-parser";
import { CopilotError } from "../../../shared/errors.ts";
import { isJsonObject, type Json } from "../../runtime/json.ts";
import type { Machine } from "./machine.ts";

export type Change =
  | {
      readonly kind: "write";
      readonly path: string;
      readonly text: string;
      /** The lines that are new, as the person is asked about them. */
      readonly added: string;
      /** Makes the file; adds to it; or puts these lines in the place of others that are there for copilot-lsp. */
      readonly how: "create" | "add" | "replace";
    }
  | { readonly kind: "done"; readonly path: string }
  /** The person wrote it there themselves; it is left alone. */
  | { readonly kind: "by-hand"; readonly path: string }
  /** The person has something else at that place, which is left alone; these lines would do instead. */
  | { readonly kind: "taken"; readonly path: string; readonly place: string; readonly lines: string };

export interface Plan {
  readonly changes: readonly Change[];
  /** What to do in the editor then, and what could not be done here; a sentence each. */
  readonly next: readonly string[];
  /** What the editor has to install itself; rejects with `bad-request`. */
  readonly install?: { readonly what: string; run(): Promise<void> };
}

const mention = /copilot[-_]lsp/;

/** A file of our own, in a folder whose files the editor loads. `others`: files where a person may have put it by hand. */
export async function ownFile(
  machine: Machine,
  path: string,
  text: string,
  others: readonly string[],
  byHand = mention,
): Promise<Change> {
  const before = await machine.read(path);
  if (before?.replaceAll("\r\n", "\n") === text) return { kind: "done", path };
  const own = before === undefined ? await mentionIn(machine, others, byHand) : undefined;
  return own ?? { kind: "write", path, text, added: text, how: before === undefined ? "create" : "replace" };
}

/** The first of these files in which a person may have put it by hand. */
export async function mentionIn(
  machine: Machine,
  files: readonly string[],
  pattern = mention,
): Promise<Change | undefined> {
  for (const file of files) {
    // What cannot be read is not written either.
    const text = await machine.read(file).catch(() => undefined);
    if (pattern.test(text ?? "")) return { kind: "by-hand", path: file };
  }
  return undefined;
}

/** Lines at the end of a person's file, between two comments that tell them from the rest. */
export async function block(machine: Machine, path: string, comment: string, text: string): Promise<Change> {
  const before = await machine.read(path);
  const lineEnd = lineEndOf(before ?? "");
  const added = `${comment} begin copilot-lsp\n${text.trimEnd()}\n${comment} end copilot-lsp\n`;
  const { head, tail, isThere } = aroundBlock(before ?? "", comment);
  if (mention.test(head + tail)) return byHand(path);
  const gap = head === "" || /\n\r?\n$/.test(head) ? "" : head.endsWith("\n") ? lineEnd : lineEnd + lineEnd;
  const after = head + gap + added.replaceAll("\n", lineEnd) + tail;
  if (after === before) return { kind: "done", path };
  return {
    kind: "write",
    path,
    text: after,
    added,
    how: before === undefined ? "create" : isThere ? "replace" : "add",
  };
}

/** The text without the block that an earlier run put there. */
export function aroundBlock(
  text: string,
  comment: string,
): { readonly head: string; readonly tail: string; readonly isThere: boolean } {
  const lines = text.split("\n");
  const find = (line: string, from: number): number =>
    lines.findIndex((found, at) => at >= from && found.trimEnd() === line);
  const begin = find(`${comment} begin copilot-lsp`, 0);
  const end = begin < 0 ? -1 : find(`${comment} end copilot-lsp`, begin);
  if (end < 0) return { head: text, tail: "", isThere: false };
  const head = lines.slice(0, begin).map((line) => `${line}\n`);
  return { head: head.join(""), tail: lines.slice(end + 1).join("\n"), isThere: true };
}

/**
 * Members of an object in a file of JSON with comments; what else stands there stays as it is. `sample` is a file that has
 * nothing else. Throws `bad-request` for a file that has other things than objects on the way there.
 */
export async function jsonMembers(
  machine: Machine,
  path: string,
  parents: readonly string[],
  members: Readonly<Record<string, unknown>>,
  sample: string,
): Promise<Change> {
  const before = await machine.read(path);
  if (before === undefined) return { kind: "write", path, text: sample, added: sample, how: "create" };
  if (stripComments(before).trim() === "") {
    const gap = before === "" || before.endsWith("\n") ? "" : lineEndOf(before);
    return { kind: "write", path, text: before + gap + sample, added: sample, how: "add" };
  }
  const objects = objectsAlong(parseJson(before, path), parents, path);
  const there = objects[parents.length] ?? {};
  const isSame = (key: string): boolean => JSON.stringify(there[key]) === JSON.stringify(members[key]);
  const missing = Object.keys(members).filter((key) => !isSame(key));
  const other = missing.find((key) => there[key] !== undefined);
  if (other !== undefined) {
    const isOurs = mention.test(JSON.stringify({ [other]: there[other] }));
    return isOurs ? byHand(path) : { kind: "taken", path, place: [...parents, other].join("."), lines: sample };
  }
  if (missing.length === 0) return { kind: "done", path };
  const formattingOptions = { insertSpaces: !/^\t/m.test(before), tabSize: 2, eol: lineEndOf(before) };
  const after = missing.reduce((text, key) => {
    const place: JSONPath = [...parents, key];
    return applyEdits(text, modify(text, place, members[key], { formattingOptions }));
  }, before);
  return { kind: "write", path, text: after, added: changedLines(before, after), how: "add" };
}

/** The object at the top and those inside it by these keys, as far as they are there. */
function objectsAlong(top: unknown, keys: readonly string[], path: string): readonly Json[] {
  const objects: Json[] = [];
  let node = top;
  for (const [depth, key] of [...keys, ""].entries()) {
    if (node === undefined) break;
    if (!isJsonObject(node)) {
      const where = depth === 0 ? "" : ` at ${keys.slice(0, depth).join(".")}`;
      throw new CopilotError("bad-request", `${path} holds no object${where}: it is left as it is.`);
    }
    objects.push(node);
    node = node[key];
  }
  return objects;
}

/** Throws `bad-request` for text with a fault: an edit of what is not understood breaks it. */
function parseJson(text: string, path: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const line = text.slice(0, first.offset).split("\n").length;
  const what = printParseErrorCode(first.error);
  throw new CopilotError("bad-request", `${path} is not JSON, line ${line} (${what}): mend it, and run this again.`);
}

/** The lines of the second text between those that both begin and end with. */
function changedLines(before: string, after: string): string {
  const [old, lines] = [before.split("\n"), after.split("\n")];
  const from = lines.findIndex((line, at) => line !== old[at]);
  let end = lines.length;
  while (end > from && lines[end - 1] === old[old.length - 1 - (lines.length - end)]) end -= 1;
  return lines.slice(from, end).join("\n");
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function byHand(path: string): Change {
  return { kind: "by-hand", path };
}
