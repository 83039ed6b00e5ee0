// The history of random changes: its entries in their order make the last text of the first.

import { array, assert, constantFrom, nat, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import type { DocumentText } from "../../shared/documents.ts";
import { createRecorder, type HistoryEntry } from "../../server/edits/history/recorder.ts";
import { hunksOf } from "../../server/edits/history/hunks.ts";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { change } from "./support/arbitrary.ts";

const start = constantFrom(
  "",
  "one\ntwo\nthree\n",
  "one\r\ntwo\r\nthree",
  "a\rb\r\nc\n",
  "🙂\n🙂🙂\n",
  "x\n".repeat(400),
);

/** An open document that takes changes as an editor sends them. */
function openDocument(text: string, blockUnits = 16) {
  const recorder = createRecorder({ clock: createManualClock(), mayRecord: () => true });
  let now = BlockText.of(text, blockUnits);
  recorder.observer.opened({ id: "a", languageId: "text", path: "a", file: undefined, text: () => now });
  return {
    recorder,
    first: now,
    text: () => now,
    make({ from, to, text: inserted, isWhole }: { from: number; to: number; text: string; isWhole: boolean }): void {
      const at = (share: number): number => Math.round((share * now.length) / 1_000);
      const [one, other] = [at(from), at(to)].sort((a, b) => a - b);
      const edit = { start: one ?? 0, end: other ?? 0, text: inserted };
      const whole = now.slice(0, edit.start) + inserted + now.slice(edit.end);
      const made = isWhole ? now.editTo(whole) : edit;
      if (!made) return;
      const { text: next, lines } = applyEdit(now, made);
      now = next;
      recorder.observer.changed("a", lines);
    },
  };
}

const linesOf = (text: DocumentText): readonly string[] => text.lines(0, text.lineCount);

function applied(lines: readonly string[], entry: HistoryEntry): readonly string[] {
  const now = entry.after.lines(entry.startLine, entry.newEndLine + 1);
  return [...lines.slice(0, entry.startLine), ...now, ...lines.slice(entry.endLine + 1)];
}

test("entries applied in their order to the first text give the last", () => {
  assert(
    property(start, array(change, { maxLength: 30 }), (text, changes) => {
      const document = openDocument(text);
      for (const one of changes) document.make(one);
      const entries = document.recorder.entries();
      expect(entries.reduce(applied, linesOf(document.first))).toEqual(linesOf(document.text()));
      for (const [index, entry] of entries.entries()) {
        expect(linesOf(entry.before)).toEqual(linesOf(entries[index - 1]?.after ?? document.first));
      }
    }),
    { numRuns: 500 },
  );
});

test("the hunks of an entry make its text of the text before it, but for blank lines", () => {
  assert(
    property(start, array(change, { maxLength: 10 }), (text, changes) => {
      const document = openDocument(text);
      for (const one of changes) document.make(one);
      for (const entry of document.recorder.entries()) {
        const lines = [...linesOf(entry.before)];
        for (const { oldStart, removed, added } of [...hunksOf(entry)].reverse()) {
          expect(lines.slice(oldStart, oldStart + removed.length)).toEqual(removed);
          lines.splice(oldStart, removed.length, ...added);
        }
        const bare = (some: readonly string[]): readonly string[] => some.filter((line) => line.trim() !== "");
        expect(bare(lines)).toEqual(bare(linesOf(entry.after)));
      }
    }),
    { numRuns: 500 },
  );
});

test("changes of several documents keep their order, and the oldest are let go", () => {
  assert(
    property(array(tuple(nat(2), nat(40)), { minLength: 80, maxLength: 120 }), (changes) => {
      const recorder = createRecorder({ clock: createManualClock(), mayRecord: () => true });
      const texts = [0, 1, 2].map(() => BlockText.of("line\n".repeat(50), 32));
      for (const [index] of texts.entries()) {
        const id = String(index);
        recorder.observer.opened({
          id,
          languageId: "text",
          path: id,
          file: undefined,
          text: () => texts[index] ?? BlockText.of(""),
        });
      }
      for (const [index, line] of changes) {
        const before = texts[index] ?? BlockText.of("");
        const offset = before.lineStart(line);
        const { text, lines } = applyEdit(before, { start: offset, end: offset, text: "x" });
        texts[index] = text;
        recorder.observer.changed(String(index), lines);
      }
      const entries = recorder.entries();
      expect(entries.length).toBeLessThanOrEqual(50);
      for (const [index, text] of texts.entries()) {
        const last = entries.findLast(({ document }) => document.id === String(index));
        if (last) expect(linesOf(last.after)).toEqual(linesOf(text));
      }
    }),
    { numRuns: 50 },
  );
});
