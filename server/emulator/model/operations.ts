// What a function is likely to do, going by the words of its name: a small vocabulary of sums and greetings, the same in
// every language. Names no syntax beyond what nearly all languages share.

import type { ValueType } from "./dialects.ts";

export type Expression =
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "choice"; readonly condition: string; readonly whenTrue: string; readonly otherwise: string }
  | { readonly kind: "greeting"; readonly name: string };

export interface Operation {
  readonly words: readonly string[];
  /** Names of its parameters where the text gives none. */
  readonly parameters: readonly string[];
  readonly type: ValueType;
  readonly result: ValueType;
  /** `parameters` are as many as above or more; `name` is the function's own, for recursion. */
  express(parameters: readonly string[], name: string): Expression;
}

const value = (text: string): Expression => ({ kind: "value", text });

function arithmetic(words: readonly string[], parameters: readonly string[], sign: string): Operation {
  return {
    words,
    parameters,
    type: "number",
    result: "number",
    express: (given) => value(given.join(` ${sign} `)),
  };
}

function single(
  words: readonly string[],
  parameter: string,
  result: ValueType,
  text: (parameter: string) => string,
): Operation {
  return {
    words,
    parameters: [parameter],
    type: "number",
    result,
    express: ([first = parameter]) => value(text(first)),
  };
}

function choosing(
  words: readonly string[],
  parameters: readonly string[],
  choose: (first: string, second: string, name: string) => readonly [string, string, string],
): Operation {
  return {
    words,
    parameters,
    type: "number",
    result: "number",
    express([first = "a", second = "b"], name) {
      const [condition, whenTrue, otherwise] = choose(first, second, name);
      return { kind: "choice", condition, whenTrue, otherwise };
    },
  };
}

const operations: readonly Operation[] = [
  arithmetic(["add", "adds", "sum", "plus", "total"], ["a", "b"], "+"),
  arithmetic(["subtract", "sub", "minus", "difference", "diff"], ["a", "b"], "-"),
  arithmetic(["multiply", "mul", "times", "product"], ["a", "b"], "*"),
  arithmetic(["area"], ["width", "height"], "*"),
  arithmetic(["divide", "div", "quotient", "ratio"], ["a", "b"], "/"),
  arithmetic(["mod", "modulo", "remainder"], ["a", "b"], "%"),
  single(["square", "squared"], "x", "number", (x) => `${x} * ${x}`),
  single(["cube", "cubed"], "x", "number", (x) => `${x} * ${x} * ${x}`),
  single(["double", "twice"], "x", "number", (x) => `${x} * 2`),
  single(["half", "halve"], "x", "number", (x) => `${x} / 2`),
  single(["negate", "negative"], "x", "number", (x) => `-${x}`),
  single(["increment", "next", "successor"], "n", "number", (n) => `${n} + 1`),
  single(["decrement", "previous"], "n", "number", (n) => `${n} - 1`),
  single(["even"], "n", "truth", (n) => `${n} % 2 == 0`),
  single(["odd"], "n", "truth", (n) => `${n} % 2 != 0`),
  single(["positive"], "n", "truth", (n) => `${n} > 0`),
  single(["fahrenheit"], "celsius", "number", (celsius) => `${celsius} * 9 / 5 + 32`),
  single(["celsius"], "fahrenheit", "number", (fahrenheit) => `(${fahrenheit} - 32) * 5 / 9`),
  choosing(["max", "maximum", "larger", "largest", "bigger"], ["a", "b"], (a, b) => [`${a} > ${b}`, a, b]),
  choosing(["min", "minimum", "smaller", "smallest"], ["a", "b"], (a, b) => [`${a} < ${b}`, a, b]),
  choosing(["abs", "absolute"], ["x"], (x) => [`${x} < 0`, `-${x}`, x]),
  choosing(["factorial", "fact"], ["n"], (n, _, name) => [`${n} < 2`, "1", `${n} * ${name}(${n} - 1)`]),
  choosing(["fibonacci", "fib"], ["n"], (n, _, name) => [`${n} < 2`, n, `${name}(${n} - 1) + ${name}(${n} - 2)`]),
  choosing(["gcd", "divisor"], ["a", "b"], (a, b, name) => [`${b} == 0`, a, `${name}(${b}, ${a} % ${b})`]),
  {
    words: ["average", "mean"],
    parameters: ["a", "b"],
    type: "number",
    result: "number",
    express: (given) => value(`(${given.join(" + ")}) / ${given.length}`),
  },
  {
    words: ["greet", "greeting", "hello", "welcome"],
    parameters: ["name"],
    type: "text",
    result: "text",
    express: ([name = "name"]) => ({ kind: "greeting", name }),
  },
];

/** The words of a name or of a sentence, lower case. */
export function wordsIn(text: string): readonly string[] {
  return text
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
}

/** The operation that a name or a sentence speaks of first. */
export function operationFor(text: string): Operation | undefined {
  for (const word of wordsIn(text)) {
    const found = operations.find(({ words }) => words.includes(word));
    if (found) return found;
  }
  return undefined;
}
