// Where one session stands between its first byte and its last (LSP 3.18, Lifecycle Messages), and the one way out of
// it. Ends no process: it says once with which code the process should end.

import { CopilotError } from "../../../shared/errors.ts";
import { type LinkedAbort, linkAbort } from "../../runtime/cancel.ts";

export type Phase = "new" | "running" | "shut-down" | "ended";

/** One piece of work, such as the answering of a request. */
export interface Work {
  /** Aborted by `abort`, and with `closing` when the session is over. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Must be called on every way out. */
  end(): void;
}

export interface Lifecycle {
  phase(): Phase;
  /** `initialize` is being answered. */
  begin(): void;
  /** `shutdown`: everything under way ends with `closing`. */
  shutDown(): void;
  /** 0: as it should be. 1: `exit` without `shutdown`. Only the first call counts. */
  end(exitCode: 0 | 1): void;
  /** The server is closed by its owner: as `end`, without calling `onExit`. */
  stop(): void;
  beginWork(): Work;
  /** Aborted by the three above. For what lasts as long as the session. */
  readonly signal: AbortSignal;
}

export function createLifecycle(onExit: (exitCode: number) => void): Lifecycle {
  let phase: Phase = "new";
  const whole = linkAbort();
  const underWay = new Set<LinkedAbort>();
  const stopWork = (): void => {
    const reason = new CopilotError("closing", "The server is shutting down.");
    whole.abort(reason);
    for (const work of underWay) work.abort(reason);
  };
  return {
    phase: () => phase,
    begin() {
      phase = "running";
    },
    shutDown() {
      phase = "shut-down";
      stopWork();
    },
    end(exitCode) {
      if (phase === "ended") return;
      phase = "ended";
      stopWork();
      onExit(exitCode);
    },
    stop() {
      phase = "ended";
      stopWork();
    },
    beginWork() {
      const work = linkAbort();
      if (whole.signal.aborted) work.abort(whole.signal.reason);
      else underWay.add(work);
      return {
        signal: work.signal,
        abort: (reason) => work.abort(reason),
        end: () => void underWay.delete(work),
      };
    },
    signal: whole.signal,
  };
}
