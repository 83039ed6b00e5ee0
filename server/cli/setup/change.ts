// A change of one file of an editor's configuration: the text as it is and as it will be. Making the same change twice
// gives the same text.

import { applyEdits, type JSONPath, modify, parse } from "jsonc-parser";
import type { Machine } from "./machine.ts";

export type Change =
  | {
      readonly kind: "write";
      readonly path: string;
      readonly text: string;
      /** The lines that are new, as the person is asked about them. */
      readonly added: string;
      /** Whether there is a file already. */
      readonly isThere: boolean;
    }
  | { readonly kind: "done"; readonly path: string }
  /** The person wrote it there themselves; it is left alone. */
  | { readonly kind: "by-hand"; readonly path: string };

const mention = /copilot[-_]lsp/;

/** A file of our own, in a folder whose files the editor loads. `others`: files where a person may have put it by hand. */
export async function ownFile(
  machine: Machine,
  path: string,
  text: string,
  others: readonly string[],
): Promise<Change> {
  const before = await machine.read(path);
  if (before === text) return { kind: "done", path };
  if (before === undefined) {
    for (const other of others) if (mention.test((await machine.read(other)) ?? "")) return byHand(other);
  }
  return { kind: "write", path, text, added: text, isThere: before !== undefined };
}

/** Lines at the end of a person's file, between two comments that tell them from the rest. */
export async function block(machine: Machine, path: string, comment: string, text: string): Promise<Change> {
  const before = await machine.read(path);
  const begin = `${comment} begin copilot-lsp`;
  const end = `${comment} end copilot-lsp`;
  const added = `${begin}\n${text.trimEnd()}\n${end}\n`;
  const { head, tail } = aroundBlock(before ?? "", begin, end);
  if (mention.test(head + tail)) return byHand(path);
  const gap = head === "" || head.endsWith("\n\n") ? "" : head.endsWith("\n") ? "\n" : "\n\n";
  const after = `${head}${gap}${added}${tail}`;
  return after === before
    ? { kind: "done", path }
    : { kind: "write", path, text: after, added, isThere: before !== undefined };
}

/** The text without the block that an earlier run put there. */
export function aroundBlock(
  text: string,
  begin: string,
  end: string,
): { readonly head: string; readonly tail: string } {
  const from = text.indexOf(`${begin}\n`);
  const to = text.indexOf(`\n${end}\n`, from);
  return from < 0 || to < 0
    ? { head: text, tail: "" }
    : { head: text.slice(0, from), tail: text.slice(to + end.length + 2) };
}

/** A value in a file of JSON with comments; what else stands there stays as it is. */
export async function jsonValue(
  machine: Machine,
  path: string,
  keys: JSONPath,
  value: unknown,
  sample: string,
): Promise<Change> {
  const before = await machine.read(path);
  if (before === undefined || before.trim() === "") {
    return { kind: "write", path, text: sample, added: sample, isThere: before !== undefined };
  }
  const found = keys.reduce<unknown>((node, key) => member(node, key), parse(before, [], { allowTrailingComma: true }));
  if (found !== undefined)
    return JSON.stringify(found) === JSON.stringify(value) ? { kind: "done", path } : byHand(path);
  const formattingOptions = { insertSpaces: !/^\t/m.test(before), tabSize: 2, eol: "\n" };
  const edits = modify(before, keys, value, { formattingOptions });
  const added = edits.map(({ content }) => content.replace(/^,?\s*\n/, "").trimEnd()).join("\n");
  return { kind: "write", path, text: applyEdits(before, edits), added: `${added}\n`, isThere: true };
}

function member(node: unknown, key: string | number): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  return Object.entries(node).find(([name]) => name === String(key))?.[1];
}

function byHand(path: string): Change {
  return { kind: "by-hand", path };
}
