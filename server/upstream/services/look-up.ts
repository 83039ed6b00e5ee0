// What a service has, asked once for all that wait for it, and again a while after it could not be asked.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";

export interface LookUp<T> {
  /** What was found last; undefined: nothing yet, or it is gone. */
  known(): T | undefined;
  /** What is known, else what is found now. Rejects as `find` does, for a while without asking, or with the signal's reason. */
  get(ctx: Ctx): Promise<T>;
  /** Asks at once what was refused before, once `mark` is another one than at the last call. */
  renew(mark: number): void;
  /** A request failed. Where nobody answers, or what was found is gone, it is found anew: another model may be there now. */
  failed(error: unknown): void;
}

/** Nobody is there: it may be started any moment. */
const offlineAgainMs = 1_000;
const refusedAgainMs = 30_000;

export function createLookUp<T>({ clock }: { readonly clock: Clock }, find: () => Promise<T>): LookUp<T> {
  let known: T | undefined;
  let lastMark = 0;
  let looking: Promise<T> | undefined;
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;

  const look = async (): Promise<T> => {
    try {
      known = await find();
      return known;
    } catch (error) {
      const isRefusal = error instanceof CopilotError && error.code !== "offline";
      failure = { error, untilMs: clock.monotonicMs() + (isRefusal ? refusedAgainMs : offlineAgainMs) };
      throw error;
    } finally {
      looking = undefined;
    }
  };

  return {
    known: () => known,
    get(ctx) {
      if (known !== undefined) return Promise.resolve(known);
      if (failure && clock.monotonicMs() < failure.untilMs) return Promise.reject(failure.error);
      looking ??= look();
      return untilAborted(ctx.signal, looking);
    },
    renew(mark) {
      if (mark === lastMark) return;
      lastMark = mark;
      failure = undefined;
    },
    failed(error) {
      if (error instanceof CopilotError && (error.code === "offline" || error.httpStatus === 404)) known = undefined;
    },
  };
}
