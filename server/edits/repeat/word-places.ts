// The places of a text where a name still stands that gave way elsewhere, and where it is the same name by all that the layout
// tells: it stands there as the new one does where it was put, and in the same block; or what declared it has the new name.

import type { Language } from "../../../shared/languages.ts";
import { holdsWord, wordStarts } from "../memory/names.ts";
import { wordsOf } from "../memory/words.ts";
import type { LineRange } from "../window.ts";
import { declaredAt, hasBody, isMadeByAssignment, memberDeclaredAt } from "./declaration.ts";
import { bracketsBefore, isIn, madeAnewAt, type NamePlace, openerLineOf, openerOf, scopeOf } from "./scope.ts";
import type { Substitution } from "./substitution.ts";
import { type TextSpan, textSpans } from "./texts.ts";

interface WordPlace extends NamePlace {
  /** How it stands there; two places of the same name that differ in it may be two things. */
  readonly role: string;
}

export interface LeftPlaces {
  /** Where it stands as the new name does where that was put. */
  readonly alike: readonly NamePlace[];
  /**
   * Where it is left without a meaning because the one declaration of the name has the new name. None where the new name
   * stands anywhere else than in what that declaration is known in, or another declaration may be meant.
   */
  readonly dangling: readonly NamePlace[];
}

/** In order. None where the new name stands nowhere. */
export function placesLeft(lines: readonly string[], language: Language, substitution: Substitution): LeftPlaces {
  const { old, put } = placesOf(lines, language, substitution);
  if (put.length === 0) return { alike: [], dangling: [] };
  const context: NameContext = {
    lines,
    language,
    old,
    putInCode: put.filter(isCode),
    anew: madeAnew(lines, language, old),
  };
  const names = danglingNames(context);
  const members = danglingMembers(context);
  return {
    alike: plain(old, alikePlaces(context, new Set(put.map(({ role }) => role)))),
    dangling: plain(
      old,
      old.filter((place) => names.includes(place) || members.includes(place)),
    ),
  };
}

interface NameContext {
  readonly lines: readonly string[];
  readonly language: Language;
  /** Places of the old name. */
  readonly old: readonly WordPlace[];
  /** Places of the new one. */
  readonly putInCode: readonly WordPlace[];
  /** Lines in which the old name is another one than outside of them. */
  readonly anew: readonly LineRange[];
}

function alikePlaces(
  { lines, language, old, putInCode, anew }: NameContext,
  roles: ReadonlySet<string>,
): readonly WordPlace[] {
  const made = madeAnew(lines, language, putInCode);
  // Whoever gave two of the same name the same new one means the others, too.
  const isMadeTwice = made.some((one) => made.some((other) => one.end <= other.start));
  const scope = putInCode.length === 0 ? [] : [...scopeOf(lines, putInCode), ...(isMadeTwice ? anew : [])];
  const others = isMadeTwice ? [] : anew.filter((range) => !putInCode.some(({ line }) => isIn(line, range)));
  const isSame = (place: WordPlace): boolean =>
    !isCode(place) ||
    (scope.some((range) => isIn(place.line, range)) &&
      !(isBare(place) && others.some((range) => isIn(place.line, range))));
  return old.filter((place) => roles.has(place.role) && isSame(place));
}

/** By itself. */
function danglingNames({ lines, language, old, putInCode, anew }: NameContext): readonly WordPlace[] {
  const declared = putInCode.filter(mayBeMade).flatMap((place) => {
    const scope = declaredAt(lines, language, place);
    return scope ? [{ place, scope }] : [];
  });
  const [one, ...more] = declared;
  if (!one || more.length > 0 || putInCode.some(({ line }) => !isIn(line, one.scope))) return [];
  const { place: declaration, scope } = one;
  if (anew.some((range) => isIn(declaration.line, range))) return [];
  // What is assigned to may have been there before, and nothing but its uses tells.
  const isAssigned = isMadeByAssignment(language) && isAssignmentAt(lines, declaration);
  const isAbove = (place: WordPlace): boolean => isIn(place.line, scope) && place.line < declaration.line;
  if (isAssigned && old.some((place) => isCode(place) && isAbove(place))) return [];
  return old.filter(
    (place) =>
      isIn(place.line, scope) && !anew.some((range) => isIn(place.line, range)) && isUse(lines, language, place),
  );
}

/** Of a member of a class: where it is reached by `this` in the class. */
function danglingMembers({ lines, language, old, putInCode }: NameContext): readonly WordPlace[] {
  const [one, ...more] = putInCode.flatMap((place) => memberDeclaredAt(lines, language, place) ?? []);
  if (!one || more.length > 0) return [];
  const { scope, self } = one;
  const isInside = ({ line }: NamePlace): boolean => isIn(line, scope);
  const isNested = lines.slice(scope.start, scope.end).some((line) => /\bclass\b/.test(line));
  const isLeft = old.some((place) => isInside(place) && memberDeclaredAt(lines, language, place)?.isMade === false);
  if (isNested || isLeft || !putInCode.every(isInside)) return [];
  return old.filter((place) => isInside(place) && place.role === `member of ${self}`);
}

/** Without those beside which another thing of this name stays as it is: in `this.old = old` it may be meant, too. */
function plain(all: readonly WordPlace[], found: readonly WordPlace[]): readonly WordPlace[] {
  const kept = all.filter((place) => (isMember(place) || isBare(place)) && !found.includes(place));
  const isBeside = (place: WordPlace): boolean =>
    kept.some((other) => other.line === place.line && isMember(other) !== isMember(place));
  return found.filter((place) => !isCode(place) || !isBeside(place));
}

function placesOf(
  lines: readonly string[],
  language: Language,
  { from, to }: Substitution,
): { readonly old: readonly WordPlace[]; readonly put: readonly WordPlace[] } {
  const [withOld, withNew] = [linesWith(lines, from), linesWith(lines, to)];
  if (withOld.length === 0 || withNew.length === 0) return { old: [], put: [] };
  const wanted = [...new Set([...withOld, ...withNew])].sort((one, other) => one - other);
  const spans = textSpans(lines, language, wanted);
  const of = (word: string, on: readonly number[]): readonly WordPlace[] =>
    on.flatMap((line) =>
      wordStarts(lines[line] ?? "", word).map((start) => {
        const place = { line, start, end: start + word.length };
        return { ...place, role: roleOf(lines, place, spans.get(line) ?? []) };
      }),
    );
  return { old: of(from, withOld), put: of(to, withNew) };
}

/** The lines in which the name is another one, by any of these places. */
function madeAnew(lines: readonly string[], language: Language, places: readonly WordPlace[]): readonly LineRange[] {
  const isByAssignment = isMadeByAssignment(language);
  return places
    .filter(mayBeMade)
    .flatMap((place) => [madeAnewAt(lines, place, isByAssignment) ?? [], declaredAt(lines, language, place) ?? []])
    .flat();
}

/** Longer lines are made by programs, and nobody looks at them. */
const maxLineUnits = 1_000;

function linesWith(lines: readonly string[], word: string): readonly number[] {
  return lines.flatMap((line, index) => (line.length <= maxLineUnits && holdsWord(line, word) ? [index] : []));
}

function isCode({ role }: WordPlace): boolean {
  return role !== "string" && role !== "comment";
}

function isMember({ role }: WordPlace): boolean {
  return role.startsWith("member");
}

/** A name by itself. */
function isBare({ role }: WordPlace): boolean {
  return role === "name" || role === "entry";
}

/** Whether the line may make it anew: a parameter with a default looks like a named argument. */
function mayBeMade(place: WordPlace): boolean {
  return isBare(place) || place.role === "named argument";
}

/** Whether a name by itself is used here, and neither names something of an object nor stands in a text of markup or a pattern. */
function isUse(lines: readonly string[], language: Language, place: WordPlace): boolean {
  const text = lines[place.line] ?? "";
  const [before, after] = [text.slice(0, place.start), text.slice(place.end)];
  if (language.hasPatterns && (/(?<!<)[/|\\^]$/.test(before) || /^[/|\\](?!>)/.test(after))) return false;
  if (language.id.endsWith("react") && isInMarkup(before, after)) return false;
  // An attribute of a tag, and what stands between two.
  if (language.id.endsWith("react") && /(?:\w=|(?<!=)>)\{$/.test(before) && after.startsWith("}")) return true;
  const isFirst = /^\s*(?:(?:async|static|get|set|public|private|protected|readonly|abstract|override)\s+)*[*#]?$/.test(
    before,
  );
  if (!isFirst) return place.role === "name";
  const opener = lines[openerLineOf(lines, place.line) ?? -1]?.trimEnd() ?? "";
  if (/\b(?:class|interface|enum|struct|trait|object|record|protocol)\b/.test(opener)) return false;
  if (/^\s*\(/.test(after) && hasBody(after.trimStart().slice(1), true)) return false;
  if (place.role === "name") return !isAssignmentAt(lines, place) || !opener.endsWith("(");
  // An assignment in a block is no entry of an object.
  return (
    place.role === "entry" &&
    isAssignmentAt(lines, place) &&
    /(?:\)|=>|\b(?:else|try|finally|do)|\w)\s*\{$/.test(opener)
  );
}

/** Words between tags: no code of this language has a name behind `>`, or nothing but words on a line. */
function isInMarkup(before: string, after: string): boolean {
  return /(?<!=)>[^<>{}()=;]*$/.test(before) || !/[^\p{L}\p{N}\s.,!?'-]/u.test(before + after);
}

function isAssignmentAt(lines: readonly string[], { line, start, end }: NamePlace): boolean {
  const text = lines[line] ?? "";
  return text.slice(0, start).trim() === "" && /^\s*=(?![=>~])/.test(text.slice(end));
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
  const previous = before
    .replace(/\breadonly\s*$/, "")
    .trimEnd()
    .at(-1);
  if (/^=(?![=>])/.test(after) && previous !== undefined) return "named argument";
  if (before.endsWith("${") || (previous !== undefined && !"{,;".includes(previous))) return "name";
  const isInBraces = (bracketsBefore(text, start).at(-1) ?? openerOf(lines, line)) === "{";
  if (!isInBraces) return "name";
  const next = after.trimStart();
  if (/^\??:(?![:=])/.test(next)) return "key";
  return next === "" || ",}=".includes(next.charAt(0)) ? "entry" : "name";
}
