// Asks the core with a bound on the wait: an editor that shows no menu before the slowest server has answered is not held
// up. What comes later is kept, one answer at a time, for the next key at the same place.

import type { CompletionItem, CompletionResult, DocumentRequest } from "../../../shared/completion.ts";
import type { Ctx, Timer } from "../../../shared/context.ts";
import type { Session } from "../types.ts";

/** `later`: the bound was reached; the question goes on. */
export type BoundedAsk = (
  ctx: Ctx,
  question: DocumentRequest,
  maxWaitMs: number,
) => Promise<CompletionResult | "later">;

interface Late {
  readonly question: DocumentRequest;
  readonly answer: Promise<CompletionResult>;
  readonly stop: (reason: unknown) => void;
  /** Once it has come. */
  result: CompletionResult | undefined;
}

/** Enough of the text before the cursor to tell one place from another. */
const comparedUnits = 2_000;

export function createBoundedAsk(session: Pick<Session, "clock" | "core" | "lifecycle">): BoundedAsk {
  let late: Late | undefined;

  const begin = (ctx: Ctx, question: DocumentRequest): Late => {
    // Not the request's own signal: the question may outlive the request, but not the session.
    const work = session.lifecycle.beginWork();
    const lasting: Ctx = { ...ctx, signal: work.signal };
    const answer = (async () => (await session.core(lasting)).complete(lasting, question))();
    const begun: Late = { question, answer, stop: work.abort, result: undefined };
    answer
      .then(
        (result) => void (begun.result = result),
        () => {
          if (late === begun) late = undefined;
        },
      )
      .finally(work.end);
    return begun;
  };

  return async (ctx, question, maxWaitMs) => {
    const typed = late && typedBetween(late.question, question);
    if (late?.result && typed !== undefined) {
      const left = typedThrough(late.result, typed);
      if (left) return left;
    }
    const asked = late && !late.result && typed === "" ? late : begin(ctx, question);
    late = undefined;

    let timer: Timer | undefined;
    const stop = (): void => asked.stop(ctx.signal.reason);
    ctx.signal.addEventListener("abort", stop, { once: true });
    try {
      const patience = new Promise<"later">((resolve) => {
        timer = session.clock.after(maxWaitMs, () => resolve("later"));
      });
      const outcome = await Promise.race([asked.answer, patience]);
      if (outcome === "later") {
        ctx.log.debug("the menu is not held up any longer", { maxWaitMs });
        late = asked;
      }
      return outcome;
    } finally {
      timer?.cancel();
      ctx.signal.removeEventListener("abort", stop);
    }
  };
}

/** What was typed from one question to the next of the same place; undefined when it is another place. */
function typedBetween(earlier: DocumentRequest, later: DocumentRequest): string | undefined {
  if (earlier.documentId !== later.documentId || earlier.after !== later.after) return undefined;
  const units = later.beforeOffset + later.before.length - (earlier.beforeOffset + earlier.before.length);
  if (units < 0 || units > later.before.length) return undefined;
  const kept = later.before.length - units;
  const start = Math.max(0, kept - comparedUnits);
  return earlier.before.endsWith(later.before.slice(start, kept)) ? later.before.slice(kept) : undefined;
}

/** What is left of an answer when `typed` has been typed since; undefined when that says something else. */
function typedThrough(result: CompletionResult, typed: string): CompletionResult | undefined {
  if (result.kind === "empty") return typed === "" ? result : undefined;
  const items = leftOf(result.items, typed);
  return items.length === 0 ? undefined : { ...result, items };
}

/** The items that begin with `typed`, without it. */
function leftOf(items: readonly CompletionItem[], typed: string): readonly CompletionItem[] {
  if (typed === "") return items;
  return items
    .filter((item) => item.replaceBefore === 0 && item.text.length > typed.length && item.text.startsWith(typed))
    .map((item) => ({ ...item, text: item.text.slice(typed.length) }));
}
