// Tells a recorder when each request passes a stage. Wraps functions from outside, as the meters do. Without a recorder,
// which only the process with the HTTP port has, a call costs a look at a variable.

import type { Ctx } from "../../shared/context.ts";
import { errorCodeOf } from "../../shared/errors.ts";
import type { RequestFront } from "../../shared/page.ts";
import type { Complete } from "./meters.ts";
import type { Mark, RequestRecorder } from "./recent-requests.ts";

export interface Tracer {
  /** From now on requests are told to this one; undefined: to nobody. */
  record(recorder: RequestRecorder | undefined): void;
  /** `complete` as before. */
  front(front: RequestFront, complete: Complete): Complete;
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
  return {
    record(next) {
      recorder = next;
    },
    front: (front, complete) => async (ctx, request, onPartial, onItem) => {
      const told = recorder;
      if (!told) return complete(ctx, request, onPartial, onItem);
      told.begin(ctx.id);
      try {
        const result = await complete(ctx, request, onPartial, onItem);
        told.end(ctx.id, front, request, result);
        return result;
      } catch (error) {
        told.end(ctx.id, front, request, errorCodeOf(error));
        throw error;
      }
    },
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
