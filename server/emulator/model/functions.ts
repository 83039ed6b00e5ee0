// Functions: reading the header of one, and writing what its body probably is. Lines are without base indentation, a
// leading tab for one level.

import type { Dialect, ValueType } from "./dialects.ts";
import { type Expression, operationFor, wordsIn } from "./operations.ts";

export interface FunctionHeader {
  readonly name: string;
  /** Names only, without the object itself. */
  readonly parameters: readonly string[];
}

const keyword =
  /\b(?:async\s+def|def|function\*?|func|fn|fun|sub)\s+(?:\([^)]*\)\s*)?(?:self\.)?([\w$.:]+[?!]?)?\s*(?:<[^>]*>)?\s*(?:\(([^)]*)\)?|(?=$))/;
const arrow = /\b(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:function\s*)?\(?([^()]*)\)?\s*(?:=>|\{)\s*\{?$/;
const method =
  /(?:^|[\s*&>])(~?\w+)\s*\(([^)]*)\)\s*(?:const|noexcept|override|async|throws\s+[\w.,\s]+|:\s*[\w<>[\]| ]+)?\s*\{$/;
const notNames = new Set([
  "if",
  "for",
  "while",
  "switch",
  "catch",
  "return",
  "foreach",
  "match",
  "using",
  "lock",
  "with",
]);
const themselves = new Set(["self", "this", "cls", "mut"]);

/** The header in `line`, if it is one. */
export function readHeader(line: string): FunctionHeader | undefined {
  const text = line.trim();
  for (const shape of [keyword, arrow, method]) {
    const match = shape.exec(text);
    if (!match) continue;
    const name = match[1] ?? "";
    if (notNames.has(name)) return undefined;
    return { name: name.split(/[.:]/).at(-1) ?? "", parameters: parameterNames(match[2] ?? "") };
  }
  return undefined;
}

function parameterNames(list: string): readonly string[] {
  const names: string[] = [];
  for (const part of list.split(",")) {
    const declared = part.split(/=|(?<!:):(?!:)/)[0]?.trim() ?? "";
    const words = declared.match(/\$?[A-Za-z_]\w*/g) ?? [];
    // `name: type`, `name type` (Go) and a bare name begin with the name; `type name` (C and its kin) ends with it.
    const hasColon = /(?<!:):(?!:)/.test(part);
    const goTypes = /^\w+\s+(?:\*|\[\])?(?:int|u?int\d+|float\d+|string|bool|error|byte|rune|any|\w+\.\w+)$/;
    const name = words.length === 1 || hasColon || goTypes.test(declared) ? words.at(hasColon ? -1 : 0) : words.at(-1);
    if (name && !themselves.has(name)) names.push(name);
  }
  return names;
}

/** Lines of the expression as the value of a function. */
function returning(dialect: Dialect, expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "value":
      return [dialect.returns(expression.text)];
    case "choice":
      return dialect.choose(expression.condition, expression.whenTrue, expression.otherwise);
    case "greeting":
      return [dialect.returns(dialect.hello(expression.name))];
  }
}

/** The expression that a function of this name gives, if it fits in one. */
export function expressionOf(dialect: Dialect, header: FunctionHeader): Expression | undefined {
  const operation = operationFor(header.name);
  const given = dialect.hasNumberedParameters
    ? (operation?.parameters.map((_, index) => `$${index + 1}`) ?? [])
    : header.parameters;
  if (operation && given.length >= operation.parameters.length) return operation.express(given, header.name);
  const [first] = given;
  if (first === undefined) return undefined;
  return { kind: "value", text: given.join(" + ") };
}

/** Bodies of a function with this header, likeliest first. */
export function bodiesOf(dialect: Dialect, header: FunctionHeader): readonly (readonly string[])[] {
  const [verb = "", ...rest] = wordsIn(header.name);
  const { parameters } = header;
  if (["constructor", "__init__", "init", "initialize", "__construct"].includes(header.name) && parameters.length > 0)
    return [assignments(dialect, parameters)];
  if (header.name === "main" || header.name === "Main") return [[dialect.print('"Hello, world!"')]];
  if (verb === "get" && parameters.length === 0 && rest.length > 0)
    return [[dialect.returns(dialect.own(joined(rest, header.name)))]];
  if (verb === "set" && parameters.length === 1) return [assignments(dialect, [joined(rest, header.name)], parameters)];
  if (["print", "log", "show", "display"].includes(verb) && parameters.length > 0)
    return [[dialect.print(parameters.join(", "))]];
  if (["is", "has", "can"].includes(verb) && parameters.length === 0) return [[dialect.returns(dialect.yes)]];
  const expression = expressionOf(dialect, header);
  if (!expression) return [[dialect.print(`"${header.name}"`)]];
  return [returning(dialect, expression), ...throughVariable(dialect, expression)];
}

/** `this.x = x` for each; `values` where they are not the names themselves. */
export function assignments(
  dialect: Dialect,
  names: readonly string[],
  values: readonly string[] = names,
): readonly string[] {
  return names.map((name, index) => `${dialect.own(name)} = ${values[index] ?? name}${dialect.semicolon}`);
}

/** A whole function that does what a comment says. */
export function functionFor(dialect: Dialect, comment: string, closer: string | undefined): readonly string[] {
  const operation = operationFor(comment);
  const parameters = operation?.parameters ?? [];
  const name = nameFrom(dialect, comment);
  const type: ValueType = operation?.type ?? "text";
  const header = dialect.header(name, parameters, type, operation?.result ?? type);
  const written = parameters.map((each) => (header.includes(`$${each}`) ? `$${each}` : each));
  const [body = []] = bodiesOf(dialect, { name, parameters: written });
  return [header, ...body.map((line) => `\t${line}`), ...(closer ? [closer] : [])];
}

/** Words of a sentence that make no part of a name. */
const fillers = new Set(
  "a an the of to and that this function method returns return for two number numbers given whether if which is".split(
    " ",
  ),
);

function nameFrom(dialect: Dialect, comment: string): string {
  const words = wordsIn(comment).filter((word) => !fillers.has(word));
  const kept = words.slice(0, 3);
  if (kept.length === 0) return "run";
  return dialect.isSnakeCase
    ? kept.join("_")
    : kept.map((word, index) => (index === 0 ? word : capital(word))).join("");
}

function throughVariable(dialect: Dialect, expression: Expression): readonly (readonly string[])[] {
  if (expression.kind !== "value") return [];
  return [[dialect.declare("result", expression.text), dialect.returns(dialect.named("result"))]];
}

function joined(words: readonly string[], like: string): string {
  return like.includes("_")
    ? words.join("_")
    : words.map((word, index) => (index === 0 ? word : capital(word))).join("");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
