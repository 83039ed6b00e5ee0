// A budget of time for one answer: when it is used up, what has come is the answer.

import type { CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort } from "../../runtime/cancel.ts";

/**
 * Asks, and ends the asking once `budgetMs` have passed since the first text and that text has a line break. Without a
 * line break it goes on, as the llama.cpp server does with `t_max_predict_ms`. An undefined budget has no end. The
 * model of an answer that was ended is `model`.
 */
export async function withinTime(
  ctx: Ctx,
  clock: Clock,
  budgetMs: number | undefined,
  model: string,
  onPartial: PartialSink | undefined,
  ask: (ctx: Ctx, onPartial: PartialSink | undefined) => Promise<CompletionResult>,
): Promise<CompletionResult> {
  if (budgetMs === undefined) return ask(ctx, onPartial);
  const link = linkAbort(ctx.signal);
  let text = "";
  let startedMs: number | undefined;
  let isOver = false;
  const sink: PartialSink = (partial) => {
    if (isOver || partial.index !== 0) return undefined;
    startedMs ??= clock.monotonicMs();
    text += partial.text;
    const wait = onPartial?.(partial);
    if (clock.monotonicMs() - startedMs >= budgetMs && text.includes("\n")) {
      isOver = true;
      link.abort(new CopilotError("cancelled", "The time for this answer is used up."));
    }
    return wait;
  };
  try {
    return await ask({ ...ctx, signal: link.signal }, sink);
  } catch (error) {
    if (!isOver || ctx.signal.aborted) throw error;
    const item = { id: ctx.id, text, replaceBefore: 0, replaceAfter: 0, finish: { kind: "time" } } as const;
    return { kind: "items", items: [item], model, source: "upstream" };
  } finally {
    link.unlink();
  }
}
