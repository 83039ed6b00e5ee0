// Requests under way, at most one for each document. Whoever asks while one is under way waits for it; it is read on for a
// moment when its first hunk has been answered, and ends soon after nobody waits any more.

import type { Clock, Ctx, Log, Timer } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { type LinkedAbort, linkAbort, untilAborted } from "../runtime/cancel.ts";
import type { Asked } from "./ask.ts";
import type { Answer } from "./memory/answer.ts";

export type Outcome =
  | { readonly kind: "ended"; readonly dropped: readonly string[] }
  | { readonly kind: "failed"; readonly error: unknown };

export interface Flight {
  readonly answer: Answer;
  /** Set when it is over. */
  outcome(): Outcome | undefined;
  /** Waits for the next hunk or the end. Rejects with the signal's reason. */
  progress(ctx: Ctx): Promise<void>;
}

export interface Flights {
  of(documentId: string): Flight | undefined;
  /** `ask` calls `onHunk` when the answer has got another hunk. */
  start(documentId: string, answer: Answer, ask: (ctx: Ctx, onHunk: () => void) => Promise<Asked>): Flight;
  end(documentId: string): void;
  endAll(reason: CopilotError): void;
}

/** Why somebody waits no longer who wants the answer to be kept. */
export const lateAnswer: unique symbol = Symbol("late");

/** So long nobody may wait: clients cancel and ask again with each key. */
const graceMs = 300;
const readOnMs = 1_000;
/** For an answer that nobody waited for any longer. */
const lateMs = 7_000;

export function createFlights({ clock, log }: { readonly clock: Clock; readonly log: Log }): Flights {
  const underWay = new Map<string, { readonly flight: Flight; readonly link: LinkedAbort }>();
  let count = 0;
  const over = new CopilotError("cancelled", "Nobody waits for the next edit any more.");

  return {
    of: (documentId) => underWay.get(documentId)?.flight,
    start(documentId, answer, ask) {
      count += 1;
      const link = linkAbort();
      let outcome: Outcome | undefined;
      let waiting = 0;
      let waiters: (() => void)[] = [];
      let timer: Timer | undefined;
      const tell = (): void => {
        const told = waiters;
        waiters = [];
        for (const resolve of told) resolve();
      };
      const endUnlessAwaited = (): void => {
        if (waiting === 0 && !outcome) link.abort(over);
      };
      const flight: Flight = {
        answer,
        outcome: () => outcome,
        async progress(ctx) {
          if (outcome) return;
          waiting += 1;
          try {
            await untilAborted(ctx.signal, new Promise<void>((resolve) => waiters.push(resolve)));
          } finally {
            waiting -= 1;
            const leftMs = ctx.signal.reason === lateAnswer ? lateMs : graceMs;
            if (waiting === 0 && !outcome) {
              timer?.cancel();
              timer = clock.after(answer.hunks.length > 0 ? readOnMs : leftMs, endUnlessAwaited);
            }
          }
        },
      };
      const run = async (): Promise<void> => {
        try {
          const { dropped } = await ask({ signal: link.signal, log, id: `edit-${count}` }, tell);
          outcome = { kind: "ended", dropped };
        } catch (error) {
          const isEnough = error === over && answer.hunks.length > 0;
          outcome = isEnough ? { kind: "ended", dropped: [] } : { kind: "failed", error };
        } finally {
          // It holds all that the request was made of.
          timer?.cancel();
          if (underWay.get(documentId)?.flight === flight) underWay.delete(documentId);
          tell();
        }
      };
      underWay.get(documentId)?.link.abort(over);
      underWay.set(documentId, { flight, link });
      void run();
      return flight;
    },
    end(documentId) {
      underWay.get(documentId)?.link.abort(over);
    },
    endAll(reason) {
      for (const { link } of underWay.values()) link.abort(reason);
    },
  };
}
