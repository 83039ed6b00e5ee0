// No regular expression of the program repeats a repetition: text that it looks at comes from services, editors and
// folders, and one that backtracks stops the event loop.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

interface Found {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Regex literals of a file: what stands between slashes where an expression may begin. */
function literalsOf(file: string): readonly Found[] {
  const text = readFileSync(join(root, file), "utf8");
  const found: Found[] = [];
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=[(,=:[!&|?{};>]\s*|\breturn\s+)\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?![\w/])/g;
  for (const match of text.matchAll(token)) {
    const [, source, flags = ""] = match;
    if (source === undefined) continue;
    const line = text.slice(0, match.index).split("\n").length;
    found.push({ place: `${file}:${line}`, source, flags });
  }
  return found;
}

const files = ["server", "shared"].flatMap((area) =>
  readdirSync(join(root, area), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(area, name)),
);
const literals = files.flatMap(literalsOf);

/** A repeated group that ends with a repeated part, such as `(?:a+)+`: exponential where both can take the same text. */
const nested = /(?<!\\)[+*]\)(?:[+*]|\{\d+,)/;

describe("the patterns of the program", () => {
  test("are seen", () => {
    expect(literals.length).toBeGreaterThan(100);
    expect(literals.some(({ place }) => place.startsWith("server/upstream/"))).toBe(true);
  });

  test("repeat no group that ends with a repetition", () => {
    expect(
      literals.filter(({ source }) => nested.test(source)).map(({ place, source }) => `${place} ${source}`),
    ).toEqual([]);
  });

  test("would be found out if they did", () => {
    expect(nested.test("(?:a+)+")).toBe(true);
    expect(nested.test(String.raw`(?:\.|[^"])*`)).toBe(false);
  });
});
