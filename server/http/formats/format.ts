// How one completion is written to one client. A format writes nothing before it has text or the whole result, so that
// a failure before that still gets its status.

import type { CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { CompleteReply, NextEditReply } from "../../../shared/http.ts";
import { numberOf } from "../response/alternatives.ts";
import type { Headers } from "../response/problem.ts";

export interface AnswerFormat {
  /** Absent when the format has no use for partial text. */
  readonly partial: PartialSink | undefined;
  finish(result: CompletionResult): void;
  /** Says `error` in the format's own way if the head has gone out and there is such a way; else does nothing. */
  fail(error: unknown): void;
}

/** Answers one question in one format. Throws what the core throws, also after the format has told its client. */
export async function respond(
  format: AnswerFormat,
  ask: (onPartial: PartialSink | undefined) => Promise<CompletionResult>,
): Promise<void> {
  try {
    format.finish(await ask(format.partial));
  } catch (error) {
    format.fail(error);
    throw error;
  }
}

/** What the headers of our own routes say of an answer. */
export function answerHeaders({
  model,
  source,
  reason,
}: Pick<CompleteReply | NextEditReply, "model" | "source" | "reason">): Headers {
  return {
    ...(model !== undefined && { "X-Copilot-Model": headerSafe(model) }),
    ...(source !== undefined && { "X-Copilot-Source": source }),
    ...(reason !== undefined && { "X-Copilot-Reason": reason }),
  };
}

/** A model's name may come from a request or from the service, and a header takes only some characters. */
function headerSafe(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}

/** The result as our own JSON. An item without text is no answer: scripts stop asking when they get none. */
export function toReply(result: CompletionResult, n: number | undefined): CompleteReply {
  if (result.kind === "empty") return { text: "", model: result.model, reason: result.reason, detail: result.detail };
  const { items, model, source } = result;
  const text = items[0]?.text ?? "";
  const choices =
    (n ?? 1) > 1 ? items.map((item, place) => ({ index: numberOf(item, place), text: item.text })) : undefined;
  return { text, model, source, reason: text === "" ? "upstream-empty" : undefined, choices };
}
