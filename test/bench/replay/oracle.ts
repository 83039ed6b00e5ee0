// The service of the replay: it knows the file that is being typed, within limits. The time to its first byte is
// log-normal; the words follow at the pace of a model. A line is wrong some of the time. And half of each line cannot be
// guessed until the other half stands there: from anywhere in the first half it knows that half's rest, and no more.

import type { CompletionsBody } from "../../../shared/upstream.ts";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { sleep } from "../../../server/runtime/cancel.ts";
import type { CompletionPiece, CopilotApi } from "../../../server/upstream/types.ts";
import { chanceOf, createChance } from "./chance.ts";
import type { Stretch } from "./corpus.ts";

export interface Oracle extends CopilotApi {
  /** `written`: characters that were sent. */
  readonly counts: { requests: number; ahead: number; aborted: number; written: number };
}

export interface OracleOptions {
  /** Share of an answer's lines that are wrong at some point in their first half. */
  readonly wrongShare: number;
  /** Median time to the first byte. */
  readonly firstByteMs: number;
  readonly seed: number;
}

const firstByteSpread = 0.35;
const pieceChars = 8;
const pieceMs = 25;
const linesAtMost = 12;
const probeChars = 160;

export function createOracle(clock: Clock, { head, body, tail }: Stretch, options: OracleOptions): Oracle {
  const file = head + body + tail;
  const chance = createChance(options.seed);
  const counts = { requests: 0, ahead: 0, aborted: 0, written: 0 };

  const placeOf = (prompt: string): number | undefined => {
    const probe = prompt.slice(-probeChars);
    const at = file.indexOf(probe, Math.max(0, head.length - probe.length));
    return at < 0 ? undefined : at + probe.length;
  };

  // Each line by itself, so that an answer of several is not righter than as many of one.
  const heard = (line: string, place: number, index: number): string => {
    if (line.trim() === "" || chanceOf("wrong", place, index, options.seed) >= options.wrongShare) return line;
    const right = Math.floor(chanceOf("right for", place, index, options.seed) * 0.5 * line.length);
    return `${line.slice(0, right)}zq_${line.slice(right + 1)}`;
  };

  const answerTo = ({ prompt, stop }: CompletionsBody): string => {
    const place = placeOf(prompt);
    // Off the file there is nothing right to say.
    if (place === undefined) return "undefined; // not in the file";
    const text = guessable(file, place, (stop ?? []).includes("\n") ? 1 : linesAtMost);
    return text
      .split("\n")
      .map((line, index) => heard(line, place, index))
      .join("\n");
  };

  async function* speak(ctx: Ctx, text: string, readyMs: number): AsyncGenerator<readonly CompletionPiece[]> {
    let over = false;
    try {
      await sleep(ctx, clock, readyMs);
      for (let at = 0; at < text.length; at += pieceChars) {
        if (at > 0) await sleep(ctx, clock, pieceMs);
        counts.written += Math.min(pieceChars, text.length - at);
        yield [{ index: 0, text: text.slice(at, at + pieceChars), finishReason: null }];
      }
      over = true;
      yield [{ index: 0, text: "", finishReason: "stop" }];
    } finally {
      if (!over && ctx.signal.aborted) counts.aborted += 1;
    }
  }

  return {
    counts,
    warm: () => undefined,
    fetchModels: () => Promise.resolve([]),
    openCompletions(ctx, { body: question, speculative }) {
      counts.requests += 1;
      if (speculative) counts.ahead += 1;
      const readyMs = chance.around(options.firstByteMs, firstByteSpread);
      return Promise.resolve({ pieces: speak(ctx, answerTo(question), readyMs) });
    },
  };
}

/** What can be known at `place`: to the middle of its line, or from there on to the middle of the next with text. */
function guessable(file: string, place: number, lines: number): string {
  const middle = middleOf(file, place);
  if (place < middle) return file.slice(place, middle);
  const lineEnd = endOf(file, place);
  if (lines === 1) return file.slice(place, lineEnd);
  const nextText = /\S/.exec(file.slice(lineEnd))?.index;
  return file.slice(place, nextText === undefined ? file.length : middleOf(file, lineEnd + nextText));
}

/** The middle of the text on the line. Words of a model begin with the blank before them, so none ends with one. */
function middleOf(file: string, place: number): number {
  const start = file.lastIndexOf("\n", place - 1) + 1;
  const end = endOf(file, place);
  const indentation = /^[ \t]*/.exec(file.slice(start, end))?.[0].length ?? 0;
  const middle = start + indentation + Math.ceil((end - start - indentation) / 2);
  return file[middle - 1] === " " ? middle - 1 : middle;
}

function endOf(file: string, place: number): number {
  const end = file.indexOf("\n", place);
  return end < 0 ? file.length : end;
}
