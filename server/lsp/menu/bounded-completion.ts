// Completes with a bound on the wait, for editors that show no menu before the slowest server has answered. A later answer
// is kept, one at a time, for the next key at the same place.

import type { CompletionItem, CompletionResult, DocumentRequest } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { orAfter } from "../../runtime/cancel.ts";
import type { Session } from "../types.ts";

/** `later`: the bound was reached; the request goes on. */
export type BoundedCompletion = (
  ctx: Ctx,
  request: DocumentRequest,
  maxWaitMs: number,
) => Promise<CompletionResult | "later">;

interface Late {
  readonly request: DocumentRequest;
  readonly answer: Promise<CompletionResult>;
  readonly stop: (reason: unknown) => void;
  /** Once it has come. */
  result: CompletionResult | undefined;
}

/** Enough of the text before the cursor to tell one place from another. */
const comparedUnits = 2_000;

export function createBoundedCompletion(session: Pick<Session, "clock" | "core" | "lifecycle">): BoundedCompletion {
  let late: Late | undefined;

  const begin = (ctx: Ctx, request: DocumentRequest): Late => {
    // Not the LSP request's signal: this may outlive the LSP request, but not the session.
    const work = session.lifecycle.beginWork();
    const lasting: Ctx = { ...ctx, signal: work.signal };
    const answer = (async () => (await session.core(lasting)).complete(lasting, request))();
    const begun: Late = { request, answer, stop: work.abort, result: undefined };
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

  return async (ctx, request, maxWaitMs) => {
    const typed = late && typedBetween(late.request, request);
    if (late?.result && typed !== undefined) {
      const left = typedThrough(late.result, typed);
      if (left) return left;
    }
    const asked = late && !late.result && typed === "" ? late : begin(ctx, request);
    late = undefined;

    const stop = (): void => asked.stop(ctx.signal.reason);
    ctx.signal.addEventListener("abort", stop, { once: true });
    try {
      const outcome = await orAfter(session.clock, maxWaitMs, asked.answer, "later");
      if (outcome === "later") {
        ctx.log.debug("the menu is not held up any longer", { maxWaitMs });
        late = asked;
      }
      return outcome;
    } finally {
      ctx.signal.removeEventListener("abort", stop);
    }
  };
}

/** What was typed from one request to the next of the same place; undefined when it is another place. */
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
