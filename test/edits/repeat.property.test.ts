// What is repeated of a name that was replaced twice, whatever the text is and whatever is typed meanwhile.

import { array, assert, constantFrom, integer, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { createRecorder } from "../../server/edits/history/recorder.ts";
import { createAnswer, type OpenHunk } from "../../server/edits/memory/answer.ts";
import { wordsOf } from "../../server/edits/memory/words.ts";
import { createEditWords } from "../../server/edits/prompt/recent-edits.ts";
import { createRepeat } from "../../server/edits/repeat/repeat.ts";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { change } from "./support/arbitrary.ts";

/** Words of one block, with the name in question, alone and in longer ones. */
const line = array(constantFrom("old", "older", "$old", "old_", "other", "é", "🙂", "+", " "), { maxLength: 8 }).map(
  (words) => words.join(" "),
);
const lines = array(line, { maxLength: 25 });

/** A document whose first two lines have the name, and each of them replaced in an act of its own. */
function renamed(rest: readonly string[]) {
  const recorder = createRecorder({ clock: createManualClock(), mayRecord: () => true });
  const repeat = createRepeat({ recorder, words: createEditWords(), onChange: () => undefined });
  let text = BlockText.of(["first + old", "second + old", ...rest].join("\n"), 64);
  const document = { id: "a", languageId: "typescript", path: "a.ts", file: undefined, text: () => text };
  recorder.observer.opened(document);
  recorder.follow({ changed: (_, made) => repeat.changed(document, made) });
  const asked = createAnswer({ base: text, windows: [], model: "m", source: "upstream", revision: 0 });
  const session = {
    text: () => text,
    replace(start: number, end: number, now: string): void {
      const made = applyEdit(text, { start, end, text: now });
      text = made.text;
      recorder.observer.changed("a", made.lines);
    },
    lines: (): readonly string[] => text.lines(0, text.lineCount),
    offers(at = 0): readonly OpenHunk[] {
      repeat.asked("a");
      return repeat.answer(document, { line: at, character: 0 }, asked, "m")?.open(text) ?? [];
    },
    take({ hunk }: OpenHunk): void {
      const end = text.lineStart(hunk.end - 1) + (text.lines(hunk.end - 1, hunk.end)[0] ?? "").length;
      session.replace(text.lineStart(hunk.start), end, hunk.lines.join("\n"));
    },
  };
  for (const index of [0, 1]) {
    session.offers();
    const at = text.lineStart(index) + (session.lines()[index] ?? "").indexOf("old");
    session.replace(at, at + "old".length, "now");
  }
  return session;
}

function withNow(text: string): string {
  return wordsOf(text)
    .map((word) => (word === "old" ? "now" : word))
    .join("");
}

test("all of them together replace the name wherever it stands as a whole word, in any order", () => {
  assert(
    property(lines, array(nat(100), { maxLength: 30 }), (rest, order) => {
      const session = renamed(rest);
      const wanted = session.lines().map(withNow);
      for (let step = 0; ; step += 1) {
        const open = session.offers();
        const next = open[(order[step] ?? 0) % Math.max(1, open.length)];
        if (!next) break;
        expect(step).toBeLessThan(rest.length);
        session.take(next);
      }
      expect(session.lines()).toEqual(wanted);
    }),
    { numRuns: 500 },
  );
});

test("each replaces the name and nothing else, whatever was typed since", () => {
  let offered = 0;
  assert(
    property(lines, array(change, { maxLength: 6 }), (rest, typed) => {
      const session = renamed(rest);
      session.offers();
      for (const { from, to, text } of typed) {
        const ends = [from, to].map((share) => Math.round((share * session.text().length) / 1_000));
        session.replace(Math.min(...ends), Math.max(...ends), text);
        for (const { hunk } of session.offers()) {
          offered += 1;
          const before = wordsOf(session.text().lines(hunk.start, hunk.end).join("\n"));
          const after = wordsOf(hunk.lines.join("\n"));
          const changed = before.flatMap((word, index) => (word === after[index] ? [] : [[word, after[index]]]));
          expect(after).toHaveLength(before.length);
          expect(new Set(changed.map(String))).toEqual(new Set(["old,now"]));
        }
      }
    }),
    { numRuns: 1_000 },
  );
  expect(offered).toBeGreaterThan(100);
});

test("nothing is offered any more once one was turned down or taken back", () => {
  assert(
    property(lines, nat(100), integer({ min: 0, max: 1 }), (rest, which, how) => {
      const session = renamed(rest);
      const open = session.offers();
      const one = open[which % Math.max(1, open.length)];
      if (!one) return;
      if (how === 0) one.kept.state = "rejected";
      else {
        const before = session.text().slice(0);
        session.take(one);
        session.offers();
        session.replace(0, session.text().length, before);
      }
      expect(session.offers()).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
