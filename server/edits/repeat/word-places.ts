// The places of a text where a name still stands that gave way elsewhere, and where it is the same name by all that can be
// told without knowing the language: it stands there as the new one does where it was put, and in the same block.

import type { Language } from "../../../shared/languages.ts";
import { holdsWord, wordStarts } from "../memory/names.ts";
import { wordsOf } from "../memory/words.ts";
import { bracketsBefore, isIn, madeAnewAt, type NamePlace, openerOf, scopeOf } from "./scope.ts";
import type { Substitution } from "./substitution.ts";
import { type TextSpan, textSpans } from "./texts.ts";

interface WordPlace extends NamePlace {
  /** How it stands there; two places of the same name that differ in it may be two things. */
  readonly role: string;
}

/** In order. None where the new name stands nowhere. */
export function placesLeft(
  lines: readonly string[],
  language: Language,
  { from, to }: Substitution,
): readonly NamePlace[] {
  const [old, now] = [linesWith(lines, from), linesWith(lines, to)];
  if (old.length === 0 || now.length === 0) return [];
  const spans = textSpans(
    lines,
    language,
    [...new Set([...old, ...now])].sort((one, other) => one - other),
  );
  const placesOf = (word: string, of: readonly number[]): readonly WordPlace[] =>
    of.flatMap((line) =>
      wordStarts(lines[line] ?? "", word).map((start) => {
        const place = { line, start, end: start + word.length };
        return { ...place, role: roleOf(lines, place, spans.get(line) ?? []) };
      }),
    );
  const put = placesOf(to, now);
  const putInCode = put.filter(isCode);
  const scope = putInCode.length === 0 ? [] : scopeOf(lines, putInCode);
  const all = placesOf(from, old);
  const others = all
    .filter(isBare)
    .flatMap((place) => madeAnewAt(lines, place) ?? [])
    .filter((range) => !putInCode.some(({ line }) => isIn(line, range)));
  const isSame = (place: WordPlace): boolean =>
    !isCode(place) ||
    (scope.some((range) => isIn(place.line, range)) &&
      !(isBare(place) && others.some((range) => isIn(place.line, range))));
  return all.filter((place) => put.some(({ role }) => role === place.role) && isSame(place));
}

/** Longer lines are made by programs, and nobody looks at them. */
const maxLineUnits = 1_000;

function linesWith(lines: readonly string[], word: string): readonly number[] {
  return lines.flatMap((line, index) => (line.length <= maxLineUnits && holdsWord(line, word) ? [index] : []));
}

function isCode({ role }: WordPlace): boolean {
  return role !== "string" && role !== "comment";
}

/** A name by itself, that a line may make anew. */
function isBare({ role }: WordPlace): boolean {
  return role === "name" || role === "entry";
}

function roleOf(lines: readonly string[], { line, start, end }: NamePlace, spans: readonly TextSpan[]): string {
  const text = lines[line] ?? "";
  const span = spans.find((one) => start >= one.start && start < one.end);
  if (span) return span.kind;
  const before = text.slice(0, start);
  const after = text.slice(end);
  // A member of something is another thing than a member of something else.
  const member = [".", "->", "::"].find((one) => before.endsWith(one) && !before.endsWith(".."));
  if (member !== undefined) {
    const owner = wordsOf(before.slice(0, -member.length)).findLast((word) => !"?!".includes(word)) ?? "";
    return `member of ${owner}`;
  }
  if (/[@#\\%]$/.test(before)) return `behind ${before.at(-1)}`;
  if (/[\p{L}\p{N}]-$/u.test(before) || /^-\p{L}/u.test(after)) return "part of a name";
  const previous = before.trimEnd().at(-1);
  if (/^=(?![=>])/.test(after) && previous !== undefined) return "named argument";
  if (before.endsWith("${") || (previous !== undefined && previous !== "{" && previous !== ",")) return "name";
  const isInBraces = (bracketsBefore(text, start).at(-1) ?? openerOf(lines, line)) === "{";
  if (!isInBraces) return "name";
  const next = after.trimStart();
  if (/^\??:(?!:)/.test(next)) return "key";
  return next === "" || ",}=".includes(next.charAt(0)) ? "entry" : "name";
}
