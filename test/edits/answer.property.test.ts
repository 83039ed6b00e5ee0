// What holds for every answer, however it is cut into pieces and whatever it holds.

import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnswerLines } from "../../server/edits/answer/answer-lines.ts";
import type { AnswerContext, AnswerEnd, AnswerFormat, Hunk } from "../../server/edits/answer/hunk.ts";
import { createWindowDiff } from "../../server/edits/answer/window-diff.ts";
import { strategyNames, strategyOf } from "../../server/edits/strategies.ts";
import { anyText, cuts, lines } from "./support/arbitrary.ts";

const windowStart = 3;

function contextOf(windowLines: readonly string[]): AnswerContext {
  const all = ["above 1", "above 2", "above 3", ...windowLines, "below 1", "below 2"];
  return {
    path: "src/a.ts",
    cursor: { line: windowStart, character: 0 },
    window: { start: windowStart, end: windowStart + windowLines.length },
    windowLines,
    lines: (start, end) => all.slice(start, end),
  };
}

function hunksOf(
  format: Pick<AnswerFormat, "read">,
  context: AnswerContext,
  pieces: readonly string[],
  how: AnswerEnd = "whole",
): readonly Hunk[] {
  const reader = format.read(context);
  const split = createAnswerLines();
  const hunks = pieces.flatMap((piece) => split.push(piece)).flatMap((text) => reader.line(text));
  return [...hunks, ...reader.line(split.end()), ...reader.end(how)];
}

function cutAt(text: string, shares: readonly number[]): readonly string[] {
  const ends = [...shares.map((share) => Math.round((share * text.length) / 1_000)), text.length].sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

function apply(windowLines: readonly string[], hunks: readonly Hunk[]): readonly string[] {
  const result = [...windowLines];
  // From below, so that the numbers above stay.
  for (const { start, end, lines: now } of [...hunks].sort((one, other) => other.start - one.start)) {
    result.splice(start - windowStart, end - start, ...now);
  }
  return result;
}

describe("a window's answer", () => {
  test("becomes the same hunks, wherever its pieces begin and end", () => {
    assert(
      property(lines, lines, cuts, (old, now, shares) => {
        const text = now.join("\n");
        const context = contextOf(old);
        expect(hunksOf({ read: createWindowDiff }, context, cutAt(text, shares))).toEqual(
          hunksOf({ read: createWindowDiff }, context, [text]),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test("is what the window becomes by all hunks together", () => {
    assert(
      property(lines, lines, (old, now) => {
        const hunks = hunksOf({ read: createWindowDiff }, contextOf(old), [now.join("\n")], "closed");
        // No text and one empty line are the same answer; a line end behind the last line need not add one.
        const answer = now.length === 0 ? [""] : now;
        const isOpen = answer.at(-1) === "" && old.at(-1) !== "";
        expect(isOpen ? [answer, answer.slice(0, -1)] : [answer]).toContainEqual(apply(old, hunks));
      }),
      { numRuns: 5_000 },
    );
  });

  test("has hunks that lie apart, in their order", () => {
    assert(
      property(lines, lines, (old, now) => {
        const hunks = hunksOf({ read: createWindowDiff }, contextOf(old), [now.join("\n")]);
        for (const [index, hunk] of hunks.entries()) {
          expect(hunk.start).toBeGreaterThanOrEqual(hunks[index - 1]?.end ?? windowStart);
          expect(hunk.end).toBeGreaterThanOrEqual(hunk.start);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("that is cut off changes nothing behind its last certain line", () => {
    assert(
      property(lines, integer({ min: 0, max: 12 }), (old, count) => {
        const cut = old.slice(0, count);
        expect(hunksOf({ read: createWindowDiff }, contextOf(old), [cut.join("\n")], "cut")).toEqual([]);
      }),
    );
  });
});

const taken: Hunk = { start: 4, end: 5, lines: ["use(total);"] };
test.each<[string, string, readonly Hunk[]]>([
  ["in the middle of a line", "a();\nuse(total);\nsho", [taken]],
  ["in the white space before a line", "a();\nuse(total);\nshow(count);\n ", [taken]],
  ["in the window's last line", "a();\nuse(total);\nshow(count);\n  b();\nc(", [taken]],
  ["in a line that is new", "a();\nuse(total", []],
  ["where lines are missing above", "a();\nsho", []],
])("an answer that breaks off %s deletes nothing, although the service does not say so", (_, answer, hunks) => {
  const context = contextOf(["a();", "use(count);", "show(count);", "  b();", "c();"]);
  expect(hunksOf({ read: createWindowDiff }, context, [answer])).toEqual(hunks);
});

test("an answer that is closed by its mark deletes what it leaves out", () => {
  const format = strategyOf("xtabUnifiedModel")?.format;
  const context = contextOf(["a();", "use(count);", "show(count);", "  b();", "c();"]);
  expect(format && hunksOf(format, context, ["<EDIT>\na();\nuse(total);\n</EDIT>\n"])).toEqual([
    { start: 4, end: 8, lines: ["use(total);"] },
  ]);
});

describe.each(strategyNames)("the reader of %s", (name) => {
  const format = strategyOf(name)?.format;
  if (!format) throw new Error(`no strategy ${name}`);

  test("never throws, and cuts the same hunks out of the same bytes", () => {
    const tags = constantFrom(
      "```\n",
      "<EDIT>\n",
      "</EDIT>\n",
      "<INSERT>\n",
      "<NO_CHANGE>",
      "H\n",
      "N\n",
      "src/a.ts:3\n",
      "src/a.ts:999999999\n",
      "-a\n",
      "+b\n",
      "-",
      "+\n",
      "a\n",
      "\r\n",
      "<|edit_intent|>low<|/edit_intent|>\n",
      "<|marker_1|>",
      "<|marker_2|>",
      "<|file_sep|>",
    );
    const answer = array(constantFrom(0, 1), { maxLength: 12 }).chain((kinds) =>
      record({ parts: array(tags, { maxLength: kinds.length }), noise: anyText }).map(({ parts, noise }) =>
        parts.join("").concat(noise, parts.toReversed().join("")),
      ),
    );
    assert(
      property(lines, answer, cuts, constantFrom<AnswerEnd>("whole", "cut"), (old, text, shares, how) => {
        const context = contextOf(old);
        const whole = hunksOf(format, context, [text], how);
        expect(hunksOf(format, context, cutAt(text, shares), how)).toEqual(whole);
        for (const { start, end } of whole) expect(end).toBeGreaterThanOrEqual(start);
      }),
      { numRuns: 300 },
    );
  });

  test("finds nothing in its own prediction", () => {
    assert(
      property(
        lines.filter((old) => old.length > 0 && !old.includes("}")),
        (old) => {
          const context = contextOf(old);
          expect(hunksOf(format, context, [format.prediction(context)])).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("patches never lie over one another: a later one that does is left out", () => {
  const context = contextOf(["a", "b", "c", "d", "e", "f"]);
  const patch = record({ at: integer({ min: 0, max: 10 }), count: integer({ min: 1, max: 4 }), added: lines });
  const format = strategyOf("patchBased02")?.format;
  if (!format) throw new Error("there is no such layout");
  assert(
    property(array(patch, { minLength: 1, maxLength: 5 }), (patches) => {
      const text = patches.flatMap(({ at, count, added }) => [
        `src/a.ts:${at}`,
        ...context.lines(at, at + count).map((line) => `-${line}`),
        ...added.map((line) => `+${line}`),
      ]);
      const hunks = hunksOf(format, context, [text.join("\n")]);
      for (const [index, one] of hunks.entries()) {
        for (const other of hunks.slice(index + 1)) expect(one.end <= other.start || one.start >= other.end).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
