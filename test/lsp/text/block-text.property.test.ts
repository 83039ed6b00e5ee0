// What holds for every text and every edit, tried on many, and with blocks so small that every edge is met. The measure is
// the library's document over the whole text.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { applyEdit } from "../../../server/lsp/documents/text/apply-edit.ts";
import { BlockText, type Edit } from "../../../server/lsp/documents/text/block-text.ts";

const scraps = fc.constantFrom(
  "a",
  "bc",
  " ",
  "\n",
  "\r\n",
  "\r",
  "\n\r",
  "😀",
  "\ud83d",
  "\ude00",
  "é",
  "\u2028",
  "x\ny",
);
const anyText = fc.array(scraps, { maxLength: 40 }).map((parts) => parts.join(""));
const anyScrap = fc.array(scraps, { maxLength: 6 }).map((parts) => parts.join(""));
// Line ends that an edit may join or part.
const tightText = fc.array(fc.constantFrom("a", "\n", "\r"), { maxLength: 6 }).map((parts) => parts.join(""));
const maxUnits = fc.constantFrom(1, 2, 3, 4, 7, 16, 2_048);
const position = fc.record({ line: fc.nat(30), character: fc.oneof(fc.nat(6), fc.constantFrom(99, 2 ** 31 - 1)) });
const change = fc.record({ start: position, end: position, text: anyScrap });
const whole = fc.record({ whole: anyText });

const plain = (text: string): TextDocument => TextDocument.create("file:///a", "plaintext", 0, text);
const linesOf = (text: string): readonly string[] => text.split(/\r\n|\r|\n/);

function editOf(text: BlockText, range: LspRange, insert: string): Edit {
  const [start = 0, end = 0] = [text.offsetAt(range.start), text.offsetAt(range.end)].sort((one, two) => one - two);
  return { start, end, text: insert };
}

function expectSame(text: BlockText, all: string, places: readonly LspPosition[] = []): void {
  const document = plain(all);
  expect(text.slice(0)).toBe(all);
  expect([text.length, text.lineCount]).toEqual([all.length, document.lineCount]);
  const offsets = Array.from({ length: all.length + 3 }, (_, at) => at - 1);
  const positions = offsets.map((offset) => document.positionAt(offset));
  expect(offsets.map((offset) => text.positionAt(offset))).toEqual(positions);
  expect(offsets.map((offset) => text.charCodeAt(offset))).toEqual(offsets.map((offset) => all.charCodeAt(offset)));
  const wanted = [...positions, ...places];
  expect(wanted.map((place) => text.offsetAt(place))).toEqual(wanted.map((place) => document.offsetAt(place)));
}

describe("a text in blocks", () => {
  it("is after any edits what the library's document is, and each state stays as it was", () => {
    fc.assert(
      fc.property(anyText, maxUnits, fc.array(fc.oneof(change, whole), { maxLength: 12 }), (first, units, changes) => {
        const states = [{ text: BlockText.of(first, units), all: first, places: [] as readonly LspPosition[] }];
        for (const step of changes) {
          const { text, all } = states.at(-1) ?? { text: BlockText.of(""), all: "" };
          if ("whole" in step) {
            const edit = text.editTo(step.whole);
            expect(edit === undefined).toBe(step.whole === all);
            states.push({ text: edit ? text.with(edit) : text, all: step.whole, places: [] });
            continue;
          }
          // Of a range below the last line the library keeps the wrong lines, so it gets the end of the text.
          const document = plain(all);
          const inside = (place: LspPosition): LspPosition =>
            place.line < document.lineCount ? place : document.positionAt(all.length);
          const range = { start: inside(step.start), end: inside(step.end) };
          TextDocument.update(document, [{ range, text: step.text }], 1);
          const places = [step.start, step.end];
          states.push({
            text: text.with(editOf(text, { start: step.start, end: step.end }, step.text)),
            all: document.getText(),
            places,
          });
        }
        for (const { text, all, places } of states) expectSame(text, all, places);
      }),
      { numRuns: 500 },
    );
  });

  it("gives the slices and the lines of its text", () => {
    fc.assert(
      fc.property(anyText, maxUnits, fc.nat(120), fc.nat(120), (all, units, start, end) => {
        const text = BlockText.of(all, units);
        expect(text.slice(start, end)).toBe(all.slice(start, end));
        expect(text.slice(start)).toBe(all.slice(start));
        expect(text.lines(start, end)).toEqual(linesOf(all).slice(start, end));
      }),
      { numRuns: 1_000 },
    );
  });

  it("says of an edit which lines are others", () => {
    fc.assert(
      fc.property(tightText, maxUnits, fc.nat(6), fc.nat(6), tightText, (all, units, one, two, insert) => {
        const before = BlockText.of(all, units);
        const edit = {
          start: Math.min(one, two, all.length),
          end: Math.min(Math.max(one, two), all.length),
          text: insert,
        };
        const { text, lines: changed } = applyEdit(before, edit);
        const { startLine, endLine, newEndLine } = changed;
        const lines = linesOf(text.slice(0));
        expect(startLine).toBeLessThanOrEqual(Math.min(endLine, newEndLine));
        expect(lines.slice(0, startLine)).toEqual(linesOf(all).slice(0, startLine));
        expect(lines.slice(newEndLine + 1)).toEqual(linesOf(all).slice(endLine + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  it("knows what it has in common with another state of it, wherever the blocks of both end", () => {
    fc.assert(
      fc.property(
        anyText,
        maxUnits,
        fc.array(change, { maxLength: 4 }),
        fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)),
        (all, units, changes, [offset, otherOffset, length]) => {
          const then = BlockText.of(all, units);
          let now = then;
          for (const { start, end, text } of changes) now = now.with(editOf(now, { start, end }, text));
          const same = now.slice(offset, offset + length) === all.slice(otherOffset, otherOffset + length);
          const isInside = offset + length <= now.length && otherOffset + length <= all.length;
          expect(now.matches(offset, then, otherOffset, length)).toBe(same && isInside);
          expect(now.matches(0, BlockText.of(now.slice(0), 3), 0, now.length)).toBe(true);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
