// Collects the deltas of a stream into alternatives and leaves the stream as soon as all of them are complete, which
// closes it at the socket. A stream that is at its end anyway is read out, for its connection can then be used again.
// Knows what ends an answer only by the query's plans.

import type { Finish } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { lengthBeforePartialMatch } from "../runtime/partial-match.ts";
import { withoutTornEnd } from "./text/characters.ts";
import { toLf } from "./text/line-ends.ts";
import { endOf } from "./complete.ts";
import type { Answer, Choice, Part, Progress, CompletionQuery } from "./query.ts";
import type { CompletionDelta } from "./service.ts";
import type { Plan } from "./strategy.ts";

interface Growing {
  text: string;
  /** How many have brought text. */
  deltas: number;
  /** Where the last search for a stop left off. */
  searched: number;
  /** Where its last line began then. */
  lineStart: number;
  /** What is wanted of it is complete, and that was told; or as much is wanted as was asked for. */
  enough: boolean;
  /** Complete, by the plan or by the service. */
  done: boolean;
  /** Length of what was told of it. */
  told: number;
  /** The service said that nothing more comes, or said nothing more. */
  finished: boolean;
  finish: Finish;
}

// Above these an answer is out of bounds, whatever was asked for. A delta holds a token at least, and few tokens are longer.
const maxDeltasPerToken = 4;
const maxCharsPerToken = 64;

/**
 * The answer of `model`. Rejects with `ctx.signal.reason` and with whatever `deltas` or `progress` throw; the stream is
 * closed either way.
 */
export async function collectChoices(
  ctx: Ctx,
  deltas: AsyncIterable<CompletionDelta>,
  { plan: wanted, prefetch }: Pick<CompletionQuery, "plan" | "prefetch">,
  model: string,
  progress: Progress | undefined,
): Promise<Answer> {
  const plan = prefetch ?? wanted;
  const growing: Growing[] = [];
  while (growing.length < plan.n) growing.push(newlyBegun(prefetch === undefined));
  const tell = async (index: number, choice: Growing, text: string, part?: Part): Promise<void> => {
    ctx.signal.throwIfAborted();
    if (part !== "enough" && (text === "" || (text.length <= choice.told && part === undefined))) return;
    choice.told = text.length;
    const taken = progress?.(index, text, part);
    if (taken) await untilAborted(ctx.signal, taken);
  };

  for await (const { index, text, finishReason } of deltas) {
    const choice = growing[index];
    if (!choice) continue;
    choice.finished ||= finishReason !== null;
    if (!choice.done) {
      if (finishReason !== null) choice.finish = finishOf(finishReason);
      grow(choice, text, plan);
      const end = choice.enough ? undefined : endOf(wanted, choice.text);
      if (end !== undefined) {
        choice.enough = true;
        await tell(index, choice, choice.text.slice(0, end), "enough");
      }
      if (choice.done) await tell(index, choice, choice.text, "whole");
      else await tell(index, choice, sureText(choice.text, plan.cutAt));
    }
    if (growing.every(isDone) && !growing.every(isFinished)) break;
  }
  for (const [index, choice] of growing.entries()) {
    if (choice.done) continue;
    choice.finished = true;
    grow(choice, "", plan);
    await tell(index, choice, choice.text, "whole");
  }
  const choices: Choice[] = [];
  for (const [index, { text, finish }] of growing.entries()) {
    if (text.trim() !== "") choices.push({ index, text, finish });
  }
  return { model, source: "upstream", choices, finish: growing[0]?.finish ?? end };
}

const end: Finish = { kind: "end" };

function newlyBegun(enough: boolean): Growing {
  return { text: "", deltas: 0, searched: 0, lineStart: 0, enough, done: false, told: 0, finished: false, finish: end };
}

const isDone = ({ done }: Growing): boolean => done;
const isFinished = ({ finished }: Growing): boolean => finished;

function finishOf(reason: string): Finish {
  switch (reason) {
    case "length":
      return { kind: "length" };
    case "content_filter":
      return { kind: "filter" };
    default:
      return end;
  }
}

function grow(choice: Growing, more: string, plan: Plan): void {
  choice.text = toLf(choice.text + more);
  choice.deltas += more === "" ? 0 : 1;
  const stop = firstStop(choice, plan.cutAt);
  const end = earliest(stop?.at, plan.ending(choice.text, choice.lineStart)) ?? outOfBounds(choice, plan);
  choice.lineStart = choice.text.lastIndexOf("\n") + 1;
  if (end === undefined && !choice.finished) return;
  if (stop && stop.at === end) choice.finish = { kind: "stop", word: stop.word };
  else if (end !== undefined)
    choice.finish = end === outOfBounds(choice, plan) ? { kind: "length" } : { kind: "shape" };
  const complete = withoutTornEnd(choice.text.slice(0, end));
  // White space alone is nothing, and nothing of it was shown.
  choice.text = complete.trim() === "" ? "" : complete;
  choice.done = true;
}

function outOfBounds({ text, deltas }: Growing, { maxTokens }: Plan): number | undefined {
  const isTooLong = text.length > maxTokens * maxCharsPerToken || deltas > maxTokens * maxDeltasPerToken;
  return isTooLong ? text.length : undefined;
}

interface Stop {
  readonly at: number;
  readonly word: string;
}

function firstStop(choice: Growing, stops: readonly string[]): Stop | undefined {
  let first: Stop | undefined;
  for (const stop of stops) {
    const at = choice.text.indexOf(stop, Math.max(0, choice.searched - stop.length));
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, word: stop };
  }
  choice.searched = choice.text.length;
  return first;
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** As much of a growing text as its end can no longer take back. */
function sureText(text: string, stops: readonly string[]): string {
  return withoutTornEnd(text.slice(0, lengthBeforePartialMatch(text, stops))).trimEnd();
}
