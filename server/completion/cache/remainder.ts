// An answer given to one question, for another that stands further on in it.

import type { Words } from "../query.ts";
import { endOf } from "../complete.ts";
import { type Plan, type Reach, isAsWide } from "../strategy.ts";
import { leadingWhiteSpace } from "../text/white-space.ts";
import type { Origin } from "../anchor.ts";

/**
 * What is left of `text`, an answer at `origin`, once `typed` stands there; undefined when that is something else. On a
 * line that was empty the indentation is the person's to choose.
 */
export function remainder(text: string, typed: string, { lineHead }: Origin): string | undefined {
  if (text.startsWith(typed)) return text.slice(typed.length);
  if (lineHead !== "") return undefined;
  const ownWords = typed.slice(leadingWhiteSpace(typed).length);
  const words = text.slice(leadingWhiteSpace(text).length);
  return ownWords !== "" && words.startsWith(ownWords) ? words.slice(ownWords.length) : undefined;
}

/** Whether `typed` may still turn out to be the start of a text that has come as far as `text`. */
export function mayAgree(text: string, typed: string, origin: Origin): boolean {
  return typed.startsWith(text) || remainder(text, typed, origin) !== undefined || isIndentation(text, origin);
}

/**
 * What answers of reach `made` hold for a question by `wanted`: texts, or none where they say that nothing more comes on
 * this line. Undefined: they do not tell.
 */
export function serve(
  texts: readonly Words[],
  typed: string,
  origin: Origin,
  made: Reach,
  wanted: Plan,
): readonly Words[] | undefined {
  if (!isAsWide(made, wanted.reach)) return undefined;
  if (texts.length === 0) return typed === "" ? [] : undefined;
  const rests = texts.map((words) => ({ ...words, text: remainder(words.text, typed, origin) ?? "" })).filter(hasText);
  if (rests.length === 0) return undefined;
  if (isAsWide(wanted.reach, made)) return rests;
  const cut = rests.map((rest) => cutFor(wanted, rest)).filter(hasText);
  return cut.length > 0 || wanted.reach === "line" ? cut : undefined;
}

function cutFor(plan: Plan, words: Words): Words {
  const end = endOf(plan, words.text);
  return end === undefined ? words : { text: words.text.slice(0, end), finish: { kind: "shape" } };
}

const hasText = ({ text }: Words): boolean => text.trim() !== "";

function isIndentation(text: string, { lineHead }: Origin): boolean {
  return lineHead === "" && text.trim() === "" && !text.includes("\n");
}
