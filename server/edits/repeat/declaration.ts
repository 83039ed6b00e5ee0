// Where a name is plainly declared, by what stands around it on its line, in the languages whose words are known here.
// Whoever renames one there leaves all its uses without a meaning. Where it is not plain, nothing is taken for a declaration.

import type { Language } from "../../../shared/languages.ts";
import type { LineRange } from "../window.ts";
import {
  blockAround,
  bodyOf,
  bracketsBefore,
  headOf,
  indentOf,
  type NamePlace,
  openerLineOf,
  wordsIn,
} from "./scope.ts";

interface Syntax {
  /** Words that names are bound behind, several at times: `let a, b`. */
  readonly binds?: ReadonlySet<string>;
  /** Words that one name follows. */
  readonly names: ReadonlySet<string>;
  /** A type in front of a name declares it. */
  readonly isTypeFirst?: boolean;
  /** `(a, b) =>` and `method(a, b) {` have parameters. */
  readonly hasBareParameters?: boolean;
  /** The first assignment declares. */
  readonly isAssigned?: boolean;
  /** What a class's own members are reached by inside of it, and by nothing else where `areMembersApart`. */
  readonly self?: "this" | "self";
  /** A member of a class is no name by itself in it. */
  readonly areMembersApart?: boolean;
}

const script: Syntax = {
  binds: wordsIn("const let var using import"),
  names: wordsIn("function class interface type enum namespace"),
  hasBareParameters: true,
  self: "this",
  areMembersApart: true,
};
const typeFirst: Syntax = {
  binds: wordsIn("auto var val final"),
  names: wordsIn("class struct interface enum namespace record"),
  isTypeFirst: true,
  self: "this",
};
/** By the family of the language. */
const syntaxes: ReadonlyMap<string, Syntax> = new Map([
  ["javascript", script],
  ["typescript", script],
  [
    "python",
    {
      binds: wordsIn("import for"),
      names: wordsIn("def class as"),
      isAssigned: true,
      self: "self",
      areMembersApart: true,
    },
  ],
  ["ruby", { names: wordsIn("def class module"), isAssigned: true }],
  ["php", { names: wordsIn("function class interface trait"), isAssigned: true, areMembersApart: true }],
  ["go", { binds: wordsIn("var const"), names: wordsIn("func type") }],
  [
    "rust",
    { binds: wordsIn("let static const for"), names: wordsIn("fn struct enum trait type mod"), areMembersApart: true },
  ],
  ["lua", { binds: wordsIn("local"), names: wordsIn("function") }],
  ["swift", { binds: wordsIn("let var for"), names: wordsIn("func class struct enum protocol typealias") }],
  ["kotlin", { binds: wordsIn("val var for"), names: wordsIn("fun class interface object typealias") }],
  ["scala", { binds: wordsIn("val var"), names: wordsIn("def class trait object type") }],
  ["cpp", typeFirst],
  ["java", typeFirst],
  ["csharp", typeFirst],
  ["dart", typeFirst],
]);

/** Of `names`, those that a list of parameters follows. */
const functions = wordsIn("function def fn func fun");
const controls = wordsIn("if elif while switch match for guard catch with except");
/** Words that may stand in front of a parameter or a field. */
const modifiers = wordsIn(
  "readonly private public protected override mut final const var val static declare abstract accessor async get set def fn pub function *",
);
/** What may stand in front of a name that is bound: `import type A`, `let mut a`, `import a as b`. */
const prefixes = wordsIn("as type mut ref");
/** What is no type, although a name may follow it. */
const noTypes = wordsIn(
  "return else new delete throw case goto await yield typeof sizeof in is as instanceof package using import operator not and or do extends implements default assert",
);

/** The lines in which the name by itself is the one that is declared at `place`; undefined where that is not plain. */
export function declaredAt(lines: readonly string[], language: Language, place: NamePlace): LineRange | undefined {
  const syntax = syntaxes.get(language.family);
  if (!syntax || (syntax.areMembersApart && isOfClass(lines, place, syntax))) return undefined;
  const text = lines[place.line] ?? "";
  const all = tokensOf(text.slice(0, place.start));
  const before = all.slice(all.lastIndexOf(";") + 1);
  const after = text.slice(place.end).trimStart();
  const block = (): LineRange => blockAround(lines, place.line, place.line);
  const body = (): LineRange => bodyOf(lines, place.line);

  const isOfBody = bracketsBefore(text, place.start).includes("(") || before.some((word) => controls.has(word));
  const isNamed =
    isBound(before, after, syntax) ||
    (syntax.names.has(before.at(-1) ?? "") && isNameOf(before, after, syntax)) ||
    (language.family === "go" && after.startsWith(":="));
  if (isNamed) return isOfBody ? body() : block();
  if (isParameter(before, after, syntax)) return body();
  const above = openerLineOf(lines, place.line);
  const opener = lines[above ?? -1]?.trimEnd() ?? "";
  if (above !== undefined && isOfList(text, opener, after, syntax)) return blockAround(lines, above, above);
  const isFirst = all.every((word) => modifiers.has(word));
  if (above !== undefined && syntax.hasBareParameters && isFirst && isOfParameters(lines, place.line, above, after)) {
    return bodyOf(lines, above);
  }
  // A parameter with its type, on a line of its own.
  if (syntax.hasBareParameters && isFirst && opener.endsWith("(") && /^\??:(?!:)/.test(after)) return block();
  const isWithin = /[([,{]$/.test(opener);
  if (syntax.isTypeFirst && isBehindType(before, after)) {
    if (isOfBody) return body();
    return /[(,]$/.test(opener) ? undefined : block();
  }
  return syntax.isAssigned && before.length === 0 && /^=(?![=>~])/.test(after) && !isWithin ? block() : undefined;
}

/**
 * A member that is declared at `place`: the lines of its class, and what it is reached by there. `isMade`: by the constructor,
 * where nothing else declares it.
 */
export function memberDeclaredAt(
  lines: readonly string[],
  { family }: Language,
  place: NamePlace,
): { readonly scope: LineRange; readonly self: string; readonly isMade: boolean } | undefined {
  const syntax = syntaxes.get(family);
  const self = syntax?.self;
  const opener = openerLineOf(lines, place.line);
  if (!syntax || self === undefined || opener === undefined) return undefined;
  const text = lines[place.line] ?? "";
  const isMade = text.slice(0, place.start).trim() === `${self}.` && /^\s*=(?!=)/.test(text.slice(place.end));
  if (!isMade && !isOfClass(lines, place, syntax)) return undefined;
  const member = isMade ? headOf(lines, opener) : place.line;
  if (isMade && !/^\s*(?:constructor\s*\(|def __init__\()/.test(lines[member] ?? "")) return undefined;
  const isLone = isLoneClass(lines[openerLineOf(lines, member) ?? -1] ?? "");
  return isLone ? { scope: blockAround(lines, member, member), self, isMade } : undefined;
}

/** Whether the name that a line of a class begins with, or has behind a type, is that of a member. */
function isOfClass(lines: readonly string[], { line, start, end }: NamePlace, { isTypeFirst }: Syntax): boolean {
  const text = lines[line] ?? "";
  const opener = lines[openerLineOf(lines, line) ?? -1] ?? "";
  if (!/\b(?:class|interface|trait|impl|struct)\b/.test(opener) || !/[{:]$/.test(opener.trimEnd())) return false;
  const before = tokensOf(text.slice(0, start));
  const after = text.slice(end).trimStart();
  if (isTypeFirst && !before.includes("(")) return isBehindType(before, after);
  return before.every((word) => modifiers.has(word)) && /^(?:[?!]?[:=;(<]|$)/.test(after);
}

/** A class that inherits nothing: what is called otherwise in it is not there any more. */
function isLoneClass(opener: string): boolean {
  const words = tokensOf(opener);
  const [, first = "", ...rest] = words.slice(words.indexOf("class") + 1);
  if (!words.includes("class") || rest.some((word) => word === "extends" || word === "with")) return false;
  if (first === "<" || first === "implements") return rest.at(-1) === "{";
  return /^(?:\{|:|\((?:object)?\):)$/.test([first, ...rest].join(""));
}

/** Whether a plain assignment makes a name in this language, as where none is declared otherwise. */
export function isMadeByAssignment({ family }: Language): boolean {
  const syntax = syntaxes.get(family);
  return !syntax || syntax.isAssigned === true;
}

/** Signs of several characters as one, without white space. */
function tokensOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_$]+|=>|->|::|:=|&&|\|\||\.\.\.|\S/gu) ?? [];
}

/** Behind `let` and the like, alone, in a list, or in a pattern. */
function isBound(before: readonly string[], after: string, { binds, names }: Syntax): boolean {
  const at = before.findLastIndex((word) => binds?.has(word));
  const between = before.slice(at + 1);
  if (at < 0 || (before[at] === "import" && between[0] === "(")) return false;
  const isTypeBehind = names.has("func") && /^[\p{L}*[]/u.test(after);
  if (!isTypeBehind && !/^(?:[=:;,)\]}!]|in\b|of\b|from\b|$)/.test(after)) return false;
  const open: string[] = [];
  for (const [index, word] of between.entries()) {
    const previous = between[index - 1] ?? ",";
    const isBehindName = /^[\p{L}\p{N}_$]/u.test(previous);
    if ("([{".includes(word)) {
      // Of a pattern: `Some(a)`.
      if (isBehindName && !/^\p{Lu}/u.test(previous)) return false;
      open.push(word);
    } else if (")]}".includes(word)) {
      if (open.pop() === undefined) return false;
    } else if (/^[\p{L}\p{N}_$]/u.test(word)) {
      if (isBehindName && !prefixes.has(word) && !prefixes.has(previous)) return false;
    } else if (!(word === ":" && open.at(-1) === "{") && !/^(?:[,*&.]|\.\.\.)$/.test(word)) return false;
  }
  // What comes first in `{ a: b }` is a key.
  if (open.at(-1) === "{" && after.startsWith(":")) return false;
  const previous = between.at(-1) ?? ",";
  return /^[\p{L}\p{N}_$]/u.test(previous) ? prefixes.has(previous) : previous !== ".";
}

/** On a line of a list that stands behind `const {` or `import {`. */
function isOfList(line: string, opener: string, after: string, { binds }: Syntax): boolean {
  if (!/^[\p{L}\p{N}_$]+(?: as [\p{L}\p{N}_$]+)?,?$/u.test(line.trim()) || /^as\b/.test(after)) return false;
  const words = tokensOf(opener);
  return words.at(-1) === "{" && words.slice(-3).some((word) => binds?.has(word));
}

/** On a line of its own in a list of parameters, or in a pattern of them, that a body follows. */
function isOfParameters(lines: readonly string[], line: number, above: number, after: string): boolean {
  const opener = lines[above]?.trimEnd() ?? "";
  if (!/(?:\(|[(,]\s*\{)$/.test(opener) || !/^(?:[,=]|$)/.test(after) || after.startsWith("=>")) return false;
  const indent = indentOf(lines[above] ?? "");
  const closer = lines.slice(line + 1).find((one) => one.trim() !== "" && indentOf(one) <= indent);
  const text = closer?.trim() ?? "";
  const end = text.indexOf(")");
  const behind = text.slice(end + 1).trim();
  return end >= 0 && !text.slice(0, end).includes("(") && /^(?:\{|=>|:)/.test(behind) && /(?:\{|=>)$/.test(behind);
}

/** `class A {`, and neither the `struct A` of a variable nor a member of another. */
function isNameOf(before: readonly string[], after: string, { isTypeFirst }: Syntax): boolean {
  if (before.at(-1) === "as") return /^(?:[,:)]|$)/.test(after);
  if (isTypeFirst) return /^(?:[{:<(;]|(?:extends|implements|final|where|permits)\b|$)/.test(after);
  return !/^(?:\.|::|=>|:)/.test(after);
}

/** `function f(a, b)`, `(a, b) =>`, `method(a, b) {`, `a =>`. */
function isParameter(before: readonly string[], after: string, { hasBareParameters }: Syntax): boolean {
  const previous = before.at(-1) ?? "";
  if (hasBareParameters && after.startsWith("=>")) return /^(?:async|return|=>|&&|\|\||[(,=?[]|)$/.test(previous);
  const opened = openedBy(before);
  if (opened === undefined || !isFirstOfPart(before.slice(opened + 1))) return false;
  // What a parameter goes on with: a type, a default, the next one, or the end of all.
  if (!/^(?:[:=,)}\]?]|[\p{L}*[&])/u.test(after) || /^(?:=>|==|::)/.test(after)) return false;
  const head = before.slice(0, opened);
  const name = head.at(-1) ?? "";
  const behind = head.slice(head.findLastIndex((word) => functions.has(word)));
  const isFunction = functions.has(behind[0] ?? "") && !behind.some((word) => /^(?:[{:=]|=>|->)$/.test(word));
  if (isFunction) return true;
  if (hasBareParameters !== true || (controls.has(name) && name !== "catch")) return false;
  // What looks like the type that a function returns may be the other half of a condition.
  return hasBody(after, !head.includes("?"));
}

/** The parenthesis that the place stands in, with nothing but patterns around it there. */
function openedBy(before: readonly string[]): number | undefined {
  const open: number[] = [];
  for (const [index, word] of before.entries()) {
    if ("([{".includes(word)) open.push(index);
    else if (")]}".includes(word)) open.pop();
  }
  while (open.length > 0) {
    const at = open.pop() ?? 0;
    if (before[at] === "(") return at;
    // A pattern stands where a parameter begins.
    if (!["(", ",", "[", "{"].includes(before[at - 1] ?? "")) return undefined;
  }
  return undefined;
}

/** `between`: what stands between the parenthesis and the place. */
function isFirstOfPart(between: readonly string[]): boolean {
  const angles = between.filter((word) => word === "<").length - between.filter((word) => word === ">").length;
  const previous = between.findLast((word) => !modifiers.has(word)) ?? ",";
  return angles === 0 && [",", "*", "&", "{", "[", "..."].includes(previous);
}

/** Whether a body follows the parentheses that are closed in `after`. `mayBeTyped`: behind the type that is returned. */
export function hasBody(after: string, mayBeTyped: boolean): boolean {
  let depth = 0;
  for (let index = 0; index < after.length; index += 1) {
    if (after[index] === "(") depth += 1;
    if (after[index] !== ")") continue;
    const behind = after.slice(index + 1).trim();
    if (depth === 0) return /^(?:=>|\{)/.test(behind) || (mayBeTyped && /^:(?:[^;]*=>|.*\{$)/.test(behind));
    depth -= 1;
  }
  return false;
}

/** `int a =`, `List<String> a;`, `T *a;`: words that are a type, and nothing else, since the statement or the part began. */
function isBehindType(before: readonly string[], after: string): boolean {
  if (!/^(?:[=;,):({[]|$)/.test(after) || /^(?:==|::)/.test(after)) return false;
  let angles = 0;
  let from = before.length;
  for (; from > 0; from -= 1) {
    const word = before[from - 1] ?? "";
    if (word === ">") angles += 1;
    if (word === "<") angles -= 1;
    if (angles < 0 || (angles === 0 && /^[(,{})]$/.test(word))) break;
  }
  const type = before.slice(from);
  if (angles !== 0 || !/^[\p{L}_]/u.test(type[0] ?? "") || type.some((word) => noTypes.has(word))) return false;
  // In parentheses, `a * b` and `a & b` are values.
  const isValue = before[from - 1] === "(" || before[from - 1] === ",";
  return (
    type.at(-1) !== "." &&
    type.every((word) => /^(?:[\p{L}\p{N}_$]+|::|[<>,?*&.[\]])$/u.test(word) && !(isValue && /[*&]/.test(word)))
  );
}
