// One question for each document: a newer one ends the older at once.

import type { Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { type LinkedAbort, linkAbort, untilAborted } from "../runtime/cancel.ts";

export interface Latest {
  /** Does `work` under a signal that follows `ctx`, `endAll` and the next call for the same document. */
  run<T>(ctx: Ctx, documentId: string, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  endAll(reason: CopilotError): void;
}

export function createLatest(): Latest {
  const newest = new Map<string, LinkedAbort>();
  return {
    async run(ctx, documentId, work) {
      newest
        .get(documentId)
        ?.abort(new CopilotError("superseded", "The request was superseded by a newer one for the same document."));
      const link = linkAbort(ctx.signal);
      newest.set(documentId, link);
      try {
        return await untilAborted(link.signal, work({ ...ctx, signal: link.signal }));
      } finally {
        link.unlink();
        if (newest.get(documentId) === link) newest.delete(documentId);
      }
    },
    endAll(reason) {
      for (const link of newest.values()) link.abort(reason);
    },
  };
}
