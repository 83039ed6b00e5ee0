// Who may still be answered: the newest request of each document, and nobody once the engine closes. Knows nothing of
// what the work is.

import type { Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { type LinkedAbort, linkAbort } from "../runtime/cancel.ts";

export interface Latest {
  /**
   * Does `work` under a signal of its own, which follows `ctx`, `close` and, where there is a `documentId`, the next
   * call with the same one. Rejects with the signal's reason as soon as it aborts, whatever `work` is waiting for.
   */
  run<T>(ctx: Ctx, documentId: string | undefined, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** Ends everything under way with `closing` and waits until it has ended. Idempotent. */
  close(): Promise<void>;
}

export function createLatest(): Latest {
  const newest = new Map<string, LinkedAbort>();
  const underWay = new Set<LinkedAbort>();
  let closed: Promise<void> | undefined;
  let onLastEnded: (() => void) | undefined;

  const end = (link: LinkedAbort, documentId: string | undefined): void => {
    link.unlink();
    underWay.delete(link);
    if (documentId !== undefined && newest.get(documentId) === link) newest.delete(documentId);
    if (underWay.size === 0) onLastEnded?.();
  };

  return {
    run(ctx, documentId, work) {
      if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
      if (closed) return Promise.reject(closing());
      const link = linkAbort(ctx.signal);
      const { signal } = link;
      if (documentId !== undefined) {
        newest.get(documentId)?.abort(superseded());
        newest.set(documentId, link);
      }
      underWay.add(link);
      return new Promise((resolve, reject) => {
        // Never taken off: nobody but this knows the signal once the work has ended.
        signal.addEventListener("abort", () => reject(signal.reason));
        work({ ...ctx, signal }).then(
          (result) => {
            end(link, documentId);
            resolve(result);
          },
          (error: unknown) => {
            end(link, documentId);
            reject(error);
          },
        );
      });
    },
    close() {
      closed ??= new Promise((resolve) => {
        onLastEnded = resolve;
        if (underWay.size === 0) resolve();
      });
      for (const link of underWay) link.abort(closing());
      return closed;
    },
  };
}

function superseded(): CopilotError {
  return new CopilotError("superseded", "The completion request was superseded by a newer one for the same document.");
}

function closing(): CopilotError {
  return new CopilotError("closing", "The completion request was dropped: the program is shutting down.");
}
