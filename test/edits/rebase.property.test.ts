// Laying an edit over what was typed since, and then making it, is making it and then typing; or there is no edit.

import { assert, boolean, constantFrom, nat, oneof, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { rebase } from "../../server/edits/memory/rebase.ts";
import { applyEdits, oneEdit, type TextEdit, wordDiff } from "../../server/edits/memory/words.ts";
import { words } from "./support/arbitrary.ts";

const typing = tuple(nat(100), nat(3), oneof(constantFrom("x", "p", "px", "foo", "\n", "(", "🙂"), constantFrom("")));

/** The text that typing makes of `base`, at a place that is a share of its length. */
function typed(base: string, [share, deleted, text]: readonly [number, number, string]) {
  const start = Math.round((share * base.length) / 100);
  const end = Math.min(base.length, start + deleted);
  return { start, end, text };
}

/** Whether what was typed may be one of the edit's parts, or the beginning of its one insertion: the same letters may stand there. */
function mayBeOf(edits: readonly TextEdit[], base: string, now: string): boolean {
  const [first, ...others] = edits;
  const growth = now.length - base.length;
  const isInsertion = first !== undefined && others.length === 0 && first.start === first.end && growth > 0;
  const beginning = isInsertion ? [{ ...first, text: first.text.slice(0, growth) }] : [];
  return [...edits, ...beginning].some((edit) => applyEdits(base, [edit]) === now);
}

test("the words of a difference make the one text of the other", () => {
  assert(
    property(words, words, (before, after) => {
      expect(applyEdits(before, wordDiff(before, after))).toBe(after);
      expect(applyEdits(before, [oneEdit(before, after)])).toBe(after);
    }),
    { numRuns: 3_000 },
  );
});

test("what was typed elsewhere is kept, and what was typed of the edit itself is not typed twice", () => {
  let offers = 0;
  assert(
    property(words, words, typing, (base, edited, key) => {
      const now = applyEdits(base, [typed(base, key)]);
      const result = rebase(base, wordDiff(base, edited), now);
      if (result === undefined) return;
      offers += 1;
      const change = oneEdit(base, now);
      const edits = wordDiff(base, edited);
      // What is typed over a line end is told line by line, which no single place in the text stands for.
      if (`${base.slice(change.start, change.end)}${change.text}`.includes("\n")) return;
      if (mayBeOf(edits, base, now) && result === edited) return;
      // Where the typing lies apart from each part of the edit, it is made at its place in the edited text.
      const isApart = edits.every(
        ({ start, end }) =>
          (end <= change.start || start >= change.end) &&
          !(start === end && change.start === change.end && start === change.start),
      );
      if (!isApart) {
        // It was a beginning of the edit: nothing of it is lost, and nothing is there that neither of both has.
        const others = edits.filter(({ start, end }) => end < change.start || start > change.end);
        const own = edits.filter((edit) => !others.includes(edit));
        expect(own.length).toBeLessThanOrEqual(3);
        expect(result).toBe(edited);
        return;
      }
      const shift = edits
        .filter(({ end }) => end <= change.start)
        .reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
      const moved = {
        start: change.start + shift,
        end: change.end + shift,
        text: change.text,
      };
      expect(result).toBe(applyEdits(edited, [moved]));
    }),
    { numRuns: 10_000 },
  );
  expect(offers).toBeGreaterThan(1_000);
});

test("an edit that is typed key by key is whole after each key", () => {
  assert(
    property(words, words, (base, edited) => {
      const [first, ...others] = wordDiff(base, edited);
      if (!first || others.length > 0 || first.start !== first.end) return;
      for (let keys = 0; keys <= first.text.length; keys += 1) {
        const now = applyEdits(base, [{ ...first, text: first.text.slice(0, keys) }]);
        expect([edited, undefined]).toContain(rebase(base, wordDiff(base, edited), now));
      }
      expect(rebase(base, wordDiff(base, edited), edited)).toBe(edited);
    }),
    { numRuns: 5_000 },
  );
});

test("an edit inside a line that was made is not made a second time, whatever else was typed on the line beside it", () => {
  let made = 0;
  const inLine = words.map((text) => text.replaceAll("\n", " "));
  assert(
    property(inLine, inLine, inLine, nat(100), boolean(), (line, edited, beside, share, isAbove) => {
      // A sign that stands nowhere else: it can be said what was typed and what is of the edit.
      const at = Math.round((share * beside.length) / 100);
      const typedBeside = `${beside.slice(0, at)}#${beside.slice(at)}`;
      const both = (one: string, other: string) => (isAbove ? `${other}\n${one}` : `${one}\n${other}`);
      const edits = wordDiff(both(line, beside), both(edited, beside));
      if (edits.length !== 1) return;
      made += 1;
      const now = both(edited, typedBeside);
      expect(rebase(both(line, beside), edits, now)).toBe(now);
    }),
    { numRuns: 5_000 },
  );
  expect(made).toBeGreaterThan(1_000);
});
