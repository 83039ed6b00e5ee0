// Tells a recorder when each request passes a stage. Wraps functions from outside, as the meters do. Without a recorder,
// which only the process with the HTTP port has, a call costs a look at a variable.

import type { Ctx } from "../../shared/context.ts";
import type { EditRequest, EditResult } from "../../shared/edits.ts";
import { type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import type { RequestFront } from "../../shared/page.ts";
import type { Complete } from "./meters.ts";
import type { EndedRequest, Mark, RequestRecorder } from "./recent-requests.ts";

type NextEdit = (ctx: Ctx, request: EditRequest) => Promise<EditResult>;

export interface Tracer {
  /** From now on requests are told to this one; undefined: to nobody. */
  record(recorder: RequestRecorder | undefined): void;
  /** `complete` as before. */
  front(front: RequestFront, complete: Complete): Complete;
  /** `nextEdit` as before. */
  editFront(front: RequestFront, nextEdit: NextEdit): NextEdit;
  /** `work` as before; its call is the mark. */
  marked<A extends readonly unknown[], T>(mark: Mark, work: (ctx: Ctx, ...args: A) => T): (ctx: Ctx, ...args: A) => T;
  /** `work` as before; its success is the mark. */
  markedWhenDone<A extends readonly unknown[], T>(
    mark: Mark,
    work: (ctx: Ctx, ...args: A) => Promise<T>,
  ): (ctx: Ctx, ...args: A) => Promise<T>;
  /** `stream` as before; its call is `sent`, its first piece `first-text`. */
  markedStream<A extends readonly unknown[], T>(
    stream: (ctx: Ctx, ...args: A) => AsyncIterable<T>,
  ): (ctx: Ctx, ...args: A) => AsyncIterable<T>;
}

export function createTracer(): Tracer {
  let recorder: RequestRecorder | undefined;

  const told = async <T>(
    { id }: Ctx,
    work: () => Promise<T>,
    endedBy: (result: T | ErrorCode) => EndedRequest,
  ): Promise<T> => {
    const by = recorder;
    if (!by) return work();
    by.begin(id);
    try {
      const result = await work();
      by.end(id, endedBy(result));
      return result;
    } catch (error) {
      by.end(id, endedBy(errorCodeOf(error)));
      throw error;
    }
  };

  return {
    record(next) {
      recorder = next;
    },
    front: (front, complete) => (ctx, request, onPartial, onItem) =>
      told(
        ctx,
        () => complete(ctx, request, onPartial, onItem),
        (result) => ({
          front,
          kind: "completion",
          ...(typeof result === "string" || result.kind === "empty" ? unanswered(result) : answered(result)),
          text: () => ({
            before: request.before,
            answer: typeof result === "object" && result.kind === "items" ? (result.items[0]?.text ?? "") : "",
          }),
        }),
      ),
    editFront: (front, nextEdit) => (ctx, request) =>
      told(
        ctx,
        () => nextEdit(ctx, request),
        (result) => ({
          front,
          kind: "edit",
          ...(typeof result === "string" || result.kind === "empty" ? unanswered(result) : answered(result)),
          // The text of a document is not part of such a request.
          text: () => ({
            before: "",
            answer: typeof result === "object" && result.kind === "edit" ? result.edit.newText : "",
          }),
        }),
      ),
    marked:
      (mark, work) =>
      (ctx, ...args) => {
        recorder?.mark(ctx.id, mark);
        return work(ctx, ...args);
      },
    markedWhenDone:
      (mark, work) =>
      async (ctx, ...args) => {
        const result = await work(ctx, ...args);
        recorder?.mark(ctx.id, mark);
        return result;
      },
    markedStream:
      (stream) =>
      (ctx, ...args) => {
        const told = recorder;
        const pieces = stream(ctx, ...args);
        if (!told) return pieces;
        told.mark(ctx.id, "sent");
        return markFirst(pieces, () => told.mark(ctx.id, "first-text"));
      },
  };
}

function unanswered<R extends EndedRequest["outcome"]>(
  result: R | { readonly reason: R },
): Pick<EndedRequest, "outcome"> {
  return { outcome: typeof result === "string" ? result : result.reason };
}

function answered({ source }: { readonly source: EndedRequest["source"] }): Pick<EndedRequest, "outcome" | "source"> {
  return { outcome: "items", source };
}

/** Costs one look at each piece after the first. */
function markFirst<T>(pieces: AsyncIterable<T>, onFirst: () => void): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = pieces[Symbol.asyncIterator]();
      let isFirst = true;
      return {
        next: () => {
          const next = iterator.next();
          if (isFirst) next.then(onFirst, () => undefined);
          isFirst = false;
          return next;
        },
        return: (value?: unknown) => iterator.return?.(value) ?? Promise.resolve({ done: true, value: undefined }),
      };
    },
  };
}
