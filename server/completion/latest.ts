// Which requests may still be answered: the newest of each document, and none once the engine closes. Two for the same
// position are equally new, such as those of ghost text and menu for one key. Knows nothing of what the work is.

import type { Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { type LinkedAbort, linkAbort, untilAborted } from "../runtime/cancel.ts";
import type { PromptPosition } from "./prompt-position.ts";

/** `position`: undefined for a request that is not worth a query. */
export interface Subject {
  readonly documentId: string;
  readonly position: PromptPosition | undefined;
}

export interface Latest {
  /**
   * Does `work` under a signal of its own, which follows `ctx`, `close` and, where there is a `subject`, the next call for
   * the same document and another position. Rejects with the signal's reason as soon as it aborts, whatever `work` is
   * waiting for.
   */
  run<T>(ctx: Ctx, subject: Subject | undefined, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** Ends everything under way with `closing` and waits until it has ended. Idempotent. */
  close(): Promise<void>;
}

export function createLatest(): Latest {
  const newest = new Map<string, { readonly position: PromptPosition | undefined; readonly links: Set<LinkedAbort> }>();
  const underWay = new Set<LinkedAbort>();
  let closed: Promise<void> | undefined;
  let onLastEnded: (() => void) | undefined;

  const supersede = ({ documentId, position }: Subject, link: LinkedAbort): void => {
    const current = newest.get(documentId);
    if (current?.position && position && isSamePosition(current.position, position)) {
      current.links.add(link);
      return;
    }
    newest.set(documentId, { position, links: new Set([link]) });
    for (const older of current?.links ?? []) older.abort(superseded());
  };
  const end = (link: LinkedAbort, subject: Subject | undefined): void => {
    link.unlink();
    underWay.delete(link);
    const links = subject && newest.get(subject.documentId)?.links;
    if (subject && links?.delete(link) && links.size === 0) newest.delete(subject.documentId);
    if (underWay.size === 0) onLastEnded?.();
  };

  return {
    run(ctx, subject, work) {
      if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
      if (closed) return Promise.reject(closing());
      const link = linkAbort(ctx.signal);
      const { signal } = link;
      if (subject) supersede(subject, link);
      underWay.add(link);
      return untilAborted(
        signal,
        work({ ...ctx, signal }).finally(() => end(link, subject)),
      );
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

function isSamePosition(one: PromptPosition, other: PromptPosition): boolean {
  return one.before === other.before && one.surroundings() === other.surroundings();
}

function superseded(): CopilotError {
  return new CopilotError("superseded", "The completion request was superseded by a newer one for the same document.");
}

function closing(): CopilotError {
  return new CopilotError("closing", "The completion request was dropped: the program is shutting down.");
}
