// What a model writes around its answer and is no part of it: fences, the current line over again, a second blank.

import { isBlank } from "../text/white-space.ts";
import type { CursorContext } from "./cursor-context.ts";
import type { Rule } from "./rule.ts";
import { scan } from "./scan.ts";

const fence = /^[ \t]*(?:```|~~~)[\w+#.-]*[ \t]*$/;

/** Fences of Markdown around or behind the answer. In a text of several lines they may be meant. */
export const stripFences: Rule = (candidate, { language, stack, lineBefore }) => {
  const { text } = candidate;
  if (language.embedsMarkdown || !(text.includes("```") || text.includes("~~~"))) return candidate;
  // In a comment or a string it may be meant, but not in the middle of a line.
  if (isBlank(lineBefore) && stack().some(({ kind }) => kind === "string" || kind === "comment")) return candidate;
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !isBlank(line));
  const inner = fence.test(lines[first] ?? "") ? lines.slice(first + 1) : lines;
  const end = inner.findIndex((line) => fence.test(line));
  const kept = (end < 0 ? inner : inner.slice(0, end)).join("\n");
  return isBlank(kept) ? undefined : kept === text ? candidate : { ...candidate, text: kept };
};

const listMark = /^(?:[-*+]|\d+\.)$/;

/** The current line up to the cursor, written again at the answer's start. Balance tells it from a call within a call. */
export const stripCurrentLine: Rule = (candidate, context) => {
  const { lineBefore } = context;
  const own = lineBefore.trim();
  if (own === "") return candidate;
  // Nothing goes on with the indentation of its own line.
  const isWhole = /^[ \t]/.test(lineBefore) && candidate.text.startsWith(lineBefore);
  const text = candidate.text.trimStart();
  if (!isWhole && !(text.startsWith(own) && isTelling(own, text, candidate.text, context))) return candidate;
  // Where the blanks at its end are repeated as well, those that follow are more of them.
  const written = lineBefore.trimStart();
  if (text.startsWith(written)) return { ...candidate, text: text.slice(written.length) };
  return { ...candidate, text: text.slice(own.length).replace(/^[ \t]+/, "") };
};

/** Whether `own` can hardly stand there twice. */
function isTelling(own: string, text: string, answer: string, context: CursorContext): boolean {
  if (listMark.test(own)) return true;
  const { language, stack, scanAnswer } = context;
  const { lineComments, blockComments } = language;
  const isCommentSign = (sign: string): boolean => sign.length > 1 && own.startsWith(sign);
  if ([...lineComments, ...blockComments.map(([open]) => open), "#!"].some(isCommentSign)) return true;
  // The start of a word, and then the word; or a whole word, which would be one word with its copy.
  if (/^\w{2}$/.test(own)) return /^\w{2}[\w \t]/.test(text);
  if (own.length < 3 || !/\w/.test(own)) return false;
  // In a text that was begun on this line it would begin another one.
  if (stack().length > context.openedAbove() && stack().some(({ kind }) => kind === "string")) return true;
  // Several words hardly come twice by chance; of one, `f(` may be meant as a call within a call.
  const isCall = !/\w\W+\w/.test(own) && scan(own, language).stack.length > 0;
  return !isCall || scanAnswer(answer).floor >= stack().length;
}

/** One blank on each side of the cursor is one too many, outside of strings; more of them align something. */
export const joinBlanks: Rule = (candidate, { stack, lineBefore }) => {
  const isDoubled = /\S $/.test(lineBefore.slice(-2)) && /^ \S/.test(candidate.text);
  return isDoubled && stack().at(-1)?.kind !== "string" ? { ...candidate, text: candidate.text.slice(1) } : candidate;
};
