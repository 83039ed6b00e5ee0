// A suggestion as an entry of the editor's menu: LSP 3.18, CompletionItem. Always plain text of kind Text with an edit of
// its own, because anything else is a snippet to some client; the rest is by the client's profile.

import type { CompletionItem } from "../../../shared/completion.ts";
import { lspCommands, type MenuItem } from "../../../shared/lsp.ts";
import type { MenuAbilities } from "../session/client.ts";
import type { InsertionPoint } from "../suggestions/insertion-point.ts";
import type { MenuProfile } from "./menu-profile.ts";
import { wordStart } from "./word-boundary.ts";

const kindText = 1;
const formatPlainText = 1;
const modeAsIs = 1;
const modeAdjustIndentation = 2;
const maxLabelCharacters = 80;
/** Before and after what servers that know the program sort by: letters, digits, and the underscore. */
const sortTexts = { first: "!", last: "~" } as const;

export function toMenuItem(
  item: CompletionItem,
  point: InsertionPoint,
  context: {
    readonly languageId: string;
    readonly menu: MenuProfile;
    readonly abilities: MenuAbilities;
    readonly position: keyof typeof sortTexts;
  },
): MenuItem {
  const { languageId, menu, abilities, position } = context;
  const { linePrefix, line } = point;
  const keptUnits = Math.max(0, linePrefix.length - item.replaceBefore);
  const start = Math.min(wordStart(linePrefix, languageId), keptUnits);
  const range = {
    start: { line, character: start },
    end: { line, character: point.endCharacter + item.replaceAfter },
  };
  const whole = linePrefix.slice(start, keptUnits) + item.text;
  const shownLine = firstWrittenLine(whole);
  const shown = cut(shownLine);
  const hasMore = shown !== whole.trim();
  const text = indented(whole, linePrefix, abilities);
  const split = menu.splitsLines ? splitLines(text, range.end, point.after.slice(item.replaceAfter)) : { first: text };
  return {
    label: hasMore && menu.marksMore ? `${shown} …` : shown,
    kind: kindText,
    sortText: sortTexts[position],
    filterText: menu.filterText === "whole" ? split.first : menu.filterText === "line" ? shownLine : shown,
    insertTextFormat: formatPlainText,
    insertTextMode: abilities.insertTextModes.includes(modeAsIs) ? modeAsIs : undefined,
    textEdit: { range, newText: split.first },
    additionalTextEdits: split.rest && [split.rest],
    ...(menu.preview === "detail"
      ? { detail: whole }
      : { detail: "Copilot", documentation: documentationOf(whole, languageId, abilities) }),
    command: { title: "Completion Accepted", command: lspCommands.didAcceptCompletionItem, arguments: [item.id] },
  };
}

function firstWrittenLine(text: string): string {
  return text.trimStart().split(/\r?\n/, 1)[0]?.trimEnd() ?? "";
}

/** By characters, so that none is cut in two. */
function cut(line: string): string {
  const characters = Array.from(line);
  return characters.length <= maxLabelCharacters ? line : characters.slice(0, maxLabelCharacters).join("").trimEnd();
}

/** A client that can only add the current line's indentation to every further line gets them without it. */
function indented(text: string, linePrefix: string, { insertTextModes }: MenuAbilities): string {
  if (insertTextModes.includes(modeAsIs) || !insertTextModes.includes(modeAdjustIndentation)) return text;
  const indentation = /^[ \t]*/.exec(linePrefix)?.[0] ?? "";
  return text.replaceAll(/(\n)([ \t]*)/g, (_all, lineEnd: string, own: string) =>
    own.startsWith(indentation) ? lineEnd + own.slice(indentation.length) : lineEnd,
  );
}

interface Split {
  readonly first: string;
  readonly rest?: NonNullable<MenuItem["additionalTextEdits"]>[number];
}

/** The further lines as an edit that begins the line below; without them where the line goes on behind the cursor. */
function splitLines(text: string, end: { readonly line: number }, after: string): Split {
  const at = text.search(/\r?\n/);
  if (at < 0) return { first: text };
  const first = text.slice(0, at);
  if (!/^(\r|\n|$)/.test(after)) return { first };
  const below = { line: end.line + 1, character: 0 };
  const further = text.slice(at).replace(/^\r?\n/, "");
  return { first, rest: { range: { start: below, end: below }, newText: `${further}\n` } };
}

function documentationOf(
  text: string,
  languageId: string,
  { showsMarkdown }: MenuAbilities,
): { readonly kind: "markdown" | "plaintext"; readonly value: string } {
  if (!showsMarkdown) return { kind: "plaintext", value: text };
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return { kind: "markdown", value: `${fence}${languageId}\n${text}\n${fence}` };
}
