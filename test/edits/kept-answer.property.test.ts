// An answer while its document changes at random: what is offered of it stands where it belongs.

import { array, assert, nat, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { createAnswer } from "../../server/edits/memory/answer.ts";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";

const lineCount = 30;
/**
 * Every line another one, so that a wrong line shows; each has its number three times, so that a deleted digit does not
 * make another line of it.
 */
const start = Array.from({ length: lineCount }, (_, line) => `${line}: line ${line} of ${line}`).join("\n");

const hunk = tuple(nat(lineCount - 1), nat(2), nat(2)).map(([line, removed, added]) => ({
  start: line,
  end: Math.min(lineCount, line + removed),
  lines: Array.from({ length: added + (removed === 0 ? 1 : 0) }, (_, index) => `added ${index}`),
}));

const typing = tuple(nat(1_000), nat(30), nat(3)).map(([at, deleted, kind]) => ({
  at,
  deleted: kind === 0 ? deleted : 0,
  text: ["", "x", "\n", "new\nlines\n"][kind] ?? "",
}));

test("a hunk that is offered as it came replaces the lines that it was made for, wherever they are now", () => {
  let offered = 0;
  assert(
    property(hunk, array(typing, { maxLength: 8 }), (made, keys) => {
      let text = BlockText.of(start, 64);
      const answer = createAnswer({
        base: text,
        windows: [{ start: 0, end: 5 }],
        model: "m",
        source: "upstream",
        revision: 0,
      });
      answer.add(made);
      const base = text;
      for (const { at, deleted, text: inserted } of keys) {
        const from = Math.round((at * text.length) / 1_000);
        const { text: next, lines } = applyEdit(text, {
          start: from,
          end: Math.min(text.length, from + deleted),
          text: inserted,
        });
        text = next;
        answer.changed(lines);
      }
      const [open] = answer.open(text);
      if (!open || open.hunk.lines.join("\n") !== made.lines.join("\n")) return;
      if (open.hunk.end - open.hunk.start !== made.end - made.start) return;
      // Lines that were typed into are others, and may still be deleted or replaced as a whole.
      const now = text.lines(open.hunk.start, open.hunk.end);
      if (now.some((line) => !base.lines(0, lineCount).includes(line))) return;
      offered += 1;
      expect(now).toEqual(base.lines(made.start, made.end));
    }),
    { numRuns: 3_000 },
  );
  expect(offered).toBeGreaterThan(500);
});

test("what is offered makes of the text all that was typed apart from it, and the edit", () => {
  assert(
    property(hunk, typing, (made, key) => {
      const base = BlockText.of(start, 64);
      const answer = createAnswer({
        base,
        windows: [],
        model: "m",
        source: "upstream",
        revision: 0,
      });
      answer.add(made);
      const from = Math.round((key.at * base.length) / 1_000);
      const { text: now, lines } = applyEdit(base, {
        start: from,
        end: Math.min(base.length, from + key.deleted),
        text: key.text,
      });
      answer.changed(lines);
      const [open] = answer.open(now);
      if (!open) return;
      const all = now.lines(0, now.lineCount);
      const result = [...all.slice(0, open.hunk.start), ...open.hunk.lines, ...all.slice(open.hunk.end)];
      // Made first and typed after: the place of the typing moves by what the edit adds above it.
      const baseLines = base.lines(0, lineCount);
      const edited = [...baseLines.slice(0, made.start), ...made.lines, ...baseLines.slice(made.end)].join("\n");
      const isBelow = from >= base.lineStart(made.end);
      const isAbove = from + key.deleted < base.lineStart(made.start);
      if (!isBelow && !isAbove) return;
      const shift = isBelow ? edited.length - start.length : 0;
      const end = Math.min(base.length, from + key.deleted) + shift;
      expect(result.join("\n")).toBe(edited.slice(0, from + shift) + key.text + edited.slice(end));
    }),
    { numRuns: 3_000 },
  );
});
