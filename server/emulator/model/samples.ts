// A table of sample functions: what one of a certain name probably computes, and its body in the syntax of a language.
// Lines are without base indentation.

import { indentOf, isReadable, type Scene } from "./scene.ts";
import type { Syntax } from "./syntax.ts";

export interface FunctionHeader {
  readonly name: string;
  /** Names only, without the object itself. */
  readonly parameters: readonly string[];
}

type Expression = (parameters: readonly string[], name: string, syntax: Syntax) => string | undefined;

const joined =
  (sign: string): Expression =>
  (parameters) =>
    parameters.length > 1 ? parameters.join(` ${sign} `) : undefined;

const samples: readonly (readonly [RegExp, Expression])[] = [
  [/^(?:add|sum|plus|total)/i, joined("+")],
  [/^(?:sub|minus|diff)/i, joined("-")],
  [/^(?:mul|times|product|area)/i, joined("*")],
  [/^(?:div|ratio)/i, joined("/")],
  [/^square/i, ([x]) => x && `${x} * ${x}`],
  [/^double/i, ([x]) => x && `${x} * 2`],
  [/^fib/i, ([n], name, { conditional }) => n && conditional?.(`${n} < 2`, n, `${name}(${n} - 1) + ${name}(${n} - 2)`)],
  [/^fact/i, ([n], name, { conditional }) => n && conditional?.(`${n} < 2`, "1", `${n} * ${name}(${n} - 1)`)],
  [/^max/i, ([a, b], _, { conditional }) => a && b && conditional?.(`${a} > ${b}`, a, b)],
  [/^min/i, ([a, b], _, { conditional }) => a && b && conditional?.(`${a} < ${b}`, a, b)],
];

const keyword = /\b(?:def|function|func|fn|fun)\s+(?:\([^)]*\)\s*)?(\w+)\s*\(([^)]*)\)?/;
const arrow = /\b(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?\(([^()]*)\)\s*=>\s*\{?$/;
const method = /(?:^|[\s*&>])(\w+)\s*\(([^)]*)\)[^(){}]*\{$/;
const statements = /^(?:if|for|foreach|while|switch|catch|return|match|with)$/;
const constructors = /^(?:__init__|constructor|initialize|init)$/;
const themselves = /^(?:self|this|cls)$/;
const goTypes = /^\w+\s+(?:int|string|bool|error|float64)$/;
const farthestHeader = 200;

/** The header of a function in `line`, if it is one. */
export function readHeader(line: string): FunctionHeader | undefined {
  if (!isReadable(line)) return undefined;
  const match = [keyword, arrow, method].map((shape) => shape.exec(line.trim())).find((found) => found !== null);
  const [, name = "", list = ""] = match ?? [];
  return name === "" || statements.test(name) ? undefined : { name, parameters: parameterNames(list) };
}

/** `name: type`, `name = value` and a bare name begin with the name; so does Go's `name type`; C's `type name` does not. */
function parameterNames(list: string): readonly string[] {
  return list
    .split(",")
    .map((part) => {
      const declared = part.split(/[:=]/)[0]?.trim() ?? "";
      const words = declared.match(/\$?\w+/g) ?? [];
      return (goTypes.test(declared) ? words[0] : words.at(-1)) ?? "";
    })
    .filter((name) => name !== "" && !themselves.test(name));
}

/** Header of the function that the cursor is in. */
export function enclosingHeader({ above, current }: Scene): FunctionHeader | undefined {
  const width = indentOf(current).length;
  for (const line of above.slice(-farthestHeader).reverse()) {
    if (line.trim() === "" || indentOf(line).length >= width) continue;
    return readHeader(line);
  }
  return undefined;
}

/** What a function with this header returns. */
export function expressionOf({ name, parameters }: FunctionHeader, syntax: Syntax): string | undefined {
  return samples.find(([names]) => names.test(name))?.[1](parameters, name, syntax);
}

/** Bodies of a function with this header, likeliest first. */
export function bodiesOf(header: FunctionHeader, syntax: Syntax): readonly (readonly string[])[] {
  const { self, semicolon, isImplicitReturn } = syntax;
  const { name, parameters } = header;
  if (constructors.test(name)) {
    return [parameters.map((parameter) => `${self}${parameter.replace("$", "")} = ${parameter}${semicolon}`)];
  }
  const expression = expressionOf(header, syntax);
  if (expression === undefined) return [];
  const returned = (value: string): string => (isImplicitReturn ? value : `return ${value}${semicolon}`);
  return [[returned(expression)], [`result = ${expression}${semicolon}`, returned("result")]];
}
