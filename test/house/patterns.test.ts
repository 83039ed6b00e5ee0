// Every regular expression of the program matches or fails in linear time: the text that it looks at comes from services,
// editors and folders, and one that backtracks stops the event loop. `scslre` finds by static analysis which repetitions
// can share their text: with themselves, with each other, or between one starting point of a search and the next.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { analyse } from "scslre";
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

/** What makes `source` slow, by the kind of analysis that found it. */
function slowness({ source, flags }: Pick<Found, "source" | "flags">): readonly string[] {
  return analyse({ source, flags }).reports.map(({ type, exponential }) =>
    exponential ? `${type}, exponential` : type,
  );
}

// The emulator's input is written by tests, by the demo and by the program itself.
const mayBeQuadratic = (place: string): boolean => place.startsWith("server/emulator/");

describe("the patterns of the program", () => {
  test("are seen", () => {
    expect(literals.length).toBeGreaterThan(100);
    expect(literals.some(({ place }) => place.startsWith("server/upstream/"))).toBe(true);
  });

  test("take linear time", () => {
    const slow = literals.flatMap((literal) =>
      slowness(literal)
        .filter((kind) => kind.endsWith("exponential") || !mayBeQuadratic(literal.place))
        .map((kind) => `${literal.place} /${literal.source}/${literal.flags}: ${kind}`),
    );
    expect(slow).toEqual([]);
  });

  test.each([
    ["(?:a+)+$", "Self, exponential"],
    [String.raw`^\s*[^x]*x`, "Trade"],
    ["/+$", "Move"],
  ])("would be found out if they did not: %s", (source, kind) => {
    expect(slowness({ source, flags: "" })).toContain(kind);
  });

  test("may repeat what cannot share its text", () => {
    expect(slowness({ source: String.raw`^(?:\.|[^"])*"`, flags: "" })).toEqual([]);
  });
});
