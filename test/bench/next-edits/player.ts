// Does a refactoring as a person would, in virtual time: makes the first change by hand, takes what is offered and right,
// turns down what is wrong, and does by hand what is not offered in time. The editor asks after each key and each move.

import type { EditSuggestion } from "../../../shared/edits.ts";
import { oneEdit, wordDiff } from "../../../server/edits/memory/words.ts";
import { applyEdit } from "../../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../../server/lsp/documents/text/block-text.ts";
import type { ManualClock } from "../../support/manual-clock.ts";
import { createChance } from "../replay/chance.ts";
import { gapMs } from "../replay/rhythm.ts";
import { type BenchEngine, quietLog } from "./engines.ts";
import { isDerivable, type Refactoring, sizeOf, type Step, stepsTo } from "./refactoring.ts";

export interface Tally {
  keys: number;
  /** Follow-ups that could be known when they were due. */
  derivable: number;
  /** Of these, those that were offered as they had to be. */
  right: number;
  /** Of those that could not be known by our measure. */
  rightBeyond: number;
  offers: number;
  /** Offers that touch only what has to change. */
  atPlace: number;
  wrong: number;
  undoing: number;
  /** Milliseconds of real time to an edit from memory after one was taken. */
  chainMs: number[];
  isDone: boolean;
}

export function emptyTally(): Omit<Tally, "isDone"> {
  return {
    keys: 0,
    derivable: 0,
    right: 0,
    rightBeyond: 0,
    offers: 0,
    atPlace: 0,
    wrong: 0,
    undoing: 0,
    chainMs: [],
  };
}

/** So long a person looks at an offer; waits for one after a change; and after a move. */
const lookMs = 600;
const patienceMs = 1_500;
const moveMs = 400;
const stepMs = 100;
const keyMs = 120;
/** A line of which more is different is typed anew. */
const mostParts = 3;
const mostRounds = 80;
/** More than an answer from memory takes, in turns of the event loop. */
const chainTurns = 5;

export function startPlay(work: Refactoring) {
  let text = BlockText.of(work.before.join("\n"));
  return {
    lines: () => text.lines(0, text.lineCount),
    play: (clock: Pick<ManualClock, "advance">, engine: BenchEngine, seed: number) => play(clock, engine, seed),
  };

  async function play(clock: Pick<ManualClock, "advance">, engine: BenchEngine, seed: number): Promise<Tally> {
    const chance = createChance(seed);
    const tally: Tally = { ...emptyTally(), isDone: false };
    const done: Pick<Step, "old" | "now">[] = [];
    const id = work.path;
    let cursor = { line: work.firstLine, character: 0 };
    let screen: EditSuggestion | undefined;
    let asked = 0;
    const seen = new Set<string>();
    const linesNow = (): readonly string[] => text.lines(0, text.lineCount);
    const open = (): readonly Step[] => stepsTo(linesNow(), work.after);

    engine.observer.opened({ id, languageId: work.languageId, path: work.path, file: undefined, text: () => text });

    const ask = (): Promise<void> => {
      asked += 1;
      const own = asked;
      screen = undefined;
      const ctx = { signal: new AbortController().signal, log: quietLog, id: String(own) };
      return engine.next(ctx, { kind: "document", documentId: id, ...cursor, trigger: "typed" }).then(
        (result) => {
          if (own !== asked || result.kind !== "edit") return;
          screen = result.edit;
          if (!seen.has(result.edit.id)) note(result.edit);
          seen.add(result.edit.id);
        },
        () => undefined,
      );
    };
    const change = (start: number, end: number, now: string): void => {
      const { text: next, lines } = applyEdit(text, { start, end, text: now });
      text = next;
      engine.observer.changed(id, lines);
      cursor = positionOf(start + now.length);
    };
    const positionOf = (offset: number): typeof cursor => {
      const { line, character } = text.positionAt(offset);
      return { line, character };
    };
    const after = ({
      startLine,
      startCharacter,
      endLine,
      endCharacter,
      newText,
    }: EditSuggestion): readonly string[] => {
      const whole = text.slice(0);
      const at = (line: number, character: number): number => text.lineStart(line) + character;
      return (whole.slice(0, at(startLine, startCharacter)) + newText + whole.slice(at(endLine, endCharacter))).split(
        "\n",
      );
    };
    /** It brings the text nearer to its end, and leaves nothing to do where it was. */
    const isRight = (edit: EditSuggestion): boolean => {
      const then = stepsTo(after(edit), work.after);
      const last = edit.startLine + edit.newText.split("\n").length;
      const left = then.some(({ run }) => run.start < last && run.end > edit.startLine);
      return !left && sizeOf(then) < sizeOf(open());
    };
    const note = (edit: EditSuggestion): void => {
      tally.offers += 1;
      const isAtPlace = open().some(({ run }) => run.start <= edit.endLine + 1 && run.end >= edit.startLine);
      if (isAtPlace) tally.atPlace += 1;
      if (isRight(edit)) return;
      tally.wrong += 1;
      if (isAtPlace) return;
      const back = (lines: readonly string[]): number => sizeOf(stepsTo(lines, work.before));
      if (back(after(edit)) < back(linesNow())) tally.undoing += 1;
    };
    /** Waits for something to look at. */
    const wait = async (forMs: number): Promise<void> => {
      for (let waitedMs = 0; waitedMs < forMs; waitedMs += stepMs) {
        if (screen) return;
        await clock.advance(stepMs);
      }
    };
    const isKnown = (step: Step): boolean => work.newWord !== undefined || isDerivable(step, done);

    /** Types over a part of the text, a key at a time. */
    const typeOver = async (start: number, end: number, now: string): Promise<void> => {
      let at = start;
      if (end > start) {
        change(at, Math.min(text.length, end), "");
        tally.keys += 1;
        void ask();
      }
      let previous = " ";
      for (const key of now) {
        await clock.advance(gapMs(chance, keyMs, previous));
        change(at, at, key);
        at += key.length;
        tally.keys += 1;
        previous = key;
        void ask();
      }
    };
    /** Changes the words of a line that differ, one after another. */
    const changeLine = async (line: number, old: string, now: string): Promise<void> => {
      const parts = wordDiff(old, now);
      let shift = text.lineStart(line);
      for (const [index, part] of (parts.length > mostParts ? [oneEdit(old, now)] : parts).entries()) {
        if (index > 0) {
          cursor = positionOf(shift + part.start);
          tally.keys += 1;
          void ask();
          await clock.advance(moveMs);
        }
        await typeOver(shift + part.start, shift + part.end, part.text);
        shift += part.text.length - (part.end - part.start);
      }
    };
    const byHand = async ({ run, old, now }: Step): Promise<void> => {
      const differing = old.findIndex((line, index) => line !== now[index]);
      if (old.length === now.length) {
        // Line by line: the next one may be offered when this one is done.
        const [oldLine = "", nowLine = ""] = [old[differing], now[differing]];
        await changeLine(run.start + differing, oldLine, nowLine);
        done.push({ old: [oldLine], now: [nowLine] });
        return;
      }
      // Whole lines come behind the end of the line above, and go with their own ends; at the end of the text, with those above.
      const isBehind = run.start > 0 && (old.length === 0 || run.end >= text.lineCount);
      const asText = (lines: readonly string[]): string =>
        lines.map((line) => (isBehind ? `\n${line}` : `${line}\n`)).join("");
      const start = isBehind ? endOfLine(run.start - 1) : text.lineStart(run.start);
      const edit = oneEdit(asText(old), asText(now));
      await typeOver(start + edit.start, start + edit.end, edit.text);
      done.push({ old, now });
    };
    const endOfLine = (line: number): number =>
      line + 1 < text.lineCount ? text.lineStart(line + 1) - 1 : text.length;
    const take = async (edit: EditSuggestion): Promise<void> => {
      const closed = open().filter(({ run }) => run.start <= edit.endLine + 1 && run.end >= edit.startLine);
      // The same step may be due in several places: as many of it are done as are fewer then.
      const keyOf = ({ old, now }: Step): string => JSON.stringify([old, now]);
      const count = (steps: readonly Step[], step: Step): number =>
        steps.filter((other) => keyOf(other) === keyOf(step)).length;
      const [before, then] = [open(), stepsTo(after(edit), work.after)];
      for (const [index, step] of closed.entries()) {
        if (count(closed.slice(0, index), step) >= count(before, step) - count(then, step)) continue;
        if (isKnown(step)) {
          tally.derivable += 1;
          tally.right += 1;
        } else tally.rightBeyond += 1;
        done.push(step);
      }
      change(
        text.lineStart(edit.startLine) + edit.startCharacter,
        text.lineStart(edit.endLine) + edit.endCharacter,
        edit.newText,
      );
      tally.keys += 1;
      const startedMs = performance.now();
      const answered = ask();
      // From memory: it comes without virtual time.
      await Promise.race([answered, turns(chainTurns)]);
      if (screen) tally.chainMs.push(performance.now() - startedMs);
    };

    const seedStep = open().find(
      ({ run, now }) => run.end >= work.firstLine && (now.length > 0 || run.end > run.start),
    );
    if (!seedStep) return tally;
    cursor = positionOf(text.lineStart(seedStep.run.start));
    void ask();
    await clock.advance(moveMs);
    await byHand(seedStep);
    for (let round = 0; round < mostRounds; round += 1) {
      await wait(patienceMs);
      if (screen) {
        await clock.advance(lookMs);
        const edit = screen;
        if (edit && isRight(edit)) {
          await take(edit);
          continue;
        }
        if (edit) {
          engine.rejected(edit.id);
          tally.keys += 1;
          void ask();
          continue;
        }
      }
      const steps = open();
      const step = steps.find(({ run }) => run.start >= cursor.line) ?? steps[0];
      if (!step) break;
      // The person goes to the next place, and looks whether something is offered there.
      cursor = positionOf(text.lineStart(Math.min(step.run.start, text.lineCount - 1)));
      tally.keys += 1;
      void ask();
      await wait(patienceMs);
      if (screen) continue;
      if (isKnown(step)) tally.derivable += 1;
      await byHand(step);
    }
    tally.isDone = open().length === 0;
    return tally;
  }
}

/** Turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
