// Where the cursor stands: the text around it taken apart into lines, once per question. Looks only at a bounded number
// of lines for everything but the split itself.

import type { ModelQuestion } from "../types.ts";
import { type Dialect, dialectOf, languageOf } from "./dialects.ts";

export interface Scene {
  /** As the question names it, or as the text looks. */
  readonly language: string;
  readonly dialect: Dialect;
  /** Lines above that of the cursor. */
  readonly above: readonly string[];
  /** The cursor's line, up to it. */
  readonly current: string;
  /** Lines from the cursor on. */
  readonly below: readonly string[];
  readonly suffix: string;
  /** Lines of other documents. */
  readonly elsewhere: readonly string[];
  /** Index in `above` of the nearest line with text; -1 when there is none. */
  readonly anchorIndex: number;
  readonly anchor: string;
  /** One level of indentation. */
  readonly unit: string;
  /** Indentation of a new line after `anchor`. */
  readonly indent: string;
  /** First line below that has text, trimmed. */
  readonly next: string;
  /** Braces opened above that nothing below closes. */
  readonly unclosedBraces: number;
  /** The answer ends with the first line break. */
  readonly oneLine: boolean;
}

const lookedAt = 200;
const longestLine = 1_000;

export function readScene(question: ModelQuestion): Scene {
  const language = languageOf(question.language, question.prompt);
  const dialect = dialectOf(language);
  const { own: above, others } = partDocuments(question.prompt.split("\n"), dialect);
  const current = above.pop() ?? "";
  const below = question.suffix.split("\n");
  let anchorIndex = above.length - 1;
  while (anchorIndex >= 0 && above[anchorIndex]?.trim() === "") anchorIndex -= 1;
  const anchor = readable(above[anchorIndex] ?? "");
  const unit = unitOf(above.slice(-lookedAt), dialect.unit);
  return {
    language,
    dialect,
    above,
    current,
    below,
    suffix: question.suffix,
    elsewhere: [...others, ...question.context.flatMap((block) => block.split("\n"))],
    anchorIndex,
    anchor,
    unit,
    indent: indentOf(anchor) + (opensBlock(anchor, dialect) ? unit : ""),
    next: below.find((line) => line.trim() !== "")?.trim() ?? "",
    unclosedBraces: openBraces(above, current) - closingBraces(below),
    oneLine: question.stop.includes("\n"),
  };
}

/** Nothing instead of a line that no person wrote, such as minified code: reading it would take its time. */
export function readable(line: string): string {
  return line.length > longestLine ? "" : line;
}

export function indentOf(line: string): string {
  return /^[^\S\n]*/.exec(line)?.[0] ?? "";
}

export function isComment(line: string, dialect: Dialect): boolean {
  return line.trimStart().startsWith(dialect.comment);
}

/** Whether the next line stands one level deeper. */
export function opensBlock(line: string, dialect: Dialect): boolean {
  const text = line.trim();
  if (text === "" || isComment(line, dialect)) return false;
  switch (dialect.block) {
    case "colon":
      return /[:([{]$/.test(text);
    case "braces":
      return /[{([]$|=>$|\b(then|do|else)$/.test(text);
    case "end":
      return /^(def|class|module|if|unless|while|until|case|else|elsif|elseif|begin|local function|function|for)\b(?!.*\bend$)|\b(do|then)(\s*\|[^|]*\|)?$|\bfunction\s*\([^)]*\)$|[{([]$/.test(
        text,
      );
    case "markup":
      return /<[a-z][^/>]*>$/i.test(text) && !/<(br|hr|img|input|link|meta)\b[^>]*>$/i.test(text);
    case "none":
      return false;
  }
}

/** What ends a block that `opener` began. */
export function closerOf(opener: string, dialect: Dialect): string | undefined {
  const text = opener.trim();
  if (dialect.block === "braces") {
    if (/\bthen$/.test(text)) return "fi";
    if (/\bdo$/.test(text)) return "done";
    return text.endsWith("{") ? "}" : undefined;
  }
  if (dialect.block === "end") return text.endsWith("{") ? "}" : "end";
  return undefined;
}

/** Whether what `closer` ends is still open below the cursor. */
export function needsCloser(scene: Scene, closer: string): boolean {
  if (closer.startsWith("}")) return scene.unclosedBraces > 0;
  return !scene.next.startsWith(closer) && !/^(else|elsif|elseif|elif|when|until)\b/.test(scene.next);
}

/**
 * Clients put the document's path and text of other documents above its own, as comments. `own` is without them;
 * `others` is that text as it was.
 */
function partDocuments(lines: string[], dialect: Dialect): { own: string[]; others: readonly string[] } {
  let start = 0;
  const others: string[] = [];
  for (; start < lines.length - 1; start += 1) {
    const line = lines[start] ?? "";
    if (!line.startsWith(dialect.comment)) break;
    const text = line
      .slice(dialect.comment.length)
      .replace(/ ?(-->|\*\/)$/, "")
      .replace(/^ /, "");
    if (start === 0 && text.startsWith("Path: ")) continue;
    if (text.startsWith("Compare this snippet from ")) others.push("");
    else if (others.length > 0) others.push(text);
    else break;
  }
  return { own: lines.slice(start), others };
}

function unitOf(lines: readonly string[], otherwise: string): string {
  let smallest = 0;
  let lastWidth = 0;
  for (const line of lines) {
    if (line.startsWith("\t")) return "\t";
    if (line.trim() === "") continue;
    const width = indentOf(line).length;
    const step = width - lastWidth;
    if (step > 1 && (smallest === 0 || step < smallest)) smallest = step;
    lastWidth = width;
  }
  return smallest >= 2 && smallest <= 8 ? " ".repeat(smallest) : otherwise;
}

/** Blocks opened above and not closed there. Signs inside strings count as well: close enough. */
function openBraces(above: readonly string[], current: string): number {
  let open = 0;
  for (const line of [...above.slice(-lookedAt), current]) {
    for (const sign of line) {
      if (sign === "{") open += 1;
      else if (sign === "}") open = Math.max(0, open - 1);
    }
  }
  return open;
}

/** Blocks closed below that were not opened there. */
function closingBraces(below: readonly string[]): number {
  let open = 0;
  let closed = 0;
  for (const line of below.slice(0, lookedAt)) {
    for (const sign of line) {
      if (sign === "{") open += 1;
      else if (sign === "}" && open > 0) open -= 1;
      else if (sign === "}") closed += 1;
    }
  }
  return closed;
}
