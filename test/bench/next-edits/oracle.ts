// The service of the bench: it knows how the text shall be in the end, but tells no more of it than can be known from the
// prompt: the history has to be in it, and the lines. Some of its answers are wrong, cut off, a refusal, or an undoing.

import type { Clock } from "../../../shared/context.ts";
import type { EditService, EditServiceRequest } from "../../../server/edits/service.ts";
import { sleep } from "../../../server/runtime/cancel.ts";
import { type EditScene, readEditScene } from "../../../server/emulator/edits/edit-scene.ts";
import { createChance } from "../replay/chance.ts";
import { isDerivable, type Refactoring, stepsTo } from "./refactoring.ts";

export interface OracleOptions {
  /** Share of answers with a fault. */
  readonly faultShare: number;
  readonly firstByteMs: number;
  readonly seed: number;
}

export interface Oracle extends EditService {
  /** The words of an answer, for who sends them in a way of their own. */
  answerTo(request: Pick<EditServiceRequest, "messages" | "maxTokens">): { readonly text: string };
  /** `strange`: prompts whose lines are not those of the text. */
  readonly counts: { requests: number; jumps: number; faults: number; strange: number };
}

const firstByteSpread = 0.35;
const pieceChars = 24;
const pieceMs = 25;
const faults = ["wrong", "cut", "refused", "undoing"] as const;

/** `current`: the text as it is now. */
export function createOracle(
  clock: Clock,
  work: Refactoring,
  current: () => readonly string[],
  options: OracleOptions,
): Oracle {
  const chance = createChance(options.seed);
  const counts = { requests: 0, jumps: 0, faults: 0, strange: 0 };

  /** What can be known and is left to do in the lines that the prompt shows. */
  const openSteps = (scene: EditScene) => {
    const done = scene.history
      .filter(({ path }) => path === work.path)
      .map(({ removed, added }) => ({ old: removed, now: added }));
    const { newWord } = work;
    const knowsWord =
      newWord !== undefined && scene.history.some(({ added }) => added.some((line) => line.includes(newWord)));
    return stepsTo(current(), work.after).filter((step) =>
      newWord === undefined ? isDerivable(step, done) : knowsWord,
    );
  };

  const shownAt = ({ file, window }: EditScene): number | undefined => {
    const text = current();
    for (let at = 0; at + file.length <= text.length; at += 1) {
      if (!file.every((line, index) => text[at + index] === line)) continue;
      const within = file.findIndex((_, index) => window.every((line, offset) => file[index + offset] === line));
      if (within >= 0) return at;
    }
    counts.strange += 1;
    return undefined;
  };

  const rightWindow = (scene: EditScene, windowStart: number): readonly string[] => {
    const lines = [...scene.window];
    const end = windowStart + lines.length;
    for (const { run, now } of openSteps(scene).toReversed()) {
      if (run.start < windowStart || run.end > end) continue;
      lines.splice(run.start - windowStart, run.end - run.start, ...now);
    }
    return lines;
  };

  const answerTo = ({
    messages,
    maxTokens,
  }: Pick<EditServiceRequest, "messages" | "maxTokens">): { text: string; finish: string } => {
    const scene = readEditScene(messages.at(-1)?.content ?? "");
    const at = scene && shownAt(scene);
    if (!scene || at === undefined) return { text: "", finish: "stop" };
    if (maxTokens !== undefined) {
      counts.jumps += 1;
      const open = openSteps(scene).map(({ run }) => run.start);
      const outside = open.filter(
        (line) => line < scene.windowStart || line >= scene.windowStart + scene.window.length,
      );
      const nearest = outside.toSorted(
        (one, other) => Math.abs(one - scene.cursorLine) - Math.abs(other - scene.cursorLine),
      );
      return { text: String(nearest[0] ?? scene.cursorLine), finish: "stop" };
    }
    const windowStart = windowPlace(scene, at);
    const right = rightWindow(scene, windowStart);
    if (chance.next() >= options.faultShare) return { text: right.join("\n"), finish: "stop" };
    counts.faults += 1;
    switch (faults[Math.floor(chance.next() * faults.length)] ?? "wrong") {
      case "refused":
        return { text: "Sorry, I can't assist with that.", finish: "stop" };
      case "cut": {
        const text = right.join("\n");
        return {
          text: text.slice(0, Math.floor(text.length * (0.3 + chance.next() * 0.6))),
          finish: chance.next() < 0.5 ? "length" : "stop",
        };
      }
      case "undoing":
        return { text: undone(scene).join("\n"), finish: "stop" };
      case "wrong":
        return { text: garbled(right, scene.window, chance.next()).join("\n"), finish: "stop" };
    }
  };

  return {
    answerTo,
    counts,
    account: () => Promise.resolve({ key: "bench", isSpent: false, isCounted: false }),
    models: () => Promise.resolve([{ name: "oracle", kind: "edit", strategy: "xtab275" }]),
    knownModels: () => [{ name: "oracle", kind: "edit", strategy: "xtab275" }],
    async *ask(ctx, request) {
      counts.requests += 1;
      const { text, finish } = answerTo(request);
      await sleep(ctx, clock, chance.around(options.firstByteMs, firstByteSpread));
      for (let from = 0; from < text.length; from += pieceChars) {
        if (from > 0) await sleep(ctx, clock, pieceMs);
        yield { text: text.slice(from, from + pieceChars), finishReason: null };
      }
      yield { text: "", finishReason: finish };
    },
    preview: () => null,
    close: () => undefined,
  };
}

/** The window's first line in the text, from the place of the file's part that is shown. */
function windowPlace({ windowStart, fileStart }: EditScene, at: number): number {
  return at + windowStart - fileStart;
}

/** The latest change of the file taken back, where the window has its lines. */
function undone({ path, history, window }: EditScene): readonly string[] {
  for (const { added, removed } of history.filter((patch) => patch.path === path).toReversed()) {
    const at = window.findIndex((_, index) => added.every((line, offset) => window[index + offset] === line));
    if (at >= 0 && added.length > 0) return window.toSpliced(at, added.length, ...removed);
  }
  return window;
}

/** A word that is wrong, in what changes or, when nothing does, in any line. */
function garbled(lines: readonly string[], window: readonly string[], where: number): readonly string[] {
  const isChanged = (line: string): boolean => !window.includes(line);
  const names = lines.flatMap((line, index) => (/[\p{L}_$]{3,}/u.test(line) ? [index] : []));
  const chosen = lines.some(isChanged) ? names.filter((index) => isChanged(lines[index] ?? "")) : names;
  const at = chosen[Math.floor(where * chosen.length)];
  return lines.map((line, index) => (index === at ? line.replace(/([\p{L}_$]{3,})(?!.*[\p{L}_$]{3})/u, "$1Zq") : line));
}
