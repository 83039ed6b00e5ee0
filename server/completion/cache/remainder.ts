// An answer given to one query, for another that stands further on in it.

import type { ChoiceText } from "../query.ts";
import { endOf } from "../complete.ts";
import { type Plan, type Extent, isAsWide } from "../strategy.ts";
import { leadingWhiteSpace } from "../text/white-space.ts";
import type { Anchor } from "../anchor.ts";

/**
 * What is left of `text`, an answer at `anchor`, once `typed` stands there; undefined when that is something else. The
 * indentation of lines that were empty is the person's to choose, and the rest follows it.
 */
export function remainder(text: string, typed: string, { lineHead }: Anchor): string | undefined {
  if (text.startsWith(typed)) return text.slice(typed.length);
  const typedLines = typed.split("\n");
  const lines = text.split("\n");
  const last = typedLines.length - 1;
  const agrees = typedLines.every((line, index) => {
    const other = lines[index];
    if (other === undefined || (line === "" && index === last && last > 0)) return false;
    if (index === 0 && lineHead !== "") return index === last ? other.startsWith(line) : other === line;
    const words = withoutIndentation(other);
    const own = withoutIndentation(line);
    return index === last ? own !== "" && words.startsWith(own) : words === own;
  });
  if (!agrees || (last === 0 && lineHead !== "")) return undefined;
  const own = typedLines[last] ?? "";
  const suggested = lines[last] ?? "";
  const from = leadingWhiteSpace(suggested);
  const to = leadingWhiteSpace(own);
  const rest = suggested.slice(from.length + withoutIndentation(own).length);
  const below = lines.slice(last + 1).map((line) => (line.startsWith(from) ? to + line.slice(from.length) : line));
  return [rest, ...below].join("\n");
}

function withoutIndentation(line: string): string {
  return line.slice(leadingWhiteSpace(line).length);
}

/** Whether `typed` may still turn out to be the start of a text that has come as far as `text`. */
export function mayAgree(text: string, typed: string, anchor: Anchor): boolean {
  return typed.startsWith(text) || remainder(text, typed, anchor) !== undefined || isIndentation(text, anchor);
}

/**
 * What answers of extent `made` hold for a query by `wanted`: texts, or none where they say that nothing more comes on
 * this line. Undefined: they do not tell.
 */
export function serve(
  texts: readonly ChoiceText[],
  typed: string,
  anchor: Anchor,
  made: Extent,
  wanted: Plan,
): readonly ChoiceText[] | undefined {
  if (!isAsWide(made, wanted.extent)) return undefined;
  if (texts.length === 0) return typed === "" ? [] : undefined;
  const rests = texts.map((words) => ({ ...words, text: remainder(words.text, typed, anchor) ?? "" })).filter(hasText);
  if (rests.length === 0) return undefined;
  if (isAsWide(wanted.extent, made)) return rests;
  return rests.map((rest) => cutFor(wanted, rest)).filter(hasText);
}

function cutFor(plan: Plan, words: ChoiceText): ChoiceText {
  const end = endOf(plan, words.text);
  return end === undefined ? words : { text: words.text.slice(0, end), finish: { kind: "shape" } };
}

const hasText = ({ text }: ChoiceText): boolean => text.trim() !== "";

function isIndentation(text: string, { lineHead }: Anchor): boolean {
  return lineHead === "" && text.trim() === "" && !text.includes("\n");
}
