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
  const edit: Edit = { range, newText: whole };
  const after = point.after.slice(item.replaceAfter);
  const { main, further } = menu.splitsLines
    ? splitLines(edit, after, abilities.insertTextModes.length === 0 ? item.replaceAfter : undefined)
    : addsIndentation(abilities)
      ? withoutIndentation(edit, /^[ \t]*/.exec(linePrefix)?.[0] ?? "", after)
      : { main: edit };
  return {
    label: hasMore && menu.marksMore ? `${shown} …` : shown,
    kind: kindText,
    sortText: sortTexts[position],
    filterText: menu.filterText === "whole" ? main.newText : menu.filterText === "line" ? shownLine : shown,
    insertTextFormat: formatPlainText,
    insertTextMode: abilities.insertTextModes.includes(modeAsIs) ? modeAsIs : undefined,
    textEdit: main,
    additionalTextEdits: further,
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

type Edit = MenuItem["textEdit"];

/** An entry's text edit, and the further lines as an edit of their own that begins the line below. */
interface Edits {
  readonly main: Edit;
  readonly further?: readonly Edit[] | undefined;
}

/** Longest text right of the cursor that is moved behind the further lines. */
const maxMovedUnits = 2_000;

/** The client adds the current line's indentation to each further line, and cannot leave that. */
function addsIndentation({ insertTextModes }: MenuAbilities): boolean {
  return insertTextModes.includes(modeAdjustIndentation) && !insertTextModes.includes(modeAsIs);
}

/**
 * For a client that adds `indentation` to each further line: the lines without it. From the first line on that is indented
 * less, they come as the edit of the line below, to which nothing is added.
 */
function withoutIndentation({ range, newText }: Edit, indentation: string, after: string): Edits {
  const lineEnd = /\r?\n/.exec(newText)?.[0] ?? "\n";
  const lines = newText.split(/\r?\n/);
  const isLess = (line: string): boolean => line.trim() !== "" && !line.startsWith(indentation);
  const less = lines.findIndex((line, index) => index > 0 && isLess(line));
  const moved = /^[^\r\n]*/.exec(after)?.[0] ?? "";
  const splits = less > 0 && moved.length <= maxMovedUnits;
  const kept = splits ? lines.slice(0, less) : lines;
  const adjusted = kept.map((line, index) => {
    if (index === 0) return line;
    return line.startsWith(indentation) ? line.slice(indentation.length) : line.trimStart();
  });
  const main = { range, newText: adjusted.join(lineEnd) };
  if (!splits) return { main };
  const end = { ...range.end, character: range.end.character + moved.length };
  const below = lines.slice(less).join(lineEnd) + moved;
  // On the last line there is no line below; clients take the position for the end of the document.
  const text = after.length > moved.length ? below + lineEnd : lineEnd + below;
  return { main: { ...main, range: { ...range, end } }, further: [beginning(range.end.line + 1, text)] };
}

/**
 * For a client that inserts the first line only. What is right of the cursor goes behind the further lines.
 * `ignoredUnits`: what the client leaves of the range right of the cursor. It applies the further edits to the text that
 * it has inserted the first line into; undefined for a client that replaces the whole range.
 */
function splitLines({ range, newText }: Edit, after: string, ignoredUnits: number | undefined): Edits {
  const lineEnd = /\r?\n/.exec(newText);
  const first = newText.slice(0, lineEnd?.index);
  const moved = lineEnd ? (/^[^\r\n]*/.exec(after)?.[0] ?? "") : "";
  if (moved.length > maxMovedUnits) return { main: { range, newText: first } };
  const end = { ...range.end, character: range.end.character + moved.length };
  const further: Edit[] = [];
  if (ignoredUnits !== undefined && ignoredUnits + moved.length > 0) {
    const start = { ...range.start, character: range.start.character + first.length };
    const gone = { start, end: { ...start, character: start.character + ignoredUnits + moved.length } };
    further.push({ range: gone, newText: "" });
  }
  if (lineEnd) {
    const below = newText.slice(lineEnd.index + lineEnd[0].length) + moved + lineEnd[0];
    further.push(beginning(range.end.line + 1, below));
  }
  return { main: { range: { ...range, end }, newText: first }, further: further.length === 0 ? undefined : further };
}

function beginning(line: number, newText: string): Edit {
  const start = { line, character: 0 };
  return { range: { start, end: start }, newText };
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
