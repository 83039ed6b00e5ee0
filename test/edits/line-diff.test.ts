// The difference of two lists of lines, also where they are too long to be compared line by line with each other.

import { array, assert, constantFrom, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { type LineRun, lineDiff } from "../../server/edits/history/line-diff.ts";

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

function applied(old: readonly string[], now: readonly string[], runs: readonly LineRun[]): readonly string[] {
  let from = 0;
  const parts = runs.flatMap(({ start, end, newStart, newEnd }) => {
    const part = [...old.slice(from, start), ...now.slice(newStart, newEnd)];
    from = end;
    return part;
  });
  return [...parts, ...old.slice(from)];
}

describe("the difference of long texts", () => {
  test("is as fine as that of short ones: changes far apart are runs of their own", () => {
    const old = numbered(5_000);
    const now = old.with(3, "x").toSpliced(2_500, 1, "y", "z").toSpliced(4_000, 2);
    expect(lineDiff(old, now)).toEqual([
      { start: 3, end: 4, newStart: 3, newEnd: 4 },
      { start: 2_500, end: 2_501, newStart: 2_500, newEnd: 2_502 },
      { start: 3_999, end: 4_001, newStart: 4_000, newEnd: 4_000 },
    ]);
  });

  test("leads from the one to the other, whatever lines come again and wherever they are moved to", () => {
    const line = constantFrom("", "}", "  }", "a", "b", "return x;");
    const edits = array(nat(2_999), { maxLength: 12 });
    assert(
      property(array(line, { minLength: 1, maxLength: 20 }), edits, edits, (some, gone, come) => {
        const old = numbered(1_500).flatMap((text, index) => [text, some[index % some.length] ?? ""]);
        const now = [...old];
        for (const at of gone) now.splice(at, 1);
        for (const at of come) now.splice(at, 0, ...old.slice(at, at + 3));
        const runs = lineDiff(old, now);
        expect(applied(old, now, runs)).toEqual(now);
        const changed = runs.reduce((sum, run) => sum + run.end - run.start + run.newEnd - run.newStart, 0);
        expect(changed).toBeLessThan(600);
      }),
      { numRuns: 60 },
    );
  });

  test("takes no time that grows with the length squared, for texts that meet one line at a time", () => {
    // Taking one line off makes one more stand alone.
    const old = Array.from({ length: 30_000 }, (_, index) => `${index % 2 === 0 ? index : index - 3}`);
    const now = ["other", ...old.map((line, index) => (index % 5 === 0 ? `${line} now` : line)), "end"];
    const startedMs = performance.now();
    const runs = lineDiff(old, now);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(applied(old, now, runs)).toEqual(now);
  });
});
