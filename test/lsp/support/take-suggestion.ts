// How editors ask for suggestions and put the first one into their text, by every method.

import type { Indentation } from "../../../shared/completion.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { clientProfiles } from "../../../server/lsp/session/client-profiles.ts";
import type { LspClient } from "../../support/lsp-client.ts";

/** A text and the cursor in it. */
export interface Text {
  readonly before: string;
  readonly after: string;
}

/** The ways to ask for suggestions, and the way in which an editor takes them. */
export type Way = "inlineCompletion" | "inlineCompletion cursor" | "getCompletions" | "copilot/complete" | "menu";

/** The text after the first suggestion was taken, asked for by `way`; undefined when there is none. */
export async function textAfter(
  client: LspClient,
  asked: {
    readonly way: Way;
    readonly uri: string;
    readonly text: Text;
    readonly indentation: Indentation | undefined;
    readonly profile: string;
  },
): Promise<Text | undefined> {
  const edits = await editsBy(client, asked.way, asked.uri, asked.text, asked.indentation);
  return edits && applied(asked.text, edits, asked.profile);
}

export function positionOf({ before }: Text): LspPosition {
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

interface Edit {
  readonly range: LspRange;
  readonly newText: string;
}

/** `main` is where the cursor goes. */
interface Edits {
  readonly main: Edit;
  readonly further: readonly Edit[];
  readonly isMenu: boolean;
}

interface InlineAnswer {
  readonly items: readonly { readonly insertText: string; readonly range: LspRange }[];
}
interface LegacyAnswer {
  readonly completions: readonly { readonly text: string; readonly range: LspRange }[];
}
interface CompleteAnswer {
  readonly items: readonly { readonly text: string; readonly range: LspRange }[];
}
interface MenuAnswer {
  readonly items: readonly { readonly textEdit: Edit; readonly additionalTextEdits?: readonly Edit[] }[];
}

async function editsBy(
  client: LspClient,
  way: Way,
  uri: string,
  text: Text,
  indentation: Indentation | undefined,
): Promise<Edits | undefined> {
  const textDocument = { uri };
  const position = positionOf(text);
  const only = (range: LspRange, newText: string): Edits => ({ main: { range, newText }, further: [], isMenu: false });
  switch (way) {
    case "inlineCompletion":
    case "inlineCompletion cursor": {
      const extra = indentation ? { formattingOptions: indentation } : {};
      const [item] = (await client.inlineCompletion<InlineAnswer>(uri, position, extra).answer).items;
      return item && only(item.range, item.insertText);
    }
    case "getCompletions": {
      const doc = { uri, position, version: undefined, ...indentation };
      const [item] = (await client.request<LegacyAnswer>("getCompletions", { doc })).completions;
      return item && only(item.range, item.text);
    }
    case "copilot/complete": {
      const [item] = (await client.request<CompleteAnswer>("copilot/complete", { textDocument, position })).items;
      return item && only(item.range, item.text);
    }
    case "menu": {
      const answer = await client.request<MenuAnswer>("textDocument/completion", { textDocument, position });
      const [item] = answer.items;
      return item && { main: item.textEdit, further: item.additionalTextEdits ?? [], isMenu: true };
    }
  }
}

/** All edits are of the text as it is, as LSP says; what some editors do otherwise is theirs. */
function applied(text: Text, { main, further, isMenu }: Edits, profile: string): Text {
  const whole = text.before + text.after;
  const splitsLines = clientProfiles.find(({ name }) => name === profile)?.menu.splitsLines;
  if (isMenu && splitsLines) return appliedByNeovim(text, main, further);
  const indentation = /^[ \t]*/.exec(/[^\r\n]*$/.exec(text.before)?.[0] ?? "")?.[0] ?? "";
  // The editor cannot leave it, and adds nothing to a blank line.
  const isAdjusted = isMenu && profile === "sublime";
  const newText = isAdjusted ? main.newText.replaceAll(/(\r?\n)(?=[^\r\n])/g, `$1${indentation}`) : main.newText;
  const edits = [{ ...main, newText }, ...further].map((edit) => ({
    start: offsetOf(whole, edit.range.start),
    end: offsetOf(whole, edit.range.end),
    newText: edit.newText,
  }));
  const [{ start, end } = { start: 0, end: 0 }] = edits;
  let after = whole.slice(end);
  for (const edit of edits.slice(1)) {
    if (edit.start < end || edit.end !== edit.start) throw new Error("An additional edit overlaps the entry's own.");
    after = whole.slice(end, edit.start) + edit.newText + whole.slice(edit.start);
  }
  return { before: whole.slice(0, start) + newText, after };
}

/** Its own popup inserts the first line of the text at the start of the range, leaves what is right of the cursor, and then
 * applies the additional edits to what that gave. Line ends of edits are those of the buffer. */
function appliedByNeovim({ before, after }: Text, main: Edit, further: readonly Edit[]): Text {
  const lineEnd = (before + after).includes("\r\n") ? "\r\n" : "\n";
  const start = offsetOf(before, main.range.start);
  const [word = ""] = main.newText.split(/\r?\n/);
  let whole = before.slice(0, start) + word + after;
  const cursor = start + word.length;
  const edits = [...further].sort((one, other) => other.range.start.line - one.range.start.line);
  for (const { range, newText } of edits) {
    const lines = whole.split(/\r\n|\n/);
    const put = newText.replaceAll(/\r\n?|\n/g, lineEnd);
    if (range.start.line >= lines.length) whole = `${whole}${lineEnd}${put.replace(/\r?\n$/, "")}`;
    else whole = whole.slice(0, offsetOf(whole, range.start)) + put + whole.slice(offsetOf(whole, range.end));
  }
  return { before: whole.slice(0, cursor), after: whole.slice(cursor) };
}

/** Beyond the last line: the end. */
function offsetOf(text: string, { line, character }: LspPosition): number {
  let start = 0;
  for (let at = 0; at < line; at += 1) {
    const end = /\r\n|\r|\n/.exec(text.slice(start));
    if (!end) return text.length;
    start += end.index + end[0].length;
  }
  const rest = text.slice(start).search(/[\r\n]/);
  return start + Math.min(character, rest < 0 ? text.length - start : rest);
}
