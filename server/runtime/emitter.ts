// One kind of event, typed: who listens hears each value, and a listener that throws does not keep the others from it.

import type { Log } from "../../shared/context.ts";
import { describeError } from "../../shared/errors.ts";

export interface Emitter<T> {
  emit(value: T): void;
  /** Returns the way to stop. */
  on(listener: (value: T) => void): () => void;
}

export function createEmitter<T>(log: Pick<Log, "error">): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    emit(value) {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch (error) {
          log.error("a listener failed", { error: describeError(error) });
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
