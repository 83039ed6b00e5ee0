// Examples say what varies by a name in angle brackets: `"<code>"` stands for a string, `<seconds>` without quotes for
// any other value, and both may be part of a longer string. The same name is the same value within one session, so that
// an example can send back what an earlier one received.

import { isDeepStrictEqual } from "node:util";

/** Values by the name they have in the document. */
export type Known = Map<string, unknown>;

// What a name without quotes becomes, so that the text is JSON: no document holds this character.
const bare = "\u0000";
const name = /<([a-z][a-z ]*)>/;
const stringLiteral = /("(?:[^"\\]|\\.)*")/;

/** The JSON of an example. Names stay in it, as strings. */
export function parseExample(text: string): unknown {
  const pieces = text.split(stringLiteral);
  const json = pieces.map((piece, index) =>
    index % 2 === 1 ? piece : piece.replaceAll(new RegExp(name, "g"), `"\\u0000<$1>"`),
  );
  return JSON.parse(json.join(""));
}

/** The value with every name in it replaced by what it is known to be. Throws for a name that is not known yet. */
export function fill(value: unknown, known: Known): unknown {
  if (typeof value === "string") return fillString(value, known);
  if (Array.isArray(value)) return value.map((entry: unknown) => fill(entry, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry, known)]));
}

function fillString(text: string, known: Known): unknown {
  const whole = new RegExp(`^${bare}?${name.source}$`).exec(text)?.[1];
  if (whole !== undefined) return valueOf(whole, known);
  return text.replaceAll(new RegExp(name, "g"), (_, found: string) => String(valueOf(found, known)));
}

function valueOf(found: string, known: Known): unknown {
  if (!known.has(found)) throw new Error(`<${found}> is used before anything has said what it is`);
  return known.get(found);
}

/** Where and how `actual` differs from what the example says; undefined when it does not. Learns the names in it. */
export function differenceOf(example: unknown, actual: unknown, known: Known, path = ""): string | undefined {
  if (typeof example === "string") return differenceOfString(example, actual, known, path);
  if (typeof example !== "object" || example === null || typeof actual !== "object" || actual === null) {
    return isDeepStrictEqual(example, actual) ? undefined : said(path, example, actual);
  }
  if (Array.isArray(example) !== Array.isArray(actual)) return said(path, example, actual);
  const expected = new Map<string, unknown>(Object.entries(example));
  const found = new Map<string, unknown>(Object.entries(actual));
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const at = `${path}/${key}`;
    if (!found.has(key)) return `${at} is missing`;
    if (!expected.has(key)) return `${at} is not in the example: ${JSON.stringify(found.get(key))}`;
    const difference = differenceOf(expected.get(key), found.get(key), known, at);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differenceOfString(example: string, actual: unknown, known: Known, path: string): string | undefined {
  if (example.startsWith(bare)) {
    const found = name.exec(example)?.[1] ?? "";
    if (typeof actual === "string") return said(path, `<${found}> without quotes`, actual);
    return learn(found, actual, known) ? undefined : said(path, known.get(found), actual);
  }
  if (typeof actual !== "string") return said(path, example, actual);
  const pieces = example.split(new RegExp(name, "g"));
  // As the whole of a string a name may stand for a sentence, inside of one for a word.
  const wanted = example === `<${pieces[1]}>` ? "([^]*)" : String.raw`(\S+)`;
  const pattern = pieces.map((piece, index) => (index % 2 === 1 ? wanted : escaped(piece))).join("");
  const match = new RegExp(`^${pattern}$`).exec(actual);
  if (!match) return said(path, example, actual);
  const names = pieces.filter((_, index) => index % 2 === 1);
  for (const [index, found] of names.entries()) {
    if (!learn(found, match[index + 1], known)) return said(path, known.get(found), match[index + 1]);
  }
  return undefined;
}

function learn(found: string, actual: unknown, known: Known): boolean {
  if (!known.has(found)) known.set(found, actual);
  // A port is a number in one place and part of an address in another.
  return String(known.get(found)) === String(actual);
}

function said(path: string, expected: unknown, actual: unknown): string {
  return `${path === "" ? "it" : path} is ${JSON.stringify(actual)}, the document says ${JSON.stringify(expected)}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
