// Where the cursor stands: the text around it taken apart into lines, once per question.

import type { ModelQuestion } from "../types.ts";
import { type Syntax, syntaxOf } from "./syntax.ts";

export interface Scene {
  readonly syntax: Syntax;
  /** Lines above that of the cursor. */
  readonly above: readonly string[];
  /** The cursor's line, up to it. */
  readonly current: string;
  /** Lines from the cursor on. */
  readonly below: readonly string[];
  /** Lines of other documents, which clients put above the own text as comments. */
  readonly elsewhere: readonly string[];
  /** Index in `above` of the nearest line with text; -1 when there is none. */
  readonly anchorIndex: number;
  readonly anchor: string;
  /** One level of indentation. */
  readonly unit: string;
  /** First line below that has text, trimmed. */
  readonly next: string;
  /** Braces that are opened and not closed. */
  readonly unclosedBraces: number;
  /** The answer ends with the first line break. */
  readonly oneLine: boolean;
}

const lookedAt = 200;
const longestLine = 1_000;
const mostCharactersRead = 4_000;

export function readScene(question: ModelQuestion): Scene {
  const syntax = syntaxOf(question.language, question.prompt.slice(-mostCharactersRead));
  const above = question.prompt.split("\n");
  const current = above.pop() ?? "";
  const below = question.suffix.split("\n");
  const anchorIndex = above.findLastIndex((line) => line.trim() !== "");
  return {
    syntax,
    above,
    current,
    below,
    elsewhere: [
      ...above.filter((line) => line.startsWith(syntax.comment)).map((line) => line.slice(syntax.comment.length + 1)),
      ...question.context.flatMap((block) => block.split("\n")),
    ],
    anchorIndex,
    anchor: isReadable(above[anchorIndex] ?? "") ? (above[anchorIndex] ?? "") : "",
    unit: unitOf(above.slice(-lookedAt)) ?? syntax.unit,
    next: below.find((line) => line.trim() !== "")?.trim() ?? "",
    unclosedBraces: braces(question.prompt) + braces(question.suffix),
    oneLine: question.stop.includes("\n"),
  };
}

/** Whether a person may have written it: reading minified code would take its time. */
export function isReadable(line: string): boolean {
  return line.length <= longestLine;
}

export function indentOf(line: string): string {
  return /^[^\S\n]*/.exec(line)?.[0] ?? "";
}

/** Whether the next line stands one level deeper. */
export function opensBlock(line: string, { comment, closer }: Syntax): boolean {
  const text = line.trim();
  if (text === "" || text.startsWith(comment)) return false;
  if (/[{([]$/.test(text)) return true;
  if (closer === undefined) return text.endsWith(":");
  return (
    closer === "end" && /^(?:local\s+)?(?:def|class|module|if|unless|while|for|function)\b|\b(?:do|then)$/.test(text)
  );
}

/** What ends the block that `opener` begins. */
export function closerOf(opener: string, { closer }: Syntax): string | undefined {
  return opener.trim().endsWith("{") ? "}" : closer === "end" ? "end" : undefined;
}

/** Whether what `closer` ends is still open below the cursor. */
export function needsCloser(scene: Scene, closer: string): boolean {
  return closer.startsWith("}") ? scene.unclosedBraces > 0 : !scene.next.startsWith(closer);
}

/** The smallest step inwards from one line to the next. */
function unitOf(lines: readonly string[]): string | undefined {
  let smallest = 0;
  let lastWidth = 0;
  for (const line of lines) {
    if (line.startsWith("\t")) return "\t";
    if (line.trim() === "") continue;
    const width = indentOf(line).length;
    const step = width - lastWidth;
    if (step > 1 && step <= 8 && (smallest === 0 || step < smallest)) smallest = step;
    lastWidth = width;
  }
  return smallest === 0 ? undefined : " ".repeat(smallest);
}

/** Opened braces less closed ones. Signs inside strings count as well: close enough. */
function braces(text: string): number {
  return (text.match(/\{/g)?.length ?? 0) - (text.match(/\}/g)?.length ?? 0);
}
